"""Words, prompts, crisis lines and references: data, not code.

Everything is TOML beside this file, read once and kept; words of a language lie in a folder of that language. Sentences
of the screens lie in catalogues (``reattune/locale``), see `reattune.content.translated_sentences`.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Literal

LANGUAGES = ("en", "de", "es", "fr")
# Languages whose house stands and whose words are still being written: nobody is offered them, and every test that asks
# for wholeness names them. A language is taken out of this list when nothing of it is missing; nothing else changes.
NOT_WRITTEN_YET: tuple[str, ...] = ()
OFFERED = tuple(language for language in LANGUAGES if language not in NOT_WRITTEN_YET)

# How words to be said speak to the other one: du or Sie, tú or usted, tu or vous.
Form = Literal["familiar", "formal"]
FAMILIAR: Form = "familiar"
FORMAL: Form = "formal"
_FORMS = {FAMILIAR, FORMAL}


def text(*path: str) -> str:
    """One content file as text; ``path`` is below this package.

    Raises:
        FileNotFoundError: there is no such file.
    """
    return files(__package__).joinpath(*path).read_text("utf-8")


def raw(*path: str) -> bytes:
    """One content file that is no text, as bytes.

    Raises:
        FileNotFoundError: there is no such file.
    """
    return files(__package__).joinpath(*path).read_bytes()


@cache
def load(*path: str) -> dict[str, Any]:
    """One content file, parsed. The result is shared: do not change it."""
    return tomllib.loads(text(*path))


def folder_of(language: str) -> Traversable:
    """Where the prose of a language lies."""
    return files(__package__).joinpath(language)


@cache
def words(name: str, language: str, form: Form = FAMILIAR) -> dict[str, Any]:
    """A file of words in a language; where they speak to somebody, in that form. Shared: do not change it.

    A text that differs between the forms is written as ``{ familiar = "…", formal = "…" }``; each is one text here.

    Raises:
        FileNotFoundError: the language has no such file.
    """
    found: dict[str, Any] = _in_form(as_written(name, language), form)
    return found


@cache
def as_written(name: str, language: str) -> dict[str, Any]:
    """The same as it lies in the file, with both forms. The result is shared: do not change it."""
    return tomllib.loads(folder_of(language).joinpath(f"{name}.toml").read_text("utf-8"))


def has_forms(part: object) -> bool:
    """Whether this is one text in both forms."""
    return isinstance(part, dict) and part.keys() == _FORMS


def _in_form(part: Any, form: Form) -> Any:
    if isinstance(part, dict):
        return part[form] if has_forms(part) else {key: _in_form(each, form) for key, each in part.items()}
    return [_in_form(each, form) for each in part] if isinstance(part, list) else part


def manner(language: str) -> dict[str, Any]:
    """How a language is written: its own name, dates, quotation marks, forms of speaking to somebody."""
    return as_written("language", language)


def default_form(language: str) -> Form:
    """How somebody speaks to a therapist in a language, unless they choose otherwise."""
    found: Form = manner(language).get("speaking_to", {}).get("default", FAMILIAR)
    return found
