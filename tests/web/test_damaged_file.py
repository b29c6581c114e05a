"""A file of journals whose parts are of two days: said by `doctor`, and where no passphrase seems to be right."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from reattune.web.installation.doctor import examine

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
# Rows that an index lacks: what a quick check does not find.
_MADE = [
    "CREATE TABLE made (a)",
    "CREATE INDEX made_a ON made(a) WHERE a > 5",
    "INSERT INTO made VALUES (1)",
    "PRAGMA writable_schema = ON",
    "UPDATE sqlite_master SET sql = 'CREATE INDEX made_a ON made(a)' WHERE name = 'made_a'",
    "PRAGMA writable_schema = RESET",
]
_TABLES = [
    "CREATE TABLE store_sealedjournal (id, keyring, provisional)",
    "CREATE TABLE store_sealedrow (journal_id)",
]


@pytest.fixture
def damaged() -> Iterator[None]:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL looks after its own files")
    with connection.cursor() as cursor:
        for each in _MADE:
            cursor.execute(each)
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE made")


@pytest.mark.usefixtures("damaged")
def test_a_damaged_file_is_said_where_no_passphrase_opens_anything(own: Own) -> None:
    client = own()
    client.post("/lock/")
    shown = client.post("/unlock/", {"passphrase": "words that open nothing"}).content.decode()
    assert "your passphrase may be right" in shown
    assert "Check capital letters" not in shown


def test_of_a_whole_file_nothing_is_said(own: Own) -> None:
    client = own()
    client.post("/lock/")
    shown = client.post("/unlock/", {"passphrase": "words that open nothing"}).content.decode()
    assert "may be right" not in shown
    assert "Check capital letters" in shown


def test_doctor_looks_at_the_indexes_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    tmp_path.chmod(0o700)
    for steps, well in ((_TABLES, True), (_MADE, False)):
        with closing(sqlite3.connect(tmp_path / "journals.sqlite3", isolation_level=None)) as file:
            for each in steps:
                file.execute(each)
        said = "\n".join(examine(tmp_path).lines)
        assert ("is damaged: row 1 missing from index made_a" in said) is not well, said
        assert ("opens: 0 sealed journals" in said) is well
