"""Seismometer: the strongest acceleration of the last second."""

from devices_sim.sdk.kind import SensorKind, datastream

KIND = SensorKind(
    name="seismometer",
    title="Seismometer",
    period=1,
    datastreams=(datastream("peak_ground_acceleration", low=0, high=2000),),
    measure=lambda v, _time: {"peak_ground_acceleration": v.peak_ground_acceleration},
)
