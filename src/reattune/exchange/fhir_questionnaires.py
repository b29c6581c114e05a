"""By which questionnaire answers of a FHIR bundle are read: one that is here, a new version of it, or a new one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import numpy as np

from reattune.alliance.published_scores import named_in, published_scores
from reattune.content.translated_sentences import say
from reattune.exchange.column_names import is_symptom, words_of
from reattune.exchange.deterministic_ids import made_at, steady_id
from reattune.exchange.errors import ExchangeError
from reattune.exchange.fhir import ADDRESSES
from reattune.exchange.fhir_before import CameBefore
from reattune.exchange.fhir_bundle import Response, key_of, own_definition
from reattune.journal import JournalError
from reattune.journal.documents.relationship import OWN_KEYS, Instrument, InstrumentDefinition, Relationship

Said = list[tuple[Relationship, Response]]
_MOST_QUESTIONNAIRES, _MOST_QUESTIONS, _LONGEST_KEY = 200, 1_000, 60
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


@dataclass
class Questionnaires:
    """By which questionnaire each set of answers is read.

    Attributes:
        names: of each, in their order.
        made: those that have to be made.
        guessed: the names of those of which the bundle doesn't say what their numbers mean, or how far they go.
    """

    names: list[str] = field(default_factory=list)
    made: list[Instrument] = field(default_factory=list)
    guessed: list[str] = field(default_factory=list)


def questionnaires_for(
    said: Said,
    questionnaires: list[dict[str, Any]],
    instruments: Mapping[str, InstrumentDefinition],
    before: CameBefore,
    name: str,
) -> Questionnaires:
    """By which questionnaire each set of answers is read: one of ``instruments``, or one that is made for it.

    Raises:
        ExchangeError: there are too many, or one can't be made.
    """
    known, found = dict(instruments), Questionnaires()
    by_url = _by_url(questionnaires)
    of_one: dict[str, Said] = defaultdict(list)
    for who, each in said:
        of_one[each.canonical].append((who, each))
    first: dict[str, str] = {}
    whole: dict[str, str] = {}
    for canonical, given in of_one.items():
        address, _, version = canonical.partition("|")
        questionnaire = by_url.get(canonical) or by_url.get(address)
        key = _key_here(canonical, given, questionnaire or {}, known, before)
        first[canonical] = start = f"{key}/{version if _VERSION.fullmatch(version) else 1}"
        if key in OWN_KEYS:
            continue
        where = f"{name}, Questionnaire {canonical!r}"
        own = own_definition(questionnaire or {}) if address.startswith(ADDRESSES) else None
        if own and own.key == key and (free := _same_or_free(start, own, given, known, before)):
            whole[canonical] = free
            if free not in known:
                version = free.partition("/")[2]
                definition = {**own.model_dump(), "version": int(version)}
                found.made.append(_kept(free, definition, given[0][0], where))
        else:
            unfit = [each.answers for _, each in given if each.answers and not _fitting(start, each.answers, known)]
            if unfit and (questionnaire is not None or start in known):
                latest, free = _latest(start, known)
                definition = _defined(free, questionnaire or {}, unfit, latest, keys_of(canonical)[1])
                found.made.append(_kept(free, definition, given[0][0], where))
                scale = definition["scale_low"], definition["scale_high"]
                found.guessed += [] if latest and (latest.scale_low, latest.scale_high) == scale else [free]
        known |= {each.definition.name: each.definition for each in found.made[-1:]}
        if len(found.made) > _MOST_QUESTIONNAIRES:
            raise ExchangeError(
                say(
                    "{name} brings more than {most} questionnaires. Import it in several files.",
                    name=name,
                    most=_MOST_QUESTIONNAIRES,
                )
            )
    for _, each in said:
        start = first[each.canonical]
        found.names.append(whole.get(each.canonical) or _fitting(start, each.answers, known) or start)
    return found


def _same_or_free(
    first: str, own: InstrumentDefinition, given: Said, known: Mapping[str, InstrumentDefinition], before: CameBefore
) -> str:
    """The name of the version that makes the same scores, or of the one after all that are known.

    Empty where an earlier version of Reattune read these answers, and had to guess.
    """
    for name in _following(first):
        if name not in known:
            key = first.partition("/")[0]
            return "" if any(before.check_in(who, each, [key]) for who, each in given if each.answers) else name
        if known[name].scoring == own.scoring:
            return name
    return ""


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
    """What its questions say, by their keys; the linkId where they say nothing and the key is another."""
    found: dict[str, str] = {}
    waiting = [questionnaire]
    while waiting and len(found) < _MOST_QUESTIONS:
        given = waiting.pop(0).get("item")
        for each in given if isinstance(given, list) else []:
            if isinstance(each, dict):
                link_id = str(each.get("linkId"))
                key = key_of(link_id)
                text = str(each.get("text") or "").strip() or ("" if key == link_id else link_id)
                found.setdefault(key, text[:2_000])
                waiting.append(each)
    return found


def _following(first: str) -> Iterator[str]:
    key, _, version = first.partition("/")
    return (f"{key}/{number}" for number in count(int(version)))


def _fitting(first: str, answers: dict[str, float], known: Mapping[str, InstrumentDefinition]) -> str:
    """The name of the first version that has room for all answers; empty where none has.

    Where answers turned out to go further than the scale that was guessed, it is the one that all of them are on.
    """
    ends = _widest(first, known)
    for name in _following(first):
        if name not in known:
            return ""
        if (known[name].scale_low, known[name].scale_high) == ends and not known[name].unfit(answers):
            return name
    return ""


def _widest(first: str, known: Mapping[str, InstrumentDefinition]) -> tuple[float, float]:
    """The scale of the last version in which everything has room that had room in those before."""
    low, high, keys = np.inf, -np.inf, frozenset[str]()
    for name in _following(first):
        if name not in known:
            return low, high
        each = known[name]
        if keys <= each.by_key.keys() and each.scale_low <= low and each.scale_high >= high:
            low, high, keys = each.scale_low, each.scale_high, frozenset(each.by_key)
    return low, high


def read_anew_as(here: InstrumentDefinition, given: InstrumentDefinition) -> bool:
    """Whether ``given`` is a later version of ``here`` that differs in how far its scale goes."""
    return (
        here.key == given.key
        and here.version < given.version
        and (here.scale_low, here.scale_high) != (given.scale_low, given.scale_high)
        and _widest(here.name, {here.name: here, f"{here.key}/{here.version + 1}": given})
        == (given.scale_low, given.scale_high)
    )


def _latest(first: str, known: Mapping[str, InstrumentDefinition]) -> tuple[InstrumentDefinition | None, str]:
    """The last version that is known, and the name of the one after it."""
    before = None
    for name in _following(first):
        if name not in known:
            return before, name
        before = known[name]
    return before, first


def _defined(
    name: str,
    questionnaire: dict[str, Any],
    answers: list[dict[str, float]],
    before: InstrumentDefinition | None,
    end: str,
) -> dict[str, Any]:
    """The questionnaire as its answers show it; with all that the version before it has, where there is one.

    ``end`` is what it is called where nothing says a title.
    """
    values = [value for each in answers for value in each.values()]
    keys = dict.fromkeys(key for each in answers for key in each)
    title = str(questionnaire.get("title") or (before.title if before else "") or end)[:200]
    texts = _texts(questionnaire)
    earlier = before.model_dump() if before else _meaning(title, end, len(keys), values)
    items = [*earlier.get("items", ())]
    here = {each["key"] for each in items}
    items += [{"key": key, "subscale": "whole", "text": texts.get(key, "")} for key in keys if key not in here]
    return {
        **earlier,
        "key": name.partition("/")[0],
        "version": int(name.partition("/")[2]),
        "title": title,
        "scale_low": min(earlier["scale_low"], *values),
        "scale_high": max(earlier["scale_high"], *values),
        "items": items,
        "max_missing": max(0, len(items) - 1),
    }


def _meaning(title: str, end: str, questions: int, values: list[float]) -> dict[str, Any]:
    """The scale and its direction: of a known questionnaire, or 0 to 10, with less being better for symptoms."""
    known = published_scores().values()
    named = named_in(words_of(title), known) or named_in(words_of(end), known)
    ends: tuple[float, float] | None = None
    if named:
        scores = np.array(values, dtype=float)
        form = named[0].form_of(scores) if questions == 1 else None
        ends = named[0].item_scale(scores) if questions > 1 else (form.low, form.high) if form else None
    low, high = ends or (0.0, 10.0)
    better = named[0].higher_is_better if named else not is_symptom(title)
    return {"scale_low": low, "scale_high": high, "higher_is_better": better}


def _kept(name: str, definition: dict[str, Any], who: Relationship, where: str) -> Instrument:
    try:
        made = made_at(Instrument, steady_id("instrument", name), who.created, "UTC", definition=definition)
    except JournalError as error:
        raise ExchangeError(say("{where}: {error}", where=where, error=error)) from error
    assert isinstance(made, Instrument)  # noqa: S101
    return made
