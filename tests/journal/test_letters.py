"""What stands in a letter is from anybody: it is words, or it is refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from reattune.journal import JournalError
from reattune.journal.documents.letters import AnswerLetter, NoteLetter, ShareLetter, believed, letter_from, letter_to

ID = "0f8fad5b-d9cb-469f-a165-708677289501"
NOTE = {"letter": 1, "id": ID, "at": "2026-03-02T18:00:00Z", "kind": "note", "words": "She looked at the clock."}
ANSWER = {**NOTE, "kind": "answer", "share_id": ID}
SHARE = {**NOTE, "kind": "share", "lines": ["One.", "Two."]}
del SHARE["words"]


def read(given: object) -> object:
    return letter_from(json.dumps(given).encode())


def test_each_kind_comes_back() -> None:
    for given, kind in ((NOTE, NoteLetter), (ANSWER, AnswerLetter), (SHARE, ShareLetter)):
        letter = read(given)
        assert isinstance(letter, kind)
        assert letter_from(letter_to(letter)) == letter


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[" * 60_000,
        b'{"kind": "note"',
        b"null",
        b"[]",
        b"12",
        *(
            json.dumps(each).encode()
            for each in (
                {},
                {**NOTE, "kind": "order"},
                {**NOTE, "kind": ["note"]},
                {**NOTE, "letter": 2},
                {**NOTE, "letter": True, "id": 1},
                {**NOTE, "id": "../../etc/passwd"},
                {**NOTE, "at": "yesterday"},
                {**NOTE, "at": "2026-03-02T18:00:00"},
                {**NOTE, "zone": "x" * 61},
                {**NOTE, "words": ""},
                {**NOTE, "words": " \n\x00\u202e "},
                {**NOTE, "words": ["many"]},
                {**NOTE, "words": "x" * 65_537},
                {**NOTE, "role": "therapist"},
                {**NOTE, "share_id": ID},
                {**ANSWER, "share_id": ""},
                {**ANSWER, "name": "x" * 201},
                {**SHARE, "lines": []},
                {**SHARE, "lines": ["x"] * 1001},
                {**SHARE, "lines": [{"html": "<b>"}]},
            )
        ),
    ],
)
def test_what_is_no_letter_is_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(JournalError, match=r"^This (letter|entry \(something that came in\)) can’t be (read|saved)"):
        letter_from(content)


def test_markup_is_words_and_what_turns_a_page_around_is_gone() -> None:
    letter = read({**NOTE, "words": "<script>alert(1)</script>\r\n\u202egnihton\u202c \x1b[31mred\x07"})
    assert isinstance(letter, NoteLetter)
    assert letter.words == "<script>alert(1)</script>\ngnihton [31mred"


def test_a_time_that_cannot_be_is_not_believed() -> None:
    arrived = datetime(2026, 3, 2, 18, tzinfo=UTC)
    earlier, later = arrived - timedelta(days=90), arrived + timedelta(hours=1)
    assert believed(earlier, arrived) == earlier
    assert believed(later, arrived) == arrived
    assert believed(datetime(1, 1, 1, tzinfo=UTC), arrived) == arrived


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../../etc/passwd", "Etc/Unknown", "Europe"])
def test_a_zone_that_is_not_known_costs_nobody_a_note(zone: str) -> None:
    letter = read({**NOTE, "zone": zone})
    assert isinstance(letter, NoteLetter)
    assert letter.zone == "UTC"
