"""What an engineer needs to make a device: a kind, an identity, and a connection."""
