"""Each form is taken once: a double tap and a retry get the page that the first one got, and nothing is kept twice."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from copy import deepcopy
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from reattune.journal.documents import Document, Moment, Share
from reattune.journal.vocabulary import JournalKind
from reattune.vault.journal_names import name_of
from reattune.web.hosted.environment import Hosting
from reattune.web.store import idle_clock, taken_forms, turns
from reattune.web.store.models import SealedJournal, SealedRow, TakenForm, UnlockedSession, WaitingLetter
from reattune.web.store.open_journal import OpenJournal
from reattune.web.store.unlocking import forget_all_unlocked
from tests.web.conftest import PASSPHRASE
from tests.web.journals import opened, session_of, sure
from tests.web.page_walker import Button, read
from tests.web.test_passphrase_again import all_addresses, fields_of
from tests.web.test_permissions import CANARY, filled, right, undone  # noqa: F401  a fixture

Own = Callable[..., Client]
Right = tuple[Client, list[Document]]
Sent = dict[str, Any]
AT_ONCE = 8
# Ends what the walk goes on with.
LAST = ("/settings/file/off/",)


def token(html: str) -> str:
    found = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', html)
    return found[1] if found else ""


def told(answer: HttpResponse) -> tuple[int, str, str]:
    """An answer as somebody sees it: two of the same page differ in what is random in each, and a file is made anew.

    A new recovery code is the journal's only once its end was typed: who sees another one has that one.
    """
    random = r'(?:csrfmiddlewaretoken|typed_in|filled_with|code|proof)" value="[^"]*"|<p class="code".*</p>'
    random += r'|data-asks="[^>]*'
    if "attachment" in answer.headers.get("Content-Disposition", ""):
        return answer.status_code, answer.headers["Content-Disposition"], ""
    # What is looked for stands in an address encrypted, so that two are never the same.
    onward = re.sub(r"\?w=[^#]*", "", answer.headers.get("Location", ""))
    return answer.status_code, onward, re.sub(random, "", answer.content.decode("latin-1"))


def ready(button: Button, html: str, client: Client) -> Sent:
    """What a form sends, in words that no other form was filled with."""
    mark = token(html)[:12]
    own = ("on the way", CANARY)
    words = {
        name: [f"{each} {mark}" if any(part in each for part in own) else each for each in values]
        for name, values in fields_of(button).items()
    }
    return {**words, "csrfmiddlewaretoken": token(html), **sure(client), "sure": "on"}


def rows(journal_id: bytes) -> set[tuple[bytes, int]]:
    found = SealedRow.objects.filter(journal_id=journal_id).values_list("row_id", "revision")
    return {(bytes(row_id), revision) for row_id, revision in found}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", list(JournalKind))
def test_every_form_that_is_sent_again_gets_the_same_page_and_keeps_nothing_twice(own: Own, kind: JournalKind) -> None:
    client, documents = filled(own, kind)
    keys, cookies = session_of(client), deepcopy(client.cookies)
    wrong, pressed = [], 0
    for _name, address in all_addresses(documents):
        with undone():
            got = client.get(address)
        if got.status_code != 200 or not got.headers["Content-Type"].startswith("text/html"):
            continue
        html = got.content.decode()
        for button in read(address, html).buttons():
            with undone():
                sent = ready(button, html, client)
                first, kept = client.post(button.address, sent), rows(keys[0])
                client.cookies = deepcopy(cookies)
                again, then = client.post(button.address, sent), rows(keys[0])
                client.cookies = deepcopy(cookies)
            pressed += 1
            # The draft of what was refused, and the day of a copy, are written anew.
            same = len(kept) == len(then) if first.status_code == 200 else kept == then
            if told(first) != told(again) or not same or first.status_code >= 500:
                wrong.append((button.address, button.label, told(first)[:2], told(again)[:2], len(then) - len(kept)))
    assert wrong == [], wrong
    assert pressed > (80 if kind is JournalKind.PERSON else 50)


# Eight at once


def at_once(client: Client, address: str, sent: Sent) -> list[HttpResponse]:
    ready = Barrier(AT_ONCE)

    def send(_number: int) -> HttpResponse:
        mine = Client(raise_request_exception=False)
        mine.cookies = deepcopy(client.cookies)
        ready.wait()
        try:
            return mine.post(address, sent)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(send, range(AT_ONCE)))


def twins(documents: list[Document]) -> list[str]:
    """Entries that are the same but for their names and times; of moments, those whose words were typed here."""
    seen: dict[str, str] = {}
    found = []
    for each in documents:
        if isinstance(each, Moment) and each.what == CANARY:
            continue  # it was made of one of the fixture's notes, which all say the same
        said = repr(sorted(each.model_dump(exclude={"id", "created", "updated", "at", "transitions"}).items(), key=str))
        if said in seen:
            found.append(each.kind)
        seen[said] = each.kind
    return found


@pytest.mark.django_db(transaction=True)
def test_every_form_eight_at_once(right: Right) -> None:  # noqa: F811
    """On a journal that goes on being used, so that each form meets what the ones before it left."""
    client, documents = right
    keys = session_of(client)
    wrong, pressed = [], 0
    for name, address in [*all_addresses(documents)]:
        got = client.get(address)
        if got.status_code != 200 or not got.headers["Content-Type"].startswith("text/html") or address in LAST:
            continue
        for number, _button in enumerate(read(address, got.content.decode()).buttons()):
            html = client.get(address).content.decode()
            buttons = read(address, html).buttons()
            if number >= len(buttons):
                break
            button, was = buttons[number], OpenJournal(*keys).journal
            before, moments = twins(list(was)), len(was.all(Moment))
            answers = at_once(client, button.address, ready(button, html, client))
            pressed += 1
            if UnlockedSession.objects.filter(journal_id=keys[0]).count() == 0:
                client.post("/unlock/", {"passphrase": client.passphrase})  # type: ignore[attr-defined]
            journal = OpenJournal(*keys)
            doubled = twins(list(journal.journal))
            if len({told(each) for each in answers}) > 1 or answers[0].status_code >= 500 or journal.damages:
                wrong.append((name, button.label, [told(each)[:2] for each in answers]))
            elif len(doubled) > len(before) or len(journal.journal.all(Moment)) > moments + 1:
                wrong.append((name, button.label, doubled))
    assert wrong == [], wrong
    assert pressed > 80


@pytest.mark.django_db(transaction=True)
def test_beginning_unlocking_and_writing_down_eight_at_once(own: Own) -> None:
    nobody = Client()
    html = nobody.get("/begin/").content.decode()
    words = "eight of the same at once"
    sent = {"csrfmiddlewaretoken": token(html), "passphrase": words, "again": words, "journal_kind": "person"}
    answers = at_once(nobody, "/begin/", sent)
    assert {told(each) for each in answers} == {told(answers[0])}
    assert "Your recovery code" in answers[0].content.decode()
    assert SealedJournal.objects.count() == 1
    client = own()
    client.post("/lock/")
    html = client.get("/unlock/").content.decode()
    note = read("/unlock/", html).buttons()
    down = next(each for each in note if each.address == "/down/")
    answers = at_once(client, "/down/", {**fields_of(down), "csrfmiddlewaretoken": token(html), "words": "Once."})
    assert {told(each)[:2] for each in answers} == {(302, "/unlock/?down")}
    assert WaitingLetter.objects.count() == 1
    sent = {"csrfmiddlewaretoken": token(html), "passphrase": PASSPHRASE, "name": name_of(bytes(16))}
    answers = at_once(client, "/unlock/", sent)
    assert {told(each)[:2] for each in answers} == {(302, "/today/")}
    assert UnlockedSession.objects.filter(journal__keyring__isnull=False).count() <= 2 + AT_ONCE


# Longer than anybody waits


@pytest.mark.django_db
def test_one_that_waits_for_its_turn_for_long_is_not_kept_beside_the_one_that_was_sent_again(
    own: Own, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = own()
    address, sent = note(client)
    monkeypatch.setattr(taken_forms, "_PATIENCE", timedelta(0))
    again: list[HttpResponse] = []
    turn_of = turns.turn_of

    @contextmanager
    def comes_late(journal_ids: list[bytes]) -> Iterator[None]:
        if not again:
            again.append(HttpResponse())
            again[0] = deepcopy(client).post(address, sent)
        with turn_of(journal_ids):
            yield

    monkeypatch.setattr(turns, "turn_of", comes_late)
    first = client.post(address, sent)
    assert first.status_code == again[0].status_code == 302
    assert first.headers["Location"] == again[0].headers["Location"]
    assert len(opened(client).journal.all(Moment)) == 1


def record_slowly(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Let every document take so long to be kept."""
    record = OpenJournal.record

    def slowly(self: OpenJournal, document: Document) -> Document:
        time.sleep(seconds)
        return record(self, document)

    monkeypatch.setattr(OpenJournal, "record", slowly)


