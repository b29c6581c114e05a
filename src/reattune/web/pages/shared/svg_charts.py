"""Charts as SVG, drawn on the server: a scale, an axis, a band, a line, marks. Colours come from the stylesheet."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from reattune.content.translated_sentences import sign
from reattune.reflection.beliefs import TruthChart
from reattune.reflection.bond_line import Point
from reattune.reflection.chart_data import LineChart
from reattune.reflection.people import PeopleMap
from reattune.reflection.timeline_year import Year
from reattune.web.pages.shared.dates import dated

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


# From so many days on, an axis tells years and no days.
_YEARS = 400

NARROW = Frame("narrow", 358, 236, 26, 10, 34, 30, 16)
WIDE = Frame("wide", 860, 320, 32, 16, 38, 34, 60)


def line_chart(chart: LineChart, frame: Frame) -> SafeString:
    """The chart in a frame; what does not fit is left out from the beginning."""
    start = _start(chart, frame)
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
            if len(points) <= 2 * frame.last or p.sign < 0 or i == len(points) - 1
        ],
        "marks": list(_marks(chart, start, x)),
        "dates": list(_dates(points, x, frame)),
        "base": frame.height - frame.bottom,
    }
    return render_to_string("shared/_line_chart.svg", context)


def _start(chart: LineChart, frame: Frame) -> int:
    return 0 if chart.whole else max(0, len(chart.points) - frame.last)


def drawn(chart: LineChart, frame: Frame) -> frozenset[str]:
    """What the chart shows in a frame, for its legend: ``band``, ``low``, and the kinds of its marks."""
    start = _start(chart, frame)
    found = {mark.kind for mark in chart.marks if mark.x >= start}
    if any(chart.band[start:]):
        found.add("band")
    if any(point.sign < 0 for point in chart.points[start:]):
        found.add("low")
    return frozenset(found)


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
    years = (points[-1].at - points[0].at).days > _YEARS
    for index in range(0, len(points), every):
        yield {
            "x": x(index),
            "label": dated(points[index].day, "month_short" if years else "day_short"),
        }


def truth_line(chart: TruthChart, frame: Frame) -> SafeString:
    """How true a belief felt, by the day; equal days apart lie equally far apart."""
    days = [at for at, _truth in chart.points]
    if not days:
        return SafeString("")
    first, last = min([*days, *chart.against]), max([*days, *chart.against])
    whole = (last - first).total_seconds()

    def x(at: datetime) -> float:
        room = frame.width - frame.left - frame.right - 2 * _INSET
        share = (at - first).total_seconds() / whole if whole else 0.5
        return round(frame.left + _INSET + room * share, 1)

    def y(truth: float) -> float:
        room = frame.height - frame.top - frame.bottom
        return round(frame.top + room * (100 - truth) / 100, 1)

    context = {
        "frame": frame,
        "grid": [{"y": y(value), "label": value} for value in (0, 50, 100)],
        "line": _path([(x(at), y(truth)) for at, truth in chart.points]),
        "dots": [{"x": x(at), "y": y(truth)} for at, truth in chart.points],
        "marks": [{"x": x(at), "y": 16} for at in chart.against],
        "dates": _ends(first, last, x),
        "base": frame.height - frame.bottom,
    }
    return render_to_string("shared/_belief_truth_chart.svg", context)


_INSET = 18
# Room for a name above the highest node and below the lowest.
_AROUND = 52


@dataclass(frozen=True)
class StripFrame:
    """Measures of a year's strip in SVG units: twelve months of ``pitch``, bars of ``tall``; letters of each month."""

    name: str
    pitch: int
    tall: int
    letters: int


NARROW_STRIP = StripFrame("narrow", 29, 44, 1)
WIDE_STRIP = StripFrame("wide", 52, 56, 3)
_LETTERS, _LANE = 22, 9


