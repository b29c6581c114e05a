"""Before and around an open journal: the first page, unlocking, locking, the quick exit, help."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reattune.journal import JournalError
from reattune.vault import Keyring, WrongRecoveryCode, WrongSecret
from reattune.vault.keyring import first_opened, first_recovered
from reattune.web.http.redirect_within import redirect_to_page
from reattune.web.http.taken_once import NAMED
from reattune.web.pages.begin.forms import PassphraseForm, RecoveryForm
from reattune.web.pages.begin.new_journal import may_write_first
from reattune.web.pages.shared.document_urls import leads_somewhere
from reattune.web.pages.shared.example_access import end_example
from reattune.web.pages.shared.given_back import give_back
from reattune.web.pages.shared.kept_drafts import keep_typed
from reattune.web.pages.shared.locked_submission import elsewhere, held_for, held_for_another, hold
from reattune.web.pages.shared.passphrase_taken import opens_another
from reattune.web.pages.shared.time_zone import local_zone
from reattune.web.store.browser_sessions import LEFT_COOKIE, came_back
from reattune.web.store.clock_right import set_right
from reattune.web.store.database_failures import STORE_ERRORS
from reattune.web.store.file_damage import file_is_damaged
from reattune.web.store.journal_size import TooLarge, is_full
from reattune.web.store.known_address import address_here, remember_address, several_here
from reattune.web.store.letterbox import open_letterbox
from reattune.web.store.models import SealedJournal
from reattune.web.store.new_key import seal_under
from reattune.web.store.open_journal import Conflict, OpenJournal, mark_of
from reattune.web.store.rate_limit import at_recovery, at_unlocking, seconds_to_wait, take
from reattune.web.store.shared_links import note_opened
from reattune.web.store.turns import journals_open, turn_of
from reattune.web.store.unlocking import (
    EXAMPLE,
    EXAMPLE_OTHER,
    FIRST,
    OWN,
    begin_session,
    damaged_keyrings,
    end_first,
    end_session,
    end_sessions_of,
    keyring_of,
    keyrings,
    open_first,
    open_journal,
    open_session,
    store_keyring,
)
from reattune.web.store.waiting import OthersFirst

_LONGEST_ADDRESS = 2_000
_NAMED_FOR = timedelta(hours=1)


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """The first page: on to Today if a journal is open, to Unlock if there is one, else Welcome."""
    if open_session(request) or open_first(request):
        return redirect("own:today")
    if address_here(request) or several_here(request) or (settings.HOSTING is None and SealedJournal.kept.exists()):
        return came_back(redirect("unlock"), request)
    begins = settings.HOSTING is None or settings.HOSTING.begin
    context = {"begins": begins, "writes_first": may_write_first(), "zone": local_zone()}
    return came_back(render(request, "begin/welcome.html", context), request)


@require_http_methods(["GET", "HEAD", "POST"])
def unlock(request: HttpRequest) -> HttpResponse:
    """Open a journal with its passphrase. Which journals exist is not told."""
    if request.method != "POST" and request.headers.get("HX-Request"):
        # What is typed in another tab, whose journal is locked, was led here unseen: nobody put anything down.
        return HttpResponse(status=204)
    named = _named(request)
    form = PassphraseForm(request.POST or None, initial={"name": named or ""})
    after = (request.POST.get("next") or request.GET.get("next", ""))[:_LONGEST_ADDRESS]
    name = request.POST.get("name", "")
    counted = at_unlocking(request, name)
    attempt = take(counted) if form.is_valid() else None
    wait = attempt.wait if attempt else seconds_to_wait(counted)
    if attempt and not wait:
        try:
            with attempt.made():
                return _opened_with(request, name, form.cleaned_data["passphrase"], after)
        except WrongSecret:
            form.add_error("passphrase", _wrong_passphrase())
    held = request.POST.get("held", "")
    context = {
        "form": form,
        "next": after,
        "held": held,
        "elsewhere": elsewhere(request, held),
        "wait": wait,
        "unsaved": "unsaved" in request.GET,
        "damaged": damaged_keyrings(),
        "kept": named is not None,
        "named": named,
    }
    response = render(request, "begin/unlock.html", context, status=429 if wait and form.is_bound else 200)
    return came_back(_as_it_says(request, response), request)


def _named(request: HttpRequest) -> str | None:
    """What a journal is called that a form, sent again, has kept already; empty where none has a name."""
    try:
        return str(signing.loads(request.GET.get(NAMED, ""), salt=NAMED, max_age=_NAMED_FOR))
    except signing.BadSignature:
        return None


def _as_it_says(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A page that looks locked is: who steps back to it, or is led there, puts the device down. What is typed in
    another window is held there, as at every lock."""
    if request.method != "POST" and OWN.name in request.COOKIES:
        _done(partial(end_session, request))
        OWN.take_back(response)
    return response


