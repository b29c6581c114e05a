"""Which database is used: what an address may say, and what is said where it cannot be used."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from reattune.web.installation.database_settings import BadAddress, database
from tests.browser.conftest import free_port


def test_without_an_address_it_is_sqlite_beside_the_data(tmp_path: Path) -> None:
    found = database(tmp_path, "")
    assert found["ENGINE"].endswith("sqlite3")
    assert found["NAME"] == tmp_path / "journals.sqlite3"


def test_an_address_is_read_whole(tmp_path: Path) -> None:
    found = database(tmp_path, "postgresql://ada:s%40cret@db.example:5433/journals?sslmode=verify-full")
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"]) == ("ada", "s@cret", "db.example", "5433")
    assert found["NAME"] == "journals"
    assert found["OPTIONS"]["sslmode"] == "verify-full"
    assert "synchronous_commit=on" in found["OPTIONS"]["options"]
    assert "default_transaction_isolation=read\\ committed" in found["OPTIONS"]["options"]
    assert database(tmp_path, "postgres:///journals?host=/run/postgresql")["HOST"] == "/run/postgresql"


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("mysql://a:secret@b/c", "something other than PostgreSQL"),
        ("journals", "something other than PostgreSQL"),
        ("postgresql://a:secret@b", "names no database"),
        ("postgresql://a:secret@b/", "names no database"),
        ("postgresql://a:secret@b/c/d", "names no database"),
        ("postgresql://a:secret@b:port/c", "is not an address"),
        ("postgresql://a:secret@b:99999999/c", "is not an address"),
        ("postgresql://a:secret@b/c?sslmod=x", "options that are not known here: sslmod"),
    ],
)
def test_a_bad_address_gets_a_sentence_without_its_password(tmp_path: Path, address: str, said: str) -> None:
    with pytest.raises(BadAddress) as caught:
        database(tmp_path, address)
    assert said in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("mysql://a:secret@b/c", "DATABASE_URL names something other than PostgreSQL."),
        ("postgresql://a:secret@127.0.0.1:1/c", "The database that DATABASE_URL names can't be reached or opened"),
    ],
)
def test_the_command_says_what_is_wrong_and_stops(tmp_path: Path, address: str, said: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "reattune", "--no-browser", "--port", str(free_port()), "--data", str(tmp_path)],
        env={**os.environ, "DATABASE_URL": address}, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    printed = " ".join((done.stdout + done.stderr).split())
    assert done.returncode == 2, printed
    assert said in printed
    assert "secret" not in printed
    assert "Traceback" not in printed
