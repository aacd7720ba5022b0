"""The best pairs of events and alerts of one camera and kind, in order of time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from analytics.evaluation.events import Window

_TICK = timedelta(microseconds=1)


def match_in_time(
    onsets: Sequence[datetime], raised: Sequence[datetime], window: Window
) -> dict[int, int]:
    """One alert an event, one event an alert: as many pairs as can be.

    Among those the alerts are as early as they can be, and the events as late: the sum of delays
    is least. All windows of a kind are alike, so some best matching keeps the order of time, and
    is found by going through both once (as of the longest common subsequence). Of equals the
    earlier in order is taken.

    Args:
        onsets, raised: in order of time.

    Returns:
        By event, its alert.
    """
    pairs: dict[int, int] = {}
    for some, heard in _lumps(onsets, raised, window):
        pairs |= _match_lump(onsets, raised, some, heard, window)
    return pairs


def _lumps(
    onsets: Sequence[datetime], raised: Sequence[datetime], window: Window
) -> Iterator[tuple[range, range]]:
    """Events whose windows touch, with the alerts in them; each can be matched on its own."""
    first = alert = 0
    for last, onset in enumerate(onsets):
        end = onset + window.late
        if last + 1 < len(onsets) and onsets[last + 1] - window.early <= end:
            continue
        while alert < len(raised) and raised[alert] < onsets[first] - window.early:
            alert += 1
        begin = alert
        while alert < len(raised) and raised[alert] <= end:
            alert += 1
        yield range(first, last + 1), range(begin, alert)
        first = last + 1


def _match_lump(
    onsets: Sequence[datetime],
    raised: Sequence[datetime],
    events: range,
    alerts: range,
    window: Window,
) -> dict[int, int]:
    def delay(event: int, alert: int) -> int | None:
        late = raised[alert] - onsets[event]
        return late // _TICK if -window.early <= late <= window.late else None

    # best[i][j]: most pairs, then least delay, of the events from i and the alerts from j on.
    best = [[(0, 0)] * (len(alerts) + 1) for _ in range(len(events) + 1)]
    paired: set[tuple[int, int]] = set()
    for i in reversed(range(len(events))):
        for j in reversed(range(len(alerts))):
            best[i][j] = max(best[i + 1][j], best[i][j + 1])
            ticks = delay(events[i], alerts[j])
            if ticks is not None:
                count, least = best[i + 1][j + 1]
                if (count + 1, least - ticks) >= best[i][j]:
                    best[i][j] = (count + 1, least - ticks)
                    paired.add((i, j))
    pairs: dict[int, int] = {}
    i = j = 0
    while i < len(events) and j < len(alerts):
        if (i, j) in paired:
            pairs[events[i]] = alerts[j]
            i, j = i + 1, j + 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            i += 1
    return pairs
