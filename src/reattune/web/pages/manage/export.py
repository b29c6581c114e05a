"""Taking everything along, bringing it in, and erasing it."""

from __future__ import annotations

import contextlib

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reattune.exchange.csv_export import zipped
from reattune.exchange.fhir import to_fhir
from reattune.exchange.journal_json import to_json
from reattune.journal import JournalError
from reattune.journal.documents import Relationship
from reattune.vault.backup_file import to_file
from reattune.web.pages.manage.downloads import as_file, not_sealed
from reattune.web.pages.manage.import_files import carry_page
from reattune.web.pages.manage.import_forms import FileForm
from reattune.web.pages.notice.instruments import instruments_of
from reattune.web.pages.shared.access import to_page, with_either_journal
from reattune.web.store.backups import copies
from reattune.web.store.clock_right import time_of_change
from reattune.web.store.open_journal import Conflict, OpenJournal
from reattune.web.store.unlocking import open_session


@require_safe
@with_either_journal
def carry(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """What can be taken along, brought in, or erased."""
    return carry_page(request, opened, FileForm())


@require_http_methods(["GET", "HEAD", "POST"])
@with_either_journal
def as_json(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """The whole journal as one file that needs no Reattune."""

    def made() -> HttpResponse:
        _remember(opened)
        return as_file(to_json(opened.journal, opened.now), "application/json", f"notes-{_day(opened)}.json")

    return not_sealed(request, opened, _("Export everything, as JSON"), made)


@require_http_methods(["GET", "HEAD", "POST"])
@with_either_journal
def as_tables(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """The countable parts for a spreadsheet."""

    def made() -> HttpResponse:
        return as_file(zipped(opened.journal, opened.now), "application/zip", f"tables-{_day(opened)}.zip")

    return not_sealed(request, opened, _("Export tables, for a spreadsheet"), made)


@require_safe
@with_either_journal
def sealed(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """The whole journal as it lies, sealed: a backup."""
    session = None if opened.example else open_session(request)
    if session is None:
        return to_page(request, "carry")
    _remember(opened)
    return as_file(b"".join(to_file(copies(session[0]))), "application/octet-stream", f"notes-{_day(opened)}.sealed")


@require_http_methods(["GET", "HEAD", "POST"])
@with_either_journal
def as_fhir(request: HttpRequest, opened: OpenJournal, release: int) -> HttpResponse:
    """Check-ins, without words, as a FHIR bundle of release 4 or 5."""
    if release not in (4, 5):
        raise Http404

    def made() -> HttpResponse:
        journal = opened.journal
        kept = [pair for who in journal.all(Relationship) for pair in journal.check_ins(who)]
        # A therapist's says under their short name whose each is; the therapist's own ratings stay here.
        clients = {each.id: each.name for each in journal.clients}
        bundle = to_fhir(kept, instruments_of(opened), opened.now, "R4" if release == 4 else "R5", clients or None)
        return as_file(bundle, "application/fhir+json", f"check-ins-{_day(opened)}.json")

    title = _("Export check-ins as FHIR R4") if release == 4 else _("Export check-ins as FHIR R5")
    return not_sealed(request, opened, title, made)


def _remember(opened: OpenJournal) -> None:
    """When a copy was last taken along, so that nobody is reminded of what they did."""
    preferences = opened.journal.preferences
    if preferences and not opened.example:
        with contextlib.suppress(Conflict, JournalError):  # no copy fails for that
            opened.change(preferences, backed_up=time_of_change(opened))


@require_POST
@with_either_journal
def reminders(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """No more reminders to take a copy along; or again."""
    preferences = opened.journal.preferences
    if preferences:
        opened.change(preferences, no_backup_reminders=not preferences.no_backup_reminders)
    return to_page(request, "carry")


def _day(opened: OpenJournal) -> str:
    return timezone.localdate(opened.now).isoformat()
