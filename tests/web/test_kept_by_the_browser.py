"""What a browser would keep of forms on its disk, to fill them in again: nothing, of any form."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.forms import Form, PasswordInput
from django.test import Client

import reattune.web.pages
from reattune.web.pages.begin.forms import AnotherPassphraseForm, BeginForm, PassphraseForm, RecoveryForm
from reattune.web.pages.clients.hand import HandedForm
from reattune.web.pages.notice.instruments import own_check_in
from reattune.web.pages.shared.confirm_passphrase import GraveForm
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


def forms_below(kind: type[Form]) -> Iterator[type[Form]]:
    for each in kind.__subclasses__():
        yield from (each, *forms_below(each))


def test_a_passphrase_that_the_browser_keeps_fills_in_no_field_of_a_grave_act() -> None:
    """Browsers fill in what is marked "current-password"; what is marked "new-password" they leave empty."""
    for file in PAGES.rglob("*.py"):
        import_module(".".join((reattune.web.pages.__name__, *file.relative_to(PAGES).with_suffix("").parts)))
    forms = {*forms_below(Form)}
    assert len([each for each in forms if issubclass(each, GraveForm)]) > 5
    secrets = [
        (each, name, field.widget.attrs["autocomplete"])
        for each in forms
        for name, field in each.base_fields.items()
        if isinstance(field.widget, PasswordInput)
    ]
    assert len(secrets) > 12
    assert [each for each in secrets if each[2] != "new-password"] == [
        (PassphraseForm, "passphrase", "current-password")
    ]
    by_hand = [
        path.name for path in PAGES.rglob("*.html") if re.search(r"current-password|type=.password", path.read_text())
    ]
    assert by_hand == []


@pytest.mark.parametrize("form", [BeginForm, AnotherPassphraseForm, RecoveryForm])
def test_where_a_passphrase_is_chosen_it_is_said_what_a_browser_does_with_one(form: type[Form]) -> None:
    assert "don’t let the browser save it" in str(form())
