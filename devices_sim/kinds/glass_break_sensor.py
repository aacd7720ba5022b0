"""Glass-break sensor: the loudest peak of the last second."""

from devices_sim.sdk.kind import SensorKind, datastream

KIND = SensorKind(
    name="glass_break_sensor",
    title="Glass-break sensor",
    period=1,
    datastreams=(datastream("sound_peak_level", low=20, high=140),),
    measure=lambda view, _time: {"sound_peak_level": view.sound_peak_level},
)
