"""Air gas analyser: ozone and nitrogen dioxide."""

from devices_sim.sdk.kind import SensorKind, datastream

KIND = SensorKind(
    name="air_gas_analyser",
    title="Air gas analyser",
    period=10,
    decimals=4,
    datastreams=(
        datastream("o3", low=0, high=1),
        datastream("no2", low=0, high=1),
    ),
    measure=lambda view, _time: {"o3": view.o3, "no2": view.no2},
)
