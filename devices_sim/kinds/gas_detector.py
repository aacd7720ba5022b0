"""Gas detector, in a room: combustible gas and carbon monoxide."""

from devices_sim.sdk.kind import SensorKind, datastream

KIND = SensorKind(
    name="gas_detector",
    title="Gas detector",
    period=2,
    datastreams=(
        datastream("combustible_gas", low=0, high=100),
        datastream("co", low=0, high=2000),
    ),
    measure=lambda view, _time: {"combustible_gas": view.combustible_gas, "co": view.co},
)
