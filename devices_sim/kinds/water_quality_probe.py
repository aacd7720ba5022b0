"""Water quality probe, in a river."""

from devices_sim.sdk.kind import SensorKind, datastream

HIGHEST = {"turbidity": 4000, "dissolved_oxygen": 20, "ph": 14}

KIND = SensorKind(
    name="water_quality_probe",
    title="Water quality probe",
    period=10,
    datastreams=tuple(datastream(name, low=0, high=high) for name, high in HIGHEST.items()),
    measure=lambda view, _time: {name: getattr(view, name) for name in HIGHEST},
)
