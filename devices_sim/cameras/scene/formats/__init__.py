"""Data sets of rendered pictures, in formats that other tools read."""
