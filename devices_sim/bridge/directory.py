"""Which foreign device is which of ours: a name stands for one of them, for good."""

from __future__ import annotations

from devices_sim.bridge.mapping import DeviceEntry, Mapping
from devices_sim.bridge.outcomes import Foreign
from devices_sim.bridge.reading import NotUnderstoodError
from devices_sim.bridge.topics import PLACEHOLDER, device_name


class Directory:
    """Names devices, and keeps to what the mapping says of each."""

    def __init__(self, mapping: Mapping) -> None:
        self._entries = {entry.name: entry for entry in mapping.devices}
        self._most = mapping.max_devices
        self._known: dict[str, Foreign] = {}
        self._owners: dict[str, str] = {}

    def ignores(self, template: str, device: str) -> bool:
        """Whether the mapping says to leave this foreign device out."""
        entry = self._entries.get(device_name(template, device))
        return entry is not None and entry.ignore

    def find(
        self,
        template: str,
        device: str,
        *,
        kind: str,
        title: str | None,
        place: tuple[float, float] | None = None,
    ) -> Foreign | None:
        """The device of ours that stands for a foreign one; None if it is to be left out.

        Args:
            template: how such devices are named; `{device}` stands for the foreign name.
            device: the foreign name.
            kind: what it is, where the mapping's `devices` do not say; so the others.

        Raises:
            NotUnderstoodError: its name is another's, or there are too many devices.
        """
        identity = template.replace(PLACEHOLDER, device)
        if identity in self._known:
            return self._known[identity]
        name = device_name(template, device)
        entry = self._entries.get(name, DeviceEntry(name=name))
        if entry.ignore:
            return None
        owner = self._owners.get(name)
        if owner is not None:
            raise NotUnderstoodError(
                f"{identity!r} would be called {name}, as {owner!r} is; rename one of them there"
            )
        if len(self._known) >= self._most:
            raise NotUnderstoodError(
                f"{name} is one device more than max_devices ({self._most}) in the mapping allow"
            )
        self._owners[name] = identity
        self._known[identity] = Foreign(
            name=name,
            kind=entry.kind or kind,
            title=entry.title or _printable(title),
            place=entry.place or place,
        )
        return self._known[identity]


def _printable(title: str | None) -> str | None:
    return "".join(c for c in title or "" if c.isprintable())[:200] or None
