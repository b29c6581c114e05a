"""Asking for the passphrase again before an act that gives lasting access, or takes something away for good.

There is one way to ask: a form that is a `GraveForm`, a page that includes ``shared/_passphrase_again.html``, and a
view that acts when `confirmed` says so. `tests/web/test_passphrase_again.py` names every such page.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from reattune.vault import WrongSecret
from reattune.web.pages.begin.forms import secret_field
from reattune.web.pages.shared.form_fields import PageForm
from reattune.web.store.open_journal import OpenJournal
from reattune.web.store.rate_limit import at_open_journal, take
from reattune.web.store.unlocking import keyring_of


class GraveForm(PageForm):
    """What a grave act asks beside its own fields: the passphrase, where the journal has one.

    The example and what was written before there is a passphrase have none: nobody could give it.
    """

    # As for a new one: a browser that keeps the passphrase fills it in for unlocking, and never for a grave act.
    current = secret_field(gettext_lazy("Your passphrase"), "new-password")
    current.help_text = gettext_lazy("Asked again, so that nobody else can do this while your journal is open.")

    def __init__(self, *args: Any, opened: OpenJournal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if opened.example or opened.provisional:
            del self.fields["current"]
        elif isinstance(self.auto_id, str):
            self.fields["current"].widget.attrs["aria-describedby"] = f"{self.auto_id % 'current'}_helptext"


def words_of_waiting(seconds: int) -> str:
    """What is said to whoever guessed too often and must wait."""
    said = ngettext(
        "Too many wrong attempts. Please wait one second, then try again.",
        "Too many wrong attempts. Please wait %(n)s seconds, then try again.",
        seconds,
    )
    return said % {"n": seconds}


def confirmed(request: HttpRequest, opened: OpenJournal, form: GraveForm) -> bool:
    """Whether the form was sent, is valid, and holds the journal's passphrase. Else the form says why not.

    Whoever sits down at an open journal guesses as slowly here as at a locked one.
    """
    if not form.is_valid():
        return False
    if "current" not in form.fields:
        return True
    attempt = take(at_open_journal(request))
    if attempt.wait:
        form.add_error("current", words_of_waiting(attempt.wait))
        return False
    try:
        with attempt.made():
            keyring_of(opened.journal_id).open_with_passphrase(form.cleaned_data["current"])
    except WrongSecret:
        form.add_error("current", _("This isn’t the passphrase of this journal."))
        return False
    return True
