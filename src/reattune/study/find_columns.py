"""Which columns of a file are the client, the session and the scores."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from reattune.study.errors import StudyError

_CLIENT = ("client", "id", "client_id", "patient", "patient_id", "person", "case", "subject")
_SESSION = ("session", "session_number", "session_n", "visit", "time")
_SCORE = ("score", "total", "rating", "alliance")
_THERAPIST = ("therapist", "therapist_id", "clinician", "provider")
_NUMBERED = re.compile(r"^(?P<stem>.*?)(?P<number>\d+)$")


@dataclass(frozen=True)
class Layout:
    """Columns by what they are. In a wide file ``numbers`` has the session of each score column."""

    client: str
    session: str
    scores: tuple[str, ...]
    numbers: tuple[int, ...] = ()
    therapist: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that are read."""
        return tuple(name for name in (self.client, self.session, *self.scores, self.therapist) if name)

    @property
    def wide(self) -> bool:
        """Whether one row is one client."""
        return bool(self.numbers)


def find_layout(
    columns: Sequence[str],
    client: str | None,
    session: str | None,
    score: str | None,
    scores: str | None,
    therapist: str | None = None,
) -> Layout:
    """The layout of a file with these columns; names given win over the usual ones.

    Args:
        scores: for a wide file, ``first..last`` or a list with commas.

    Raises:
        StudyError: a named column is not there, or the layout cannot be told.
    """
    by_lower = {name.lower(): name for name in columns}

    def pick(given: str | None, usual: tuple[str, ...], what: str) -> str | None:
        if given is not None:
            if given not in columns:
                raise StudyError(f"There is no column {given!r} for the {what}. The columns are: {', '.join(columns)}.")
            return given
        return next((by_lower[name] for name in usual if name in by_lower), None)

    who = pick(client, _CLIENT, "client")
    if who is None:
        raise StudyError(f"Which column names the client? Say it with --client. The columns are: {', '.join(columns)}.")
    treated_by = pick(therapist, _THERAPIST, "therapist")
    if scores is not None:
        return replace(_named(columns, who, scores), therapist=treated_by)
    when, value = pick(session, _SESSION, "session"), pick(score, _SCORE, "score")
    if when and value:
        return Layout(who, when, (value,), therapist=treated_by)
    if session or score:
        missing = "--score" if when else "--session"
        raise StudyError(f"Say the other column too, with {missing}. The columns are: {', '.join(columns)}.")
    return replace(_guessed_wide(columns, who), therapist=treated_by)


def _named(columns: Sequence[str], who: str, scores: str) -> Layout:
    if ".." in scores:
        first, _, last = (part.strip() for part in scores.partition(".."))
        for end in (first, last):
            if end not in columns:
                raise StudyError(f"There is no column {end!r}. The columns are: {', '.join(columns)}.")
        start, stop = columns.index(first), columns.index(last)
        if stop < start:
            raise StudyError(f"Column {last!r} stands before {first!r}; write --scores {last}..{first}.")
        chosen = list(columns[start : stop + 1])
    else:
        chosen = [name.strip() for name in scores.split(",") if name.strip()]
        absent = next((name for name in chosen if name not in columns), None)
        if absent:
            raise StudyError(f"There is no column {absent!r}. The columns are: {', '.join(columns)}.")
    if who in chosen:
        raise StudyError(f"Column {who!r} names the client and cannot be a score too.")
    return _wide(who, chosen)


def _wide(who: str, chosen: Sequence[str]) -> Layout:
    numbers = [int(match["number"]) if (match := _NUMBERED.match(name)) else None for name in chosen]
    known = [number for number in numbers if number is not None]
    # Columns without a number, or numbered out of order, are counted from 1 as they stand.
    in_order = len(known) == len(chosen) and all(a < b for a, b in pairwise(known))
    return Layout(who, "", tuple(chosen), tuple(known) if in_order else tuple(range(1, len(chosen) + 1)))


def _guessed_wide(columns: Sequence[str], who: str) -> Layout:
    stems: dict[str, list[str]] = defaultdict(list)
    for name in columns:
        if name != who and (match := _NUMBERED.match(name)):
            stems[match["stem"]].append(name)
    long_enough = {stem: names for stem, names in stems.items() if len(names) >= 3}
    if len(long_enough) == 1:
        return _wide(who, next(iter(long_enough.values())))
    if long_enough:
        choices = "; ".join(f"--scores {names[0]}..{names[-1]}" for names in long_enough.values())
        raise StudyError(f"This file has several series of scores. Say which one: {choices}.")
    raise StudyError(
        "These columns are neither long (client, session, score) nor wide (id, s1, s2, …). Name them with --client, "
        f"--session and --score, or with --scores. The columns are: {', '.join(columns)}."
    )
