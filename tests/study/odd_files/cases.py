"""Files of ratings as clinics and studies have them, each made here, with what it means beside it.

A case writes one file. ``means`` is what must be read from it, measure by measure; ``says`` what it must be refused
with; ``answers`` the options that decide where it can be read in two ways, one set for each way.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

Scores = dict[str, dict[int, float]]
Write = Callable[[Path], None]


@dataclass(frozen=True)
class Meaning:
    """What one measure of a file is: of each client the score of each session, and the scale."""

    scores: Scores
    ends: tuple[float, float] | None
    higher: bool = True
    therapists: Mapping[tuple[str, int], str] | None = None
    second: Scores | None = None


@dataclass(frozen=True)
class Case:
    """One file."""

    name: str
    file: str
    write: Write
    means: Mapping[str, Meaning] | None = None
    says: str = ""
    answers: Sequence[tuple[dict[str, Any], Mapping[str, Meaning]]] = field(default_factory=tuple)
    options: Mapping[str, Any] = field(default_factory=dict)


CLIENTS, SESSIONS = ("c1", "c2", "c3", "c4", "c5", "c6"), 8
RANDOM = random.Random(11)
# On the Session Rating Scale's 0 to 40.
TRUTH: Scores = {
    client: {session: round(RANDOM.uniform(18, 39.9), 1) for session in range(1, SESSIONS + 1)} for client in CLIENTS
}
SYMPTOMS: Scores = {
    client: {session: float(RANDOM.randint(2, 25)) for session in range(1, SESSIONS + 1)} for client in CLIENTS
}
PERCENT: Scores = {
    client: {session: float(RANDOM.randint(45, 97)) for session in range(1, SESSIONS + 1)} for client in CLIENTS
}
SRS = Meaning(TRUTH, (0, 40))
GUESSED = Meaning(TRUTH, (0, 40))
Row = Sequence[object]


def text_file(rows: Sequence[Row], sep: str = ",", encoding: str = "utf-8", end: str = "\n", above: str = "") -> Write:
    def write(path: Path) -> None:
        body = end.join(sep.join("" if cell is None else str(cell) for cell in row) for row in rows) + end
        path.write_bytes((above + body).encode(encoding))

    return write


def long_rows(
    names: Sequence[str], scores: Scores = TRUTH, show: Callable[[float], object] = lambda score: score
) -> list[Row]:
    rows: list[Row] = [names]
    return rows + [[client, session, show(score)] for client, own in scores.items() for session, score in own.items()]


def wide_rows(names: Sequence[str], order: Sequence[int], scores: Scores = TRUTH, who: str = "id") -> list[Row]:
    rows: list[Row] = [[who, *(names[session - 1] for session in order)]]
    return rows + [[client, *(own[session] for session in order)] for client, own in scores.items()]


def without(scores: Scores, *cells: tuple[str, int]) -> Scores:
    return {c: {s: v for s, v in own.items() if (c, s) not in cells} for c, own in scores.items()}


IN_ORDER = list(range(1, SESSIONS + 1))
TEXT_ORDER = sorted(IN_ORDER, key=str)
ORS: Scores = {c: {s: round(40 - v + 2, 1) for s, v in own.items()} for c, own in TRUTH.items()}
WAI: Scores = {c: {s: float(13 + (n * 5 + s * 3) % 45) for s in IN_ORDER} for n, c in enumerate(CLIENTS)}
GONE = [("c2", 3), ("c4", 6)]
WEEKLY = {s: date(2024, 1, 15) + timedelta(days=7 * (s - 1)) for s in IN_ORDER}
THREE = Meaning({c: {s: own[s] for s in (1, 2, 3)} for c, own in TRUTH.items()}, (0, 40))
CASES: list[Case] = []


def add(name: str, write: Write, file: str = "ratings.csv", **more: Any) -> None:
    CASES.append(Case(name, file, write, **more))


def reads(
    name: str, write: Write, file: str = "ratings.csv", *, as_: str = "SRS", meaning: Meaning = SRS, **more: Any
) -> None:
    add(name, write, file, means={as_: meaning}, **more)


def numbered(pattern: str) -> list[str]:
    return [pattern.format(session) for session in IN_ORDER]


def dated_rows(names: Sequence[str], form: Callable[[date], object], when: Mapping[int, date] = WEEKLY) -> list[Row]:
    rows: list[Row] = [names]
    return rows + [[c, form(when[s]), v] for c, own in TRUTH.items() for s, v in own.items()]
