"""Sound meter."""

from devices_sim.sdk.kind import SensorKind, datastream

KIND = SensorKind(
    name="sound_meter",
    title="Sound meter",
    period=1,
    datastreams=(datastream("sound_level", low=20, high=130),),
    measure=lambda view, _time: {"sound_level": view.sound_level},
)
