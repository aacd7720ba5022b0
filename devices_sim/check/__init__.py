"""`smartopia device check`: numbered assertions about a device, faults it must survive, a grade."""
