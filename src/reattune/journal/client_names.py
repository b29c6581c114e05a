"""Short names of clients: two under one name would be taken for each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable
from itertools import chain, count

from reattune.journal.documents.relationship import Relationship
from reattune.text.normal_form import normal_form

# As long as a short name may be.
LONGEST_NAME = 40


def single_spaces(name: str) -> str:
    """A name as it is compared, but for its case."""
    return " ".join(normal_form("NFC", name).split())


def name_key(name: str) -> str:
    """What is the same for two names that are one: Weiß and Weiss are two."""
    return single_spaces(name).lower()


def free_name(name: str, taken: Container[str]) -> str:
    """The name, or with a number the first that isn't among the keys ``taken``."""
    numbered = (f"{name[: LONGEST_NAME - len(str(n)) - 1].strip()} {n}" for n in count(2))
    return next(each for each in chain([name], numbered) if name_key(each) not in taken)


def shared_names(clients: Iterable[Relationship]) -> frozenset[str]:
    """The keys of names that several clients have: from before those were numbered."""
    return frozenset(key for key, n in Counter(name_key(each.name) for each in clients).items() if n > 1)
