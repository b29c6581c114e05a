"""Supervision: choose what to bring of a client, under a pseudonym; print it, or make an encrypted page of it."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from reattune.content.translated_sentences import number
from reattune.journal.document_base import LONGEST_WORDS
from reattune.journal.documents import Relationship, Rupture, Share
from reattune.journal.documents.sharing import SharedLine
from reattune.journal.uuid7 import uuid7
from reattune.journal.vocabulary import SharedKind, ShareWay
from reattune.reflection.caseload import ClientView, Look, Reason, client_view
from reattune.reflection.caseload_sentences import how_sure, sentence
from reattune.reflection.sharing.names import NamesTakenOut, Somebody, hard_to_find
from reattune.reflection.two_lines import SessionRow, session_rows
from reattune.text.folding import folded
from reattune.vault.page_code import new_code, sealed_with
from reattune.vault.recovery_code import groups
from reattune.web.http.taken_once import done
from reattune.web.pages.clients.everyone import client_or_404
from reattune.web.pages.give.page_file import as_bytes, content_of, reply_to
from reattune.web.pages.notice.instruments import instruments_of
from reattune.web.pages.shared.access import form_address, to_page, with_therapists_journal
from reattune.web.pages.shared.confirm_passphrase import GraveForm, confirmed
from reattune.web.pages.shared.dates import dated
from reattune.web.pages.shared.form_fields import PageForm, Several, WordsField
from reattune.web.pages.shared.form_page import FormPage
from reattune.web.pages.shared.template_tags import marker_name, shortened
from reattune.web.pages.shared.wording import labels
from reattune.web.store.letterbox import address_key
from reattune.web.store.open_journal import OpenJournal

_IN_FIGURES = (Reason.OPEN, Reason.NOT_HELD, Reason.MISSING, Reason.TOO_EVEN)
# So many sessions are offered, and so many ratings told in figures.
_SESSIONS, _RATINGS = 12, 10
# Makes of the therapist's own words the same without names. What the page says itself names nobody, and a client may be
# called by a number that stands in its figures: never through this.
_Unnamed = Callable[[str], str]


@dataclass(frozen=True)
class _Offered:
    """One thing that can be brought: how it is chosen, how it reads in the list, and its lines on the page."""

    key: str
    name: str
    lines: tuple[SharedLine, ...]


class SupervisionForm(PageForm):
    """What to bring, under which name, and what to ask."""

    name = forms.CharField(
        label=gettext_lazy("What to call them on the page"),
        help_text=gettext_lazy(
            "Choose a different name from the one you use here. Wherever that one is found in the words below, the new "
            "one replaces it."
        ),
        max_length=40,
        error_messages={"required": gettext_lazy("Choose a name that says nothing, like “the client”.")},
    )
    bring = Several([], label=gettext_lazy("What to bring"))
    questions = WordsField(label=gettext_lazy("What I’d like to ask"), rows=4)

    def __init__(self, *args: Any, offered: list[_Offered], called: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._called = called
        self.fields["bring"].choices = [(each.key, each.name) for each in offered]  # type: ignore[attr-defined]
        self.initial.setdefault("name", _("the client"))

    def clean_name(self) -> str:
        """A name that is not the one used here.

        Raises:
            ValidationError: it is.
        """
        name = str(self.cleaned_data["name"]).strip()
        if _spelt(name) == _spelt(self._called):
            raise forms.ValidationError(_("That’s the name you use here. Choose another one for the page."))
        return name


def _spelt(name: str) -> str:
    """A name without what can be left out of it: accents, spaces, signs."""
    return "".join(letter for letter in folded(name) if letter.isalnum()) or name


@require_http_methods(["GET", "HEAD", "POST"])
@with_therapists_journal
def supervision(request: HttpRequest, opened: OpenJournal, client_id: UUID) -> HttpResponse:
    """Choose; then see exactly what the page says; then print it, or make an encrypted page of it."""
    client = client_or_404(opened, client_id)
    view = client_view(opened.journal, client, instruments_of(opened))
    called = request.POST.get("name", "").strip() or _("the client")
    unnamed = _unnamed(opened, client, called)
    offered = _offered(opened, view, called, unnamed)
    page = FormPage(request, opened, SupervisionForm, offered=offered, called=client.name)
    if not page.can_be_kept() or "change" in request.POST:
        return page.show("clients/supervision.html", client=client)
    data = page.form.cleaned_data
    lines = [line for each in offered if each.key in data["bring"] for line in each.lines]
    if data["questions"].strip():
        lines.append(SharedLine(label=_("What I’d like to ask"), words=unnamed(data["questions"])))
    heading = _("For supervision: %(name)s") % {"name": data["name"]}
    makes = "page" in request.POST
    form = GraveForm(request.POST if makes else None, opened=opened)
    if makes and confirmed(request, opened, form):
        return _sealed(request, opened, client, heading, tuple(lines))
    brief = any(hard_to_find(name) for each in opened.journal.clients for name in (each.name, *each.called_before))
    context = {"open": opened, "client": client, "form": form, "lines": lines, "heading": heading, "sent": data}
    context["read_once"] = brief
    return render(request, "clients/supervision_page.html", context)


def _sealed(
    request: HttpRequest, opened: OpenJournal, client: Relationship, heading: str, lines: tuple[SharedLine, ...]
) -> HttpResponse:
    code, share_id = new_code(), uuid7(opened.now, os.urandom(10))
    made = _("A copy made on %(day)s.") % {"day": dated(opened.now)}
    content = content_of(heading, lines, made, reply_to(share_id, address_key(opened)))
    sealed = base64.b64encode(sealed_with(code, as_bytes(content))).decode()
    kept = opened.create(
        Share, id=share_id, relationship_id=client.id, at=opened.now, what=SharedKind.SUPERVISION, way=ShareWay.PAGE,
        title=heading, lines=lines, page=sealed,
    )  # fmt: skip
    opened.discard_draft(form_address(request))
    reader = {"name": _("your supervisor")}
    context = {"open": opened, "share": kept, "reader": reader, "groups": groups(code)}
    onward = to_page(request, "shared-one", kept.id).headers["Location"]
    return done(render(request, "give/page_made.html", context), onward)


def _unnamed(opened: OpenJournal, client: Relationship, called: str) -> _Unnamed:
    """This client under another name, and every other client unnamed."""
    people = [
        Somebody(each.id, each.name, called if each.id == client.id else _("another client"), each.called_before)
        for each in opened.journal.clients
    ]
    names = NamesTakenOut(people, ())
    return lambda words: names.out_of(words)[:LONGEST_WORDS]  # other names may be longer than those they replace


def _offered(opened: OpenJournal, view: ClientView, called: str, unnamed: _Unnamed) -> list[_Offered]:
    rows = session_rows(opened.journal, view)
    return [*_in_figures(view, rows, called, unnamed), *_stories(opened, view, unnamed), *_noticed(rows, unnamed)]


def _in_figures(view: ClientView, rows: list[SessionRow], called: str, unnamed: _Unnamed) -> Iterator[_Offered]:
    if view.sessions:
        count = ngettext("%(n)d session so far", "%(n)d sessions so far", view.sessions) % {"n": view.sessions}
        # What was noted is brought in one's own words, and days can tell who somebody is: what is left are the figures.
        told = [each for each in view.looks if each.reason in _IN_FIGURES and (each.sure or each.count)]
        said = [_sentence(each, called, unnamed) for each in told]
        words = "\n".join(said) or _("Nothing stands out in the ratings.")
        yield _Offered("reasons", _("How things are"), (SharedLine(label=count, words=words),))
    lately = [row for row in reversed(rows[:_RATINGS]) if row.theirs is not None or row.own is not None]
    if lately:
        figures = [
            _("Session %(number)s: client %(theirs)s, I %(own)s")
            % {"number": row.number, "theirs": _score(row.theirs), "own": _score(row.own)}
            for row in lately
        ]
        label = _("The bond, 0 to 100, as the client and I rate it")
        yield _Offered("ratings", _("The last ratings"), (SharedLine(label=label, words="\n".join(figures)),))


def _sentence(look: Look, called: str, unnamed: _Unnamed) -> str:
    """With what the client is called there; of the therapist's own words it holds the title of a story."""
    said = sentence(replace(look, title=unnamed(look.title)), called)
    return f"{said[:1].upper()}{said[1:]} {how_sure(look)}"


