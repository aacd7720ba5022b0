"""Things: sandbox and field, and the checks between them."""
