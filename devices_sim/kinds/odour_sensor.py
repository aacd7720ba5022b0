"""Odour sensor: hydrogen sulfide, which smells of rotten eggs."""

from devices_sim.sdk.kind import SensorKind, datastream

KIND = SensorKind(
    name="odour_sensor",
    title="Odour sensor",
    period=5,
    decimals=4,
    datastreams=(datastream("h2s", low=0, high=100),),
    measure=lambda view, _time: {"h2s": view.h2s},
)
