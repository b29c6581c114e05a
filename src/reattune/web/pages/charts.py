"""Charts as SVG, drawn on the server: a scale, an axis, a band, a line, marks. Colours come from the stylesheet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString

from reattune.reflection.bond import Point
from reattune.reflection.chart import LineChart

Across = Callable[[int], float]
Down = Callable[[float], float]
Place = tuple[float, float]


@dataclass(frozen=True)
class Frame:
    """Size and margins in SVG units, which are CSS pixels at the usual width; ``last`` limits the sessions shown."""

    name: str
    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    last: int


NARROW = Frame("narrow", 358, 236, 26, 10, 34, 30, 16)
WIDE = Frame("wide", 860, 320, 32, 16, 38, 34, 60)


def line_chart(chart: LineChart, frame: Frame) -> SafeString:
    """The chart in a frame; what does not fit is left out from the beginning."""
    start = max(0, len(chart.points) - frame.last)
    points = chart.points[start:]
    if not points:
        return SafeString("")
    lowest = min([*(p.score for p in points), *(b[0] for b in chart.band[start:] if b)])
    floor = max(0, 10 * int((lowest - 8) // 10))

    def x(index: int) -> float:
        room = frame.width - frame.left - frame.right
        return round(frame.left + room * (index + 0.5) / max(len(points), 4), 1)

    def y(score: float) -> float:
        room = frame.height - frame.top - frame.bottom
        return round(frame.top + room * (100 - score) / (100 - floor), 1)

    context = {
        "frame": frame,
        "grid": [{"y": y(value), "label": value} for value in _steps(floor)],
        "bands": [_path([*upper, *reversed(lower)]) + "Z" for upper, lower in _bands(chart, start, x, y)],
        "line": _path([(x(i), y(p.score)) for i, p in enumerate(points)]),
        "dots": [
            {
                "x": x(i),
                "y": y(p.score),
                "sign": "low" if p.sign < 0 else "plain",
                "last": i == len(points) - 1,
            }
            for i, p in enumerate(points)
        ],
        "marks": list(_marks(chart, start, x)),
        "dates": list(_dates(points, x, frame)),
        "base": frame.height - frame.bottom,
    }
    return render_to_string("parts/line_chart.svg", context)


def _steps(floor: int) -> list[int]:
    step = 20 if 100 - floor > 50 else 10
    return [value for value in range(0, 101, step) if value >= floor]


def _bands(chart: LineChart, start: int, x: Across, y: Down) -> Iterator[tuple[list[Place], list[Place]]]:
    shown = list(enumerate(chart.band[start:]))
    for there, run in groupby(shown, key=lambda each: each[1] is not None):
        if there:
            places = [(index, band) for index, band in run if band]
            yield [(x(i), y(band[1])) for i, band in places], [(x(i), y(band[0])) for i, band in places]


def _marks(chart: LineChart, start: int, x: Across) -> Iterator[dict[str, object]]:
    shown = sorted((mark for mark in chart.marks if mark.x >= start), key=lambda mark: mark.x)
    for place, of_session in groupby(shown, key=lambda mark: mark.x):
        beside = list(of_session)
        for number, mark in enumerate(beside):
            # Several at one session stand side by side around it.
            yield {"x": x(place - start) + 13 * (number - (len(beside) - 1) / 2), "y": 16, "kind": mark.kind}


def _path(places: list[Place]) -> str:
    return "M" + "L".join(f"{across},{down}" for across, down in places)


def _dates(points: Sequence[Point], x: Across, frame: Frame) -> Iterator[dict[str, object]]:
    most = 3 if frame is NARROW else 6
    every = max(1, -(-len(points) // most))
    for index in range(0, len(points), every):
        yield {"x": x(index), "label": date_format(timezone.localtime(points[index].at), "j M")}
