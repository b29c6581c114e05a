"""Earlier names of somebody, which are taken out of what is shared: one of them is forgotten."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from reattune.journal.documents import Candidate, Relationship
from reattune.reflection.sharing.names_before import names_before, without_name
from reattune.web.pages.shared.access import with_either_journal
from reattune.web.pages.shared.confirm_passphrase import GraveForm, confirmed
from reattune.web.pages.shared.document_urls import address_in
from reattune.web.store.open_journal import OpenJournal


@require_http_methods(["GET", "HEAD", "POST"])
@with_either_journal
def forget(request: HttpRequest, opened: OpenJournal, who_id: UUID, place: int) -> HttpResponse:
    """Ask, with the passphrase: whoever sits at the open journal for a moment could let a name go out."""
    journal = opened.journal
    who = journal.find(Relationship, who_id) or journal.find(Candidate, who_id)
    names = names_before(journal).get(who_id, ())
    if who is None or place >= len(names):
        raise Http404
    name = names[place]
    # Where another one was forgotten meanwhile, this place is that of a name nobody was asked about.
    sent = request.method == "POST" and request.POST.get("name") == name
    form = GraveForm(request.POST if sent else None, opened=opened)
    if sent and confirmed(request, opened, form):
        changes = without_name(journal, who, name)
        opened.write_and_discard([opened.changed(each).model_copy(update=new) for each, new in changes], [])
        return redirect(address_in(opened, who))
    return render(request, "follow/earlier_name.html", {"open": opened, "form": form, "who": who, "name": name})
