"""Setting up a journal: passphrase, recovery code, the few things the app needs to know."""

from __future__ import annotations

import base64
import contextlib

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from reattune.journal import JournalError
from reattune.journal.documents import Preferences, Relationship
from reattune.journal.vocabulary import JournalKind
from reattune.vault import WrongSecret
from reattune.vault.crypto_primitives import decrypt, encrypt, key_for
from reattune.vault.journal_names import name_of
from reattune.vault.recovery_code import groups, new_recovery_secret, to_code
from reattune.web.http.language import open_and_speak, spoken_now
from reattune.web.http.taken_once import NAMED, done
from reattune.web.pages.begin.forms import AboutForm, BeginForm, CheckCodeForm, NewPassphraseForm, lost_in_part
from reattune.web.pages.shared.confirm_passphrase import GraveForm, confirmed
from reattune.web.pages.shared.passphrase_taken import opens_another
from reattune.web.pages.shared.person_choice import is_unnamed, unnamed_therapist
from reattune.web.pages.shared.time_zone import known_zone, local_zone
from reattune.web.store.browser_sessions import came_back, halves_of
from reattune.web.store.clock_right import time_of_change
from reattune.web.store.known_address import remember_address
from reattune.web.store.letterbox import open_letterbox
from reattune.web.store.models import SealedJournal
from reattune.web.store.open_journal import OpenJournal, mark_of
from reattune.web.store.provisional_journals import NoRoom
from reattune.web.store.rate_limit import (
    forget_tries,
    note_begun,
    note_provisional,
    seconds_to_wait_to_begin,
)
from reattune.web.store.taken_forms import forget_pages
from reattune.web.store.turns import turn_of_browser
from reattune.web.store.unlocking import (
    FIRST,
    OWN,
    begin_session,
    begin_unlocked,
    end_first,
    keep_first,
    keyring_of,
    new_journal,
    open_first,
    open_session,
    store_keyring,
)

# Journals begun before there is a passphrase are counted by themselves.
# An address says nothing of what it is about, so this says only that it is the other one of two.
_OTHER_CHAIR = "other"
_TYPED = b"the end of the code was typed"


