"""Hosted use: one name and one passphrase, nothing told about others, and a server that can be replaced in flight."""

from __future__ import annotations

import json
import os
import re
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.db import connections
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from reattune.vault import keyring as keyrings
from reattune.vault.journal_names import ids_named, name_of
from reattune.web.hosted import middleware
from reattune.web.hosted.environment import BadEnvironment, Hosting, hosting
from reattune.web.store import rate_limit
from reattune.web.store.models import Guesses, SealedJournal
from tests.installation_per_worker import STORE, store_of
from tests.web.conftest import PASSPHRASE

Own = Callable[..., Client]
GOOD = {
    "DATABASE_URL": "postgresql://u:p@localhost/reattune",
    "REATTUNE_HOSTS": "notes.example.org",
    "REATTUNE_SECRET": secrets.token_urlsafe(48),
}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"DATABASE_URL": ""}, "DATABASE_URL is missing"),
        ({"DATABASE_URL": "mysql://localhost/x"}, "other than PostgreSQL"),
        ({"DATABASE_URL": "postgresql://u:p@db.example.org/x"}, "nothing makes sure that it is that one"),
        ({"DATABASE_URL": "postgresql://u:p@db.example.org/x?sslmode=prefer"}, "sslmode=verify-full"),
        ({"DATABASE_URL": "postgresql://u:p@db.example.org/x?sslmode=require"}, "sslmode=verify-full"),
        ({"DATABASE_URL": "postgresql://u:p@db.example.org/x?sslmode=verify-ca"}, "sslmode=verify-full"),
        ({"REATTUNE_HOSTS": ""}, "REATTUNE_HOSTS is missing"),
        ({"REATTUNE_HOSTS": "*"}, "any name would be believed"),
        ({"REATTUNE_HOSTS": "https://notes.example.org/"}, "is not a name"),
        ({"REATTUNE_HOSTS": "notes.example.org:443"}, "is not a name"),
        ({"REATTUNE_HOSTS": "notes.example.org, .org"}, "'.org' would believe the names of everybody"),
        ({"REATTUNE_SECRET": ""}, "is missing"),
        ({"REATTUNE_SECRET": "short"}, "too short"),
        ({"REATTUNE_SECRET": "ab" * 40}, "too regular"),
        ({"REATTUNE_SECRET": "", "REATTUNE_SECRET_FILE": "/not/there"}, "cannot be read"),
        ({"REATTUNE_PROCESSES": "many"}, "whole number"),
        ({"REATTUNE_PROXIES": "0"}, "from 1 to 5"),
        ({"REATTUNE_THREADS": "٣"}, "whole number"),
        ({"REATTUNE_BEGIN": "perhaps"}, "yes or no"),
    ],
)
def test_what_is_missing_or_unsafe_is_named(given: dict[str, str], said: str) -> None:
    with pytest.raises(BadEnvironment) as error:
        hosting({**GOOD, **given})
    assert len(error.value.findings) == 1
    assert said in error.value.findings[0]


def test_all_of_it_is_named_at_once_and_nothing_given_away() -> None:
    with pytest.raises(BadEnvironment) as error:
        hosting({"REATTUNE_SECRET": "tinysecret", "REATTUNE_HOSTS": "*", "REATTUNE_BEGIN": "x"})
    assert len(error.value.findings) == 4
    assert "tinysecret" not in str(error.value)


def test_a_good_environment() -> None:
    given = hosting({**GOOD, "REATTUNE_HOSTS": "a.example.org, .b.example.org", "REATTUNE_BEGIN": "no"})
    assert given.hosts == ("a.example.org", ".b.example.org")
    assert not given.begin
    elsewhere = "postgresql://u:p@db.example.org/x?sslmode=verify-full&sslrootcert=/etc/reattune/root.crt"
    assert hosting({**GOOD, "DATABASE_URL": elsewhere})


def test_the_check_as_a_command() -> None:
    clean = {name: value for name, value in os.environ.items() if name not in GOOD}
    bad = _command("--check", environment={**clean, "REATTUNE_HOSTS": "*"})
    assert bad.returncode == 2
    assert bad.stdout.count("\n") >= 3
    assert _command("--check", environment={**clean, **GOOD}).returncode == 0
    refused = _command(environment={**clean, "REATTUNE_HOSTS": "*"})
    assert refused.returncode == 2
    assert "Traceback" not in refused.stderr


