"""Every importer and restore, given what nobody should send: a sentence or a result, and nothing else."""

from __future__ import annotations

import base64
import io
import json
import sys
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime

import openpyxl
import pytest

from reattune.exchange.answer_file import from_answer_file, letter_of
from reattune.exchange.csv_export import tables
from reattune.exchange.diaries import from_diary
from reattune.exchange.errors import ExchangeError
from reattune.exchange.fhir import to_fhir
from reattune.exchange.fhir_reading import from_fhir
from reattune.exchange.file_type import Kind, kind_of
from reattune.exchange.journal_json import from_json, to_json
from reattune.exchange.ratings_spreadsheet import documents_of, guess
from reattune.exchange.table_of_file import read_table
from reattune.journal import Journal
from reattune.journal.codec import encode
from reattune.journal.documents import CameIn, Document
from reattune.journal.documents.relationship import Relationship
from reattune.journal.merge import merge
from reattune.vault import Seal, SealBroken
from reattune.vault.backup_file import AddressCopy, JournalCopy, LetterCopy, NotABackup, RowCopy, from_file, to_file
from reattune.vault.crypto_primitives import random_key
from reattune.vault.letters import AddressKey, seal_letter
from tests import hostile
from tests.exchange.test_diaries import MARKDOWN, PLAIN
from tests.exchange.test_fhir import KNOWN, journal, pairs
from tests.journal.every_kind import every_kind, identity

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
OURS = to_json(every_kind("words"), NOW)
FHIR = [to_fhir(pairs(journal())[:3], KNOWN, NOW, "R4"), to_fhir(pairs(journal())[:3], KNOWN, NOW, "R5")]
TABLES = [
    b"date,trust,note\n2024-05-31,7,fine\n2024-06-07,8,\n",
    b"Datum;Beziehung;Ziele\n31.05.2024;6,5;9\n07.06.2024;8;10\n",
    b"session\tday\twai_1\twai_2\n1\t5/31/2024\t4\t5\n2\t6/7/2024\t1\t2\n",
]
DAY_ONE = json.dumps({"metadata": {}, "entries": [{"creationDate": "2024-05-31T16:30:00Z", "text": "a"}] * 3}).encode()
DAYLIO = b"full_date,date,weekday,time,mood,activities,note_title,note\n2024-05-31,May 31,Friday,17:30,meh,a,b,c\n"


def packed() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Journal.json", DAY_ONE)
        archive.writestr("a.md", MARKDOWN)
    return out.getvalue()


