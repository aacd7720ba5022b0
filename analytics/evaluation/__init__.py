"""How good detection is, by one scorer for lab and field alike."""
