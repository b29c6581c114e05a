"""Check-ins out of a FHIR bundle, R4 or R5, whoever wrote it."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from reattune.content.translated_sentences import say
from reattune.exchange.deterministic_ids import made_at, steady_id
from reattune.exchange.errors import ExchangeError
from reattune.exchange.fhir import LEAVE, UNSAID
from reattune.journal import JournalError
from reattune.journal.documents import Document
from reattune.journal.documents.relationship import (
    OWN_KEY,
    CheckIn,
    Instrument,
    InstrumentDefinition,
    Relationship,
    Session,
)

_MOST, _MOST_QUESTIONNAIRES, _LARGEST_ANSWER, _NAMED = 100_000, 200, 1e9, 5
# Where clocks differ by parts of an hour; whole hours have zones of their own.
_PARTS_OF_HOURS = (
    "Asia/Kolkata", "America/St_Johns", "Asia/Tehran", "Asia/Kabul", "Asia/Kathmandu", "Asia/Yangon",
    "Australia/Adelaide", "Australia/Darwin", "Australia/Eucla", "Pacific/Chatham", "Pacific/Marquesas",
)  # fmt: skip
_VERSION = re.compile(r"[1-9][0-9]{0,4}")


@dataclass(frozen=True)
class Found:
    """What a bundle holds.

    Attributes:
        documents: questionnaires that are not known here, then sessions with their check-ins.
        left_out: a sentence about answers that could not be read, if there are any.
    """

    documents: list[Document]
    left_out: tuple[str, ...] = ()


def from_fhir(
    content: bytes,
    instruments: Mapping[str, InstrumentDefinition],
    therapist: Relationship,
    name: str = "The file",
    zone: str = "UTC",
) -> Found:
    """Sessions and check-ins from the QuestionnaireResponses of a bundle, R4 or R5.

    Answers to a questionnaire of the bundle that is not known here bring that questionnaire along as an `Instrument`,
    its scale as the answers show it; answers that a known one has no room for, a new version of it. Answers inside
    groups count like others. All other resources are passed over. ``zone`` is that of the journal, see `_zone_of`.

    Raises:
        ExchangeError: it is not such a bundle, it holds answers of several people, or an answer cannot be read; it
            names the place.
    """
    responses, questionnaires = parts_of(content, name)
    people = {json.dumps(each["subject"], sort_keys=True) for each in responses if each.get("subject")}
    if len(people) > 1:
        raise ExchangeError(
            say(
                "{name} holds the answers of {n} people. Choose a file that holds only yours.",
                name=name,
                n=len(people),
            )
        )
    return check_ins_of(responses, questionnaires, instruments, therapist, name, zone)


def parts_of(content: bytes, name: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The QuestionnaireResponses of a bundle, at least one, and its Questionnaires.

    Raises:
        ExchangeError: it is not such a bundle.
    """
    resources = _resources(_bundle(content, name), name)
    responses = [each for each in resources if each.get("resourceType") == "QuestionnaireResponse"]
    if not responses:
        raise ExchangeError(say("{name} has no QuestionnaireResponse; only check-ins can be imported.", name=name))
    return responses, [each for each in resources if each.get("resourceType") == "Questionnaire"]


def check_ins_of(
    responses: list[dict[str, Any]],
    questionnaires: list[dict[str, Any]],
    instruments: Mapping[str, InstrumentDefinition],
    therapist: Relationship,
    name: str,
    zone: str,
) -> Found:
    """The same from the answers of one person, and the questionnaires that lie beside them.

    Raises:
        ExchangeError: an answer cannot be read; it names the place.
    """
    read = [_read(each, f"{name}, QuestionnaireResponse {number}") for number, each in enumerate(responses, start=1)]
    instrument_names, made = _versions(read, questionnaires, instruments, therapist, name)
    found: list[Document] = [*made]
    taken: dict[tuple[datetime, str], list[object]] = {}
    for number, (each, instrument) in enumerate(zip(read, instrument_names, strict=True), start=1):
        said = [each.answers, each.leave, each.unsaid]
        others = taken.setdefault((each.at, instrument), [])
        if said not in others:
            others.append(said)
            where = f"{name}, QuestionnaireResponse {number}"
            found += _check_in(each, instrument, len(others), therapist, zone, where)
    unread = Counter(key for each in read for key in each.unread)
    if not unread:
        return Found(found)
    which = ", ".join(f"{key[:40]} ({n})" for key, n in unread.most_common(_NAMED))
    sentence = say(
        "Answers that aren’t one number are left out, and totals are made without them: {which}.", which=which
    )
    return Found(found, (sentence,))


