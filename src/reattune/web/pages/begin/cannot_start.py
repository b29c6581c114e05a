"""Where Reattune cannot start and nobody looks at a terminal: a page that says why, as a file for the browser."""

from __future__ import annotations

import os
import tempfile
from html import escape
from pathlib import Path

from reattune.content.translated_sentences import say, speaking
from reattune.web.installation.failures import CannotServe, Why

_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{tab}</title>
<style>
:root {{ color-scheme: light dark }}
body {{ font: 1.15rem/1.6 system-ui, sans-serif; max-width: 34rem; margin: 12vh auto; padding: 0 1.25rem }}
h1 {{ font-size: 1.6rem; line-height: 1.3; text-wrap: balance }}
details {{ margin-top: 2rem }}
code {{ overflow-wrap: anywhere }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
{paragraphs}
<details><summary>{more}</summary><p><code dir="ltr" lang="en">{details}</code></p></details>
</main>
</body>
</html>
"""


def page(error: CannotServe, language: str) -> str:
    """The page in a language: what happened, what it means for the journal, what to do."""
    with speaking(language):
        paragraphs = [f"<p>{escape(each)}</p>" for each in _said(error)]
        return _PAGE.format(
            language=language,
            tab=escape(say("Notes")),
            title=escape(say("Reattune can’t start")),
            paragraphs="\n".join(paragraphs),
            more=escape(say("For whoever helps you")),
            details=escape(str(error)),
        )


def _said(error: CannotServe) -> list[str]:
    if error.why is Why.PORT:
        return [
            say("Another program is using the place where Reattune opens. Nothing has happened to your journal."),
            say("Close other programs, or restart the computer. Then start Reattune again."),
        ]
    if error.why is Why.RUNNING:
        return [
            say("Reattune is running already, but it doesn’t answer. Nothing has happened to your journal."),
            say("Close other programs, or restart the computer. Then start Reattune again."),
        ]
    if error.why is Why.FOLDER:
        return [
            say("The folder for your journal can’t be used just now: {folder}", folder=error.where),
            say("If it’s on another drive, connect that first. If the disk is full, make some room."),
            say("Then start Reattune again. Nothing has happened to your journal."),
        ]
    if error.why is Why.NEWER:
        return [
            say("Your journal was last opened with a newer version of Reattune. This one leaves it as it is."),
            say("Start the newer version, or install it again."),
        ]
    if error.why is Why.DATABASE:
        return [
            say("The file with your journal can’t be opened. It’s in this folder: {folder}", folder=error.where),
            say("Don’t delete anything there. If you have a backup, your journal can be restored from it."),
        ]
    return [say("Something it needs is missing. Nothing has happened to your journal.")]


def write(error: CannotServe, language: str) -> Path:
    """The page as a file for this user alone; it is small, and tells nothing that a journal holds."""
    handle, name = tempfile.mkstemp(prefix="reattune-", suffix=".html")
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(page(error, language))
    return Path(name)


def wished() -> str:
    """The language that this user's system speaks, if it is one of ours; else English."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        said = os.environ.get(name, "").partition(".")[0].replace("_", "-").lower()
        if said:
            return _of(said)
    return "en"


def _of(code: str) -> str:
    from reattune.content import OFFERED

    begins = code.partition("-")[0]
    return begins if begins in OFFERED else "en"
