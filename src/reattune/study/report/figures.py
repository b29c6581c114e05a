"""Figures as SVG text. Colours are classes of the page's stylesheet; every figure stands beside its table."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files

from reattune.content.translated_sentences import say, to_say
from reattune.study.report.survival import Limits
from reattune.study.running_totals import Course

# How a state reads in a drawing, of whatever measure.
_STATES = {"repaired": to_say("over"), "partly": to_say("partly over"), "open": to_say("open")}

Scale = Callable[[float], float]


@dataclass(frozen=True)
class Frame:
    """Size and margins, in SVG units."""

    width: int = 720
    height: int = 280
    left: int = 44
    right: int = 16
    top: int = 14
    bottom: int = 40

    def across(self, low: float, high: float) -> Scale:
        """From values to x."""
        span = (high - low) or 1.0
        return lambda value: round(self.left + (self.width - self.left - self.right) * (value - low) / span, 1)

    def down(self, low: float, high: float) -> Scale:
        """From values to y; ``high`` is on top."""
        span = (high - low) or 1.0
        return lambda value: round(self.top + (self.height - self.top - self.bottom) * (high - value) / span, 1)


def _svg(frame: Frame, parts: Sequence[str], label: str) -> str:
    return (
        f'<svg viewBox="0 0 {frame.width} {frame.height}" role="img" aria-label="{escape(label)}" '
        f'preserveAspectRatio="xMidYMid meet">{"".join(parts)}</svg>'
    )


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Round numbers from ``low`` to ``high``, about so many."""
    span = high - low
    if not span > 0:
        return [low]
    raw = span / about
    magnitude = 10 ** math.floor(math.log10(raw))
    step = next(magnitude * m for m in (1, 2, 2.5, 5, 10) if magnitude * m >= raw)
    first = math.ceil(low / step - 1e-9)
    return [round(step * n, 10) for n in range(first, math.floor(high / step + 1e-9) + 1)]


def _axes(
    frame: Frame, x: Scale, y: Scale, at_x: Sequence[float], at_y: Sequence[float], names: tuple[str, str]
) -> str:
    base = frame.height - frame.bottom
    lines = [
        f'<line class="grid" x1="{frame.left}" x2="{frame.width - frame.right}" y1="{y(v)}" y2="{y(v)}"/>'
        f'<text class="tick" x="{frame.left - 6}" y="{y(v) + 4}" text-anchor="end">{v:g}</text>'
        for v in at_y
    ]
    lines += [f'<text class="tick" x="{x(v)}" y="{base + 17}" text-anchor="middle">{v:g}</text>' for v in at_x]
    middle = (frame.left + frame.width - frame.right) / 2
    lines.append(
        f'<text class="tick" x="{middle}" y="{frame.height - 5}" text-anchor="middle">{escape(names[0])}</text>'
    )
    if names[1]:
        lines.append(f'<text class="tick" x="{frame.left}" y="{frame.top - 3}">{escape(names[1])}</text>')
    return "".join(lines)


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points)


def steps(curves: Sequence[tuple[str, Sequence[float]]], across: str, label: str) -> str:
    """Survival curves: each a share from 1 down, by session from 0; drawn as steps, the first strongest."""
    frame = Frame(top=22)
    longest = max(len(curve) for _, curve in curves)
    x, y = frame.across(0, longest - 1), frame.down(0, 100)
    parts = [_axes(frame, x, y, ticks(0, longest - 1, 8), [0, 25, 50, 75, 100], (across, "%"))]
    for index, (_, curve) in enumerate(curves):
        points = [(x(0), y(100 * curve[0]))]
        for session in range(1, len(curve)):
            points += [(x(session), points[-1][1]), (x(session), y(100 * curve[session]))]
        parts.append(f'<path class="line line-{index}" d="{_path(points)}"/>')
    return _svg(frame, parts, label)


