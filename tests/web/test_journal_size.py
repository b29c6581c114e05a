"""Hosted, a journal holds so much and no more: every page opens all of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.test import Client

from reattune.journal.documents import CameIn, LooseNote, Moment, Share
from reattune.vault.letters import seal_letter
from reattune.web.hosted.environment import Hosting
from reattune.web.store.journal_size import size_of
from reattune.web.store.letterbox import address_key, deliver
from reattune.web.store.models import SharedLink, WaitingLetter
from tests.web.conftest import PASSPHRASE
from tests.web.files_brought import as_it_is, bring, preview
from tests.web.journals import exported, opened
from tests.web.test_answers_and_links import makes_link
from tests.web.test_bad_input_on_pages import note
from tests.web.test_letterbox import note as letter

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
LINE = "-" * 80 + "\n"


def diary(letters: int, first: int = 1) -> bytes:
    days = range(first, first + letters // 90_000)
    return "".join(
        f"2025-{day // 28 + 1:02}-{day % 28 + 1:02}\n{LINE * (90_000 // len(LINE))}\n\n" for day in days
    ).encode()


@pytest.fixture
def one_megabyte() -> Iterator[None]:
    before = settings.HOSTING
    yield
    settings.HOSTING = before


def limit() -> None:
    settings.HOSTING = Hosting(hosts=("testserver",), secret="s" * 50, journal_megabytes=1)


@pytest.mark.usefixtures("one_megabyte")
def test_a_file_that_would_make_it_larger_is_refused_and_what_is_here_stays(own: Own) -> None:
    client = own()
    bring(client, diary(450_000), "diary.txt")
    before = len(opened(client).journal.all(LooseNote))
    limit()
    said = preview(client, diary(900_000, 40), "more.txt")
    assert "more than there’s room for on this server: at most 1 MB" in said
    bring(client, diary(180_000, 80), "some.txt", passphrase=PASSPHRASE)
    assert len(opened(client).journal.all(LooseNote)) == before + 2


@pytest.mark.usefixtures("one_megabyte")
def test_words_that_find_no_room_are_given_back_and_deleting_makes_room(own: Own) -> None:
    client = own()
    bring(client, diary(2_250_000), "diary.txt")
    moment = note(client, "The clock.")
    limit()
    assert size_of(opened(client).journal_id) > 2_000_000
    typed = {"what": "These words are mine.", "cause": "judged_me", "stop": ""}
    answer = client.post("/note/", typed | {"who": "", "day": "2026-01-05"})
    assert answer.status_code in (200, 507)
    answer = client.post("/held/", {"words": "These words are mine.", "weight": "5"})
    assert answer.status_code == 507
    assert "This journal is full" in answer.content.decode()
    assert "These words are mine." in answer.content.decode()
    assert client.post(f"/away/{moment.split('/')[2]}/", {"passphrase": PASSPHRASE}).status_code in (302, 200)
    assert not opened(client).journal.all(Moment)
    assert exported(client).status_code == 200
    settings.HOSTING = Hosting(hosts=("testserver",), secret="s" * 50)
    assert client.post("/held/", {"words": "These words are mine.", "weight": "5"}).status_code == 302


def test_on_a_computer_of_ones_own_there_is_no_limit(own: Own) -> None:
    client = own()
    bring(client, diary(2_250_000), "diary.txt")
    assert client.post("/held/", {"words": "These words are mine.", "weight": "5"}).status_code == 302


@pytest.mark.usefixtures("one_megabyte")
def test_a_full_journal_opens_all_the_same_and_letters_wait_until_there_is_room(own: Own) -> None:
    client = own()
    bring(client, diary(2_250_000), "diary.txt")
    pair = address_key(opened(client))
    assert pair
    sealed = seal_letter(pair.public, json.dumps(letter("The letter that waits.")).encode())
    assert deliver(pair.address, sealed) is None
    limit()
    who = {"name": opened(client).name, "passphrase": PASSPHRASE}
    client.post("/lock/")
    assert client.post("/unlock/", who).status_code == 302
    for page in ("/today/", "/journal/", "/so-far/", "/settings/", "/settings/file/", "/came/", "/loose/"):
        assert client.get(page).status_code in (200, 302, 404), page
    assert not opened(client).journal.all(CameIn)
    assert WaitingLetter.objects.count() == 1
    for each in opened(client).journal.all(LooseNote):
        opened(client).write_and_discard([], [each])
    client.post("/lock/")
    assert client.post("/unlock/", who).status_code == 302
    assert [each.content.words for each in opened(client).journal.all(CameIn)] == ["The letter that waits."]


@pytest.mark.usefixtures("one_megabyte")
def test_a_full_journal_opens_also_where_somebody_read_what_was_shared(own: Own) -> None:
    client = own()
    settings.HOSTING = Hosting(hosts=("testserver",), secret="s" * 50)
    _address, share = makes_link(client)
    bring(client, diary(2_250_000), "diary.txt")
    SharedLink.objects.update(opened="2026-01-05")
    limit()
    who = {"name": opened(client).name, "passphrase": PASSPHRASE}
    client.post("/lock/")
    assert client.post("/unlock/", who).status_code == 302
    assert client.get("/today/").status_code == 200
    assert opened(client).journal.get(Share, share.id).opened is not None
    # And the link can be taken back.
    assert client.post(f"/out/given/{share.id}/back/").status_code == 302
    assert not SharedLink.objects.exists()


@pytest.mark.usefixtures("one_megabyte")
def test_words_that_waited_for_the_passphrase_of_a_full_journal_are_shown(own: Own) -> None:
    client = own()
    bring(client, diary(2_250_000), "diary.txt")
    limit()
    who = {"name": opened(client).name, "passphrase": PASSPHRASE}
    sent = as_it_is(client.get("/held/").content.decode(), "words")
    client.post("/lock/")
    page = client.post("/held/", {**sent, "words": "These words are mine alone."}).content.decode()
    answer = client.post("/unlock/", {**as_it_is(page, "held"), **who})
    assert answer.status_code == 200
    assert "This journal is full" in answer.content.decode()
    assert "These words are mine alone." in answer.content.decode()
    assert client.get("/today/").status_code == 200
