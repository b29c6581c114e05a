"""A page that was open in two windows: a stale form never overwrites silently."""

from __future__ import annotations

from django.forms import Form
from django.http import HttpRequest
from django.utils.translation import gettext as _

from reattune.journal.document import Document

FIELD = "seen"


def seen(document: Document) -> str:
    """What a form carries along, to tell later which form of the document it was made from."""
    return document.updated.isoformat()


def changed_meanwhile(request: HttpRequest, document: Document, form: Form, kept: str = "") -> bool:
    """Whether the document was changed since the form was opened. The form then says so, and shows what is kept.

    What was typed stays in the form; keeping it a second time is a choice and goes through.
    """
    if request.POST.get(FIELD, seen(document)) == seen(document):
        return False
    form.add_error(
        None,
        _("This was changed in another window since you opened it. Your words are below; keep them again to use them."),
    )
    if kept:
        form.add_error(None, _("In the other window it says: %(kept)s") % {"kept": kept})
    return True
