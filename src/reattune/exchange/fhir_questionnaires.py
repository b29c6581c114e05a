"""By which questionnaire answers of a FHIR bundle are read: one that is here, a new version of it, or a new one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from reattune.content.translated_sentences import say
from reattune.exchange.deterministic_ids import made_at, steady_id
from reattune.exchange.errors import ExchangeError
from reattune.exchange.fhir import ADDRESSES
from reattune.exchange.fhir_before import CameBefore
from reattune.exchange.fhir_bundle import Response
from reattune.journal import JournalError
from reattune.journal.documents.relationship import OWN_KEY, Instrument, InstrumentDefinition, Relationship

Said = list[tuple[Relationship, Response]]
_MOST_QUESTIONNAIRES, _LONGEST_KEY = 200, 60
_VERSION = re.compile(r"[1-9][0-9]{0,4}")


def keys_of(canonical: str) -> tuple[str, str]:
    """The key of a questionnaire by its canonical address, and the key that it had in earlier versions.

    Two addresses may end alike, and a version may be no number: what the end of the address doesn't say is in some
    letters beside it. Addresses that Reattune writes are all alike but for the end, which is the key there.
    """
    address, _, version = canonical.partition("|")
    end = _key(address.rpartition("/")[2])
    whole = canonical if version and not _VERSION.fullmatch(version) else address
    if address.startswith(ADDRESSES) or whole == end:
        return end, end
    told = steady_id("questionnaire", whole).hex[:10]
    return f"{end[: _LONGEST_KEY - len(told) - 1]}-{told}", end


def _key(words: str) -> str:
    cleaned = re.sub(r"[^a-z0-9-]", "_", words.lower()).strip("_-")
    return (cleaned if cleaned[:1].isalpha() else f"i_{cleaned}")[:_LONGEST_KEY] or "imported"


def questionnaires_for(
    said: Said,
    questionnaires: list[dict[str, Any]],
    instruments: Mapping[str, InstrumentDefinition],
    before: CameBefore,
    name: str,
) -> tuple[list[str], list[Instrument]]:
    """By which questionnaire each set of answers is read, and those that have to be made for it.

    Raises:
        ExchangeError: there are too many, or one can't be made.
    """
    known = dict(instruments)
    made: list[Instrument] = []
    by_url = _by_url(questionnaires)
    of_one: dict[str, Said] = defaultdict(list)
    for who, each in said:
        of_one[each.canonical].append((who, each))
    first: dict[str, str] = {}
    for canonical, given in of_one.items():
        address, _, version = canonical.partition("|")
        questionnaire = by_url.get(canonical) or by_url.get(address)
        key = _key_here(canonical, given, questionnaire or {}, known, before)
        first[canonical] = start = f"{key}/{version if _VERSION.fullmatch(version) else 1}"
        if key == OWN_KEY:
            continue
        unfit = [each.answers for _, each in given if each.answers and not _fitting(start, each.answers, known)]
        if unfit and (questionnaire is not None or start in known):
            latest, free = _latest(start, known)
            where = f"{name}, Questionnaire {canonical!r}"
            instrument = _instrument(
                free, questionnaire or {}, unfit, latest, given[0][0], keys_of(canonical)[1], where
            )
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
    return [_fitting(first[each.canonical], each.answers, known) or first[each.canonical] for _, each in said], made


def _key_here(
    canonical: str,
    given: Said,
    questionnaire: dict[str, Any],
    known: Mapping[str, InstrumentDefinition],
    before: CameBefore,
) -> str:
    """The key of a questionnaire; the earlier one where its answers came in under that, or it asks the same."""
    key, end = keys_of(canonical)
    if key == end:
        return key
    asked, title = _texts(questionnaire), questionnaire.get("title")
    keys = {each for _, response in given for each in response.answers}
    for here in known.values():
        both = {item.key: item.text for item in here.items if item.key in keys}
        if here.key == end and here.title == title and both and both.items() <= asked.items():
            return end
    return end if any(before.check_in(who, each, [end]) for who, each in given if each.answers) else key


def _by_url(questionnaires: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Each by the names that answers may call it by; of two with one name, the first."""
    found: dict[str, dict[str, Any]] = {}
    for each in questionnaires:
        url = str(each.get("url") or each.get("id") or "")
        for name in (f"{url}|{each.get('version')}", url):
            found.setdefault(name, each)
            found.setdefault(f"Questionnaire/{name}", each)
    return found


def _texts(questionnaire: dict[str, Any]) -> dict[str, str]:
    """What its questions say, by their linkIds."""
    given = questionnaire.get("item")
    return {
        str(each.get("linkId")): str(each.get("text") or "").strip()[:2_000]
        for each in (given if isinstance(given, list) else [])
        if isinstance(each, dict)
    }


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
    who: Relationship,
    end: str,
    where: str,
) -> Instrument:
    """The questionnaire as its answers show it; with all that the version before it has, where there is one.

    ``end`` is what it is called where nothing says a title.
    """
    values = [value for each in answers for value in each.values()]
    keys = dict.fromkeys(key for each in answers for key in each)
    texts = _texts(questionnaire)
    earlier = before.model_dump() if before else {}
    items = [*earlier.get("items", ())]
    here = {each["key"] for each in items}
    items += [{"key": key, "subscale": "whole", "text": texts.get(key, "")} for key in keys if key not in here]
    definition = {
        **earlier,
        "key": name.partition("/")[0],
        "version": int(name.partition("/")[2]),
        "title": str(questionnaire.get("title") or earlier.get("title") or end)[:200],
        "scale_low": min(earlier.get("scale_low", 0.0), *values),
        "scale_high": max(earlier.get("scale_high", 10.0), *values),
        "items": items,
        "max_missing": max(0, len(items) - 1),
    }
    try:
        made = made_at(Instrument, steady_id("instrument", name), who.created, "UTC", definition=definition)
    except JournalError as error:
        raise ExchangeError(say("{where}: {error}", where=where, error=error)) from error
    assert isinstance(made, Instrument)  # noqa: S101
    return made
