"""The results in one message, and why one says nothing."""

from __future__ import annotations

from collections.abc import Iterator

from devices_sim.bridge.outcomes import Arrived, Foreign, LeftOut, Outcome, Told, Trouble
from devices_sim.bridge.reading import (
    Clock,
    NotUnderstoodError,
    Reading,
    decode,
    read_all,
    read_time,
)

RETAINED = "left_retained"
IGNORED = "left_ignored"
EMPTY = "left_empty"
UNMAPPED = "left_unmapped"


def tell(
    message: Arrived, device: Foreign, readings: tuple[Reading, ...], clock: Clock | None
) -> Iterator[Outcome]:
    """The results in a message. One that was retained counts only if it tells its time."""
    data = decode(message.payload)
    try:
        time = read_time(clock, data, message.at)
    except NotUnderstoodError as error:
        # A message that comes now happened about now, whatever its clock says.
        time = None
        yield Trouble(message.topic, f"{error} (taken as the time it arrived)")
    if time is None and message.retained:
        yield LeftOut(RETAINED)
        return
    results, problems = read_all(readings, data)
    if problems:
        hint = f"map it, or set ignore for {device.name} in the mapping's devices"
        yield Trouble(message.topic, f"{'; '.join(problems[:3])} ({hint})")
    if results:
        streams = {r.datastream.name: r.datastream for r in readings}
        told = tuple(streams[name] for name in results)
        yield Told(device, time or message.at, results, told, fresh=not message.retained)
    elif not problems:
        yield LeftOut(EMPTY)