def _opened_with(request: HttpRequest, name: str, passphrase: str, after: str) -> HttpResponse:
    """The journal that a passphrase opens, open in this browser.

    Raises:
        WrongSecret: it opens none, or none any more.
    """
    for _again in range(2):
        keyring, data_key = first_opened(keyrings(name), passphrase)
        if keyring.outdated():
            keyring = _store_instead(keyring, keyring.stretched_anew(data_key, passphrase))
        # Two windows that unlock at once do so one after the other; and another one may be writing at this moment.
        with turn_of([keyring.journal_id]):
            if _is_still(keyring):
                return _unlocked(request, keyring.journal_id, data_key, after)
    raise WrongSecret("The keyring was changed while it was being opened.")


def _unlocked(request: HttpRequest, journal_id: bytes, data_key: bytes, after: str) -> HttpResponse:
    """The journal open, words that were held for it kept, and the way on; asked in the journal's turn."""
    held, not_given = request.POST.get("held", ""), None
    if held:
        opened = OpenJournal(journal_id, data_key)
        form = give_back(held, opened)
        if form:  # Today shows the words where what they were about was deleted meanwhile
            after = form if leads_somewhere(opened, form) else reverse("own:today")
        else:
            not_given = _not_given_back(request, opened, held)
    response = not_given or redirect_to_page(after, redirect("own:today"))
    return _opened_in_turn(request, journal_id, data_key, response)


def _not_given_back(request: HttpRequest, opened: OpenJournal, held: str) -> HttpResponse | None:
    """Held words that this journal cannot keep: they are another's, or sealed to an address that it doesn't have (a
    backup from before was restored), or no draft holds them. ``None`` where nothing was held here."""
    words = held_for(opened, held)
    if words:
        shown = "shared/journal_full.html" if is_full(opened.journal_id) else "begin/held_too_long.html"
        return render(request, shown, {"of_open": opened.mark, "typed": words.typed, "again": reverse("own:today")})
    another = held_for_another(held, opened.mark)
    if another is None:
        return None
    context = {"form": PassphraseForm(), "held": held, "elsewhere": another, "earlier": not another}
    return render(request, "begin/unlock.html", context)


def _store_instead(old: Keyring, new: Keyring) -> Keyring:
    """Put a keyring in the place of another, unless a third one has come there meanwhile. The one it is not, if so."""
    with turn_of([old.journal_id]):
        if _is_still(old):
            store_keyring(new)
            return new
    return old


def _is_still(keyring: Keyring) -> bool:
    """Whether what was opened is still what opens the journal: stretching takes a while, and a new passphrase may have
    been set, or the journal erased, in between."""
    try:
        return keyring_of(keyring.journal_id) == keyring
    except SealedJournal.DoesNotExist:
        return False


def _wrong_passphrase() -> str:
    if settings.HOSTING:
        return _(
            "No journal opens with this name and passphrase. Check both, and check capital letters "
            "and the keyboard’s language."
        )
    if file_is_damaged():
        return _(
            "The file with the journals on this computer is damaged, so your passphrase may be right. Restore the"
            " whole data folder from a backup."
        )
    return _("No journal here opens with this passphrase. Check capital letters and the keyboard’s language.")


def _opened_in_turn(
    request: HttpRequest, journal_id: bytes, data_key: bytes, response: HttpResponse, *, by_code: bool = False
) -> HttpResponse:
    begin_session(response, request, journal_id, data_key)
    opened = OpenJournal(journal_id, data_key)
    opened.forget_old()
    set_right(opened)
    preferences = opened.journal.preferences
    if by_code and preferences and not preferences.recovery_checked:
        # Who has opened it with the code has it: nothing asks any more whether it was written down.
        opened.change(preferences, recovery_checked=True)
    open_letterbox(opened)
    note_opened(opened)
    remember_address(response, request, opened)
    return came_back(response, request)


@require_http_methods(["GET", "HEAD", "POST"])
def unlock_with_recovery(request: HttpRequest) -> HttpResponse:
    """Open a journal with its recovery code, and give it a new passphrase."""
    form = RecoveryForm(request.POST or None)
    name = request.POST.get("name", "")
    counted = at_recovery(request)
    attempt = take(counted) if form.is_valid() else None
    wait = attempt.wait if attempt else seconds_to_wait(counted)
    if attempt and not wait:
        try:
            with attempt.made():
                keyring, data_key = first_recovered(keyrings(name), form.cleaned_data["code"])
        except WrongRecoveryCode as error:
            form.add_error("code", str(error))
        except WrongSecret:
            form.add_error(
                "code",
                _(
                    "This is a recovery code, but no journal here opens with it. It may be an older code, "
                    "or a new one that was never confirmed; then the code from before still works."
                ),
            )
        else:
            if not opens_another(request, form, keyring.journal_id):
                return _recovered(request, keyring, data_key, form)
    context = {"form": form, "wait": wait}
    status = 429 if wait and form.is_bound else 200
    return _as_it_says(request, render(request, "begin/unlock_with_recovery_code.html", context, status=status))


