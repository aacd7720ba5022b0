"""Sealed ground truth: what really happened, fixed before the run and shown after it."""
