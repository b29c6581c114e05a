"""Each thing that can be deleted is deleted by itself, and comes back: every page of what is left is an answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from django.test import Client

from reattune.journal import rupture_states
from reattune.journal.documents import Attempt, Document, Relationship, Removed, Repair, Rupture
from reattune.journal.merge import merge
from reattune.web.pages.manage.deletion import DELETABLE
from tests.journal.every_kind import every_kind, every_kind_of_therapist
from tests.web.journals import opened
from tests.web.test_damaged_rows import a_story_in_each_state, pages_of

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
LISTS = {"person": "today so-far held soon ways next again held-true try out", "therapist": "today those mine out"}
TALK = {"person": ("thread", "talk", "after"), "therapist": ("what", "how", "how")}


@pytest.mark.parametrize("kind", ["person", "therapist"])
def test_whatever_is_deleted_every_page_is_an_answer(own: Own, kind: str) -> None:
    client = own(journal_kind=kind)
    journal = opened(client)
    given = (every_kind if kind == "person" else every_kind_of_therapist)("Words & more")
    journal.take_in(merge(journal.journal, [each for each in given if each.kind != "address"]).changes)
    journal = opened(client)
    a_story_in_each_state(journal, journal.journal.therapist or journal.journal.clients[0])
    client.raise_request_exception = False
    wrong: Counter[str] = Counter()
    for deletable in DELETABLE:
        for each in opened(client).journal.all(deletable)[-5:]:  # type: ignore[type-var]
            there = {one.id for one in opened(client).journal.all(Removed)}
            if each.id not in {one.id for one in opened(client).journal} or not _deleted(client, each):
                continue
            near = [one for one in opened(client).journal if isinstance(one, (Relationship, Rupture, Repair))]
            pages = {*pages_of(near), *(f"/{page}/" for page in LISTS[kind].split())}
            wrong += Counter(f"{each.kind}: {page}" for page in pages if client.get(page).status_code >= 500)
            [removed] = [one for one in opened(client).journal.all(Removed) if one.id not in there]
            assert client.post(f"/settings/away/{removed.id}/back/").status_code == 302, each.kind
    assert not wrong


def _deleted(client: Client, document: Document) -> bool:
    answer = client.post(f"/away/{document.id}/")
    assert answer.status_code in (302, 409), document.kind
    return answer.status_code == 302


def mended(client: Client, kind: str) -> tuple[Rupture, Attempt]:
    """A story that a conversation mended, as its pages leave it."""
    journal = opened(client)
    who = journal.journal.therapist or journal.create(Relationship, name="Anna", role="client")
    begun = rupture_states.begin(journal.now)
    rupture = journal.create(Rupture, relationship_id=who.id, title="The clock", began=journal.now, transitions=begun)
    story, talk, _ = TALK[kind]
    today = rupture.local_day(journal.now).isoformat()
    client.post(f"/{story}/{rupture.id}/{talk}/", {"day": today, "outcome": "repaired", "they_said": "I see."})
    [attempt] = opened(client).journal.all(Attempt)
    return rupture, attempt


@pytest.mark.parametrize("kind", ["person", "therapist"])
def test_with_a_conversation_goes_what_was_said_of_its_mending_and_comes_back(own: Own, kind: str) -> None:
    client = own(journal_kind=kind)
    rupture, attempt = mended(client, kind)
    story, _, after = TALK[kind]
    client.post(f"/{after}/{attempt.id}/", {"word": "stronger", "what_made_it_work": "She listened."})
    client.post(f"/away/{attempt.id}/")
    assert not opened(client).journal.all(Repair)
    assert "She listened." not in client.get(f"/{story}/{rupture.id}/").content.decode()
    [removed] = opened(client).journal.all(Removed)
    client.post(f"/settings/away/{removed.id}/back/")
    [repair] = opened(client).journal.repairs(rupture)
    assert repair.attempt_id == attempt.id
    assert "She listened." in client.get(f"/{story}/{rupture.id}/").content.decode()


@pytest.mark.parametrize("kind", ["person", "therapist"])
def test_what_was_said_of_a_mending_whose_conversation_is_not_known_can_be_read(own: Own, kind: str) -> None:
    client = own(journal_kind=kind)
    rupture, _ = mended(client, kind)
    journal = opened(client)
    journal.create(Repair, rupture_id=rupture.id, at=journal.now, what_made_it_work="She listened.")
    answer = client.get(f"/{TALK[kind][0]}/{rupture.id}/")
    assert answer.status_code == 200
    assert "She listened." in answer.content.decode()
