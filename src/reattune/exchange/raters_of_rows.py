"""Which of the two has rated, where a column of a table says so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reattune.exchange.column_names import Role, role_of, whose_word, word_set, words_of
from reattune.journal.therapists_vocabulary import Rater

# A client may be called T or C, and none "therapist".
_SHORTEST = 3


def says_who_rated(name: str, said: Iterable[str]) -> bool:
    """Whether a column is one of raters, by its name; or by what stands in it: nothing but words for the two.

    A name that may mean the client needs none but the therapist's.
    """
    if "".join(words_of(name)) in word_set("rater"):
        return True
    words = {each.strip() for each in said if each.strip()}
    if any(len(each) < _SHORTEST for each in words):
        return False
    whose = {whose_word(each) for each in words}
    return None not in whose and ("client" in whose or role_of(name) is Role.CLIENT) and "therapist" in whose


def unclear_raters(name: str, said: Iterable[str]) -> tuple[str, ...]:
    """What stands in a column of raters and is no word for the client: who that is, nobody can tell."""
    words = dict.fromkeys(each.strip() for each in said if each.strip())
    if not says_who_rated(name, words) or not words:
        return ()
    clear = all(whose_word(each) == "client" and each.casefold() != "self" for each in words)
    return () if clear else tuple(words)


def rater_column(head: Sequence[str], rows: Sequence[Sequence[str]]) -> int | None:
    """The column that says which of the two has rated; ``None`` where no row is a therapist's."""
    for place, name in enumerate(head):
        said = [row[place] for row in rows]
        if says_who_rated(name, said) and any(whose_word(each) == "therapist" for each in said):
            return place
    return None


def rater_in(cell: str) -> Rater | None:
    """Whose rating a row is by what its cell says; ``None`` where that is nothing, or somebody else's."""
    said = whose_word(cell)
    return Rater(said) if said else None
