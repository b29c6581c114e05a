"""Settings: passphrase, recovery code, region, the current therapist."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from reattune.content import default_form
from reattune.journal.documents import Relationship
from reattune.vault import Keyring, WrongRecoveryCode, WrongSecret
from reattune.web.http.language import language_of, spoken_now
from reattune.web.http.taken_once import done
from reattune.web.pages.manage.forms import ChangePassphraseForm, PreferencesForm
from reattune.web.pages.notice.instruments import in_use
from reattune.web.pages.shared.access import to_page, with_either_journal
from reattune.web.pages.shared.confirm_passphrase import confirmed
from reattune.web.pages.shared.edit_conflicts import changed_meanwhile, seen
from reattune.web.pages.shared.passphrase_taken import opens_another
from reattune.web.pages.shared.person_choice import is_unnamed, unnamed_therapist
from reattune.web.pages.shared.time_zone import known_zone
from reattune.web.pages.shared.wording import form_chosen
from reattune.web.store.clock_right import time_of_change
from reattune.web.store.known_address import remember_address
from reattune.web.store.new_key import seal_under
from reattune.web.store.open_journal import OpenJournal
from reattune.web.store.unlocking import (
    begin_session,
    end_sessions_of,
    keyring_of,
    open_session,
    store_keyring,
)

_JUST_NOW = timedelta(minutes=1)


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
        kept |= {"no_locked_notes": preferences.no_locked_notes, "zone": preferences.zone}
    form = PreferencesForm(request.POST or None, initial=kept, journal_kind=opened.kind, opened=opened)
    stale = preferences and form.is_valid() and changed_meanwhile(request, preferences, form)
    if preferences and not stale and confirmed(request, opened, form):
        data = {name: value for name, value in form.cleaned_data.items() if name != "current"}
        for name in ("language", "zone"):
            if not data.get(name):
                data.pop(name, None)
        if "form_of_address" in data:
            # What is usual is not kept as a choice: in another language something else may be.
            usual = data["form_of_address"] == default_form(spoken_now())
            data["form_of_address"] = "" if usual else data["form_of_address"]
        if data["region"] != preferences.region:
            data["region_changed"] = time_of_change(opened)
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
        "new_code": "new-code" in request.GET and _made_just_now(opened),
        "therapist": opened.journal.therapist,
        "latest": opened.journal.latest_therapist,
        "asked": in_use(opened),
        "seen": seen(preferences) if preferences else "",
    }
    return render(request, "manage/settings.html", context)


def _made_just_now(opened: OpenJournal) -> bool:
    """Whether another recovery code was made a minute ago. Its address alone, which anybody can leave for the owner to
    come to, has no paper destroyed."""
    preferences = opened.journal.preferences
    made = preferences.recovery_made if preferences else None
    return made is not None and abs(time_of_change(opened) - made) < _JUST_NOW


def _name_anew(opened: OpenJournal) -> None:
    """A therapist who was given no name is called so in the language that was chosen."""
    with translation.override(language_of(opened)):
        for who in opened.journal.all(Relationship):
            if is_unnamed(who) and who.name.casefold() != unnamed_therapist().casefold():
                opened.change(who, name=unnamed_therapist())


@require_POST
@with_either_journal
def zone(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """Days as they are where this browser is; or as they were, and of that zone it is asked no more."""
    here, preferences = request.POST.get("zone", ""), opened.journal.preferences
    if preferences and here == known_zone(here):
        if "stay" in request.POST:
            opened.change(preferences, zone_left=here)
        else:
            opened.change(preferences, zone=here, zone_left="")
    return to_page(request, "today")


@require_http_methods(["GET", "HEAD", "POST"])
@with_either_journal
def passphrase(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """A new passphrase. With the recovery code there is a new data key too, and everything is sealed anew."""
    form = ChangePassphraseForm(request.POST or None, opened=opened)
    session = open_session(request)
    data_key = None
    if session and confirmed(request, opened, form) and not opens_another(request, form, session[0]):
        data_key = _changed(form, keyring_of(session[0]), session[1])
    if data_key is not None:
        # The page tells the browser where notes go, which may be another address by now.
        opened = OpenJournal(opened.journal_id, data_key)
    context = {"open": opened, "form": form, "changed": data_key is not None, "anew": bool(form.data.get("code"))}
    page = render(request, "manage/passphrase.html", context)
    if data_key is None:
        return page
    # Whoever had it open with the passphrase from before has it open no more.
    end_sessions_of(opened.journal_id)
    begin_session(page, request, opened.journal_id, data_key)
    remember_address(page, request, opened)
    return done(page, reverse("own:settings"))


def _changed(form: ChangePassphraseForm, keyring: Keyring, data_key: bytes) -> bytes | None:
    """The data key from now on; ``None`` where the recovery code is not this journal's."""
    new, code = form.cleaned_data["passphrase"], form.cleaned_data["code"]
    if not code:
        store_keyring(keyring.with_passphrase(data_key, new))
        return data_key
    try:
        keyring.open_with_recovery(code)
    except WrongRecoveryCode as error:
        form.add_error("code", str(error))
    except WrongSecret:
        form.add_error(
            "code",
            gettext(
                "This isn’t the recovery code of this journal. If you typed it as it’s written on your paper, somebody "
                "may have made another one. Leave it out here, and make a new code straight after."
            ),
        )
    else:
        keyring, new_key = keyring.with_new_key(data_key, new, code)
        seal_under(keyring, new_key, data_key)
        return new_key
    return None
