"""What every command says on the terminal: results, errors, and a sentence for a file that cannot be read."""

from __future__ import annotations

import errno
import signal
import threading
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.text import Text

# Signs that a terminal obeys instead of showing them. A name from a file is shown with them written out.
_OBEYED = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\t\n"}


class Terminal(Console):
    """Shows what files and folders are called, and what stands in them, as it is: a terminal obeys none of it."""

    def render_str(self, text: str, **options: Any) -> Text:
        """Text with control signs written out."""
        return super().render_str(text.translate(_OBEYED), **options)


out = Terminal(soft_wrap=True, highlight=False)


err = Terminal(stderr=True, soft_wrap=True, highlight=False)


def refuse(sentence: str) -> typer.Exit:
    """Say what is wrong, and end with 2."""
    err.print(sentence, markup=False)
    return typer.Exit(2)


def ordinary(file: Path) -> Path:
    """The same file, if it is one that ends: a pipe may never say anything, and a device never stops.

    Raises:
        OSError: it is a pipe or a device.
    """
    if file.exists() and not (file.is_file() or file.is_dir()):
        raise OSError(errno.EINVAL, "it is a pipe or a device. Save what it says as a file first")
    return file


def unreadable(error: Exception, file: Path | None) -> str:
    """Why a file of one's own could not be read, in a sentence."""
    if isinstance(error, UnicodeDecodeError):
        return f"{file} is not text in UTF-8. Save it as UTF-8."
    if isinstance(error, OSError):
        return f"{file} cannot be read: {error.strerror}."
    return str(error)


def end_properly_when_told() -> None:
    """A closed terminal, or a request to end, `reattune stop` too, ends a command as Ctrl+C does: properly."""

    def stop(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        return
    for name in ("SIGTERM", "SIGHUP", "SIGBREAK"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, stop)
