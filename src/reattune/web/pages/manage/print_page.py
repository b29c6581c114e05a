"""Chosen parts of the journal as one page for the printer: a file of HTML that needs nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from reattune.journal.documents import Belief, Relationship, Rupture
from reattune.journal.vocabulary import RelationshipKind
from reattune.reflection.bond_line import listed
from reattune.reflection.chart_data import bond_chart
from reattune.reflection.leaving_follow_up import kept_endings
from reattune.web.pages.manage.downloads import as_file
from reattune.web.pages.notice.instruments import line_of
from reattune.web.pages.shared.access import with_journal
from reattune.web.pages.shared.confirm_passphrase import GraveForm, confirmed
from reattune.web.pages.shared.form_fields import DayField, Several
from reattune.web.pages.shared.inlined_styles import inlined_styles
from reattune.web.store.open_journal import OpenJournal

_PARTS = [
    ("bond", _("The bond with my therapist, as a picture and a table")),
    ("moments", _("Moments")),
    ("ruptures", _("What went wrong, and the conversations about it")),
    ("endings", _("Thinking of leaving therapy, and what I wrote about it")),
    ("beliefs", _("What I believe about myself")),
]
_ALL = 10_000


class LeafForm(GraveForm):
    """Which parts, with whom, from when."""

    parts = Several(
        label=_("What do you want to include?"),
        choices=_PARTS,
        required=True,
        error_messages={"required": _("Choose at least one part.")},
    )
    who = forms.ChoiceField(label=_("About which person?"), required=False)
    since = DayField(label=_("From which day?"), required=False)

    def __init__(self, *args: Any, people: list[Relationship], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["who"].choices = [("", _("Everyone")), *((str(each.id), each.name) for each in people)]  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def leaf(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """Choose, then take the page along."""
    people = opened.journal.all(Relationship)
    form = LeafForm(request.POST if request.method == "POST" else None, people=people, opened=opened)
    if not confirmed(request, opened, form):
        return render(request, "manage/print_page.html", {"open": opened, "form": form})
    page = render(request, "manage/print_page_file.html", _chosen(opened, form.cleaned_data))
    return as_file(page.content, "text/html; charset=utf-8", f"page-{timezone.localdate(opened.now).isoformat()}.html")


def _chosen(opened: OpenJournal, data: dict[str, Any]) -> dict[str, Any]:
    journal, parts = opened.journal, data["parts"]
    since = _beginning(data["since"], opened.zone)
    of = {str(each.id): each for each in journal.all(Relationship) if not data["who"] or str(each.id) == data["who"]}
    context: dict[str, Any] = {"open": opened, "styles": inlined_styles(), "made": opened.now}
    if "bond" in parts and journal.therapist and str(journal.therapist.id) in of:
        line = line_of(opened)
        rated = [each for each in listed(journal, journal.therapist, line)[::-1] if each.session.at >= since]
        points = [each.point for each in rated if each.point]
        context |= {"therapist": journal.therapist, "rated": rated, "without": len(rated) - len(points)}
        if points:
            context["chart"] = bond_chart(journal, line, min(_ALL, max(len(points), 2)))
        context["earlier"] = [
            each.name
            for each in journal.all(Relationship)
            if each.role is RelationshipKind.THERAPIST and each.id != journal.therapist.id and journal.check_ins(each)
        ]
    if "moments" in parts:
        kept = [
            each
            for each in journal.moments()
            if each.at >= since and not (each.only_age and data["since"]) and str(each.relationship_id) in of
        ]
        context["moments"] = [(each, of[str(each.relationship_id)]) for each in kept]
    if "ruptures" in parts:
        found = [r for r in journal.all(Rupture) if r.began >= since and str(r.relationship_id) in of]
        rows = [(r, of[str(r.relationship_id)], journal.attempts(r)) for r in found]
        context["ruptures"] = sorted(rows, key=lambda row: row[0].began)
    if "endings" in parts:
        left = [
            each for each in kept_endings(journal)[::-1] if each.created >= since and str(each.relationship_id) in of
        ]
        context["endings"] = [(each, of[str(each.relationship_id)]) for each in left]
    if "beliefs" in parts:
        context["beliefs"] = [each for each in journal.all(Belief) if each.created >= since]
    return context


def _beginning(day: Any, zone: str) -> datetime:
    long_ago = datetime(1, 1, 2, tzinfo=UTC)
    try:
        return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC) if day else long_ago
    except OverflowError:  # the first day there is began before it, east of Greenwich
        return long_ago
