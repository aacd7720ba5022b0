"""Motion sensor: 1 while somebody moves in front of it."""

from devices_sim.sdk.kind import SensorKind, datastream

KIND = SensorKind(
    name="motion_sensor",
    title="Motion sensor",
    period=1,
    datastreams=(datastream("motion", low=0, high=1),),
    measure=lambda view, _time: {"motion": view.motion},
)
