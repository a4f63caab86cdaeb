"""Small plots as inline SVG, drawn by hand so that a report needs no library and no script.

Colours come from the classes ``c0`` … ``c11``, ``axis``, ``grid`` and ``note`` of the page's own style sheet; no style
attribute is used, which a strict content security policy would refuse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _HEIGHT = 340, 270
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 10, 10, 40
COLOURS = 12


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a plot; points are (x, y) within the plot's ranges.

    Attributes:
        colour: number of the colour class.
        marks: draw a dot at each point.
        bars: (x, low, high) of vertical intervals.
    """

    name: str
    points: Sequence[tuple[float, float]]
    colour: int = 0
    marks: bool = False
    bars: Sequence[tuple[float, float, float]] = ()


def plot(lines: Sequence[Line], *, x: str, y: str, y_low: float = 0.0, diagonal: bool = False, label: str = "") -> str:
    """A line plot; x runs from 0 to 1 and y from ``y_low`` to 1. ``label`` is what a screen reader says."""

    def at(px: float, py: float) -> tuple[float, float]:
        share = (min(max(py, y_low), 1.0) - y_low) / (1 - y_low)
        return (
            round(_LEFT + px * (_WIDTH - _LEFT - _RIGHT), 1),
            round(_HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM), 1),
        )

    parts = [_open(_WIDTH, _HEIGHT, label or f"{y} / {x}")]
    for i in range(6):
        share = i / 5
        value = y_low + share * (1 - y_low)
        (x0, y0), (x1, _), (gx, _) = at(0, value), at(1, value), at(share, value)
        parts.append(f'<path class="grid" d="M{x0} {y0}H{x1}"/>')
        parts.append(f'<text class="note" x="{x0 - 5}" y="{y0 + 3}" text-anchor="end">{value:.2g}</text>')
        parts.append(
            f'<text class="note" x="{gx}" y="{_HEIGHT - _BOTTOM + 14}" text-anchor="middle">{share:.1f}</text>'
        )
    (x0, y0), (x1, y1) = at(0, y_low), at(1, 1)
    parts.append(f'<path class="axis" d="M{x0} {y1}V{y0}H{x1}"/>')
    if diagonal:
        (a, b), (c, d) = at(y_low, y_low), at(1, 1)
        parts.append(f'<path class="grid" d="M{a} {b}L{c} {d}"/>')
    parts.append(f'<text class="note" x="{(x0 + x1) / 2}" y="{_HEIGHT - 8}" text-anchor="middle">{escape(x)}</text>')
    middle = (y0 + y1) / 2
    parts.append(
        f'<text class="note" transform="translate(11 {middle}) rotate(-90)" text-anchor="middle">{escape(y)}</text>'
    )
    for line in lines:
        colour = f"c{line.colour % COLOURS}"
        for px, low, high in line.bars:
            (bx, by), (_, ty) = at(px, low), at(px, high)
            parts.append(f'<path class="line {colour} thin" d="M{bx} {by}V{ty}"/>')
        spots = [at(*point) for point in line.points]
        if len(spots) > 1:
            path = "L".join(f"{px} {py}" for px, py in spots)
            parts.append(f'<path class="line {colour}" d="M{path}"><title>{escape(line.name)}</title></path>')
        if line.marks or len(spots) == 1:
            parts += [f'<circle class="dot {colour}" cx="{px}" cy="{py}" r="3"/>' for px, py in spots]
    return "".join([*parts, "</svg>"])


def heatmap(table: Sequence[Sequence[int]], rows: Sequence[str], columns: Sequence[str], *, label: str) -> str:
    """A table of counts, each cell shaded by its share of the row."""
    side, left, top = 58, 90, 26
    width, height = left + side * len(columns) + 4, top + 36 * len(rows) + 4
    parts = [_open(width, height, label)]
    for j, name in enumerate(columns):
        middle = left + side * j + side / 2
        parts.append(f'<text class="note" x="{middle}" y="{top - 8}" text-anchor="middle">{escape(name)}</text>')
    for i, (name, counts) in enumerate(zip(rows, table, strict=True)):
        y = top + 36 * i
        parts.append(f'<text class="note" x="{left - 6}" y="{y + 22}" text-anchor="end">{escape(name)}</text>')
        whole = max(sum(counts), 1)
        for j, count in enumerate(counts):
            x, share = left + side * j, count / whole
            parts.append(
                f'<rect class="cell" x="{x}" y="{y}" width="{side - 2}" height="34" fill-opacity="{share:.2f}"/>'
            )
            shade = " light" if share > 0.6 else ""
            parts.append(
                f'<text class="value{shade}" x="{x + side / 2 - 1}" y="{y + 22}" text-anchor="middle">{count}</text>'
            )
    return "".join([*parts, "</svg>"])


def interval(value: float, low: float, high: float) -> str:
    """A bar from 0 to 1 with a dot at the value and a line over its interval."""
    x, a, b = (round(4 + 92 * min(max(v, 0.0), 1.0), 1) for v in (value, low, high))
    return (
        f'{_open(100, 12, f"{value:.3f}")}<path class="grid" d="M4 6H96"/>'
        f'<path class="line c0" d="M{a} 6H{b}"/><circle class="dot c0" cx="{x}" cy="6" r="3"/></svg>'
    )


def _open(width: int, height: int, label: str) -> str:
    return (
        f'<svg width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{escape(label)}">'
    )
