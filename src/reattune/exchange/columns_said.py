"""What is said of columns of a table that are not taken as they might be."""

from __future__ import annotations

from reattune.content.translated_sentences import say
from reattune.exchange.columns_of_words import columns_of_words
from reattune.exchange.raters_of_rows import unclear_raters
from reattune.exchange.ratings_spreadsheet import Columns
from reattune.exchange.table_of_file import Table

_SHOWN = 3


def about_columns(table: Table, guessed: Columns, columns: Columns, whose: int | None) -> tuple[str, ...]:
    """Sentences about columns that stand beside those of the questionnaire, about days beside those of the
    sessions, words beside the notes, and unclear columns of raters; ``whose`` is the column that names clients."""
    found = []
    of_clients = [table.head[place] for place in guessed.of_clients if place not in columns.ratings]
    if of_clients:
        found.append(
            say(
                "Columns that are called like clients here and don’t come in: {names}. If each holds one client’s "
                "ratings, write them one below the other, with a column that says in each row whose rating it is.",
                names=", ".join(of_clients),
            )
        )
    beside = [table.head[place] for place in guessed.beside if place not in (*columns.ratings, *guessed.of_clients)]
    if beside:
        found.append(
            say(
                "Columns left out, because they hold something else or somebody else’s ratings: {names}. If they "
                "belong to the same questionnaire, choose them above too.",
                names=", ".join(beside),
            )
        )
    taken = {columns.when, *columns.ratings, columns.note, columns.rater, whose}
    days = [table.head[place] for place in guessed.days if place not in taken]
    if days:
        found.append(
            say(
                "Columns of days that don’t come in: {names}. If one of them says when the sessions were, choose it "
                "above.",
                names=", ".join(days),
            )
        )
    words = [table.head[place] for place in columns_of_words(table, taken)]
    if words:
        found.append(
            say(
                "Columns of words that don’t come in: {names}. If one of them holds your notes, choose it above.",
                names=", ".join(words),
            )
        )
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
    return tuple(found)
