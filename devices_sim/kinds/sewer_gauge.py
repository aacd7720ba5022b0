"""Sewer gauge: the level in a pipe of 2 m."""

from devices_sim.sdk.kind import SensorKind, datastream

KIND = SensorKind(
    name="sewer_gauge",
    title="Sewer gauge",
    period=5,
    datastreams=(datastream("sewer_level", low=0, high=4),),
    measure=lambda view, _time: {"sewer_level": view.sewer_level},
)