@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Choose a passphrase; the recovery code is shown at once, and only now."""
    if settings.HOSTING and not settings.HOSTING.begin:
        return render(request, "begin/begin_not_here.html", status=403)
    asked = JournalKind.THERAPIST if request.GET.get("as") == _OTHER_CHAIR else JournalKind.PERSON
    form = BeginForm(request.POST or None, initial={"journal_kind": asked})
    wait = seconds_to_wait_to_begin(request)
    free = form.is_valid() and not wait and not opens_another(request, form)
    wait = note_begun(request) if free else wait
    if free and not wait:
        # All of it or nothing: what is cut off in between would be kept under a name that nobody ever saw.
        with transaction.atomic():
            journal_id, data_key, code = new_journal(form.cleaned_data["passphrase"])
            if form.cleaned_data["journal_kind"] == JournalKind.THERAPIST:
                # Its first entry, and sealed like every other: from here on it is a therapist's journal and no other.
                opened = OpenJournal(journal_id, data_key)
                opened.create(Preferences, journal_kind=JournalKind.THERAPIST, language=spoken_now())
            response = _show_code(request, CheckCodeForm(initial={"code": code}), code, journal_id)
            begin_session(response, request, journal_id, data_key)
        return done(response, _shown_again(journal_id))
    status = 429 if wait and form.is_bound else 200
    may_unlock = settings.HOSTING is not None or SealedJournal.objects.exists()
    return render(request, "begin/begin.html", {"form": form, "wait": wait, "may_unlock": may_unlock}, status=status)


def may_write_first() -> bool:
    """Whether one may write here before choosing a passphrase."""
    return settings.HOSTING is None or (settings.HOSTING.begin and settings.HOSTING.write_first)


@require_POST
def write_first(request: HttpRequest) -> HttpResponse:
    """Straight to what happened, before there is a passphrase: a provisional journal that this browser alone opens."""
    if open_session(request) or open_first(request):
        return redirect("own:moment-new")
    if not may_write_first():
        return render(request, "begin/begin_not_here.html", status=403)
    wait, made = 0, None
    try:
        wait = note_provisional(request)
        made = None if wait else begin_unlocked()
    except NoRoom:
        made = None
    if made is None:
        answer = render(request, "begin/write_first_not_now.html", {"wait": wait}, status=429)
        if wait:
            answer.headers["Retry-After"] = str(wait)
        return answer
    opened, value = made
    opened.create(Preferences, zone=known_zone(request.POST.get("zone", "")), language=spoken_now())
    opened.create(Relationship, name=unnamed_therapist(), role="therapist")
    response = redirect("own:moment-new")
    came_back(response, request)
    FIRST.give(response, request, value, opened.mark)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def keep(request: HttpRequest) -> HttpResponse:
    """A passphrase for what was written first. The data key stays as it is: it is wrapped, and nothing sealed again."""
    opened = open_and_speak(request)
    if opened is None or not opened.provisional:
        return redirect("front")
    form = NewPassphraseForm(request.POST or None)
    wait = seconds_to_wait_to_begin(request)
    free = form.is_valid() and not wait and not opens_another(request, form)
    wait = note_begun(request) if free else wait
    if free and not wait:
        with transaction.atomic():
            kept = keep_first(request, form.cleaned_data["passphrase"])
            if kept is None:
                return redirect("front")
            journal_id, data_key, code = kept
            response = _show_code(request, CheckCodeForm(initial={"code": code}), code, journal_id)
            FIRST.take_back(response)
            begin_session(response, request, journal_id, data_key)
        return done(response, _shown_again(journal_id))
    status = 429 if wait and form.is_bound else 200
    context = {"form": form, "wait": wait, "keeps": True, "open": opened}
    return render(request, "begin/begin.html", context, status=status)


@require_POST
def drop(request: HttpRequest) -> HttpResponse:
    """What was written first is not to be kept: it is erased at once."""
    response = redirect("front")
    end_first(request, response)
    return response


def _show_code(
    request: HttpRequest, form: CheckCodeForm, code: str, journal_id: bytes, *, known: Preferences | None = None
) -> HttpResponse:
    context = {"form": form, "groups": groups(code), "name": name_of(journal_id) if settings.HOSTING else ""}
    context |= {"of_open": mark_of(journal_id), "preferences": known}
    # Only a code that was once confirmed is an old one; before that, there is a journal to go on with, or not yet.
    context |= {"replaces": bool(known and known.recovery_checked), "later": bool(known and not known.recovery_checked)}
    return render(request, "begin/recovery_code.html", context)


def _shown_again(journal_id: bytes) -> str:
    """Where the form leads that is sent again later: what is kept already is unlocked, under its name."""
    name = name_of(journal_id) if settings.HOSTING else ""
    return f"{reverse('begin-recovery')}?{urlencode({NAMED: signing.dumps(name, salt=NAMED)})}"


@require_http_methods(["GET", "HEAD", "POST"])
def recovery(request: HttpRequest) -> HttpResponse:
    """Show a new code to whoever knows the passphrase. It takes the place of the old one when its last groups were
    typed, and not before; and only a code that was shown here does."""
    if request.method != "POST":
        return _recovery(request)
    with turn_of_browser(request, (OWN,)):
        return _recovery(request)


def _recovery(request: HttpRequest) -> HttpResponse:
    session, opened = open_session(request), open_and_speak(request)
    if session is None or opened is None:
        return redirect("unlock")
    forget_pages(journal_id=session[0])  # whoever goes on has seen the page with the code
    known = opened.journal.preferences
    if "ending" in request.POST:
        check = CheckCodeForm(request.POST)
        if check.is_valid() and _confirmed_code(request, session, opened, check):
            return _code_checked(request, session[1])
        return _show_code(request, check, request.POST.get("code", ""), session[0], known=known)
    form = GraveForm(request.POST if request.method == "POST" else None, opened=opened)
    if not confirmed(request, opened, form):
        context = {"known": known, "form": form, "of_open": opened.mark, "preferences": known}
        return render(request, "begin/recovery_code_new.html", context)
    code = to_code(new_recovery_secret())
    check = CheckCodeForm(initial={"code": code, "proof": _proof(request, session[1], code)})
    return _show_code(request, check, code, session[0], known=known)


def _confirmed_code(
    request: HttpRequest, session: tuple[bytes, bytes], opened: OpenJournal, form: CheckCodeForm
) -> bool:
    """Whether the code is the journal's from now on. One that was not shown here after the passphrase never is.

    When it took the place of another is kept first: Today and Settings say so.
    """
    journal_id, data_key = session
    code, keyring = form.cleaned_data["code"], keyring_of(journal_id)
    with contextlib.suppress(WrongSecret):
        return keyring.open_with_recovery(code) == data_key  # the first one, or it was confirmed before
    with contextlib.suppress(WrongSecret, ValueError):
        proof = base64.b64decode(form.cleaned_data["proof"], validate=True)
        if decrypt(_key_of_proofs(data_key), proof, _shown_in(request)) == code.encode():
            if opened.journal.preferences:
                opened.change(opened.journal.preferences, recovery_made=time_of_change(opened))
            store_keyring(keyring.with_recovery(data_key, code))
            return True
    form.add_error("ending", lost_in_part())
    return False


def _proof(request: HttpRequest, data_key: bytes, code: str) -> str:
    """For a hidden field: this code was shown here after the passphrase. The open journal alone makes and reads it: the
    key of the installation lies beside the journals, in every copy of the folder."""
    return base64.b64encode(encrypt(_key_of_proofs(data_key), code.encode(), _shown_in(request))).decode()


def _key_of_proofs(data_key: bytes) -> bytes:
    return key_for("a new recovery code was shown", data_key)


def _shown_in(request: HttpRequest) -> bytes:
    """What binds a code that was shown to this browser, for as long as it has the journal open."""
    halves = halves_of(request, OWN)
    return b"new recovery code " + (halves[0] if halves else b"")


def _code_checked(request: HttpRequest, data_key: bytes) -> HttpResponse:
    if settings.HOSTING is None:
        forget_tries(request)  # whoever goes on with it began a journal, and guessed at none
    opened = open_and_speak(request)
    preferences = opened.journal.preferences if opened else None
    if opened is None or preferences is None or not preferences.recovery_checked:
        # That its end was typed is told to the page that makes the settings, which are to say so.
        typed = encrypt(_key_of_proofs(data_key), _TYPED, _shown_in(request))
        return redirect(f"{reverse('begin-about')}?{urlencode({'typed': base64.b64encode(typed)})}")
    opened.change(preferences, recovery_checked=True)
    return redirect(f"{reverse('own:settings')}?new-code")


def _was_typed(request: HttpRequest) -> bool:
    """Whether the end of a code was typed on the page before, with this journal open in this browser."""
    session = open_session(request)
    with contextlib.suppress(WrongSecret, ValueError):
        typed = base64.b64decode(request.GET.get("typed", ""), validate=True)
        return session is not None and decrypt(_key_of_proofs(session[1]), typed, _shown_in(request)) == _TYPED
    return False


@require_http_methods(["GET", "HEAD", "POST"])
def about(request: HttpRequest) -> HttpResponse:
    """Therapist, rhythm, region; then Today."""
    if request.method != "POST":
        return _about(request)
    with turn_of_browser(request, (OWN,)):
        return _about(request)


def _about(request: HttpRequest) -> HttpResponse:
    opened = open_and_speak(request)
    if opened is None:
        return redirect("unlock")
    forget_pages(journal_id=opened.journal_id)
    known, therapist = opened.journal.preferences, opened.journal.therapist
    if opened.provisional or (known and known.recovery_checked):
        return redirect("own:today")
    weeks = f"{known.weeks_between:g}" if known and known.weeks_between else "1"
    named = therapist.name if therapist and not is_unnamed(therapist) else ""
    shown = {"weeks": weeks, "zone": local_zone(), "region": known.region if known else "", "name": named}
    form = AboutForm(request.POST or None, initial=shown, journal_kind=opened.kind)
    if form.is_valid():
        data = form.cleaned_data
        said: dict[str, object] = {
            "zone": known_zone(data["zone"]),
            "region": data["region"],
            "recovery_checked": _was_typed(request),
        }
        if known and data["region"] != known.region and (known.region or not said["recovery_checked"]):
            said["region_changed"] = time_of_change(opened)
        if "weeks" in data:
            said["weeks_between"] = float(data["weeks"] or 0) or None
        name = data.get("name", "").strip()
        try:
            with transaction.atomic():
                if known:
                    opened.change(known, **said)
                else:
                    opened.create(Preferences, language=spoken_now(), **said)
                if name and therapist:
                    opened.change(therapist, name=name)
                elif name:
                    opened.create(Relationship, name=name, role="therapist")
        except JournalError as error:
            form.refuse(error)
        else:
            open_letterbox(opened)
            response = redirect("own:today")
            remember_address(response, request, opened)
            return response
    context = {"form": form, "of_open": opened.mark, "preferences": known}
    return render(request, "begin/about_you.html", context)
