"""How the parts talk: the durable log of what devices sent, and live subjects."""
