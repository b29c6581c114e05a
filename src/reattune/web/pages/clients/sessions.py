"""After a session: one's own check-in and what was noticed; and what a client rated on paper."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reattune.journal import JournalError
from reattune.journal.documents import CheckIn, Observation, Relationship, Session
from reattune.journal.therapists_vocabulary import Rater
from reattune.web.pages.clients.everyone import client_or_404
from reattune.web.pages.clients.forms import OWN, AfterSessionForm, TypedRatingForm, rated
from reattune.web.pages.notice.instruments import asked_here, instruments_of, own_therapist_check_in
from reattune.web.pages.shared.access import here_or_404, session_asked_for, with_therapists_journal
from reattune.web.pages.shared.form_fields import moment_of, time_and_zone
from reattune.web.pages.shared.form_page import FormPage
from reattune.web.store.open_journal import OpenJournal


def sessions_on(opened: OpenJournal, client: Relationship, day: date) -> list[Session]:
    """The sessions with a client on a day: several, where other computers, files and questionnaires bring them."""
    return [each for each in opened.journal.sessions(client) if each.local_day(each.at) == day]


def session_on(opened: OpenJournal, client: Relationship, day: date, asked: Session | None = None) -> Session | None:
    """The session with a client on a day, if one is noted; of several, as other computers and files bring them, the one
    that is ``asked`` for."""
    there = sessions_on(opened, client, day)
    return asked if asked in there else next(iter(there), None)


def session_of_day(
    opened: OpenJournal, client: Relationship, day: date, place: str = "", asked: Session | None = None
) -> Session:
    """The session with a client on a day, the one ``asked`` for if it was then; noted now where it was not.

    Raises:
        JournalError: it cannot be kept.
    """
    known = session_on(opened, client, day, asked)
    if known is not None:
        return opened.amend(known, form=place) if place and place != known.form else known
    at = moment_of(day, opened.now, opened.zone)
    return opened.create(Session, relationship_id=client.id, at=at, form=place or "in_person")


@require_http_methods(["GET", "HEAD", "POST"])
@with_therapists_journal
def after(request: HttpRequest, opened: OpenJournal, client_id: UUID) -> HttpResponse:
    """A session took place: own check-in, what was noticed, what was done, how it ended."""
    client = client_or_404(opened, client_id)
    asked = session_asked_for(request, opened)
    known = rated(asked, None) if asked and asked.relationship_id == client.id else None
    page = FormPage(request, opened, AfterSessionForm, known, instrument=own_therapist_check_in())
    if page.can_be_kept():
        session = session_on(opened, client, page.form.cleaned_data["day"], asked)
        if session and _noted(opened, session):
            page.form.add_error("day", _("This session is noted already. Change it on the client’s page."))
        else:
            try:
                with transaction.atomic():
                    data = page.form.cleaned_data
                    _keep(opened, session_of_day(opened, client, data["day"], data["place"], asked), page.form)
            except JournalError as error:
                page.form.refuse(error)
            else:
                return page.kept("client", client.id)
    return page.show("clients/after_session.html", client=client)


def _noted(opened: OpenJournal, session: Session) -> bool:
    journal = opened.journal
    return bool(journal.check_in_of(session, Rater.THERAPIST) or journal.observation_of(session))


@require_http_methods(["GET", "HEAD", "POST"])
@with_therapists_journal
def change(request: HttpRequest, opened: OpenJournal, session_id: UUID) -> HttpResponse:
    """Change what was noted of a session, or note it later."""
    session = here_or_404(opened.journal.get, Session, session_id)
    client = client_or_404(opened, session.relationship_id)
    own, noted = opened.journal.check_in_of(session, Rater.THERAPIST), opened.journal.observation_of(session)
    known = {**rated(session, own, OWN), **AfterSessionForm.known(noted)}
    asked = instruments_of(opened).get(own.instrument) if own else own_therapist_check_in()
    page = FormPage(request, opened, AfterSessionForm, known, of=noted or own or session, instrument=asked, kept=own)
    if page.can_be_kept(known):
        data = page.form.cleaned_data
        other = session_on(opened, client, data["day"], session)
        if other is not None and other.id != session.id:
            page.form.add_error("day", _("Another session with them is noted on this day."))
        else:
            try:
                with transaction.atomic():
                    if data["day"] != session.local_day(session.at) or data["place"] != session.form:
                        at, zone = time_and_zone(data["day"], session, session.at, opened.now, opened.zone)
                        session = opened.amend(session, at=at, zone=zone, form=data["place"] or session.form)
                    _keep(opened, session, page.form)
            except JournalError as error:
                page.form.refuse(error)
            else:
                return page.kept("client", client.id)
    return page.show("clients/after_session.html", client=client, session=session)


def _keep(opened: OpenJournal, session: Session, form: AfterSessionForm) -> None:
    """Own check-in and observation, new or changed; nothing is made of what was left out."""
    own, noted = opened.journal.check_in_of(session, Rater.THERAPIST), opened.journal.observation_of(session)
    answers = form.answers()
    if own is not None:
        opened.amend(own, answers=answers)
    elif answers:
        name = own_therapist_check_in().name
        opened.create(CheckIn, session_id=session.id, rater=Rater.THERAPIST, instrument=name, answers=answers)
    said = form.noticed(noted)
    if noted is not None:
        opened.amend(noted, **said)
    elif any(said.values()):
        opened.create(Observation, session_id=session.id, **said)


@require_http_methods(["GET", "HEAD", "POST"])
@with_therapists_journal
def typed(request: HttpRequest, opened: OpenJournal, client_id: UUID) -> HttpResponse:
    """What a client rated on paper, typed in; of a session that is noted, or of one that is noted by it."""
    client = client_or_404(opened, client_id)
    asked = session_asked_for(request, opened)
    before = opened.journal.check_in_of(asked) if asked and asked.relationship_id == client.id else None
    known = rated(asked, before) if asked and asked.relationship_id == client.id else {}
    known |= {"note": before.note} if before else {}
    name = before.instrument if before else asked_here(request, opened).name
    instrument = instruments_of(opened).get(name)
    page = FormPage(request, opened, TypedRatingForm, known, of=before, instrument=instrument, kept=before)
    if page.can_be_kept(known):
        data = page.form.cleaned_data
        session = session_on(opened, client, data["day"], asked)
        there = opened.journal.check_in_of(session) if session else None
        if there is not None and (before is None or there.id != before.id):
            page.form.add_error("day", _("There’s a check-in from them for this day already. Was it another day?"))
        else:
            try:
                with transaction.atomic():
                    _keep_typed(opened, client, before or name, page.form, asked)
            except JournalError as error:
                page.form.refuse(error)
            else:
                return page.kept("client", client.id)
    return page.show("clients/typed_rating.html", client=client, check_in=before)


def _keep_typed(
    opened: OpenJournal, client: Relationship, before: CheckIn | str, form: TypedRatingForm, asked: Session | None
) -> CheckIn:
    """Another form of what they rated ``before``, or the first, by the questionnaire of that name."""
    data = form.cleaned_data
    session = session_of_day(opened, client, data["day"], data["place"], asked)
    said = {"session_id": session.id, "answers": form.answers(), "note": data["note"]}
    if isinstance(before, CheckIn):
        return opened.amend(before, **said)
    return opened.create(CheckIn, instrument=before, **said)
