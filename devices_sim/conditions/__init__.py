"""Field conditions and faults: wrappers over any device, named and graded 1 to 5."""
