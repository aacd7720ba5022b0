"""Smoke and heat detector, under a ceiling."""

from devices_sim.sdk.kind import SensorKind, datastream

KIND = SensorKind(
    name="smoke_heat_detector",
    title="Smoke and heat detector",
    period=2,
    datastreams=(
        datastream("smoke_obscuration", low=0, high=100),
        datastream("temperature", low=-20, high=150),
    ),
    measure=lambda v, _: {"smoke_obscuration": v.smoke, "temperature": v.room_temperature},
)
