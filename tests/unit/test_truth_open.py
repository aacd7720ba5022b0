"""Only a truth that is what was sealed is opened; every other is refused in words that help."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from smartopia.errors import TruthError
from smartopia.truth.model import Seal
from smartopia.truth.open import open_revealed, run_and_chapter
from smartopia.truth.seal import Standing, standing, timing
from tests.support.truth import (
    RUN,
    a_record,
    a_schedule,
    a_seal,
    at,
    edit,
    reveal,
    some_frames,
)


def test_a_truth_as_it_was_sealed_is_opened(tmp_path: Path) -> None:
    file, seal = reveal(tmp_path, frames=5)
    truth = open_revealed(file, seal)
    assert run_and_chapter(file) == (RUN, 0)
    assert truth.schedule == a_schedule()
    assert [event.id for event in truth.schedule.events] == ["fire-0.0", "crime-1.0"]
    assert truth.record.applied[0].begins_at == at(60.2)
    assert truth.frames == some_frames(5)


def test_only_its_owner_may_read_what_is_revealed(tmp_path: Path) -> None:
    reveal(tmp_path, frames=2)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"{RUN}-0000.frames.jsonl",
        f"{RUN}-0000.json",
    ]
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def test_written_anew_with_the_same_content_it_is_the_same(tmp_path: Path) -> None:
    file, seal = reveal(tmp_path)
    content = json.loads(file.read_text())
    file.write_text(json.dumps(dict(reversed(content.items())), indent=7))
    assert open_revealed(file, seal).schedule == a_schedule()


def _drop_an_event(content: Any) -> None:
    del content["schedule"]["events"][1]


def _move_an_event(content: Any) -> None:
    content["schedule"]["events"][0]["begins_at"] = "2026-03-01T12:00:41.250000Z"


def _turn_events_round(content: Any) -> None:
    content["schedule"]["events"].reverse()


def _hide_in_a_new_field(content: Any) -> None:
    content["schedule"]["note"] = "nothing happened"


def _weaken(content: Any) -> None:
    content["schedule"]["events"][0]["strength"] = 1.0000001


@pytest.mark.parametrize(
    "change",
    [_drop_an_event, _move_an_event, _turn_events_round, _hide_in_a_new_field, _weaken],
)
def test_a_changed_schedule_is_refused(tmp_path: Path, change: Callable[[Any], None]) -> None:
    file, seal = reveal(tmp_path)
    edit(file, change)
    with pytest.raises(TruthError, match="the schedule was changed after it was sealed") as caught:
        open_revealed(file, seal)
    expected, found = re.findall(r"\b[0-9a-f]{64}\b", str(caught.value))
    assert expected == seal.digest != found
    assert str(file) in str(caught.value)
    assert "take the file as the simulator wrote it" in str(caught.value)


def _drop_what_was_applied(content: Any) -> None:
    content["record"]["applied"] = []


def _change_a_count(content: Any) -> None:
    content["record"]["counts"]["river-1"]["observations"] += 1


@pytest.mark.parametrize("change", [_drop_what_was_applied, _change_a_count])
def test_a_changed_record_is_refused(tmp_path: Path, change: Callable[[Any], None]) -> None:
    file, seal = reveal(tmp_path)
    edit(file, change)
    with pytest.raises(TruthError, match="the record was changed after it was revealed"):
        open_revealed(file, seal)


def test_any_one_changed_byte_is_refused_or_changes_nothing(tmp_path: Path) -> None:
    file, seal = reveal(tmp_path)
    content, truth = file.read_bytes(), open_revealed(file, seal)
    refused = 0
    for place in range(len(content)):
        file.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        try:
            assert open_revealed(file, seal) == truth
        except TruthError:
            refused += 1
    blanks = sum(content.count(blank) for blank in (b" ", b"\n"))
    assert refused >= len(content) - blanks


def test_another_chapters_file_is_refused(tmp_path: Path) -> None:
    _, seal = reveal(tmp_path)
    other, other_seal = reveal(tmp_path, chapter=3, salt="6" * 64)
    with pytest.raises(TruthError, match=rf"is of run {RUN}, chapter 3; expected .* chapter 0"):
        open_revealed(other, seal)
    # Renamed to look like the expected one, it is the same file all the same.
    swapped = other.rename(tmp_path / f"{RUN}-0000.json")
    with pytest.raises(TruthError, match="expected"):
        open_revealed(swapped, seal)
    edit(swapped, lambda content: content["schedule"].update(chapter=0))
    with pytest.raises(TruthError, match="the schedule was changed"):
        open_revealed(swapped, seal)
    assert other_seal.chapter == 3


def test_a_record_of_another_chapter_is_refused_even_where_it_was_revealed(tmp_path: Path) -> None:
    file, seal = reveal(tmp_path)
    other = a_schedule(chapter=1)
    edit(file, lambda content: content.update(record=a_record(other).as_json()))
    with pytest.raises(TruthError, match=r"its record is of run .*, chapter 1"):
        open_revealed(file, a_seal(a_schedule(), a_record(other)))
    assert seal.chapter == 0


def test_without_a_seal_it_is_refused(tmp_path: Path) -> None:
    file, _ = reveal(tmp_path)
    with pytest.raises(TruthError, match=rf"run {RUN}, chapter 0 was never sealed"):
        open_revealed(file, None)


@pytest.mark.parametrize(("late_s", "is_late"), [(-30.0, False), (0.9, False), (1.1, True)])
def test_a_late_seal_is_refused(tmp_path: Path, late_s: float, is_late: bool) -> None:
    file, seal = reveal(tmp_path)
    seal = seal.model_copy(update={"sealed_at": at(late_s)})
    if is_late:
        with pytest.raises(TruthError, match=r"sealed 1\.1 s after it began .*hindsight"):
            open_revealed(file, seal)
    else:
        assert open_revealed(file, seal).seal == seal


def test_what_was_never_revealed_is_refused(tmp_path: Path) -> None:
    file, _ = reveal(tmp_path)
    with pytest.raises(TruthError, match="was sealed, but never revealed"):
        open_revealed(file, a_seal(a_schedule()))


def test_a_seal_that_told_another_begin_than_the_schedule_is_refused(tmp_path: Path) -> None:
    file, seal = reveal(tmp_path)
    lying = seal.model_copy(update={"begins_at": at(600), "sealed_at": at(500)})
    with pytest.raises(TruthError, match="but the schedule is of 2026-03-01T12:00:00"):
        open_revealed(file, lying)


def test_times_of_a_clock_that_was_set_are_refused(tmp_path: Path) -> None:
    file, _ = reveal(tmp_path)
    record = a_record(a_schedule(), clock_offset=-3600.0)
    edit(file, lambda content: content.update(record=record.as_json()))
    with pytest.raises(TruthError, match=r"clock was moved by -3600\.0 s"):
        open_revealed(file, a_seal(a_schedule(), record))


def test_changed_or_missing_frames_are_refused(tmp_path: Path) -> None:
    file, seal = reveal(tmp_path, frames=3)
    frames = tmp_path / f"{RUN}-0000.frames.jsonl"
    lines = frames.read_text().splitlines(keepends=True)
    frames.write_text("".join(lines[:-1]))
    with pytest.raises(TruthError, match=r"frames\.jsonl: was changed after it was revealed"):
        open_revealed(file, seal)
    frames.unlink()
    with pytest.raises(TruthError, match=r"frames\.jsonl: cannot be read: No such file"):
        open_revealed(file, seal)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is no JSON of a truth"),
        ("[]", "is no truth, which holds a schedule and a record"),
        ('{"schedule": {}, "record": {}, "more": 1}', "and nothing else"),
        ('{"schedule": {}, "record": {}}', "names no run"),
        ('{"schedule": {"run": "../../etc/passwd", "chapter": 0}, "record": {}}', "names no run"),
        ('{"schedule": {}, "schedule": {}, "record": {}}', "given twice: schedule"),
    ],
)
def test_a_file_that_is_no_truth_is_refused(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "x.json"
    file.write_text(text)
    with pytest.raises(TruthError, match=re.escape(says)):
        open_revealed(file, a_seal(a_schedule()))


def test_a_file_that_is_not_there_or_closed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TruthError, match="No such file"):
        run_and_chapter(tmp_path / "nowhere.json")
    with pytest.raises(TruthError, match="Is a directory"):
        run_and_chapter(tmp_path)


@pytest.mark.parametrize(
    ("revealed", "now_s", "expected"),
    [
        (False, 10, Standing.SEALED),
        (False, 930, Standing.SEALED),
        (False, 961, Standing.NEVER_REVEALED),
        (True, 10, Standing.REVEALED),
        (True, 10_000, Standing.REVEALED),
    ],
)
def test_a_chapter_nobody_revealed_is_shown_as_such(
    revealed: bool, now_s: float, expected: Standing
) -> None:
    schedule = a_schedule()
    seal: Seal = a_seal(schedule, a_record(schedule) if revealed else None)
    assert standing(seal, at(now_s)) is expected
    assert timing(seal) == "sealed 1.5 s before it began"
