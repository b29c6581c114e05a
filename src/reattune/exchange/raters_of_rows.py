"""Which of the two has rated, where a column of a table says so."""

from __future__ import annotations

from collections.abc import Sequence

from reattune.exchange.column_names import whose_word, word_set, words_of
from reattune.journal.therapists_vocabulary import Rater


def rater_column(head: Sequence[str], rows: Sequence[Sequence[str]]) -> int | None:
    """The column that says which of the two has rated; ``None`` where no row is a therapist's."""
    for place, name in enumerate(head):
        if "".join(words_of(name)) in word_set("rater") and any(whose_word(row[place]) == "therapist" for row in rows):
            return place
    return None


def rater_in(cell: str) -> Rater | None:
    """Whose rating a row is by what its cell says, the client's where that is nothing; ``None`` for somebody else's."""
    said = whose_word(cell) if cell.strip() else "client"
    return Rater(said) if said else None
