"""Check-ins as a FHIR bundle, R4 or R5, and back: Questionnaire, QuestionnaireResponse, Observation; nothing else.

The resources are plain dictionaries; the tests validate them with `fhir.resources` (R4B and R5), which is 400 classes
that the app would otherwise have to load. No name, no date of birth, no identifier of a person is written: the
subject is a reference to "the person who keeps this journal" and nothing more.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from reattune.alliance.instruments import InstrumentError, total_score
from reattune.content.speech import say
from reattune.exchange.deterministic_ids import made_at, steady_id
from reattune.exchange.errors import ExchangeError
from reattune.journal import JournalError
from reattune.journal.documents import Document
from reattune.journal.documents.relationship import CheckIn, Instrument, InstrumentDefinition, Relationship, Session

Release = Literal["R4", "R5"]
_BASE = "https://reattune.invalid/fhir"  # a name, not an address: nothing is ever fetched
_UNSAID, _LEAVE = "unsaid", "urge_to_leave"
_SUBJECT = {"display": "The person who keeps this journal"}
_MOST, _LARGEST_ANSWER = 100_000, 1e9


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
        subject = {"display": subjects[session.relationship_id]} if subjects else _SUBJECT
        entries.append({**_response(session, check_in, definition), "subject": subject})
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
    return f"{_BASE}/Questionnaire/{name.partition('/')[0]}"


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
    items.append({"linkId": _LEAVE, "type": "integer", "required": False, "text": "Urge to leave, 0-10"})
    items.append({"linkId": _UNSAID, "type": "boolean", "required": False, "text": "Something was left unsaid"})
    return {
        "resourceType": "Questionnaire",
        "id": str(steady_id("questionnaire", definition.name)),
        "url": _address(definition.key),
        "version": str(definition.version),
        "title": definition.title,
        "status": "active",
        "description": f"Answers from {definition.scale_low:g} to {definition.scale_high:g} in steps of "
        f"{definition.scale_step:g}. {definition.source}".strip(),
        "item": items,
    }


def _text(text: str, low: str, high: str) -> str:
    return f"{text} ({low} … {high})" if low or high else text


def _response(session: Session, check_in: CheckIn, definition: InstrumentDefinition | None) -> dict[str, Any]:
    order = [item.key for item in definition.items] if definition else sorted(check_in.answers)
    items: list[dict[str, Any]] = [
        {"linkId": key, "answer": [{"valueDecimal": check_in.answers[key]}]} for key in order if key in check_in.answers
    ]
    if check_in.urge_to_leave is not None:
        items.append({"linkId": _LEAVE, "answer": [{"valueInteger": check_in.urge_to_leave}]})
    if check_in.unsaid is not None:
        items.append({"linkId": _UNSAID, "answer": [{"valueBoolean": check_in.unsaid}]})
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
    if definition is None:
        return None
    try:
        return total_score(definition, check_in.answers)
    except InstrumentError:
        return None


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


def from_fhir(
    content: bytes, instruments: Mapping[str, InstrumentDefinition], therapist: Relationship, name: str = "The file"
) -> list[Document]:
    """Sessions and check-ins from the QuestionnaireResponses of a bundle, R4 or R5.

    Answers to a questionnaire of the bundle that is not known here bring that questionnaire along as an `Instrument`,
    its scale as the answers show it. All other resources are passed over.

    Raises:
        ExchangeError: it is not such a bundle, or an answer cannot be read; it names the place.
    """
    bundle = _bundle(content, name)
    resources = _resources(bundle, name)
    known = dict(instruments)
    found: list[Document] = []
    responses = [each for each in resources if each.get("resourceType") == "QuestionnaireResponse"]
    if not responses:
        raise ExchangeError(say("{name} has no QuestionnaireResponse; only check-ins can be imported.", name=name))
    read = [_read(each, f"{name}, QuestionnaireResponse {number}") for number, each in enumerate(responses, start=1)]
    for questionnaire in (each for each in resources if each.get("resourceType") == "Questionnaire"):
        url = str(questionnaire.get("url") or questionnaire.get("id") or "")
        given = [each[2] for each in read if each[1].partition("|")[0] in {url, f"Questionnaire/{url}"}]
        instrument = _instrument(questionnaire, given, therapist, f"{name}, Questionnaire {url!r}")
        if instrument and instrument.definition.name not in known:
            known[instrument.definition.name] = instrument.definition
            found.append(instrument)
    for number, (at, canonical, answers, leave, unsaid) in enumerate(read, start=1):
        where = f"{name}, QuestionnaireResponse {number}"
        found += _check_in(at, _named(canonical), answers, leave, unsaid, therapist, where)
    return found


def _bundle(content: bytes, name: str) -> dict[str, Any]:
    try:
        bundle = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ExchangeError(say("{name} isn't JSON in UTF-8.", name=name)) from error
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        raise ExchangeError(say("{name} isn't a FHIR bundle.", name=name))
    return bundle


def _resources(bundle: dict[str, Any], name: str) -> list[dict[str, Any]]:
    entries = bundle.get("entry") or []
    if not isinstance(entries, list) or len(entries) > _MOST:
        raise ExchangeError(say("{name}: its entries aren't a list of at most {most}.", name=name, most=_MOST))
    resources = [each.get("resource") for each in entries if isinstance(each, dict)]
    return [each for each in resources if isinstance(each, dict)]


_Read = tuple[datetime, str, dict[str, float], int | None, bool | None]


def _read(response: dict[str, Any], where: str) -> _Read:
    authored = response.get("authored")
    try:
        at = datetime.fromisoformat(str(authored))
    except ValueError as error:
        raise ExchangeError(say("{where}: its time ('authored') is missing or isn't a time.", where=where)) from error
    if at.tzinfo is None:
        raise ExchangeError(say("{where}: its time ('authored') has no time zone.", where=where))
    answers: dict[str, float] = {}
    leave: int | None = None
    unsaid: bool | None = None
    items = response.get("item") or []
    if not isinstance(items, list) or len(items) > 1_000:
        raise ExchangeError(say("{where}: its items aren't a list.", where=where))
    for item in items:
        key, value = _answer(item, where)
        number = _number(value)
        if key == _UNSAID and isinstance(value, bool):
            unsaid = value
        elif number is None:
            continue
        elif key == _LEAVE:
            leave = round(number)
        else:
            answers[key] = number
    return at, str(response.get("questionnaire") or "imported"), answers, leave, unsaid


def _number(value: object) -> float | None:
    """A number that can be an answer; ``None`` for everything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) <= _LARGEST_ANSWER:
        return None
    return float(value)


