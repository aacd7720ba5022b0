"""Simulated devices: one seeded city, seen by the sensors and cameras that stand in it."""
