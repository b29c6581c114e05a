"""Columns of numbers beside ratings of the bond that are something else, or somebody else's: not taken unasked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reattune.alliance.published_scores import named_in, published_scores
from reattune.exchange.column_names import is_symptom, therapists_of_pairs, whose_and_what, word_set, words_of


def columns_beside(columns: Mapping[str, Sequence[float]]) -> frozenset[str]:
    """The names of those columns with numbers that hardly belong to one questionnaire with the others.

    Those are the therapist's of pairs, and what by its name is the therapist's rating, of symptoms, a sum of the
    others or no rating; and a yes or no beside longer scales. None, where nothing would be left.
    """
    highest = max((value for values in columns.values() for value in values), default=0.0)
    other = {
        name
        for name, values in columns.items()
        if _is_other(name) or (highest > 2 and values and set(values) <= {0.0, 1.0})
    }
    pairs = therapists_of_pairs(columns)
    return pairs | other if columns.keys() - other - pairs else pairs


def _is_other(name: str) -> bool:
    words = words_of(name)
    whose, what = whose_and_what(name)
    known = named_in(words, published_scores().values())
    return (
        (whose == "therapist" and set(what) <= word_set("score") | word_set("whole"))
        or is_symptom(name)
        or (known is not None and known[0].symptoms)
        or bool(word_set("beside_ratings").intersection(words))
        or (bool(word_set("totals").intersection(words)) and set(words) <= word_set("totals") | word_set("whole"))
    )
