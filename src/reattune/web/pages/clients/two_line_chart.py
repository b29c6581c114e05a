"""Both ratings of a client as one drawing. Colours come from the stylesheet; the table below it says the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import groupby

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from reattune.reflection.bond_line import Point
from reattune.reflection.two_lines import TwoLines
from reattune.web.pages.shared.dates import dated
from reattune.web.pages.shared.svg_charts import NARROW, WIDE, Frame

_YEARS = 400
Across = Callable[[int], float]
Down = Callable[[float], float]


def drawings(chart: TwoLines) -> list[SafeString]:
    """The chart for a narrow and for a wide screen; empty where nothing was rated."""
    return [_drawn(chart, frame) for frame in (NARROW, WIDE)] if chart.sessions else []


def _drawn(chart: TwoLines, frame: Frame) -> SafeString:
    start = max(0, len(chart.sessions) - 2 * frame.last)
    sessions, theirs, own = chart.sessions[start:], chart.theirs[start:], chart.own[start:]
    scores = [point.score for point in (*theirs, *own) if point]
    lows = [point.low for point in (*theirs, *own) if point and point.low is not None]
    floor = max(0, 10 * int((min([*scores, *lows], default=0) - 8) // 10))
    room = frame.width - frame.left - frame.right

    def x(index: int) -> float:
        return round(frame.left + room * (index + 0.5) / max(len(sessions), 4), 1)

    def y(score: float) -> float:
        return round(frame.top + (frame.height - frame.top - frame.bottom) * (100 - score) / (100 - floor), 1)

    step = 20 if 100 - floor > 50 else 10
    context = {
        "frame": frame,
        "grid": [{"y": y(value), "label": value} for value in range(0, 101, step) if value >= floor],
        "theirs": _line(theirs, x, y),
        "own": _line(own, x, y),
        "marks": list(_marks(chart, start, x)),
        "dates": list(_dates(sessions, x, frame)),
        "many": len(sessions) > frame.last,
    }
    return render_to_string("clients/_two_lines.svg", context)


def _line(points: Sequence[Point | None], x: Across, y: Down) -> dict[str, object]:
    there = [(place, point) for place, point in enumerate(points) if point]
    bands = []
    for usual, run in groupby(there, key=lambda each: each[1].low is not None):
        if usual:
            places = [(place, point.low, point.high) for place, point in run]
            upper = [(x(place), y(high)) for place, _low, high in places if high is not None]
            lower = [(x(place), y(low)) for place, low, _high in places if low is not None]
            bands.append(_path([*upper, *reversed(lower)]) + "Z")
    dots = [
        {"x": x(place), "y": y(point.score), "low": point.sign < 0, "last": place == there[-1][0]}
        for place, point in there
    ]
    return {"bands": bands, "line": _path([(x(place), y(point.score)) for place, point in there]), "dots": dots}


def _path(places: list[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{across},{down}" for across, down in places) if places else ""


def _marks(chart: TwoLines, start: int, x: Across) -> Iterator[dict[str, object]]:
    shown = sorted((mark for mark in chart.marks if mark.x >= start), key=lambda mark: mark.x)
    for place, of_session in groupby(shown, key=lambda mark: mark.x):
        beside = list(of_session)
        for number, mark in enumerate(beside):
            yield {"x": x(place - start) + 13 * (number - (len(beside) - 1) / 2), "y": 16, "kind": mark.kind}


def _dates(sessions: Sequence[tuple[int, datetime]], x: Across, frame: Frame) -> Iterator[dict[str, object]]:
    days = [at for _number, at in sessions]
    every = max(1, -(-len(days) // (3 if frame is NARROW else 6)))
    years = (days[-1] - days[0]).days > _YEARS
    for index in range(0, len(days), every):
        yield {"x": x(index), "label": dated(days[index], "month_short" if years else "day_short")}
