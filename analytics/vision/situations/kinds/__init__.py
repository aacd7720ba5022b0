"""The shipped situations: one file each, holding a `SITUATION`."""
