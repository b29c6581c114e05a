"""``python -m tests.languages.pseudo_server FOLDER …``: Reattune as it is, with the pseudo-languages of a folder."""

from __future__ import annotations

import sys
from pathlib import Path

from reattune import content
from reattune.content import translated_sentences
from tests.languages.pseudo import CODES


def main() -> None:
    """Takes the folder off the command line and starts the program with the rest."""
    folder = Path(sys.argv.pop(1))
    own = content.folder_of
    content.folder_of = lambda code: folder / "content" / code if code in CODES else own(code)  # type: ignore[assignment]
    content.OFFERED = ("en", *CODES)
    translated_sentences.locale_folder = lambda: folder / "locale"

    from reattune.cli import app

    app()


if __name__ == "__main__":
    main()
