"""Opening a page in another language beside English: a made-up one, whole and forty per cent longer."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROUNDS = 41
PAGES = ("/today/", "/so-far/", "/settings/", "/note/", "/help/")


def run() -> Iterator[str]:
    """The lines to print. In a process of its own: which languages there are is settled when Django starts."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "REATTUNE_DATA": folder}
        program = [sys.executable, "-m", "bench.languages"]
        done = subprocess.run(program, env=environment, capture_output=True, text=True, check=True)
    yield from done.stdout.splitlines()


def measured(folder: Path) -> Iterator[str]:
    """The same pages of two journals that differ in their language alone."""
    from reattune import content
    from reattune.content import translated_sentences
    from tests.languages import pseudo

    own, code = content.folder_of, pseudo.LEFT_TO_RIGHT
    for each in pseudo.CODES:
        pseudo.make_prose(folder, each)
    content.folder_of = lambda which: folder / "content" / which if which in pseudo.CODES else own(which)  # type: ignore[assignment]
    content.OFFERED = ("en", *pseudo.CODES)
    translated_sentences.locale_folder = lambda: folder / "locale"

    from reattune.web.installation.data_folder import data_folder
    from reattune.web.installation.local_server import start_django

    start_django(Path(data_folder()))
    pseudo.make_catalogues(folder)

    from django.db import transaction

    from bench.journal import fill, signed_in
    from reattune.web.store.open_journal import OpenJournal
    from reattune.web.store.unlocking import new_journal

    clients = {}
    for language in ("en", code):
        journal_id, data_key, _code = new_journal(f"words for the bench in {language}")
        opened = OpenJournal(journal_id, data_key)
        with transaction.atomic():
            fill(opened, 150, 104)
            opened.change(opened.journal.preferences, language=language)
        clients[language] = signed_in(journal_id, data_key)
    for page in PAGES:
        for language, client in clients.items():
            assert f'lang="{language}"' in client.get(page).content.decode()[:200], (page, language)
        theirs, english = (_least(clients[language], page) for language in (code, "en"))
        yield (
            f"{page} in another language {theirs * 1000:.2f} ms of the processor, in English {english * 1000:.2f} ms: "
            f"ratio {theirs / english:.3f}"
        )


def _least(client: Any, page: str) -> float:
    """The least time of the processor that a page takes: a difference of a hundredth drowns in what else runs."""
    times = []
    for _round in range(ROUNDS):
        begin = time.process_time()
        client.get(page)
        times.append(time.process_time() - begin)
    return min(times)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as words:
        for line in measured(Path(words)):
            print(line, flush=True)
