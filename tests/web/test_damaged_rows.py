"""Rows that cannot be read any more: every page is an answer, and what is here can be gone on with."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.test import Client

from reattune import content
from reattune.journal import rupture_states
from reattune.journal.documents import (
    Attempt,
    Belief,
    CheckIn,
    Document,
    Echo,
    Moment,
    Pattern,
    Relationship,
    Repair,
    Rupture,
    Session,
    Share,
    TalkPlan,
)
from reattune.journal.example_caseload import example_caseload
from reattune.journal.example_journal import example_journal
from reattune.journal.merge import merge
from reattune.web.store.models import SealedRow
from reattune.web.store.open_journal import OpenJournal
from tests.journal.every_kind import every_kind
from tests.web.files_brought import bring, journal_file, plain
from tests.web.journals import exported, opened
from tests.web.test_what_files_bring import damage

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
PAGES = """
    today so-far held soon ways mine exercise going next places check note with again held-true try out loose arrived
    settings settings/file settings/file/page settings/away settings/calendar settings/questions those
""".split()  # noqa: SIM905  as it is read
TABLES = "/settings/file/tables.zip", "/settings/file/notes.json", "/settings/file/fhir4.json"
STATES = ("preparing", "raised", "partly", "unheard", "repaired")
# What others belong to.
NAMED = (Relationship, Session, Moment, Rupture, TalkPlan, Attempt, Repair, Echo, Belief, CheckIn, Share, Pattern)


@contextmanager
def damaged(journal: OpenJournal, documents: Sequence[Document]) -> Iterator[None]:
    rows = {journal._seal.row_id(each.id) for each in documents}
    before = list(SealedRow.objects.filter(journal_id=journal.journal_id, row_id__in=rows))
    for each in documents:
        damage(journal, each.id)
    yield
    SealedRow.objects.bulk_update(before, ["sealed"])


def a_story_in_each_state(journal: OpenJournal, who: Relationship) -> None:
    for state in STATES:
        begun = rupture_states.begin(journal.now)
        rupture = journal.create(Rupture, relationship_id=who.id, began=journal.now, title=state, transitions=begun)
        plan = journal.create(TalkPlan, rupture_id=rupture.id, what_happened="It went wrong.", finished=journal.now)
        if state != "preparing":
            outcome = {} if state == "raised" else {"outcome": state}
            talk = journal.create(Attempt, rupture_id=rupture.id, plan_id=plan.id, at=journal.now, **outcome)
            if state == "repaired":
                journal.create(Repair, rupture_id=rupture.id, attempt_id=talk.id, at=journal.now)


def pages_of(documents: Sequence[Document]) -> list[str]:
    """The addresses that lead to the rows themselves, and to what belongs to them."""
    of_kind = {"relationship": "with those", "rupture": "thread what", "moment": "note"}
    found = [f"/{page}/{each.id}/" for each in documents for page in of_kind.get(each.kind, "").split()]
    found += [f"/words/{each.id}/card/" for each in documents if isinstance(each, TalkPlan)]
    ruptures = {each.rupture_id for each in documents if isinstance(each, (TalkPlan, Attempt, Repair))}
    return found + [f"/{page}/{each}/" for each in ruptures for page in ("thread", "what")]


@pytest.mark.parametrize("kind", ["person", "therapist"])
def test_whatever_row_is_damaged_every_page_is_an_answer(own: Own, kind: str) -> None:
    client = own(journal_kind=kind)
    journal, now = opened(client), datetime.now(UTC)
    if kind == "person":
        given: list[Document] = [*example_journal(content.words("example", "en"), now, "Europe/London", "en")]
        given += [each for each in every_kind("Words & more") if each.kind != "address"]
    else:
        given = [*example_caseload(content.words("example_caseload", "en"), now, "Europe/London", "en")]
    journal.take_in(merge(journal.journal, given).changes)
    journal = opened(client)
    a_story_in_each_state(journal, journal.journal.therapist or journal.journal.clients[0])
    client.raise_request_exception = False
    wrong: Counter[tuple[str, str]] = Counter()
    for named in NAMED:
        journal = opened(client)
        half: Sequence[Document] = journal.journal.all(named)[::2]
        if not half:
            continue
        ids = {str(each.id) for each in half}
        near = [each for each in journal.journal if any(one in each.model_dump_json() for one in ids)]
        with damaged(journal, half):
            for page in (*(f"/{page}/" for page in PAGES), *pages_of(half[:2]), *pages_of(near[:5])):
                if client.get(page).status_code >= 500:
                    wrong[named.__name__, re.sub(r"[0-9a-f-]{36}", "ID", page)] += 1
            for page in TABLES:
                if exported(client, page).status_code >= 500:
                    wrong[named.__name__, page] += 1
    assert not wrong


@pytest.mark.parametrize("kind", ["talk_plan", "attempt"])
@pytest.mark.parametrize("state", STATES)
def test_a_story_whose_words_or_conversation_are_lost_goes_on(own: Own, kind: str, state: str) -> None:
    client = own()
    journal = opened(client)
    assert journal.journal.therapist
    a_story_in_each_state(journal, journal.journal.therapist)
    rupture = next(each for each in journal.journal.all(Rupture) if each.title == state)
    lost = journal.journal.plans(rupture) if kind == "talk_plan" else journal.journal.attempts(rupture)
    for each in lost:
        damage(opened(client), each.id)
    assert client.get("/today/").status_code == 200
    goes_on(client, rupture.id)


@pytest.mark.parametrize(
    "states",
    [
        "noticed preparing",
        "noticed raised",
        "noticed preparing raised partly",
        "noticed preparing raised unheard preparing",
        "noticed preparing raised repaired",
        "noticed let_go",
    ],
)
@pytest.mark.parametrize("kind", ["person", "therapist"])
def test_a_story_that_a_file_brings_without_its_words_goes_on(own: Own, kind: str, states: str) -> None:
    client = own(journal_kind=kind)
    at = "2026-01-05T12:00:00Z"
    who = plain("relationship", name="Ann", role="client" if kind == "therapist" else "friend")
    steps = [{"state": state, "at": at} for state in states.split()]
    told = plain("rupture", relationship_id=who["id"], began=at, title="A thing", transitions=steps)
    bring(client, journal_file(who, told), "notes.json")
    assert client.get("/today/").status_code == 200
    goes_on(client, UUID(told["id"]), page="what" if kind == "therapist" else "thread")


def goes_on(client: Client, rupture_id: UUID, page: str = "thread") -> None:
    """What its page offers can be done: words for the next conversation, and how one went."""
    shown = client.get(f"/{page}/{rupture_id}/").content.decode()
    words, talk = (f"/{page}/{rupture_id}/{'plan' if page == 'thread' else 'words'}/", f"/{page}/{rupture_id}/")
    talk += "talk/" if page == "thread" else "how/"
    offered = [each for each in (words, talk) if each in shown]
    if words in offered:
        assert client.post(words).status_code == 302
        assert client.get(f"/{page}/{rupture_id}/").status_code == 200
    if offered:
        today = {"day": f"{datetime.now(UTC):%Y-%m-%d}", "outcome": "partly"}
        assert client.post(talk, today).status_code == 302
        assert opened(client).journal.get(Rupture, rupture_id).state == "partly"
    for address in ("/today/", f"/{page}/{rupture_id}/"):
        assert client.get(address).status_code == 200
