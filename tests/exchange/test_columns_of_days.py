"""Of several columns of days the one of the sessions is taken; and none where two have one name."""

from __future__ import annotations

import pytest

from reattune.exchange.errors import ExchangeError
from reattune.exchange.ratings_spreadsheet import guess
from reattune.exchange.table_of_file import read_table

DAYS = (2, 9, 16, 23)
# What stands in a column of days beside those of the sessions.
BESIDE = {
    "session date;form filled on": "2026-03-{after:02}",
    "session date;created at": "2026-03-{day:02} 18:30",
    "date of birth;date": "1980-05-0{digit}",
    "Geburtstag;Sitzung am": "06.01.1980",
    "created;date": "2026-05-01",
    "created_at;date": "2026-03-{after:02}",
    "therapy start date;session on": "2025-01-06",
    "start date;session date": "2025-01-06",
    "next session;today": "2026-03-{week:02}",
    "Nächste Sitzung;Datum": "2026-03-{week:02}",
    "fecha de inicio;fecha de la sesión": "2025-01-06",
    "date de début;date": "2025-01-06",
    "Export date;Session": "2026-05-01",
    "Last session;date": "2026-03-{after:02}",
    "Upcoming session;date": "2026-03-{week:02}",
    "Letzte Sitzung;Datum": "2026-03-{after:02}",
    "Dernière séance;date": "2026-03-{after:02}",
}


@pytest.mark.parametrize("head", BESIDE)
@pytest.mark.parametrize("clients", ["", "A", "AB"])
@pytest.mark.parametrize("turned", [False, True])
def test_the_day_of_the_session_is_found_beside_others(head: str, clients: str, *, turned: bool) -> None:
    names = head.split(";")
    right = next(
        each for each in names if each in {"date", "today", "Datum", "Session"} or each.startswith(("session", "Sitz"))
        or "sesión" in each
    )  # fmt: skip
    lines = [";".join([*(names[::-1] if turned else names), "client", "bond"])]
    for client in clients or "-":
        for day in DAYS:
            other = BESIDE[head].format(day=day, after=day + 1, week=day + 7, digit=day % 7 + 1)
            cells = [f"2026-03-{day:02}" if each == right else other for each in names]
            lines.append(";".join([*(cells[::-1] if turned else cells), client, str(day % 9)]))
    found = guess(read_table("\n".join(lines).encode()))
    assert found
    assert lines[0].split(";")[found.when] == right


def test_a_day_on_which_each_of_many_began_is_no_day_of_a_session() -> None:
    rows = [f"{name};2025-01-{begun:02};2026-03-02;7" for begun, name in enumerate("ABCDEFGHIJKL", start=1)]
    rows += [row.replace("03-02", "03-09") for row in rows] + [row.replace("03-02", "03-16") for row in rows]
    found = guess(read_table("\n".join(["client;intake date;on;bond", *rows]).encode()))
    assert found
    assert found.when == 2


BESIDE_IT = (
    "client;date;bond;client;date;bond\nAnna;2026-03-02;8;Ben;2026-03-04;2\nAnna;2026-03-09;8;Ben;2026-03-11;1\n"
)


@pytest.mark.parametrize(
    "table",
    [
        BESIDE_IT,
        BESIDE_IT.replace("client;date;bond\n", "Client;DATE;Bond\n"),
        "date;bond;trust;;date;bond;trust\n2026-01-05;7;8;;2026-03-05;3;4\n2026-01-12;6;8;;;;\n",
        "date;bond;date;bond\n2026-01-05;7;;\n2026-01-12;6;2026-03-05;3\n",
    ],
)
def test_two_tables_side_by_side_are_refused(table: str) -> None:
    for clients in (None, ()):
        with pytest.raises(ExchangeError, match=r"Two columns are called “(date|client)”.* one below the other"):
            guess(read_table(table.encode()), None, clients)


def test_two_columns_that_name_clients_are_refused_where_clients_are_asked_for() -> None:
    table = read_table(b"client;date;bond;client\nAnna;2026-03-02;8;Ben\nAnna;2026-03-09;8;Ben\n")
    assert guess(table)
    with pytest.raises(ExchangeError, match="Two columns are called “client”"):
        guess(table, None, ())


def test_a_column_that_says_the_same_again_or_nothing_is_no_other() -> None:
    for again in ("2026-01-05", ""):
        assert guess(read_table(f"date;bond;date\n2026-01-05;7;{again}\n2026-01-12;6;\n".encode()))


def test_a_day_written_in_two_ways_is_one_day() -> None:
    found = guess(read_table(b"date;Date;bond\n2026-03-02;02.03.2026;7\n2026-03-19;19.03.2026;6\n"))
    assert found
    assert found.when == 0
