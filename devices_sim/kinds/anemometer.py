"""Anemometer: wind, its gusts, and where it comes from."""

from devices_sim.sdk.kind import SensorKind, datastream

HIGHEST = {"wind_speed": 75, "wind_gust": 100, "wind_direction": 360}

KIND = SensorKind(
    name="anemometer",
    title="Anemometer",
    period=3,
    datastreams=tuple(datastream(name, low=0, high=high) for name, high in HIGHEST.items()),
    measure=lambda view, _time: {name: getattr(view, name) for name in HIGHEST},
)
