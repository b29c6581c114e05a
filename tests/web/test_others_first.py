"""Hosted: who waits for others, or asks very much of one journal, leaves threads for everybody else."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection, connections
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import resolve

from reattune.journal.documents import Moment
from reattune.web.hosted.environment import Hosting
from reattune.web.http import few_of_one_journal
from reattune.web.http.few_of_one_journal import FewOfOneJournal
from reattune.web.http.taken_once import COOKIES
from reattune.web.store import turns, waiting
from reattune.web.store.letterbox import deliver
from reattune.web.store.models import JournalAddress, SealedJournal
from reattune.web.store.waiting import OthersFirst, in_line, let_wait
from tests.web.journals import opened
from tests.web.test_hosted import only_postgresql
from tests.web.test_taken_once import at_once, note, record_slowly, told

Own = Callable[..., Client]
SENTENCE = "A lot is going on in this journal right now."


@pytest.fixture
def one_may_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "_line", waiting._line)
    let_wait(1)


@pytest.mark.django_db(transaction=True)
def test_of_the_same_form_only_so_many_wait(own: Own, one_may_wait: None, monkeypatch: pytest.MonkeyPatch) -> None:
    client = own()
    address, sent = note(client)
    record_slowly(monkeypatch, seconds=1.5)
    answers = at_once(client, address, sent)
    later = [each for each in answers if each.status_code == 429]
    taken = [each for each in answers if each not in later]
    assert 1 <= len(later) <= len(answers) - 2
    assert {told(each)[:2] for each in taken} == {(302, told(taken[0])[1])}
    assert all(SENTENCE in each.content.decode() and each.headers["Retry-After"] for each in later)
    assert len(opened(client).journal.all(Moment)) == 1
    with in_line():
        pass  # nobody kept a place


@pytest.mark.django_db
def test_who_would_wait_for_a_turn_is_told_where_too_many_do(own: Own, one_may_wait: None) -> None:
    client = own()
    here = bytes(SealedJournal.kept.get().id)
    with in_line():
        with turns.turn_of([here]):
            pass  # nobody has it: there is nothing to wait for
        with pytest.raises(OthersFirst), turns.turn_of([bytes(16)]):
            pass
    with turns.turn_of([bytes(16), here, here]):
        pass
    assert client.get("/today/").status_code == 200


@pytest.mark.django_db
def test_they_read_so_and_what_was_typed_is_there(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    client = own()
    address, sent = note(client)

    def full(*_given: object) -> bool:
        raise OthersFirst

    monkeypatch.setattr(turns, "hold", full)
    page = client.post(address, {**sent, "what": "The joke that hurt"})
    assert page.status_code == 429
    assert SENTENCE in page.content.decode()
    assert "The joke that hurt" in page.content.decode()
    monkeypatch.setattr("reattune.web.store.letterbox.hold", full)
    known = JournalAddress.objects.get()
    monkeypatch.setattr("reattune.web.store.letterbox.check_letter", lambda _letter: None)
    with pytest.raises(OthersFirst):
        deliver(bytes(known.id), b"a letter")


class Held:
    """Requests that are being answered until they are let go."""

    def __init__(self, settings: object, threads: int) -> None:
        settings.HOSTING = Hosting(hosts=("testserver",), secret="s" * 50, threads=threads)  # type: ignore[attr-defined]
        self.go, self.inside, self.statuses = threading.Event(), threading.Semaphore(0), list[int]()
        self.middleware = FewOfOneJournal(self._answered)

    def _answered(self, request: HttpRequest) -> HttpResponse:
        request.resolver_match = resolve(request.path_info)
        early = self.middleware.process_view(request, lambda: None, (), {})
        if early is not None:
            return early
        self.inside.release()
        self.go.wait(30)
        return HttpResponse(b"done")

    def ask(self, client: Client, path: str = "/so-far/", method: str = "GET") -> HttpResponse:
        request = RequestFactory().generic(method, path)
        request.COOKIES = {name: each.value for name, each in client.cookies.items()}
        answer = self.middleware(request)
        self.statuses.append(answer.status_code)
        return answer


@pytest.mark.django_db
def test_of_one_journal_only_so_many_requests_are_answered_at_once(
    own: Own, settings: object, one_may_wait: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, other = own(), Client()
    held = Held(settings, 4)
    # Threads have no transaction of this test: whose journal it is, is said here.
    monkeypatch.setattr(few_of_one_journal, "journals_open", lambda request, _cookies: [request.COOKIES["j"].encode()])
    client.cookies["j"], other.cookies["j"] = "one", "another"
    threads = [threading.Thread(target=held.ask, args=(client,)) for _number in range(3)]
    for each in threads:
        each.start()
    assert all(held.inside.acquire(timeout=20) for _number in range(2))
    began = time.monotonic()
    while waiting._line._value:  # type: ignore[attr-defined]
        assert time.monotonic() - began < 20
    later = held.ask(client)
    assert (later.status_code, later.headers["Refresh"]) == (429, "3")
    assert SENTENCE in later.content.decode()
    held.go.set()
    assert held.ask(client, "/help/").status_code == held.ask(other).status_code == 200
    for each in threads:
        each.join(20)
    assert sorted(held.statuses) == [200] * 5 + [429]
    assert not held.middleware._busy


@pytest.mark.django_db
def test_what_is_sent_to_the_untouched_example_counts_together_whoever_sends_it(
    settings: object, one_may_wait: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, path = Held(settings, 4), "/example/so-far/look/"
    monkeypatch.setattr(few_of_one_journal, "journals_open", lambda _request, _cookies: [])
    threads = [threading.Thread(target=held.ask, args=(Client(), path, "POST")) for _number in range(3)]
    for each in threads:
        each.start()
    assert all(held.inside.acquire(timeout=20) for _number in range(2))
    began = time.monotonic()
    while waiting._line._value:  # type: ignore[attr-defined]
        assert time.monotonic() - began < 20
    assert held.ask(Client(), "/example/other/so-far/look/", "POST").status_code == 429
    held.go.set()
    for other in ("/unlock/", "/example/away/"):
        assert held.ask(Client(), other, "POST").status_code == 200
    assert held.ask(Client(), "/example/today/").status_code == 200
    for each in threads:
        each.join(20)
    assert not held.middleware._busy


@pytest.mark.django_db
def test_the_places_are_of_the_journal_and_not_of_the_browser(own: Own) -> None:
    client = own()
    request = RequestFactory().get("/today/")
    request.COOKIES = {name: each.value for name, each in client.cookies.items()}
    assert turns.journals_open(request, COOKIES) == [bytes(SealedJournal.kept.get().id)]
    assert turns.journals_open(RequestFactory().get("/today/"), COOKIES) == []


@only_postgresql
@pytest.mark.django_db(transaction=True)
def test_who_waits_long_for_a_turn_is_told_so(own: Own, one_may_wait: None, monkeypatch: pytest.MonkeyPatch) -> None:
    own()
    here, has_it, done = bytes(SealedJournal.kept.get().id), threading.Event(), threading.Event()

    def other_window() -> None:
        try:
            with turns.turn_of([here]):
                has_it.set()
                done.wait(30)
        finally:
            connections.close_all()

    window = threading.Thread(target=other_window)
    window.start()
    assert has_it.wait(30)
    with in_line(), pytest.raises(OthersFirst), turns.turn_of([here]):
        pass
    monkeypatch.setattr(turns, "_PATIENCE", 1)
    with pytest.raises(OthersFirst), turns.turn_of([here]):
        pass
    monkeypatch.setattr(turns, "_PATIENCE", 30)
    threading.Timer(1, done.set).start()
    with turns.turn_of([here]), connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("10s",)
    window.join(30)
