"""Simulated CCTV: files shown as a camera would."""
