"""One passphrase opens one journal: with two of them nobody could choose which, and one would seem gone."""

from __future__ import annotations

from django.conf import settings
from django.forms import Form
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from reattune.vault import WrongSecret
from reattune.vault.keyring import first_opened
from reattune.web.pages.shared.confirm_passphrase import words_of_waiting
from reattune.web.store.rate_limit import at_unlocking, take
from reattune.web.store.unlocking import keyrings


def opens_another(request: HttpRequest, form: Form, mine: bytes | None = None) -> bool:
    """Whether the form's new ``passphrase`` opens another journal of this machine than ``mine``; the form says so then.

    Not hosted: each has a name there, so two people may choose the same words, and neither learns of it.
    """
    if settings.HOSTING:
        return False
    rings = [each for each in keyrings() if each.journal_id != mine]
    if rings:
        # It tells whether a passphrase is one from here, so it counts as a guess.
        wait = take(at_unlocking(request)).wait
        if wait and mine:
            return False  # whoever knows a passphrase or a code is not kept from theirs, and learns nothing either
        if wait:
            form.add_error("passphrase", words_of_waiting(wait))
            return True
    try:
        first_opened(rings, form.cleaned_data["passphrase"])
    except WrongSecret:
        return False
    form.add_error("passphrase", _another() if mine else _one_here())
    return True


def _another() -> str:
    return _("This passphrase already opens another journal here. Please choose a different one.")


def _one_here() -> str:
    return format_html(
        '{} <a href="{}">{}</a> {}',
        _("This passphrase already opens a journal here. If that journal is yours:"),
        reverse("unlock"),
        _("Unlock your journal."),
        _("For a new journal, choose another passphrase."),
    )
