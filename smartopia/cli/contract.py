"""`smartopia contract`: what devices send and hear, for programs and for people."""

from __future__ import annotations

import json
import socket
from typing import Any

import click
import yaml

from smartopia.cli.state import settings_of_running
from smartopia.contract.asyncapi import Door, asyncapi_document
from smartopia.contract.schemas import json_schemas
from smartopia.errors import ConfigurationError
from smartopia.settings import Settings, load_settings

_as_yaml = click.option("--yaml", "as_yaml", is_flag=True, help="YAML instead of JSON.")
_data_dir = click.option("--data-dir", type=click.Path(), help="That of the running city.")


@click.group()
def contract() -> None:
    """What devices send and hear: AsyncAPI, JSON Schema, and a page.

    Nothing need be running. Where a city is, its site and broker stand in the answer.
    """


@contract.command()
@_as_yaml
@_data_dir
def asyncapi(as_yaml: bool, data_dir: str | None) -> None:
    """Print the AsyncAPI 3.0 document."""
    _show(asyncapi_document(_door(data_dir)), as_yaml=as_yaml)


@contract.command()
@click.argument("name", metavar="[CHANNEL]", required=False)
@_as_yaml
def schema(name: str | None, as_yaml: bool) -> None:
    """Print the JSON Schema of a CHANNEL's messages, or all of them."""
    schemas = json_schemas()
    if name is not None and name not in schemas:
        raise ConfigurationError(f"no schema {name!r}; there are {', '.join(schemas)}")
    _show(schemas if name is None else schemas[name], as_yaml=as_yaml)


@contract.command()
@_data_dir
def page(data_dir: str | None) -> None:
    """Print the page for engineers, as one HTML file."""
    from smartopia.contract.page import contract_page  # noqa: PLC0415 - keeps --help quick

    click.echo(contract_page(_door(data_dir)))


def _show(content: dict[str, Any], *, as_yaml: bool) -> None:
    if as_yaml:
        text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
        click.echo(text, nl=False)
    else:
        click.echo(json.dumps(content, indent=2, ensure_ascii=False))


def _door(data_dir: str | None) -> Door:
    return Door.of(_settings(data_dir), socket.gethostname())


def _settings(data_dir: str | None) -> Settings:
    try:
        return settings_of_running(data_dir)
    except ConfigurationError:
        if data_dir is not None:
            raise
    return load_settings()
