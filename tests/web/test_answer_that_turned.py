"""That they turned on the person for speaking up counts alike, whether it was in a talk or in what they answered to
something that was shared."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client

from reattune.journal.documents import Answer, Attempt, Moment, Relationship, Removed, Rupture, Share, TalkPlan
from reattune.reflection.crossed_boundaries import crossing_of, for_repair
from tests.web.files_brought import clock
from tests.web.journals import opened

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
CHANGED = "an entry was changed that had said a boundary was crossed"


def _page(client: Client, address: str) -> str:
    return unescape(client.get(address).content.decode())


def _answered(client: Client, *, story: bool) -> tuple[Relationship, Rupture, Answer]:
    here = opened(client)
    who = here.journal.therapist
    assert who
    moment = here.create(Moment, relationship_id=who.id, at=here.now, what="She was late again.", cause="other")
    client.post(f"/note/{moment.id}/say/")
    [rupture], [plan] = opened(client).journal.all(Rupture), opened(client).journal.all(TalkPlan)
    client.post(f"/words/{plan.id}/whole/", {"what_happened": "You were late.", "what_i_need": "Tell me."})
    here = opened(client)
    share = here.create(
        Share,
        relationship_id=who.id,
        at=here.now,
        what="card",
        way="page",
        title="Card",
        lines=[{"label": "", "words": "You were late."}],
        rupture_id=rupture.id if story else None,
    )
    answer = here.create(Answer, share_id=share.id, at=here.now, arrived=here.now, words="How dare you.", name="M.")
    return who, rupture, answer


@pytest.mark.parametrize("story", [True, False])
def test_an_answer_that_turned_on_the_person_is_not_theirs_to_mend(
    own: Own, monkeypatch: pytest.MonkeyPatch, story: bool
) -> None:
    client = own()
    who, rupture, answer = _answered(client, story=story)
    assert "Your words are ready" in _page(client, "/today/")
    client.post(f"/out/answer/{answer.id}/", {"met": ["retaliated"]})
    journal = opened(client).journal
    assert crossing_of(journal, who)
    assert not for_repair(journal, journal.get(Rupture, rupture.id))
    for address in ("/today/", f"/thread/{rupture.id}/"):
        page = _page(client, address)
        assert "isn’t yours to mend" in page, address
        assert "Your words are ready" not in page, address
    for address in (f"/with/{who.id}/", "/going/", "/soon/", f"/out/given/{answer.share_id}/", "/held/"):
        assert client.get(address, follow=True).status_code == 200, address
    # Allowed again, and said once more: it counts again.
    clock(monkeypatch, timedelta(minutes=5))
    client.post(f"/with/{who.id}/once-more/")
    assert crossing_of(opened(client).journal, who) is None
    clock(monkeypatch, timedelta(minutes=10))
    client.post(f"/out/answer/{answer.id}/", {"met": ["dismissed", "retaliated"]})
    assert crossing_of(opened(client).journal, who)
    # Taken back, as by a tap: Today says so, and the form before can be restored.
    clock(monkeypatch, timedelta(minutes=15))
    client.post(f"/out/answer/{answer.id}/", {"met": ["dismissed"]})
    assert crossing_of(opened(client).journal, who) is None
    assert CHANGED in _page(client, "/today/")
    latest = max(opened(client).journal.all(Removed), key=lambda each: each.at)
    client.post(f"/settings/away/{latest.id}/back/")
    assert crossing_of(opened(client).journal, who)


def test_ticked_of_a_talk_after_talks_were_allowed_again_it_counts(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    client = own()
    here = opened(client)
    who = here.journal.therapist
    assert who
    here.create(Moment, relationship_id=who.id, at=here.now, what="Long ago.", cause="other", crossed=["sexual"])
    clock(monkeypatch, timedelta(minutes=5))
    client.post(f"/with/{who.id}/once-more/")
    clock(monkeypatch, timedelta(minutes=10))
    here = opened(client)
    moment = here.create(Moment, relationship_id=who.id, at=here.now, what="She was late.", cause="other")
    client.post(f"/note/{moment.id}/say/")
    [rupture] = opened(client).journal.all(Rupture)
    here = opened(client)
    talk = here.create(Attempt, rupture_id=rupture.id, at=here.now, outcome="unheard")
    clock(monkeypatch, timedelta(minutes=20))
    client.post(f"/with/{who.id}/once-more/")
    client.post(f"/with/{who.id}/once-more/")
    clock(monkeypatch, timedelta(minutes=30))
    here = opened(client)
    here.amend(here.journal.get(Attempt, talk.id), met=("retaliated",))
    assert crossing_of(opened(client).journal, who)
