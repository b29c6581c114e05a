"""`reattune install-shortcut`: Reattune among the programs of the desktop, with its icon; the same takes it away.

By the Desktop Entry and Icon Theme specifications of freedesktop.org. It is called *Notes*, as the tab in the browser
is, so that it tells nothing to whoever looks at the screen.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from contextlib import suppress
from importlib.resources import files
from pathlib import Path

from reattune.content import OFFERED
from reattune.content.translated_sentences import catalogue
from reattune.web.pages.begin.running import QUIT

ENTRY = "reattune.desktop"
_ICONS = (("scalable", "icon.svg", "reattune.svg"), ("512x512", "icons/icon-512.png", "reattune.png"))
# What stands within quotes and must be marked (Desktop Entry Specification, The Exec key).
_MARKED = re.compile(r'(["`$\\])')


class NoShortcut(Exception):
    """It could not be made; the sentence says why."""


def program() -> list[str]:
    """What starts this Reattune, wherever it is called from."""
    if getattr(sys, "frozen", False):
        return [os.environ.get("APPIMAGE") or sys.executable]
    beside = Path(sys.executable).with_name("reattune")
    if beside.exists():
        return [str(beside)]
    called = shutil.which("reattune")
    return [str(Path(called).absolute())] if called else [sys.executable, "-m", "reattune"]


def entry(command: list[str], data: Path | None, name: str | None = None) -> str:
    """The desktop entry: starts Reattune, or opens the browser at the one that runs; and stops it."""
    more = ["--data", str(data)] if data else []
    names = [f"Name={_plain(name or 'Notes')}"]
    if name is None:
        names += [f"Name[{each}]={catalogue(each).gettext('Notes')}" for each in OFFERED if each != "en"]
    stop = [f"Name[{each}]={catalogue(each).gettext(QUIT)}" for each in OFFERED if each != "en"]
    return "\n".join(
        [
            "[Desktop Entry]",
            "Type=Application",
            "Version=1.1",
            *names,
            f"Exec={_exec([*command, *more])}",
            "Icon=reattune",
            "Terminal=false",
            "Categories=Utility;",
            "StartupNotify=false",
            "Actions=stop;",
            "",
            "[Desktop Action stop]",
            f"Name={QUIT}",
            *stop,
            f"Exec={_exec([*command, 'stop', *more])}",
            "",
        ]
    )


def _exec(words: list[str]) -> str:
    # Quoted as an argument; then, as the value is a string, each backslash once more; a percent sign is a field code.
    quoted = ['"' + _MARKED.sub(r"\\\1", word) + '"' for word in words]
    return " ".join(quoted).replace("\\", "\\\\").replace("%", "%%")


def _plain(name: str) -> str:
    return " ".join(name.split()).replace("\\", "\\\\")


def _places() -> tuple[Path, list[tuple[str, Path]]]:
    if sys.platform in {"win32", "darwin"}:
        raise NoShortcut("Shortcuts are made on Linux so far. Put a link to the program on your desktop by hand.")
    home = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    icons = home / "icons" / "hicolor"
    return home / "applications" / ENTRY, [(source, icons / size / "apps" / name) for size, source, name in _ICONS]


def install(data: Path | None, name: str | None = None) -> Path:
    """Put entry and icons where this user's desktop looks for them; returns the entry.

    Raises:
        NoShortcut: this system has none, or they cannot be written. Nothing is left half done.
    """
    where, icons = _places()
    static = files("reattune") / "web" / "static"
    written: list[Path] = []
    try:
        for source, target in icons:
            target.parent.mkdir(parents=True, exist_ok=True)
            written.append(target)
            target.write_bytes((static / source).read_bytes())
        where.parent.mkdir(parents=True, exist_ok=True)
        written.append(where)
        where.write_text(entry(program(), data, name), "utf-8")
        where.chmod(0o755)
    except OSError as error:
        for path in written:
            with suppress(OSError):
                path.unlink(missing_ok=True)
        raise NoShortcut(f"The shortcut can't be written to {where.parent}: {error.strerror}.") from error
    return where


def remove() -> bool:
    """Take entry and icons away; says whether there were any.

    Raises:
        NoShortcut: they cannot be removed.
    """
    where, icons = _places()
    there = [path for path in (where, *(target for _source, target in icons)) if path.exists()]
    try:
        for path in there:
            path.unlink()
    except OSError as error:
        raise NoShortcut(f"The shortcut can't be removed from {where.parent}: {error.strerror}.") from error
    return bool(there)
