"""Tries a mapping on messages out of a file, without any broker: what would be told?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from devices_sim.bridge.mapping import Mapping
from devices_sim.bridge.outcomes import (
    Arrived,
    Described,
    Follow,
    LeftOut,
    Outcome,
    Present,
    Told,
    Trouble,
)
from devices_sim.bridge.translate import Translator
from smartopia.clock import rfc3339
from smartopia.contract.announce import Datastream

_RETAINED = "(retained) "


def try_out(mapping: Mapping, lines: Iterable[str], now: datetime) -> Iterator[str]:
    """For each line `TOPIC PAYLOAD`, as mosquitto_sub -v prints them, what it comes to.

    A line that begins with `(retained) ` is a message the broker had kept. Lines that are
    empty or begin with `#` are left out.
    """
    translator = Translator(mapping)
    yield f"subscribes to {', '.join(translator.topics())}"
    for line in lines:
        text = line.strip("\r\n")
        if not text.strip() or text.startswith("#"):
            continue
        topic, _, payload = text.removeprefix(_RETAINED).partition(" ")
        retained = text.startswith(_RETAINED)
        yield f"{topic}{' (retained)' if retained else ''}"
        message = Arrived(topic, payload.strip().encode(), now, retained)
        for outcome in translator.take(message):
            yield f"  {_words(outcome, now)}"


_LEFT_OUT = {
    "left_retained": "left out: retained, with no time of its own",
    "left_ignored": "left out: the mapping ignores this device",
    "left_empty": "left out: it has no value at the moment",
    "left_no_sensor": "left out: neither a sensor nor a binary_sensor",
    "left_unmapped": "left out: no source has this topic",
}


def _words(outcome: Outcome, now: datetime) -> str:
    match outcome:
        case Told(device, time, results, streams):
            units = {stream.name: stream for stream in streams}
            told = ", ".join(f"{n} {v:g} {_unit(units[n])}" for n, v in results.items())
            when = "as of arrival" if time == now else f"of {rfc3339(time)}"
            return f"{device.name} ({device.kind}) tells {told}, {when}"
        case Described(device, streams):
            listed = ", ".join(f"{s.name} ({s.observed_property}, {s.unit})" for s in streams)
            return f"{device.name} ({device.title or device.kind}) announces {listed}"
        case Present(device, online):
            return f"{device.name} is {'online' if online else 'lost'}"
        case Follow(topic):
            return f"subscribes to {topic}"
        case Trouble(_, text):
            return f"not understood: {text}"
        case LeftOut(counter):
            return _LEFT_OUT.get(counter, counter)


def _unit(stream: Datastream) -> str:
    known = stream.name == stream.observed_property
    return stream.unit if known else f"{stream.unit} ({stream.observed_property})"
