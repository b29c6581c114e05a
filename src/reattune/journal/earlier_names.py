"""What somebody was called before: words from then name them still."""

from __future__ import annotations

import re
from functools import cache
from typing import TypeVar

from reattune.content import LANGUAGES, words
from reattune.journal.document_base import MOST_EARLIER_NAMES, Document, just_after
from reattune.journal.documents import Candidate, Relationship
from reattune.journal.vocabulary import RelationshipKind
from reattune.text.folding import folded

D = TypeVar("D", bound=Document)
_NAMED = (Relationship, Candidate)


def with_earlier_names(here: Document, newer: D) -> D:
    """The newer form of somebody, with every name that either form had: the latest of them, where there are very many.

    Nobody is called so any more: what is shared and what is brought to supervision leave these names out.
    """
    names = _of_both(here, newer, newer)
    return newer if names is None else newer.model_copy(update={"called_before": names})


def with_names_of_both(newer: D, here: Document | None, brought: Document) -> D:
    """The newer form of somebody who was renamed on two computers, with every name of the form ``here``, if there is
    one, and of the one that a file ``brought``.

    It is newer than it was where that adds or drops one, so that every copy comes to it.
    """
    names = _of_both(here or brought, brought, newer)
    if names is None:
        return newer
    before: tuple[str, ...] = getattr(newer, "called_before", ())
    # The name of today does no harm among those of before; and that those known here come last is of this copy alone.
    if set(names) == set(before) - {getattr(newer, "name", "")}:
        return newer if newer is here else newer.model_copy(update={"called_before": names})
    return newer.model_copy(update={"called_before": names, "updated": just_after(newer.updated)})


def _of_both(here: Document, other: Document, who: Document) -> tuple[str, ...] | None:
    """Names of both forms that ``who`` has no more; of what is no person ``None``. Those that are known here are the
    last to go: a file may bring any number of others."""
    if not (isinstance(here, _NAMED) and isinstance(other, _NAMED) and isinstance(who, _NAMED)):
        return None
    known = dict.fromkeys((*here.called_before, here.name))
    brought = [each for each in dict.fromkeys((*other.called_before, other.name)) if each not in known]
    names = [each for each in (*brought, *known) if each != who.name and not of_nobody(each, who)]
    return tuple(names[-MOST_EARLIER_NAMES:])


def of_nobody(name: str, who: Relationship | Candidate) -> bool:
    """Whether an earlier name is a word that names nobody: a pronoun, "not", or one letter. What was written would say
    something else without it. Clients go by a letter."""
    is_client = isinstance(who, Relationship) and who.role is RelationshipKind.CLIENT
    if len(name) == 1 and name.isalpha() and not is_client:
        return True
    said = re.findall(r"[^\W\d_]+", folded(name))
    return bool(said) and _little_words().issuperset(said)


@cache
def _little_words() -> frozenset[str]:
    """In all languages: a journal may be written in several."""
    return frozenset(folded(each) for one in LANGUAGES for each in words("sharing", one)["names"]["nobody"].split())
