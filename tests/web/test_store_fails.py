"""Whatever becomes of the store: the helplines are there, and what was typed stands on the page."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import pytest
from django.db import DatabaseError, InterfaceError, OperationalError, ProgrammingError, connection
from django.test import Client

from reattune.vault.errors import TooManyAtOnce
from reattune.web.store.waiting import OthersFirst
from tests.web.conftest import PASSPHRASE
from tests.web.journals import opened
from tests.web.page_walker import read

Own = Callable[..., Client]
WORDS = "A word while nothing can be kept."


def because(error: Exception, cause: Exception, code: int = 0) -> Exception:
    if code:
        cause.sqlite_errorcode = code  # type: ignore[attr-defined]
    error.__cause__ = cause
    return error


def away() -> Exception:
    return because(OperationalError("x"), sqlite3.OperationalError("unable to open"), sqlite3.SQLITE_CANTOPEN)


def malformed() -> Exception:
    return because(DatabaseError("x"), sqlite3.DatabaseError("malformed"), sqlite3.SQLITE_CORRUPT)


def of_server(name: str) -> Exception:
    errors = pytest.importorskip("psycopg").errors
    kind = {"UndefinedTable": ProgrammingError, "UndefinedColumn": ProgrammingError, "DiskFull": OperationalError}
    return because(kind.get(name, InterfaceError)("x"), getattr(errors, name)("x"))


@contextmanager
def every_query_meets(error: Exception) -> Iterator[None]:
    def refuse(*_given: Any) -> None:
        raise error

    with connection.execute_wrapper(refuse):
        yield


@pytest.mark.parametrize("path", ["/help/", "/help/?region=GB"])
def test_the_helplines_need_no_store(own: Own, path: str) -> None:
    client = own()
    for error in (away(), malformed(), of_server("AdminShutdown"), of_server("UndefinedTable")):
        with every_query_meets(error):
            answer = client.get(path)
        assert answer.status_code == 200
        page = answer.content.decode()
        assert 'href="tel:' in page
        assert ("116 123" in page) == ("GB" in path)
        assert 'name="region"' in page


def test_a_fault_of_the_help_page_itself_is_not_hidden(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(_request: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr("reattune.web.pages.begin.help_now.open_and_speak", fault)
    with pytest.raises(KeyError):
        own().get("/help/")


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (of_server("UndefinedTable"), 503, "wait a little, and try again"),
        (of_server("UndefinedColumn"), 503, "wait a little, and try again"),
        (of_server("AdminShutdown"), 503, "wait a little, and try again"),
        (of_server("DiskFull"), 507, "The disk may be full"),
        (of_server("DataCorrupted"), 503, "restore the journals from a backup"),
        (away(), 507, "The disk may be full"),
        (malformed(), 503, "restore the journals from a backup"),
    ],
)
def test_what_was_typed_stands_on_the_page(own: Own, error: Exception, status: int, said: str) -> None:
    client = own()
    sent = {"draft_of": "/note/", "journal": opened(client).mark, "what": WORDS, "stop": ""}
    with every_query_meets(error):
        answer = client.post("/note/", sent)
    page = answer.content.decode()
    assert answer.status_code == status
    assert said in page
    assert WORDS in page
    assert ("backup" in page) == ("backup" in said)


def test_where_nothing_was_typed_no_words_are_spoken_of(own: Own) -> None:
    client = own()
    with every_query_meets(away()):
        page = client.get("/today/").content.decode()
    assert "We can’t reach your journal right now" in page
    assert "typed" not in page


@pytest.mark.parametrize("error", [away(), malformed(), of_server("AdminShutdown"), of_server("UndefinedTable")])
def test_locking_shows_no_word_where_the_store_does_not_answer(own: Own, error: Exception) -> None:
    """A stick that was pulled out, a database that is down: what was half typed stood on the screen in clear."""
    client = own()
    fields = dict(next(each.fields for each in read("/note/", client.get("/note/").content.decode()).buttons()))
    sent = {"draft_of": "/note/", "journal": fields["journal"], "what": WORDS}
    with every_query_meets(error):
        answer = client.post("/lock/", sent)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Unlock your journal" in page
    assert WORDS not in page
    assert client.cookies["reattune_open"].value == ""
    held = re.search(r'name="held" value="([^"]+)"', page)
    assert held
    onward = client.post("/unlock/", {"passphrase": PASSPHRASE, "held": held[1]}).headers["Location"]
    assert WORDS in client.get(onward).content.decode()


@pytest.mark.parametrize("words", ["", WORDS])
def test_locking_where_even_that_fails_shows_no_word(own: Own, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    client = own()
    monkeypatch.setattr("reattune.web.pages.begin.unlock.hold", mock.Mock(side_effect=away()))
    answer = client.post("/lock/", {"draft_of": "/note/", "journal": "x", "what": words})
    if words:
        assert WORDS not in answer.content.decode()


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (away(), 503, "The disk may be full"),
        (malformed(), 503, "We can’t reach your journal right now"),
        (of_server("AdminShutdown"), 503, "We can’t reach your journal right now"),
        (of_server("LockNotAvailable"), 429, "Please try again in a few seconds"),
        (
            because(OperationalError("x"), sqlite3.OperationalError("locked"), sqlite3.SQLITE_BUSY),
            429,
            "Please try again",
        ),
        (OthersFirst(), 429, "Please try again in a few seconds"),
        (TooManyAtOnce(), 429, "Please try again in a few seconds"),
    ],
)
def test_what_is_held_stays_on_the_page_until_it_can_be_unlocked(
    own: Own, error: Exception, status: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = own()
    fields = dict(next(each.fields for each in read("/note/", client.get("/note/").content.decode()).buttons()))
    client.post("/lock/")
    sent = {"draft_of": "/note/", "journal": fields["journal"], "what": WORDS}
    held = re.search(r'name="held" value="([^"]+)"', client.post("/note/", sent).content.decode())
    assert held
    with monkeypatch.context() as broken:
        broken.setattr("reattune.web.pages.begin.unlock.first_opened", mock.Mock(side_effect=error))
        answer = client.post("/unlock/", {"passphrase": PASSPHRASE, "held": held[1]})
    assert answer.status_code == status
    assert said in answer.content.decode()
    still = re.search(r'name="held" value="([^"]+)"', answer.content.decode())
    assert still
    onward = client.post("/unlock/", {"passphrase": PASSPHRASE, "held": still[1]}).headers["Location"]
    assert WORDS in client.get(onward).content.decode()
