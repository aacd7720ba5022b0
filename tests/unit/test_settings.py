"""Settings come from the environment; a wrong one is named, a secret is never shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from smartopia.errors import ConfigurationError
from smartopia.settings import Settings, default_data_dir, load_settings


def test_nothing_set_is_the_city_of_this_machine() -> None:
    settings = load_settings()
    assert (settings.mqtt_host, settings.http_host) == ("127.0.0.1", "127.0.0.1")
    assert settings.timezone == "Asia/Seoul"


def test_a_setting_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMARTOPIA_SITE", "seoul")
    monkeypatch.setenv("SMARTOPIA_MQTT_PORT", "18830")
    monkeypatch.setenv("SMARTOPIA_RULES", "/etc/rules")
    settings = load_settings()
    assert (settings.site, settings.mqtt_port) == ("seoul", 18830)
    assert settings.rules == Path("/etc/rules")


def test_a_setting_nobody_knows_is_an_error_that_names_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SMARTOPIA_MQTTPORT", "1883")
    with pytest.raises(ConfigurationError) as error:
        load_settings()
    assert "unknown setting SMARTOPIA_MQTTPORT" in str(error.value)
    assert "SMARTOPIA_MQTT_PORT" in str(error.value), "it says what is known"


def test_variables_of_others_are_nobodys_business(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMARTOPIANS", "12")
    monkeypatch.setenv("SMARTOPIA_PYTHON", "python3.12")
    load_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SMARTOPIA_MQTT_PORT", "0"),
        ("SMARTOPIA_HTTP_PORT", "70000"),
        ("SMARTOPIA_HTTP_PORT", "http"),
        ("SMARTOPIA_EVIDENCE_DAYS", "31"),
        ("SMARTOPIA_RETENTION_DAYS", "0"),
        ("SMARTOPIA_LOG_LEVEL", "LOUD"),
        ("SMARTOPIA_HTTP_SECURE", "perhaps"),
    ],
)
def test_a_value_that_is_not_allowed_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match=f"{name}: "):
        load_settings()


@pytest.mark.parametrize("name", ["broker_url", "broker_system_url", "database_url"])
def test_a_secret_is_never_shown(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(f"SMARTOPIA_{name.upper()}", "nats://platform:hunter2@127.0.0.1:4222")
    settings = load_settings()
    assert "hunter2" not in repr(settings) + str(settings) + settings.model_dump_json()
    assert "hunter2" in getattr(settings, name).get_secret_value()


def test_a_wrong_setting_does_not_tell_the_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMARTOPIA_DATABASE_URL", "postgresql://a:hunter2@db/city")
    monkeypatch.setenv("SMARTOPIA_HTTP_PORT", "x")
    with pytest.raises(ConfigurationError) as error:
        load_settings()
    assert "hunter2" not in str(error.value)


def test_a_server_that_is_not_named_is_told_with_what_to_do() -> None:
    settings = Settings()
    with pytest.raises(ConfigurationError, match=r"SMARTOPIA_BROKER_URL.*smartopia up"):
        settings.broker()
    with pytest.raises(ConfigurationError, match=r"SMARTOPIA_DATABASE_URL.*smartopia up"):
        settings.database()


def test_a_server_that_is_named_is_used() -> None:
    settings = Settings.model_validate(
        {"broker_url": "nats://b:4222", "database_url": "postgresql://d/city"}
    )
    assert (settings.broker(), settings.database()) == ("nats://b:4222", "postgresql://d/city")


def test_a_user_keeps_the_city_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setenv("XDG_DATA_HOME", "/home/kim/data")
    assert default_data_dir() == Path("/home/kim/data/smartopia")
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", "/home/kim")
    assert default_data_dir() == Path("/home/kim/.local/share/smartopia")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert default_data_dir() == Path("/var/lib/smartopia")
