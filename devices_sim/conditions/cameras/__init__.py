"""What befalls cameras: one module a condition, each with its `CONDITION`."""
