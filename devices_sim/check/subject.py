"""What a person means by the NAME of a check: a kind, or a device that runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches

from smartopia.bus.accounts import BrokerFolder
from smartopia.contract.topics import PREFIX, Channel, DeviceKey, parse_topic
from smartopia.errors import ConfigurationError, RefusedMessageError
from smartopia.settings import Settings

ALLOWED = (
    f"a kind (river_gauge), the name of a running device (river-2) or its topic "
    f"({PREFIX}/gimpo/river-2)"
)


def find_device(
    name: str, kinds: Iterable[str], settings_of_city: Callable[[], Settings]
) -> tuple[DeviceKey, Settings]:
    """The running device a name or topic means, and the settings that reach its city.

    Args:
        name: no kind's name.
        kinds: the kinds there are, for what is said of an unknown name.
        settings_of_city: asked only now, for checking a kind needs no city.

    Raises:
        ConfigurationError: no such device, or no city runs; says what is allowed.
    """
    try:
        settings = settings_of_city()
    except ConfigurationError as error:
        raise ConfigurationError(f"{name!r} is no kind{_close(name, kinds)}; {error}") from None
    key = _key(name, settings.site)
    known = BrokerFolder(settings.broker_dir).devices() if settings.broker_dir else [key]
    if key not in known:
        names = [*kinds, *(one.device for one in known)]
        raise ConfigurationError(
            f"{name!r} is no kind, and no device has an account by that name"
            f"{_close(name, names)}; give {ALLOWED}. `smartopia device list` shows the devices."
        )
    return key, settings


def _key(name: str, site: str) -> DeviceKey:
    levels = name.strip("/").split("/")
    if len(levels) == 1:
        return DeviceKey(site, name)
    if len(levels) == 2:
        levels = [*PREFIX.split("/"), *levels]
    if len(levels) == 4:
        levels = [*levels, Channel.ANNOUNCE.value]
    try:
        return parse_topic("/".join(levels))[0]
    except RefusedMessageError as error:
        raise ConfigurationError(f"{name!r}: {error.detail}; give {ALLOWED}") from None


def _close(name: str, names: Iterable[str]) -> str:
    close = get_close_matches(name, list(names), 3)
    return f" (did you mean {', '.join(close)}?)" if close else ""
