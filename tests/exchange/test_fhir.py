"""Check-ins as FHIR: valid in both releases, without words, and the same when they come back."""

from __future__ import annotations

import importlib
import json
import time
from datetime import UTC, datetime, timedelta

import pytest

from reattune import content
from reattune.alliance.instruments import read_definition
from reattune.exchange.deterministic_ids import made_at, steady_id
from reattune.exchange.duplicates import not_here_yet
from reattune.exchange.errors import ExchangeError
from reattune.exchange.fhir import to_fhir
from reattune.exchange.fhir_reading import from_fhir
from reattune.journal import Journal
from reattune.journal.documents.relationship import CheckIn, Instrument, InstrumentDefinition, Relationship, Session
from reattune.journal.example_journal import example_journal
from reattune.journal.merge import merge

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
OURS = read_definition(content.text("instruments", "reattune-check-in.toml"), "ours")
KNOWN = {OURS.name: OURS}


def journal() -> Journal:
    return example_journal(content.words("example", "en"), NOW, "Europe/London")


def pairs(kept: Journal) -> list[tuple[Session, CheckIn]]:
    assert kept.therapist
    return kept.check_ins(kept.therapist)


def validated(raw: dict, release: str) -> None:  # type: ignore[type-arg]
    package = "fhir.resources.R4B" if release == "R4" else "fhir.resources"
    bundle = importlib.import_module(f"{package}.bundle").Bundle.model_validate(raw)
    for entry, plain in zip(bundle.entry, raw["entry"], strict=True):
        kind = plain["resource"]["resourceType"]
        resource = getattr(importlib.import_module(f"{package}.{kind.lower()}"), kind)
        assert isinstance(entry.resource, resource)
        resource.model_validate(plain["resource"])


@pytest.mark.parametrize("release", ["R4", "R5"])
def test_bundles_validate(release: str) -> None:
    raw = json.loads(to_fhir(pairs(journal()), KNOWN, NOW, release))  # type: ignore[arg-type]
    validated(raw, release)
    kinds = [each["resource"]["resourceType"] for each in raw["entry"]]
    assert set(kinds) == {"Questionnaire", "QuestionnaireResponse", "Observation"}
    assert kinds.count("QuestionnaireResponse") == len(pairs(journal()))
    validated(json.loads(to_fhir([], KNOWN, NOW, release)), release)  # type: ignore[arg-type]


def test_no_words_and_no_names() -> None:
    kept = journal()
    bundle = to_fhir(pairs(kept), KNOWN, NOW, "R5").decode()
    words = [each.unsaid_words for _, each in pairs(kept)] + [each.note for _, each in pairs(kept)]
    assert any(words)
    for each in (*words, *(person.name for person in kept.all(Relationship))):
        assert not each or f'"{each}"' not in bundle
        assert len(each) < 12 or each not in bundle


def test_out_and_in_again_is_the_same_and_twice_changes_nothing() -> None:
    first = journal()
    bundle = to_fhir(pairs(first), KNOWN, NOW, "R4")
    other = Journal([first.therapist.model_copy(update={"id": steady_id("another")})])  # type: ignore[union-attr]
    documents = from_fhir(bundle, KNOWN, other.therapist).documents  # type: ignore[arg-type]
    weighed = merge(other, documents)
    assert not weighed.refused
    other.take_in(weighed.changes)
    told = [(s.at.replace(microsecond=0), c.answers, c.urge_to_leave, c.unsaid) for s, c in pairs(first)]
    assert [(s.at, c.answers, c.urge_to_leave, c.unsaid) for s, c in pairs(other)] == told
    assert not merge(other, from_fhir(bundle, KNOWN, other.therapist).documents).changes  # type: ignore[arg-type]
    again = from_fhir(bundle, KNOWN, first.therapist).documents  # type: ignore[arg-type]
    found = not_here_yet(first, again, KNOWN)
    assert (found.documents, found.here) == ([], len(pairs(first)))


