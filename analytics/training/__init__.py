"""The default detector: trained on rendered scenes alone, by one command."""
