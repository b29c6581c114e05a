"""What is said of columns of a table that are not taken as they might be."""

from __future__ import annotations

from collections import defaultdict

from reattune.content.translated_sentences import say, to_say
from reattune.exchange.columns_of_words import columns_of_words
from reattune.exchange.raters_of_rows import unclear_raters
from reattune.exchange.ratings_spreadsheet import Columns
from reattune.exchange.table_of_file import Table
from reattune.exchange.written_dates import WrittenDate, written

_SHOWN = 3
# Of more different values in a column, none is likely to be a kind of row.
_KINDS = 12


_OF_CLIENTS = to_say(
    "Columns that are called like clients here and don’t come in: {names}. If each holds one client’s ratings, write "
    "them one below the other, with a column that says in each row whose rating it is."
)
_OF_SESSIONS = to_say(
    "Columns that seem to be a session each and don’t come in: {names}. Put each session in a row of its own, with its "
    "day."
)
_BESIDE = to_say(
    "Columns left out, because they hold something else or somebody else’s ratings: {names}. If they belong to the "
    "same questionnaire, choose them above too."
)
_OF_DAYS = to_say(
    "Columns of days that don’t come in: {names}. If one of them says when the sessions were, choose it above."
)
_OF_WORDS = to_say("Columns of words that don’t come in: {names}. If one of them holds your notes, choose it above.")


def about_columns(table: Table, guessed: Columns, columns: Columns, whose: int | None) -> tuple[str, ...]:
    """Sentences about columns that stand beside those of the questionnaire, about days beside those of the
    sessions, words beside the notes, and unclear columns of raters; ``whose`` is the column that names clients."""
    taken = {columns.when, *columns.ratings, columns.note, columns.rater, whose}
    apart = (*guessed.of_clients, *guessed.of_sessions)
    left = [
        (_OF_CLIENTS, guessed.of_clients),
        (_OF_SESSIONS, guessed.of_sessions),
        (_BESIDE, [place for place in guessed.beside if place not in apart]),
        (_OF_DAYS, [place for place in guessed.days if place not in taken]),
        (_OF_WORDS, columns_of_words(table, taken)),
    ]
    found = []
    for sentence, places in left:
        names = [table.head[place] for place in places if place not in columns.ratings]
        found += [say(sentence, names=", ".join(names))] if names else []
    for place, name in enumerate(table.head):
        said = unclear_raters(name, (row[place] for row in table.rows)) if columns.rater is None else ()
        if said and place not in (columns.when, columns.note, *columns.ratings):
            shown = ", ".join(said[:_SHOWN]) + " …" * (len(said) > _SHOWN)
            found.append(
                say(
                    "The column “{name}” says: {said}. All these ratings are taken as the client’s.",
                    name=name,
                    said=shown,
                )
            )
    return (*found, *_days_of_several_rows(table, columns, whose), *_days_turned(table, columns.when))


def _days_of_several_rows(table: Table, columns: Columns, whose: int | None) -> tuple[str, ...]:
    """Where many days have more than one row, which are rather one session's, or several people's."""
    keys = [place for place in (whose, columns.rater) if place is not None]
    days: dict[tuple[object, ...], list[tuple[str, ...]]] = defaultdict(list)
    for row in table.rows:
        if (day := written(row[columns.when])) is not None:
            days[(*(row[place].casefold() for place in keys), day.year, day.first, day.second)].append(row)
    several = [rows for rows in days.values() if len(rows) > 1]
    if len(several) < 2 or 4 * len(several) < len(days):
        return ()
    said = say(
        "Days with several rows: {n} of {all}, with up to {most} rows. Each row becomes a session of its own. If "
        "they belong to one session, the table needs one row for each session, with a column for each question.",
        n=len(several), all=len(days), most=max(map(len, several)),
    )  # fmt: skip
    used = {*keys, columns.when, columns.note, *columns.ratings}
    apart = [name for place, name in enumerate(table.head) if place not in used and _tells_apart(several, place)]
    if not apart:
        return (said,)
    return (
        said,
        say(
            "The rows of one day differ in: {names}. If they are different people’s, import each person’s rows by "
            "themselves.",
            names=", ".join(apart),
        ),
    )


def _tells_apart(several: list[list[tuple[str, ...]]], place: int) -> bool:
    """Whether a column has something else in each row of every one of these days, and little else in all of them."""
    if any(len({row[place].casefold() for row in rows}) < len(rows) for rows in several):
        return False
    return len({row[place].casefold() for rows in several for row in rows}) <= _KINDS


def _days_turned(table: Table, when: int) -> tuple[str, ...]:
    """Where a spreadsheet program may have read days as months: it makes dates of those that it can, and no others."""
    kinds: dict[bool, dict[str, WrittenDate]] = {True: {}, False: {}}
    for row in table.rows:
        if (day := written(row[when])) is not None:
            kinds[day.clear].setdefault(row[when], day)
    if len(kinds[True]) < 2 or len(kinds[False]) < 2 or any(day.first > 12 for day in kinds[True].values()):
        return ()
    if any(day.first <= 12 and day.second <= 12 for day in kinds[False].values()):
        return ()
    shown = [next(iter(each))[:20] for each in kinds.values()]
    return (
        say(
            "The dates are written in two ways: {one} and {other}. A spreadsheet program may have swapped the day and "
            "the month in the first. Compare them with your original before you import.",
            one=shown[0], other=shown[1],
        ),
    )  # fmt: skip
