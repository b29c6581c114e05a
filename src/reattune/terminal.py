"""What every command says on the terminal: results, errors, and a sentence for a file that cannot be read."""

from __future__ import annotations

from pathlib import Path

import typer
from rich.console import Console

out = Console(soft_wrap=True, highlight=False)


err = Console(stderr=True, soft_wrap=True, highlight=False)


def refuse(sentence: str) -> typer.Exit:
    """Say what is wrong, and end with 2."""
    err.print(sentence, markup=False)
    return typer.Exit(2)


def unreadable(error: Exception, file: Path | None) -> str:
    """Why a file of one's own could not be read, in a sentence."""
    if isinstance(error, UnicodeDecodeError):
        return f"{file} is not text in UTF-8. Save it as UTF-8."
    if isinstance(error, OSError):
        return f"{file} cannot be read: {error.strerror}."
    return str(error)
