"""`smartopia broker`: the configuration of a broker that runs elsewhere."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

import click

from smartopia.bus.accounts import BrokerFolder
from smartopia.errors import ConfigurationError
from smartopia.settings import load_settings


@click.group()
def broker() -> None:
    """The configuration of a broker that runs elsewhere (docker-compose.yml)."""


@broker.command()
@click.option("--listen", default="0.0.0.0", show_default=True, help="address it listens on")  # noqa: S104 - in a container
@click.option("--store", default="/data", show_default=True, help="where it keeps its log")
def init(listen: str, store: str) -> None:
    """Write nats.conf into SMARTOPIA_BROKER_DIR. Devices stay out until `smartopia migrate`.

    Passwords and ports are those of SMARTOPIA_BROKER_URL, SMARTOPIA_BROKER_SYSTEM_URL and
    SMARTOPIA_MQTT_PORT.
    """
    settings = load_settings()
    if settings.broker_dir is None:
        raise ConfigurationError("SMARTOPIA_BROKER_DIR is not set: name the folder to write to")
    platform = urlsplit(settings.broker())
    system = urlsplit(settings.broker_system_url.get_secret_value())
    if not platform.password or not system.password:
        raise ConfigurationError(
            "SMARTOPIA_BROKER_URL and SMARTOPIA_BROKER_SYSTEM_URL must name users and passwords: "
            "nats://platform:PASSWORD@HOST:4222 and nats://system:PASSWORD@HOST:4222"
        )
    BrokerFolder(Path(settings.broker_dir)).initialise(
        platform_password=unquote(platform.password),
        system_password=unquote(system.password),
        host=listen,
        nats_host=listen,
        nats_port=platform.port or 4222,
        mqtt_port=settings.mqtt_port,
        store_dir=store,
    )
    click.echo(f"written: {settings.broker_dir}/nats.conf")
