"""What a page says after saving, before erasing, beside a copy, of what was deleted, and under a chart."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from reattune.journal.documents import Ending
from tests.web.journals import opened
from tests.web.test_bad_input_on_pages import TODAY, check_in, note, therapist_of
from tests.web.test_say_and_mend import finished, page, talk, thread_of

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db


def test_what_was_set_says_so(own: Own) -> None:
    client = own()
    answer = client.post("/settings/", {"region": "GB", "weeks": "1"})
    assert re.search(r'role="status">Saved', page(client, answer.headers["Location"]))
    assert "Saved." not in page(client, "/settings/")


def test_before_erasing_the_backup_comes_first_and_the_other_file_with_a_warning(own: Own) -> None:
    client = own()
    who = therapist_of(client)
    for address in ("/settings/file/off/", f"/with/{who}/off/"):
        shown = page(client, address).partition("<main")[2]
        backup, warning, other = (shown.index(each) for each in ("notes.sealed", "isn’t encrypted", "notes.json"))
        assert backup < warning < other, address


def test_a_copy_of_a_card_warns_like_one_of_the_record(own: Own) -> None:
    client = own()
    said = "other apps may be able to read it"
    moment = note(client, "a")
    assert said in page(client, f"{finished(client, moment)}card/")
    assert said in page(client, f"/kept/{moment[6:42]}/")


def test_what_was_changed_says_what_tells_it_apart(own: Own) -> None:
    client = own()
    who = therapist_of(client)
    moment = note(client, "She looked at the clock.")
    day = TODAY.isoformat()
    client.post(f"{moment}change/", {"who": who, "day": day, "what": "She looked at the clock.", "cause": "took_sides"})
    client.post("/going/", {"choice": "pause", "why": "I want to run."})
    client.post("/going/", {"choice": "leave", "why": "I want to run."})
    for ending in opened(client).journal.all(Ending):
        client.post(f"/away/{ending.id}/")
    shown = page(client, "/settings/away/").partition("<main")[2]
    assert "Miriam · They judged me ·" in shown
    assert "A break" in shown
    assert "Ending therapy well" in shown


def test_the_legend_names_what_the_chart_shows_and_no_more(own: Own) -> None:
    client = own()
    check_in(client, TODAY - timedelta(days=3))

    def legend() -> str:
        found = re.findall(r'<ul class="legend wide".*?</ul>', page(client, "/today/"), re.DOTALL)
        assert len(found) == 1
        return str(found[0])

    assert "a session" in legend()
    for never in ("a moment", "a conversation", "mended", "usual"):
        assert never not in legend()
    thread = thread_of(client, finished(client, note(client, "The clock.")))
    talk(client, thread, outcome="unheard")
    assert "a conversation" in legend()
    assert "mended" not in legend()
    talk(client, thread, outcome="repaired")
    assert "mended" in legend()
    shapes = re.findall(r"<(rect|circle|path) class=\"([a-z -]+)\"", legend())
    assert len(shapes) == len(set(shapes))
    assert ("circle", "mark-talk") not in shapes, "a circle is a session"
