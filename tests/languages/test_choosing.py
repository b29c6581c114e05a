"""Which language a page is in: the journal's, else what was chosen here, else the browser's wish; never two."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

import reattune.web.pages
from reattune import content
from reattune.content.translated_sentences import day, number, say, say_many, sign, speaking
from reattune.journal.documents import Moment, Relationship
from reattune.web.pages.shared.wording import form_chosen, form_for
from tests.languages.pseudo import LEFT_TO_RIGHT, RIGHT_TO_LEFT, pseudo
from tests.web.journals import opened
from tests.web.page_walker import Page, read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pseudo_languages")]
Own = Callable[..., Client]
HELP = "Get help now"


def page(client: Client, address: str, **headers: str) -> Page:
    return read(address, client.get(address, headers=headers).content.decode())


def language(found: Page) -> str:
    """The language that a page says it is in, which is the one that it is in."""
    html = found.root.all("html")[0].attributes
    said = pseudo(HELP) if html["lang"] in (LEFT_TO_RIGHT, RIGHT_TO_LEFT) else HELP
    assert said in found.root.text
    return html["lang"]


@pytest.mark.parametrize(
    ("wish", "is_in"),
    [("eo", "eo"), ("eo-XX,en;q=0.5", "eo"), ("xx, fa;q=0.9", "fa"), ("xx", "en"), ("", "en"), (";;q=,,", "en")],
)
def test_the_browser_wishes(client: Client, wish: str, is_in: str) -> None:
    answer = client.get("/", headers={"accept-language": wish})
    assert language(read("/", answer.content.decode())) == is_in
    assert answer.headers["Content-Language"] == is_in
    assert "Accept-Language" in answer.headers["Vary"]
    assert "reattune_language" not in answer.cookies


def test_a_choice_in_the_footer_is_remembered_and_the_address_stays(client: Client) -> None:
    form = next(each for each in page(client, "/help/?region=DE").root.all("form") if "language" in each.text.casefold()
                or each.attributes.get("action") == "/language/")  # fmt: skip
    assert {each.attributes["lang"] for each in form.all("button")} == {*content.OFFERED, "eo", "fa"}
    assert form.all("button")[0].attributes["aria-current"] == "true"
    back = next(each.attributes["value"] for each in form.all("input") if each.attributes.get("name") == "next")
    answer = client.post("/language/", {"language": "eo", "next": back})
    assert answer.headers["Location"] == "/help/?region=DE"
    assert language(page(client, "/help/?region=DE", **{"accept-language": "fa"})) == "eo"
    cookie = answer.cookies["reattune_language"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"


@pytest.mark.parametrize("onward", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""])
def test_a_choice_leads_nowhere_else(client: Client, onward: str) -> None:
    assert client.post("/language/", {"language": "eo", "next": onward}).headers["Location"] == "/"


@pytest.mark.parametrize("code", ["", "xx", "../../etc", "de" if "de" in content.NOT_WRITTEN_YET else "xx", "e" * 5000])
def test_an_unknown_language_is_english(client: Client, code: str) -> None:
    client.post("/language/", {"language": code, "next": "/"})
    assert language(page(client, "/", **{"accept-language": "eo"})) == "en"


def test_inside_a_journal_there_is_no_footer_choice(own: Own) -> None:
    client = own()
    assert "/language/" not in client.get("/today/").content.decode()
    assert "/language/" not in client.get("/help/").content.decode()


def test_a_new_journal_keeps_the_language_it_was_begun_in(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    client = own()
    assert opened(client).journal.preferences.language == "en"
    first = Client(headers={"accept-language": "eo"})
    first.post("/begin/write/", {"zone": "UTC"})
    assert language(page(first, "/note/", **{"accept-language": "fa"})) == "eo"


def test_a_journal_s_setting_decides_also_after_it_is_locked(own: Own) -> None:
    client = own()
    answer = client.post("/settings/", {"language": "fa", "region": "GB", "weeks": "1"}, follow=True)
    assert language(read("/settings/", answer.content.decode())) == "fa"
    for address in ("/today/", "/help/", "/settings/", "/begin/recovery/", "/no-such-page/", "/read/1/"):
        assert language(page(client, address, **{"accept-language": "eo"})) == "fa", address
    client.post("/lock/")
    assert language(page(client, "/unlock/", **{"accept-language": "eo"})) == "fa"


def test_a_journal_of_a_language_that_is_not_offered_here_is_english(own: Own) -> None:
    client = own()
    journal = opened(client)
    journal.change(journal.journal.preferences, language="xx")
    assert language(page(client, "/today/", **{"accept-language": "eo"})) == "en"


def test_the_example_tells_its_story_in_the_language_of_the_page(client: Client) -> None:
    client.post("/language/", {"language": "eo"})
    today = page(client, "/example/so-far/")
    assert language(today) == "eo"
    assert "Ƒ" not in today.root.text
    assert "ŵöŕđş" in today.main.text


SPEAKING = [
    ("therapist", "", "formal"),
    ("therapist", "familiar", "familiar"),
    ("friend", "", "familiar"),
    ("friend", "formal", "familiar"),
]


@pytest.mark.parametrize(("who", "chosen", "form"), SPEAKING)
def test_how_a_card_speaks(own: Own, who: str, chosen: str, form: str) -> None:
    client = own()
    client.post("/settings/", {"language": "eo", "region": "GB", "weeks": "1"})
    if chosen:
        client.post("/settings/", {"language": "eo", "form_of_address": chosen, "region": "GB", "weeks": "1"})
    journal = opened(client)
    person = journal.journal.therapist if who == "therapist" else journal.create(Relationship, name="Kim", role=who)
    with translation.override("eo"):
        assert form_for(journal, person) == form
    # What is usual is no choice: in another language something else may be usual.
    assert journal.journal.preferences.form_of_address == ("familiar" if chosen == "familiar" else "")


@pytest.mark.parametrize("chosen", ["familiar", "formal"])
def test_a_therapists_words_speak_to_clients_as_they_choose(own: Own, chosen: str) -> None:
    client = own(journal_kind="therapist")
    client.post("/settings/", {"language": "eo", "region": "GB"})
    assert 'name="form_of_address"' in client.get("/settings/").content.decode()
    client.post("/settings/", {"language": "eo", "form_of_address": chosen, "region": "GB"})
    journal = opened(client)
    who = journal.create(Relationship, name="K.", role="client")
    with translation.override("eo"):
        assert form_chosen(journal) == form_for(journal, who) == chosen


def test_a_therapist_without_a_name_is_called_so_in_the_language_that_is_chosen(client: Client) -> None:
    client.post("/begin/write/", {"zone": "UTC"})
    client.post("/settings/", {"language": "eo", "region": "GB", "weeks": "1"})
    page_of_people = page(client, "/with/").root.text
    assert pseudo("my therapist").casefold() in page_of_people.casefold()
    client.post("/settings/", {"language": "en", "region": "GB", "weeks": "1"})
    assert "my therapist" in page(client, "/with/").root.text.casefold()


def test_no_template_writes_a_pattern_of_a_day() -> None:
    pages = Path(reattune.web.pages.__file__).parent
    found = {
        each for path in pages.rglob("*.html") for each in re.findall(r"{% now |\|date:.[^'\"]*", path.read_text())
    }
    assert found <= {"|date:'Y-m-d", '|date:"Y'}  # what a field is filled with, and a year


def test_english_has_one_form_and_does_not_ask(own: Own) -> None:
    assert "How do you speak to your therapist?" not in own().get("/settings/").content.decode()


def test_a_form_and_its_errors_are_in_the_language_of_the_journal(own: Own) -> None:
    client = own()
    client.post("/settings/", {"language": "eo", "region": "GB", "weeks": "1"})
    answer = client.post("/settings/passphrase/", {"current": "", "passphrase": "a", "again": "b"})
    assert pseudo("Please fill this in.") in answer.content.decode()


def test_what_the_heart_refuses_is_said_in_the_language_of_the_request() -> None:
    from reattune.journal import Journal, JournalError
    from reattune.journal.documents import Moment
    from reattune.journal.uuid7 import uuid7
    from tests.conftest import NOW

    with translation.override("eo"), pytest.raises(JournalError) as refused:
        Journal().get(Moment, uuid7(NOW, bytes(10)))
    assert str(refused.value) == pseudo("There is no {default} with this id.").format(default="moment")


def test_numbers_and_days_are_written_as_each_language_does() -> None:
    from datetime import date

    def both(code: str) -> tuple[Any, Any, str, str]:
        with speaking(code):
            return number(1234567), number(2.5), day(date(2026, 3, 1)), day(date(2026, 3, 2))

    assert both("en") == ("1,234,567", "2.5", "1 March 2026", "2 March 2026")
    assert both("de") == ("1.234.567", "2,5", "1. März 2026", "2. März 2026")
    assert both("es") == ("1\u202f234\u202f567", "2,5", "1 de marzo de 2026", "2 de marzo de 2026")
    assert both("fr") == ("1\u202f234\u202f567", "2,5", "1er mars 2026", "2 mars 2026")
    with speaking("en"):
        assert say("{n} things", n=1200) == "1,200 things"
        assert say_many("one", "{n} of them", 2) == "2 of them"


@pytest.mark.parametrize("code", ["en", "de", "es", "fr"])
def test_the_screens_write_days_as_the_lower_rooms_do(code: str) -> None:
    from datetime import date

    from reattune.web.pages.shared.dates import dated

    when = [date(2026, month, each) for month in range(1, 13) for each in (1, 2, 31) if (month, each) != (2, 31)
            and not (each == 31 and month in (4, 6, 9, 11))]  # fmt: skip
    with translation.override(code), speaking(code):
        assert [dated(each) for each in when] == [day(each) for each in when]


def test_signs_stand_as_each_language_sets_them() -> None:
    for language, signs in {"en": ":;%", "de": ":;\u202f%", "es": ":;\u202f%", "fr": "\u202f:\u202f;\u202f%"}.items():
        with speaking(language):
            assert "".join(sign(mark) for mark in ":;%") == signs


@pytest.mark.parametrize(("language", "chosen", "reader"), [each for each in (
    ("fr", "", "vous"), ("fr", "familiar", "toi"), ("de", "", "Ihnen"), ("de", "familiar", "dir"), ("es", "", "usted"),
    ("en", "", "you"),
) if each[0] in content.OFFERED])  # fmt: skip
def test_what_is_shared_speaks_to_its_reader_as_the_person_does(
    own: Own, language: str, chosen: str, reader: str
) -> None:
    client = own()
    settings = {"language": language, "region": "GB", "weeks": "1"}
    client.post("/settings/", settings)
    if chosen:
        client.post("/settings/", {**settings, "form_of_address": chosen})
    journal = opened(client)
    who = journal.journal.therapist
    assert who
    moment = journal.create(Moment, relationship_id=who.id, at=journal.now, what="Ein Satz.")
    shared = page(client, f"/out/{moment.id}/").main.text
    label = content.words("sharing", language)["line"]["with"]
    assert re.search(rf"\b{label}\b\W*{reader}\b", shared)
