"""Parking counter: how many places of a car park are taken."""

from devices_sim.sdk.kind import SensorKind, datastream

KIND = SensorKind(
    name="parking_counter",
    title="Parking counter",
    period=30,
    datastreams=(datastream("parking_occupancy", low=0, high=100),),
    measure=lambda view, _time: {"parking_occupancy": view.parking_occupancy},
)
