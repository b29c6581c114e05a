"""Whose answers of a FHIR bundle are: told by who the subject is, not by what it is displayed as alone."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from reattune.exchange.fhir import CLIENTS
from reattune.exchange.fhir_before import CameBefore
from reattune.exchange.fhir_bundle import Response
from reattune.exchange.fhir_questionnaires import keys_of
from reattune.journal.documents.relationship import Relationship


@dataclass(frozen=True)
class Subject:
    """Of whom a response is.

    Attributes:
        name: what it is displayed as, its identifier, or the end of its reference.
        who: reference, identifier and a resource inside the response, as text; empty where there is only a name.
        client_id: of the client, where Reattune wrote it.
    """

    name: str
    who: str = ""
    client_id: UUID | None = None


def subject_of(response: Mapping[str, Any], name: str) -> Subject:
    """The subject of a QuestionnaireResponse; that of a file called ``name`` where it says none."""
    given = whole_subject(response)
    identifier = given.get("identifier")
    identifier = identifier if isinstance(identifier, dict) else {}
    reference = str(given.get("reference") or "").partition("/_history/")[0]
    shown = given.get("display") or identifier.get("value") or reference.rpartition("/")[2]
    told = {
        "reference": reference,
        "identifier": [identifier.get("system"), identifier.get("value")] if identifier else "",
        "contained": given.get("contained", ""),
    }
    who = json.dumps(told, sort_keys=True) if any(told.values()) else ""
    shown_as = str(shown or name.rpartition(".")[0] or name).strip()
    try:
        return Subject(shown_as, who, UUID(reference.removeprefix(CLIENTS)) if reference.startswith(CLIENTS) else None)
    except ValueError:
        return Subject(shown_as, who)


def whole_subject(response: Mapping[str, Any]) -> dict[str, Any]:
    """The subject of a response, with the resource that lies inside the response where it names that."""
    given = response.get("subject")
    subject = dict(given) if isinstance(given, dict) else {}
    reference, inside = subject.get("reference"), response.get("contained")
    if isinstance(reference, str) and reference.startswith("#") and isinstance(inside, list):
        subject["contained"] = [each for each in inside if isinstance(each, dict) and f"#{each.get('id')}" == reference]
    return subject


def together_before(
    of_one_name: Mapping[Subject, Sequence[Response]], here: Relationship, before: CameBefore
) -> dict[Subject, list[Response]]:
    """Of each who is displayed under one name, the answers that are with the client ``here`` already.

    Each check-in is of one of them, and first of whoever has most there: two may have answered alike.
    """
    most = sorted(of_one_name, key=lambda each: -len(_claimed(of_one_name[each], here, before, set())))
    taken: set[UUID] = set()
    claimed = {subject: _claimed(of_one_name[subject], here, before, taken) for subject in most}
    return {subject: answers for subject, answers in claimed.items() if answers}


def _claimed(said: Sequence[Response], here: Relationship, before: CameBefore, taken: set[UUID]) -> list[Response]:
    found = []
    for each in said:
        check_in = before.check_in(here, each, keys_of(each.canonical), taken)
        if check_in is not None:
            taken.add(check_in)
            found.append(each)
    return found
