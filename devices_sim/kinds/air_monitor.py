"""Air monitor: fine and coarse particles."""

from devices_sim.sdk.kind import SensorKind, datastream

KIND = SensorKind(
    name="air_monitor",
    title="Air monitor",
    period=5,
    datastreams=(
        datastream("pm2_5", low=0, high=1000),
        datastream("pm10", low=0, high=2000),
    ),
    measure=lambda view, _time: {"pm2_5": view.pm2_5, "pm10": view.pm10},
)
