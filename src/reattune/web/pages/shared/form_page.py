"""A page with one form: filled with what was typed here before, and never kept over what another window changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from reattune.journal.document_base import Document
from reattune.web.pages.shared.access import form_address, to_page
from reattune.web.pages.shared.drafts import restored
from reattune.web.pages.shared.edit_conflicts import changed_meanwhile, seen
from reattune.web.pages.shared.form_fields import PageForm
from reattune.web.pages.shared.kept_drafts import keep_typed
from reattune.web.store.open_journal import OpenJournal

F = TypeVar("F", bound=Form)


class FormPage(Generic[F]):
    """What every page with a form does in the same way; a view says what is kept and where it goes on.

    Args:
        known: what the fields show where nothing was typed here before; what was typed comes first.
        of: the document that the form changes, if it changes one.
        more: what the form takes beside.

    Attributes:
        form: bound where the request sends it.
        restored: whether it shows what was typed before and not kept.
    """

    def __init__(
        self,
        request: HttpRequest,
        opened: OpenJournal,
        form_class: type[F],
        known: Mapping[str, Any] | None = None,
        *,
        of: Document | None = None,
        **more: Any,
    ) -> None:
        self._request, self._opened, self._of = request, opened, of
        draft = restored(request, opened, form_class)
        sent = request.POST if request.method == "POST" else None
        self.restored = bool(draft) and sent is None
        self.form: F = form_class(sent, initial={**(known or {}), **draft}, **more)
        if isinstance(self.form, PageForm):
            self.form.of_entry = known

    def can_be_kept(self, kept: Mapping[str, object] | None = None) -> bool:
        """Whether the form was sent, is valid, and was not made from a document that has changed meanwhile.

        ``kept`` says what the fields hold by now, where they are not called like those of the document.
        """
        return self.form.is_valid() and (
            self._of is None or not changed_meanwhile(self._request, self._of, self.form, kept)
        )

    def kept(self, name: str, *args: Any) -> HttpResponse:
        """What was typed is kept elsewhere now: on to the page of that name."""
        self._opened.discard_draft(form_address(self._request))
        return to_page(self._request, name, *args)

    def aside(self) -> HttpResponse:
        """What the form was about is here no more: what was typed stays half-written, and Today leads to it."""
        keep_typed(self._request, self._opened)
        return to_page(self._request, "today")

    def show(self, template: str, **context: Any) -> HttpResponse:
        """The page, with the form and what the parts of templates for forms need.

        Where the form was sent and something in it is wrong, what was typed is kept like what is being typed: the
        error may be the last that is seen of this page.
        """
        if self.form.is_bound and self.form.errors:
            keep_typed(self._request, self._opened)
        of = {"seen": seen(self._of)} if self._of else {}
        shared = {"open": self._opened, "form": self.form, "restored": self.restored, **of}
        return render(self._request, template, {**shared, **context})
