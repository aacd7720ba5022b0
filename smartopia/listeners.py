"""Who may reach what we listen on: passwords must not cross a network unencrypted."""

from __future__ import annotations

import ipaddress

from smartopia.errors import ConfigurationError
from smartopia.settings import Settings


def check_http_listener(settings: Settings) -> None:
    """Refuse to take operators' passwords unencrypted from other machines.

    Raises:
        ConfigurationError: says what to do.
    """
    if settings.http_secure or settings.http_plain or is_loopback(settings.http_host):
        return
    raise ConfigurationError(
        f"SMARTOPIA_HTTP_HOST={settings.http_host} is open to other machines without encryption. "
        "Put a TLS proxy in front and set SMARTOPIA_HTTP_SECURE=true, or set "
        "SMARTOPIA_HTTP_PLAIN=true where nothing but this machine can reach it."
    )


def check_mqtt_listener(settings: Settings) -> None:
    """Refuse to take devices' passwords unencrypted from other machines.

    Raises:
        ConfigurationError: says what to do.
    """
    if settings.mqtt_plain or is_loopback(settings.mqtt_host):
        return
    raise ConfigurationError(
        f"SMARTOPIA_MQTT_HOST={settings.mqtt_host} is open to other machines without encryption. "
        "Put a TLS proxy in front, run a broker of your own with TLS and set "
        "SMARTOPIA_BROKER_URL, or set SMARTOPIA_MQTT_PLAIN=true on a network you trust."
    )


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach that address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
