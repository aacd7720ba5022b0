"""What befalls sensors: one module a condition, each with its `CONDITION`."""
