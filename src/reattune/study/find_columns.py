"""Which columns of a file are the client, the session and the scores: by their names, and by what stands in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from reattune.alliance.published_scores import PublishedScore
from reattune.exchange.column_names import Role, role_of
from reattune.exchange.rows_of_one import names_questionnaires
from reattune.study.column_contents import Columns
from reattune.study.column_roles import Layout, When
from reattune.study.counted_apart import no_clients_counted_apart
from reattune.study.errors import Choice, QuestionError, StudyError
from reattune.study.find_client import (
    client_by_name,
    different_in_each_row,
    find_client,
    kind_of_session,
    listed,
    session_by_name,
    which_client,
)
from reattune.study.raters import by_therapist, rater_column, somebodys, therapists_alone
from reattune.study.score_columns import score_names, single_scores
from reattune.study.wide_columns import items_of_rows, wide_layouts

if TYPE_CHECKING:
    from reattune.study.read_options import ReadOptions

_MOST_MEASURES = 40


def find_layouts(columns: Columns, options: ReadOptions) -> tuple[Layout, ...]:
    """How a table is to be read, once for each measure in it; what was named wins over what was found.

    Raises:
        StudyError: a named column is not there, or nothing can be told.
        QuestionError: there is more than one way.
    """
    for given, what in (
        (options.client, "client"), (options.session, "session"), (options.therapist, "therapist"),
        (options.measure_column, "measure"), (options.rater, "rater"),
    ):  # fmt: skip
        if given is not None and given not in columns.names:
            raise StudyError(f"There is no column {given!r} for the {what}. {listed(columns)}")
    taken = (options.client, options.session, options.therapist, options.measure_column, options.score)
    rater = rater_column(columns, options.rater, taken)
    if rater is None:
        alone = therapists_alone(columns, taken)
        unclear = None if alone else somebodys(columns, taken)
        layouts = _layouts(columns, options)
        found = tuple(replace(each, therapists_alone=alone, somebodys=unclear) for each in layouts)
    else:
        # The client's rows are a file of their own; the therapist's have the same columns.
        theirs = by_therapist(columns.table[rater]).fill_null(False)
        found = tuple(replace(each, rater=rater) for each in _layouts(columns.only(~theirs, rater), options))
        if any(each.wide for each in found):
            raise StudyError(
                f"Column {rater!r} says who has rated, and sessions stand side by side. Two raters are read from a "
                "file with one row for each rating."
            )
    if options.only is not None:
        kept = tuple(each for each in found if options.only.lower() in {each.name.lower(), (each.only or "").lower()})
        if not kept:
            raise StudyError(
                f"There is no measure {options.only!r}. There are: {', '.join(each.name for each in found)}."
            )
        return kept
    return found


def _layouts(columns: Columns, options: ReadOptions) -> tuple[Layout, ...]:
    therapist = options.therapist or _first(columns, Role.THERAPIST)
    if options.scores is not None:
        who = options.client or client_by_name(columns) or different_in_each_row(columns, set())
        if who is None:
            raise which_client(columns)
        return tuple(replace(each, therapist=therapist) for each in wide_layouts(columns, who, options))
    who = options.client or find_client(columns, options)
    long = who is None or columns.repeats(who)
    if who is not None and not options.session and not options.score:
        session = session_by_name(columns, who)
        scores = _plain_scores(columns, {who}) if session else []
        each_a_session = long and session is not None and (bool(scores) or not columns.twice([who, session]))
        wide = () if each_a_session else wide_layouts(columns, who, options, must=False)
        if wide and session and not scores and items_of_rows(columns, {who, session}, options, sure=False):
            return _long(columns, options, who, therapist)
        if wide:
            return tuple(replace(each, therapist=therapist) for each in wide)
    return _long(columns, options, who, therapist)


def _long(columns: Columns, options: ReadOptions, who: str | None, therapist: str | None) -> tuple[Layout, ...]:
    taken = {name for name in (who, therapist, options.measure_column, options.session) if name}
    measure = options.measure_column or _measure_column(columns, taken)
    session_known = options.session or session_by_name(columns, who)
    taken |= {session_known} if session_known else set()
    groups = _score_groups(columns, options, who, taken)
    scores = [column for _, _, group in groups for column in group]
    session, when = _session(columns, options, who, measure, scores)
    if measure is None and not options.session:
        _no_pair_twice(columns, who, session, scores)
    if who is not None and when == "date" and options.client is None:
        no_clients_counted_apart(columns, who, session)
    notes = _left_out(columns, scores, who, session, therapist, measure)
    base = Layout(who, session, when, (), therapist=therapist, notes=notes)
    if measure and len(groups) == 1:
        ((name, instrument, group),) = groups
        values = columns[measure].shown
        base = replace(base, measure=measure, measures=tuple(values))
        if len(values) > 1:
            instrument = None if _known_values(values, options) else instrument
            return tuple(
                replace(base, groups=(group,), only=value, name=value,
                        instrument=_of_value(value, options) or instrument)
                for value in values
            )  # fmt: skip
        if values and _of_value(values[0], options):
            return (replace(base, groups=(group,), name=values[0], instrument=_of_value(values[0], options)),)
        return (replace(base, groups=(group,), name=name, instrument=instrument),)
    return tuple(replace(base, groups=(group,), name=name, instrument=instrument) for name, instrument, group in groups)


def _of_value(value: str, options: ReadOptions) -> PublishedScore | None:
    (named,) = score_names([value], known=options.own_instrument)
    return named.instrument


def _known_values(values: Sequence[str], options: ReadOptions) -> bool:
    return any(_of_value(value, options) for value in values)


def _first(columns: Columns, role: Role) -> str | None:
    return next((name for name in columns.names if role_of(name) is role and not columns[name].empty), None)


def _measure_column(columns: Columns, taken: set[str]) -> str | None:
    """The one that is called so, or else one in which mostly questionnaires stand that are known."""
    likely = [
        name for name in columns.names
        if name not in taken and not (column := columns[name]).numeric and not column.empty
        and column.distinct <= _MOST_MEASURES
    ]  # fmt: skip
    named = (name for name in likely if role_of(name) is Role.MEASURE)
    return next(named, None) or next((name for name in likely if names_questionnaires(columns[name].shown)), None)


def _session(
    columns: Columns, options: ReadOptions, who: str | None, measure: str | None, scores: Sequence[str]
) -> tuple[str, When]:
    if options.session is not None:
        return options.session, kind_of_session(columns, options.session) or "number"
    named = [name for name in columns.names if role_of(name) is Role.SESSION]
    named += [name for name in columns.names if role_of(name) is Role.DATE]
    named += [name for name in columns.names if role_of(name) is None and columns[name].dated]
    candidates = [
        (name, kind) for name in dict.fromkeys(named)
        if name not in {who, measure, *scores} and not columns[name].empty and (kind := kind_of_session(columns, name))
    ]  # fmt: skip
    if not candidates and who is not None:
        growing = [
            name for name in columns.names
            if name not in {who, measure, *scores} and role_of(name) is None and columns.grows_within(name, who)
        ]  # fmt: skip
        candidates = [(name, "number") for name in growing]
    if not candidates:
        unclear = next((name for name in named if name != who), None)
        if unclear:
            # The reader says what is wrong with it, and where.
            return unclear, "number"
        raise StudyError(f"Which column says the session, or its date? Say it with --session. {listed(columns)}")
    keys = [name for name in (who, measure) if name]
    for name, kind in candidates:
        if not columns.twice([*keys, name], scores) and _there(columns, name, scores):
            return name, kind
    dates = [each for each in candidates if each[1] == "date"]
    if dates and candidates[0][1] != "date" and _restarts(columns, keys, candidates[0][0], scores):
        return dates[0]
    return candidates[0]


def _there(columns: Columns, name: str, scores: Sequence[str]) -> bool:
    """Whether every row with a score says its session."""
    import polars as pl

    scored = pl.any_horizontal([columns[score].there for score in scores])
    missing = columns.table.select((~columns[name].there & scored).sum()).item()
    return int(missing) <= 0.02 * len(columns)


def _restarts(columns: Columns, keys: list[str], session: str, scores: Sequence[str]) -> bool:
    """Whether many sessions come twice, as in a second therapy that is counted from 1 again."""
    return columns.twice([*keys, session], scores) >= 3


def _plain_scores(columns: Columns, taken: set[str]) -> list[str]:
    names = score_names([name for name in columns.names if name not in taken], columns)
    return [each.column for each in single_scores(names, columns, taken)]


def _score_groups(
    columns: Columns, options: ReadOptions, who: str | None, taken: set[str]
) -> list[tuple[str, PublishedScore | None, tuple[str, ...]]]:
    """Of each measure its name, its instrument, and the columns of its score."""
    if options.score is not None:
        wanted = (
            [options.score] if options.score in columns.names else [part.strip() for part in options.score.split(",")]
        )
        absent = next((name for name in wanted if name not in columns.names), None)
        if absent:
            raise StudyError(f"There is no column {absent!r} for the score. {listed(columns)}")
        return [
            (each.column, each.instrument, (each.column,))
            for each in score_names(wanted, columns, options.own_instrument)
        ]
    free = [
        name for name in columns.names
        if name not in taken and not columns[name].empty
        and role_of(name) not in (Role.CLIENT, Role.SESSION, Role.DATE, Role.THERAPIST, Role.MEASURE)
    ]  # fmt: skip
    names = score_names(free, columns, options.own_instrument)
    single = single_scores(names, columns, taken)
    if single:
        return [(each.column, each.instrument, (each.column,)) for each in single]
    called = [name for name in columns.names if name not in taken and role_of(name) is Role.SCORE]
    if called:
        # It holds text where numbers belong; the reader says where.
        return [(called[0], None, (called[0],))]
    items = items_of_rows(columns, taken, options)
    if items:
        return items
    unknown = [
        name for name in free
        if role_of(name) is None and columns[name].numeric and not columns[name].dated
        and (who is None or columns.varies_within(name, who))
    ]  # fmt: skip
    if len(unknown) == 1:
        return [(unknown[0], None, (unknown[0],))]
    if unknown:
        raise QuestionError(
            "More than one column could hold the score.",
            [Choice(f"column {name}", ("--score", name), {"score": name}) for name in unknown[:6]],
        )
    raise StudyError(
        "These columns are neither long (client, session, score) nor wide (id, s1, s2, …). Name them with --client, "
        f"--session and --score, or with --scores. {listed(columns)}"
    )


def _no_pair_twice(columns: Columns, who: str | None, session: str, scores: Sequence[str]) -> None:
    """Ask where most sessions come several times, and a column with few values tells them apart.

    Raises:
        QuestionError: there is such a column.
    """
    keys = [name for name in (who, session) if name]
    again = columns.twice(keys, scores)
    if 3 * again < len(columns):
        return
    apart = [
        name
        for name in columns.names
        if name not in {*keys, *scores}
        and 1 < columns[name].distinct <= _MOST_MEASURES
        and not columns[name].dated
        and not columns.twice([*keys, name], scores)
    ]
    if apart and role_of(apart[0]) is Role.THERAPIST:
        raise StudyError(
            f"Most sessions come more than once, and only {apart[0]!r} tells them apart: it seems that each "
            "therapist counts clients from 1. Join the two columns into one that names the client, like T1-3."
        )
    if apart:
        raise QuestionError(
            f"Most sessions come more than once, and {apart[0]!r} tells them apart. If it belongs to the client or "
            "to the session, as a site, an episode or a day does, join the two columns into one first. If not:",
            [
                Choice(
                    f"each value of {name} is a measure of its own",
                    ("--measure-column", name),
                    {"measure_column": name},
                )
                for name in apart[:4]
            ],
        )


def _left_out(columns: Columns, scores: Sequence[str], *used: str | None) -> tuple[str, ...]:
    """Names of other columns that sound like scores, so that nobody thinks they were read."""
    rest = [
        name for name in columns.names
        if name and name not in scores and name not in used and role_of(name) is None and columns[name].numeric
    ]  # fmt: skip
    if not rest:
        return ()
    return (f"left out: {', '.join(rest[:6])}{', …' if len(rest) > 6 else ''}",)
