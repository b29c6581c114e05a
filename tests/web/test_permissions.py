"""Every route for {nobody, locked, another journal, the right one}, {a person's, a therapist's}, {GET, POST}, from the
URL table itself.

A route without an entry below fails the first test.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import Resolver404, URLPattern, get_resolver, resolve, reverse

from reattune.journal.documents import Document
from reattune.journal.vocabulary import JournalKind, RelationshipStatus
from reattune.web.pages.follow import follow_back
from reattune.web.pages.mend import rehearse, say_it
from reattune.web.pages.notice import moments
from reattune.web.pages.urls import urlpatterns
from reattune.web.store.models import SealedJournal, SealedRow, UnlockedSession
from tests.journal.every_kind import every_kind, every_kind_of_therapist
from tests.web.journals import opened, session_of

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db

KINDS = list(JournalKind)
CANARY = "canary 5e1f of the right journal"


def names(words: str) -> list[str]:
    return words.split()


# What each route of a journal answers to: pages that are only read, forms, and acts that are only sent.
READ = names("""
    today so-far works guides guide reading moment follow people person patterns beliefs practise mend
    card card-large reminder structure carry carry-sealed deleted
    turn-to came-in shared shared-one shared-page draft-words
    clients client client-before my-work
    client-mend client-card answering answering-lately
""")
FORM = names("""
    unsaid leaving leaving-short leaving-break leaving-well leaving-safe leaving-safe-before leaving-later
    leaving-not-crossed choosing candidate-new candidate look-back
    check-in check-in-change which-line record moment-new moment-change follow-step
    moment-step pattern-new pattern belief-new belief practice-new practice mend-new talk talk-change agreed
    after later rehearse find-words say settings passphrase questionnaires carry-in delete forget erase-somebody
    earlier-name session-calendar before-session sort leaf list-change-seen erase therapist therapy-ended person-change
    share share-of carry-json carry-tables carry-fhir record-file
    client-new client-change client-after client-after-change client-typed client-hand client-bring
    client-mend-new client-words client-talk client-talk-change client-outcome client-held
    answering-one answering-beside
""")
SENT = names("""
    unsaid-act answered need-take need-drop moment-line rupture-line moment-say moment-let-go moment-take-out
    echo-answer shared-back answer-met keep-apart pattern-join belief-against search plan move questionnaire-use
    carry-reminders bring-back sort-aside draft not-meant meant leaving-away mend-again therapy-goes-on draft-away
    came-in-take came-in-seen came-in-away client-ended client-move client-plan zone
""")
# Before a journal is open: whom they let in is in test_unlocking.py and test_hosted.py.
OUTSIDE = names("""
    language
    front begin begin-write begin-keep begin-drop begin-recovery begin-about unlock unlock-recovery lock leave measures
    help example-done example-away link link-sealed write-down letter manifest service-worker offline filled running
    still-open
""")

# Which document of the right journal a part of an address names.
NAMED = {
    "relationship_id": "relationship", "client_id": "relationship", "session_id": "session",
    "moment_id": "moment", "rupture_id": "rupture", "plan_id": "talk_plan",
    "attempt_id": "attempt", "belief_id": "belief", "candidate_id": "candidate", "check_in_id": "check_in",
    "document_id": "moment", "earlier_id": "moment", "echo_id": "echo", "ending_id": "ending",
    "note_id": "loose_note", "pattern_id": "pattern", "practice_id": "practice", "removed_id": "removed",
    "source_id": "moment", "draft_id": "draft", "share_id": "share", "answer_id": "answer", "letter_id": "came_in",
    "tried_id": "tried_answer", "who_id": "relationship",
}  # fmt: skip
# What else can stand in an address: each of these is tried.
SAID: dict[tuple[str, str], list[Any]] = {
    ("unsaid-act", "what"): ["let-go"], ("guide", "number"): [1], ("need-drop", "place"): [0],
    ("earlier-name", "place"): [0],
    ("follow-step", "name"): list(follow_back.STEPS), ("moment-step", "name"): list(moments.STEPS),
    ("move", "choice"): ["let-go"], ("client-move", "choice"): ["let-go"],
    ("answering-one", "key"): ["the_diet"],
    ("rehearse", "step"): list(rehearse.STEPS), ("say", "step"): list(say_it.STEPS),
    ("share-of", "what"): ["line", "held", "soon"], ("structure", "key"): ["srs"], ("carry-fhir", "release"): [4, 5],
}  # fmt: skip


# What this journal has no use for at the moment gets the answer of what is not there, from its owner too.
NOT_NOW = names("unsaid-act echo-answer bring-back")


def routes() -> dict[str, URLPattern]:
    return {str(each.name): each for each in urlpatterns if isinstance(each, URLPattern) and each.name}


def kinds_of(name: str) -> frozenset[JournalKind]:
    """In whose journal a route is there."""
    found: frozenset[JournalKind] = routes()[name].callback.journal_kinds  # type: ignore[attr-defined]
    return found


def test_every_route_has_an_entry() -> None:
    assert sorted([*READ, *FORM, *SENT]) == sorted(routes())
    assert {each.name for each in get_resolver().url_patterns if isinstance(each, URLPattern)} == set(OUTSIDE)


def addresses(documents: list[Document], space: str = "own") -> Iterator[tuple[str, str]]:
    ids: dict[str, UUID] = defaultdict(uuid4, {each.kind: each.id for each in documents})
    for name, pattern in routes().items():
        parts = pattern.pattern.converters  # type: ignore[union-attr]
        each_part = [[ids[NAMED[part]]] if part in NAMED else SAID[name, part] for part in parts]
        for given in product(*each_part):
            yield name, reverse(f"{space}:{name}", kwargs=dict(zip(parts, given, strict=True)))


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def watched() -> Iterator[None]:
    """Fails on a query of rows that does not name its journal: a distributed database could not place it."""

    def names_its_journal(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "store_sealedrow" in sql:
            where = sql if sql.startswith("INSERT") else sql.partition("WHERE")[2]
            assert "journal_id" in where, sql
        return execute(sql, params, many, context)

    with connection.execute_wrapper(names_its_journal):
        yield


@pytest.fixture
def right(own: Own) -> tuple[Client, list[Document]]:
    """A client with a person's journal that holds one of every kind, with a canary in every field."""
    return filled(own, JournalKind.PERSON)


