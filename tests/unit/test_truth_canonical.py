"""A truth has one digest, however its JSON is written."""

from __future__ import annotations

import hashlib
import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartopia.truth.canonical import digest, parse

# What JSON carries safely: doubles, integers they can hold, and text without half surrogates.
_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53) + 1, 2**53 - 1)
_VALUES = st.recursive(
    st.none() | st.booleans() | _NUMBERS | _TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4),
    max_leaves=20,
)


def _shuffled(value: Any, chance: random.Random) -> Any:
    if isinstance(value, list):
        return [_shuffled(item, chance) for item in value]
    if isinstance(value, dict):
        pairs = list(value.items())
        chance.shuffle(pairs)
        return {key: _shuffled(item, chance) for key, item in pairs}
    return value


@given(_VALUES, st.randoms(use_true_random=False), st.booleans(), st.sampled_from([None, 1, 4]))
def test_order_of_keys_white_space_and_escapes_make_no_difference(
    value: Any, chance: random.Random, ascii_only: bool, indent: int | None
) -> None:
    text = json.dumps(_shuffled(value, chance), ensure_ascii=ascii_only, indent=indent)
    assert digest(parse(text.encode())) == digest(value)


@given(st.integers(-(10**9), 10**9), st.integers(0, 6))
def test_the_way_a_number_is_written_makes_no_difference(number: int, places: int) -> None:
    scaled = number / 10**places
    ways = {
        f"{scaled!r}",
        f"{scaled:.17e}",
        f"{number}e-{places}",
        f"{number * 10}E-{places + 1}",
        f"{number}.000e-{places}",
    }
    assert {digest(parse(way.encode())) for way in ways} == {digest(scaled)}


@given(_VALUES, _VALUES)
def test_different_values_have_different_digests(one: Any, other: Any) -> None:
    # JSON knows one kind of number, and no minus nought.
    assert (digest(one) == digest(other)) == (_plain(one) == _plain(other))


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, bool) or value is None:
        return repr(value)
    return float(value) if isinstance(value, int) else value


def test_the_canonical_form_is_that_of_rfc_8785() -> None:
    # The sample of its section 3.2.2, and the bytes it gives in 3.2.4.
    sample = rb"""{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]}"""
    octets = bytes.fromhex(
        "7b 22 6c 69 74 65 72 61 6c 73 22 3a 5b 6e 75 6c 6c 2c 74 72 75 65 2c 66 61 6c 73 65 5d"
        "2c 22 6e 75 6d 62 65 72 73 22 3a 5b 33 33 33 33 33 33 33 33 33 2e 33 33 33 33 33 33 33 2c"
        "31 65 2b 33 30 2c 34 2e 35 2c 30 2e 30 30 32 2c 31 65 2d 32 37 5d 2c 22 73 74 72 69 6e 67"
        "22 3a 22 e2 82 ac 24 5c 75 30 30 30 66 5c 6e 41 27 42 5c 22 5c 5c 5c 5c 5c 22 2f 22 7d"
    )
    assert digest(parse(sample)) == hashlib.sha256(octets).hexdigest()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b'{"a": 1, "b": 2, "a": 3}', "given twice: a"),
        (b'{"a": NaN}', "NaN is no JSON number"),
        (b'{"a": -Infinity}', "-Infinity is no JSON number"),
        (b'{"a": 1', "delimiter"),
        ('{"a": 1}'.encode("utf-16"), "decode"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(text: bytes, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        parse(text)


@pytest.mark.parametrize("value", [2**53, -(2**53), float("inf"), float("nan"), "\ud800"])
def test_what_json_cannot_carry_safely_has_no_digest(value: object) -> None:
    with pytest.raises(ValueError, match=r"domain|representable|codepoints"):
        digest({"a": value})
