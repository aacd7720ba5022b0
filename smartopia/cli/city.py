"""One city on one machine: its servers and parts, from start to stop."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from pydantic import SecretStr

from smartopia import __version__
from smartopia.bus.connection import Broker, connect_broker, connect_once
from smartopia.bus.health import Reporter, read_heartbeat
from smartopia.bus.log import backlogs
from smartopia.bus.refusals import Refusal, tell_refusal
from smartopia.bus.subjects import HEALTH
from smartopia.cli.disk import DiskWatch
from smartopia.cli.migrate import prepare
from smartopia.cli.process import SILENT_S, ProcessSpec
from smartopia.cli.state import DataDir, check_port, free_port
from smartopia.cli.summary import Tally, database_summary
from smartopia.cli.supervisor import Child, child_environment, guarded
from smartopia.clock import rfc3339, utc_now
from smartopia.embedded.broker import EmbeddedBroker, cannot_write, read_refusal
from smartopia.embedded.postgres import EmbeddedPostgres
from smartopia.embedded.user import server_user
from smartopia.errors import UnavailableError
from smartopia.evidence_keys import renew_file
from smartopia.listeners import check_http_listener, check_mqtt_listener
from smartopia.metrics import Metrics
from smartopia.settings import Settings
from smartopia.store.connection import connect_database

log = logging.getLogger(__name__)

_DRAIN_S = 30.0
_CONSOLE_S = 20.0
_REFUSAL_PAUSE_S = 10.0
SIMULATE = "simulate"
CONTROL_CENTER = "control-center"
# Who is scored by the truth shall not know where it is, or what is being played.
_FOR_SIMULATOR = frozenset({"truth_dir", "scenario", "credentials"})
# Who seals frames shall not be able to open them.
_FOR_CONTROL_CENTER = frozenset({"evidence_keys"})


@dataclass(frozen=True, slots=True)
class CityOptions:
    """How to run it."""

    data_dir: DataDir
    processes: tuple[ProcessSpec, ...]
    seconds: float | None
    summary: Path | None
    say: Callable[[str], None]


@dataclass(slots=True)
class City:
    """Everything `smartopia up` starts."""

    settings: Settings
    options: CityOptions
    metrics: Metrics = field(default_factory=Metrics)
    _servers: list[Child] = field(default_factory=list)
    _parts: list[Child] = field(default_factory=list)
    _refusals: asyncio.Queue[Refusal] = field(default_factory=lambda: asyncio.Queue(1000))
    _disk: DiskWatch = field(init=False)
    _told: dict[tuple[str, str], float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._disk = DiskWatch(self.options.data_dir.path, self._restart_broker)

    async def run(self, stop: asyncio.Event) -> None:
        """Start everything, wait, and stop everything.

        Raises:
            AlreadyRunningError, ConfigurationError, UnavailableError: with what to do.
        """
        began = time.monotonic()
        check_http_listener(self.settings)
        if not self.settings.broker_url.get_secret_value():
            check_mqtt_listener(self.settings)
        place = self.options.data_dir
        place.claim()
        try:
            self._choose_ports()
            await self._start_servers()
            await prepare(self.settings)
            place.write_running(self._word())
            async with Reporter(self.settings, "supervisor", self.metrics) as reporter:
                reporter.tell_processes(
                    lambda: tuple(child.state() for child in (*self._servers, *self._parts))
                )
                watching = asyncio.create_task(self._disk.run(reporter))
                try:
                    await self._live(stop, began)
                finally:
                    watching.cancel()
        finally:
            for child in reversed((*self._servers, *self._parts)):
                await child.stop()
            place.release()

    async def _live(self, stop: asyncio.Event, began: float) -> None:
        since = utc_now()
        tally = Tally()
        broker = await connect_broker(self.settings, "supervisor")
        telling = asyncio.create_task(self._tell_refusals(broker))
        try:
            await _listen(broker, tally)
            for process in self.options.processes:
                self._start_part(process)
            await self._wait_console()
            self.options.say(
                f"Smartopia {__version__}: http://{self.settings.http_host}:"
                f"{self.settings.http_port}  MQTT {self.settings.mqtt_host}:"
                f"{self.settings.mqtt_port}  state and logs in {self.options.data_dir.path}  "
                f"(started in {time.monotonic() - began:.1f} s)"
            )
            try:
                await asyncio.wait_for(stop.wait(), self.options.seconds)
            except TimeoutError:
                self.options.say(f"{self.options.seconds:.0f} s are over; stopping")
            await self._wind_down(broker)
            await self._write_summary(tally, since, began)
        finally:
            telling.cancel()
            await broker.close()

    async def _wait_console(self) -> None:
        """Return once the page is served, so that who reads our word can open it."""
        if CONTROL_CENTER not in {process.name for process in self.options.processes}:
            return
        deadline = time.monotonic() + _CONSOLE_S
        while time.monotonic() < deadline:
            try:
                _, writer = await asyncio.open_connection(
                    self.settings.http_host, self.settings.http_port
                )
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return
        log.error("the control center does not answer; see its log")

    def _choose_ports(self) -> None:
        changes: dict[str, object] = {}
        for name, host, option in (
            ("http_port", self.settings.http_host, "--port"),
            ("mqtt_port", self.settings.mqtt_host, "--mqtt-port"),
        ):
            port = getattr(self.settings, name)
            if port == 0:
                changes[name] = free_port()
            elif name == "http_port" or not self.settings.broker_url.get_secret_value():
                check_port(host, port, option)
        self.settings = self.settings.model_copy(update=changes)

    async def _start_servers(self) -> None:
        secrets = self.options.data_dir.secrets()
        uid, gid = server_user()
        changes: dict[str, object] = {}
        database: EmbeddedPostgres | None = None
        if not self.settings.database_url.get_secret_value():
            database = EmbeddedPostgres(
                self.options.data_dir.postgres, free_port(), secrets["database"]
            )
            await asyncio.to_thread(database.prepare)
            command = guarded(database.command(), signal.SIGINT, uid, gid)
            self._start_server("database", command, None)
            changes["database_url"] = SecretStr(database.url)
        if not self.settings.broker_url.get_secret_value():
            broker = EmbeddedBroker(
                self.options.data_dir.broker,
                free_port(),
                self.settings.mqtt_port,
                secrets["platform"],
                secrets["system"],
            )
            broker.prepare(mqtt_host=self.settings.mqtt_host)
            command = guarded(broker.command(), signal.SIGTERM, os.geteuid(), os.getegid())
            self._start_server("broker", command, self._read_broker_line)
            changes |= {
                "broker_url": SecretStr(broker.url),
                "broker_system_url": SecretStr(broker.system_url),
                "broker_dir": self.options.data_dir.broker,
                "credentials": self.options.data_dir.credentials,
            }
        changes.setdefault("model_dir", self.settings.model_dir or self._folder("models"))
        changes["truth_dir"] = self.settings.truth_dir or self.options.data_dir.path / "truth"
        changes["reports"] = self.settings.reports or self.options.data_dir.path / "reports"
        changes |= self._evidence_keys()
        self.settings = self.settings.model_copy(update=changes)
        if database is not None:
            await asyncio.to_thread(database.wait_ready)
        await _wait_broker(self.settings)

    def _evidence_keys(self) -> dict[str, object]:
        """A pair of keys of our own, where none is configured."""
        if self.settings.evidence_public_key:
            return {}
        file = self.settings.evidence_keys or self.options.data_dir.evidence_keys
        keys = renew_file(file, utc_now())
        return {"evidence_keys": file, "evidence_public_key": keys.public_key}

    def _folder(self, name: str) -> Path:
        folder = self.options.data_dir.path / name
        folder.mkdir(exist_ok=True)
        return folder

    def _start_server(
        self, name: str, command: list[str], on_line: Callable[[str], None] | None
    ) -> None:
        child = Child(
            name,
            command,
            env=child_environment({"LC_ALL": "C"}),
            log_file=self.options.data_dir.logs / f"{name}.log",
            on_line=on_line,
        )
        self._servers.append(child)
        child.start()

    def _start_part(self, process: ProcessSpec) -> None:
        child = Child(
            process.name,
            [sys.executable, "-m", "smartopia", *process.args],
            env=child_environment(self._environment(process)),
            log_file=self.options.data_dir.logs / f"{process.name}.log",
            notices=True,
            silent_s=SILENT_S if process.tells_alive else None,
        )
        self._parts.append(child)
        child.start()

    def _environment(self, process: ProcessSpec) -> dict[str, str]:
        """Our settings as environment variables, for a part."""
        values = {}
        for name in Settings.model_fields:
            if name in _FOR_SIMULATOR and process.name != SIMULATE:
                continue
            if name in _FOR_CONTROL_CENTER and process.name != CONTROL_CENTER:
                continue
            value = getattr(self.settings, name)
            if isinstance(value, SecretStr):
                value = value.get_secret_value()
            if value not in (None, ""):
                values[f"SMARTOPIA_{name.upper()}"] = str(value)
        return values | {"SMARTOPIA_SUPERVISED": "true"}

    def _word(self) -> dict[str, object]:
        named = (
            "site",
            "mqtt_host",
            "mqtt_port",
            "broker_dir",
            "credentials",
            "http_host",
            "http_port",
            "model",
            "model_dir",
        )
        plain = {name: getattr(self.settings, name) for name in named}
        secret = {
            name: getattr(self.settings, name).get_secret_value()
            for name in ("broker_url", "broker_system_url", "database_url")
        }
        return {
            "pid": os.getpid(),
            "since": rfc3339(utc_now()),
            "url": f"http://{self.settings.http_host}:{self.settings.http_port}",
            "mqtt_port": self.settings.mqtt_port,
            "settings": {k: str(v) if isinstance(v, Path) else v for k, v in plain.items()}
            | secret,
        }

    def _read_broker_line(self, line: str) -> None:
        """Count what the broker turned away, and put it on the screen: at most one line of a
        kind and client in ten seconds, so that one wild device does not flood the list.
        """
        if cannot_write(line):
            self._disk.broker_failed()
        found = read_refusal(line)
        if found is None:
            return
        self.metrics.count(f"refused_{found.reason}")
        now = time.monotonic()
        if now - self._told.get((found.reason, found.client), -_REFUSAL_PAUSE_S) < _REFUSAL_PAUSE_S:
            return
        self._told[found.reason, found.client] = now
        if len(self._told) > 10_000:
            self._told.clear()
        refusal = Refusal(
            at=utc_now(),
            topic=found.detail.replace(".", "/") if found.reason == "not_permitted" else "",
            reason=found.reason,
            detail=f"refused by the broker; client {found.client!r}: {found.detail}",
        )
        if not self._refusals.full():
            self._refusals.put_nowait(refusal)

    def _restart_broker(self) -> None:
        broker = next((s for s in self._servers if s.name == "broker"), None)
        if broker is not None and broker.process is not None:
            log.warning("starting the broker again: it could not write to its disk")
            broker.process.terminate()

    async def _tell_refusals(self, broker: Broker) -> None:
        while True:
            refusal = await self._refusals.get()
            try:
                await tell_refusal(broker, refusal)
            except NatsError as error:
                log.warning("a refusal could not be told: %s", error)

    async def _wind_down(self, broker: Broker) -> None:
        """Stop the devices first, and let what they sent be worked off."""
        for child in self._parts:
            if child.name == SIMULATE:
                await child.stop()
        deadline = time.monotonic() + (_DRAIN_S if self.options.seconds is not None else 3.0)
        while time.monotonic() < deadline:
            try:
                if not any((await backlogs(broker)).values()):
                    break
            except (NatsError, TimeoutError):
                break
            await asyncio.sleep(0.1)
        for child in reversed(self._parts):
            await child.stop()

    async def _write_summary(self, tally: Tally, since: object, began: float) -> None:
        if self.options.summary is None:
            return
        connection = await connect_database(self.settings, "summary")
        async with connection:
            stored = await database_summary(connection, since)  # type: ignore[arg-type]
        summary = {
            "version": __version__,
            "seconds": round(time.monotonic() - began, 1),
            "parts": tally.parts(),
            "supervisor": dict(self.metrics.counters),
            "restarts": {c.name: c.restarts for c in (*self._servers, *self._parts)},
            "database": stored,
        }
        self.options.summary.write_text(json.dumps(summary, indent=1) + "\n")
        self.options.say(f"summary written to {self.options.summary}")


async def _listen(broker: Broker, tally: Tally) -> None:
    async def take(message: Msg) -> None:
        beat = read_heartbeat(message.data)
        if beat is not None:
            tally.take(beat)

    await broker.client.subscribe(f"{HEALTH}.>", cb=take)


async def _wait_broker(settings: Settings, timeout_s: float = 15.0) -> None:
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            client = await connect_once(settings.broker(), "wait")
            await client.close()
        except (NatsError, OSError, TimeoutError) as error:
            if time.monotonic() > deadline:
                raise UnavailableError(f"the broker did not start: {error!r}") from None
            await asyncio.sleep(0.03)
        else:
            return
