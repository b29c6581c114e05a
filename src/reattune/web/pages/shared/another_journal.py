"""A passphrase that already opens another journal of this machine: it would shut one of the two."""

from __future__ import annotations

from django.conf import settings
from django.forms import Form
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from reattune.vault import WrongSecret
from reattune.vault.keyring import first_opened
from reattune.web.store.rate_limit import at_unlocking, take
from reattune.web.store.unlocking import keyrings


def opens_another(request: HttpRequest, form: Form, *, of: bytes = b"", words: SafeString | str = "") -> bool:
    """Whether the form's new passphrase opens another journal here than the one with the id ``of``; the form says so.

    Unlocking asks for no name here, and would open one of the two for both. Whether it does, tells whether a passphrase
    is one from here, so it counts as a guess.
    """
    if settings.HOSTING:
        return False  # each has a name, so two people may choose the same words, and neither learns of it
    rings = [each for each in keyrings() if each.journal_id != of]
    if rings:
        wait = take(at_unlocking(request)).wait
        if wait:
            form.add_error(
                "passphrase", _("Too many wrong attempts. Please wait %(n)s seconds, then try again.") % {"n": wait}
            )
            return True
    try:
        first_opened(rings, form.cleaned_data["passphrase"])
    except WrongSecret:
        return False
    said = _("This passphrase already opens another journal here. Please choose a different one.")
    form.add_error("passphrase", words or said)
    return True
