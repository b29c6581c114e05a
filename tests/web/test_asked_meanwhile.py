"""What a page asked when it was opened is what is answered, though another window changed what is asked since."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from reattune.journal.documents import Candidate, CheckIn, Draft, Relationship, Removed, Session
from reattune.journal.documents.practice_and_ending import LookBack
from reattune.web.pages.leave.forms import need_field
from tests.web.files_brought import as_it_is
from tests.web.journals import opened
from tests.web.test_clients import add
from tests.web.test_questionnaires import put, worded

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
SLOWLY, SHOUTS, INSURED = "Somebody who speaks slowly", "Never shouts at me", "Takes my insurance"
JUDGED = {SLOWLY: 2, SHOUTS: 0, INSURED: 2}
FROZE = "She raised her voice at me and I froze."


def looking(own: Own) -> Client:
    client = own()
    for words in JUDGED:
        client.post("/next/", {"words": words, "wanted": "yes", "weight": "3"})
    return client


def judged(client: Client, address: str, wanted: dict[str, int], **more: str) -> dict[str, Any]:
    """The form of a page with the answers under the questions where they stand."""
    page = client.get(address).content.decode()
    sent: dict[str, Any] = as_it_is(page, "note")
    for words, value in wanted.items():
        assert words in page
        sent[need_field(words)] = str(value)
    return {**sent, **more}


def the_one(client: Client) -> Candidate:
    (found,) = opened(client).journal.all(Candidate)
    return found


def test_an_answer_belongs_to_its_need_whatever_another_window_took_off_the_list(own: Own) -> None:
    client = looking(own)
    client.post("/next/one/", {"name": "Dr. B"})
    address = f"/next/{the_one(client).id}/"
    sent = judged(client, address, JUDGED)
    client.post("/next/drop/0/", {"words": SLOWLY})
    assert client.post(address, sent).status_code == 302
    assert the_one(client).meets == {SHOUTS: 0, INSURED: 2}


def test_what_is_half_written_finds_its_needs_again(own: Own) -> None:
    client = looking(own)
    client.post("/typing/", judged(client, "/next/one/", JUDGED, name="Dr. C", note="Met her on Monday."))
    client.post("/next/drop/0/", {"words": SLOWLY})
    page = client.get("/next/one/").content.decode()
    assert "Here’s what you were typing" in page
    client.post("/next/one/", as_it_is(page, "note"))
    assert the_one(client).meets == {SHOUTS: 0, INSURED: 2}
    assert "fit so far: 3 out of 6" in client.get("/next/").content.decode()


def test_an_answer_that_the_page_did_not_ask_for_stays(own: Own) -> None:
    client = looking(own)
    client.post("/next/one/", judged(client, "/next/one/", JUDGED, name="Dr. D"))
    address = f"/next/{the_one(client).id}/"
    client.post("/next/drop/0/", {"words": SLOWLY})
    sent = judged(client, address, {SHOUTS: 1})
    client.post("/next/", {"words": SLOWLY, "wanted": "yes", "weight": "3"})
    assert client.post(address, sent).status_code == 302
    assert the_one(client).meets == {SLOWLY: 2, SHOUTS: 1, INSURED: 2}


def test_answers_about_a_candidate_in_two_windows_are_both_shown(own: Own) -> None:
    client = looking(own)
    client.post("/next/one/", {"name": "Dr. E"})
    address = f"/next/{the_one(client).id}/"
    sent = as_it_is(client.get(address).content.decode(), "note")
    client.post(address, {**sent, need_field(SHOUTS): "0"})
    stale = client.post(address, {**sent, need_field(SHOUTS): "2"}).content.decode()
    assert f'name="other-{need_field(SHOUTS)}" value="0"' in stale
    assert client.post(address, {**as_it_is(stale, "note"), f"keep-{need_field(SHOUTS)}": "there"}).status_code == 302
    assert the_one(client).meets == {SHOUTS: 0}


def begun(own: Own) -> tuple[Client, str]:
    """Somebody has begun with a therapist whom they chose: the page that looks back at the first sessions."""
    client = looking(own)
    client.post("/next/one/", {"name": "Dr. Ada"})
    address = f"/next/{the_one(client).id}/"
    client.post(address, {"name": "Dr. Ada", "choose": ""})
    return client, f"{address}first/"


def session(client: Client, days: int) -> Session:
    journal = opened(client)
    assert journal.journal.therapist
    at = datetime.now(UTC) - timedelta(days=days)
    return journal.create(Session, relationship_id=journal.journal.therapist.id, at=at)


def page_of(client: Client, address: str) -> tuple[str, dict[str, Any]]:
    """Where the way from Today leads, and its form."""
    page = client.get(address, follow=True)
    way = page.redirect_chain[-1][0] if page.redirect_chain else address
    return way, as_it_is(page.content.decode(), "words")


def looked_back(client: Client) -> list[tuple[int, str]]:
    return [(each.session, each.words) for each in the_one(client).look_backs]


def test_a_second_window_of_a_look_back_shows_both_words_to_choose_from(own: Own) -> None:
    client, address = begun(own)
    session(client, 3)
    way, sent = page_of(client, address)
    client.post(way, {**sent, "words": "Stiff but kind.", need_field(SHOUTS): "2"})
    answer = client.post(way, {**sent, "words": FROZE, need_field(SHOUTS): "0"})
    page = answer.content.decode()
    assert "changed in another window" in page
    assert FROZE in page
    assert "Stiff but kind." in page
    asked = page.partition('role="group"')[2].partition("<fieldset")[0]
    assert '<span dir="auto">no</span>' in asked, "as it stands on the page"
    assert '<span dir="auto">yes</span>' in asked
    chosen = {**as_it_is(page, "words"), "keep-words": "both"}
    assert client.post(way, chosen).status_code == 302
    (back,) = the_one(client).look_backs
    assert back == LookBack(at=back.at, session=1, meets={SHOUTS: 0}, words=f"{FROZE}\n\nStiff but kind.")
    assert len(opened(client).journal.all(Removed)) == 1, "what was replaced waits"
    assert not opened(client).journal.all(Draft)


def test_what_is_half_written_of_a_session_already_looked_back_at_can_be_gone_on_with(own: Own) -> None:
    client, address = begun(own)
    session(client, 3)
    way, sent = page_of(client, address)
    client.post(way, {**sent, "words": "Stiff but kind."})
    assert "Save" not in client.get(way).content.decode().partition("<main")[2].partition("</main")[0]
    client.post(way, {**sent, "words": FROZE})
    today = client.get("/today/").content.decode()
    assert "You were in the middle of this" in today
    (draft,) = opened(client).journal.all(Draft)
    page = client.get(f"{way}&draft={draft.id}").content.decode()
    assert FROZE in str(as_it_is(page, "words")["words"])


def test_words_about_a_session_that_is_the_fourth_by_now_stay_half_written(own: Own) -> None:
    client, address = begun(own)
    session(client, 9)
    way, sent = page_of(client, address)
    for days in (20, 30, 40):
        session(client, days)
    assert client.post(way, {**sent, "words": FROZE}).headers["Location"] == "/today/"
    (draft,) = opened(client).journal.all(Draft)
    read = client.get(f"{way}&draft={draft.id}", follow=True)
    assert read.redirect_chain[-1][0] == f"/typing/{draft.id}/"
    assert FROZE in read.content.decode()


@pytest.mark.parametrize("later", [1, 3])
def test_a_look_back_is_of_the_session_that_its_page_was_about(own: Own, later: int) -> None:
    client, address = begun(own)
    session(client, 30)
    way, sent = page_of(client, address)
    client.post("/typing/", {**sent, "words": "In the first hour"})
    for days in range(later):
        session(client, 20 - days)
    assert "In the first hour" not in client.get(address, follow=True).content.decode()
    assert client.post(way, {**sent, "words": FROZE}).status_code == 302
    assert looked_back(client) == [(1, FROZE)]
    assert not opened(client).journal.all(Draft)


def test_look_backs_stand_in_the_order_of_their_sessions(own: Own) -> None:
    client, address = begun(own)
    session(client, 9)
    first, sent = page_of(client, address)
    session(client, 5)
    second, later = page_of(client, address)
    client.post(second, {**later, "words": "Of the second."})
    client.post(first, {**as_it_is(client.post(first, {**sent, "words": FROZE}).content.decode(), "words")})
    assert looked_back(client) == [(1, FROZE), (2, "Of the second.")]


def test_words_about_a_session_that_is_gone_stay_half_written(own: Own) -> None:
    client, address = begun(own)
    gone = session(client, 9)
    way, sent = page_of(client, address)
    session(client, 5)
    opened(client).discard(gone)
    assert client.post(way, {**sent, "words": FROZE}).headers["Location"] == "/today/"
    assert looked_back(client) == []
    (draft,) = opened(client).journal.all(Draft)
    assert f'href="/typing/{draft.id}/"' in client.get("/today/").content.decode()
    assert FROZE in client.get(f"/typing/{draft.id}/").content.decode()


def in_use(client: Client, name: str) -> None:
    assert client.post("/settings/questions/use/", {"name": name}).status_code == 302


OWN_ANSWERS = {"cared_for": 2, "understood": 1, "safe": 0, "goals": 3, "way": 2, "whole": 1}
NINES = dict.fromkeys(("relationship", "goals_and_topics", "approach", "overall"), 9)


@pytest.mark.parametrize("kind", ["person", "therapist"])
@pytest.mark.parametrize(
    ("before", "after", "answers"), [("reattune-check-in/1", "srs/1", OWN_ANSWERS), ("srs/1", "srs/2", NINES)]
)
def test_ratings_are_answers_to_the_questions_that_the_page_asked(
    own: Own, kind: str, before: str, after: str, answers: dict[str, int]
) -> None:
    client = own(journal_kind=kind)
    turned = (
        worded().replace("version = 1", "version = 2").replace("higher_is_better = true", "higher_is_better = false")
    )
    assert put(client, worded()) == put(client, turned) == "kept"
    who: Relationship | None = add(client, "K") if kind == "therapist" else None
    address, noted = (f"/those/{who.id}/typed/", "note") if who else ("/check/", "unsaid_words")
    in_use(client, before)
    sent = {**as_it_is(client.get(address).content.decode(), noted), "day": date.today().isoformat()}
    typed = {**sent, **{key: str(value) for key, value in answers.items()}, noted: "It was a hard hour."}
    in_use(client, after)
    client.post("/typing/", typed)
    again = as_it_is(client.get(address).content.decode(), noted)
    assert {key: again.get(key) for key in answers} == {key: [str(value)] for key, value in answers.items()}
    assert client.post(address, typed).status_code == 302
    (kept,) = opened(client).journal.all(CheckIn)
    assert (kept.instrument, kept.answers) == (before, answers)
    assert after in str(as_it_is(client.get(address).content.decode(), noted))


def test_ratings_of_questions_that_are_here_no_more_are_shown_and_kept_as_no_others(own: Own) -> None:
    client = own()
    sent = {**as_it_is(client.get("/check/").content.decode(), "unsaid_words"), "questionnaire": "gone/1"}
    answer = client.post("/check/", {**sent, "cared_for": "2", "unsaid_words": FROZE})
    assert answer.status_code == 404
    assert FROZE in answer.content.decode()
    assert not opened(client).journal.all(CheckIn)


@pytest.mark.parametrize("questions", ["reattune-check-in/1", "srs/1"])
def test_a_rating_takes_no_place_of_one_that_came_while_its_page_was_open(own: Own, questions: str) -> None:
    client = own(journal_kind="therapist")
    who = add(client, "K")
    assert put(client, worded()) == "kept"
    met = opened(client).create(Session, relationship_id=who.id, at=datetime.now(UTC) - timedelta(days=2))
    address = f"/those/{who.id}/typed/?session={met.id}"
    sent = as_it_is(client.get(address).content.decode(), "note")
    in_use(client, questions)
    other = as_it_is(client.get(address).content.decode(), "note")
    answers = NINES if questions == "srs/1" else dict.fromkeys(OWN_ANSWERS, 9)
    assert client.post(address, {**other, **answers, "note": "Of the other window."}).status_code == 302
    shown = client.post(address, {**sent, **OWN_ANSWERS, "note": FROZE}).content.decode()
    assert FROZE in shown
    if questions != "srs/1":  # of which the first page answers nothing
        assert "changed in another window" in shown
        assert "Of the other window." in shown
    assert [each.answers for each in opened(client).journal.all(CheckIn)] == [answers]
