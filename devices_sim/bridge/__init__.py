"""Brings in devices that speak other MQTT payloads at another broker, by a mapping in YAML."""
