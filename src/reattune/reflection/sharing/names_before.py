"""What everybody was called before, in whatever is left out for it when something is shared."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from reattune.journal import Journal
from reattune.journal.documents import Candidate, Relationship
from reattune.journal.earlier_names import of_nobody


def names_before(journal: Journal) -> dict[UUID, tuple[str, ...]]:
    """The earlier names of everybody, of a therapist also those while they were one of several to choose from."""
    people = {each.id: each for each in journal.all(Relationship)}
    found = {each.id: dict.fromkeys(each.called_before) for each in people.values()}
    for each in journal.all(Candidate):
        found[each.id] = dict.fromkeys(each.called_before)
        if who := people.get(each.relationship_id) if each.relationship_id else None:
            also = (name for name in (each.name, *each.called_before) if name != who.name and not of_nobody(name, who))
            found[who.id] |= dict.fromkeys(also)
    return {who: tuple(names) for who, names in found.items()}


def without_name(
    journal: Journal, who: Relationship | Candidate, name: str
) -> list[tuple[Relationship | Candidate, dict[str, Any]]]:
    """What has to change so that an earlier name of somebody is forgotten: each document, and its fields."""
    chosen = [each for each in journal.all(Candidate) if each.relationship_id == who.id]
    changes = []
    for each in (who, *chosen):
        fields: dict[str, Any] = {"called_before": tuple(known for known in each.called_before if known != name)}
        if each is not who and each.name == name:
            fields["name"] = who.name
        changes.append((each, fields))
    return changes
