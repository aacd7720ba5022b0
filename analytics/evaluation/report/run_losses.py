"""Other runs of the same events, held against those of lab and field."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from analytics.evaluation.compare import Comparison
from analytics.evaluation.report.figures import loss_of
from analytics.evaluation.report.runs import Run, twin
from analytics.evaluation.same_events import compare_runs
from smartopia.errors import ConfigurationError
from smartopia.reports import Loss, SideName


def run_losses(sides: Mapping[SideName, Sequence[Run]], others: Sequence[Run]) -> Iterator[Loss]:
    """What the others tell better or worse, side by side.

    Raises:
        ConfigurationError: one has the events of no run of lab or field.
    """
    pairs: defaultdict[SideName, list[tuple[Run, Run]]] = defaultdict(list)
    for other in others:
        side, run = _against(other, sides)
        pairs[side].append((run, other))
    for side, some in pairs.items():
        names = ", ".join(other.folder.name for _, other in some)
        for one in compare_runs([(run.take, other.take) for run, other in some]).values():
            yield loss_of(f"{side}: {names} instead", one, _told(one))


def _against(other: Run, sides: Mapping[SideName, Sequence[Run]]) -> tuple[SideName, Run]:
    for side, runs in sides.items():
        run = twin(other, runs)
        if run is not None:
            return side, run
    raise ConfigurationError(
        f"--compare {other.folder} has the events of no run of lab or field: neither is the truth "
        "the same nor the scenario played with the same seed; play one of them again"
    )


def _told(one: Comparison) -> str:
    if one.measure in {"recall", "reach"}:
        said = f"{one.pairs} true events asked of both"
        if one.unpaired:
            said += f", {one.unpaired} of only one left out"
        return f"{said}; {one.gained} only the second found, {one.lost} only the first"
    if one.measure == "f1":
        return "these events, and false alerts of the time both watched"
    return f"the time both watched; {one.pairs} false alerts in all"
