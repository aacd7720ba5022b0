"""The shipped sensor kinds: one file each, holding a `KIND`."""
