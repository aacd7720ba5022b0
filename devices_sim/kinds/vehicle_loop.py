"""Vehicle loop: how many vehicles passed since the last result, and how fast."""

from devices_sim.sdk.kind import SensorKind, datastream

KIND = SensorKind(
    name="vehicle_loop",
    title="Vehicle loop",
    period=5,
    datastreams=(
        datastream("vehicle_count", low=0, high=1000, interval=5),
        datastream("vehicle_speed", low=0, high=200, interval=5),
    ),
    measure=lambda v, _time: {"vehicle_count": v.vehicle_count, "vehicle_speed": v.vehicle_speed},
)
