"""Choosing a person in a form, or naming a new one."""

from __future__ import annotations

from functools import cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from reattune.journal.documents import Relationship
from reattune.web.store.open_journal import OpenJournal


def unnamed_therapist() -> str:
    """What the therapist of somebody is called who wrote before saying a name; it stands within sentences."""
    return _("my therapist")


def is_unnamed(who: Relationship) -> bool:
    """Whether nobody has said a name for this therapist yet, whatever language the journal was in then."""
    return who.name.casefold() in _unnamed_in(tuple(code for code, _name in settings.LANGUAGES))


@cache
def _unnamed_in(languages: tuple[str, ...]) -> frozenset[str]:
    found = set()
    for language in languages:
        with translation.override(language):
            found.add(unnamed_therapist().casefold())
    return frozenset(found)


def whom_to_choose(opened: OpenJournal) -> list[Relationship]:
    """Everyone, the current therapist first."""
    therapist = opened.journal.therapist
    others = [person for person in opened.journal.all(Relationship) if person != therapist]
    return ([therapist] if therapist else []) + others


def person_chosen(opened: OpenJournal, data: dict[str, Any]) -> UUID:
    """The person a form chose (``who``), made where they are ``new`` (``name``, ``role``).

    A new one who is a therapist is one of the past: the current one is set up in Settings.

    Raises:
        JournalError: they cannot be kept.
    """
    if data["who"] != "new":
        return UUID(data["who"])
    role = data["role"] or "other"
    status = "past" if role == "therapist" else "current"
    return opened.create(Relationship, name=data["name"], role=role, status=status).id
