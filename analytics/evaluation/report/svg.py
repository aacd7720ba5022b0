"""Plots as SVG: no script, no font of their own, and black and white tells as much as colour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup, escape

from smartopia.reports import Figure, Gap

_WIDTH = 250
_HIGH = 30
_EDGE = 6


def intervals(lab: Figure | None, field: Figure | None, most: float = 1.0) -> Markup:
    """Lab above field, each a point with its interval on an axis from 0 to `most`."""
    parts = [
        *(
            f'<line x1="{_x(at, most)}" y1="2" x2="{_x(at, most)}" y2="{_HIGH - 2}" class="grid"/>'
            for at in (0, most / 2, most)
        ),
        *_point(lab, 10, "lab", most),
        *_point(field, 21, "field", most),
    ]
    return _svg(_WIDTH, _HIGH, parts, "lab above, field below, with 95 % intervals")


def _x(value: float, most: float) -> float:
    share = min(max(value / most, 0), 1) if most else 0
    return round(_EDGE + share * (_WIDTH - 2 * _EDGE), 1)


def _point(figure: Figure | None, y: int, name: str, most: float) -> Iterator[str]:
    if figure is None or figure.value is None or figure.few:
        return
    x = _x(figure.value, most)
    if figure.low is not None and figure.high is not None:
        low, high = _x(figure.low, most), _x(figure.high, most)
        yield f'<line x1="{low}" y1="{y}" x2="{high}" y2="{y}" class="reach {name}"/>'
    if name == "lab":
        yield f'<circle cx="{x}" cy="{y}" r="4" class="lab"/>'
    else:
        yield f'<rect x="{x - 4}" y="{y - 4}" width="8" height="8" class="field"/>'


_BAR, _GAP, _LEFT, _TALL = 46, 26, 250, 60


def waterfall(gap: Gap) -> Markup:
    """From the lab's figure, step by step, to the field's; a bar a line, names to the left."""
    start, end = gap.lab.value or 0.0, gap.field.value or 0.0
    bars: list[tuple[str, float, float, str, str]] = [("Lab", 0.0, start, "lab", f"{start:.2f}")]
    at = start
    for step in gap.steps:
        bars.append((step.name, at, at + step.change, "step", f"{step.change:+.2f}"))
        at += step.change
    bars.append(("Field", 0.0, end, "field", f"{end:.2f}"))
    most = max(1.0, *(max(one[1], one[2]) for one in bars)) if gap.measure != "false" else start
    parts = list(_bars(bars, most))
    return _svg(760, len(bars) * 30 + 8, parts, "from lab to field, step by step")


def _bars(bars: Sequence[tuple[str, float, float, str, str]], most: float) -> Iterator[str]:
    scale = (760 - _LEFT - _TALL) / most
    for row, (name, begin, end, kind, text) in enumerate(bars):
        y = 6 + row * 30
        left, right = _LEFT + min(begin, end) * scale, _LEFT + max(begin, end) * scale
        shade = kind if kind != "step" else ("loss" if end < begin else "win")
        yield f'<text x="{_LEFT - 10}" y="{y + 15}" text-anchor="end">{escape(name)}</text>'
        yield (
            f'<rect x="{left:.1f}" y="{y}" width="{max(1.5, right - left):.1f}" height="20" '
            f'class="{shade}"/>'
        )
        yield f'<text x="{right + 6:.1f}" y="{y + 15}" class="value">{escape(text)}</text>'
        if row + 1 < len(bars):
            x = _LEFT + end * scale
            yield f'<line x1="{x:.1f}" y1="{y + 20}" x2="{x:.1f}" y2="{y + 30}" class="join"/>'


def _svg(width: int, height: int, parts: Sequence[str], title: str) -> Markup:
    body = "".join(parts)
    return Markup(  # noqa: S704 - numbers and escaped names only
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="{escape(title)}">{body}</svg>'
    )
