"""Where the other broker is: mqtt://USER@HOST:PORT, without the password."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

MQTT_PORT, MQTTS_PORT = 1883, 8883


@dataclass(frozen=True, slots=True)
class BrokerUrl:
    """A broker's address, taken apart."""

    host: str
    port: int
    user: str | None
    tls: bool

    def __str__(self) -> str:
        return f"{'mqtts' if self.tls else 'mqtt'}://{self.host}:{self.port}"


def parse_broker_url(text: str) -> BrokerUrl:
    """The parts of mqtt://USER@HOST:PORT; mqtts:// is encrypted.

    Raises:
        ValueError: it is none, or has a password in it; does not repeat it.
    """
    form = "allowed is mqtt://USER@HOST:PORT, or mqtts:// where it is encrypted"
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError(f"no broker address; {form}") from None
    if parts.password is not None:
        raise ValueError(
            "a broker address must not hold the password: put it in an environment variable or "
            "a file, and name that in password_env, password_file or their options"
        )
    if parts.scheme not in {"mqtt", "mqtts"} or not parts.hostname or parts.path.strip("/"):
        raise ValueError(f"{text!r} is no broker address; {form}")
    user = None if parts.username is None else unquote(parts.username)
    tls = parts.scheme == "mqtts"
    default = MQTTS_PORT if tls else MQTT_PORT
    return BrokerUrl(host=parts.hostname, port=port or default, user=user, tls=tls)
