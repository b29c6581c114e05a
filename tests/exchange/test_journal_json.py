"""The journal as a file: out, in again, merged, and what becomes of bad files."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reattune import content
from reattune.exchange.csv_export import tables, zipped
from reattune.exchange.errors import ExchangeError
from reattune.exchange.journal_json import from_json, schema, to_json
from reattune.journal import Journal
from reattune.journal.documents import Address, Document, Moment, Preferences, Relationship, Removed, Vector
from reattune.journal.example_journal import example_journal
from reattune.journal.merge import merge
from tests.journal.every_kind import every_kind

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
EXAMPLE = example_journal(content.words("example", "en"), NOW, "Europe/London")


def plain(documents: Any) -> dict[Any, Document]:
    return {each.id: each for each in documents if not isinstance(each, (Vector, Removed, Address))}


@pytest.mark.parametrize("journal", [EXAMPLE, Journal(every_kind("words"))], ids=["example", "every-kind"])
def test_out_and_in_again_is_the_same_document_by_document(journal: Journal) -> None:
    file = to_json(journal, NOW)
    weighed = merge(Journal(), from_json(file))
    assert not weighed.refused
    back = Journal()
    back.take_in(weighed.changes)
    assert plain(back) == plain(journal)
    again = merge(back, from_json(file))
    assert (again.changes, again.kept) == ((), len(plain(journal)))
    assert to_json(back, NOW) == file


def test_the_file_can_be_read_by_eye_and_keeps_what_was_written() -> None:
    file = to_json(EXAMPLE, NOW).decode()
    assert "nobody could accuse you of spontaneity" in file
    assert "\\u" not in file
    assert json.loads(file)["format"] == "reattune-journal"


def test_the_file_holds_nothing_that_was_deleted_or_replaced() -> None:
    gone = Removed(
        id=UUID(int=7), created=NOW, updated=NOW, at=NOW, title="the other name", documents=("the other name",)
    )
    file = to_json([*EXAMPLE, gone], NOW)
    assert b"the other name" not in file
    assert file == to_json(EXAMPLE, NOW)


def test_the_schema_names_every_kind_and_field() -> None:
    found = schema()
    json.dumps(found)
    moment = found["$defs"]["Moment"]
    assert set(moment["properties"]) == set(Moment.model_fields)
    assert len(found["$defs"]) >= 21


def test_the_newest_form_wins_and_the_older_changes_nothing() -> None:
    first = next(each for each in EXAMPLE if isinstance(each, Moment))
    newer = first.model_copy(update={"what": "newer", "updated": first.updated + timedelta(days=1)})
    here = Journal(EXAMPLE)
    weighed = merge(here, [newer])
    assert weighed.newer == (newer,)
    here.take_in(weighed.changes)
    assert merge(here, [first]).changes == ()
    assert here.get(Moment, first.id).what == "newer"


def test_into_another_journal_nothing_contradicts() -> None:
    here = Journal(every_kind("mine"))
    weighed = merge(here, EXAMPLE)
    assert [type(each) for each, _why in weighed.refused] == [Preferences]
    here.take_in(weighed.changes)
    assert here.therapist
    assert here.therapist.name == "mine"
    assert sum(who.role == "therapist" for who in here.all(Relationship)) == 2


def test_what_cannot_stand_is_left_out_with_its_reason() -> None:
    documents = list(EXAMPLE)
    therapist = EXAMPLE.therapist
    assert therapist
    without = [each for each in documents if each.id != therapist.id]
    weighed = merge(Journal(), without)
    assert weighed.refused
    assert all("n’t in the journal" in why for _each, why in weighed.refused)
    taken = Journal()
    taken.take_in(weighed.changes)
    for moment in taken.moments():
        assert taken.get(Relationship, moment.relationship_id)


def test_a_reference_to_the_wrong_kind_is_left_out() -> None:
    moment = next(each for each in EXAMPLE if isinstance(each, Moment))
    crooked = moment.model_copy(update={"relationship_id": moment.id})
    weighed = merge(Journal(EXAMPLE), [crooked.model_copy(update={"updated": moment.updated + timedelta(days=1)})])
    assert weighed.changes == ()
    assert weighed.refused


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (b"", "isn’t JSON"),
        (b"\xff\xfe", "isn’t text in UTF-8"),
        (b"{", "isn’t JSON, line 1"),
        (b"[" * 1_000_000, "isn’t JSON"),
        (b"{}", "not a journal exported from Reattune"),
        (b"[1]", "not a journal exported from Reattune"),
        (b'{"format": "reattune-journal"}', "which version"),
        (b'{"format": "reattune-journal", "version": true, "documents": []}', "which version"),
        (b'{"format": "reattune-journal", "version": 2, "documents": []}', "newer Reattune"),
        (b'{"format": "reattune-journal", "version": 1, "documents": {}}', "no list of entries"),
        (b'{"format": "reattune-journal", "version": 1, "documents": [7]}', "entry 1: "),
        (b'{"format": "reattune-journal", "version": 1, "documents": [{"kind": "moment", "version": 1}]}', "entry 1: "),
        (b" " * (64 * 1024 * 1024 + 1), "limit is 67 MB"),
    ],
)
def test_a_bad_file_gets_one_sentence_that_says_where(file: bytes, said: str) -> None:
    with pytest.raises(ExchangeError) as caught:
        from_json(file)
    assert said in str(caught.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)


@given(st.binary(max_size=300) | JSON.map(lambda value: json.dumps(value).encode()))
@settings(max_examples=500, deadline=None)
def test_anything_at_all_is_read_or_refused(file: bytes) -> None:
    with pytest.raises(ExchangeError):
        from_json(file)


@given(st.data())
@settings(max_examples=500, deadline=None)
def test_a_file_that_was_meddled_with_is_read_or_refused(data: st.DataObject) -> None:
    whole = json.loads(to_json(every_kind("words"), NOW))
    for _ in range(data.draw(st.integers(1, 3))):
        entry = data.draw(st.sampled_from(whole["documents"]))
        entry[data.draw(st.sampled_from(sorted(entry)))] = data.draw(JSON)
    documents = None
    with contextlib.suppress(ExchangeError):
        documents = from_json(json.dumps(whole).encode())
    if documents is not None:
        weighed = merge(Journal(), documents)
        held = Journal()
        held.take_in(weighed.changes)
        assert merge(held, documents).changes == ()


def test_tables_open_in_a_spreadsheet_and_no_cell_is_a_formula() -> None:
    found = tables(EXAMPLE)
    moments = list(csv.DictReader(io.StringIO(found["moments.csv"].removeprefix("\ufeff"))))
    assert len(moments) == len(EXAMPLE.moments())
    assert moments[0]["feelings"]
    for text in tables(Journal(every_kind('=HYPERLINK("http://x")'))).values():
        cells = [cell for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"))) for cell in row]
        assert not any(cell.startswith("=") for cell in cells)
    with zipfile.ZipFile(io.BytesIO(zipped(EXAMPLE, NOW))) as archive:
        assert sorted(archive.namelist()) == sorted(found)
        assert archive.testzip() is None


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("words", ["She said it;=1+1;", "one\n=1+1\n+2", 'a\t=1;"=1;  @x', "\r-1", ";" * 10_000 + "=1"])
def test_no_cell_is_a_formula_whatever_separates_cells(separator: str, words: str) -> None:
    for name, text in tables(Journal(every_kind(words))).items():
        rows = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=separator)
        wrong = [cell for row in rows for cell in row if cell.strip().startswith(("=", "+", "@"))]
        assert not wrong, (name, wrong)


def test_the_schema_in_the_docs_is_the_one_of_the_code() -> None:
    file = Path(__file__).parents[2] / "docs" / "journal.schema.json"
    assert json.loads(file.read_text("utf-8")) == schema()
