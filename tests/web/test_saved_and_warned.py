"""What a page says after saving, before erasing, and beside a copy."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from tests.web.test_bad_input_on_pages import note, therapist_of
from tests.web.test_say_and_mend import finished, page

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
    for address in ("/settings/file/gone/", f"/with/{who}/gone/"):
        shown = page(client, address).partition("<main")[2]
        backup, warning, other = (shown.index(each) for each in ("notes.sealed", "isn’t encrypted", "notes.json"))
        assert backup < warning < other, address


def test_a_copy_of_a_card_warns_like_one_of_the_record(own: Own) -> None:
    client = own()
    said = "other apps may be able to read it"
    moment = note(client, "a")
    assert said in page(client, f"{finished(client, moment)}card/")
    assert said in page(client, f"/kept/{moment[6:42]}/")
