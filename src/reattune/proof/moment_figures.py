"""Figures of what moments come closest to: the cause among the first three, feelings and what it touched in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from rich.table import Table

from reattune.proof.danger_figures import Share
from reattune.proof.detectors.metrics import Interval
from reattune.reflection.moment_reading import CAUSES, FEELINGS, OFFERED, READINGS, TOUCHED

_DRAWS = 2000

Scores = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Labelled:
    """One labelled moment. ``second`` is a cause that fits nearly as well, or empty."""

    what: str
    meant: str
    language: str
    cause: str
    second: str
    feelings: frozenset[str]
    touched: frozenset[str]

    @classmethod
    def of(cls, line: Mapping[str, str | None], language: str) -> Labelled:
        """From a row with what, cause, and perhaps meant, cause2, feelings and touched (several joined with ``;``).

        Raises:
            ValueError: saying which label is none.
        """
        told = {name: (value or "").strip() for name, value in line.items()}
        lists = {name: frozenset(filter(None, told.get(name, "").split(";"))) for name in ("feelings", "touched")}
        if not told.get("what"):
            raise ValueError("there is no text in the column what.")
        named = {"cause": {told.get("cause", "")}, "cause2": {told.get("cause2", "")} - {""}, **lists}
        allowed = {"cause": CAUSES, "cause2": CAUSES, "feelings": FEELINGS, "touched": TOUCHED}
        for name, labels in named.items():
            wrong = sorted(labels - set(allowed[name]))
            if wrong:
                raise ValueError(f"{wrong[0]!r} in the column {name} is none of: {', '.join(allowed[name])}.")
        return cls(told["what"], told.get("meant", ""), language, told["cause"], told.get("cause2", ""), **lists)


def figures(given: Sequence[Labelled], scores: Scores) -> dict[str, Any]:
    """How well ``scores`` (moments x `READINGS`) order the labels, as plain values.

    ``first``, ``three``: shares of moments whose cause comes first, or among the first three; ``either``: one of the
    writer's two causes among the three. *Something else* is asked of nobody and offered to nobody. ``feelings``,
    ``touched``: mean average precision over the moments that have one, 0 to 1, with a 95 % interval over moments.
    """
    named = len(CAUSES) - 1
    order = np.argsort(-scores[:, :named], axis=1, kind="stable")[:, :OFFERED]
    asked = [place for place, each in enumerate(given) if each.cause != CAUSES[-1]]
    best = {place: [CAUSES[number] for number in order[place]] for place in asked}
    hits = {
        "first": sum(given[place].cause == best[place][0] for place in asked),
        "three": sum(given[place].cause in best[place] for place in asked),
        "either": sum(bool({given[place].cause, given[place].second} & set(best[place])) for place in asked),
    }
    found: dict[str, Any] = {name: asdict(Share.of(count, len(asked))) for name, count in hits.items()}
    parts = {"feelings": FEELINGS, "touched": TOUCHED}
    for name, labels in parts.items():
        columns = [READINGS.index(label) for label in labels]
        each = [_average_precision([label in getattr(moment, name) for label in labels], row[columns])
                for moment, row in zip(given, scores, strict=True) if getattr(moment, name)]  # fmt: skip
        found[name] = asdict(_mean(np.array(each)))
    return found


def _average_precision(there: Sequence[bool], scores: Scores) -> float:
    hit = np.array(there)[np.argsort(-scores, kind="stable")]
    places = np.flatnonzero(hit)
    return float(((np.arange(len(places)) + 1) / (places + 1)).mean())


def _mean(values: Scores) -> Interval:
    if not len(values):
        return Interval(float("nan"), float("nan"), float("nan"))
    drawn = np.random.default_rng(0).integers(0, len(values), (_DRAWS, len(values)))
    low, high = np.quantile(values[drawn].mean(axis=1), (0.025, 0.975))
    return Interval(float(values.mean()), float(low), float(high))


def table(ways: Mapping[str, Mapping[str, Any]], count: int) -> Table:
    """One row for each way of reading, or each language."""
    shown = Table(box=None, pad_edge=False, header_style="bold", title=f"{count} moments", title_justify="left")
    for name in ("", "cause first", "among three", "one of the writer’s two", "feelings", "what it touched"):
        shown.add_column(name)
    for way, found in ways.items():
        shares = [Share(**found[name]) for name in ("first", "three", "either")]
        shown.add_row(way, *map(str, shares), *(str(Interval(**found[name])) for name in ("feelings", "touched")))
    return shown
