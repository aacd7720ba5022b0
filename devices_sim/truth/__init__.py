"""Seals what a run is going to do, records what it did, and reveals both afterwards."""
