"""Words that were sent to a journal that had locked itself meanwhile: held in the page until it is unlocked.

They go to the browser and come back sealed to the journal's address, so that a locked page shows nothing and the
journal alone opens them; around that with a key of this installation, so that nobody else makes any. They are stored
nowhere. A mark of the journal they were written for goes along: another journal never gets them.
"""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from reattune.journal.draft_conflicts import FILLED_WITH, WINDOW
from reattune.vault import VaultError, WrongSecret
from reattune.vault.crypto_primitives import decrypt, encrypt, key_for, random_key
from reattune.vault.letters import SIZES, LetterNotOpened, open_letter, seal_letter
from reattune.web.http.taken_once import SECRETS
from reattune.web.pages.shared.edit_conflicts import CHOICE, FIELD, OTHER
from reattune.web.store.database_failures import STORE_ERRORS
from reattune.web.store.known_address import address_for
from reattune.web.store.letterbox import address_keys
from reattune.web.store.models import SealedJournal
from reattune.web.store.open_journal import OpenJournal, mark_of
from reattune.web.store.unlocking import open_first, open_session

# Which questionnaire a form asks, so that what is sent answers that one and no other.
QUESTIONNAIRE = "questionnaire"
# Never shown again, not even to the person who typed it.
_NEVER_SHOWN = (WINDOW, FILLED_WITH, QUESTIONNAIRE, "held", "held_file")
_BOUND = b"reattune held words"
_TO_ADDRESS, _KEY_LETTER = b"sealed to an address ", SIZES[0]
# Held words begin with the mark of their journal.
_MARK = len(mark_of(b""))
# A form that sends this wants to know which causes its words come closest to.
SUGGEST = "suggest"
_NOT_WORDS = (
    *("csrfmiddlewaretoken", "draft_of", "journal", "opening", "next", "stop", "since", "of", "back", "token"),
    *(SUGGEST, FIELD),
)


def words_of(request: HttpRequest) -> dict[str, list[str]]:
    """The fields of a form, without what is not the person's words or choices, and without any secret."""
    sent = request.POST.lists()
    return {
        name: [str(v) for v in values]
        for name, values in sent
        if name not in (*_NOT_WORDS, *SECRETS) and not name.startswith((CHOICE, OTHER))
    }


def typed_words(request: HttpRequest) -> list[str]:
    """What was typed, to be shown again where it could not be kept; never a secret."""
    return _typed(words_of(request))


def _typed(fields: Mapping[str, Sequence[str]]) -> list[str]:
    typed = [values[-1] for name, values in fields.items() if values and name not in _NEVER_SHOWN]
    return [words for words in typed if len(words) > 1]


def typed_sentences(request: HttpRequest) -> list[str]:
    """The same without the ids and days that came along, where nobody needs those again."""
    return [words for words in typed_words(request) if " " in words]


def sent_again(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields by which a form that could not be saved can be held while it is locked; never a secret."""
    known = [(name, request.POST[name]) for name in ("draft_of", "journal") if name in request.POST]
    return [*known, *((name, value) for name, values in words_of(request).items() for value in values)]


@dataclass(frozen=True)
class Held:
    """A form that met a locked journal: its address, its fields, and whether it changes something that is there."""

    form: str
    fields: dict[str, list[str]]
    changes: bool

    @property
    def typed(self) -> list[str]:
        """What was typed, to be shown again."""
        return _typed(self.fields)


def hold(request: HttpRequest) -> str:
    """What was typed, sealed, for a hidden field; empty where there is nothing to hold."""
    form, mark = request.POST.get("draft_of", ""), request.POST.get("journal", "")
    if not form or len(mark.encode()) != _MARK:
        return ""
    content = json.dumps([mark, form, words_of(request), FIELD in request.POST]).encode()
    try:
        to = address_for(request, mark)
    except STORE_ERRORS:
        to = None  # a store that does not answer: the words are no more to be seen than elsewhere
    return sealed(mark.encode() + (_for_address(to.public, content) if to else content), _BOUND)


def of_no_journal(held: str) -> bool:
    """Whether the journal that words are held for is here no more: it had no passphrase yet, or was erased. One to
    whose address they were sealed is here, and none is looked for."""
    content = unsealed(held, _BOUND)
    mark = content[:_MARK].decode()
    if content[_MARK:].startswith(_TO_ADDRESS):
        return False
    return not any(mark_of(bytes(each)) == mark for each in SealedJournal.objects.values_list("id", flat=True))


def _for_address(public: bytes, content: bytes) -> bytes:
    """A letter with a key, and what that key opens: letters have a largest size, and forms have none."""
    key = random_key()
    return _TO_ADDRESS + seal_letter(public, key) + encrypt(key, content, _BOUND)


def _from_address(held: bytes, opened: OpenJournal) -> bytes:
    for pair in address_keys(opened).values():
        with contextlib.suppress(LetterNotOpened):
            key = open_letter(pair.private, held[:_KEY_LETTER])
            return decrypt(key, held[_KEY_LETTER:], _BOUND)
    raise WrongSecret("None of this journal's keys opens what was held.")


def held_for(opened: OpenJournal, held: str) -> Held | None:
    """What was held for this journal, or ``None`` where it does not belong here."""
    try:
        content = unsealed(held, _BOUND)[_MARK:]
        if content.startswith(_TO_ADDRESS):
            content = _from_address(content.removeprefix(_TO_ADDRESS), opened)
        # A page from before an update holds no more than three.
        mark, form, fields, *changes = json.loads(content)
    except (VaultError, ValueError, TypeError):
        return None
    return Held(str(form), fields, changes != [False]) if mark == opened.mark else None


def held_for_another(held: str, mark: str) -> bool | None:
    """Whether held words are those of another journal than the one with this mark; ``None`` where none are held."""
    try:
        return unsealed(held, _BOUND)[:_MARK] != mark.encode()
    except (WrongSecret, ValueError):
        return None


def elsewhere(request: HttpRequest, held: str) -> bool:
    """Whether another journal is open in this browser than the one that words are held for."""
    keys = open_session(request) or open_first(request)
    return bool(held and keys and held_for_another(held, mark_of(keys[0])))


def sealed(content: bytes, bound: bytes) -> str:
    """Bytes for a hidden field of a page that only this installation can open, and only with the same ``bound``."""
    return base64.b64encode(encrypt(_key(), content, bound)).decode()


def unsealed(held: str, bound: bytes) -> bytes:
    """What was sealed for a hidden field.

    Raises:
        WrongSecret: it was sealed elsewhere, for something else, or changed.
        ValueError: it is not base64.
    """
    return decrypt(_key(), base64.b64decode(held, validate=True), bound)


def _key() -> bytes:
    return key_for("held words", settings.SECRET_KEY.encode())
