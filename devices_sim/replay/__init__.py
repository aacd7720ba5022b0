"""Recorded series told again, at their own times, faster than they happened."""
