"""The control center: what the operator sees and does."""