def workbook(rows: list[list[object]], *more: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    for place, sheet in enumerate([rows, *more]):
        page = book.active if not place else book.create_sheet()
        for row in sheet:
            page.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


BOOKS = [
    workbook([["date", "trust", "note"], [date(2024, 5, 31), 7, "fine"], [date(2024, 6, 7), 8.5, None]]),
    workbook([["About"], ["us"]], [["Datum", "Beziehung"], ["31.05.2024", "6,5"], ["07.06.2024", "8"]]),
]


def therapist() -> Relationship:
    found = journal().therapist
    assert found
    return found


def of_table(content: bytes) -> list[Document]:
    table = read_table(content)
    columns = guess(table, KNOWN)
    return list(documents_of(table, columns, therapist(), KNOWN, "UTC", NOW).documents) if columns else []


ADDRESS = AddressKey.new()


def answered(inside: bytes) -> bytes:
    """An answer file, well sealed, whatever is inside."""
    letter = base64.b64encode(seal_letter(ADDRESS.public, inside)).decode()
    return json.dumps(
        {"format": "reattune-answer", "version": 1, "to": ADDRESS.address.hex(), "letter": letter}
    ).encode()


ANSWER = {
    "letter": 1, "id": identity(77), "at": "2026-03-02T18:00:00Z", "zone": "Europe/London", "kind": "answer",
    "share_id": identity(78), "words": "Thank you for telling me.", "name": "Miriam",
}  # fmt: skip
ANSWERS = [answered(json.dumps({**ANSWER, "words": "w" * length}).encode()) for length in (10, 3_000)]


def of_answer(content: bytes) -> list[Document]:
    letter = letter_of(from_answer_file(content), ADDRESS.private)
    made = {"id": identity(79), "created": NOW, "updated": NOW, "at": letter.at, "arrived": NOW}
    return [CameIn(content=letter, **made)]  # type: ignore[arg-type]


READERS: dict[str, tuple[Callable[[bytes], list[Document]], list[bytes]]] = {
    "journal": (from_json, [OURS]),
    "fhir": (lambda content: from_fhir(content, KNOWN, therapist()).documents, FHIR),
    "ratings": (of_table, TABLES),
    "workbook": (of_table, BOOKS),
    "text": (
        lambda content: from_diary(content, "a.txt", "Europe/London").entries,
        [PLAIN.encode(), MARKDOWN.encode()],
    ),
    "day one": (lambda content: from_diary(content, "a.json", "UTC").entries, [DAY_ONE]),
    "daylio": (lambda content: from_diary(content, "a.csv", "UTC").entries, [DAYLIO]),
    "answer": (of_answer, ANSWERS),
    "archive": (lambda content: from_diary(content, "a.zip", "UTC").entries, [packed()]),
}


def tried(read: Callable[[bytes], list[Document]], content: bytes) -> bool:
    """Whether it was a result. Anything but a result or a sentence fails."""
    start = Journal([therapist()])
    before = [encode(each) for each in start]
    try:
        weighed = merge(start, read(content))
    except ExchangeError as error:
        said = str(error)
    else:
        said = ""
    if said:
        assert len(said) < 2_000
        return False
    assert [encode(each) for each in start] == before
    start.take_in(weighed.changes)
    for each in start:
        encode(each)
    tables(start)
    return True


@pytest.mark.parametrize("kind", READERS)
def test_changed_bytes(kind: str) -> None:
    read, seeds = READERS[kind]
    results = [tried(read, content) for content in hostile.of_bytes(seeds)]
    assert len(results) == hostile.COUNT
    assert 0 < sum(results) < len(results)


def test_well_sealed_answers_with_anything_inside() -> None:
    results = [tried(of_answer, answered(inside[:60_000])) for inside in hostile.of_json([ANSWER])]
    results += [
        tried(of_answer, answered(inside[:60_000])) for inside in hostile.of_bytes([json.dumps(ANSWER).encode()])
    ]
    assert len(results) == 2 * hostile.COUNT
    assert 0 < sum(results) < len(results)


@pytest.mark.parametrize("kind", ["journal", "fhir", "day one", "answer"])
def test_changed_nodes(kind: str) -> None:
    read, seeds = READERS[kind]
    results = [tried(read, content) for content in hostile.of_json([json.loads(each) for each in seeds])]
    assert 0 < sum(results) < len(results)


def test_backups() -> None:
    data_key, journal_id, day = random_key(), bytes(range(16)), date(2026, 1, 5)
    seal = Seal(data_key, journal_id)
    plain = [encode(each) for each in every_kind("words")]
    rows = [
        RowCopy(number.to_bytes(16, "big"), 1, day, day, seal.seal(number.to_bytes(16, "big"), 1, each))
        for number, each in enumerate(plain)
    ]
    beside = [AddressCopy(bytes(10), bytes(66), True)], [LetterCopy(bytes(10), day, bytes(1024))]
    whole = b"".join(to_file([JournalCopy(journal_id, b"keyring", b"head", 1, rows, *beside)]))
    refused = opened = 0
    for content in hostile.of_bytes([whole]):
        try:
            found = from_file(content)
        except NotABackup:
            refused += 1
            continue
        for each in found.journals:
            for row in each.rows:
                try:
                    # Whatever opens is word for word what was sealed.
                    assert seal.open(row.row_id, row.revision, row.sealed) in plain
                    opened += 1
                except SealBroken:
                    pass
    assert refused < hostile.COUNT
    assert opened > hostile.COUNT


def bomb(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(10):
            archive.writestr(f"{number}-{name}", content)
    return out.getvalue()


def book_of(sheet: bytes, texts: bytes = b"") -> bytes:
    """A workbook whose only sheet holds this."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(BOOKS[0])) as real, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in real.namelist():
            content = real.read(name)
            if "worksheets/" in name:
                content = (
                    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>' + sheet
                )
                content += b"</sheetData></worksheet>"
            elif "sharedStrings" in name and texts:
                content = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">' + texts + b"</sst>"
            made.writestr(name, content)
    return out.getvalue()


# Made only where they are tried, and named: a zip carries the minute in which it was made.
BOMBS: dict[str, Callable[[], bytes]] = {
    "lists": lambda: b"[" * 1_000_000,
    "objects": lambda: b'{"a":' * 1_000_000,
    "our own": lambda: b'{"format":"reattune-journal","version":1,"documents":[' + b"[" * 1_000_000,
    "bundle": lambda: b'{"resourceType":"Bundle","entry":[' + b'{"resource":' * 1_000_000,
    "diary": lambda: b'{"entries":[' + b"[" * 1_000_000,
    "one number": lambda: b"1" * 5_000_000,
    "quotes": lambda: b'"' * 1_000_001,
    "one cell": lambda: b"a,b\n" + b'"' + b"x" * 1_000_000,
    "empty lines": lambda: b"\n" * 500_000,
    "dates": lambda: b"2024-05-31\n" * 60_000,
    "zip of texts": lambda: bomb("a.txt", b"2024-05-31\n" + b"a" * (100 * 2**20)),
    "zip of lists": lambda: bomb("a.json", b"[" * (100 * 2**20)),
    "far cell": lambda: book_of(
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    ),
    "far row": lambda: book_of(b"<row r='1048576'><c><v>1</v></c></row>"),
    "one text in all cells": lambda: book_of(
        b'<row><c t="s"><v>0</v></c><c t="s"><v>0</v></c></row>' * 30_000, b"<si><t>" + b"a" * 32_000 + b"</t></si>"
    ),
    "large sheet": lambda: book_of(b"<row><c><v>1</v></c></row>" * 3_000_000),
    "many parts": lambda: bomb("xl/workbook.xml", b"a" * (100 * 2**20)),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_get_a_sentence_and_little_memory(name: str) -> None:
    content = BOMBS[name]()
    tracemalloc.start()
    try:
        for read, _seeds in READERS.values():
            tried(read, content)
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 400 * 2**20


@pytest.mark.parametrize(
    "content",
    [
        b'{"entries":[],"x":[' + b"[]," * 5_000_000 + b"[]]}",
        b'{"format":"reattune-journal","version":1,"documents":[' + b"{}," * 1_500_000 + b"{}]}",
        b'{"resourceType":"Bundle","entry":["a"' + b',"ab"' * 5_000_000 + b"]}",
        b"2024-05-31\n" + b"\n" * 2_100_000,
        b"2024-05-31\n" + b"\r" * 2_100_000,
    ],
    ids=["empty lists", "empty objects", "short values", "line ends", "other line ends"],
)
def test_what_is_little_on_the_disk_and_much_in_memory_is_not_read(content: bytes) -> None:
    said = []
    for kind in ("journal", "fhir", "text", "day one"):
        try:
            READERS[kind][0](content)
        except ExchangeError as error:
            said.append(str(error))
    assert any("too many" in each for each in said)


def test_formulas_are_words_in_every_table() -> None:
    documents = every_kind("=HYPERLINK(A1)")
    whole = "".join(tables(Journal(documents)).values())
    assert "=HYPERLINK" in whole
    assert "'=HYPERLINK" in whole
    assert not any(cell.startswith("=") for line in whole.splitlines() for cell in line.replace('"', "").split(","))


def test_a_workbook_is_a_table_like_any_other() -> None:
    for content, head, row in (
        (BOOKS[0], ("date", "trust", "note"), ("2024-05-31", "7", "fine")),
        (BOOKS[1], ("Datum", "Beziehung"), ("31.05.2024", "6,5")),
    ):
        assert kind_of(content, "a.bin") is Kind.RATINGS
        table = read_table(content, "book.xlsx")
        assert (table.head, table.rows[0]) == (head, row)
        assert of_table(content)[-1].kind == "check_in"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "of a kind that can’t be read here. Save it as an Excel"),
        (BOOKS[0][: len(BOOKS[0]) // 2] + b"xl/workbook", "may be locked with a password, or damaged"),
        (workbook([["only"]]), "needs a line with column names and at least one row"),
    ],
)
def test_workbooks_that_cannot_be_read(content: bytes, said: str) -> None:
    with pytest.raises(ExchangeError, match=said):
        read_table(content, "book.xlsx")


def test_without_the_library_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fastexcel", None)
    with pytest.raises(ExchangeError, match="which this installation can’t read"):
        read_table(BOOKS[0], "book.xlsx")
