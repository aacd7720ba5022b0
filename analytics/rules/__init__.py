"""Threshold rules: YAML in, alerts out."""
