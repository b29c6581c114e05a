"""What stands in a FHIR bundle, R4 or R5, whoever wrote it: the answers of each response, and what goes with them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from reattune.content.translated_sentences import say
from reattune.exchange.deterministic_ids import steady_id
from reattune.exchange.errors import ExchangeError
from reattune.exchange.fhir import BESIDE, DEFINITION, LEAVE, THERAPIST, UNSAID
from reattune.exchange.json_files import json_of_file
from reattune.journal.documents.relationship import InstrumentDefinition

_MOST, _LARGEST_ANSWER = 100_000, 1e9
_FINISHED = ("completed", "amended")
_OTHERS = ("Practitioner", "PractitionerRole", "RelatedPerson")
_WHOLE = re.compile(r"[0-9]{1,9}")
_KEY = re.compile(r"[a-z][a-z0-9_-]{0,59}")


@dataclass(frozen=True)
class Response:
    """One set of answers, by keys.

    Attributes:
        unread: the items with answers that are no number.
        where: its place in the file.
        therapist: the id of whom the session was with, where Reattune wrote it; else empty.
    """

    at: datetime
    canonical: str
    answers: dict[str, float]
    leave: int | None
    unsaid: bool | None
    unread: tuple[str, ...]
    where: str
    therapist: str = ""


@dataclass(frozen=True)
class Parts:
    """What a bundle holds.

    Attributes:
        responses: the QuestionnaireResponses that count, by their numbers among all of them.
        questionnaires: those that lie beside them.
        left_out: sentences about responses that don't count.
    """

    responses: dict[int, dict[str, Any]]
    questionnaires: list[dict[str, Any]]
    left_out: tuple[str, ...] = ()


def parts_of(content: bytes, name: str) -> Parts:
    """The QuestionnaireResponses of a bundle and its Questionnaires.

    What isn't finished or was an error doesn't count, nor what somebody else than the client answered; of what was
    amended the latest form does.

    Raises:
        ExchangeError: it is not such a bundle, or has none.
    """
    resources = _resources(_bundle(content, name), name)
    responses = [each for each in resources if each.get("resourceType") == "QuestionnaireResponse"]
    if not responses:
        raise ExchangeError(say("{name} has no QuestionnaireResponse; only check-ins can be imported.", name=name))
    latest = _latest(responses)
    finished = {number: each for number, each in latest.items() if (each.get("status") or "completed") in _FINISHED}
    theirs = {number: each for number, each in finished.items() if not _by_another(each)}
    left_out = []
    if n := len(latest) - len(finished):
        left_out.append(say("Answers that aren’t finished, or were entered in error, are left out: {n}.", n=n))
    if n := len(finished) - len(theirs):
        left_out.append(
            say("Answers that somebody else gave, such as a therapist or a relative, are left out: {n}.", n=n)
        )
    questionnaires = [each for each in resources if each.get("resourceType") == "Questionnaire"]
    return Parts(theirs, questionnaires, tuple(left_out))


def _latest(responses: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """The responses by their numbers; of several forms of one, which have the same id, the latest."""
    found: dict[object, tuple[tuple[int, str, bool], int]] = {}
    for number, each in enumerate(responses, start=1):
        which = (
            json.dumps([each.get(field) for field in ("id", "subject", "questionnaire")]) if each.get("id") else number
        )
        given = each.get("meta")
        meta = given if isinstance(given, dict) else {}
        version = str(meta.get("versionId") or "")
        form = (
            int(version) if _WHOLE.fullmatch(version) else 0,
            str(meta.get("lastUpdated") or ""),
            bool(each.get("status") != "completed"),
        )
        if which not in found or found[which][0] <= form:
            found[which] = form, number
    numbers = {number for _form, number in found.values()}
    return {number: each for number, each in enumerate(responses, start=1) if number in numbers}


def _by_another(response: dict[str, Any]) -> bool:
    """Whether somebody else answered than whom the answers are about; where nothing says, whoever wrote them down."""
    given = response.get("source") or response.get("author")
    who = given if isinstance(given, dict) else {}
    kinds = {str(who.get("type") or ""), *str(who.get("reference") or "").split("/")}
    return who != response.get("subject") and not kinds.isdisjoint(_OTHERS)


def _bundle(content: bytes, name: str) -> dict[str, Any]:
    bundle = json_of_file(content, name)
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        raise ExchangeError(say("{name} isn’t a FHIR bundle.", name=name))
    return bundle


def _resources(bundle: dict[str, Any], name: str) -> list[dict[str, Any]]:
    entries = bundle.get("entry") or []
    if not isinstance(entries, list) or len(entries) > _MOST:
        raise ExchangeError(say("{name}: its entries aren’t a list of at most {most}.", name=name, most=_MOST))
    resources = [each.get("resource") for each in entries if isinstance(each, dict)]
    return [each for each in resources if isinstance(each, dict)]


def read_all(parts: Parts, name: str) -> list[Response]:
    """What each of the responses answers, by its number in the file called ``name``.

    Raises:
        ExchangeError: an answer cannot be read; it names the place.
    """
    asked = _asked_in(parts.questionnaires)
    return [
        _read(each, f"{name}, QuestionnaireResponse {number}", asked.get(str(each.get("questionnaire")), frozenset()))
        for number, each in parts.responses.items()
    ]


def _asked_in(questionnaires: Iterable[dict[str, Any]]) -> dict[str, frozenset[str]]:
    """By the canonical address of questionnaires that Reattune wrote, the keys of their own questions."""
    return {
        f"{each.get('url')}|{each.get('version')}": frozenset(item.key for item in own.items)
        for each in questionnaires
        if (own := own_definition(each))
    }


def own_definition(questionnaire: dict[str, Any]) -> InstrumentDefinition | None:
    """The whole definition in a questionnaire that Reattune wrote; ``None`` where it is none."""
    given = questionnaire.get("extension")
    for each in given if isinstance(given, list) else []:
        if isinstance(each, dict) and each.get("url") == DEFINITION:
            try:
                return InstrumentDefinition.model_validate_json(str(each.get("valueString")))
            except ValidationError:
                return None
    return None


def _read(response: dict[str, Any], where: str, asked: frozenset[str]) -> Response:
    """``asked`` are the keys of the questionnaire's own questions, where it says so."""
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
    items = list(_items(response, where))
    if any(link_id == BESIDE + LEAVE for link_id, _ in items):
        asked |= {LEAVE}  # a file without the questionnaire says so too
    for link_id, values in items:
        key = key_of(link_id)
        value = values[0] if len(values) == 1 else None
        number = _number(value)
        if link_id in (UNSAID, BESIDE + UNSAID) and isinstance(value, bool):
            unsaid = value
        elif number is not None and leave is None and _is_leave(link_id, asked - answers.keys()):
            leave = round(number)
        elif number is None or key in answers:
            unread.append(link_id)
        else:
            answers[key] = number
    return Response(
        at,
        str(response.get("questionnaire") or "imported"),
        answers,
        leave,
        unsaid,
        tuple(unread),
        where,
        _therapist(response),
    )


def _is_leave(link_id: str, asked: AbstractSet[str]) -> bool:
    """Whether this is the urge to leave, and no question that is called so. Earlier versions wrote it as that, too."""
    return link_id == BESIDE + LEAVE or (link_id == LEAVE and LEAVE not in asked)


def _therapist(response: dict[str, Any]) -> str:
    given = response.get("extension")
    for each in given if isinstance(given, list) else []:
        if isinstance(each, dict) and each.get("url") == THERAPIST:
            try:
                return str(UUID(str(each.get("valueString"))))
            except ValueError:
                return ""
    return ""


def key_of(link_id: str) -> str:
    """The key of a question, for which a journal has fewer signs than FHIR: always the same for the same linkId."""
    if _KEY.fullmatch(link_id):
        return link_id
    cleaned = re.sub(r"[^a-z0-9]+", "_", link_id.lower()).strip("_")[:40]
    told = steady_id("question", link_id).hex[:6]
    return f"{cleaned}-{told}" if cleaned[:1].isalpha() else f"q_{cleaned}-{told}"


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
