"""The clients of a therapist's journal: all of them, a new one, and what can be changed of one."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reattune.journal import JournalError
from reattune.journal.client_names import name_key
from reattune.journal.documents import Relationship
from reattune.journal.vocabulary import RelationshipKind, RelationshipStatus
from reattune.web.pages.clients.forms import ClientForm
from reattune.web.pages.shared.access import here_or_404, pressed_for, to_page, with_therapists_journal
from reattune.web.pages.shared.form_page import FormPage
from reattune.web.store.open_journal import OpenJournal


def client_or_404(opened: OpenJournal, client_id: UUID) -> Relationship:
    """The client with this id; anybody else is not there."""
    client: Relationship = here_or_404(opened.journal.get, Relationship, client_id)
    if client.role is not RelationshipKind.CLIENT:
        raise Http404
    return client


@require_safe
@with_therapists_journal
def everyone(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """All clients by name: current ones, then those of the past."""
    rows = [(each, opened.journal.sessions(each)) for each in opened.journal.clients]
    rows.sort(key=lambda row: row[0].name.casefold())
    of = {
        status: [
            (who, len(sessions), sessions[-1] if sessions else None) for who, sessions in rows if who.status == status
        ]
        for status in RelationshipStatus
    }
    context = {"open": opened, "current": of[RelationshipStatus.CURRENT], "past": of[RelationshipStatus.PAST]}
    return render(request, "clients/everyone.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@with_therapists_journal
def new(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """A new client."""
    page = FormPage(request, opened, ClientForm)
    if page.can_be_kept() and _name_is_free(opened, page.form):
        try:
            client = opened.create(Relationship, role=RelationshipKind.CLIENT, **page.form.said())
        except JournalError as error:
            page.form.refuse(error)
        else:
            return page.kept("client", client.id)
    return page.show("clients/client_form.html")


@require_http_methods(["GET", "HEAD", "POST"])
@with_therapists_journal
def change(request: HttpRequest, opened: OpenJournal, client_id: UUID) -> HttpResponse:
    """Another name, another time."""
    client = client_or_404(opened, client_id)
    known = ClientForm.known(client)
    page = FormPage(request, opened, ClientForm, known, of=client)
    if page.can_be_kept(known) and _name_is_free(opened, page.form, client):
        try:
            opened.amend(client, **page.form.said())
        except JournalError as error:
            page.form.refuse(error)
        else:
            return page.kept("client", client.id)
    return page.show("clients/client_form.html", client=client)


@require_POST
@with_therapists_journal
def ended(request: HttpRequest, opened: OpenJournal, client_id: UUID) -> HttpResponse:
    """The work with a client has ended, or it goes on."""
    client = client_or_404(opened, client_id)
    past = client.status is not RelationshipStatus.CURRENT
    if pressed_for(request, past) is not past:
        status = RelationshipStatus.CURRENT if past else RelationshipStatus.PAST
        opened.change(client, status=status, ended=None if past else opened.now)
    return to_page(request, "client", client.id)


def _name_is_free(opened: OpenJournal, form: ClientForm, client: Relationship | None = None) -> bool:
    """Whether nobody else is called so: two under one name would be taken for each other."""
    name = name_key(form.cleaned_data["name"])
    taken = any(name_key(each.name) == name and each != client for each in opened.journal.clients)
    if taken:
        form.add_error(
            "name",
            _("Somebody else is called that already. Add a letter or a number, so that you can tell them apart."),
        )
    return not taken