def _recovered(request: HttpRequest, keyring: Keyring, data_key: bytes, form: RecoveryForm) -> HttpResponse:
    data = form.cleaned_data
    try:
        with turn_of([keyring.journal_id]):
            newest = keyring_of(keyring.journal_id)
            keyring, new_key = newest.with_new_key(data_key, data["passphrase"], data["code"])
            seal_under(keyring, new_key, data_key)
            return _opened_in_turn(request, keyring.journal_id, new_key, redirect("own:today"), by_code=True)
    except (Conflict, SealedJournal.DoesNotExist):
        return redirect("unlock")  # another window set a new passphrase at this moment, or erased the journal


@require_safe
def still_open(request: HttpRequest) -> HttpResponse:
    """For a page in use: whether the journal it shows is open in this browser still, by its mark. It may have been
    locked from elsewhere. No content says yes."""
    session = open_session(request)
    here = session is not None and mark_of(session[0]) == request.GET.get("of", "")
    return HttpResponse(status=204) if here else HttpResponse("locked", content_type="text/plain; charset=ascii")


@require_POST
def lock(request: HttpRequest) -> HttpResponse:
    """Lock what is open, here or in every browser. What is being typed is kept first, or comes back at unlocking.

    What has no passphrase yet cannot be locked.
    """
    if _writes_first(request):
        return redirect("begin-keep")
    left = bool(request.COOKIES.get(LEFT_COOKIE))  # in another tab: nothing is shown here either
    response: HttpResponse = redirect("measures" if left else "unlock")
    if not _keep_typed_and_end(request, everywhere="everywhere" in request.POST):
        held = "" if left else hold(request)
        if held:
            response = _locked_page(request, {"form": PassphraseForm(), "held": held})
    OWN.take_back(response)
    return response


def _locked_page(request: HttpRequest, context: Mapping[str, object]) -> HttpResponse:
    """The page to unlock, also where the store says nothing: then without a note, for nobody knows where that goes."""
    try:
        return render(request, "begin/unlock.html", context)
    except STORE_ERRORS:
        return render(request, "begin/unlock.html", {**context, "no_notes": True})


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """The quick exit: lock, and show something neutral. The way back shows nothing either. A device that is in other
    hands stays so until the passphrase is typed.

    What has no passphrase yet is erased: nothing else would keep it from whoever looks next.

    From the example it has another address, which alone brings what tells what was tried there.
    """
    _keep_typed_and_end(request)
    response = redirect("measures")
    for end, cookie in ((end_example, EXAMPLE), (end_example, EXAMPLE_OTHER), (end_first, FIRST)):
        if not _done(partial(end, request, response)):
            cookie.take_back(response)
    OWN.take_back(response)
    response.set_cookie(LEFT_COOKIE, "1", httponly=True, samesite="Strict", secure=request.is_secure())
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@require_POST
def leave_example(request: HttpRequest) -> HttpResponse:
    """To the first page; what was tried in the example is erased."""
    response = redirect("front")
    end_example(request, response)
    return response


def _writes_first(request: HttpRequest) -> bool:
    try:
        return open_session(request) is None and open_journal(request) is not None
    except STORE_ERRORS:
        return False


def _keep_typed_and_end(request: HttpRequest, *, everywhere: bool = False) -> bool:
    """Whether what is being typed was kept, if something is: not where it is locked already, in another window, or
    where the store cannot write. Whatever became of it: what was to be locked is locked.
    """

    def keep() -> bool:
        if "draft_of" not in request.POST:
            return True
        # What was typed last may be on its way to be kept at this moment: one after the other.
        with turn_of(journals_open(request, (OWN, FIRST))):
            opened = open_journal(request)
            return opened is not None and keep_typed(request, opened)

    def end_all() -> None:
        session = open_session(request) if everywhere else None
        if session:
            end_sessions_of(session[0])

    kept = _done(keep)
    _done(end_all)
    _done(partial(end_session, request))
    return kept


def _done(act: Callable[[], bool | None]) -> bool:
    """Whether it was done. A disk that is full or a database that is busy keeps no journal open, nor does another
    window, or a journal without room for more."""
    try:
        return act() is not False
    except (*STORE_ERRORS, Conflict, JournalError, OthersFirst, TooLarge):
        return False
