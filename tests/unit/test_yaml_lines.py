"""YAML with its lines: an error points at what was written."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pytest
from pydantic import Field

from smartopia.errors import ConfigurationError
from smartopia.yaml_lines import Section, load_yaml, parse_yaml


class Item(Section):
    name: str
    size: Annotated[int, Field(ge=1)] = 1
    words: dict[str, float] | None = None


class Whole(Section):
    title: str | None = None
    items: tuple[Item, ...] = ()


TEXT = """\
# A comment
title: Things
items:
  - {name: a, size: 2}
  - name: b

    size: 3
    words:
      ON: 1
      OFF: zero
"""


def refused(text: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        parse_yaml(text, "x.yaml").validate(Whole)
    return str(caught.value)


def test_every_place_has_its_line() -> None:
    document = parse_yaml(TEXT, "x.yaml")
    assert document.line(()) == 2
    assert document.line(("items",)) == 3
    assert document.line(("items", 0, "size")) == 4
    assert document.line(("items", 1)) == 5
    assert document.line(("items", 1, "size")) == 7
    assert document.line(("items", 1, "words", "OFF")) == 10
    assert document.line(("items", 1, "absent")) == 5, "the part it is missing in"
    assert document.line(("items", 7)) == 3


def test_an_error_names_file_line_place_and_what_is_allowed() -> None:
    assert refused(TEXT).startswith("x.yaml:10: items[1].words.OFF: Input should be a valid number")
    assert refused("items:\n  - size: 0\n") == (
        "x.yaml:2: items[0].name: is missing; "
        "line 2: items[0].size: Input should be greater than or equal to 1"
    )
    assert refused("title: t\nitems:\n- name: a\n  sizes: 2\n") == (
        "x.yaml:4: items[0]: unknown key 'sizes'; allowed are name, size, words; "
        "did you mean 'size'?"
    )
    assert refused("[1, 2]").startswith("x.yaml:1: Input should be a valid dictionary")


def test_many_problems_are_counted() -> None:
    text = "items:\n" + "  - {size: 1}\n" * 6
    assert refused(text).endswith("line 5: items[3].name: is missing (and 2 more)")


def test_a_key_given_twice_is_refused() -> None:
    assert refused("title: a\nitems: []\ntitle: b\n").startswith(
        "x.yaml:3: the key 'title' is given twice"
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("title: [a\nitems: 1", "x.yaml:2: "),
        ("a: b: c", "x.yaml:1: mapping values are not allowed here (column 5)"),
        ("title: !!python/object:os.system {}", "x.yaml:1: could not determine a constructor"),
        ("title: a\n--- \ntitle: b", "x.yaml:2: "),
        ("title: a\n\x00", "x.yaml:2: the character '\\x00' is not allowed"),
        ("[" * 5000, "x.yaml: nested too deeply"),
        ("title: 2026-02-30", "x.yaml: day is out of range"),
        ("title: *nothing", "x.yaml:1: found undefined alias"),
    ],
)
def test_what_is_no_yaml_is_told_with_its_line(text: str, told: str) -> None:
    assert refused(text).startswith(told)


def test_words_stay_words() -> None:
    data = parse_yaml("{ON: 1, off: yes, real: true, none: null}", "x").data
    assert data == {"ON": 1, "off": "yes", "real": True, "none": None}


def test_merged_keys_are_found_where_they_stand() -> None:
    text = "base: &b {name: a,\n  size: 0}\nitems:\n  - <<: *b\n    name: c\n"
    document = parse_yaml(text, "x.yaml")
    assert document.data["items"] == [{"name": "c", "size": 0}]
    assert document.line(("items", 0, "size")) == 2
    assert document.line(("items", 0, "name")) == 5


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    file = tmp_path / "empty.yaml"
    file.write_text("# nothing\n")
    assert load_yaml(file).validate(Whole) == Whole()
    with pytest.raises(ConfigurationError, match=r"absent\.yaml: No such file"):
        load_yaml(tmp_path / "absent.yaml")
    file.write_bytes(b"title: \xff\xfe")
    with pytest.raises(ConfigurationError, match=r"empty\.yaml: not UTF-8"):
        load_yaml(file)
