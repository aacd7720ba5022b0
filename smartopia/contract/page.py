"""The contract as a page for engineers: one HTML file, without scripts."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from smartopia.contract import VERSION
from smartopia.contract.asyncapi import Door
from smartopia.contract.channels import CHANNELS, TIME, ChannelForm
from smartopia.contract.fields import fields
from smartopia.contract.properties import PROPERTIES
from smartopia.contract.remedies import REMEDIES
from smartopia.contract.schemas import FRAME_STAMP, json_schemas
from smartopia.contract.topics import Channel, DeviceKey

EXAMPLE_DEVICE = "river-2"
_PAGES = Environment(
    loader=PackageLoader("smartopia.contract", "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def _marked(text: str) -> Markup:
    """What stands between backticks as code; all else is text."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704


_PAGES.filters["marked"] = _marked


def contract_page(door: Door) -> str:
    """The page, with lines to paste for this site's broker."""
    schemas = json_schemas()
    key = DeviceKey(door.site, EXAMPLE_DEVICE)
    return _PAGES.get_template("contract.html").render(
        version=VERSION,
        door=door,
        device=EXAMPLE_DEVICE,
        topic={form.channel: key.topic(form.channel) for form in CHANNELS},
        channels=CHANNELS,
        lines={form.channel: shell_lines(door, form) for form in CHANNELS},
        fields={name: fields(schema) for name, schema in schemas.items()},
        stamp=fields(schemas[FRAME_STAMP]),
        properties=sorted(PROPERTIES.values(), key=lambda p: p.name),
        remedies=REMEDIES,
        as_json=lambda payload: json.dumps(payload, indent=2, ensure_ascii=False),
    )


def shell_lines(door: Door, form: ChannelForm) -> dict[str, str]:
    """Lines of Debian's mosquitto-clients that play the device, by what they show."""
    topic = DeviceKey(door.site, EXAMPLE_DEVICE).topic(form.channel)
    program = "mosquitto_sub" if form.to_device else "mosquitto_pub"
    # One client id may be connected once: who listens needs another than who publishes.
    client = f"{EXAMPLE_DEVICE}-ear" if form.to_device else EXAMPLE_DEVICE
    account = f"-u {EXAMPLE_DEVICE} -P PASSWORD -i {client}"
    retain = " -r" if form.retain else ""
    head = (
        f"{program} -h {door.host} -p {door.port} {account} -q {form.qos}{retain} \\\n  -t {topic}"
    )
    if form.to_device:
        return {"Listen": head}
    if form.channel is Channel.FRAMES:
        return {"A picture": f"{head} -f picture.jpg"}
    return {title: f"{head} \\\n  -m {_quoted(payload)}" for title, payload in _examples(form)}


def _examples(form: ChannelForm) -> Iterator[tuple[str, Any]]:
    for message in form.messages:
        yield from message.examples.items()


def _quoted(payload: Any) -> str:  # noqa: ANN401 - any JSON
    """The payload for a shell, which fills in the present where the example has its time."""
    text = shlex.quote(json.dumps(payload, ensure_ascii=False))
    newest = datetime.fromisoformat(TIME)
    for time in _times(payload):
        back = int((newest - datetime.fromisoformat(time)).total_seconds())
        ago = f" -d -{back}sec" if back else ""
        text = text.replace(time, f"'$(date -u{ago} +%FT%TZ)'")
    return text


def _times(payload: Any) -> set[str]:  # noqa: ANN401 - any JSON
    if isinstance(payload, list):
        return set().union(*map(_times, payload))
    if not isinstance(payload, dict):
        return set()
    own = {payload["time"]} if "time" in payload else set()
    return own.union(*map(_times, payload.values()))
