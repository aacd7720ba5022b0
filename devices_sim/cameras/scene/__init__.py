"""A rendered place: its layout, what happens there, and the pictures cameras take of it."""
