"""The data directory belongs to one city at a time, and its secrets to its owner."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from smartopia.cli.state import DataDir, check_port, free_port, settings_of_running
from smartopia.errors import AlreadyRunningError, ConfigurationError


def test_a_second_claim_is_told_where_the_first_runs(tmp_path: Path) -> None:
    first, second = DataDir(tmp_path / "city"), DataDir(tmp_path / "city")
    first.claim()
    first.write_running({"url": "http://127.0.0.1:8080", "pid": 4271, "mqtt_port": 1883})
    with pytest.raises(AlreadyRunningError) as error:
        second.claim()
    for word in (str(tmp_path / "city"), "http://127.0.0.1:8080", "4271", "1883", "--data-dir"):
        assert word in str(error.value)
    del error
    assert first.read_running() is not None, "the first is not disturbed"
    first.release()


def test_a_second_claim_while_the_first_still_starts_is_refused_too(tmp_path: Path) -> None:
    first = DataDir(tmp_path)
    first.claim()
    with pytest.raises(AlreadyRunningError, match="starting"):
        DataDir(tmp_path).claim()
    first.release()


def test_what_was_released_can_be_claimed_again(tmp_path: Path) -> None:
    first, second = DataDir(tmp_path), DataDir(tmp_path)
    first.claim()
    first.write_running({"url": "http://x"})
    first.release()
    assert second.read_running() is None
    second.claim()
    second.release()


def test_what_a_killed_city_left_behind_is_not_believed(tmp_path: Path) -> None:
    (tmp_path / "running.json").write_text('{"url": "http://gone"}')
    place = DataDir(tmp_path)
    place.claim()
    assert place.read_running() is None
    place.release()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match="choose another --data-dir"):
        DataDir(tmp_path / "file" / "city").claim()


def test_secrets_are_made_once_and_are_their_owners(tmp_path: Path) -> None:
    place = DataDir(tmp_path)
    made = place.secrets()
    assert set(made) == {"platform", "system", "database"}
    assert len(set(made.values())) == 3
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert DataDir(tmp_path).secrets() == made


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o644, 0o666])
def test_secrets_others_can_read_are_refused_with_what_to_do(tmp_path: Path, mode: int) -> None:
    place = DataDir(tmp_path)
    words = place.secrets().values()
    (tmp_path / "secrets.json").chmod(mode)
    with pytest.raises(ConfigurationError) as error:
        place.secrets()
    assert f"chmod 600 {tmp_path / 'secrets.json'}" in str(error.value)
    assert not any(word in str(error.value) for word in words)


@pytest.mark.parametrize("left", ["", "{", '{"url": '])
def test_a_note_half_written_is_no_city(tmp_path: Path, left: str) -> None:
    (tmp_path / "running.json").write_text(left)
    assert DataDir(tmp_path).read_running() is None


def test_the_note_of_what_runs_is_its_owners(tmp_path: Path) -> None:
    place = DataDir(tmp_path)
    place.write_running({"settings": {"broker_url": "nats://platform:word@h"}})
    assert (tmp_path / "running.json").stat().st_mode & 0o777 == 0o600


def test_another_command_finds_the_city_that_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMARTOPIA_LOG_LEVEL", "DEBUG")
    word = {"settings": {"site": "seoul", "broker_url": "nats://platform:word@h:1"}}
    city = DataDir(tmp_path)
    city.claim()
    city.write_running(json.loads(json.dumps(word)))
    settings = settings_of_running(str(tmp_path))
    assert settings.site == "seoul"
    assert settings.broker() == "nats://platform:word@h:1"
    assert settings.log_level == "DEBUG", "its own environment counts besides"
    city.release()


def test_the_word_a_killed_city_left_behind_is_not_believed(tmp_path: Path) -> None:
    DataDir(tmp_path).write_running({"settings": {"site": "seoul"}})
    with pytest.raises(ConfigurationError, match="no city runs"):
        settings_of_running(str(tmp_path))


def test_no_city_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="smartopia up") as error:
        settings_of_running(str(tmp_path))
    assert str(tmp_path) in str(error.value)


def test_a_port_somebody_listens_on_is_refused_by_its_option() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(ConfigurationError, match=rf"port {port} .*--mqtt-port"):
            check_port("127.0.0.1", port, "--mqtt-port")
    check_port("127.0.0.1", free_port(), "--mqtt-port")
