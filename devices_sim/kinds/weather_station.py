"""Weather station: temperature, humidity and wind."""

from devices_sim.sdk.kind import SensorKind, datastream

AIR = ("temperature", "relative_humidity", "wind_speed")
LOW_HIGH = ((-40, 60), (0, 100), (0, 75))

KIND = SensorKind(
    name="weather_station",
    title="Weather station",
    period=10,
    datastreams=tuple(
        datastream(n, low=a, high=b) for n, (a, b) in zip(AIR, LOW_HIGH, strict=True)
    ),
    measure=lambda view, _time: {name: getattr(view, name) for name in AIR},
)
