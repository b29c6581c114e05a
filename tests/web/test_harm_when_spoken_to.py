"""What somebody did when they were spoken to is asked about as any words of harm are, and until it is answered nothing
leads to saying it again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.test import Client

from reattune.journal.documents import (
    Attempt,
    Belief,
    CheckIn,
    Moment,
    Practice,
    Relationship,
    Rupture,
    Session,
    TalkPlan,
)
from reattune.reflection.crossed_boundaries import crossing_of
from tests.web.files_brought import clock
from tests.web.journals import opened

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
HIT = "He hit me in the face and said he will kill me if I bring it up again."
ASKED = "Was it one of these?"
DAY = datetime.now(UTC).date().isoformat()


def _tom(client: Client) -> Relationship:
    return opened(client).create(Relationship, name="Tom", role="partner")


def _story(client: Client, who: Relationship, what: str = "Tom forgot dinner.") -> tuple[Rupture, TalkPlan]:
    here = opened(client)
    moment = here.create(Moment, relationship_id=who.id, at=here.now, what=what, cause="other")
    client.post(f"/note/{moment.id}/say/")
    [rupture], [plan] = opened(client).journal.all(Rupture), opened(client).journal.all(TalkPlan)
    client.post(f"/words/{plan.id}/whole/", {"what_happened": "You forgot.", "what_i_need": "Tell me."})
    return rupture, plan


def _talked(client: Client, rupture: Rupture, **fields: str) -> Attempt:
    client.post(f"/thread/{rupture.id}/talk/", {"day": DAY, "outcome": "unheard", **fields})
    [talk] = opened(client).journal.all(Attempt)
    return talk


def _page(client: Client, address: str) -> str:
    return unescape(client.get(address).content.decode())


def _leads_to_words(client: Client, who: Relationship) -> bool:
    here = opened(client)
    moment = here.create(Moment, relationship_id=who.id, at=here.now, what="Tom forgot the bill.", cause="other")
    return "/words/" in client.post(f"/note/{moment.id}/say/").headers["Location"]


def test_what_came_of_a_talk_is_asked_about_before_another_way_is_offered(
    own: Own, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = own()
    tom = _tom(client)
    rupture, _plan = _story(client, tom)
    talk = _talked(client, rupture, they_said=HIT)
    after = _page(client, f"/after/{talk.id}/")
    assert f"/which/{talk.id}/" in after
    assert "Prepare to say it again" not in after
    clock(monkeypatch, timedelta(hours=3))
    today = _page(client, "/today/")
    assert "Was it one of these" in today
    assert "Look at other ways" not in today
    story = _page(client, f"/thread/{rupture.id}/")
    assert f"/which/{talk.id}/" in story
    assert "Prepare to say it again" not in story
    assert client.post(f"/thread/{rupture.id}/plan/", {"approach": "other_words"}).headers["Location"] == (
        f"/thread/{rupture.id}/"
    )
    assert "Practise speaking up" not in _page(client, f"/with/{tom.id}/")
    # What is ticked is ticked of the story; then it is answered.
    assert client.get(f"/which/{talk.id}/").status_code == 200
    answer = client.post(f"/which/{talk.id}/", {"crossed": "violence"})
    assert answer.headers["Location"] == f"/thread/{rupture.id}/"
    journal = opened(client).journal
    assert journal.get(Rupture, rupture.id).crossed == ("violence",)
    assert crossing_of(journal, tom)
    assert ASKED not in _page(client, "/today/")


def test_it_can_be_said_that_it_is_none_of_these(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    client = own()
    tom = _tom(client)
    rupture, _plan = _story(client, tom)
    talk = _talked(client, rupture, feel_now=HIT)
    clock(monkeypatch, timedelta(hours=3))
    client.post(f"/which/{talk.id}/", {"none": ""})
    assert ASKED not in _page(client, "/today/")
    assert "Prepare to say it again" in _page(client, f"/thread/{rupture.id}/")
    assert _leads_to_words(client, tom)


def _of_practice(client: Client, tom: Relationship) -> None:
    opened(client).create(Practice, relationship_id=tom.id, tried="firmer", how_it_went=HIT)


def _of_belief(client: Client, tom: Relationship) -> None:
    opened(client).create(Belief, words=HIT, about_relationship_id=tom.id)


def _of_title(client: Client, tom: Relationship) -> None:
    client.post(f"/thread/?who={tom.id}", {"title": HIT, "day": DAY})


def _of_card(client: Client, tom: Relationship) -> None:
    _rupture, plan = _story(client, tom)
    here = opened(client)
    here.amend(here.journal.get(TalkPlan, plan.id), what_happened=HIT)


def _of_mending(client: Client, tom: Relationship) -> None:
    rupture, _plan = _story(client, tom)
    talk = _talked(client, rupture, outcome="repaired")
    client.post(f"/after/{talk.id}/", {"what_made_it_work": HIT})


@pytest.fixture(params=[_of_practice, _of_belief, _of_title, _of_card, _of_mending])
def written(own: Own, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> tuple[Client, Relationship]:
    """Whose journal it is, three hours after harm was written of somebody in one of these places; and of whom."""
    client = own()
    tom = _tom(client)
    request.param(client, tom)
    clock(monkeypatch, timedelta(hours=3))
    return client, tom


def test_wherever_it_is_written_of_somebody(written: tuple[Client, Relationship]) -> None:
    client, tom = written
    assert "Was it one of these" in _page(client, "/today/")
    assert "Practise speaking up" not in _page(client, f"/with/{tom.id}/")
    assert not _leads_to_words(client, tom)


def test_whatever_is_ticked_of_it_answers(written: tuple[Client, Relationship]) -> None:
    client, tom = written
    today = _page(client, "/today/")
    which = today[today.index("/which/") :].partition('"')[0]
    client.post(which, {"crossed": "violence"})
    assert crossing_of(opened(client).journal, tom)
    assert ASKED not in _page(client, "/today/")


def test_words_of_an_entry_are_asked_about_once_and_not_again_of_its_title_and_card(
    own: Own, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = own()
    tom = _tom(client)
    here = opened(client)
    moment = here.create(Moment, relationship_id=tom.id, at=here.now, what=HIT, cause="other")
    client.post(f"/which/{moment.id}/", {"none": ""})
    client.post(f"/note/{moment.id}/say/")
    assert opened(client).journal.all(TalkPlan)
    clock(monkeypatch, timedelta(hours=3))
    assert ASKED not in _page(client, "/today/")
    assert _leads_to_words(client, tom)


def test_beside_words_that_wait_no_card_is_made_for_leaving_and_none_rehearsed(
    own: Own, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = own()
    here = opened(client)
    who = here.journal.therapist
    assert who
    _rupture, plan = _story(client, who, "She was late.")
    short = client.post("/going/", {"choice": "talk", "why": "I do not feel heard."}).headers["Location"]
    assert "Saying it once" in _page(client, "/today/")
    harm = "He touched my breast and told me not to tell anyone."
    moment = here.create(Moment, relationship_id=who.id, at=here.now, what=harm, cause="other")
    clock(monkeypatch, timedelta(hours=3))
    going = _page(client, "/going/")
    assert f"/which/{moment.id}/" in going
    assert 'value="talk"' not in going
    assert "Saying it once" not in _page(client, "/today/")
    assert f"/which/{moment.id}/" in _page(client, short)
    typed = {"draft_of": short, "what_happened": "I do not feel heard at all.", "what_i_felt": "", "what_i_need": ""}
    assert client.post(short, typed).status_code == 200
    assert len(opened(client).journal.all(TalkPlan)) == 1
    for address in (f"/words/{plan.id}/card/", f"/words/{plan.id}/card/large/", f"/words/{plan.id}/aloud/read/"):
        assert client.get(address).headers["Location"] == f"/thread/{plan.rupture_id}/", address
    assert f"/which/{moment.id}/" in _page(client, f"/words/{plan.id}/whole/")
    assert f"/which/{moment.id}/" in _page(client, f"/words/{plan.id}/happened/")
    # None of these: the way is open again, and what was typed is there.
    client.post(f"/which/{moment.id}/", {"none": ""})
    assert "I do not feel heard at all." in _page(client, short)
    assert client.get(f"/words/{plan.id}/card/").status_code == 200


def test_something_less_clear_cut_answers_for_the_words_of_a_check_in(
    own: Own, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = own()
    here = opened(client)
    who = here.journal.therapist
    assert who
    session = here.create(Session, relationship_id=who.id, at=here.now)
    words = "He touched my breast and told me not to tell anyone."
    check_in = here.create(
        CheckIn,
        session_id=session.id,
        instrument="reattune-check-in/1",
        answers={"safe": 3},
        unsaid=True,
        unsaid_words=words,
    )
    clock(monkeypatch, timedelta(hours=3))
    assert f"/which/{check_in.id}/" in _page(client, "/today/")
    client.post(f"/which/{check_in.id}/", {"smaller": "too_familiar"})
    assert f"/which/{check_in.id}/" not in _page(client, "/today/")
    assert len(opened(client).journal.all(Moment)) == 1
