"""`smartopia simulate camera`: a real camera, a video or a folder of pictures as one device."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pydantic import SecretStr

    from devices_sim.cameras.attach import AttachedCamera
    from devices_sim.cameras.live import LiveSource
    from smartopia.settings import Settings

_PATIENCE_S = 15.0
_LOOK_S = 0.2


def _latitude_longitude(
    _ctx: click.Context, _param: click.Parameter, value: str | None
) -> tuple[float, float] | None:
    if value is None:
        return None
    try:
        latitude, longitude = (float(part) for part in value.split(","))
    except ValueError:
        raise click.BadParameter("give LAT,LON in degrees, e.g. 37.6201,126.7192") from None
    return latitude, longitude


@click.command()
@click.option(
    "--source",
    required=True,
    help="rtsp://USER@HOST/PATH, http://... (MJPEG), /dev/videoN, a video, or a folder.",
)
@click.option("--name", default="cam-1", show_default=True, help="The device's.")
@click.option("--rate", default=2.0, show_default=True, help="Pictures a second, at most 60.")
@click.option("--place", callback=_latitude_longitude, help="LAT,LON where it stands, in degrees.")
@click.option("--title", help="What people call it.")
@click.option(
    "--password-file", type=click.Path(path_type=Path), help="File with the camera's password."
)
@click.option("--password-env", help="Or the environment variable that holds it.")
@click.option("--try", "attempt", is_flag=True, help="Take one picture, say its size, and end.")
@click.option("--data-dir", help="That of the city that runs on this machine.")
@click.option(
    "--credentials",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File of the attached devices' own passwords at our broker.",
)
def camera(
    source: str,
    name: str,
    rate: float,
    place: tuple[float, float] | None,
    title: str | None,
    password_file: Path | None,
    password_env: str | None,
    attempt: bool,
    data_dir: str | None,
    credentials: Path | None,
) -> None:
    """Attach one camera: a live stream, a video, or a folder of pictures."""
    from devices_sim.attached import read_password  # noqa: PLC0415
    from smartopia.settings import load_settings  # noqa: PLC0415

    described = _described(name, rate, place, title)
    found = _resolve(source, read_password(password_env, password_file), load_settings())
    if attempt:
        _try(found)
    else:
        _run(described, found, data_dir, credentials)


def _described(
    name: str, rate: float, place: tuple[float, float] | None, title: str | None
) -> AttachedCamera:
    from pydantic import ValidationError  # noqa: PLC0415

    from devices_sim.cameras.attach import AttachedCamera  # noqa: PLC0415
    from smartopia.errors import ConfigurationError  # noqa: PLC0415

    try:
        return AttachedCamera(name=name, rate=rate, place=place, title=title)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        text = first["msg"].removeprefix("Value error, ")
        if first["loc"] == ("name",):
            text = f"{name!r}: small letters, digits, '-' and '_', at most 63, e.g. cam-1"
        raise ConfigurationError(f"--{first['loc'][0]}: {text}") from None


def _resolve(source: str, password: SecretStr | None, settings: Settings) -> LiveSource | Path:
    from devices_sim.cameras.live import live_source  # noqa: PLC0415
    from devices_sim.cameras.sources import resolve_source  # noqa: PLC0415

    live = live_source(source, password)
    if live is not None:
        return live
    here = Path(source).expanduser()
    if here.exists() or settings.data is None:
        return resolve_source(str(here.absolute()), None)
    return resolve_source(source, settings.data)


def _try(source: LiveSource | Path) -> None:
    from devices_sim.cameras.live import LiveSource, Stream  # noqa: PLC0415
    from devices_sim.cameras.sources import pictures  # noqa: PLC0415
    from smartopia.errors import UnavailableError  # noqa: PLC0415

    began = time.monotonic()
    if isinstance(source, LiveSource):
        stream = Stream(source)
        stream.start()
        shot = None
        while shot is None and not stream.failures and time.monotonic() < began + _PATIENCE_S:
            shot = stream.take(_LOOK_S)
        stream.stop()
        if shot is None:
            raise UnavailableError(stream.problem or f"{source.label} gives no picture")
        picture = shot.picture
    else:
        picture = next(pictures(source, 1))
    height, width = picture.shape[:2]
    took = time.monotonic() - began
    click.echo(f"a picture of {width} x {height} pixels after {took:.1f} s")


def _run(
    described: AttachedCamera,
    source: LiveSource | Path,
    data_dir: str | None,
    credentials: Path | None,
) -> None:
    from devices_sim.attached import attaching_settings  # noqa: PLC0415
    from devices_sim.cameras.attach import run_camera  # noqa: PLC0415
    from smartopia.cli.run import run_part  # noqa: PLC0415
    from smartopia.cli.state import settings_of_running  # noqa: PLC0415

    settings = attaching_settings(settings_of_running(data_dir), described.part, credentials)
    run_part(settings, partial(run_camera, described, source, settings))
