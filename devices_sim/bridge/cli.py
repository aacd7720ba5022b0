"""`smartopia bridge`: devices that speak other payloads at another broker."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

if TYPE_CHECKING:
    from devices_sim.bridge.foreign import Access
    from devices_sim.bridge.mapping import Mapping


@click.command()
@click.option("--mapping", help="A YAML file, or the name of a shipped mapping; see --list.")
@click.option("--broker", help="mqtt://USER@HOST:PORT or mqtts://..., if the mapping names none.")
@click.option(
    "--password-file", type=click.Path(path_type=Path), help="File with that user's password."
)
@click.option("--password-env", help="Or the environment variable that holds it.")
@click.option("--list", "show", is_flag=True, help="Show the mappings, or what one maps, and end.")
@click.option(
    "--try",
    "attempt",
    type=click.File(encoding="utf-8"),
    help="Show what lines of TOPIC PAYLOAD in a file (- for stdin) would come to, and end.",
)
@click.option("--name", default="bridge", show_default=True, help="Its own, among several bridges.")
@click.option("--data-dir", help="That of the city that runs on this machine.")
@click.option(
    "--credentials",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File of the attached devices' own passwords at our broker.",
)
def bridge(
    mapping: str | None,
    broker: str | None,
    password_file: Path | None,
    password_env: str | None,
    show: bool,
    attempt: IO[str] | None,
    name: str,
    data_dir: str | None,
    credentials: Path | None,
) -> None:
    """Attach devices that speak other MQTT payloads at another broker, by a mapping in YAML."""
    from devices_sim.bridge.mapping_files import load_mapping, shipped_mappings  # noqa: PLC0415
    from smartopia.contract.topics import valid_name  # noqa: PLC0415

    if mapping is None:
        if not show:
            allowed = ", ".join(shipped_mappings())
            raise click.UsageError(f"give --mapping: a YAML file, or one of {allowed}")
        click.echo(f"mappings: {', '.join(shipped_mappings())}")
        return
    loaded = load_mapping(mapping)
    if show:
        _show(loaded)
    elif attempt is not None:
        _try(loaded, attempt)
    else:
        if not valid_name(name):
            raise click.BadParameter("small letters, digits, '-' and '_'", param_hint="--name")
        access = _access(loaded, broker, password_file, password_env)
        _run(loaded, access, name, data_dir, credentials)


def _show(mapping: Mapping) -> None:
    for source in mapping.sources:
        click.echo(f"{source.topic} -> {source.name} ({source.kind})")
        for stream in source.datastreams:
            one = stream.datastream
            where = " or ".join(str(path) for path in stream.paths)
            click.echo(f"  {one.name:20} {one.observed_property:20} {one.unit:10} {where}")
    if mapping.discovery is not None:
        click.echo(f"{mapping.discovery.prefix}/.../config -> {mapping.discovery.name}")
    for device in mapping.devices:
        click.echo(f"{device.name}: {'ignored' if device.ignore else device.title or ''}")


def _try(mapping: Mapping, lines: IO[str]) -> None:
    from devices_sim.bridge.trial import try_out  # noqa: PLC0415
    from smartopia.clock import utc_now  # noqa: PLC0415

    for line in try_out(mapping, lines, utc_now()):
        click.echo(line)


def _access(
    mapping: Mapping, broker: str | None, password_file: Path | None, password_env: str | None
) -> Access:
    from devices_sim.attached import read_password  # noqa: PLC0415
    from devices_sim.bridge.broker_url import parse_broker_url  # noqa: PLC0415
    from devices_sim.bridge.foreign import Access  # noqa: PLC0415
    from smartopia.errors import ConfigurationError  # noqa: PLC0415

    named = mapping.broker
    text = broker or (named and named.url)
    if not text:
        raise ConfigurationError(
            "no broker: give --broker mqtt://USER@HOST:PORT, or broker in the mapping"
        )
    try:
        url = parse_broker_url(text)
    except ValueError as error:
        raise ConfigurationError(f"--broker: {error}") from None
    if password_file is None and password_env is None and named is not None:
        password_file, password_env = named.password_file, named.password_env
    password = read_password(password_env, password_file)
    return Access(url, password, named.ca_file if named else None)


def _run(
    mapping: Mapping, access: Access, name: str, data_dir: str | None, credentials: Path | None
) -> None:
    from devices_sim.attached import attaching_settings  # noqa: PLC0415
    from devices_sim.bridge.run import run_bridge  # noqa: PLC0415
    from smartopia.cli.run import run_part  # noqa: PLC0415
    from smartopia.cli.state import settings_of_running  # noqa: PLC0415

    settings = attaching_settings(settings_of_running(data_dir), name, credentials)
    run_part(settings, partial(run_bridge, mapping, access, settings, part=name))
