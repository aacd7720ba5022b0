"""The report: what was scored, said so that a stranger can use it."""
