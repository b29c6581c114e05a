"""Asking for the passphrase again where a page does something grave."""

from __future__ import annotations

from django.forms import Form
from django.http import HttpRequest
from django.utils.translation import gettext as _

from reattune.vault import Keyring, WrongSecret
from reattune.web.store.open_journal import OpenJournal
from reattune.web.store.rate_limit import note_failure, note_success, seconds_to_wait
from reattune.web.store.unlocking import keyring_of, open_session


def confirmed(request: HttpRequest, opened: OpenJournal, form: Form, field: str) -> tuple[Keyring, bytes] | None:
    """Keyring and data key, if the passphrase in ``field`` is the journal's. Else the form says why not.

    Whoever sits down at an open journal guesses as slowly here as at a locked one.
    """
    session = None if opened.example else open_session(request)
    if session is None or not form.is_valid():
        return None
    wait = seconds_to_wait(request, opened.name)
    if wait:
        words = _("Too many wrong attempts. Please wait %(n)s seconds, then try again.") % {"n": wait}
        form.add_error(field, words)
        return None
    keyring = keyring_of(session[0])
    try:
        keyring.open_with_passphrase(form.cleaned_data[field])
    except WrongSecret:
        note_failure(request, opened.name)
        form.add_error(field, _("This isn’t the passphrase of this journal."))
        return None
    note_success(request, opened.name)
    return keyring, session[1]