def bars(values: Sequence[int], first: int, across: str, label: str) -> str:
    """Counts by session, from ``first`` on."""
    frame = Frame(height=220, top=22)
    most = max([*values, 1])
    x, y = frame.across(first - 0.5, first + len(values) - 0.5), frame.down(0, most)
    width = max(1.0, (frame.width - frame.left - frame.right) / max(len(values), 1) - 2)
    base = frame.height - frame.bottom
    parts = [_axes(frame, x, y, ticks(first, first + len(values) - 1, 8), ticks(0, most, 4), (across, ""))]
    for place, value in enumerate(values):
        if value:
            top = y(value)
            left = x(first + place) - width / 2
            parts.append(
                f'<rect class="bar" x="{left:.1f}" y="{top}" width="{width:.1f}" height="{base - top:.1f}" rx="1.5"/>'
            )
    return _svg(frame, parts, label)


@dataclass(frozen=True)
class Dot:
    """One therapist in a funnel: how many clients, what share (0-1), and whether outside the wide limits."""

    size: int
    share: float
    outside: bool


def funnel(dots: Sequence[Dot], center: float, limits: Sequence[Limits]) -> str:
    """Shares against size."""
    frame = Frame(height=320, top=22)
    largest = max(dot.size for dot in dots)
    highest = min(
        1.0, max([dot.share for dot in dots] + [limit.wide_high for limit in limits[len(limits) // 8 :]]) * 1.05
    )
    x, y = frame.across(0, largest * 1.05), frame.down(0, 100 * highest)

    def clipped(value: float) -> float:
        return y(100 * min(value, highest))

    parts = [
        _axes(
            frame, x, y, ticks(0, largest * 1.05, 7), ticks(0, 100 * highest, 5), (say("clients of a therapist"), "%")
        )
    ]
    for name in ("wide", "usual"):
        upper = [(x(limit.size), clipped(getattr(limit, f"{name}_high"))) for limit in limits]
        lower = [(x(limit.size), clipped(getattr(limit, f"{name}_low"))) for limit in reversed(limits)]
        parts.append(f'<path class="limits {name}" d="{_path([*upper, *lower])}Z"/>')
    parts.append(
        f'<line class="center" x1="{x(0)}" x2="{x(largest * 1.05)}" y1="{y(100 * center)}" y2="{y(100 * center)}"/>'
    )
    for dot in dots:
        name = "dot far" if dot.outside else "dot"
        parts.append(f'<circle class="{name}" cx="{x(dot.size)}" cy="{clipped(dot.share)}" r="4"/>')
    return _svg(frame, parts, say("Share of clients by therapist, around {share}%", share=f"{100 * center:.0f}"))


def course(one: Course, ends: tuple[float, float], marked: Sequence[tuple[int, int]] = ()) -> str:
    """One client's scores, what was expected of a steady bond with its usual range, and the losses found.

    Args:
        marked: first and last sessions of ruptures that people have marked.
    """
    frame = Frame(width=344, height=168, left=30, right=8, top=10, bottom=24)
    x, y = frame.across(one.sessions[0] - 0.5, one.sessions[-1] + 0.5), frame.down(*ends)
    whole = [n for n in ticks(one.sessions[0], one.sessions[-1], 6) if n == int(n)]
    parts = [_axes(frame, x, y, whole, ticks(*ends, 4), ("", ""))]
    top, base = frame.top, frame.height - frame.bottom
    for onset, end, pattern, state, _ in one.marks:
        stop = end if end else one.sessions[-1]
        left, right = x(onset - 0.5), x(stop + 0.5)
        told = ", ".join(say(word) for word in (pattern, _STATES.get(state, state)) if word)
        parts.append(
            f'<rect class="loss" x="{left}" y="{top}" width="{right - left:.1f}" height="{base - top}">'
            f"<title>{escape(told)}</title></rect>"
        )
    for first, last in marked:
        left, right = x(first - 0.5), x(last + 0.5)
        parts.append(f'<rect class="marked" x="{left}" y="{top}" width="{right - left:.1f}" height="7"/>')
    if one.low:
        upper = [(x(s), y(min(v, ends[1]))) for s, v in zip(one.sessions, one.high, strict=True) if v == v]
        lower = [(x(s), y(max(v, ends[0]))) for s, v in zip(one.sessions, one.low, strict=True) if v == v]
        middle = [(x(s), y(v)) for s, v in zip(one.sessions, one.expected, strict=True) if v == v]
        parts.append(f'<path class="band" d="{_path([*upper, *reversed(lower)])}Z"/>')
        parts.append(f'<path class="expected" d="{_path(middle)}"/>')
    there = [(x(s), y(v)) for s, v in zip(one.sessions, one.scores, strict=True) if v is not None]
    if there:
        parts.append(f'<path class="line line-0" d="{_path(there)}"/>')
        parts += [f'<circle class="point" cx="{px}" cy="{py}" r="2.6"/>' for px, py in there]
    return _svg(frame, parts, say("Ratings of client {client}", client=one.client))


def forest(rows: Sequence[tuple[str, float, float, float, bool]], across: str, best: float | None = None) -> str:
    """Values with intervals, one row each: (name, value, low, high, ours); ``best`` is a line they aim at."""
    frame = Frame(height=46 + 26 * len(rows), left=130, bottom=36)
    least = min([row[2] for row in rows if row[2] == row[2]] + [0.9 if best is None else best])
    low = max(0.0, math.floor(10 * least) / 10)
    x = frame.across(low, 1)
    base = frame.height - frame.bottom
    parts = [
        f'<line class="grid" x1="{x(v)}" x2="{x(v)}" y1="{frame.top}" y2="{base}"/>'
        f'<text class="tick" x="{x(v)}" y="{base + 16}" text-anchor="middle">{v:g}</text>'
        for v in ticks(low, 1, 6)
    ]
    if best is not None:
        parts.append(f'<line class="center" x1="{x(best)}" x2="{x(best)}" y1="{frame.top}" y2="{base}"/>')
    for index, (name, value, under, over, ours) in enumerate(rows):
        middle = frame.top + 14 + 26 * index
        kind = " ours" if ours else ""
        parts.append(
            f'<text class="name{kind}" x="{frame.left - 10}" y="{middle + 4}" text-anchor="end">{escape(name)}</text>'
            f'<line class="interval{kind}" x1="{x(under)}" x2="{x(over)}" y1="{middle}" y2="{middle}"/>'
            f'<circle class="dot{kind}" cx="{x(value)}" cy="{middle}" r="4.5"/>'
        )
    parts.append(
        f'<text class="tick" x="{x((low + 1) / 2)}" y="{frame.height - 4}" text-anchor="middle">{escape(across)}</text>'
    )
    return _svg(frame, parts, across)


def reliability(rows: Sequence[tuple[float, float, float, float]], across: str, up: str) -> str:
    """What was said against what was, with intervals: (said, was, low, high), each 0-1; the line is full honesty."""
    frame = Frame(height=440, top=22)
    x, y = frame.across(0, 100), frame.down(0, 100)
    whole = [0, 25, 50, 75, 100]
    parts = [_axes(frame, x, y, whole, whole, (across, up))]
    parts.append(f'<line class="center" x1="{x(0)}" y1="{y(0)}" x2="{x(100)}" y2="{y(100)}"/>')
    for said, was, low, high in rows:
        at = x(100 * said)
        if low == low and high == high:
            parts.append(f'<line class="interval" x1="{at}" x2="{at}" y1="{y(100 * low)}" y2="{y(100 * high)}"/>')
        parts.append(f'<circle class="dot" cx="{at}" cy="{y(100 * was)}" r="4.5"/>')
    return _svg(frame, parts, f"{up} by {across}")


def standalone(drawing: str) -> str:
    """A drawing with the page's stylesheet inside, for a file of its own."""
    style = (files("reattune.study.report") / "style.css").read_text("utf-8")
    opening, rest = drawing.split(">", 1)
    return f'{opening} xmlns="http://www.w3.org/2000/svg"><style>{style}</style>{rest}'
