"""Home sensor of somebody who lives alone: when anybody stirred last, door and power."""

from devices_sim.sdk.kind import SensorKind, datastream

HIGHEST = {"inactivity": 10_080, "door_open": 1, "power": 10_000}

KIND = SensorKind(
    name="home_sensor",
    title="Home sensor",
    period=60,
    datastreams=tuple(datastream(name, low=0, high=high) for name, high in HIGHEST.items()),
    measure=lambda view, _time: {name: getattr(view, name) for name in HIGHEST},
)