def year_strip(year: Year, most: int, ways: Mapping[int, str], shown: Collection[int], frame: StripFrame) -> SafeString:
    """A year's months as bars that are links, and below them what was open when. A table says the same.

    Args:
        most: how many entries the tallest bar stands for.
        ways: month (1 to 12) to the address that it leads to.
        shown: the months that stand on the page now.
    """
    months = []
    for number, count in enumerate(year.counts, start=1):
        # By the root: one entry is still seen beside a month of hundreds.
        height = round(max(3.0, frame.tall * (count / most) ** 0.5), 1) if count else 0
        name = dated(date(year.year, number, 1), "month")
        letters = date_format(date(year.year, number, 1), "M")
        entries = ngettext("one entry", "%(n)d entries", count) % {"n": count}
        months.append(
            {
                "x": (number - 1) * frame.pitch,
                "middle": (number - 0.5) * frame.pitch,
                "bar_x": round((number - 0.5) * frame.pitch - frame.pitch * 0.22, 1),
                "bar_width": round(frame.pitch * 0.44, 1),
                "y": round(frame.tall + 4 - height, 1),
                "height": height,
                "letters": letters[: frame.letters],
                "way": ways.get(number),
                "now": number in shown,
                "name": f"{name}{sign(':')} {entries}",
            }
        )
    base = frame.tall + 4
    times = [
        {
            "begin": round(time.begin * frame.pitch + 2.5, 1),
            "end": round(max(time.end * frame.pitch - 2.5, time.begin * frame.pitch + 2.6), 1),
            "y": base + _LETTERS + 8 + _LANE * time.lane,
            "ended": time.ended,
        }
        for time in year.open_times
        if time.lane is not None
    ]
    lanes = 1 + max((time.lane for time in year.open_times if time.lane is not None), default=-1)
    height = base + _LETTERS + (8 + _LANE * lanes if lanes else 0)
    context = {
        "frame": frame,
        "months": months,
        "times": times,
        "base": base,
        "width": 12 * frame.pitch,
        "height": height,
        "hit": base + _LETTERS,
        "year": year.year,
    }
    return render_to_string("shared/_year_strip.svg", context)


def _ends(first: datetime, last: datetime, x: Callable[[datetime], float]) -> list[dict[str, object]]:
    ends = [(first, "start"), (last, "end")] if last.date() > first.date() else [(first, "middle")]
    return [{"x": x(at), "label": dated(at, "day_and_year_short"), "anchor": end} for at, end in ends]


def people_map(found: PeopleMap, address: Callable[[UUID], str]) -> SafeString:
    """Relationships around a circle, echoes as threads between them. Every name is a link; the list says the same."""
    radius, middle, half = 118, 210, 190

    def place(x: float, y: float) -> Place:
        return round(middle + radius * x, 1), round(half + radius * y, 1)

    nodes: list[dict[str, Any]] = []
    for node in found.nodes:
        x, y = place(node.x, node.y)
        size = round(9 + 3.2 * min(node.moments, 25) ** 0.5, 1)
        # Names stand outside the circle; above and below it they are centred.
        side = "middle" if abs(node.x) < 0.3 else "start" if node.x > 0 else "end"
        name_x = x if side == "middle" else x + (size + 7) * (1 if node.x > 0 else -1)
        name_y = y + 5 if side != "middle" else y - size - 9 if node.y < 0 else y + size + 19
        href = address(node.who.id)
        nodes.append(
            {"node": node, "href": href, "x": x, "y": y, "size": size, "side": side, "name_x": name_x, "name_y": name_y}
        )
    threads = []
    for thread in found.threads:
        (x1, y1), (x2, y2) = place(thread.one.x, thread.one.y), place(thread.two.x, thread.two.y)
        # Drawn towards the middle, so that threads between neighbours can be told from the circle.
        path = f"M{x1},{y1}Q{round((x1 + x2 + middle) / 3, 1)},{round((y1 + y2 + half) / 3, 1)} {x2},{y2}"
        threads.append({"path": path, "width": min(2 + 1.5 * thread.echoes, 9), "thread": thread})
    heights = [float(node["y"]) for node in nodes]
    top, bottom = min(heights) - _AROUND, max(heights) + _AROUND
    context = {"nodes": nodes, "threads": threads, "width": 2 * middle, "top": top, "height": bottom - top}
    return render_to_string("shared/_people_map.svg", context)