@pytest.mark.parametrize("release", ["R4", "R5"])
def test_a_question_that_is_called_like_the_urge_to_leave_comes_back_as_it_went_out(release: str) -> None:
    asked = [{"key": key, "text": key, "subscale": "whole"} for key in ("bond", "urge_to_leave", "unsaid")]
    fields = {"key": "mine", "title": "Mine", "scale_low": 0, "scale_high": 100, "items": asked, "source": "Mine."}
    mine = InstrumentDefinition.model_validate(fields)
    with_whom, of_mine = journal().therapist, []
    assert with_whom
    for number, (own, urge, unsaid) in enumerate([(True, 3, True), (False, None, None), (False, 4, False)]):
        session, check_in = pairs(journal())[number]
        answers = {"bond": 70.0, "unsaid": 1.0} | ({"urge_to_leave": 20.0} if own else {})
        changed = {"instrument": mine.name, "answers": answers, "urge_to_leave": urge, "unsaid": unsaid}
        of_mine.append((session, check_in.model_copy(update=changed)))
    raw = to_fhir(of_mine, {mine.name: mine}, NOW, release)  # type: ignore[arg-type]
    validated(json.loads(raw), release)
    for resource in (each["resource"] for each in json.loads(raw)["entry"]):
        named = [item["linkId"] for item in resource.get("item", ())]
        assert len(named) == len(set(named))
    alone = json.loads(raw)
    alone["entry"] = [each for each in alone["entry"] if each["resource"]["resourceType"] != "Questionnaire"]
    assert from_fhir(json.dumps(alone).encode(), {mine.name: mine}, with_whom).documents[1].urge_to_leave == 3  # type: ignore[attr-defined]
    for known in ({}, {mine.name: mine}):
        found = from_fhir(raw, known, with_whom)
        assert not found.left_out
        said = [each for each in found.documents if isinstance(each, CheckIn)]
        assert [(each.answers, each.urge_to_leave, each.unsaid) for each in said] == [
            (each.answers, each.urge_to_leave, each.unsaid) for _, each in of_mine
        ]


def test_a_questionnaire_of_others_comes_along() -> None:
    own = made_at(
        Instrument, steady_id(1), NOW, "UTC",
        definition={"key": "mood", "title": "Mood", "scale_low": 0, "scale_high": 10,
                    "items": [{"key": "a", "subscale": "whole"}, {"key": "b", "subscale": "whole"}]},
    )  # fmt: skip
    assert isinstance(own, Instrument)
    therapist = journal().therapist
    assert therapist
    session = made_at(Session, steady_id(2), NOW, "UTC", relationship_id=therapist.id, at=NOW)
    check_in = made_at(
        CheckIn, steady_id(3), NOW, "UTC", session_id=session.id, instrument="mood/1", answers={"a": 3, "b": 8.5}
    )
    bundle = to_fhir([(session, check_in)], {"mood/1": own.definition}, NOW, "R5")  # type: ignore[list-item]
    documents = from_fhir(bundle, KNOWN, therapist).documents
    brought = [each for each in documents if isinstance(each, Instrument)]
    assert [each.definition.name for each in brought] == ["mood/1"]
    assert [item.key for item in brought[0].definition.items] == ["a", "b"]
    weighed = merge(Journal([therapist]), documents)
    assert len(weighed.added) == 3


@pytest.mark.parametrize(
    ("bundle", "said"),
    [
        (b"{", "isn’t JSON"),
        (b'{"resourceType": "Patient"}', "isn’t a FHIR bundle"),
        (b'{"resourceType": "Bundle"}', "no QuestionnaireResponse"),
        (b'{"resourceType": "Bundle", "entry": 4}', "aren’t a list"),
        (b'{"resourceType": "Bundle", "entry": [{"resource":{"resourceType":"QuestionnaireResponse"}}]}', "its time"),
        (
            b'{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "QuestionnaireResponse",'
            b'"authored": "2026-01-01"}}]}',
            "no time zone",
        ),
        (
            b'{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "QuestionnaireResponse",'
            b'"authored": "2026-01-01T00:00:00Z", "item": [{}]}}]}',
            "no linkId",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_read_names_its_place(bundle: bytes, said: str) -> None:
    with pytest.raises(ExchangeError, match=said):
        from_fhir(bundle, KNOWN, journal().therapist)  # type: ignore[arg-type]


def test_times_keep_their_zone() -> None:
    raw = json.loads(to_fhir(pairs(journal()), KNOWN, NOW, "R4"))
    responses = [each["resource"] for each in raw["entry"] if "authored" in each["resource"]]
    assert datetime.fromisoformat(responses[0]["authored"]).utcoffset() in (timedelta(0), timedelta(hours=1))


def test_thousands_of_questionnaires_are_refused_soon() -> None:
    answer = {"resourceType": "QuestionnaireResponse", "authored": "2026-01-05T12:00:00Z"}
    items = [{"linkId": "a", "answer": [{"valueDecimal": 3}]}]
    resources = [{**answer, "questionnaire": f"q{number}", "item": items} for number in range(4_000)]
    resources += [{"resourceType": "Questionnaire", "url": f"q{number}"} for number in range(4_000)]
    bundle = {"resourceType": "Bundle", "entry": [{"resource": each} for each in resources]}
    who = made_at(Relationship, steady_id("who"), NOW, "UTC", name="T", role="therapist")
    assert isinstance(who, Relationship)
    began = time.process_time()
    with pytest.raises(ExchangeError, match="more than 200 questionnaires"):
        from_fhir(json.dumps(bundle).encode(), {}, who)
    assert time.process_time() - began < 10
