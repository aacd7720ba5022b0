"""Reads Home Assistant's MQTT discovery: how a device describes its entities.

Source: https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from devices_sim.bridge.mapping import Discovery
from devices_sim.bridge.paths import WHOLE, JsonPath, parse_path
from devices_sim.bridge.properties import BINARY, MEASURED
from devices_sim.bridge.reading import NotUnderstoodError, Reading, word
from devices_sim.bridge.units import into_property, to_ucum
from smartopia.contract.announce import Datastream

COMPONENTS = frozenset({"sensor", "binary_sensor"})
_DEVICE = "device"

_LONG = {
    "avty": "availability",
    "avty_mode": "availability_mode",
    "avty_t": "availability_topic",
    "avty_tpl": "availability_template",
    "cmps": "components",
    "dev": "device",
    "dev_cla": "device_class",
    "exp_aft": "expire_after",
    "p": "platform",
    "pl_avail": "payload_available",
    "pl_not_avail": "payload_not_available",
    "pl_off": "payload_off",
    "pl_on": "payload_on",
    "stat_t": "state_topic",
    "t": "topic",
    "unit_of_meas": "unit_of_measurement",
    "val_tpl": "value_template",
}
_LONG_DEVICE = {"ids": "identifiers", "cns": "connections"}
_INHERITED = (
    "device",
    "state_topic",
    "availability",
    "availability_topic",
    "availability_template",
    "availability_mode",
    "payload_available",
    "payload_not_available",
)
_TEMPLATE = re.compile(
    r"""\{\{-?\s* value (?P<json>_json)? (?P<path>(?:\.\w+|\[[^\[\]]+\])*)
        (?:\s*\|\s*(?:is_defined|float|round(?:\(\s*\d+\s*\))?))* \s*-?\}\}""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Watch:
    """A topic that tells whether something is there, and its words for it."""

    topic: str
    path: JsonPath
    online: str
    offline: str


@dataclass(frozen=True, slots=True)
class Entity:
    """One entity, as we read it. `device`: what is the same for all entities of a device."""

    device: str
    title: str | None
    topic: str
    reading: Reading
    watches: tuple[Watch, ...] = ()
    mode: str = "latest"


@dataclass(frozen=True, slots=True)
class Config:
    """All that one configuration comes to.

    Attributes:
        entities: those we can read.
        problems: why we cannot read the others, each with the device it is of.
        others: how many entities are no sensors.
    """

    entities: tuple[Entity, ...]
    problems: tuple[tuple[str, str], ...]
    others: int


def read_config(topic: str, data: Any, discovery: Discovery) -> Config:  # noqa: ANN401
    """The entities that a configuration message describes."""
    component, *_, object_id, _ = topic.removeprefix(f"{discovery.prefix}/").split("/")
    if not isinstance(data, dict):
        return Config((), (("", "the configuration is no JSON object"),), 0)
    entities, problems, others = [], [], 0
    for name, kind, config in _components(component, object_id, _spelt_out(data)):
        if kind not in COMPONENTS:
            others += 1
            continue
        try:
            entities.append(_entity(name, kind, config, discovery))
        except (NotUnderstoodError, ValueError) as error:
            problems.append((_device_of(name, config), f"{name}: {error}"))
    return Config(tuple(entities), tuple(problems), others)


