"""Rain gauge: what fell since the last result, and how hard it rains."""

from devices_sim.sdk.kind import SensorKind, datastream

KIND = SensorKind(
    name="rain_gauge",
    title="Rain gauge",
    period=2,
    decimals=4,
    datastreams=(
        datastream("rainfall", low=0, high=50, interval=2),
        datastream("rain_rate", low=0, high=300),
    ),
    measure=lambda view, _time: {"rainfall": view.rainfall, "rain_rate": view.rain_rate},
)