def filled(own: Own, kind: JournalKind, words: str = "words of the right one") -> tuple[Client, list[Document]]:
    client = own(words, "Berit", kind)
    journal = opened(client)
    documents = []
    for each in every_kind(CANARY) if kind is JournalKind.PERSON else every_kind_of_therapist(CANARY):
        if each.kind == "preferences":
            continue
        if each.kind == "relationship" and each.role == "therapist":  # type: ignore[attr-defined]
            each = each.model_copy(update={"status": RelationshipStatus.PAST})
        if each.kind == "loose_note":
            each = each.model_copy(update={"became": None, "set_aside": False})
        journal.record(each)
        documents.append(each)
    return client, documents


def everything() -> set[tuple[bytes, ...]]:
    """All rows and keys as they lie."""
    rows = SealedRow.objects.values_list("journal_id", "row_id", "sealed")
    keys = SealedJournal.objects.values_list("id", "keyring", "head")
    return {tuple(map(bytes, each)) for each in (*rows, *keys)}


def private(answer: object) -> str:
    """What is wrong with the headers of an answer; empty where nothing is."""
    headers = answer.headers  # type: ignore[attr-defined]
    policy = headers.get("Content-Security-Policy", "")
    wanted = {
        "Cache-Control": "no-store",
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    wrong = [name for name, value in wanted.items() if headers.get(name) != value]
    if "default-src 'none'" not in policy or "unsafe" in policy or "http" in policy:
        wrong.append("Content-Security-Policy")
    return " ".join(wrong)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("role", ["nobody", "locked"])
def test_without_an_open_journal(own: Own, right: tuple[Client, list[Document]], role: str, method: str) -> None:
    client, documents = right
    client = client if role == "locked" else Client()
    UnlockedSession.objects.all().delete()
    before, wrong = everything(), []
    for name, address in addresses(documents):
        with watched():
            given = {"what": "anything", "words": "anything"} if method == "post" else {}
            answer = getattr(client, method)(address, given)
        refused = name in (READ if method == "post" else SENT)
        away = answer.status_code == 302 and answer.headers["Location"].startswith("/unlock/")
        if not (answer.status_code == 405 if refused else away) or CANARY in answer.content.decode() or private(answer):
            wrong.append((name, answer.status_code, private(answer)))
    assert wrong == []
    assert everything() == before


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("other_kind", KINDS)
def test_with_another_journal(own: Own, kind: JournalKind, other_kind: JournalKind, method: str) -> None:
    _client, documents = filled(own, kind)
    other = own("words of another one", "Anselm", other_kind)
    own_rows = {each for each in everything() if each[0] != session_of(other)[0]}
    wrong = []
    for name, address in addresses(documents):
        with undone():
            given = {
                "what": "anything",
                "note": str(next((each.id for each in documents if each.kind == "loose_note"), uuid4())),
                "sure": "on",
                "current": "words of the right one",
            }
            with watched():
                answer = getattr(other, method)(address, given if method == "post" else {})
            content = b"".join(answer.streaming_content) if answer.streaming else answer.content
            if method == "get" and "<uuid" in str(routes()[name].pattern) and name not in SENT:
                expected = answer.status_code == 404
            else:
                expected = answer.status_code < 500
            if not expected or CANARY.encode() in content or not own_rows <= everything() or private(answer):
                wrong.append((name, answer.status_code, private(answer)))
    assert wrong == []


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("kind", KINDS)
def test_with_a_journal_of_the_other_kind(own: Own, kind: JournalKind, method: str) -> None:
    """A page of the other side is not there, in a journal that holds whatever its address names."""
    client, documents = filled(own, kind)
    before, wrong = everything(), []
    for name, address in addresses(documents):
        if kind in kinds_of(name):
            continue
        answer = getattr(client, method)(address)
        refused = name in (READ if method == "post" else SENT)
        if answer.status_code != (405 if refused else 404) or private(answer):
            wrong.append((name, answer.status_code, private(answer)))
    assert wrong == []
    assert everything() == before


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("kind", KINDS)
def test_with_the_right_journal(own: Own, kind: JournalKind, method: str) -> None:
    client, documents = filled(own, kind)
    wrong = []
    shown = 0
    for name, address in addresses(documents):
        if kind not in kinds_of(name):
            continue
        with undone():
            with watched():
                answer = getattr(client, method)(address)
            content = b"".join(answer.streaming_content) if answer.streaming else answer.content
            refused = name in (READ if method == "post" else SENT)
            good = (405,) if refused else (200, 204, 302, 400, 409, *([404] if name in NOT_NOW else []))
            shown += CANARY.encode() in content
            if answer.status_code not in good or private(answer) or b"Traceback" in content:
                wrong.append((name, address, answer.status_code, private(answer)))
    assert wrong == []
    assert shown > (15 if kind is JournalKind.PERSON else 0) if method == "get" else True


def test_headers_before_a_journal_is_open() -> None:
    wrong = []
    for path in (
        "/",
        "/begin/",
        "/unlock/",
        "/unlock/recovery/",
        "/help/",
        "/measures/",
        "/example/today/",
        "/no/page",
    ):
        for method in ("get", "post"):
            answer = getattr(Client(), method)(path)
            if private(answer) and answer.status_code != 405:
                wrong.append((path, method, private(answer)))
    assert wrong == []


@pytest.mark.parametrize("kind", KINDS)
def test_no_page_leads_to_the_other_side(own: Own, kind: JournalKind) -> None:
    """Nothing of one side stands on a page of the other, not even a way there."""
    client, documents = filled(own, kind)
    wrong: set[tuple[str, str]] = set()
    for name, address in addresses(documents):
        if kind not in kinds_of(name) or name in SENT:
            continue
        with undone():
            answer = client.get(address)
        if answer.status_code != 200 or not answer.headers["Content-Type"].startswith("text/html"):
            continue
        for way in re.findall(r'(?:href|action|hx-post)="(/[^"#?]*)', answer.content.decode()):
            try:
                led = resolve(way).url_name
            except Resolver404:
                continue  # static files
            if led in routes() and kind not in kinds_of(str(led)):
                wrong.add((name, str(led)))
    assert wrong == set()


def test_files_of_the_pages_are_for_those_pages_alone() -> None:
    """Any site may ask a browser for them, and would learn that Reattune runs here."""
    for path in ("/static/js/app.js", "/static/icon.svg"):
        answer = Client().get(path)
        assert answer.status_code == 200
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "max-age" in answer.headers["Cache-Control"]
        assert Client().get(path, HTTP_SEC_FETCH_SITE="same-origin").status_code == 200
        for site in ("cross-site", "same-site"):
            assert Client().get(path, HTTP_SEC_FETCH_SITE=site).status_code == 403
        assert Client().get(path, HTTP_HOST="rebound.example.org").status_code == 400
    assert Client().get("/", HTTP_SEC_FETCH_SITE="cross-site").status_code == 200, "a page may be linked to"


def test_a_page_of_a_neighbour_asks_for_nothing_without_being_seen(own: Own) -> None:
    """The cookies would go along: it would lock the journal, or keep it from locking itself."""
    client = own()
    asked = {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
    framed = {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}
    beforehand = {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate", "Sec-Purpose": "prefetch"}
    for path in ("/unlock/", "/unlock/recovery/", "/today/", "/help/", "/measures/", "/open/"):
        for headers in (asked, framed, beforehand):
            assert client.get(path, headers=headers).status_code == 403, (path, headers)
    assert client.get("/today/").status_code == 200, "it was not locked"
    led = {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert client.get("/today/", headers=led).status_code == 200
    assert client.get("/today/", headers={**asked, "Sec-Fetch-Site": "same-origin"}).status_code == 200


def test_no_address_tells_what_it_is_about() -> None:
    telling = re.compile(r"therap|ruptur|hurt|mend|repair|belief|moment|feel|session|leav|erase|delete")
    plain = [re.sub(r"<[^>]*>", "", str(each.pattern)) for each in routes().values()]
    assert [each for each in plain if telling.search(each)] == []
