"""Tilt sensor, on a retaining wall or a pole."""

from devices_sim.sdk.kind import SensorKind, datastream

KIND = SensorKind(
    name="tilt_sensor",
    title="Tilt sensor",
    period=5,
    decimals=3,
    datastreams=(datastream("tilt", low=0, high=90),),
    measure=lambda view, _time: {"tilt": view.tilt},
)
