"""Words, prompts, crisis lines and references: data, not code.

Everything is TOML beside this file, read once and kept; words of a language lie in a folder of that language.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("en",)


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


def words(name: str, language: str) -> dict[str, Any]:
    """A file of words in a language, or in English where that language has not got it yet."""
    return load(language if language in LANGUAGES else "en", f"{name}.toml")
