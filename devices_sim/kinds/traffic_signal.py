"""Traffic signal: 0 dark, 1 red, 2 amber, 3 green."""

from devices_sim.sdk.kind import SensorKind, datastream

KIND = SensorKind(
    name="traffic_signal",
    title="Traffic signal",
    period=1,
    datastreams=(datastream("signal_state", low=0, high=3),),
    measure=lambda view, _time: {"signal_state": view.signal_state},
)
