"""What keeps coming back."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reattune.journal.documents import Belief, Echo, Pattern
from reattune.reflection.recurring_patterns import ENOUGH, chance, shared_ticks, strands, table
from reattune.web.pages.follow.forms import PatternForm, id_of
from reattune.web.pages.shared.access import here_or_404, to_page, with_journal
from reattune.web.pages.shared.edit_conflicts import changed_meanwhile, seen
from reattune.web.pages.shared.wording import labels
from reattune.web.store.open_journal import OpenJournal


@require_safe
@with_journal
def patterns(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """Named patterns with their table, and echoes that have no name yet."""
    found = strands(opened.journal, opened.now)
    named = [strand for strand in found if strand.pattern]
    columns, rows = table(named)
    context = {
        "open": opened,
        "named": named,
        "nameless": [strand for strand in found if not strand.pattern],
        "columns": columns,
        "rows": rows,
        "moments": len(opened.journal.moments()),
        "enough": ENOUGH,
    }
    return render(request, "follow/patterns.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def new(request: HttpRequest, opened: OpenJournal, echo_id: UUID) -> HttpResponse:
    """Give what hangs together with this echo a name."""
    echo = here_or_404(opened.journal.get, Echo, echo_id)
    strand = next((s for s in strands(opened.journal, opened.now) if echo in s.echoes), None)
    if strand is None:
        raise Http404
    if strand.pattern:
        return to_page(request, "pattern", strand.pattern.id)
    touched, cause, _feelings = shared_ticks(strand)
    theme = touched or cause or ""
    words = labels("touched").get(theme) or labels("cause").get(theme, "")
    posted = request.POST if request.method == "POST" else None
    form = PatternForm(posted, beliefs=opened.journal.all(Belief), initial={"name": words})
    if form.is_valid():
        made = opened.create(
            Pattern,
            name=form.cleaned_data["name"],
            belief_id=id_of(form.cleaned_data["belief"]),
            echo_ids=tuple(each.id for each in strand.echoes),
            theme=theme,
        )
        return to_page(request, "pattern", made.id)
    return render(request, "follow/pattern_new.html", {"open": opened, "strand": strand, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def pattern(request: HttpRequest, opened: OpenJournal, pattern_id: UUID) -> HttpResponse:
    """One pattern: its moments, with whom and when, the belief behind it, and how far it could be chance."""
    known = here_or_404(opened.journal.get, Pattern, pattern_id)
    found = strands(opened.journal, opened.now)
    strand = next((each for each in found if each.pattern and each.pattern.id == known.id), None)
    posted = request.POST if request.method == "POST" else None
    initial = {"name": known.name, "belief": str(known.belief_id or "")}
    form = PatternForm(posted, beliefs=opened.journal.all(Belief), initial=initial)
    if form.is_valid() and not changed_meanwhile(request, known, form, {"belief": str(known.belief_id or "")}):
        opened.amend(known, name=form.cleaned_data["name"], belief_id=id_of(form.cleaned_data["belief"]))
        return to_page(request, "pattern", known.id)
    context = {
        "open": opened,
        "pattern": known,
        "strand": strand,
        "form": form,
        "seen": seen(known),
        "chance": chance(opened.journal, strand) if strand else None,
        "shared": shared_ticks(strand) if strand else None,
        "joinable": [each for each in found if known in each.could_join],
        "enough": ENOUGH,
        "moments": len(opened.journal.moments()),
    }
    return render(request, "follow/pattern.html", context)


@require_POST
@with_journal
def join(request: HttpRequest, opened: OpenJournal, pattern_id: UUID, echo_id: UUID) -> HttpResponse:
    """Add what hangs together with an echo to a pattern it shares a moment with."""
    known = here_or_404(opened.journal.get, Pattern, pattern_id)
    echo = here_or_404(opened.journal.get, Echo, echo_id)
    strand = next((s for s in strands(opened.journal, opened.now) if echo in s.echoes and not s.pattern), None)
    if strand and known in strand.could_join:
        opened.change(known, echo_ids=(*known.echo_ids, *(each.id for each in strand.echoes)))
    return to_page(request, "pattern", known.id)