def _answer(item: Any, where: str) -> tuple[str, object]:
    if not isinstance(item, dict) or not isinstance(item.get("linkId"), str):
        raise ExchangeError(say("{where}: an item has no linkId.", where=where))
    answers = item.get("answer") or []
    first = answers[0] if isinstance(answers, list) and answers and isinstance(answers[0], dict) else {}
    values = [value for name, value in first.items() if name.startswith("value")]
    return item["linkId"], values[0] if values else None


def _named(canonical: str) -> str:
    address, _, version = canonical.partition("|")
    return f"{_key(address.rpartition('/')[2])}/{version if version.isdigit() else 1}"


def _key(words: str) -> str:
    cleaned = re.sub(r"[^a-z0-9-]", "_", words.lower()).strip("_-")
    return (cleaned if cleaned[:1].isalpha() else f"i_{cleaned}")[:60] or "imported"


def _instrument(
    questionnaire: dict[str, Any], answers: list[dict[str, float]], therapist: Relationship, where: str
) -> Instrument | None:
    values = [value for each in answers for value in each.values()]
    keys = list(dict.fromkeys(key for each in answers for key in each))
    if not values:
        return None
    given = questionnaire.get("item")
    texts = {
        str(each.get("linkId")): str(each.get("text") or "")[:2_000]
        for each in (given if isinstance(given, list) else [])
        if isinstance(each, dict)
    }
    url, version = str(questionnaire.get("url") or questionnaire.get("id")), str(questionnaire.get("version") or "1")
    name = _named(f"{url}|{version}")
    definition = {
        "key": name.partition("/")[0],
        "version": int(name.partition("/")[2]),
        "title": str(questionnaire.get("title") or name)[:200],
        "scale_low": min(0.0, *values),
        "scale_high": max(10.0, *values),
        "items": [{"key": key, "subscale": "whole", "text": texts.get(key, "")} for key in keys],
        "max_missing": max(0, len(keys) - 1),
    }
    try:
        made = made_at(Instrument, steady_id("instrument", name), therapist.created, "UTC", definition=definition)
    except JournalError as error:
        raise ExchangeError(say("{where}: {error}", where=where, error=error)) from error
    assert isinstance(made, Instrument)  # noqa: S101
    return made


def _check_in(
    at: datetime,
    instrument: str,
    answers: dict[str, float],
    leave: int | None,
    unsaid: bool | None,
    therapist: Relationship,
    where: str,
) -> list[Document]:
    session_id: UUID = steady_id("session", therapist.id, at.timestamp(), instrument)
    try:
        session = made_at(Session, session_id, at, "UTC", relationship_id=therapist.id, at=at)
        check_in = made_at(
            CheckIn,
            steady_id("check-in", session_id),
            at,
            "UTC",
            session_id=session_id,
            instrument=instrument,
            answers=answers,
            urge_to_leave=leave,
            unsaid=unsaid,
        )
    except JournalError as error:
        raise ExchangeError(say("{where}: {error}", where=where, error=error)) from error
    return [session, check_in]
