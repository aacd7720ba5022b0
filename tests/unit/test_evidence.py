"""What is sealed opens with its key and in no other way; keys are renewed and forgotten."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from smartopia.cli.city import City, CityOptions
from smartopia.cli.main import cli
from smartopia.cli.process import ProcessSpec
from smartopia.cli.state import DataDir
from smartopia.contract.topics import DeviceKey
from smartopia.errors import ConfigurationError, EvidenceError
from smartopia.evidence import Sealer, key_id, load_sealer, open_sealed
from smartopia.evidence_keys import (
    DROP_AFTER,
    RENEW_AFTER,
    new_key,
    read_keys,
    renew_file,
    renewed,
)
from smartopia.settings import Settings

NOW = datetime(2026, 5, 4, 12, 30, 15, 123456, tzinfo=UTC)
CAMERA = DeviceKey("gimpo", "cam-1")
KEY = X25519PrivateKey.generate()
PUBLIC = KEY.public_key().public_bytes_raw()
KEYS = {key_id(PUBLIC): KEY}


@given(st.binary(max_size=2000))
def test_what_is_sealed_comes_out_as_it_was(jpeg: bytes) -> None:
    original = open_sealed(KEYS, Sealer(PUBLIC)(jpeg, CAMERA, NOW))
    assert (original.jpeg, original.camera, original.taken_at) == (jpeg, CAMERA, NOW)


def test_the_same_frame_sealed_twice_looks_different() -> None:
    seal = Sealer(PUBLIC)
    assert seal(b"frame", CAMERA, NOW) != seal(b"frame", CAMERA, NOW)


def test_nothing_of_the_frame_can_be_read() -> None:
    assert b"a face" not in Sealer(PUBLIC)(b"a face" * 100, CAMERA, NOW)


def test_another_key_does_not_open_it_and_says_which_would() -> None:
    sealed = Sealer(PUBLIC)(b"frame", CAMERA, NOW)
    other = X25519PrivateKey.generate()
    others = {key_id(other.public_key().public_bytes_raw()): other}
    with pytest.raises(EvidenceError, match=f"the key {key_id(PUBLIC).hex()}.* not among ours"):
        open_sealed(others, sealed)
    with pytest.raises(EvidenceError, match="there are none"):
        open_sealed({}, sealed)
    with pytest.raises(EvidenceError, match="not those that were sealed"):
        open_sealed({key_id(PUBLIC): other}, sealed)


@given(st.data())
def test_a_changed_byte_is_noticed_wherever_it_is(data: st.DataObject) -> None:
    sealed = bytearray(Sealer(PUBLIC)(b"frame", CAMERA, NOW))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(EvidenceError):
        open_sealed(KEYS, bytes(sealed))


def test_another_camera_in_the_head_is_noticed() -> None:
    sealed = Sealer(PUBLIC)(b"frame", CAMERA, NOW)
    with pytest.raises(EvidenceError, match="not those that were sealed"):
        open_sealed(KEYS, sealed.replace(b"cam-1", b"cam-2"))


@given(st.binary(max_size=400))
def test_bytes_that_are_no_sealed_picture_are_refused(junk: bytes) -> None:
    with pytest.raises(EvidenceError):
        open_sealed(KEYS, junk)


def test_a_truncated_one_is_refused() -> None:
    sealed = Sealer(PUBLIC)(b"frame", CAMERA, NOW)
    for length in range(len(sealed)):
        with pytest.raises(EvidenceError):
            open_sealed(KEYS, sealed[:length])


def test_a_detector_without_a_key_keeps_nothing() -> None:
    assert load_sealer(Settings()) is None


def test_a_detector_seals_with_the_public_key_of_its_settings() -> None:
    seal = load_sealer(Settings(evidence_public_key=base64.b64encode(PUBLIC).decode()))
    assert seal is not None
    assert open_sealed(KEYS, seal(b"frame", CAMERA, NOW)).jpeg == b"frame"


@pytest.mark.parametrize("text", ["x", "!!!!", base64.b64encode(b"short").decode()])
def test_a_public_key_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="SMARTOPIA_EVIDENCE_PUBLIC_KEY"):
        load_sealer(Settings(evidence_public_key=text))


def test_keys_are_made_once_and_for_their_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    first = renew_file(file, NOW)
    assert file.stat().st_mode & 0o777 == 0o600
    assert renew_file(file, NOW + timedelta(days=1)) == first == read_keys(file)


def test_keys_others_can_read_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    renew_file(file, NOW)
    file.chmod(0o640)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        read_keys(file)


def test_a_broken_file_of_keys_is_named_and_its_keys_are_not_told(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    renew_file(file, NOW)
    content = json.loads(file.read_text())
    secret = content["keys"][0]["private"]
    content["keys"][0]["made_at"] = "yesterday"
    file.write_text(json.dumps(content))
    with pytest.raises(ConfigurationError, match=r"keys\.json: keys\.0\.made_at") as error:
        read_keys(file)
    assert secret not in str(error.value)
    with pytest.raises(ConfigurationError, match="No such file"):
        read_keys(tmp_path / "nowhere.json")


def test_an_old_key_is_replaced_and_still_opens_what_it_sealed() -> None:
    before = renewed((), NOW)
    sealed = Sealer(before.keys[-1].public)(b"frame", CAMERA, NOW)
    after = renewed(before.keys, NOW + RENEW_AFTER)
    assert after.public_key != before.public_key
    assert open_sealed(after.openers(), sealed).jpeg == b"frame"


def test_a_key_is_forgotten_once_all_it_sealed_has_expired() -> None:
    first = renewed((), NOW)
    second = renewed(first.keys, NOW + RENEW_AFTER)
    just = NOW + RENEW_AFTER + DROP_AFTER
    assert first.keys[0].private in [
        key.private for key in renewed(second.keys, just - timedelta(seconds=1)).keys
    ]
    sealed = Sealer(first.keys[-1].public)(b"frame", CAMERA, NOW)
    with pytest.raises(EvidenceError, match="not among ours"):
        open_sealed(renewed(second.keys, just).openers(), sealed)


def test_only_the_control_center_is_told_where_the_keys_are(tmp_path: Path) -> None:
    options = CityOptions(DataDir(tmp_path), (), None, None, print)
    city = City(Settings(), options)
    city.settings = city.settings.model_copy(update=city._evidence_keys())
    told = {
        name: city._environment(ProcessSpec(name, (name,)))
        for name in ("control-center", "analytics-vision", "simulate")
    }
    keys = str(tmp_path / "evidence-keys.json")
    assert told["control-center"]["SMARTOPIA_EVIDENCE_KEYS"] == keys
    assert all("SMARTOPIA_EVIDENCE_KEYS" not in told[name] for name in list(told)[1:])
    public = {environment["SMARTOPIA_EVIDENCE_PUBLIC_KEY"] for environment in told.values()}
    assert public == {read_keys(Path(keys)).public_key}


def test_a_city_with_a_key_of_its_own_makes_none(tmp_path: Path) -> None:
    public = base64.b64encode(PUBLIC).decode()
    options = CityOptions(DataDir(tmp_path), (), None, None, print)
    assert City(Settings(evidence_public_key=public), options)._evidence_keys() == {}
    assert list(tmp_path.iterdir()) == []


def test_a_key_is_not_shown_by_accident() -> None:
    key = new_key(NOW)
    assert str(key.private) not in repr(key)


def test_the_command_makes_keys_and_prints_the_public_one(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    done = CliRunner().invoke(cli, ["evidence-keys", str(file)])
    assert done.exit_code == 0, done.output
    assert done.output.strip() == read_keys(file).public_key
    assert load_sealer(Settings(evidence_public_key=done.output.strip())) is not None
