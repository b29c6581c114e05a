"""An update that is killed between any two commits goes on with the next start, and two at once make it together."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.installation_per_worker import STORE, store_of
from tests.versions.test_versions import VERSIONS, laid_out

# Each start is a process of its own, and is killed after its first commit.
AGAIN_AND_AGAIN = """
import os, sys
from pathlib import Path
from django.db.backends.base.base import BaseDatabaseWrapper
from reattune.web.installation.local_server import start_django

commit = BaseDatabaseWrapper._commit
def and_killed(connection):
    commit(connection)
    os._exit(9)

BaseDatabaseWrapper._commit = and_killed
for kills in range(100):
    process = os.fork()
    if not process:
        start_django(Path(sys.argv[1]), lock=False)
        os._exit(0)
    ended = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    if ended != 9:
        print(ended, kills)
        break
"""
# As an earlier version left it that was killed between the two: made, and not noted.
MADE_AND_NOT_NOTED = """
import os, sys
from pathlib import Path
os.environ |= {"DJANGO_SETTINGS_MODULE": "reattune.web.settings", "REATTUNE_DATA": sys.argv[1]}
import django
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from reattune.web.installation.local_server import start_django

django.setup()
call_command("migrate", "store", sys.argv[2], verbosity=0)
MigrationRecorder(connection).record_unapplied("store", sys.argv[2])
start_django(Path(sys.argv[1]), lock=False)
call_command("migrate", check_unapplied=True, verbosity=0)
with connection.cursor() as cursor:
    for table in sorted(connection.introspection.table_names()):
        print(table, sorted(each.name for each in connection.introspection.get_table_description(cursor, table)))
        print(sorted(connection.introspection.get_constraints(cursor, table)))
"""
# The start, and the backup of the night at the same moment; each step lasts.
BOTH_AT_ONCE = """
import os, sys, time
from pathlib import Path
from django.db.migrations import Migration
from reattune.web.installation.local_server import start_django

apply = Migration.apply
def slowly(*given):
    time.sleep(0.1)
    return apply(*given)

Migration.apply = slowly
processes = []
for wait in (0, 0.1, 0.35):
    processes.append(os.fork())
    if not processes[-1]:
        time.sleep(wait)
        start_django(Path(sys.argv[1]), lock=False)
        os._exit(0)
print([os.waitstatus_to_exitcode(os.waitpid(each, 0)[1]) for each in processes])
"""


def ran(script: str, folder: Path, *more: str) -> str:
    environment = {**os.environ, **store_of(folder)}
    said = [sys.executable, "-c", script, str(folder), *more]
    done = subprocess.run(said, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_first_start_killed_after_each_commit_comes_to_its_end(tmp_path: Path) -> None:
    ended, kills = map(int, ran(AGAIN_AND_AGAIN, tmp_path / "data").split())
    assert ended == 0
    assert kills >= 9  # a commit for each step


@pytest.mark.skipif(STORE != "sqlite", reason="what earlier versions wrote is kept as SQLite's files")
def test_an_update_killed_after_each_commit_comes_to_its_end(tmp_path: Path) -> None:
    ended, kills = map(int, ran(AGAIN_AND_AGAIN, laid_out(VERSIONS[0], tmp_path / "data")).split())
    assert ended == 0
    assert kills >= 8


@pytest.mark.skipif(STORE != "sqlite", reason="what earlier versions wrote is kept as SQLite's files")
def test_two_at_once_update_together(tmp_path: Path) -> None:
    assert ran(BOTH_AT_ONCE, laid_out(VERSIONS[0], tmp_path / "data")) == "[0, 0, 0]\n"


def test_two_first_starts_at_once(tmp_path: Path) -> None:
    assert ran(BOTH_AT_ONCE, tmp_path / "data") == "[0, 0, 0]\n"


@pytest.mark.parametrize("step", ["0001_initial", "0003_letters", "0004_shared_links", "0005_taken_forms"])
def test_a_step_that_was_made_and_not_noted_is_not_made_again(tmp_path: Path, step: str) -> None:
    assert ran(MADE_AND_NOT_NOTED, tmp_path / "cut off", step) == ran(MADE_AND_NOT_NOTED, tmp_path / "whole", "zero")
