"""Devices that describe themselves in Home Assistant's way, as they come to be known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from devices_sim.bridge.directory import Directory
from devices_sim.bridge.discovery import Entity, Watch, read_config
from devices_sim.bridge.mapping import Discovery
from devices_sim.bridge.outcomes import (
    Arrived,
    Described,
    Follow,
    Foreign,
    LeftOut,
    Outcome,
    Present,
    Trouble,
)
from devices_sim.bridge.reading import NotUnderstoodError, decode, word
from devices_sim.bridge.telling import EMPTY, IGNORED, tell

OTHERS = "left_no_sensor"
MAX_ENTITIES = 10_000


class HomeAssistant:
    """The entities known so far: where each stands, and whether its device is there."""

    def __init__(self, discovery: Discovery, directory: Directory) -> None:
        self._discovery = discovery
        self._directory = directory
        self._configs: dict[str, tuple[Entity, ...]] = {}
        self._entities: dict[str, list[Entity]] = defaultdict(list)
        self._by_topic: dict[str, set[str]] = defaultdict(set)
        self._watches: dict[str, dict[str, Watch]] = defaultdict(dict)
        self._online: dict[str, dict[str, bool]] = defaultdict(dict)

    def topics(self) -> list[str]:
        """Where devices describe themselves, and what those known have named."""
        prefix = self._discovery.prefix
        own = [f"{prefix}/+/+/config", f"{prefix}/+/+/+/config"]
        return [*own, *self._by_topic, *self._watches]

    def take(self, message: Arrived) -> Iterator[Outcome]:
        """What a message comes to; nothing where it is none of ours."""
        if self._is_config(message.topic):
            yield from self._learn(message)
            return
        for device in sorted(self._by_topic.get(message.topic, ())):
            yield from self._results(message, device)
        for device, watch in self._watches.get(message.topic, {}).items():
            yield from self._presence(message, device, watch)

    def _is_config(self, topic: str) -> bool:
        levels = topic.split("/")
        depth = len(self._discovery.prefix.split("/"))
        inside = topic.startswith(f"{self._discovery.prefix}/") and levels[-1] == "config"
        return inside and len(levels) - depth in {3, 4}

    def _learn(self, message: Arrived) -> Iterator[Outcome]:
        topic = message.topic
        if not message.payload:  # how an entity is taken back
            if self._configs.pop(topic, ()):
                self._index_anew()
            yield LeftOut(EMPTY)
            return
        config = read_config(topic, decode(message.payload), self._discovery)
        ignores = self._directory.ignores
        problems = [t for d, t in config.problems if not ignores(self._discovery.name, d)]
        if problems:
            yield Trouble(topic, "; ".join(problems[:3]))
        if config.others:
            yield LeftOut(OTHERS)
        known = self._configs.get(topic, ())
        if config.entities == known:
            return
        if sum(map(len, self._configs.values())) + len(config.entities) > MAX_ENTITIES:
            raise NotUnderstoodError(f"more than {MAX_ENTITIES} entities; this one is left out")
        self._configs[topic] = config.entities
        named = [t for e in config.entities for t in (e.topic, *(w.topic for w in e.watches))]
        new = [
            t for t in dict.fromkeys(named) if t not in self._by_topic and t not in self._watches
        ]
        yield from self._index_anew() if known else self._index(topic, config.entities)
        yield from map(Follow, new)
        for device in dict.fromkeys(entity.device for entity in config.entities):
            yield self._described(device)

    def _described(self, device: str) -> Outcome:
        entities = self._entities[device]
        ours = self._ours(device)
        if ours is None:
            return LeftOut(IGNORED)
        return Described(ours, tuple(entity.reading.datastream for entity in entities))

    def _ours(self, device: str) -> Foreign | None:
        title = next((e.title for e in self._entities[device] if e.title), None)
        discovery = self._discovery
        return self._directory.find(discovery.name, device, kind=discovery.kind, title=title)

    def _index_anew(self) -> list[Trouble]:
        for index in (self._entities, self._by_topic, self._watches):
            index.clear()
        return [
            trouble
            for topic, entities in self._configs.items()
            for trouble in self._index(topic, entities)
        ]

    def _index(self, topic: str, entities: tuple[Entity, ...]) -> list[Trouble]:
        troubles = []
        for entity in entities:
            name = entity.reading.datastream.name
            if any(e.reading.datastream.name == name for e in self._entities[entity.device]):
                text = f"its device has two entities {name!r}; only one is taken"
                troubles.append(Trouble(topic, text))
                continue
            self._entities[entity.device].append(entity)
            self._by_topic[entity.topic].add(entity.device)
            for watch in entity.watches:
                self._watches[watch.topic][entity.device] = watch
        return troubles

    def _results(self, message: Arrived, device: str) -> Iterator[Outcome]:
        ours = self._ours(device)
        if ours is None:
            yield LeftOut(IGNORED)
        elif not message.payload:
            yield LeftOut(EMPTY)
        else:
            here = [e.reading for e in self._entities[device] if e.topic == message.topic]
            yield from tell(message, ours, tuple(here), None)

    def _presence(self, message: Arrived, device: str, watch: Watch) -> Iterator[Outcome]:
        ours = self._ours(device)
        if ours is None or not message.payload:
            yield LeftOut(EMPTY if ours else IGNORED)
            return
        told = word(watch.path.find(decode(message.payload)))
        if told not in {watch.online, watch.offline}:
            raise NotUnderstoodError(
                f"availability: {told[:60]!r} is neither {watch.online!r} nor {watch.offline!r}"
            )
        states = self._online[device]
        states[message.topic] = told == watch.online
        online = self._together(device, states, latest=states[message.topic])
        if online is not None:
            yield Present(ours, online)

    def _together(self, device: str, states: dict[str, bool], *, latest: bool) -> bool | None:
        """Whether a device is there by all that is told of it; None while too little is."""
        mode = next((e.mode for e in self._entities[device] if e.watches), "latest")
        if mode == "latest":
            return latest
        watched = {watch.topic for e in self._entities[device] for watch in e.watches}
        decisive = mode == "any"  # one True decides "any", one False decides "all"
        if decisive in states.values():
            return decisive
        return (not decisive) if watched <= states.keys() else None
