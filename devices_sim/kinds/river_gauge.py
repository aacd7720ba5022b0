"""River gauge: the water level over the gauge's zero."""

from devices_sim.sdk.kind import SensorKind, datastream

KIND = SensorKind(
    name="river_gauge",
    title="River gauge",
    period=2,
    datastreams=(datastream("water_level", low=0, high=15),),
    measure=lambda view, _time: {"water_level": view.water_level},
)