def _components(
    component: str, object_id: str, config: dict[str, Any]
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Name, component and configuration of each entity: of one, or of a whole device."""
    if component != _DEVICE:
        yield object_id, component, config
        return
    shared = {key: config[key] for key in _INHERITED if key in config}
    parts = config.get("components")
    for name, part in parts.items() if isinstance(parts, dict) else ():
        if isinstance(part, dict):
            own = shared | _spelt_out(part)
            yield str(name), str(own.get("platform", "")), own


def _spelt_out(data: Mapping[str, Any]) -> dict[str, Any]:
    """Abbreviated keys in full, and `~` in topics as the base it stands for."""
    base = data.get("~")

    def topic(value: Any) -> Any:  # noqa: ANN401
        if not isinstance(value, str) or not isinstance(base, str):
            return value
        if value.startswith("~"):
            return base + value[1:]
        return value[:-1] + base if value.endswith("~") else value

    config = {_LONG.get(key, key): value for key, value in data.items() if key != "~"}
    for key in ("state_topic", "availability_topic"):
        if key in config:
            config[key] = topic(config[key])
    if isinstance(config.get("device"), dict):
        config["device"] = {_LONG_DEVICE.get(k, k): v for k, v in config["device"].items()}
    watched = config.get("availability")
    if isinstance(watched, (list, dict)):
        entries = [watched] if isinstance(watched, dict) else watched
        spelt = [
            {_LONG.get(k, k): v for k, v in entry.items()}
            for entry in entries
            if isinstance(entry, dict)
        ]
        config["availability"] = [entry | {"topic": topic(entry.get("topic"))} for entry in spelt]
    return config


def _entity(name: str, kind: str, config: dict[str, Any], discovery: Discovery) -> Entity:
    state_topic = config.get("state_topic")
    if not isinstance(state_topic, str) or not state_topic or set(state_topic) & set("+#"):
        raise NotUnderstoodError("state_topic is missing, or is no topic")
    device = _device(config)
    return Entity(
        device=_device_of(name, config),
        title=str(device.get("name") or config.get("name") or "")[:200] or None,
        topic=state_topic,
        reading=_reading(name, kind, config, discovery),
        watches=tuple(_watches(config)),
        mode=str(config.get("availability_mode", "latest")),
    )


def _device(config: Mapping[str, Any]) -> Mapping[str, Any]:
    device = config.get("device")
    return device if isinstance(device, dict) else {}


def _device_of(name: str, config: Mapping[str, Any]) -> str:
    """What is the same for all entities of a device.

    The first identifier; or of the first connection, ["mac", "02:5b:..."], the address.
    """
    device = _device(config)
    found = device.get("identifiers")
    if isinstance(found, list):
        found = found[0] if found else None
    connections = device.get("connections")
    if not found and isinstance(connections, list) and connections:
        found = connections[0][-1] if isinstance(connections[0], list) else None
    return str(found or config.get("unique_id") or name)


def _reading(name: str, kind: str, config: dict[str, Any], discovery: Discovery) -> Reading:
    device_class = config.get("device_class")
    values: dict[str, float] | None = None
    if kind == "binary_sensor":
        observed, unit = BINARY.get(str(device_class), ("state", "{on}"))
        scale, offset = 1.0, 0.0
        values = {
            word(config.get("payload_on", "ON")): 1.0,
            word(config.get("payload_off", "OFF")): 0.0,
        }
    else:
        unit = to_ucum(config.get("unit_of_measurement"))
        observed = MEASURED.get(str(device_class)) or _plain(str(device_class or name))
        unit, scale, offset = into_property(observed, unit)
    stream = Datastream(
        name=_plain(name),
        observed_property=observed,
        unit=unit,
        period=_period(config, discovery),
    )
    path = read_template(config.get("value_template"))
    return Reading(stream, (path,), scale=scale, offset=offset, values=values)


def _period(config: Mapping[str, Any], discovery: Discovery) -> float:
    """Seconds between results, as far as one can know: a result comes before the last expires."""
    expires = config.get("expire_after")
    if isinstance(expires, (int, float)) and 0 < expires <= 86_400:
        return float(expires)
    return discovery.period


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9_.-]+", "_", name.lower()).strip("_.-")[:63] or "state"


def _watches(config: Mapping[str, Any]) -> Iterator[Watch]:
    entries = list(config.get("availability") or [])
    if isinstance(config.get("availability_topic"), str):
        template = config.get("availability_template")
        entries.append(
            {**config, "topic": config["availability_topic"], "value_template": template}
        )
    for entry in entries:
        if isinstance(entry.get("topic"), str) and not set(entry["topic"]) & set("+#"):
            yield Watch(
                entry["topic"],
                read_template(entry.get("value_template")),
                word(entry.get("payload_available", "online")),
                word(entry.get("payload_not_available", "offline")),
            )


def read_template(template: object) -> JsonPath:
    """The path a value template means. Templates are read, never run.

    Raises:
        NotUnderstoodError: it is none of the simple forms; names it.
    """
    if template is None or template == "":
        return WHOLE
    text = str(template).strip()
    found = _TEMPLATE.fullmatch(text)
    if found is None or (found["path"] and not found["json"]):
        raise NotUnderstoodError(
            f"the template {text[:120]!r} is not run; understood are {{{{ value }}}}, "
            "{{ value_json.a.b }} and {{ value_json['a'] }}: map the topic as a source instead"
        )
    try:
        return parse_path(found["path"].removeprefix("."))
    except ValueError as error:
        raise NotUnderstoodError(f"the template {text[:120]!r}: {error}") from None
