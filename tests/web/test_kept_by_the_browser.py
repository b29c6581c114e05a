"""What a browser would keep of forms on its disk, to fill them in again: nothing, of any form."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

import reattune.web.pages
from reattune.web.pages.clients.hand import HandedForm
from reattune.web.pages.notice.instruments import own_check_in
from tests.web.page_walker import read

PAGES = Path(reattune.web.pages.__file__).parent


def test_every_form_says_that_nothing_of_it_is_kept() -> None:
    tags = [
        (path.name, tag) for path in PAGES.rglob("*.html") for tag in re.findall(r"<form[\s>][^>]*>?", path.read_text())
    ]
    assert len(tags) > 100
    assert [each for each in tags if 'autocomplete="off"' not in each[1]] == []


def test_a_field_that_was_added_later_is_a_field_like_every_other() -> None:
    form = HandedForm(instrument=own_check_in())
    for name in form.fields:
        assert 'autocomplete="off"' in str(form[name]), name


@pytest.mark.django_db
def test_ratings_stand_in_such_a_form(own: Callable[..., Client]) -> None:
    root = read("", own().get("/check/").content.decode()).root
    ratings = [each for each in root.all("input") if each.attributes.get("type") == "radio"]
    assert len(ratings) > 60
    for each in ratings:
        form = each.above("form")
        assert form
        assert form.attributes["autocomplete"] == each.attributes["autocomplete"] == "off"
