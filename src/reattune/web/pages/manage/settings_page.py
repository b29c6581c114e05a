"""Settings: passphrase, recovery code, region, the current therapist."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_http_methods

from reattune.content import default_form
from reattune.journal.documents import Relationship
from reattune.web.http.language import language_of, spoken_now
from reattune.web.http.taken_once import done
from reattune.web.pages.manage.forms import ChangePassphraseForm, PreferencesForm
from reattune.web.pages.notice.instruments import in_use
from reattune.web.pages.shared.access import with_either_journal
from reattune.web.pages.shared.confirm_passphrase import confirmed
from reattune.web.pages.shared.edit_conflicts import changed_meanwhile, seen
from reattune.web.pages.shared.person_choice import is_unnamed, unnamed_therapist
from reattune.web.pages.shared.wording import form_chosen
from reattune.web.store.known_address import remember_address
from reattune.web.store.open_journal import OpenJournal
from reattune.web.store.unlocking import end_other_sessions, keyring_of, open_session, store_keyring


@require_http_methods(["GET", "HEAD", "POST"])
@with_either_journal
def settings(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """Region and what else can be set."""
    preferences = opened.journal.preferences
    kept = {"region": preferences.region, "lock_on_hide": preferences.lock_on_hide} if preferences else {}
    if preferences:
        weeks = preferences.weeks_between
        kept |= {"language": language_of(opened), "form_of_address": form_chosen(opened)}
        kept |= {"weeks": f"{weeks:g}" if weeks else "0", "titles_only": preferences.titles_only}
        kept["no_locked_notes"] = preferences.no_locked_notes
    form = PreferencesForm(request.POST or None, initial=kept, journal_kind=opened.kind)
    if preferences and form.is_valid() and not changed_meanwhile(request, preferences, form):
        data = dict(form.cleaned_data)
        if not data.get("language"):
            data.pop("language", None)
        if "form_of_address" in data:
            # What is usual is not kept as a choice: in another language something else may be.
            usual = data["form_of_address"] == default_form(spoken_now())
            data["form_of_address"] = "" if usual else data["form_of_address"]
        if "weeks" in data:
            data["weeks_between"] = float(data.pop("weeks") or 0) or None
        opened.change(preferences, **data)
        _name_anew(opened)
        answer = redirect(f"{request.path}?saved")
        if not opened.provisional:
            remember_address(answer, request, opened)
        return answer
    context = {
        "open": opened,
        "form": form,
        "preferences": preferences,
        "saved": "saved" in request.GET and not form.is_bound,
        "new_code": "new-code" in request.GET,
        "therapist": opened.journal.therapist,
        "latest": opened.journal.latest_therapist,
        "asked": in_use(opened),
        "seen": seen(preferences) if preferences else "",
    }
    return render(request, "manage/settings.html", context)


def _name_anew(opened: OpenJournal) -> None:
    """A therapist who was given no name is called so in the language that was chosen."""
    with translation.override(language_of(opened)):
        for who in opened.journal.all(Relationship):
            if is_unnamed(who) and who.name.casefold() != unnamed_therapist().casefold():
                opened.change(who, name=unnamed_therapist())


@require_http_methods(["GET", "HEAD", "POST"])
@with_either_journal
def passphrase(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """A new passphrase: the data key is wrapped anew, nothing is sealed again."""
    form = ChangePassphraseForm(request.POST or None, opened=opened)
    session = open_session(request)
    changed = session is not None and confirmed(request, opened, form)
    if session and changed:
        journal_id, data_key = session
        store_keyring(keyring_of(journal_id).with_passphrase(data_key, form.cleaned_data["passphrase"]))
        end_other_sessions(request, journal_id)
    page = render(request, "manage/passphrase.html", {"open": opened, "form": form, "changed": changed})
    return done(page, reverse("own:settings")) if changed else page
