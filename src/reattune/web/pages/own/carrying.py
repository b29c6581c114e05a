"""Taking everything along, bringing it in, and erasing it."""

from __future__ import annotations

import contextlib
import zlib

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reattune.exchange.errors import ExchangeError
from reattune.exchange.own_json import from_json, to_json
from reattune.exchange.tables import zipped
from reattune.journal.documents import Document
from reattune.journal.merging import Merge, merge
from reattune.vault import WrongSecret
from reattune.vault.backup import MAGIC, NotABackup, from_file, to_file
from reattune.web.pages.access import to_page, with_journal
from reattune.web.pages.forms.fields import PageForm
from reattune.web.pages.held import sealed as sealed_for_page
from reattune.web.pages.held import unsealed
from reattune.web.pages.own.confirming import confirmed
from reattune.web.pages.words import labels
from reattune.web.store.backups import copies, documents_in
from reattune.web.store.opening import Conflict, OpenJournal
from reattune.web.store.unlocking import COOKIE, end_session, open_session

_BOUND = b"reattune file to bring in"
_NAMED = 12


class FileForm(PageForm):
    """A file to bring in."""

    file = forms.FileField(
        label=gettext_lazy("The file"),
        error_messages={
            "required": gettext_lazy("Choose the file first."),
            "empty": gettext_lazy("This file is empty."),
        },
    )


class EraseForm(PageForm):
    """Sure, and allowed."""

    passphrase = forms.CharField(
        label=gettext_lazy("Your passphrase"),
        strip=False,
        widget=forms.PasswordInput,
        error_messages={"required": gettext_lazy("The passphrase is needed for this.")},
    )
    sure = forms.BooleanField(
        label=gettext_lazy("Erase everything in this journal, for good"),
        error_messages={"required": gettext_lazy("Tick this if you mean it.")},
    )


@require_safe
@with_journal
def carry(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """What can be taken along, brought in, or erased."""
    return _page(request, opened, FileForm())


def _page(request: HttpRequest, opened: OpenJournal, form: FileForm, status: int = 200) -> HttpResponse:
    preferences = opened.journal.preferences
    context = {"open": opened, "form": form, "count": len(opened.journal), "preferences": preferences}
    return render(request, "pages/carry.html", context, status=status)


@require_safe
@with_journal
def as_json(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """The whole journal as one file that needs no Reattune."""
    _remember(opened)
    return _file(to_json(opened.journal, opened.now), "application/json", f"notes-{_day(opened)}.json")


@require_safe
@with_journal
def as_tables(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """The countable parts for a spreadsheet."""
    return _file(zipped(opened.journal, opened.now), "application/zip", f"tables-{_day(opened)}.zip")


@require_safe
@with_journal
def sealed(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """The whole journal as it lies, sealed: a backup."""
    session = None if opened.example else open_session(request)
    if session is None:
        return to_page(request, "carry")
    _remember(opened)
    return _file(b"".join(to_file(copies(session[0]))), "application/octet-stream", f"notes-{_day(opened)}.sealed")


def _remember(opened: OpenJournal) -> None:
    """When a copy was last taken along, so that nobody is reminded of what they did."""
    preferences = opened.journal.preferences
    if preferences and not opened.example:
        with contextlib.suppress(Conflict):
            opened.change(preferences, backed_up=opened.now)


@require_POST
@with_journal
def reminders(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """No more reminders to take a copy along; or again."""
    preferences = opened.journal.preferences
    if preferences:
        opened.change(preferences, no_backup_reminders=not preferences.no_backup_reminders)
    return to_page(request, "carry")


def _day(opened: OpenJournal) -> str:
    return opened.now.date().isoformat()


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def bring_in(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """Show what a file would change, and then do it. Nothing is written before."""
    if request.method != "POST":
        return to_page(request, "carry")
    held = request.POST.get("held_file", "")
    session = None if opened.example else open_session(request)
    form = FileForm(request.POST, request.FILES)
    try:
        if held:
            weighed = merge(opened.journal, _documents(_held(held, opened), _("The file"), session))
            opened.take_in(weighed.changes)
            return render(request, "pages/carry_done.html", {"open": opened, "weighed": weighed})
        if form.is_valid():
            content = form.cleaned_data["file"].read()
            weighed = merge(opened.journal, _documents(content, form.cleaned_data["file"].name, session))
            context = {"open": opened, "weighed": weighed, "refused": _refused(weighed), "held": _hold(content, opened)}
            return render(request, "pages/carry_in.html", context)
    except ExchangeError as error:
        form.errors.clear()
        form.add_error("file", str(error))
    return _page(request, opened, form, status=400)


def _documents(content: bytes, name: str, session: tuple[bytes, bytes] | None) -> list[Document]:
    """What a file says: our JSON, or a sealed copy of this very journal."""
    if not content.startswith(MAGIC[:-1]):
        return from_json(content, name)
    try:
        found = from_file(content)
    except NotABackup as error:
        raise ExchangeError(str(error)) from error
    mine = next((each for each in found.journals if session and each.journal_id == session[0]), None)
    if mine is None or session is None:
        raise ExchangeError(
            _("This sealed copy is of another journal. Restore it beside this one with: reattune restore FILE")
        )
    documents, _problems = documents_in(mine, session[1])
    return documents


def _refused(weighed: Merge) -> list[tuple[str, str]]:
    words = labels("kind")
    return [(words.get(each.kind, each.kind), sentence) for each, sentence in weighed.refused[:_NAMED]]


def _hold(content: bytes, opened: OpenJournal) -> str:
    """The file, sealed for the way to the browser and back, and for this journal alone."""
    return sealed_for_page(zlib.compress(content, 9), _BOUND + opened.mark.encode())


def _held(words: str, opened: OpenJournal) -> bytes:
    try:
        return zlib.decompress(unsealed(words, _BOUND + opened.mark.encode()))
    except (WrongSecret, ValueError, zlib.error) as error:
        raise ExchangeError(_("The file did not come back whole. Choose it once more.")) from error


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def erase(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """Erase the whole journal, after a last chance to take it along."""
    form = EraseForm(request.POST if request.method == "POST" else None)
    if confirmed(request, opened, form, "passphrase"):
        end_session(request)
        opened.erase()
        answer = redirect("front")
        answer.delete_cookie(COOKIE)
        return answer
    return render(request, "pages/erase.html", {"open": opened, "form": form})
