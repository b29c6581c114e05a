"""How a file is understood: columns, sessions, numbers, scale; decided from its beginning, and said in one line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from reattune.alliance.array_types import Floats
from reattune.alliance.missing_codes import is_code
from reattune.exchange.written_dates import MixedDates, Order, day_of, needs_order, order_of
from reattune.exchange.written_numbers import Decimal, number
from reattune.study import column_contents
from reattune.study.column_contents import Columns
from reattune.study.column_roles import Layout
from reattune.study.errors import Choice, QuestionError, StudyError
from reattune.study.find_columns import find_layouts
from reattune.study.parse_ratings import Reader
from reattune.study.rating_files import Source
from reattune.study.read_options import ReadOptions
from reattune.study.reading import Reading
from reattune.study.score_scale import scale_of
from reattune.study.session_dates import Rhythm, usual_interval, usual_step
from reattune.study.session_labels import label_numbers

# Written where it is not known which session it was.
_NO_SESSION = (99, 999, 9999)
# Numbers of sessions so far apart as usual are said: they may be days.
_APART = 2.0
# What could be a thousand or a number with three decimals.
_IN_DOUBT = re.compile(r"[-+]?\d{1,3}[.,]\d{3}")


def understand(source: Source, options: ReadOptions) -> tuple[Reading, ...]:
    """How a file is to be read, once for each measure in it.

    Raises:
        StudyError: it cannot be told.
        QuestionError: there is more than one way.
    """
    columns = Columns(source.head(), source.labels, source.semicolons, options.decimal)
    _names_are_names(source, columns)
    layouts = find_layouts(columns, options)
    for layout in layouts:
        _no_column_twice(columns, layout)
    readings = [_reading(source, columns, layout, options, alone=len(layouts) == 1) for layout in layouts]
    return tuple(_distinctly_named(readings))


def _names_are_names(source: Source, columns: Columns) -> None:
    """Raise where the first line is a row of ratings, not the names of columns."""
    numbers = [name for name in columns.names if name.replace(".", "", 1).isdigit()]
    for name in columns.names:
        if numbers and name and not name[0].isdigit() and name in columns[name].shown:
            raise StudyError(
                f"{source.name}: the first line is a row like the others ({', '.join(columns.names[:4])}), not the "
                "names of columns. Put a line above it that names them, like client,session,score."
            )


def _distinctly_named(readings: list[Reading]) -> list[Reading]:
    names = [each.layout.name for each in readings]
    if len(set(names)) == len(names):
        return readings
    return [
        replace(each, layout=replace(each.layout, name=f"{each.layout.name} ({each.layout.scores[0]})"))
        for each in readings
    ]


def _no_column_twice(columns: Columns, layout: Layout) -> None:
    for name in layout.columns:
        if f"{name}_duplicated_0" in columns.names:
            raise StudyError(
                f"Two columns are called {name!r}, so it is not clear which one is meant. Rename one of them."
            )


def _reading(source: Source, columns: Columns, layout: Layout, options: ReadOptions, *, alone: bool) -> Reading:
    decimals = {name: _decimal(columns, name, options) for name in layout.scores}
    if layout.session is not None:
        decimals[layout.session] = columns[layout.session].decimal or Decimal.POINT
    table = columns
    if layout.measure is not None and layout.only is not None:
        kept = columns.table.filter((columns[layout.measure].text == layout.only).fill_null(False))
        table = Columns(kept, source.labels, source.semicolons, options.decimal)
    scores = _scores(table, layout, decimals, options)
    clients = 1 if layout.client is None else table[layout.client].distinct
    scale = scale_of(layout, scores, options, clients=clients, alone=alone)
    labels: Mapping[str, int] = {}
    order: Order | None = None
    rhythm = None
    if layout.when == "label" and layout.session is not None:
        labels = label_numbers(columns[layout.session].shown) or {}
    if layout.when == "date" and layout.session is not None:
        order = _order(source, columns, layout.session, options)
        rhythm = Rhythm(mean_of_day=options.same_day == "mean")
    if layout.when == "number" and layout.session is not None:
        _no_session_codes(columns, layout.session)
    reading = Reading(layout, scale, options, decimals, labels, order, rhythm, alone)
    if rhythm is not None:
        first = Reader(source, reading).ratings(columns.table)
        rhythm = replace(rhythm, usual=usual_interval(first["client"], first["session"]))
        reading = replace(reading, rhythm=rhythm)
    return replace(reading, line=_line(source, columns, reading))


def _no_session_codes(columns: Columns, name: str) -> None:
    """Raise where a session is a code for "not known", far from all others."""
    known = sorted(set(columns[name].sample))
    most = max((value for value in known if value not in _NO_SESSION), default=0.0)
    odd = [value for value in known if is_code(value) and (value < -1 or (value in _NO_SESSION and value > 3 * most))]
    if odd and len(odd) < len(known):
        raise StudyError(
            f"Column {name!r} says session {odd[-1]:g}, far from all others, as people write where it is not known. "
            "Leave the session empty where there is no rating, and else say which one it was."
        )


def _decimal(columns: Columns, name: str, options: ReadOptions) -> Decimal:
    if options.decimal is not None:
        return options.decimal
    told = columns[name].decimal
    if told is None:
        marked = [cell for cell in columns[name].shown if "," in cell or "." in cell]
        shown = next((cell for cell in marked if _IN_DOUBT.fullmatch(cell.strip())), marked[0])
        sign, other = (Decimal.POINT, Decimal.COMMA) if "." in shown else (Decimal.COMMA, Decimal.POINT)
        raise QuestionError(
            f"Column {name!r} has {shown!r}, which could be a thousand or a number with three decimals.",
            [
                Choice("thousands", ("--decimal", other.value), {"decimal": other}),
                Choice("decimals", ("--decimal", sign.value), {"decimal": sign}),
            ],
        )
    return told


def _scores(columns: Columns, layout: Layout, decimals: Mapping[str, Decimal], options: ReadOptions) -> Floats:
    """Scores of the beginning of the file as numbers; of items one row a session."""
    made = [_as_numbers(columns, name, decimals[name]) for name in layout.scores]
    found = np.column_stack(made) if made else np.empty((0, 0))
    for code in options.missing:
        found[found == code] = np.nan
    if layout.items and layout.wide:
        return np.vstack(np.hsplit(found, len(layout.groups)))
    return found


def _as_numbers(columns: Columns, name: str, decimal: Decimal) -> Floats:
    import polars as pl

    values = columns.table[name]
    if values.dtype.is_numeric():
        return values.cast(pl.Float64).fill_null(float("nan")).to_numpy().copy()
    text = columns[name].text
    known = {cell: number(cell, decimal) for cell in text.drop_nulls().unique().to_list()}
    found = text.replace_strict(list(known), list(known.values()), default=None, return_dtype=pl.Float64)
    return found.fill_null(float("nan")).to_numpy().copy()


def _order(source: Source, columns: Columns, name: str, options: ReadOptions) -> Order | None:
    column = columns[name]
    cells = column.text.drop_nulls().unique(maintain_order=True).to_list() if column.shown else []
    if not needs_order(cells):
        return options.date_order
    try:
        told = order_of(cells)
    except MixedDates as error:
        other = columns.table.filter((column.text == error.month_first).fill_null(False))
        raise StudyError(f"{source.where(other['row'][0])}, column {name!r}: {error}") from error
    if told is not None:
        if options.date_order not in (None, told):
            raise StudyError(f"Column {name!r} has the {told} first, as its dates show; --date-order says otherwise.")
        return told
    if options.date_order is not None:
        return options.date_order
    today = column_contents.today()
    late = {order: any((day := day_of(cell, order)) and day > today for cell in cells) for order in ("day", "month")}
    if late["day"] != late["month"]:
        return "month" if late["day"] else "day"
    raise QuestionError(
        f"In column {name!r} the day or the month may come first, as in {cells[0]!r}: no date of it tells.",
        [
            Choice("the day comes first", ("--date-order", "day"), {"date_order": "day"}),
            Choice("the month comes first", ("--date-order", "month"), {"date_order": "month"}),
        ],
    )


def _line(source: Source, columns: Columns, reading: Reading) -> str:
    layout = reading.layout
    parts = [f"client from {layout.client!r}" if layout.client else "one client"]
    if layout.wide:
        first, last = layout.groups[0], layout.groups[-1]
        ends = f"{first[0]} to {last[-1]}" if len(layout.groups) > 1 else first[0]
        numbers = f"{layout.numbers[0]} to {layout.numbers[-1]}"
        parts.append(f"sessions {numbers} from {ends}")
    else:
        parts.append(f"session from {layout.session!r}{_when(columns, reading)}")
    if layout.measure and layout.only:
        parts.append(f"measure {layout.only!r} from {layout.measure!r}")
    parts.append(_score_words(reading))
    if layout.rater:
        parts.append(f"client's and therapist's ratings told apart by {layout.rater!r}")
    if layout.therapists_alone:
        parts.append(f"the therapist's ratings alone, as {layout.therapists_alone!r} says")
    if layout.somebodys:
        name, said = layout.somebodys
        shown = ", ".join(map(repr, said[:3])) + (", …" if len(said) > 3 else "")
        parts.append(f"all ratings as one person's, though {name!r} says {shown}")
    if layout.therapist:
        parts.append(f"therapist from {layout.therapist!r}")
    commas = any(reading.decimals.get(name) is Decimal.COMMA and _has_comma(columns, name) for name in layout.scores)
    how = source.how + (", decimal commas" if commas else "")
    parts += layout.notes
    return f"Read as {how}: {'; '.join(parts)}."


def _has_comma(columns: Columns, name: str) -> bool:
    return any("," in cell for cell in columns[name].shown)


def _when(columns: Columns, reading: Reading) -> str:
    if reading.layout.when == "label":
        shown = [f"{label} = {session}" for label, session in list(reading.labels.items())[:4]]
        return f" ({', '.join(shown)}{', …' if len(reading.labels) > 4 else ''})"
    if reading.rhythm is None:
        step = _step(columns, reading)
        return f" (usually {step:g} apart; those between count as missing)" if step >= _APART else ""
    order = f", {reading.order} first" if reading.order else ""
    days = f"{reading.rhythm.usual:g}"
    return (
        f" (dates{order}; one session each {days} day{'' if days == '1' else 's'} as usual, so that breaks take time)"
    )


def _step(columns: Columns, reading: Reading) -> float:
    """How far apart the numbers of a client's sessions are, as in a column that counts days; 1 where nothing tells."""
    import polars as pl

    layout, name = reading.layout, reading.layout.session
    if name is None or layout.wide:
        return 1.0
    number_of = pl.Series(_as_numbers(columns, name, reading.decimals[name]), nan_to_null=True)
    clients = columns[layout.client].text if layout.client else pl.repeat("", len(number_of), eager=True)
    return usual_step(clients, number_of) or 1.0


def _score_words(reading: Reading) -> str:
    layout, scale = reading.layout, reading.scale
    title = f"{scale.instrument.title}, " if scale.instrument else ""
    if layout.items:
        count = len(layout.groups[0])
        return f"score from {count} questions ({layout.groups[0][0]} to {layout.groups[0][-1]}): {title}{scale.words}"
    if layout.wide:
        return f"{layout.name}: {title}{scale.words}"
    return f"score from {layout.scores[0]!r}: {title}{scale.words}"