def _score(value: float | None) -> str:
    return "–" if value is None else str(number(round(value)))


def _stories(opened: OpenJournal, view: ClientView, unnamed: _Unnamed) -> Iterator[_Offered]:
    journal = opened.journal
    days = [session.local_day(session.at) for session in journal.sessions(view.client)]
    for rupture in journal.all(Rupture):
        if rupture.relationship_id != view.client.id:
            continue
        untitled = _("Something that went wrong")
        began = sum(day <= rupture.local_day(rupture.began) for day in days)
        title = unnamed(rupture.title)[:200] or untitled
        lines = [SharedLine(label=title, words=_in_session(began, labels("state")[rupture.state]))]
        for plan in journal.plans(rupture):
            lines += [SharedLine(label=_("What I prepared"), words=unnamed(words)) for words in plan.written]
        for talk in journal.attempts(rupture):
            place = sum(day <= talk.local_day(talk.at) for day in days)
            ended = labels("outcome")[talk.outcome] if talk.outcome else ""
            words = [unnamed(talk.they_said), unnamed(talk.agreed), ended]
            label = _in_session(place, _("brought up"))
            lines.append(SharedLine(label=label, words="\n".join(filter(None, words)) or _("No more was noted.")))
        yield _Offered(str(rupture.id), shortened(rupture.title or untitled, 80), tuple(lines))


def _in_session(place: int, what: str) -> str:
    """By the number of the session: days can tell who somebody is."""
    return _("session %(number)s: %(what)s") % {"number": max(1, place), "what": what}


def _noticed(rows: list[SessionRow], unnamed: _Unnamed) -> Iterator[_Offered]:
    for row in rows[:_SESSIONS]:
        noted = row.noted
        if noted is None or not (noted.noticed or noted.did or noted.did_words):
            continue
        did = [labels("therapist_did")[each] for each in noted.did]
        ended = labels("observation_ended")[noted.ended] if noted.ended else ""
        words = [
            " · ".join(marker_name(each) for each in noted.markers), unnamed(noted.happened),
            " · ".join(did), unnamed(noted.did_words), f"{_('At the end:')} {ended}" if ended else "",
        ]  # fmt: skip
        label = _("Session %(number)s") % {"number": row.number}
        line = SharedLine(label=label, words="\n".join(filter(None, words)))
        first = noted.happened or " · ".join(marker_name(each) for each in noted.markers) or " · ".join(did)
        yield _Offered(str(noted.id), f"{label}: {shortened(first, 60)}", (line,))
