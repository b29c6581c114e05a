"""Check-ins as a FHIR bundle, R4 or R5, and back: Questionnaire, QuestionnaireResponse, Observation; nothing else.

The resources are plain dictionaries; the tests validate them with `fhir.resources` (R4B and R5), which is 400 classes
that the app would otherwise have to load. No name, no date of birth, no identifier of a person is written: the
subject is "the person who keeps this journal" and nothing more, and each session has the number that the therapist
has in this journal; in a therapist's own, the subject is the short name of a client and the number that the client has.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from reattune.alliance.instruments import total_score
from reattune.exchange.deterministic_ids import steady_id
from reattune.journal.documents.relationship import CheckIn, InstrumentDefinition, Session

Release = Literal["R4", "R5"]
_BASE = "https://reattune.invalid/fhir"  # a name, not an address: nothing is ever fetched
DEFINITION = f"{_BASE}/definition"
THERAPIST = f"{_BASE}/therapist"
ADDRESSES = f"{_BASE}/Questionnaire/"
CLIENTS = "urn:uuid:"
UNSAID, LEAVE = "unsaid", "urge_to_leave"
# What they are called beside a questionnaire that has a question of that key: no linkId is there twice.
BESIDE = "reattune."
_SUBJECT = {"display": "The person who keeps this journal"}


def to_fhir(
    check_ins: Iterable[tuple[Session, CheckIn]],
    instruments: Mapping[str, InstrumentDefinition],
    made: datetime,
    release: Release,
    subjects: Mapping[UUID, str] | None = None,
) -> bytes:
    """A bundle of type ``collection``: each instrument, each check-in, and its score (0-100) as an observation.

    Words are left out: what was left unsaid, and notes. ``instruments`` are by name (``"reattune-check-in/1"``).
    ``subjects``, in a therapist's journal, is what each client is called there, by the id of the relationship.
    """
    kept = list(check_ins)
    entries = [_questionnaire(instruments[name]) for name in sorted({c.instrument for _, c in kept} & set(instruments))]
    for session, check_in in kept:
        definition = instruments.get(check_in.instrument)
        who = session.relationship_id
        # Two clients may be called the same.
        subject = {"display": subjects[who], "reference": f"{CLIENTS}{who}"} if subjects else _SUBJECT
        # Sessions with two therapists are not one course; who they are, nobody can tell from a number.
        with_whom = {} if subjects else {"extension": [{"url": THERAPIST, "valueString": str(who)}]}
        entries.append({**_response(session, check_in, definition), **with_whom, "subject": subject})
        total = _total(definition, check_in)
        if definition is not None and total is not None:
            entries.append({**_observation(session, check_in, definition, total), "subject": subject})
    bundle = {
        "resourceType": "Bundle",
        "meta": {"tag": [{"system": f"{_BASE}/release", "code": release}]},
        "type": "collection",
        "timestamp": made.isoformat(timespec="seconds"),
        "entry": [{"fullUrl": f"urn:uuid:{each['id']}", "resource": each} for each in entries],
    }
    return json.dumps(bundle, ensure_ascii=False, indent=1).encode()


def _address(name: str) -> str:
    return f"{ADDRESSES}{name.partition('/')[0]}"


def _canonical(name: str) -> str:
    key, _, version = name.partition("/")
    return f"{_address(key)}|{version or '1'}"


def _questionnaire(definition: InstrumentDefinition) -> dict[str, Any]:
    items = [
        {
            "linkId": item.key,
            "type": "decimal",
            "required": False,
            **({"text": _text(item.text, item.low, item.high)} if item.text else {}),
        }
        for item in definition.items
    ]
    leave, unsaid = _beside(LEAVE, definition), _beside(UNSAID, definition)
    items.append({"linkId": leave, "type": "integer", "required": False, "text": "Urge to leave, 0-10"})
    items.append({"linkId": unsaid, "type": "boolean", "required": False, "text": "Something was left unsaid"})
    return {
        "resourceType": "Questionnaire",
        "id": str(steady_id("questionnaire", definition.name)),
        # FHIR has no room for which end is better, nor for what else a score is made of.
        "extension": [{"url": DEFINITION, "valueString": definition.model_dump_json()}],
        "url": _address(definition.key),
        "version": str(definition.version),
        "title": definition.title,
        "status": "active",
        "description": f"Answers from {definition.scale_low:g} to {definition.scale_high:g} in steps of "
        f"{definition.scale_step:g}. {definition.source}".strip(),
        "item": items,
    }


def _beside(link_id: str, definition: InstrumentDefinition | None) -> str:
    asked = {item.key for item in definition.items} if definition else set()
    return BESIDE + link_id if link_id in asked else link_id


def _text(text: str, low: str, high: str) -> str:
    return f"{text} ({low} … {high})" if low or high else text


def _response(session: Session, check_in: CheckIn, definition: InstrumentDefinition | None) -> dict[str, Any]:
    order = [item.key for item in definition.items] if definition else sorted(check_in.answers)
    items: list[dict[str, Any]] = [
        {"linkId": key, "answer": [{"valueDecimal": check_in.answers[key]}]} for key in order if key in check_in.answers
    ]
    if check_in.urge_to_leave is not None:
        items.append({"linkId": _beside(LEAVE, definition), "answer": [{"valueInteger": check_in.urge_to_leave}]})
    if check_in.unsaid is not None:
        items.append({"linkId": _beside(UNSAID, definition), "answer": [{"valueBoolean": check_in.unsaid}]})
    return {
        "resourceType": "QuestionnaireResponse",
        "id": str(check_in.id),
        "questionnaire": _canonical(check_in.instrument),
        "status": "completed",
        "subject": _SUBJECT,
        "authored": session.local(session.at).isoformat(timespec="seconds"),
        **({"item": items} if items else {}),
    }


def _total(definition: InstrumentDefinition | None, check_in: CheckIn) -> float | None:
    return total_score(definition, check_in.answers) if definition else None


def _observation(session: Session, check_in: CheckIn, definition: InstrumentDefinition, total: float) -> dict[str, Any]:
    category = {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "survey"}
    return {
        "resourceType": "Observation",
        "id": str(steady_id("observation", check_in.id)),
        "status": "final",
        "category": [{"coding": [category]}],
        "code": {
            "coding": [{"system": f"{_BASE}/scores", "code": definition.key}],
            "text": f"{definition.title}, total",
        },
        "subject": _SUBJECT,
        "effectiveDateTime": session.local(session.at).isoformat(timespec="seconds"),
        "valueQuantity": {"value": round(total, 2), "unit": "of 100"},
        "derivedFrom": [{"reference": f"urn:uuid:{check_in.id}"}],
    }
