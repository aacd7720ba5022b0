"""Devices' accounts: a device speaks for itself only, and no password stands on disk."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import bcrypt
import pytest

from smartopia.bus.accounts import BrokerFolder, ensure_devices, new_password, read_credentials
from smartopia.contract.topics import DeviceKey
from smartopia.errors import ConfigurationError
from smartopia.settings import Settings

RIVER = DeviceKey("gimpo", "river-1")
CAMERA = DeviceKey("gimpo", "cam-1")
PLATFORM, SYSTEM = "platform-word-1", "system-word-2"


def initialise(folder: BrokerFolder, *, admit: bool = False) -> None:
    folder.initialise(
        platform_password=PLATFORM,
        system_password=SYSTEM,
        host="127.0.0.1",
        nats_host="127.0.0.1",
        nats_port=4222,
        mqtt_port=1883,
        store_dir=str(folder.path / "store"),
        admit_devices=admit,
    )


@pytest.fixture
def folder(tmp_path: Path) -> BrokerFolder:
    made = BrokerFolder(tmp_path / "broker")
    initialise(made)
    return made


def users(folder: BrokerFolder) -> dict[str, dict[str, Any]]:
    """The users as the server reads them."""
    text = (folder.path / "users.conf").read_text()
    listed = json.loads(text.removeprefix("users:"))
    assert len({user["user"] for user in listed}) == len(listed), "no name twice"
    return {user["user"]: user for user in listed}


def test_a_device_is_kept_out_until_devices_are_admitted(folder: BrokerFolder) -> None:
    folder.add_devices([RIVER])
    initialise(folder)
    assert set(users(folder)) == {"platform"}
    assert folder.devices() == [RIVER], "it is still registered"
    folder.admit_devices()
    assert set(users(folder)) == {"platform", "river-1"}


def test_a_device_gets_a_password_the_server_can_check(folder: BrokerFolder) -> None:
    words = folder.add_devices([RIVER, CAMERA])
    assert set(words) == {RIVER, CAMERA}
    for key, word in words.items():
        assert bcrypt.checkpw(word.encode(), users(folder)[key.device]["password"].encode())
    assert words[RIVER] != words[CAMERA]


def test_a_device_may_use_its_own_topics_only(folder: BrokerFolder) -> None:
    folder.add_devices([RIVER])
    user = users(folder)["river-1"]
    assert user["permissions"] == {
        "publish": {
            "allow": ["smartopia.v1.gimpo.river-1.*"],
            "deny": ["smartopia.v1.gimpo.river-1.commands", "smartopia.v1.gimpo.river-1.errors"],
        },
        "subscribe": {
            "allow": ["smartopia.v1.gimpo.river-1.commands", "smartopia.v1.gimpo.river-1.errors"]
        },
    }
    assert user["allowed_connection_types"] == ["MQTT"]


def test_no_password_stands_on_disk(folder: BrokerFolder) -> None:
    words = folder.add_devices([RIVER, CAMERA])
    for file in folder.path.rglob("*"):
        text = file.read_text()
        for word in (PLATFORM, SYSTEM, *words.values()):
            assert word not in text, file


def test_only_the_owner_may_read_the_accounts(folder: BrokerFolder) -> None:
    folder.add_devices([RIVER])
    for name in ("nats.conf", "users.conf", "accounts.json"):
        assert (folder.path / name).stat().st_mode & 0o777 == 0o600, name
    assert not list(folder.path.glob("*.new")), "nothing half-written is left"


def test_a_device_registered_again_gets_a_new_password(folder: BrokerFolder) -> None:
    first = folder.add_devices([RIVER])[RIVER]
    second = folder.add_devices([RIVER])[RIVER]
    stored = users(folder)["river-1"]["password"].encode()
    assert not bcrypt.checkpw(first.encode(), stored)
    assert bcrypt.checkpw(second.encode(), stored)
    assert folder.devices() == [RIVER]


@pytest.mark.parametrize(
    "key",
    [
        DeviceKey("gimpo", ""),
        DeviceKey("gimpo", "River"),
        DeviceKey("gimpo", "a.b"),
        DeviceKey("gimpo", "*"),
        DeviceKey("gimpo", ">"),
        DeviceKey("gimpo", "a/b"),
        DeviceKey("gimpo", 'a"b'),
        DeviceKey("*", "river-1"),
        DeviceKey("", "river-1"),
        DeviceKey("gimpo", "a" * 64),
    ],
)
def test_a_name_that_could_mean_more_is_refused(folder: BrokerFolder, key: DeviceKey) -> None:
    before = users(folder)
    with pytest.raises(ConfigurationError, match="lower-case letters"):
        folder.add_devices([CAMERA, key])
    assert users(folder) == before, "all or nothing"
    assert folder.devices() == []


def test_a_name_that_ends_in_a_line_break_is_refused(folder: BrokerFolder) -> None:
    with pytest.raises(ConfigurationError):
        folder.add_devices([DeviceKey("gimpo", "river-1\n")])


def test_a_name_taken_at_another_site_is_refused(folder: BrokerFolder) -> None:
    folder.add_devices([RIVER])
    with pytest.raises(ConfigurationError, match=r"taken by gimpo/river-1"):
        folder.add_devices([DeviceKey("seoul", "river-1")])


def test_one_name_at_two_sites_is_refused_at_once_too(folder: BrokerFolder) -> None:
    with pytest.raises(ConfigurationError, match="taken"):
        folder.add_devices([RIVER, DeviceKey("seoul", "river-1")])


@pytest.mark.parametrize("name", ["platform", "system"])
def test_the_platforms_own_names_are_not_for_devices(folder: BrokerFolder, name: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        folder.add_devices([DeviceKey("gimpo", name)])


def test_the_servers_configuration_names_where_it_listens(folder: BrokerFolder) -> None:
    text = folder.config.read_text()
    assert 'listen: "127.0.0.1:4222"' in text
    assert re.search(r'mqtt \{\s+listen: "127.0.0.1:1883"', text)
    assert "sync_interval: always" in text
    assert f'store_dir: "{folder.path}/store"' in text


def test_passwords_are_long_and_never_the_same() -> None:
    words = {new_password() for _ in range(100)}
    assert len(words) == 100
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{32}", word) for word in words)


def test_credentials_are_read_by_device(tmp_path: Path) -> None:
    file = tmp_path / "devices.json"
    assert read_credentials(file) == {}
    file.write_text('{"gimpo/river-1": "word"}')
    assert read_credentials(file) == {RIVER: "word"}


@pytest.mark.parametrize("content", [b"", b"[]", b"7", b'{"river-1": "word"}', b"\xff", b'{"a":'])
def test_a_file_that_holds_no_credentials_is_named(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "devices.json"
    file.write_bytes(content)
    with pytest.raises(ConfigurationError, match=re.escape(str(file))):
        read_credentials(file)


async def test_devices_with_known_passwords_need_no_broker(tmp_path: Path) -> None:
    file = tmp_path / "devices.json"
    file.write_text('{"gimpo/river-1": "word", "gimpo/cam-1": "other"}')
    settings = Settings(credentials=file)
    assert await ensure_devices(settings, [RIVER]) == {RIVER: "word"}


async def test_devices_without_a_password_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"gimpo/river-1.*smartopia device add"):
        await ensure_devices(Settings(), [RIVER])
