"""The browser console: its sources, and the command that builds them."""
