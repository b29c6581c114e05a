"""What is no screen and is read by a person: calendars, the printed page, what a bad file gets as an answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from reattune.web.hosted.environment import Hosting
from reattune.web.pages.give.page_file import page_file
from tests.languages.test_no_english import SAME_EVERYWHERE, plain
from tests.languages.walk import said
from tests.web.journals import exported
from tests.web.page_walker import read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pseudo_languages")]
Own = Callable[..., Client]


@pytest.fixture
def me(own: Own) -> Client:
    client = own()
    client.post("/settings/", {"language": "eo", "region": "GB", "weeks": "1"})
    client.post("/check/", {"i_safe": "4", "safe": "4", "unsaid": "yes", "unsaid_words": "ŵ"})
    return client


def english(html: str) -> list[str]:
    """What of a page is not reached by a translation."""
    return [text for text in said(read("page", html)) if plain(text) - SAME_EVERYWHERE]


def test_a_calendar_says_its_neutral_word_in_the_language_of_the_journal(me: Client) -> None:
    answer = me.post("/settings/calendar/", {"weekdays": ["1"], "hour": "15:30", "weeks": "1"})
    assert answer.headers["Content-Type"].startswith("text/calendar")
    titles = re.findall(r"^SUMMARY:(.*)$", answer.content.decode(), re.MULTILINE)
    assert titles
    assert not [title for title in titles if plain(title)]


def test_the_printed_page_is_in_the_language_of_the_journal(me: Client) -> None:
    form = read("form", me.get("/settings/file/page/").content.decode())
    parts = [each.attributes["value"] for each in form.root.all("input") if each.attributes.get("name") == "parts"]
    assert parts
    answer = exported(me, "/settings/file/page/", parts=parts).content.decode()
    assert english(answer) == []
    assert 'lang="eo"' in answer[:200]


FILES = {
    "a.json": b"{",
    "b.json": b'{"format": "reattune-journal"}',
    "c.json": b'{"format": "reattune-journal", "version": 99, "documents": []}',
    "d.json": b'{"format": "reattune-journal", "version": 1, "documents": [{"kind": "moment"}]}',
    "e.json": b'{"resourceType": "Bundle", "entry": []}',
    "f.csv": b"a,b\n",
    "g.txt": b"nothing with a date",
    "h.zip": b"PK\x03\x04broken",
    "i.sealed": b"REATTUNE",
    "j.bin": bytes(range(256)),
    "k.csv": b"full_date,date,weekday,time,mood,activities,note_title,note\nnever,1,1,1,1,1,1,1\n",
}


@pytest.mark.parametrize("name", FILES)
def test_what_a_bad_file_gets_as_an_answer_is_a_sentence_of_the_language(me: Client, name: str) -> None:
    answer = me.post("/settings/file/in/", {"file": SimpleUploadedFile(name, FILES[name])}).content.decode()
    errors = [
        each.text for each in read("page", answer).root.all("p", "li") if "error" in each.attributes.get("class", "")
    ]
    # Names of fields and of formats are those of the file.
    of_files = {"csv", "json", "zip", "txt", "bin", "sealed", "moment", "fhir", "questionnaireresponse", "bundle"}
    of_files |= {"never", "expecting", "property", "name", "enclosed", "double", "quotes", "line", "column", "char"}
    assert errors or name == "f.csv"
    assert [text for text in errors if plain(text) - of_files - SAME_EVERYWHERE] == []


def test_a_questionnaire_that_is_wrong_is_refused_in_the_language(me: Client) -> None:
    for content in (b"key = ", b'key = "a"\ntitle = "b"', b"\xff\xfe", b'key = "a"\n' * 2):
        file = SimpleUploadedFile("q.toml", content)
        answer = me.post("/settings/questions/", {"file": file}).content.decode()
        errors = [
            each.text for each in read("page", answer).root.all("p") if "error" in each.attributes.get("class", "")
        ]
        assert errors


def test_a_page_that_is_given_away_is_in_the_language_of_the_journal() -> None:
    with translation.override("fa"):
        html = page_file("sealed").decode()
    assert english(html) == []
    assert 'lang="fa" dir="rtl"' in html[:200]


@pytest.mark.parametrize("address", ["/s/some-token/", "/offline/", "/unlock/", "/", "/begin/"])
def test_pages_that_are_hosted_alone_are_in_the_language_that_the_browser_wishes(settings: Any, address: str) -> None:
    settings.HOSTING = Hosting(hosts=("testserver",), secret="s" * 50)
    answer = Client(headers={"accept-language": "eo"}).get(address)
    assert answer.status_code == 200
    assert english(answer.content.decode()) == []
    assert 'lang="eo"' in answer.content.decode()[:200]
