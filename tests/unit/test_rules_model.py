"""A rule file says what it means, or is refused with file and field."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from analytics.rules.catalogue import load_rules, read_rule
from analytics.rules.model import Limit, Rule, Statistic, spoken
from analytics.vision.situations.catalogue import load_situation_rules, read_situation_rule
from smartopia.alarms.model import Domain
from smartopia.contract.properties import PROPERTIES
from smartopia.errors import ConfigurationError

GOOD: dict[str, Any] = {
    "id": "river-high",
    "domain": "disaster",
    "title": "River high",
    "observed_property": "water_level",
    "raise": {"at_least": 5},
    "clear": {"below": 4.5},
    "for": "PT5S",
    "clear_for": "PT30S",
    "severity": "Moderate",
    "urgency": "Expected",
    "guidance": "Close the riverside paths.",
    "source": "own",
}
SHIPPED = load_rules(None)


def rule(**changes: Any) -> Rule:
    """The good rule with changes; `raise` and `for` are given as raise_ and for_."""
    content = GOOD | {name.removesuffix("_"): value for name, value in changes.items()}
    return read_rule(yaml.safe_dump(content), "rule.yaml")


def test_a_good_rule_is_read() -> None:
    made = rule()
    assert made.raise_.value == 5
    assert made.clear is not None
    assert made.clear.value == 4.5
    assert (made.for_, made.clear_for) == (timedelta(seconds=5), timedelta(seconds=30))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id": "River High"}, "id: "),
        ({"domain": "weather"}, "domain: "),
        ({"title": ""}, "title: "),
        ({"observed_property": 5}, "observed_property: "),
        ({"statistic": "median"}, "statistic: "),
        ({"raise_": {}}, "raise: "),
        ({"raise_": {"at_least": 1, "above": 2}}, "exactly one of at_least"),
        ({"raise_": {"over": 5}}, "raise.over: "),
        ({"raise_": {"at_least": "high"}}, "raise.at_least: "),
        ({"raise_": {"at_least": float("nan")}}, "raise.at_least: "),
        ({"raise_": {"at_least": float("inf")}}, "raise.at_least: "),
        ({"raise_": 5}, "raise: "),
        ({"clear": {"at_most": 5}}, "it would flap"),
        ({"clear": {"below": 6}}, "it would flap"),
        ({"raise_": {"at_most": 5}, "clear": {"at_least": 5}}, "it would flap"),
        ({"for_": "-PT1S"}, "for: "),
        ({"for_": "P32D"}, "for: "),
        ({"for_": "soon"}, "for: "),
        ({"clear_for": None}, "clear_for: "),
        ({"statistic": "mean"}, "window: "),
        ({"window": "PT1H"}, "window: "),
        ({"hours": [22, 24]}, "hours.1: "),
        ({"hours": [22]}, "hours"),
        ({"severity": "Bad"}, "severity: "),
        ({"guidance": "Run!"}, "guidance: "),
        ({"source": ""}, "source: "),
        ({"colour": "red"}, "colour: "),
    ],
)
def test_a_wrong_rule_is_refused_with_file_and_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        rule(**changes)
    assert str(error.value).startswith("rule.yaml: ")
    assert field in str(error.value)


@pytest.mark.parametrize("field", sorted(set(GOOD) - {"clear", "for", "clear_for"}))
def test_a_rule_lacks_nothing(field: str) -> None:
    content = {name: value for name, value in GOOD.items() if name != field}
    with pytest.raises(ConfigurationError, match=f"rule.yaml: {field}: Field required"):
        read_rule(yaml.safe_dump(content), "rule.yaml")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "7",
        "a: [",
        "a:\n\tb: 1",
        "\x00",
        "id: !!python/object/apply:os.system [ls]",
        "{a: 1}: 2",
    ],
)
def test_what_is_no_rule_file_is_refused_by_its_name(text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^own/rule\.yaml: "):
        read_rule(text, "own/rule.yaml")
    with pytest.raises(ConfigurationError, match=r"^own/crowd\.yaml: "):
        read_situation_rule(text, "own/crowd.yaml")


@pytest.mark.parametrize("text", ["title: 2024-13-45", "x: " + "[" * 500])
def test_yaml_that_breaks_the_reader_is_refused_by_its_name(text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^rule\.yaml: "):
        read_rule(text, "rule.yaml")


def test_a_rule_file_in_another_encoding_is_refused_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_bytes(yaml.safe_dump(GOOD).encode() + "# gewählt".encode("l1"))
    with pytest.raises(ConfigurationError, match=r"own\.yaml"):
        load_rules(tmp_path)


@pytest.mark.parametrize(
    ("raise_", "clear"),
    [
        ({"at_least": 5}, {"above": 6}),
        ({"at_least": 5}, {"at_least": 9}),
        ({"below": 5}, {"below": 3}),
        ({"above": 5}, {"below": 7}),
        ({"below": 5}, {"above": 3}),
    ],
)
def test_a_clear_that_overlaps_raise_is_refused(
    raise_: dict[str, float], clear: dict[str, float]
) -> None:
    with pytest.raises(ConfigurationError, match="flap"):
        rule(raise_=raise_, clear=clear)


@pytest.mark.parametrize(
    ("raise_", "clear"),
    [
        ({"at_least": 5}, {"below": 5}),
        ({"above": 5}, {"at_most": 5}),
        ({"above": 5}, {"below": 5}),
        ({"at_most": 5}, {"above": 5}),
        ({"below": 5}, {"at_least": 5}),
        ({"below": 5}, {"above": 8}),
    ],
)
def test_a_clear_that_only_touches_raise_is_allowed(
    raise_: dict[str, float], clear: dict[str, float]
) -> None:
    rule(raise_=raise_, clear=clear)


@pytest.mark.parametrize(
    ("name", "holds"),
    [
        ("at_least", [False, True, True]),
        ("above", [False, False, True]),
        ("at_most", [True, True, False]),
        ("below", [True, False, False]),
    ],
)
@pytest.mark.parametrize("value", [0, 5, -5])
def test_a_limit_compares_as_it_is_named(name: str, holds: list[bool], value: float) -> None:
    limit = Limit.model_validate({name: value})
    assert [limit.holds(value + off) for off in (-0.001, 0, 0.001)] == holds
    assert str(limit) == f"{name.replace('_', ' ')} {value}"


def test_another_threshold_is_another_digest() -> None:
    assert rule().digest == rule().digest
    assert rule().digest != rule(raise_={"at_least": 5.1}).digest


def test_a_rule_is_told_in_words() -> None:
    assert rule().in_words() == "water_level at least 5 for 5 s"
    night = rule(hours=[22, 6], statistic="mean", window="PT1H", for_="PT2H")
    assert night.in_words() == "mean of water_level over 1 h at least 5 for 2 h, 22-06 h"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (30, "30 s"), (90, "90 s"), (300, "5 min"), (7200, "2 h"), (86_400, "1 d")],
)
def test_a_duration_is_told_in_its_largest_whole_unit(seconds: float, words: str) -> None:
    assert spoken(timedelta(seconds=seconds)) == words


def test_a_rule_may_leave_out_datastreams_that_report_rarely() -> None:
    fast = rule(longest_period="PT1M")
    assert fast.suits(timedelta(seconds=60))
    assert not fast.suits(timedelta(seconds=61))
    assert rule().suits(timedelta(days=1))


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda shipped: shipped.id)
def test_a_shipped_rule_can_be_acted_on_and_traced(shipped: Rule) -> None:
    assert len(shipped.guidance) > 20
    assert shipped.source
    assert shipped.observed_property in PROPERTIES
    assert shipped.clear is not None, "hysteresis keeps it from flapping"
    assert not shipped.clear.holds(shipped.raise_.value)
    file = Path(__file__).parents[2] / "analytics/rules/catalogue" / f"{shipped.id}.yaml"
    assert file.is_file(), "the file is named as the rule"


def test_every_domain_has_rules() -> None:
    situations = load_situation_rules()
    domains = [r.domain for r in SHIPPED] + [s.domain for s in situations]
    assert {domain: domains.count(domain) >= 2 for domain in Domain} == dict.fromkeys(Domain, True)
    ids = [r.id for r in SHIPPED] + [s.id for s in situations]
    assert len(set(ids)) == len(ids)


def test_a_rule_of_your_own_stands_beside_the_shipped(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(yaml.safe_dump(GOOD), encoding="utf-8")
    (tmp_path / "README.md").write_text("not a rule")
    assert {r.id for r in load_rules(tmp_path)} == {r.id for r in SHIPPED} | {"river-high"}


def test_a_rule_of_your_own_takes_a_shipped_ones_place(tmp_path: Path) -> None:
    own = GOOD | {"id": "river-level-alert", "raise": {"at_least": 7}}
    (tmp_path / "own.yml").write_text(yaml.safe_dump(own), encoding="utf-8")
    found = {r.id: r for r in load_rules(tmp_path)}
    assert len(found) == len(SHIPPED)
    assert found["river-level-alert"].raise_.value == 7


def test_one_id_in_two_files_is_refused_with_both(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(yaml.safe_dump(GOOD), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"b\.yaml: the id river-high.*a\.yaml"):
        load_rules(tmp_path)


def test_a_folder_of_rules_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="SMARTOPIA_RULES"):
        load_rules(tmp_path / "missing")


def test_a_last_value_has_no_window() -> None:
    assert rule().statistic is Statistic.LAST
    assert rule(statistic="sum", window="PT3H").window == timedelta(hours=3)
