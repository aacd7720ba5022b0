"""Emergency bell: 1 while it is pressed."""

from devices_sim.sdk.kind import SensorKind, datastream

KIND = SensorKind(
    name="emergency_bell",
    title="Emergency bell",
    period=1,
    datastreams=(datastream("bell_pressed", low=0, high=1),),
    measure=lambda view, _time: {"bell_pressed": view.bell_pressed},
)