def _bundle(content: bytes, name: str) -> dict[str, Any]:
    try:
        bundle = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ExchangeError(say("{name} isn’t JSON in UTF-8.", name=name)) from error
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        raise ExchangeError(say("{name} isn’t a FHIR bundle.", name=name))
    return bundle


def _resources(bundle: dict[str, Any], name: str) -> list[dict[str, Any]]:
    entries = bundle.get("entry") or []
    if not isinstance(entries, list) or len(entries) > _MOST:
        raise ExchangeError(say("{name}: its entries aren’t a list of at most {most}.", name=name, most=_MOST))
    resources = [each.get("resource") for each in entries if isinstance(each, dict)]
    return [each for each in resources if isinstance(each, dict)]


@dataclass(frozen=True)
class _Response:
    """One set of answers; ``unread`` are the items with answers that are no number."""

    at: datetime
    canonical: str
    answers: dict[str, float]
    leave: int | None
    unsaid: bool | None
    unread: tuple[str, ...]


def _read(response: dict[str, Any], where: str) -> _Response:
    authored = response.get("authored")
    try:
        at = datetime.fromisoformat(str(authored))
    except ValueError as error:
        raise ExchangeError(say("{where}: its time ('authored') is missing or isn’t a time.", where=where)) from error
    if at.tzinfo is None:
        raise ExchangeError(say("{where}: its time ('authored') has no time zone.", where=where))
    answers: dict[str, float] = {}
    leave: int | None = None
    unsaid: bool | None = None
    unread: list[str] = []
    for key, values in _items(response, where):
        value = values[0] if len(values) == 1 else None
        number = _number(value)
        if key == UNSAID and isinstance(value, bool):
            unsaid = value
        elif number is None or key in answers:
            unread.append(key)
        elif key == LEAVE:
            leave = round(number)
        else:
            answers[key] = number
    return _Response(at, str(response.get("questionnaire") or "imported"), answers, leave, unsaid, tuple(unread))


def _items(response: dict[str, Any], where: str) -> Iterator[tuple[str, list[object]]]:
    """Every item that was answered, with the values of its answers: also inside groups, and below answers."""
    waiting = [response]
    seen = 0
    while waiting:
        items = waiting.pop(0).get("item") or []
        seen += len(items) if isinstance(items, list) else 0
        if not isinstance(items, list) or seen > 1_000:
            raise ExchangeError(say("{where}: its items aren’t a list.", where=where))
        for item in items:
            if not isinstance(item, dict) or not isinstance(item.get("linkId"), str):
                raise ExchangeError(say("{where}: an item has no linkId.", where=where))
            given = item.get("answer") or []
            answers = [each for each in (given if isinstance(given, list) else []) if isinstance(each, dict)]
            values = [value for each in answers for name, value in each.items() if name.startswith("value")]
            if values:
                yield item["linkId"], values
            waiting += [item, *answers]


def _number(value: object) -> float | None:
    """A number that can be an answer, also where it is a quantity; ``None`` for everything else."""
    value = value.get("value") if isinstance(value, dict) else value
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) <= _LARGEST_ANSWER:
        return None
    return float(value)


def _named(canonical: str) -> str:
    address, _, version = canonical.partition("|")
    return f"{_key(address.rpartition('/')[2])}/{version if _VERSION.fullmatch(version) else 1}"


def _key(words: str) -> str:
    cleaned = re.sub(r"[^a-z0-9-]", "_", words.lower()).strip("_-")
    return (cleaned if cleaned[:1].isalpha() else f"i_{cleaned}")[:60] or "imported"


def _versions(
    read: list[_Response],
    questionnaires: list[dict[str, Any]],
    instruments: Mapping[str, InstrumentDefinition],
    therapist: Relationship,
    name: str,
) -> tuple[list[str], list[Instrument]]:
    """By which questionnaire each set of answers is read, and those that have to be made for it."""
    known = dict(instruments)
    made: list[Instrument] = []
    by_url = _by_url(questionnaires)
    all_given: dict[str, list[dict[str, float]]] = defaultdict(list)
    for each in read:
        all_given[each.canonical].append(each.answers)
    for canonical, given in all_given.items():
        first = _named(canonical)
        if first.partition("/")[0] == OWN_KEY:
            continue
        questionnaire = by_url.get(canonical.partition("|")[0])
        unfit = [answers for answers in given if answers and not _fitting(first, answers, known)]
        if unfit and (questionnaire is not None or first in known):
            before, free = _latest(first, known)
            where = f"{name}, Questionnaire {canonical!r}"
            instrument = _instrument(free, questionnaire or {}, unfit, before, therapist, where)
            known[free] = instrument.definition
            made.append(instrument)
            if len(made) > _MOST_QUESTIONNAIRES:
                raise ExchangeError(
                    say(
                        "{name} brings more than {most} questionnaires. Import it in several files.",
                        name=name,
                        most=_MOST_QUESTIONNAIRES,
                    )
                )
    return [_fitting(first := _named(each.canonical), each.answers, known) or first for each in read], made


