"""``python -m bench.many_unlocks``: what one unlock, one import and one search cost a hosted server, and 64 unlocks at
once: how long each waits, how it ends, and how much memory the server's processes take together (what they share is
counted for each, so that it is rather too much). Where ``sentences`` is installed, what they take once every process
has read words that are in doubt."""

from __future__ import annotations

import argparse
import os
import re
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable

import psutil

from bench.load import Person, _today, _window, hosted_here, served, together

MIB = 1024 * 1024


def memory(running: int) -> float:
    """MiB of a process and all that it started."""
    whole = 0
    for each in [psutil.Process(running), *psutil.Process(running).children(recursive=True)]:
        try:
            whole += each.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return whole / MIB


def watched(running: int, doing: Callable[[], object]) -> tuple[float, float]:
    """Seconds that it took, and the most memory meanwhile."""
    over, most = threading.Event(), [memory(running)]

    def watch() -> None:
        while not over.wait(0.1):
            most[0] = max(most[0], memory(running))

    watching = threading.Thread(target=watch)
    watching.start()
    begun = time.perf_counter()
    doing()
    took = time.perf_counter() - begun
    over.set()
    watching.join()
    return took, most[0]


def doubted(person: Person) -> None:
    """Notes a few words of which letters alone do not tell whether they are of danger."""
    doubtful = ("I can’t do this for much longer.", "It would be easier for them.", "She scares me when he’s home.")
    for said in 3 * doubtful:
        token, page = person._form("/note/")
        who = re.search(r'value="([0-9a-f-]{36})"', page)
        form = {"csrfmiddlewaretoken": token, "who": who[1] if who else "", "day": _today(), "what": said, "stop": ""}
        _status, _page, onward = person.ask("words", "/note/", form | {"draft_of": "/note/", **_window(page)})
        person.ask("words", onward or "/so-far/")
        person.connection.close()  # the next goes to whichever process is free


def main() -> int:
    """Print what was seen; 1 where an unlock ended in anything but an open journal or a sentence."""
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--at-once", type=int, default=64)
    reading.add_argument("--processes", type=int, default=2)
    asked = reading.parse_args()
    port = hosted_here("reattune-unlocks-", asked.processes)
    from bench.journal import fill
    from reattune.text.sentence_vectors import sentence_model
    from reattune.vault.journal_names import name_of
    from reattune.web.store.open_journal import OpenJournal
    from reattune.web.store.unlocking import new_journal

    words = "words for the bench"
    journals = []
    for _ in range(asked.at_once):
        journal_id, data_key, _code = new_journal(words)
        if not journals:
            fill(OpenJournal(journal_id, data_key), 20, 10)
        journals.append(name_of(journal_id))
    running = served([sys.executable, "-m", "reattune", "host"], port, dict(os.environ))
    people = [Person(number, port, "") for number in range(asked.at_once)]
    ended: Counter[int] = Counter()

    def unlocks(person: Person) -> None:
        person.connection.timeout = 240
        token, _page = person._form("/unlock/")
        form = {"csrfmiddlewaretoken": token, "name": journals[person.number], "passphrase": words}
        ended[person.ask("unlocking", "/unlock/", form)[0]] += 1

    unlocks(people[0])
    idle = memory(running.pid)
    one = watched(running.pid, lambda: unlocks(people[0]))
    print(f"{asked.processes} processes of 4 threads, at rest {idle:.0f} MiB; {os.cpu_count()} cores for all of it")
    print(f"one unlock: {one[0] * 1000:.0f} ms, at most {one[1]:.0f} MiB together")
    token, _page = people[0]._form("/so-far/")
    search = watched(
        running.pid, lambda: people[0].ask("s", "/so-far/look/", {"csrfmiddlewaretoken": token, "words": "a"})
    )
    print(f"one search: {search[0] * 1000:.0f} ms, at most {search[1]:.0f} MiB together")
    ended.clear()
    for person in people:
        person.took.clear()
    all_of_it = watched(running.pid, lambda: together(people, unlocks))
    took = sorted(each for person in people for each in person.took["unlocking"])
    print(
        f"{asked.at_once} unlocks at once: {dict(ended)}, all of it {all_of_it[0]:.1f} s, median "
        f"{statistics.median(took):.1f} s, longest {took[-1]:.1f} s, at most {all_of_it[1]:.0f} MiB together"
    )
    if sentence_model() is not None:
        inside = [person for person in people if "__Host-reattune_open" in person.cookies and not person.wrong]
        read = watched(running.pid, lambda: together(inside, doubted))
        print(f"words in doubt read by every process: at most {read[1]:.0f} MiB together")
    running.terminate()
    running.wait(60)
    return 0 if set(ended) <= {302, 429} else 1


if __name__ == "__main__":
    sys.exit(main())
