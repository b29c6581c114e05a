"""An answer that came as a file: a letter, sealed by the page that somebody read. Only its address opens it."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any

from reattune.content.translated_sentences import say
from reattune.exchange.errors import ExchangeError
from reattune.journal.documents.letters import AnyLetter, letter_from
from reattune.journal.errors import JournalError
from reattune.vault.errors import VaultError
from reattune.vault.letters import (
    ADDRESS_BYTES,
    LARGEST,
    LetterMalformed,
    LetterNotOpened,
    LetterTooLarge,
    check_letter,
    open_letter,
)

FORMAT, VERSION = "reattune-answer", 1
# A letter in base64, and a little around it.
_LONGEST = LARGEST * 4 // 3 + 4096


@dataclass(frozen=True)
class AnswerFile:
    """For which address it is, and the sealed letter."""

    address: bytes
    letter: bytes


def from_answer_file(content: bytes, name: str = "The file") -> AnswerFile:
    """What such a file holds. Nothing of it has been opened yet, and whoever made it may have written anything.

    Raises:
        ExchangeError: it is too large, not JSON, no answer, of a newer version, or holds no letter.
    """
    if len(content) > _LONGEST:
        raise ExchangeError(
            say("{name} is too large for an answer; the limit is {longest} KB.", name=name, longest=_LONGEST // 1024)
        )
    try:
        whole = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ExchangeError(
            say("{name} is damaged, so it can’t be read. Ask for the answer file again.", name=name)
        ) from error
    if not isinstance(whole, dict) or whole.get("format") != FORMAT:
        raise ExchangeError(say("{name} isn’t an answer made by a page that you shared.", name=name))
    version = whole.get("version")
    if type(version) is not int or version < 1:
        raise ExchangeError(say("{name} doesn’t say which version it is.", name=name))
    if version > VERSION:
        raise ExchangeError(say("{name} was made by a newer Reattune. Update Reattune to import it.", name=name))
    address, letter = _address(whole.get("to")), _letter(whole.get("letter"))
    if address is None or letter is None:
        raise ExchangeError(
            say("{name} is damaged: part of the answer is missing. Ask for the answer file again.", name=name)
        )
    try:
        check_letter(letter)
    except (LetterMalformed, LetterTooLarge) as error:
        raise ExchangeError(
            say("{name} is damaged: {error}{error_2}", name=name, error=str(error)[0].lower(), error_2=str(error)[1:])
        ) from error
    return AnswerFile(address, letter)


def letter_of(answer: AnswerFile, private: bytes) -> AnyLetter:
    """What the answer says, opened with the private key of the journal's address. Whoever wrote it is not proven.

    Raises:
        ExchangeError: it is for another address, was changed, or what is inside is no letter.
    """
    try:
        return letter_from(open_letter(private, answer.letter))
    except LetterNotOpened as error:
        raise ExchangeError(
            say("This answer can’t be opened: it was written for another journal, or has been changed.")
        ) from error
    except (VaultError, JournalError) as error:
        raise ExchangeError(say("What’s inside this answer can’t be read. {error}", error=error)) from error


def _address(said: Any) -> bytes | None:
    try:
        address = bytes.fromhex(said) if isinstance(said, str) else b""
    except ValueError:
        return None
    return address if len(address) == ADDRESS_BYTES else None


def _letter(said: Any) -> bytes | None:
    try:
        return base64.b64decode(said, validate=True) if isinstance(said, str) else None
    except ValueError:
        return None
