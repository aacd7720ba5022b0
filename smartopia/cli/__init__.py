"""The `smartopia` command."""