def _by_url(questionnaires: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Each by the names that answers may call it by; of two with one name, the first."""
    found: dict[str, dict[str, Any]] = {}
    for each in questionnaires:
        url = str(each.get("url") or each.get("id") or "")
        found.setdefault(url, each)
        found.setdefault(f"Questionnaire/{url}", each)
    return found


def _following(first: str) -> Iterator[str]:
    key, _, version = first.partition("/")
    return (f"{key}/{number}" for number in count(int(version)))


def _fitting(first: str, answers: dict[str, float], known: Mapping[str, InstrumentDefinition]) -> str:
    """The name of the first version that has room for all answers; empty where none has."""
    for name in _following(first):
        if name not in known:
            return ""
        if not known[name].unfit(answers):
            return name
    return ""


def _latest(first: str, known: Mapping[str, InstrumentDefinition]) -> tuple[InstrumentDefinition | None, str]:
    """The last version that is known, and the name of the one after it."""
    before = None
    for name in _following(first):
        if name not in known:
            return before, name
        before = known[name]
    return before, first


def _instrument(
    name: str,
    questionnaire: dict[str, Any],
    answers: list[dict[str, float]],
    before: InstrumentDefinition | None,
    therapist: Relationship,
    where: str,
) -> Instrument:
    """The questionnaire as its answers show it; with all that the version before it has, where there is one."""
    values = [value for each in answers for value in each.values()]
    keys = dict.fromkeys(key for each in answers for key in each)
    given = questionnaire.get("item")
    texts = {
        str(each.get("linkId")): str(each.get("text") or "")[:2_000]
        for each in (given if isinstance(given, list) else [])
        if isinstance(each, dict)
    }
    earlier = before.model_dump() if before else {}
    items = [*earlier.get("items", ())]
    here = {each["key"] for each in items}
    items += [{"key": key, "subscale": "whole", "text": texts.get(key, "")} for key in keys if key not in here]
    definition = {
        **earlier,
        "key": name.partition("/")[0],
        "version": int(name.partition("/")[2]),
        "title": str(questionnaire.get("title") or earlier.get("title") or name)[:200],
        "scale_low": min(earlier.get("scale_low", 0.0), *values),
        "scale_high": max(earlier.get("scale_high", 10.0), *values),
        "items": items,
        "max_missing": max(0, len(items) - 1),
    }
    try:
        made = made_at(Instrument, steady_id("instrument", name), therapist.created, "UTC", definition=definition)
    except JournalError as error:
        raise ExchangeError(say("{where}: {error}", where=where, error=error)) from error
    assert isinstance(made, Instrument)  # noqa: S101
    return made


def _zone_of(at: datetime, zone: str) -> str:
    """The zone in which a session's day is the one that the file says.

    A time in UTC says no place, since programs write every time so: it is one of the journal's ``zone``. An offset that
    isn't in use there at that time is that of another place.
    """
    offset = at.utcoffset()
    if not offset:
        return zone
    hours, rest = divmod(offset, timedelta(hours=1))
    places = _PARTS_OF_HOURS if rest else (f"Etc/GMT{-hours:+d}",) if -12 <= hours <= 14 else ()
    fitting = (each for each in (zone, *places) if at.replace(tzinfo=ZoneInfo(each)).utcoffset() == offset)
    return next(fitting, zone)


def _check_in(
    said: _Response, instrument: str, number: int, therapist: Relationship, zone: str, where: str
) -> list[Document]:
    """``number`` tells several of one time apart."""
    beside = () if number == 1 else (number,)
    session_id: UUID = steady_id("session", therapist.id, said.at.timestamp(), instrument, *beside)
    there = _zone_of(said.at, zone)
    try:
        session = made_at(Session, session_id, said.at, there, relationship_id=therapist.id, at=said.at)
        check_in = made_at(
            CheckIn,
            steady_id("check-in", session_id),
            said.at,
            there,
            session_id=session_id,
            instrument=instrument,
            answers=said.answers,
            urge_to_leave=said.leave,
            unsaid=said.unsaid,
        )
    except JournalError as error:
        raise ExchangeError(say("{where}: {error}", where=where, error=error)) from error
    return [session, check_in]
