"""The simulated city: a pure function of a seed, a list of incidents, a place and a time."""
