"""One journal on two computers: figures, choices and entries of lists that were given on either are lost on neither."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from reattune.journal.codec import decode
from reattune.journal.documents import Belief, Candidate, CheckIn, Fit, Moment, Removed
from tests.web.files_brought import as_it_is, clock, preview
from tests.web.journals import exported, opened
from tests.web.test_two_copies import to_and_fro, two

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
HERS, HIS = "She remembered my brother’s name.", "She called me back the same evening."


def send(client: Client, address: str, field: str, **given: object) -> None:
    page = client.get(address).content.decode()
    assert client.post(address, {**as_it_is(page, field), **given}).status_code == 302


def later(monkeypatch: pytest.MonkeyPatch, days: float, *clients: Client) -> None:
    clock(monkeypatch, timedelta(days=days))
    for each in clients:
        each.post("/unlock/", {"passphrase": each.passphrase})  # type: ignore[attr-defined]


def beside(client: Client, kind: type) -> list[object]:
    """Older forms of one kind that wait beside what was deleted."""
    found = [each for removed in opened(client).journal.all(Removed) for each in removed.documents]
    return [form for form in (decode(raw.encode()) for raw in found) if isinstance(form, kind)]


def test_ratings_and_sentences_of_both_stay_with_a_belief(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other, moment, _mum = two(own)
    made = opened(one).create(Belief, words="That I bore people.", moment_id=moment.id)
    to_and_fro(one, other)
    address = f"/held-true/{made.id}/"
    send(one, address, "truth", truth="80", rate="")
    send(one, address, "words", words=HERS, against="")
    later(monkeypatch, 7, one, other)
    send(other, address, "truth", truth="40", rate="")
    send(other, address, "words", words=HIS, against="")
    page = preview(other, exported(one).content, "notes.json")
    assert "There’s nothing to import" not in page
    assert "so that nothing in them is lost" not in page  # it is all in the one that is here
    to_and_fro(one, other)
    for client in (one, other):
        kept = opened(client).journal.get(Belief, made.id)
        assert [each.truth for each in kept.ratings] == [80, 40]
        assert [each.words for each in kept.against] == [HERS, HIS]
    assert opened(one).journal.get(Belief, made.id) == opened(other).journal.get(Belief, made.id)
    assert "There’s nothing to import" in preview(one, exported(other).content, "notes.json")


def test_look_backs_of_both_stay_with_a_candidate(own: Own) -> None:
    one, other, _moment, _mum = two(own)
    made = opened(one).create(Candidate, name="Dr. B")
    to_and_fro(one, other)
    for number, client in ((1, one), (2, other)):
        here = opened(client)
        known = here.journal.get(Candidate, made.id)
        here.change(known, look_backs=({"at": here.now, "session": number, "words": f"It was the {number}."},))
    to_and_fro(one, other)
    for client in (one, other):
        assert [each.session for each in opened(client).journal.get(Candidate, made.id).look_backs] == [1, 2]


def needs(client: Client) -> list[str]:
    return sorted(need.words for fit in opened(client).journal.all(Fit) for need in fit.needs)


def need(client: Client, words: str) -> None:
    assert client.post("/next/", {"words": words, "wanted": "yes", "weight": "2"}).status_code == 302


def test_needs_of_both_stay_on_the_list(own: Own) -> None:
    one, other, _moment, _mum = two(own)
    need(one, "Never shouts")
    to_and_fro(one, other)
    need(one, "Near my work")
    need(other, "Speaks Polish")
    to_and_fro(one, other)
    assert needs(one) == needs(other) == ["Near my work", "Never shouts", "Speaks Polish"]


@pytest.mark.parametrize("earlier_first", [True, False])
def test_a_need_that_was_taken_off_does_not_come_again(own: Own, earlier_first: bool) -> None:
    one, other, _moment, _mum = two(own)
    need(one, "Never shouts")
    need(one, "Near my work")
    to_and_fro(one, other)
    if earlier_first:
        need(one, "Speaks Polish")
    assert other.post("/next/drop/0/", {"words": "Never shouts"}).status_code == 302
    assert needs(other) == ["Near my work"]
    to_and_fro(*((one, other) if earlier_first else (other, one)))
    assert needs(one) == needs(other) == ["Near my work", *(["Speaks Polish"] if earlier_first else [])]


def test_a_rating_that_was_put_right_waits_beside_and_is_counted(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other, _moment, _mum = two(own)
    rated = dict.fromkeys(("cared_for", "understood", "safe", "goals", "way", "whole"), "8")
    send(one, "/check/", "unsaid_words", **rated, unsaid="no")
    to_and_fro(one, other)
    made = opened(one).journal.all(CheckIn)[0]
    send(one, f"/check/{made.id}/change/", "unsaid_words", safe="1")
    later(monkeypatch, 1, one, other)
    send(other, f"/check/{made.id}/change/", "unsaid_words", urge_to_leave="6")
    page = preview(other, exported(one).content, "notes.json")
    assert "There’s nothing to import" not in page
    assert "so that nothing in them is lost" in page
    to_and_fro(one, other)
    for client in (one, other):
        assert opened(client).journal.get(CheckIn, made.id).urge_to_leave == 6
        assert 1 in [each.answers["safe"] for each in beside(client, CheckIn)]  # type: ignore[attr-defined]


def test_how_big_it_was_waits_beside(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other, moment, _mum = two(own)
    send(one, f"/note/{moment.id}/size/", "reaction", reaction="9", event="2", stop="")
    later(monkeypatch, 1, one, other)
    send(other, f"/note/{moment.id}/did/", "did", did="withdrew", stop="")
    to_and_fro(one, other)
    for client in (one, other):
        assert opened(client).journal.get(Moment, moment.id).did == "withdrew"
        assert 9 in [each.reaction for each in beside(client, Moment)]  # type: ignore[attr-defined]


@pytest.mark.parametrize("first", ["one", "other"])
def test_notes_of_a_dated_record_stay_on_both(own: Own, monkeypatch: pytest.MonkeyPatch, first: str) -> None:
    one, other, moment, _mum = two(own)
    one.post(f"/note/{moment.id}/which/", {"crossed": ["sexual"]})
    to_and_fro(one, other)
    address = f"/kept/{moment.id}/"
    send(one, address, "words", words="I told my sister on the same evening.")
    later(monkeypatch, 1, one, other)
    send(other, address, "words", words="He wrote to me at two in the morning.")
    to_and_fro(*((one, other) if first == "one" else (other, one)))
    to_and_fro(one, other)
    for client in (one, other):
        notes = opened(client).journal.get(Moment, moment.id).record_notes
        assert [each.words[:2] for each in notes] == ["I ", "He"]
    marks = [each.brought is not None for each in opened(one).journal.get(Moment, moment.id).record_notes]
    assert marks == [False, True], "what a file brought is said to be brought"
    # Taken off on the one that wrote last, a note doesn't come again from the other.
    note = opened(other).journal.get(Moment, moment.id).record_notes[0]
    now = opened(other).journal.get(Moment, moment.id)
    opened(other).amend(now, record_notes=[each.model_dump() for each in now.record_notes if each != note])
    page = preview(other, exported(one).content, "notes.json")
    other.post("/settings/file/in/", {**as_it_is(page, "held_file"), "bring": ""} if "held_file" in page else {})
    assert [each.words[:2] for each in opened(other).journal.get(Moment, moment.id).record_notes] == ["He"]
