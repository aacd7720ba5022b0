"""From the other broker's messages to what our devices tell: no input or output of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from devices_sim.bridge.directory import Directory
from devices_sim.bridge.homeassistant import HomeAssistant
from devices_sim.bridge.mapping import Availability, Mapping, Source, Stream, TimeAt
from devices_sim.bridge.outcomes import Arrived, Foreign, LeftOut, Outcome, Present, Trouble
from devices_sim.bridge.paths import parse_path
from devices_sim.bridge.reading import Clock, NotUnderstoodError, Reading, decode, word
from devices_sim.bridge.telling import EMPTY, IGNORED, UNMAPPED, tell
from devices_sim.bridge.topics import PLACEHOLDER, TopicPattern, parse_pattern


@dataclass(frozen=True)
class _Route:
    """One source, ready to be read with."""

    source: Source
    pattern: TopicPattern
    readings: tuple[Reading, ...]
    clock: Clock | None


class Translator:
    """A mapping at work. It learns which devices there are, and forgets none."""

    def __init__(self, mapping: Mapping) -> None:
        self._directory = Directory(mapping)
        self._routes = [_route(source) for source in mapping.sources]
        self._watched = [
            (parse_pattern(source.availability.topic), source, source.availability)
            for source in mapping.sources
            if source.availability is not None
        ]
        self._discovered = (
            HomeAssistant(mapping.discovery, self._directory) if mapping.discovery else None
        )

    def topics(self) -> list[str]:
        """What to subscribe to, as of now."""
        own = [route.pattern.filter for route in self._routes]
        watched = [pattern.filter for pattern, _, _ in self._watched]
        found = self._discovered.topics() if self._discovered else []
        return list(dict.fromkeys([*own, *watched, *found]))

    def take(self, message: Arrived) -> list[Outcome]:
        """What a message comes to."""
        outcomes: list[Outcome] = []
        try:
            outcomes += self._by_sources(message)
            if self._discovered is not None:
                outcomes += self._discovered.take(message)
        except NotUnderstoodError as error:
            outcomes.append(Trouble(message.topic, str(error)))
        return outcomes or [LeftOut(UNMAPPED)]

    def _by_sources(self, message: Arrived) -> Iterator[Outcome]:
        for pattern, source, availability in self._watched:
            level = pattern.match(message.topic)
            if level is not None:
                yield self._presence(message, self._device(source, level), availability)
        for route in self._routes:
            level = route.pattern.match(message.topic)
            if level is not None:
                yield from self._results(message, self._device(route.source, level), route)

    def _device(self, source: Source, level: str) -> Foreign | None:
        title = source.title.replace(PLACEHOLDER, level)
        return self._directory.find(
            source.name, level, kind=source.kind, title=title, place=source.place
        )

    @staticmethod
    def _presence(message: Arrived, device: Foreign | None, said: Availability) -> Outcome:
        if device is None:
            return LeftOut(IGNORED)
        if not message.payload:
            return LeftOut(EMPTY)
        data = decode(message.payload)
        told = word(parse_path(said.path).find(data) if isinstance(data, dict) else data)
        if told not in {said.online, said.offline}:
            raise NotUnderstoodError(
                f"availability: {told[:60]!r} is neither {said.online!r} nor {said.offline!r}"
            )
        return Present(device, told == said.online)

    @staticmethod
    def _results(message: Arrived, device: Foreign | None, route: _Route) -> Iterator[Outcome]:
        if device is None:
            yield LeftOut(IGNORED)
        elif not message.payload:
            yield LeftOut(EMPTY)
        else:
            yield from tell(message, device, route.readings, route.clock)


def _route(source: Source) -> _Route:
    return _Route(
        source,
        source.pattern,
        tuple(_reading(stream) for stream in source.datastreams),
        _clock(source.time),
    )


def _reading(stream: Stream) -> Reading:
    return Reading(
        stream.datastream,
        stream.paths,
        scale=stream.scale,
        offset=stream.offset,
        values=stream.values,
        when={parse_path(path): said for path, said in stream.when.items()},
    )


def _clock(time: TimeAt | None) -> Clock | None:
    return None if time is None else Clock(parse_path(time.path), time.form, ZoneInfo(time.zone))
