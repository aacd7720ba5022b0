"""Flood gauge: how deep water stands at the low point of a road."""

from devices_sim.sdk.kind import SensorKind, datastream

KIND = SensorKind(
    name="flood_gauge",
    title="Flood gauge",
    period=5,
    datastreams=(datastream("flood_depth", low=0, high=3),),
    measure=lambda view, _time: {"flood_depth": view.flood_depth},
)
