"""Speed radar: the fastest vehicle since the last result; 0 where none passed."""

from devices_sim.sdk.kind import SensorKind, datastream

KIND = SensorKind(
    name="speed_radar",
    title="Speed radar",
    period=1,
    datastreams=(datastream("spot_speed", low=0, high=250, interval=1),),
    measure=lambda view, _time: {"spot_speed": view.spot_speed},
)
