"""A drawn way on the ground: where on it something is, where one waits, how fast it flows."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from smartopia.geometry import Vec, distance, inside
from smartopia.siteview import Way

BESIDE_M = 1.0
"""So far beside a way something is still looked for on it."""

_ENDS_M = 0.5  # beyond the ends of a way that still counts as on it
_PASSED_M = 3.0  # whose middle is farther past a stop than this has left it behind
_STEP_M = 0.5  # between places looked at for crossings
_BEND_M = 3.0  # before and behind a place, to tell how it bends
_SIDEWAYS = 1.8  # m/s2 a driver bears in a bend
_PACE = 1.5  # m/s2 to slow down before a bend, and to get going after it

Frame = tuple[float, float, float, float]
Piece = tuple[float, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class SiteWay:
    """A way with its middle line in metres on the ground; in pixels where that is not known.

    Attributes:
        frame: the rectangle round the line.
        pieces: of the line: where each begins, its direction, its length, and what lies before.
        stops: how far along the line vehicles rightly stand: its stop, and before crossings.
        stop: how far along the line its own stop is.
        free: the speed at which it flows freely, metre by metre, m/s: less in bends.
    """

    way: Way
    line: tuple[Vec, ...]
    on_ground: bool
    frame: Frame
    pieces: tuple[Piece, ...]
    stops: tuple[float, ...]
    stop: float | None
    free: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class OnWay:
    """Where something is on a way.

    Attributes:
        off: metres off its middle; along: metres from its begin.
        to_stop: metres to the next place where one rightly stands, for the middle of a vehicle.
        stop_ahead: metres to the way's own stop, for the middle of a vehicle; below 0 behind it.
        free: how fast it flows there, m/s.
    """

    off: float
    along: float
    to_stop: float | None
    direction: Vec
    stop_ahead: float | None
    free: float


def way_on(
    way: Way,
    line: tuple[Vec, ...],
    stop: float | None,
    crossings: Sequence[Sequence[Vec]],
    *,
    on_ground: bool,
) -> SiteWay:
    """A way of a site; its line, stop and crossings are all in metres, or all in pixels."""
    pieces = tuple(_pieces(line))
    end = pieces[-1][4] + pieces[-1][5]
    step = _STEP_M if on_ground else end / 200
    stops = [at for shape in crossings for at in _entries(pieces, shape, step)]
    stops += [] if stop is None else [stop]
    ordered = tuple(sorted(stops))
    free = way.speed_kmh / 3.6
    flows = tuple(_flows(pieces, free)) if on_ground else (free,)
    return SiteWay(way, line, on_ground, frame_of(line), pieces, ordered, stop, flows)


def place_on(point: Vec, one: SiteWay, per_metre: float) -> OnWay | None:
    """Where a point is on a way; None where it is not, nor `BESIDE_M` beside it."""
    scale = 1.0 if one.on_ground else per_metre
    reach = (one.way.width_m / 2 + BESIDE_M) * scale
    if not framed(point, one.frame, reach):
        return None
    x, y = point
    best: tuple[float, float, float, float, float] | None = None
    for ax, ay, ux, uy, size, come in one.pieces:
        dx, dy = x - ax, y - ay
        along = dx * ux + dy * uy
        on = min(size, max(0.0, along))
        off = math.hypot(dx - on * ux, dy - on * uy)
        if best is None or off < best[0]:
            best = (off, come + on, along - on, ux, uy)
    if best is None or best[0] > reach:
        return None
    off, come, beyond, ux, uy = best
    end = one.pieces[-1][4] + one.pieces[-1][5]
    if (come <= 0 or come >= end) and abs(beyond) > _ENDS_M * scale:
        return None
    left = come - _PASSED_M * scale
    to_stop = next((stop - come for stop in one.stops if stop > left), None)
    ahead = None if one.stop is None else (one.stop - come) / scale
    free = one.free[min(int(come / scale), len(one.free) - 1)]
    to_stop = None if to_stop is None else to_stop / scale
    return OnWay(off / scale, come / scale, to_stop, (ux, uy), ahead, free)


def framed(point: Vec, frame: Frame, slack: float) -> bool:
    """Whether a point lies in a rectangle, or so little beside it."""
    return (
        frame[0] - slack <= point[0] <= frame[2] + slack
        and frame[1] - slack <= point[1] <= frame[3] + slack
    )


def frame_of(points: Sequence[Vec]) -> Frame:
    """The upright rectangle round some points."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def _pieces(line: Sequence[Vec]) -> Iterator[Piece]:
    come = 0.0
    for a, b in pairwise(line):
        size = distance(a, b)
        if size > 0:
            yield a[0], a[1], (b[0] - a[0]) / size, (b[1] - a[1]) / size, size, come
            come += size


def _piece(pieces: Sequence[Piece], along: float) -> Piece:
    return next((one for one in pieces if along <= one[4] + one[5]), pieces[-1])


def _entries(pieces: Sequence[Piece], shape: Sequence[Vec], step: float) -> Iterator[float]:
    """How far along a line it enters a polygon."""
    was = False
    for i in range(int((pieces[-1][4] + pieces[-1][5]) / step) + 1):
        ax, ay, ux, uy, _, come = _piece(pieces, i * step)
        on = i * step - come
        now = inside((ax + on * ux, ay + on * uy), shape)
        if now and not was:
            yield i * step
        was = now


def _flows(pieces: Sequence[Piece], free: float) -> list[float]:
    """The speed for each metre of a line: what its bends allow."""
    speeds = []
    for s in range(int(pieces[-1][4] + pieces[-1][5]) + 1):
        before, behind = _piece(pieces, s - _BEND_M), _piece(pieces, s + _BEND_M)
        turn = math.hypot(behind[2] - before[2], behind[3] - before[3]) / (2 * _BEND_M)
        speeds.append(min(free, math.sqrt(_SIDEWAYS / turn)) if turn > 1e-6 else free)
    for s in range(1, len(speeds)):
        speeds[s] = min(speeds[s], math.sqrt(speeds[s - 1] ** 2 + 2 * _PACE))
        speeds[-1 - s] = min(speeds[-1 - s], math.sqrt(speeds[-s] ** 2 + 2 * _PACE))
    return speeds
