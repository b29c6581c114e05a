"""``python -m scripts.languages``: see docs/languages.md."""

from __future__ import annotations

import argparse
from pathlib import Path

import django
from django.conf import settings

from reattune.content import LANGUAGES
from scripts.languages import catalogues

OTHERS = [language for language in LANGUAGES if language != "en"]


def main() -> int:
    """Runs one command; the number of things that are missing or wrong decides what the shell gets."""
    parser = argparse.ArgumentParser(prog="python -m scripts.languages", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("update", help="take new sentences into every catalogue, drop those that are gone, compile")
    commands.add_parser("compile", help="compile every catalogue as it lies")
    give = commands.add_parser("give", help="write what a language does not say yet into work files, one a room")
    give.add_argument("language", choices=OTHERS)
    give.add_argument("folder", type=Path)
    give.add_argument("--all", action="store_true", help="also what is written already, to be read once more")
    take = commands.add_parser("take", help="take work files back; a file with something wrong is left as it is")
    take.add_argument("language", choices=OTHERS)
    take.add_argument("files", type=Path, nargs="+")
    state = commands.add_parser("state", help="how much of each language is written, and what is missing")
    state.add_argument("languages", nargs="*", metavar="LANGUAGE")
    given = parser.parse_args()
    settings.configure(USE_I18N=False)  # what a template holds is asked of Django, which wants to be set up
    django.setup()
    return run(given)


def run(given: argparse.Namespace) -> int:
    """One command."""
    from scripts.languages import work_files

    if given.command == "update":
        every = catalogues.sentences()
        for language in OTHERS:
            catalogues.write(language, catalogues.updated(language, every))
        print(f"{len(every)} sentences in {len(OTHERS)} catalogues.")
        return 0
    if given.command == "compile":
        for language in OTHERS:
            path = catalogues.po_file(language)
            path.with_suffix(".mo").write_bytes(catalogues.compiled(path.read_text("utf-8"), language))
        return 0
    if given.command == "give":
        return work_files.give(given.language, given.folder, everything=given.all)
    if given.command == "take":
        return work_files.take(given.language, given.files)
    return work_files.state(given.languages or OTHERS)


if __name__ == "__main__":
    raise SystemExit(main())