def _command(*given: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    said = [sys.executable, "-m", "reattune", "host", *given]
    return subprocess.run(said, env=environment, capture_output=True, text=True, check=False, timeout=60)


def test_names() -> None:
    journal_id = bytes(range(16))
    least, greatest = ids_named(name_of(journal_id).lower().replace("0", "o")) or (b"", b"")
    assert least <= journal_id <= greatest
    assert ids_named("no name at all") is None


# In the pages


@pytest.fixture
def hosted(settings: object, db: None) -> None:
    settings.HOSTING = Hosting(hosts=("testserver",), secret="s" * 50)  # type: ignore[attr-defined]


def _name(client: Client) -> str:
    found = re.search(r'translate="no">([0-9A-Z]{4}-[0-9A-Z]{4})<', client.get("/settings/").content.decode())
    assert found
    return found[1]


def _unlock(name: str, passphrase: str = PASSPHRASE, client: Client | None = None, **more: str) -> object:
    return (client or Client()).post("/unlock/", {"name": name, "passphrase": passphrase}, **more)


def test_two_may_choose_the_same_passphrase_and_each_opens_ones_own(hosted: None, own: Own) -> None:
    one, other = own(therapist="Miriam"), own(therapist="Anselm")
    names = [_name(one), _name(other)]
    assert names[0] != names[1]
    for name, therapist in zip(names, ("Miriam", "Anselm"), strict=True):
        client = Client()
        assert _unlock(name, client=client).status_code == 302
        assert therapist in client.get("/settings/").content.decode()
    assert _unlock(names[0], "another passphrase").status_code == 200


@pytest.mark.full_stretch
def test_neither_answer_nor_work_tells_whether_a_journal_is_there(
    hosted: None, own: Own, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = _name(own())
    tried: list[object] = []
    derive = keyrings.key_from_passphrase

    def counted(passphrase: str, salt: bytes, kdf: object) -> bytes:
        tried.append((len(salt), kdf))
        return derive(passphrase, salt, kdf)  # type: ignore[arg-type]

    monkeypatch.setattr(keyrings, "key_from_passphrase", counted)
    token = re.compile(r'csrfmiddlewaretoken" value="[^"]+"|value="[^"]*"')
    answers, work = [], []
    for each in (name, "0000-0000", "no name"):
        tried.clear()
        answers.append(token.sub("", _unlock(each, "a wrong passphrase").content.decode()))
        work.append(list(tried))
    assert answers[0] == answers[1] == answers[2]
    assert work[0] == work[1] == work[2]
    assert len(work[0]) == 1


def test_guessing_at_one_journal_slows_down_wherever_it_comes_from(hosted: None, own: Own) -> None:
    name = _name(own())
    for number in range(6):
        _unlock(name, "a wrong passphrase", REMOTE_ADDR=f"10.0.0.{number}")
    assert _unlock(name, REMOTE_ADDR="10.0.0.99").status_code == 429
    unknown = "0000-0000"
    for number in range(6):
        _unlock(unknown, "a wrong passphrase", REMOTE_ADDR=f"10.0.1.{number}")
    assert _unlock(unknown, REMOTE_ADDR="10.0.1.99").status_code == 429


def test_what_is_refused_leaves_nothing(hosted: None) -> None:
    """Whoever goes through names from one address fills no table."""
    answers = [_unlock(f"0000-{number:04d}", "a wrong passphrase").status_code for number in range(20)]
    assert answers == [200] * 5 + [429] * 15
    assert Guesses.objects.count() <= 5 + 2


def test_ones_own_journal_is_no_way_to_go_on_guessing(hosted: None, own: Own) -> None:
    mine = _name(own())
    for number in range(6):
        _unlock(f"0000-000{number}", "a wrong passphrase")
        if number == 3:
            assert _unlock(mine).status_code == 302
    assert _unlock("0000-0009", "a wrong passphrase").status_code == 429


def test_a_network_is_forgiven_however_many_mistype_there(
    hosted: None, own: Own, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clinic's, or a telephone's that very many share: one mistake a day is nobody's pause."""
    mine = _name(own())
    today = timezone.now()
    for day in range(20):
        monkeypatch.setattr(rate_limit.timezone, "now", lambda day=day: today + timedelta(hours=23 * day))
        assert _unlock(f"0000-00{day:02}", "a wrong passphrase").status_code == 200
        assert _unlock(mine).status_code == 302


def test_whoever_goes_on_guessing_from_a_network_waits_as_before(hosted: None, monkeypatch: pytest.MonkeyPatch) -> None:
    began, tried, seconds = timezone.now(), 0, 0
    request = RequestFactory().post("/unlock/", REMOTE_ADDR="10.0.0.1")
    while seconds < 24 * 3600:
        monkeypatch.setattr(rate_limit.timezone, "now", lambda passed=seconds: began + timedelta(seconds=passed))
        wait = rate_limit.take(rate_limit.at_unlocking(request, f"{tried:04}-0000")).wait
        tried += not wait
        seconds += wait or 1
    assert 280 < tried < 320, "five, those of the growing pauses, then one each five minutes"


def test_a_right_passphrase_in_a_strange_browser_empties_no_counter_of_the_name(hosted: None, own: Own) -> None:
    """Else it would tell whoever guesses that the journal is there, and when its owner came."""
    for name, comes in ((_name(own()), True), ("0000-0007", False)):
        for number in range(4):
            _unlock(name, "a wrong passphrase", REMOTE_ADDR=f"10.1.{comes:d}.{number}")
        assert not comes or _unlock(name, REMOTE_ADDR="10.2.0.1").status_code == 302
        after = [_unlock(name, "a wrong passphrase", REMOTE_ADDR=f"10.3.{comes:d}.{number}") for number in range(3)]
        assert [each.status_code for each in after] == [200, 429, 429]


def test_a_browser_that_once_opened_it_is_not_kept_out_by_who_guesses_elsewhere(hosted: None, own: Own) -> None:
    mine, other = own(), own(therapist="Anselm")
    name = _name(mine)
    mine.post("/lock/")
    for number in range(9):
        _unlock(name, "a wrong passphrase", REMOTE_ADDR=f"10.0.0.{number}")
    assert _unlock(name, REMOTE_ADDR="10.0.0.99").status_code == 429
    assert _unlock(name, client=other, REMOTE_ADDR="10.0.0.99").status_code == 429, "it opened another one"
    assert _unlock(name, client=mine, REMOTE_ADDR="10.0.0.99").status_code == 302
    mine.post("/lock/")
    for _number in range(5):
        _unlock(name, "a wrong passphrase", client=mine)
    assert _unlock(name, client=mine).status_code == 429, "it is counted by itself"
    given = {"code": mine.recovery_code, "passphrase": "quite another one", "again": "quite another one"}  # type: ignore[attr-defined]
    answer = Client().post("/unlock/recovery/", {**given, "name": name}, REMOTE_ADDR="10.0.0.1")
    assert answer.status_code == 302, "passphrases that were wrong keep nobody from the recovery code"


@pytest.mark.parametrize("way", ["change", "change with the code", "recovery"])
def test_who_knew_the_passphrase_has_no_free_guesses_at_the_next_one(hosted: None, own: Own, way: str) -> None:
    """They unlocked it in as many browsers as they liked, each of which is known."""
    mine, before = own(), [Client() for _number in range(3)]
    name = _name(mine)
    for each in before:
        assert _unlock(name, client=each, REMOTE_ADDR="10.0.0.1").status_code == 302
    new = "words that nobody knew"
    given = {"passphrase": new, "again": new}
    code = mine.recovery_code  # type: ignore[attr-defined]
    if way == "recovery":
        assert mine.post("/unlock/recovery/", {**given, "code": code, "name": name}).status_code == 302
    else:
        more = {"code": code} if way.endswith("code") else {}
        mine.post("/settings/passphrase/", {**given, "current": PASSPHRASE, **more})
    for number in range(5):
        assert _unlock(name, "a wrong passphrase", REMOTE_ADDR=f"10.0.1.{number}").status_code == 200
    assert [_unlock(name, new, client=each, REMOTE_ADDR="10.0.0.1").status_code for each in before] == [429] * 3
    # Where it was chosen, and from there on, that browser is known.
    mine.post("/lock/")
    assert _unlock(name, new, client=mine, REMOTE_ADDR="10.0.0.1").status_code == 302


def test_guessing_at_an_open_journal_keeps_nobody_out_elsewhere(hosted: None, own: Own) -> None:
    client = own()
    name = _name(client)
    for _number in range(7):
        page = client.post("/settings/file/notes.json", {"current": "a wrong passphrase"}).content.decode()
    assert "Please wait" in page
    assert _unlock(name, REMOTE_ADDR="10.0.0.99").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_after_a_pause_one_guess_goes_through_however_many_come_at_once(hosted: None) -> None:
    counted = [rate_limit.Counter(bytes([number]) * 32, 5) for number in range(2)]
    for _number in range(6):
        rate_limit.take(counted)
        Guesses.objects.update(last=timezone.now() - timedelta(minutes=20))

    def one(_number: int) -> int:
        try:
            return rate_limit.take(counted).wait
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        waits = list(threads.map(one, range(8)))
    assert sorted(waits)[0] == 0
    assert waits.count(0) == 1
    assert set(Guesses.objects.values_list("failures", flat=True)) == {7}


def test_a_right_passphrase_gives_its_try_back(hosted: None, own: Own) -> None:
    name = _name(own())
    Guesses.objects.all().delete()
    for _number in range(9):
        assert _unlock(name).status_code == 302
    counted = [each.source for each in rate_limit.at_unlocking(RequestFactory().post("/unlock/"), name)[:2]]
    assert set(Guesses.objects.filter(source__in=counted).values_list("failures", flat=True)) == {0}


def test_one_subscriber_of_ipv6_is_one_place(hosted: None) -> None:
    given = {"passphrase": PASSPHRASE, "again": PASSPHRASE}
    same = [Client().post("/begin/", given, REMOTE_ADDR=f"2001:db8:1:2::{n:x}").status_code for n in range(8)]
    assert same[5:] == [429] * 3
    wide = [_unlock(f"0000-{n:04d}", REMOTE_ADDR=f"2001:db8:1:{n:x}::1").status_code for n in range(50)]
    assert wide[:40] == [200] * 40
    assert wide[40:] == [429] * 10
    assert _unlock("0000-0099", REMOTE_ADDR="2001:db8:2::1").status_code == 200
    assert _unlock("0000-0098", REMOTE_ADDR="::ffff:10.0.0.1").status_code == 200


def test_many_journals_from_one_place_take_a_pause(hosted: None) -> None:
    given = {"passphrase": PASSPHRASE, "again": PASSPHRASE}
    answers = [Client().post("/begin/", given).status_code for _ in range(7)]
    assert answers[:5] == [200] * 5
    assert answers[-1] == 429
    assert SealedJournal.objects.count() == 6 - answers.count(429) + 1


def test_closed_to_new_journals(hosted: None, settings: object) -> None:
    settings.HOSTING = Hosting(hosts=("testserver",), secret="s" * 50, begin=False)  # type: ignore[attr-defined]
    assert "/begin/" not in Client().get("/").content.decode()
    answer = Client().post("/begin/", {"passphrase": PASSPHRASE, "again": PASSPHRASE})
    assert answer.status_code == 403
    assert not SealedJournal.objects.exists()


def test_recovery_with_the_name(hosted: None, own: Own) -> None:
    client = own()
    name = _name(client)
    given = {"code": client.recovery_code, "passphrase": "quite another one", "again": "quite another one"}  # type: ignore[attr-defined]
    assert Client().post("/unlock/recovery/", {**given, "name": "0000-0000"}).status_code == 200
    assert Client().post("/unlock/recovery/", {**given, "name": name}).status_code == 302
    assert _unlock(name, "quite another one").status_code == 302


def test_readiness_is_asked_of_the_database_once_a_second(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(middleware, "_ready", lambda: not asked.append(True))
    ask = middleware.health(lambda _request: HttpResponse(status=404))
    for _number in range(20):
        assert ask(RequestFactory().get("/health/ready")).status_code == 200
    assert 1 <= len(asked) <= 2
    monkeypatch.setattr(middleware, "_SECOND", 0.0)
    ask(RequestFactory().get("/health/ready"))
    assert len(asked) >= 2


# The real server


class Server:
    """`reattune host` with two processes, as a proxy would reach it."""

    def __init__(self, folder: Path, host: str = "notes.example.org") -> None:
        self.port = 20_000 + secrets.randbelow(20_000)
        self.log = folder / "log"
        environment = {
            **os.environ,
            **GOOD,
            **store_of(folder),
            "REATTUNE_HOSTS": host,
            "REATTUNE_BIND": f"127.0.0.1:{self.port}",
            "REATTUNE_DATA": str(folder / "data"),
        }
        with self.log.open("wb") as log:
            said = [sys.executable, "-m", "reattune", "host"]
            self.process = subprocess.Popen(said, env=environment, stdout=log, stderr=log)
        self.host = host
        self.cookies: dict[str, str] = {}
        for _ in range(200):
            try:
                if self.ask("/health/ready")[0] == 200:
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError(self.log.read_text())

    def requests(self) -> list[dict[str, object]]:
        """What the log says of every request answered until now."""
        said = [
            json.loads(line)
            for line in self.log.read_text().splitlines(True)
            if line.startswith("{") and line.endswith("\n")
        ]
        return [line for line in said if line["event"] == "request"]

    def ask(self, path: str, form: dict[str, str] | None = None, **headers: str) -> tuple[int, str, dict[str, str]]:
        sent = {
            "Host": self.host,
            "X-Forwarded-Proto": "https",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Referer": f"https://{self.host}/",
            "Content-Type": "application/x-www-form-urlencoded",
            **{name if name == "SCRIPT_NAME" else name.replace("_", "-"): value for name, value in headers.items()},
        }
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("POST" if form else "GET", path, urlencode(form) if form else None, sent)
        answer = connection.getresponse()
        body = answer.read().decode()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0].strip('"')
                assert key.startswith("__Host-"), key
                assert "Secure" in value, value
                assert "Path=/;" in f"{value};", value
        connection.close()
        return answer.status, body, {name.lower(): value for name, value in answer.getheaders()}

    def send(self, path: str, **form: str) -> tuple[int, str, dict[str, str]]:
        _status, page, _headers = self.ask(path)
        token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token, page
        return self.ask(path, {"csrfmiddlewaretoken": token[1], **form})


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("hosted"))
    yield running
    running.process.terminate()
    assert running.process.wait(20) == 0


only_postgresql = pytest.mark.skipif(STORE != "postgresql", reason="hosted use is PostgreSQL's: runs in its round")


@only_postgresql
def test_very_many_cookies_of_a_neighbour_shut_nobody_out(server: Server) -> None:
    assert server.ask("/help/", Cookie="; ".join(f"a{number}={'x' * 4000}" for number in range(15)))[0] == 200


@only_postgresql
def test_the_whole_way_behind_a_proxy(server: Server) -> None:
    assert server.ask("/health/live", Host="10.0.0.7")[:2] == (200, "alive\n")
    assert server.ask("/", Host="elsewhere.example.org")[0] == 400
    assert server.ask("/x/unlock/", SCRIPT_NAME="/x")[0] == 404
    assert 'action="/x' not in server.ask("/unlock/", SCRIPT_NAME="/x")[1]
    status, _, headers = server.ask("/unlock/", X_Forwarded_Proto="http")
    assert (status, headers["location"]) == (301, "https://notes.example.org/unlock/")
    assert server.ask("/")[2]["strict-transport-security"] == "max-age=31536000; includeSubDomains"
    assert server.ask("/health/live")[2]["content-type"] == "text/plain; charset=utf-8"
    canary = "canary-7f3a-of-the-hosted-journal"
    page = server.send("/begin/", passphrase=canary, again=canary)[1]
    code = re.search(r'name="code" value="([^"]+)"', page)
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', page)
    assert code
    assert token
    ending = "-".join(code[1].split("-")[-2:])
    form = {"csrfmiddlewaretoken": token[1], "code": code[1], "ending": ending}
    assert server.ask("/begin/recovery/", form)[0] == 302
    assert server.send("/begin/about/", name=canary, weeks="1", region="GB", zone="Europe/London")[0] == 302
    assert canary in server.ask("/settings/")[1]
    # Replaced in flight: every process is a new one, no request fails, and the journal is still open.
    server.process.send_signal(signal.SIGHUP)
    answered = server.requests()
    old = {line["process"] for line in answered}
    for number in range(1_200):
        status, page, _ = server.ask("/today/", X_Forwarded_For="198.51.100.7")
        assert status == 200
        time.sleep(0.05)
        answered = server.requests()
        if number >= 60 and not {line["process"] for line in answered[-20:]} & old:
            break
    assert not {line["process"] for line in answered[-20:]} & old
    assert {"time", "level", "event", "process", "request", "method", "area", "status", "ms"} == {
        name for line in answered for name in line
    }
    said = server.log.read_text()
    for private in (canary, "198.51.100.7", "/settings/", code[1], *server.cookies.values()):
        assert not private or private not in said


@only_postgresql
def test_after_a_reload_the_tables_are_those_of_the_new_version(tmp_path: Path) -> None:
    """As an update leaves it: new code on the disk, and the tables of the version before."""
    import psycopg

    server = Server(tmp_path)
    try:
        with psycopg.connect(store_of(tmp_path)["DATABASE_URL"], autocommit=True) as tables:
            tables.execute("ALTER TABLE store_takenform DROP COLUMN shown_once")
            tables.execute("DELETE FROM django_migrations WHERE name = '0010_pages_shown_once'")
        time.sleep(1.1)
        assert server.ask("/health/ready")[0] == 503
        assert server.ask("/help/")[0] == 200
        server.process.send_signal(signal.SIGHUP)
        for _ in range(100):
            time.sleep(0.1)
            if server.ask("/health/ready")[0] == 200:
                break
        assert server.ask("/health/ready")[0] == 200
        assert server.ask("/unlock/")[0] == 200
    finally:
        server.process.terminate()
        assert server.process.wait(20) == 0
