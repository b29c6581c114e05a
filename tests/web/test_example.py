"""The example as a place to try things out: made-up words, sealed, one browser's alone, and gone at each end."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from unittest import mock

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.utils import timezone

from reattune.journal.vocabulary import JournalKind
from reattune.web.hosted.environment import Hosting
from reattune.web.pages.shared import example_access
from reattune.web.pages.shared.example_access import COOKIES, OWN_ALONE, TriedExample
from reattune.web.store import provisional_journals
from reattune.web.store.models import SealedJournal, SealedRow, UnlockedSession
from reattune.web.store.unlocking import COOKIE as OWN_COOKIE
from tests.web.conftest import PASSPHRASE
from tests.web.test_bad_input_on_pages import RATED, therapist_of
from tests.web.test_permissions import addresses, everything, private, routes, watched

COOKIE = COOKIES[JournalKind.PERSON]
Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
WORDS = "heron on the third step"


def note(client: Client, what: str = WORDS) -> Any:
    page = client.get("/example/note/").content.decode()
    who = re.search(r'value="([0-9a-f-]{36})"', page)
    mark = re.search(r'name="journal" value="([^"]*)"', page)
    assert who
    assert mark
    given = {"who": who[1], "day": date.today().isoformat(), "what": what, "stop": "", "journal": mark[1]}
    return client.post("/example/note/", given)


def tried(client: Client | None = None, what: str = WORDS) -> Client:
    """Somebody who has written a moment into the example."""
    client = client or Client()
    answer = note(client, what)
    assert answer.status_code == 302, answer.content.decode()
    client.moment = answer.headers["Location"]
    return client


def read(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def ones() -> int:
    return SealedJournal.objects.filter(provisional=True).count()


def nothing_is_left() -> bool:
    return not (SealedJournal.objects.exists() or SealedRow.objects.exists() or UnlockedSession.objects.exists())


# Who looks, and who tries


def test_who_only_looks_leaves_no_row_and_gets_no_cookie() -> None:
    client = Client()
    for path in ("/example/today/", "/example/so-far/", "/example/note/", "/example/settings/file/notes.json"):
        assert client.get(path).status_code == 200
    assert nothing_is_left()
    assert COOKIE.name not in client.cookies
    page = read(client, "/example/today/")
    assert "You can try everything out with made-up words; none of it is kept." in page
    assert "trying things out" not in page
    assert "Leave the example" in page


def test_the_first_thing_that_is_sent_begins_it_and_the_pages_show_it() -> None:
    client = tried()
    assert ones() == SealedJournal.objects.count() == 1
    cookie = client.cookies[COOKIE.name]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (
        "/example/",
        True,
        "Strict",
        "",
    )
    assert WORDS in read(client, client.moment)  # type: ignore[attr-defined]
    page = read(client, "/example/so-far/")
    assert WORDS in page
    assert "You’ve been trying things out here, and none of it will be kept." in page
    assert 'href="/settings/' not in page
    assert 'href="/example/settings/' not in page


def test_over_https_the_cookie_is_secure() -> None:
    client = Client()
    client.post("/example/typing/", {"draft_of": "/example/note/", "what": "x"}, secure=True)
    assert client.cookies[COOKIE.name]["secure"]


def test_a_check_in_a_draft_a_card_a_rehearsal_and_a_talk() -> None:
    client = Client()
    today = date.today().isoformat()
    kept = client.post("/example/check/", {"day": today, "place": "in_person", **RATED})
    assert kept.headers["Location"].startswith("/example/check/")
    assert client.get(kept.headers["Location"]).status_code == 200
    assert client.post("/example/typing/", {"draft_of": "/example/note/", "what": "half a sent"}).status_code == 204
    assert "half a sent" in read(client, "/example/note/")
    whole = client.post(f"{tried(client).moment}say/").headers["Location"]  # type: ignore[attr-defined]
    happened = whole.replace("whole", "happened")
    assert happened.startswith("/example/words/")
    step = happened
    for name in ("happened", "felt", "made", "need", "fear"):
        assert step.endswith(f"/{name}/")
        step = client.post(step, {"words": f"The {name} of the {WORDS}"}).headers["Location"]
    card = client.post(step, {"delivery": "say"}).headers["Location"]
    assert card == happened.replace("/happened/", "/card/")
    assert f"The need of the {WORDS}" in read(client, card)
    step = card.replace("/card/", "/aloud/read/")
    for following in ("/aloud/answers/", "/aloud/ready/", "/card/"):
        assert client.get(step).status_code == 200
        step = client.post(step, {"ready": "7"}).headers["Location"]
        assert step.endswith(following)
    thread = re.search(r"/example/thread/[0-9a-f-]{36}/", read(client, card))
    assert thread
    after = client.post(f"{thread[0]}talk/", {"day": today, "outcome": "partly"}).headers["Location"]
    assert after.startswith("/example/after/")
    assert "Partly mended" in read(client, thread[0])
    assert ones() == 1


def test_every_route_answers_and_none_leads_out_of_the_example(own: Own) -> None:
    owner = own()
    before = everything()
    seed = list(example_access._example_of(JournalKind.PERSON, timezone.now().date(), "en"))
    wrong = []
    for method in ("get", "post"):
        client = Client()
        client.cookies[OWN_COOKIE] = owner.cookies[OWN_COOKIE].value
        if method == "post":
            tried(client)
        for name, address in addresses(seed, "example"):
            with watched():
                answer = getattr(client, method)(address)
            target = answer.headers.get("Location", "/example/")
            good = answer.status_code in (200, 204, 302, 400, 404, 405, 409) and target.startswith("/example/")
            if method == "post" and name in OWN_ALONE and answer.status_code != 405:
                good = good and "isn’t part of the example" in answer.content.decode()
            if not good or private(answer):
                wrong.append((method, address, answer.status_code, target))
    assert wrong == []
    assert before <= everything()
    assert set(OWN_ALONE) <= set(routes())


# The bad cases


@pytest.mark.parametrize("value", ["x", "A" * 88, base64.urlsafe_b64encode(bytes(64)).decode(), "é", "A" * 4000])
def test_a_forged_cookie_opens_nothing_and_writes_nothing(value: str) -> None:
    other = tried()
    before = everything()
    client = Client()
    client.cookies[COOKIE.name] = value
    assert WORDS not in read(client, "/example/so-far/")
    assert client.cookies[COOKIE.name].value == ""  # taken back
    client.cookies[COOKIE.name] = value
    answer = client.post("/example/note/", {"what": "typed in vain"})
    assert answer.status_code == 410
    assert "typed in vain" in answer.content.decode()
    assert everything() == before
    assert WORDS in read(other, "/example/so-far/")


def test_the_right_session_with_a_wrong_secret_opens_and_ends_nothing() -> None:
    one = tried()
    raw = base64.urlsafe_b64decode(one.cookies[COOKIE.name].value)
    thief = Client()
    thief.cookies[COOKIE.name] = base64.urlsafe_b64encode(raw[:32] + os.urandom(32)).decode()
    assert WORDS not in read(thief, "/example/so-far/")
    thief.cookies[COOKIE.name] = base64.urlsafe_b64encode(raw[:32] + os.urandom(32)).decode()
    assert thief.post("/example/done/").status_code == 302
    assert WORDS in read(one, "/example/so-far/")


def test_two_browsers_see_each_their_own() -> None:
    one, other = tried(what="the first browser"), tried(what="the second browser")
    assert ones() == 2
    assert "the second" not in read(one, "/example/so-far/")
    assert "the first" not in read(other, "/example/so-far/")
    assert other.get(one.moment).status_code == 404  # type: ignore[attr-defined]
    one.post("/example/done/")
    assert ones() == 1
    assert "the second browser" in read(other, "/example/so-far/")


def test_the_own_journal_beside_it_is_not_touched(own: Own) -> None:
    client = own()
    client.post("/note/", {"who": therapist_of(client), "day": date.today().isoformat(), "what": "mine", "stop": ""})
    before, mine = everything(), client.cookies[OWN_COOKIE].value
    tried(client)
    assert before <= everything()
    assert WORDS in read(client, "/example/so-far/")
    assert WORDS not in read(client, "/so-far/")
    assert "mine" not in read(client, "/example/so-far/")
    client.post("/example/done/")
    assert client.cookies[OWN_COOKIE].value == mine
    assert everything() == before
    assert client.get("/today/").status_code == 200


def test_neither_cookie_opens_what_the_other_is_for(own: Own) -> None:
    client = tried(own(therapist="Anselm"))
    mine, made_up = client.cookies[OWN_COOKIE].value, client.cookies[COOKIE.name].value
    swapped = Client()
    swapped.cookies[OWN_COOKIE], swapped.cookies[COOKIE.name] = made_up, mine
    assert swapped.get("/today/").headers["Location"].startswith("/unlock/")
    assert "Anselm" not in read(swapped, "/example/settings/person/")
    swapped.cookies[COOKIE.name] = mine
    swapped.post("/example/done/")
    swapped.cookies[OWN_COOKIE] = made_up
    swapped.post("/lock/")
    assert client.get("/today/").status_code == 200
    assert WORDS in read(client, "/example/so-far/")


def test_words_typed_in_the_example_never_become_a_draft_of_the_own_journal(own: Own) -> None:
    client = own()
    before = everything()
    client.post("/leave/", {"draft_of": "/example/note/", "what": WORDS})
    assert everything() == before
    client = own("another passphrase")
    assert client.post("/typing/", {"draft_of": "/example/note/", "what": WORDS}).status_code == 400
    assert client.post("/example/typing/", {"draft_of": "/note/", "what": WORDS}).status_code == 400


def test_another_tab_that_sends_after_it_was_erased() -> None:
    client = tried()
    mark = re.search(r'name="journal" value="([0-9a-f]{64})"', read(client, "/example/note/"))
    assert mark
    value = client.cookies[COOKIE.name].value
    client.post("/example/done/")
    for cookie in ("", value):
        client.cookies[COOKIE.name] = cookie
        if not cookie:
            del client.cookies[COOKIE.name]
        answer = client.post("/example/note/", {"journal": mark[1], "what": "from the other tab"})
        assert answer.status_code == 410
        assert "from the other tab" in answer.content.decode()
        assert "What you tried out is gone" in answer.content.decode()
    assert nothing_is_left()
    assert client.post(f"{client.moment}say/").status_code == 404  # type: ignore[attr-defined]
    assert nothing_is_left()


def test_erased_between_opening_and_writing() -> None:
    client = tried()

    changed = example_access._changed

    def erased_first(request: HttpRequest, show: Any, opened: TriedExample) -> HttpResponse:
        provisional_journals.forget_all()
        return changed(request, show, opened)

    with mock.patch("reattune.web.pages.shared.example_access._changed", erased_first):
        answer = note(client, "too late")
    assert answer.status_code == 410
    assert "too late" in answer.content.decode()
    assert nothing_is_left()


def test_no_more_than_so_many_at_once(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = own()
    before = everything()
    monkeypatch.setattr(provisional_journals, "MOST", 2)
    first = tried()
    tried()
    answer = note(Client(), "one too many")
    assert answer.status_code == 429
    page = answer.content.decode()
    assert "room for only so many" in page
    assert "one too many" in page
    assert ones() == 2
    assert before <= everything()
    assert owner.get("/today/").status_code == 200
    assert note(first, "who is in may go on").status_code == 302
    first.post("/example/done/")
    tried()


def test_no_larger_than_so_much(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    own()
    client = tried()
    before = everything()
    size = sum(len(bytes(sealed)) for sealed in SealedRow.objects.values_list("sealed", flat=True))
    assert size < provisional_journals.MOST_BYTES / 4, size
    monkeypatch.setattr(provisional_journals, "MOST_BYTES", size + 20_000)
    answer = note(client, "too long " * 4_000)
    assert answer.status_code == 507
    assert "no more room in the example" in answer.content.decode()
    assert "too long too long" in answer.content.decode()
    assert everything() == before
    assert WORDS in read(client, "/example/so-far/")
    monkeypatch.setattr(provisional_journals, "MOST_BYTES", 10_000)
    with pytest.raises(provisional_journals.TooLarge):
        provisional_journals.begin(example_access._example_of(JournalKind.PERSON, timezone.now().date(), "en"))
    assert everything() == before


def test_hosted_many_in_a_row_from_one_place_take_a_pause(settings: object) -> None:
    settings.HOSTING = Hosting(hosts=("testserver",), secret="s" * 50)  # type: ignore[attr-defined]
    answers = [note(Client()).status_code for _ in range(7)]
    assert answers[:5] == [302] * 5
    assert answers[-1] == 429
    given = {"passphrase": PASSPHRASE, "again": PASSPHRASE}
    assert Client().post("/begin/", given).status_code == 200  # counted by itself
    assert note(Client(REMOTE_ADDR="10.0.0.9")).status_code == 302


def test_a_form_from_before_midnight() -> None:
    client = Client()
    late, early = datetime(2026, 3, 2, 23, 59, tzinfo=UTC), datetime(2026, 3, 3, 0, 1, tzinfo=UTC)
    with mock.patch("reattune.web.pages.shared.example_access.timezone.now", return_value=late):
        page = read(client, "/example/note/")
    who = re.search(r'value="([0-9a-f-]{36})"', page)
    assert who
    with mock.patch("reattune.web.pages.shared.example_access.timezone.now", return_value=early):
        answer = client.post("/example/note/", {"who": who[1], "day": "2026-03-02", "what": WORDS, "stop": ""})
    assert answer.status_code == 302
