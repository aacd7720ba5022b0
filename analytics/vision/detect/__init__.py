"""Detectors behind one port: what is in a picture, by a trained model."""
