"""Visibility meter: how far one sees through rain, fog and snow."""

from devices_sim.sdk.kind import SensorKind, datastream

KIND = SensorKind(
    name="visibility_meter",
    title="Visibility meter",
    period=10,
    datastreams=(
        datastream("visibility", low=10, high=50_000),
        datastream("snow_rate", low=0, high=50),
    ),
    measure=lambda view, _time: {"visibility": view.visibility, "snow_rate": view.snow_rate},
)
