"""What the questionnaire of a table is called, until somebody gives it another title."""

from __future__ import annotations

from reattune.exchange.columns_of_clients import client_column
from reattune.exchange.table_of_file import Table
from reattune.journal.documents import Candidate, Relationship
from reattune.journal.journal import Journal
from reattune.journal.names_in_titles import UNTITLED, names_somebody


def title_for(journal: Journal, table: Table, file: str) -> str:
    """The name of the file, unless it names somebody: one person's name is not to stand over another's ratings."""
    title = file.rpartition(".")[0] or UNTITLED
    people: list[Relationship | Candidate] = [*journal.all(Relationship), *journal.all(Candidate)]
    names = {name for each in people for name in (each.name, *each.called_before)}
    whose = client_column(table)
    names |= {row[whose] for row in table.rows} if whose is not None else set()
    return UNTITLED if names_somebody(title, names) else title
