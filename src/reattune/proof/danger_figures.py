"""Figures of the recogniser of danger: recall and false alarms, by language, sort of text, and way of reading."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.table import Table

from reattune.reflection.what_worked import interval

# How each way of reading is called on the screen; all but the expressions are those of `danger_weights.WAYS`.
WAYS_SHOWN = {
    "expressions": "expressions alone",
    "letters": "letters alone",
    "meaning": "sentence model alone",
    "without_model": "all but the sentence model",
    "together": "all together",
}


@dataclass(frozen=True)
class Case:
    """One labelled text. ``veiled`` is ``None`` where nobody said; ``sort`` says what no danger could be taken for."""

    text: str
    language: str
    danger: bool
    veiled: bool | None = None
    form: str = ""
    sort: str = ""


@dataclass(frozen=True)
class Share:
    """``hits`` of ``total`` with a 95 % interval (0-1); ``value`` is ``None`` where there is nothing to count."""

    hits: int
    total: int
    value: float | None
    low: float | None
    high: float | None

    @classmethod
    def of(cls, hits: int, total: int) -> Share:
        """The share with Wilson's interval."""
        if not total:
            return cls(0, 0, None, None, None)
        low, high = interval(hits, total)
        return cls(hits, total, hits / total, low, high)

    def __str__(self) -> str:
        if self.value is None:
            return "–"
        return f"{self.value:.3f} ({self.low:.3f}–{self.high:.3f}), {self.hits} of {self.total}"


# Moments with people, written for the echoes, are ordinary too.
_NOT_HARD = {"ordinary", "moment"}
GROUPS: dict[str, Callable[[Case], bool]] = {
    "plain danger": lambda case: case.danger and case.veiled is not True,
    "veiled danger": lambda case: case.danger and case.veiled is True,
    "hard negatives": lambda case: not case.danger and case.sort not in _NOT_HARD,
    "ordinary sentences": lambda case: not case.danger and case.sort in _NOT_HARD and case.form != "entry",
    "ordinary entries": lambda case: not case.danger and case.sort in _NOT_HARD and case.form == "entry",
}


@dataclass(frozen=True)
class DangerFigures:
    """Of one language, or of all: recall and false alarms of all readings together, and the texts got wrong.

    ``ways`` has for each way of reading the share called danger in each of `GROUPS`.
    """

    language: str
    recall: Share
    false_alarms: Share
    missed: tuple[str, ...]
    false: tuple[str, ...]
    ways: Mapping[str, Mapping[str, Share]]

    def without_texts(self) -> dict[str, Any]:
        """The same as plain values, without the texts."""
        return {name: value for name, value in asdict(self).items() if name not in {"missed", "false"}}


def figures(cases: Sequence[Case], said: Mapping[str, Sequence[bool]]) -> list[DangerFigures]:
    """Of every language, in the order of the cases, and of all together at the end.

    Args:
        said: for each way of reading, whether it called each case danger; ``together`` is the one that counts.
    """
    languages = list(dict.fromkeys(case.language for case in cases))
    chosen = {name: [p for p, case in enumerate(cases) if case.language == name] for name in languages}
    chosen["all"] = list(range(len(cases)))
    return [_figures(name, cases, places, said) for name, places in chosen.items()]


def _figures(
    language: str, cases: Sequence[Case], places: Sequence[int], said: Mapping[str, Sequence[bool]]
) -> DangerFigures:
    counts = said["together"]
    dangers = [place for place in places if cases[place].danger]
    others = [place for place in places if not cases[place].danger]
    missed = tuple(cases[place].text for place in dangers if not counts[place])
    false = tuple(cases[place].text for place in others if counts[place])
    ways = {
        way: {
            group: Share.of(sum(called[place] for place in mine), len(mine))
            for group, belongs in GROUPS.items()
            if (mine := [place for place in places if belongs(cases[place])])
        }
        for way, called in said.items()
    }
    recall = Share.of(len(dangers) - len(missed), len(dangers))
    return DangerFigures(language, recall, Share.of(len(false), len(others)), missed, false, ways)


def table(found: DangerFigures) -> Table:
    """One language: a line for each way of reading, a column for each group there is."""
    groups = next(iter(found.ways.values()), {})
    shown = Table(box=None, pad_edge=False, header_style="bold", title=found.language, title_justify="left")
    for name in ("read by", *groups):
        shown.add_column(name)
    for way, shares in found.ways.items():
        shown.add_row(WAYS_SHOWN.get(way, way), *(str(shares[group]) for group in groups))
    return shown
