"""Settings: passphrase, recovery code, region, the current therapist."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from reattune.journal import JournalError, life
from reattune.journal.documents import Relationship, Rupture
from reattune.journal.words import RelationshipStatus, RuptureState
from reattune.web.pages.access import to_page, with_journal
from reattune.web.pages.forms.journal import TherapistForm
from reattune.web.pages.forms.setup import ChangePassphraseForm, RegionForm
from reattune.web.pages.notice.instruments import in_use
from reattune.web.pages.own.confirming import confirmed
from reattune.web.pages.two_windows import changed_meanwhile, seen
from reattune.web.store.opening import OpenJournal
from reattune.web.store.unlocking import store_keyring


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def settings(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """Region and what else can be set."""
    preferences = opened.journal.preferences
    kept = {"region": preferences.region, "lock_on_hide": preferences.lock_on_hide} if preferences else {}
    form = RegionForm(request.POST or None, initial=kept)
    if preferences and form.is_valid() and not changed_meanwhile(request, preferences, form):
        opened.change(preferences, **form.cleaned_data)
        return to_page(request, "settings")
    context = {
        "open": opened,
        "form": form,
        "preferences": preferences,
        "therapist": opened.journal.therapist,
        "asked": in_use(opened),
        "seen": seen(preferences) if preferences else "",
    }
    return render(request, "pages/settings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def passphrase(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """A new passphrase: the data key is wrapped anew, nothing is sealed again."""
    form = ChangePassphraseForm(request.POST or None)
    keys = confirmed(request, opened, form, "current")
    if keys:
        keyring, data_key = keys
        store_keyring(keyring.with_passphrase(data_key, form.cleaned_data["passphrase"]))
    return render(request, "pages/passphrase.html", {"open": opened, "form": form, "changed": bool(keys)})


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def therapist(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """Name the current therapist, where there is none."""
    form = TherapistForm(request.POST or None)
    if form.is_valid():
        try:
            opened.create(Relationship, name=form.cleaned_data["name"], role="therapist")
        except JournalError as error:
            form.refuse(error)
        else:
            return to_page(request, "today")
    return render(
        request, "pages/therapist.html", {"open": opened, "form": form, "therapist": opened.journal.therapist}
    )


@require_POST
@with_journal
def therapy_ended(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """The current therapist is no longer; everything of that time stays, and what was open has ended."""
    end_therapy(opened)
    return to_page(request, "therapist")


def end_therapy(opened: OpenJournal) -> None:
    """The current therapist is one of the past; what was open with them has ended, and nothing is lost."""
    journal, current = opened.journal, opened.journal.therapist
    if current:
        with transaction.atomic():
            opened.change(current, status=RelationshipStatus.PAST)
            for rupture in journal.all(Rupture):
                if rupture.relationship_id == current.id and rupture.open:
                    ended = life.step(rupture.transitions, RuptureState.ENDED, opened.now)
                    opened.change(rupture, transitions=ended)
