"""Scores side by side: one row a client with a column a session, or one row a session with a column a question."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from reattune.alliance.published_scores import PublishedScore
from reattune.exchange.column_names import Role, role_of
from reattune.exchange.written_dates import written
from reattune.study.column_contents import Columns
from reattune.study.column_roles import Layout
from reattune.study.errors import Choice, QuestionError, StudyError
from reattune.study.score_columns import Series, number_of, same_stem, score_names, series_of

if TYPE_CHECKING:
    from reattune.study.read_options import ReadOptions


def wide_layouts(columns: Columns, who: str | None, options: ReadOptions, *, must: bool = True) -> tuple[Layout, ...]:
    """One layout for each measure whose scores stand side by side; empty where none does and ``must`` is not set.

    Raises:
        StudyError: the columns named are not there, are items, or there are none.
        QuestionError: they can be sessions or questions, or are several measures that are not known.
    """
    if options.scores is not None:
        return (_named(columns, who, options),)
    candidates = [
        name for name in columns.names
        if name and name != who and role_of(name) not in (Role.CLIENT, Role.THERAPIST, Role.MEASURE)
        and (columns[name].numeric or columns[name].empty)
    ]  # fmt: skip
    dates = [name for name in candidates if (day := written(name)) and day.clear]
    if len(dates) >= 3:
        ordered = sorted(dates, key=lambda name: _sortable(name))
        return (
            _layout(
                who,
                Series(
                    "score",
                    options.own_instrument,
                    tuple((name,) for name in ordered),
                    tuple(range(1, len(ordered) + 1)),
                    "date",
                ),
            ),
        )
    found = [
        each for each in series_of(score_names(candidates, columns, options.own_instrument)) if each.kind != "item"
    ]
    long_enough = [each for each in found if len(each.numbers) >= 3]
    if not long_enough:
        long_enough = [each for each in found if len(each.numbers) == 2 and each.kind in ("session", "label")]
    known = [each for each in long_enough if each.instrument]
    chosen = known or long_enough
    if not chosen:
        if must:
            raise StudyError(
                "These columns are neither long (client, session, score) nor wide (id, s1, s2, …). Name them with "
                f"--client, --session and --score, or with --scores. The columns are: {', '.join(columns.names[:40])}."
            )
        return ()
    if len(chosen) > 1 and not known:
        if not must and who is None:
            return tuple(_layout(who, each) for each in chosen)
        raise QuestionError(
            "This file has several series of scores, and none is called like an instrument that is known here.",
            [_choice(each) for each in chosen[:6]],
        )
    if who is not None and not columns.repeats(who) and not _says_session(columns, who):
        for each in chosen:
            _not_items(each, chosen)
    others = [each for each in found if each not in chosen and len(each.columns) > 1]
    notes = tuple(f"left out: {each.columns[0]} to {each.columns[-1]}" for each in others)
    return tuple(_layout(who, each, notes) for each in chosen)


def _says_session(columns: Columns, who: str) -> bool:
    return any(role_of(name) is Role.SESSION and not columns[name].empty for name in columns.names if name != who)


def _not_items(series: Series, chosen: Sequence[Series]) -> None:
    """Whether numbers without a mark could be the questions of a known instrument.

    Raises:
        QuestionError: they could.
    """
    known = series.instrument
    if series.kind != "free" or known is None or series.numbers != tuple(range(1, known.items + 1)):
        return
    first, last = series.columns[0], series.columns[-1]
    raise QuestionError(
        f"{first} to {last} are {len(series.numbers)} columns, and {known.title} has {known.items} questions. If each "
        "column is a session, say so; if they are the questions of one session, the file needs one row a session and a "
        "column that says which.",
        [Choice("each column is a session", ("--scores", f"{first}..{last}"), {"scores": f"{first}..{last}"})],
    )


def _choice(series: Series) -> Choice:
    words = f"{series.columns[0]}..{series.columns[-1]}"
    return Choice(f"the series {series.name}", ("--scores", words), {"scores": words})


def _sortable(name: str) -> tuple[int, int, int]:
    found = written(name)
    return (found.year, found.second, found.first) if found else (0, 0, 0)


def _layout(who: str | None, series: Series, notes: tuple[str, ...] = ()) -> Layout:
    return Layout(
        who, None, "columns", series.groups, series.numbers, name=series.name, instrument=series.instrument, notes=notes
    )


def _named(columns: Columns, who: str | None, options: ReadOptions) -> Layout:
    scores = options.scores or ""
    listed = f"The columns are: {', '.join(columns.names[:40])}."
    if ".." in scores:
        first, _, last = (part.strip() for part in scores.partition(".."))
        for end in (first, last):
            if end not in columns.names:
                raise StudyError(f"There is no column {end!r}. {listed}")
        chosen = same_stem(columns.names, first, last)
        if chosen is None:
            start, stop = columns.names.index(first), columns.names.index(last)
            if stop < start:
                raise StudyError(f"Column {last!r} stands before {first!r}; write --scores {last}..{first}.")
            chosen = columns.names[start : stop + 1]
    else:
        chosen = [name.strip() for name in scores.split(",") if name.strip()]
        absent = next((name for name in chosen if name not in columns.names), None)
        if absent:
            raise StudyError(f"There is no column {absent!r}. {listed}")
    if who in chosen:
        raise StudyError(f"Column {who!r} names the client and cannot be a score too.")
    if not chosen:
        raise StudyError("--scores names no column. Write FIRST..LAST, or A,B,C.")
    counted = {name: number_of(name) for name in chosen}
    known = [number for number in counted.values() if number is not None]
    if len(known) == len(chosen) and len(set(known)) == len(known):
        chosen = sorted(chosen, key=lambda name: counted[name] or 0)
        numbers = tuple(sorted(known))
    else:
        # Columns without a number, or with the same one twice, are counted from 1 as they stand.
        numbers = tuple(range(1, len(chosen) + 1))
    named = score_names(chosen, columns, options.own_instrument)
    same = {each.of for each in named}
    instrument = named[0].instrument if len({each.instrument for each in named}) == 1 else None
    name = (
        named[0].instrument.key
        if instrument and named[0].instrument
        else (named[0].parts.stem if len(same) == 1 else "")
    )
    return _layout(who, Series(name or "score", instrument, tuple((each,) for each in chosen), numbers, "named"))


def items_of_rows(
    columns: Columns, taken: set[str], options: ReadOptions, *, sure: bool = True
) -> list[tuple[str, PublishedScore | None, tuple[str, ...]]]:
    """Questions side by side in rows that are one session each: what they are called, and the columns.

    Raises:
        StudyError: how their score is made is not known here, where ``sure`` is set.
    """
    names = [
        name for name in columns.names
        if name and name not in taken and columns[name].numeric
        and role_of(name) in (None, Role.SCORE) and not columns[name].dated
    ]  # fmt: skip
    found: list[tuple[str, PublishedScore | None, tuple[str, ...]]] = []
    for each in series_of(score_names(names, columns, options.own_instrument)):
        if each.kind == "label" or (len(each.numbers) < 3 and each.kind != "item"):
            continue
        group = each.columns
        known = each.instrument or options.own_instrument
        together = all(after - before == 1 for before, after in pairwise(each.numbers)) and each.numbers[0] in (0, 1)
        if known is not None and known.items == len(group) and together:
            found.append((each.name if each.instrument else known.key, known, group))
        elif sure:
            what = (
                f"{known.title} has {known.items} questions, and these are {len(group)}"
                if known
                else ("how their score is made is not known here")
            )
            raise StudyError(
                f"{group[0]} to {group[-1]} stand in rows of one session each, so they are questions, not sessions; "
                f"{what}. Add a column with the total and name it with --score, or say the questionnaire with "
                "--instrument NAME or FILE.toml."
            )
    return found