@pytest.mark.django_db(transaction=True)
def test_one_that_is_answered_for_long_is_not_answered_twice(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    client = own()
    address, sent = note(client)
    monkeypatch.setattr(taken_forms, "_PATIENCE", timedelta(seconds=0.3))
    record_slowly(monkeypatch, seconds=1)
    answers = at_once(client, address, sent)
    assert {told(each)[:2] for each in answers} == {told(answers[0])[:2]}
    assert answers[0].status_code == 302
    assert len(opened(client).journal.all(Moment)) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("slept", [timedelta(seconds=70), timedelta(days=-2)])
def test_one_that_was_written_is_not_taken_over_where_the_machine_slept(
    own: Own, monkeypatch: pytest.MonkeyPatch, slept: timedelta
) -> None:
    """Between writing and answering; or its clock was set. Sent again, it waits for where the first one leads."""
    client = own()
    address, sent = note(client)
    again: list[Future[HttpResponse]] = []
    keep = taken_forms.Claim.keep

    with ThreadPoolExecutor(1) as pool:

        def late(self: taken_forms.Claim, *given: Any, **more: Any) -> None:
            if not again:
                later = timezone.now() + slept
                monkeypatch.setattr(taken_forms.timezone, "now", lambda: later)
                again.append(pool.submit(sends, deepcopy(client), address, sent))
                time.sleep(1.5)
            keep(self, *given, **more)

        monkeypatch.setattr(taken_forms.Claim, "keep", late)
        first = client.post(address, sent)
    assert first.status_code == again[0].result().status_code == 302
    assert first.headers["Location"] == again[0].result().headers["Location"]
    monkeypatch.undo()
    assert len(opened(client).journal.all(Moment)) == 1


def sends(client: Client, address: str, sent: Sent) -> HttpResponse:
    try:
        return client.post(address, sent)
    finally:
        connections.close_all()


@pytest.mark.django_db
def test_one_that_was_written_and_never_answered_is_not_written_twice(
    own: Own, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = own()
    address, sent = note(client)
    monkeypatch.setattr(taken_forms.Claim, "keep", lambda *_given, **_more: None)
    client.post(address, sent)
    monkeypatch.undo()
    monkeypatch.setattr(taken_forms, "_AT_ONCE", 0.1)
    TakenForm.objects.update(begun=timezone.now() - timedelta(minutes=2))
    assert client.post(address, sent).headers["Location"] == "/"
    assert len(opened(client).journal.all(Moment)) == 1


@pytest.mark.django_db
def test_what_was_answered_while_the_clock_was_ahead_is_kept_for_an_hour_from_now(own: Own) -> None:
    client = own()
    address, sent = note(client)
    client.post(address, sent)
    TakenForm.objects.update(begun=timezone.now() + timedelta(days=730))
    idle_clock.look()
    kept = TakenForm.objects.all()
    assert kept.exists()
    assert all(each.begun <= timezone.now() and each.page is None for each in kept)


@pytest.mark.django_db
def test_a_retry_on_a_bad_line_gets_the_recovery_code_too(db: None) -> None:
    nobody = Client()
    html = nobody.get("/begin/").content.decode()
    cookies = deepcopy(nobody.cookies)
    words = "a line that breaks off"
    sent = {"csrfmiddlewaretoken": token(html), "passphrase": words, "again": words, "journal_kind": "person"}
    first = nobody.post("/begin/", sent)
    again = Client()
    again.cookies = deepcopy(cookies)
    second = again.post("/begin/", sent)
    assert second.content == first.content
    assert again.get("/begin/recovery/").status_code == 200, "its journal is open there too"
    other = Client()
    other.cookies = deepcopy(cookies)
    assert "Your recovery code" not in other.post("/begin/", {**sent, "passphrase": "others"}).content.decode()
    again.post("/lock/")
    late = Client()
    late.cookies = deepcopy(cookies)
    answer = late.post("/begin/", sent)
    assert answer.headers["Location"].startswith("/unlock/?named=")
    said = late.get(answer.headers["Location"]).content.decode()
    assert "Your journal is kept already." in said
    assert SealedJournal.objects.count() == 1


def written_first(settings: Any, remote: str = "198.51.100.7") -> tuple[Client, Sent, Any]:
    """Somebody on a hosted installation who wrote before choosing a passphrase, and the form that keeps it."""
    settings.HOSTING = Hosting(hosts=("testserver",), secret="s" * 50)
    client = Client(REMOTE_ADDR=remote)
    assert client.post("/begin/write/", {"zone": "UTC"}).status_code == 302
    html = client.get("/begin/keep/").content.decode()
    words = "velvet lantern quiet harbour"
    return client, {"csrfmiddlewaretoken": token(html), "passphrase": words, "again": words}, deepcopy(client.cookies)


@pytest.mark.django_db
@pytest.mark.parametrize("seconds", [12, 120, 540])
def test_keeping_again_after_a_lost_answer_shows_the_code_until_one_goes_on(settings: Any, seconds: int) -> None:
    client, sent, cookies = written_first(settings)
    first = client.post("/begin/keep/", sent)
    client.cookies = cookies  # the answer never came
    TakenForm.objects.update(begun=timezone.now() - timedelta(seconds=seconds))
    idle_clock.look()
    again = client.post("/begin/keep/", sent)
    assert again.content == first.content
    assert name_of(bytes(SealedJournal.objects.get().id)) in again.content.decode()
    assert client.get("/begin/recovery/").status_code == 200, "and it is open"
    # Whoever goes on has seen it: nobody who comes after them gets it by the way back.
    client.cookies = deepcopy(cookies)
    assert "code five" not in client.post("/begin/keep/", sent).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("then", ["/today/", "/settings/", "/note/", "idle", "reattune_locked", "reattune_left"])
def test_a_code_is_not_shown_again_once_its_reader_went_on_or_it_was_locked(settings: Any, then: str) -> None:
    client, sent, cookies = written_first(settings)
    client.post("/begin/keep/", sent)
    later_on = Client(REMOTE_ADDR="198.51.100.7")
    if then == "idle":
        UnlockedSession.objects.update(last_seen=timezone.now() - timedelta(minutes=20))
        idle_clock.look()
    elif then.startswith("reattune"):
        client.cookies[f"__Host-{then}"] = client.cookies[then] = "1"  # the request that told of it was lost
        client.get("/unlock/")
    else:
        assert client.get(then).status_code == 200
    for browser in (client, later_on):
        if browser is later_on or then != "reattune_left":
            browser.cookies.update(cookies)
        assert "Your recovery code" not in browser.post("/begin/keep/", sent).content.decode()


@pytest.mark.django_db
def test_after_the_quick_exit_nothing_is_begun_anew(settings: Any) -> None:
    client, sent, cookies = written_first(settings)
    client.post("/begin/keep/", sent)
    client.post("/leave/")
    client.cookies.update(cookies)
    assert client.post("/begin/keep/", sent).headers["Location"] == "/measures/"
    assert SealedJournal.objects.count() == 1


@pytest.mark.django_db
def test_keeping_again_much_later_tells_what_the_journal_is_called(settings: Any) -> None:
    client, sent, cookies = written_first(settings)
    client.post("/begin/keep/", sent)
    client.cookies = cookies
    later(15)
    idle_clock.look()
    assert not TakenForm.objects.filter(page__isnull=False).exists()
    answer = client.post("/begin/keep/", sent)
    said = client.get(answer.headers["Location"]).content.decode()
    name = name_of(bytes(SealedJournal.objects.get().id))
    assert f"called {name}" in said
    assert f'value="{name}"' in said
    assert client.post("/unlock/", {"name": name, "passphrase": sent["passphrase"]}).status_code == 302
    for made_up in ("7QK2-M0XD", "<b>your bank</b>", ""):
        assert "kept already" not in client.get(f"/unlock/?named={made_up}").content.decode()


@pytest.mark.django_db
def test_many_pages_of_others_take_no_code_away(settings: Any, own: Own) -> None:
    neighbour = own()
    html = neighbour.get("/settings/").content.decode()
    for number in range(40):
        sent = {"csrfmiddlewaretoken": token(html), "what": f"{number}", "day": "no day"}
        neighbour.post("/note/", sent)
        neighbour.post("/arrived/seen/", {"csrfmiddlewaretoken": token(html), "number": str(number)})
    assert TakenForm.objects.filter(page__isnull=False).count() <= taken_forms._MOST_PAGES_OF_ONE
    for _ in range(taken_forms._MOST_PAGES):
        TakenForm.objects.create(id=os.urandom(32), begun=timezone.now(), answer=b"a", page=b"p", journal_id=None)
    TakenForm.objects.filter(answer=b"a").update(journal=SealedJournal.objects.get())
    client, sent, cookies = written_first(settings)
    first = client.post("/begin/keep/", sent)
    client.cookies = cookies
    assert client.post("/begin/keep/", sent).content == first.content


# Later


def later(minutes: int = 5) -> None:
    TakenForm.objects.update(begun=timezone.now() - timedelta(minutes=minutes))


def note(client: Client) -> tuple[str, Sent]:
    html = client.get("/note/").content.decode()
    button = read("/note/", html).buttons()[0]
    return button.address, {**ready(button, html, client), "what": "The joke."}


@pytest.mark.django_db
def test_a_retry_after_minutes_leads_where_the_first_one_led(own: Own) -> None:
    client = own()
    address, sent = note(client)
    first = client.post(address, sent)
    later()
    assert client.post(address, sent).headers["Location"] == first.headers["Location"]
    assert len(opened(client).journal.all(Moment)) == 1
    assert client.post(address, {**sent, "what": "Another one."}).headers["Location"] != first.headers["Location"]
    later(61)
    client.post(address, sent)
    assert len(opened(client).journal.all(Moment)) == 3, "after an hour it is not known any more"


@pytest.mark.django_db
def test_a_retry_that_meets_a_locked_journal_shows_nothing_and_keeps_nothing_twice(own: Own) -> None:
    client = own()
    address, sent = note(client)
    first = client.post(address, sent).headers["Location"]
    UnlockedSession.objects.all().delete()
    again = client.post(address, sent)
    assert again.headers["Location"].startswith("/unlock/?next=")
    assert client.post("/unlock/", {"passphrase": PASSPHRASE, "next": first}).headers["Location"] == first
    assert len(opened(client).journal.all(Moment)) == 1
    client.post("/leave/")
    assert client.post(address, sent).headers["Location"] == "/measures/"


def a_code(client: Client) -> tuple[str, Sent]:
    """A form whose page shows a code."""
    moment = client.post(*note(client)).headers["Location"].strip("/").split("/")[1]
    html = client.get(f"/out/{moment}/").content.decode()
    button = next(each for each in read(f"/out/{moment}/", html).buttons() if ("way", "page") in each.fields)
    return button.address, ready(button, html, client)


@pytest.mark.django_db
def test_a_code_that_was_shown_is_not_shown_again_to_who_reloads_the_page(own: Own) -> None:
    client = own()
    address, sent = a_code(client)
    assert 'class="code five"' in client.post(address, sent).content.decode()
    later(1)
    (share,) = opened(client).journal.all(Share)
    again = client.post(address, sent)
    assert again.headers["Location"] == f"/out/given/{share.id}/"
    client.post("/lock/")
    assert client.post(address, sent).headers["Location"].startswith("/unlock/")


@pytest.mark.django_db
def test_nothing_of_a_form_can_be_read_from_what_is_kept_of_it(own: Own) -> None:
    client = own()
    address, sent = note(client)
    client.post(address, {**sent, "what": "canary 31 of a form"})
    kept = [bytes(each.id) + bytes(each.answer or b"") for each in TakenForm.objects.all()]
    assert kept
    assert not [each for each in kept if b"canary" in each or b"/note/" in each or b"Location" in each]
    assert token(client.get("/note/").content.decode()) != sent["csrfmiddlewaretoken"]


# What is kept, and for whom


@pytest.mark.django_db
def test_nothing_is_kept_for_somebody_who_sends_what_leads_nowhere() -> None:
    nobody = Client()
    html = nobody.get("/unlock/").content.decode()
    for number in range(3):
        sent = {"csrfmiddlewaretoken": token(html), "passphrase": "", "next": f"{number}" + "&" * 390_000}
        page = nobody.post("/unlock/", sent)
        assert page.status_code == 200
        assert len(page.content) < 50_000
    assert not TakenForm.objects.exists()


@pytest.mark.django_db
def test_the_oldest_forms_make_room(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taken_forms, "MOST_OF_NOBODY", 4)
    monkeypatch.setattr(taken_forms, "MOST_OF_ONE", 3)
    nobody = Client()
    for _number in range(7):
        html = nobody.get("/unlock/").content.decode()
        nobody.post("/settings/", {"csrfmiddlewaretoken": token(html), "name": "x"})
    assert TakenForm.objects.filter(journal=None).count() == 4
    client = own()
    for _number in range(6):
        address, sent = note(client)
        assert client.post(address, sent).status_code == 302
    assert TakenForm.objects.exclude(journal=None).count() == 3


@pytest.mark.django_db
def test_a_passphrase_cannot_be_found_by_trying_forms(own: Own) -> None:
    """With the disk, the installation's key and the page on which it was typed."""
    client = own()
    client.post("/lock/")
    TakenForm.objects.all().delete()
    html = client.get("/unlock/").content.decode()
    sent = {"csrfmiddlewaretoken": token(html), "passphrase": PASSPHRASE, "next": ""}
    assert client.post("/unlock/", sent).status_code == 302
    (kept,) = TakenForm.objects.values_list("id", flat=True)
    same = deepcopy(client.cookies)
    again = client.post("/unlock/", sent)
    assert again.headers["Location"] == "/today/"
    assert [bytes(each) for each in TakenForm.objects.values_list("id", flat=True)] == [bytes(kept)]
    with pytest.MonkeyPatch.context() as started_anew:
        started_anew.setattr(taken_forms, "_in_memory", bytes(32))
        client.cookies = same
        client.post("/unlock/", sent)
        assert TakenForm.objects.count() == 2, "the disk alone makes no id of it"


@pytest.mark.django_db
def test_pages_go_by_the_clock_at_locking_and_at_the_quick_exit(own: Own) -> None:
    def pages() -> int:
        return TakenForm.objects.filter(page__isnull=False).count()

    client = own()
    client.post(*note(client))
    assert not pages(), "what only leads on needs none"
    for go in ("/lock/", "/leave/"):
        client.post("/unlock/", {"passphrase": PASSPHRASE})
        client.cookies.pop("reattune_left", None)
        client.post(*a_code(client))
        assert pages()
        client.post(go)
        assert not pages()
    client.post("/unlock/", {"passphrase": PASSPHRASE})
    client.cookies.pop("reattune_left", None)
    client.post(*a_code(client))
    later(1)
    idle_clock.look()
    assert not pages()
    assert TakenForm.objects.exists()
    later(61)
    idle_clock.look()
    assert not TakenForm.objects.exists()
    client.post(*note(client))
    forget_all_unlocked()
    assert not TakenForm.objects.exists(), "and with a start"


@pytest.mark.django_db
def test_a_file_is_not_kept(own: Own) -> None:
    client = own()
    html = client.get("/settings/file/").content.decode()
    TakenForm.objects.all().delete()
    got = client.post("/settings/file/notes.json", {"csrfmiddlewaretoken": token(html), "current": PASSPHRASE})
    assert "attachment" in got.headers["Content-Disposition"]
    assert not TakenForm.objects.exists()


def test_a_second_one_leaves_no_failed_insert_behind(db: None) -> None:
    """A database logs what fails, with its values, and keeps that for longer than an hour."""
    mine = taken_forms.Claim(bytes(32), bytes(32), timezone.now())
    with CaptureQueriesContext(connection) as queries:
        assert taken_forms._first(mine)
        assert not taken_forms._first(mine)
    assert TakenForm.objects.count() == 1
    assert all("ON CONFLICT DO NOTHING" in each["sql"] for each in queries if "INSERT" in each["sql"])
