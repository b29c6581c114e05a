"""Diaries kept elsewhere: every entry on its day, nothing lost, and what cannot be read named."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime

import pytest

from reattune.exchange.diaries import from_diary
from reattune.exchange.errors import ExchangeError
from reattune.reflection.danger_recogniser import dangers

PLAIN = """A word before the first day.

2024-05-31
She looked at the clock.
I said nothing.

Friday, 7 June 2024:
Better today. On 2024-05-31 it was worse.
"""
MARKDOWN = """---
title: my diary
---
# 31 May 2024

She looked at the clock.

## **June 7, 2024 at 5:30 PM**
- better
"""


def told(content: bytes | str, name: str = "diary.txt", zone: str = "Europe/London") -> list[tuple[str, str]]:
    raw = content if isinstance(content, bytes) else content.encode()
    return [(note.at.strftime("%Y-%m-%d %H:%M"), note.words) for note in from_diary(raw, name, zone).entries]


def test_plain_text() -> None:
    assert told(PLAIN) == [
        ("2024-05-31 11:00", "A word before the first day.\n\nShe looked at the clock.\nI said nothing."),
        ("2024-06-07 11:00", "Better today. On 2024-05-31 it was worse."),
    ]


def test_markdown() -> None:
    first, second = told(MARKDOWN, "diary.md")
    assert first == ("2024-05-31 11:00", "title: my diary\n\nShe looked at the clock.")
    assert second == ("2024-06-07 16:30", "- better")


def test_a_heading_keeps_all_its_words_however_long_and_its_quotation_marks() -> None:
    words = " ".join(f"word{number}" for number in range(200))
    text = f'# 2024-05-03 {words}\nrest\n# 2024-05-04 "I hate you"\n# "2024-05-05"\nx\n# "2024-05-06 Like this"\ny\n'
    found = from_diary(text.encode(), "d.md", "UTC")
    assert [each.words for each in found.entries] == [f"{words}\nrest", '"I hate you"', "x", "Like this\ny"]


@pytest.mark.parametrize(
    "line",
    ["2024-05-31", "31.05.2024", "31. Mai 2024", "Freitag, 31. Mai 2024", "31 de mayo de 2024", "May 31st, 2024",
     "31st of May 2024", "## 31 May 2024", "**2024-05-31**", "date: 2024-05-31", "Fri", "Viernes 31 de mayo de 2024",
     "2024-05-31 09:05", "2024-05-31T09:05:00Z", "Fri, May 31, 2024", "Fri 31 May 2024", "Fr., 31.05.2024",
     "Do, 31. Mai 2024", "31.05.2024 um 22:15 Uhr", "31.05.2024, 10 Uhr", "31 de mayo del 2024", "2024/05/31",
     "2024.05.31", "31.05.24", "31-05-2024", "31. 5. 2024", "2024-05-31 Friday", "31.05.2024 (Fr)", "31-May-2024",
     "date: 2024-05-31T23:30:00+02:00", "2024-05-31 – 22h15", "Freitag, den 31. Mai 2024", "am 31.05.2024",
     "Am Freitag, den 31.05.2024", "le 31 mai 2024", "the 31st of May 2024", "20240531", "[2024-05-31]",
     "[[2024-05-31]]", "<2024-05-31 Fri>", "(31 May 2024)", "[31.05.24, 22:30:11]", 'date: "2024-05-31"',
     "date: '2024-05-31T22:30'"],
)  # fmt: skip
def test_days_as_people_write_them(line: str) -> None:
    if line == "Fri":
        with pytest.raises(ExchangeError, match="No dates were found"):
            told(f"{line}\nwords\n")
        return
    [(at, words)] = told(f"{line}\nwords\n")
    assert at.startswith("2024-05-31")
    assert words == "words"


MIXED = [
    ("Thu, May 30, 2024", "Fri 31 May 2024", "2024-06-01"),
    ("Do, 30. Mai 2024", "Fr., 31.05.2024", "2024-06-01"),
    ("# 2024-05-30 – A hard session", "# 2024-05-31 – Better", "# 2024-06-01"),
    ("30.05.2024 um 22:15 Uhr", "31.05.2024, 10:00", "1.6.2024 9 Uhr"),
    ("2024-05-30", "31.05.24", "01.06.24"),
    ("5/30/2024", "5/31/24", "6/1/24"),
    ("2024-05-30", "2024/05/31", "2024/06/01"),
    ("jueves, 30 de mayo de 2024", "31 de mayo del 2024", "1 de junio de 2024"),
    ("## **2024-05-30: Old words**", "**2024-05-31 — New ones**", "## 1 June 2024 So much"),
]


@pytest.mark.parametrize("lines", MIXED)
def test_each_day_of_a_diary_that_writes_them_in_several_ways_has_its_entry(lines: tuple[str, ...]) -> None:
    found = from_diary("\n".join(f"{line}\nword {n}\n" for n, line in enumerate(lines)).encode(), "d.md", "UTC")
    assert [f"{each.at:%m-%d}" for each in found.entries] == ["05-30", "05-31", "06-01"]
    assert [each.words.splitlines()[-1] for each in found.entries] == ["word 0", "word 1", "word 2"]
    assert not found.notes


def test_what_a_heading_says_beside_its_day_stays() -> None:
    text = "# 2024-05-30 – A hard session\nwords\n# 2024-05-31 Sat by the lake\nmore\n2024-06-01 was fine\n"
    found = from_diary(text.encode(), "d.md", "UTC")
    assert [each.words for each in found.entries] == [
        "A hard session\nwords",
        "Sat by the lake\nmore\n2024-06-01 was fine",
    ]
    assert "“2024-06-01 was fine”" in found.notes[0]


@pytest.mark.parametrize(
    "line",
    ["Friday, 31 May", "31.05.", "31.5. Better", "30 maggio 2024", "Freitag", "2024-05-31: We met", "May 31",
     "1/2/24", "31/05", "99.99.2024", "Sitzung vom 31.05.2024", "Session 14, 31.05.2024", "• 31 May 2024",
     "created: 2024-05-31", "2024-05-31_22-30", "2024 May 31", "31 05 2024", "2024年5月31日", "— 31 May 2024 —",
     "2024-05-31: " + "We met and said very little. " * 5],
)  # fmt: skip
def test_a_line_that_looks_like_a_day_and_is_none_is_said(line: str) -> None:
    found = from_diary(f"2024-05-30\nFirst.\n\n{line}\nSecond.\n".encode(), "d.txt", "UTC")
    assert len(found.entries) == 1
    assert line in found.entries[0].words
    assert "look like a day" in found.notes[0]
    assert f"“{line.strip()[:60]}”" in found.notes[0]


@pytest.mark.parametrize(
    "line",
    [
        "7/10",
        "May I ask",
        "Today",
        "1.5 hours",
        "2-3 times",
        "5 people",
        "10:30",
        "So",
        "3",
        "On 31 May 2024 she was late.",
    ],
)
def test_what_looks_like_no_day_is_not_spoken_of(line: str) -> None:
    assert from_diary(f"2024-05-30\nFirst.\n{line}\n".encode(), "d.txt", "UTC").notes == ()


@pytest.mark.parametrize(
    ("written", "at"),
    [("2024-06-01T04:00:00Z", "2024-06-01 04:00"), ("2024-06-01T04:00+02:00", "2024-06-01 02:00"),
     ("2024-05-31 21:00:00 -0700", "2024-06-01 04:00"), ("2024-05-31 10:30-11:15", "2024-05-31 17:30"),
     ("May 31, 2024 at 10:30:00 PM EDT", "2024-06-01 02:30"), ("5/31/2024, 10:30\u202fPM", "2024-06-01 05:30")],
)  # fmt: skip
def test_a_time_beside_its_offset_is_a_time_there(written: str, at: str) -> None:
    assert told(f"date: {written}\nwords\n", zone="America/Los_Angeles") == [(at, "words")]


def test_of_a_day_that_there_is_not_in_any_order_it_is_said_that_it_is_none() -> None:
    found = from_diary(b"2024-05-30\nwords\n31/13/2024\nmore\n", "d.txt", "UTC")
    assert [each.words for each in found.entries] == ["words\n31/13/2024\nmore"]
    assert "“31/13/2024”" in found.notes[0]


def test_words_above_the_first_day_are_said() -> None:
    assert "above the first day" in from_diary(PLAIN.encode(), "a.txt", "UTC").notes[0]


def archive(**files: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, words in files.items():
            packed.writestr(name, words)
    return out.getvalue()


def test_files_of_an_archive_are_of_the_days_that_they_are_called_after() -> None:
    files = {"2024-05-30.txt": "One", "2024-05-31.markdown": "Two", "2024-06-01/entry.md": "Three",
             "2024-06-02.rtf": "R", "__MACOSX/._2024-05-30.txt": "\0\5\x16\7"}  # fmt: skip
    found = from_diary(archive(**files), "diary-2024-07-01.zip", "UTC")
    assert [(f"{each.at:%m-%d}", each.words) for each in found.entries] == [
        ("05-30", "One"), ("05-31", "Two"), ("06-01", "Three"),
    ]  # fmt: skip
    assert "“2024-06-02.rtf”" in found.notes[0]
    with pytest.raises(ExchangeError, match="No dates were found"):
        from_diary(archive(**{"notes.txt": "Nothing says when"}), "diary-2024-07-01.zip", "UTC")


def test_a_file_called_after_its_day() -> None:
    assert told("She laughed.", "2024-05-31.md") == [("2024-05-31 11:00", "She laughed.")]


def test_day_one() -> None:
    entries = [
        {"creationDate": "2024-05-31T16:30:00Z", "text": "She laughed\\.\n![](dayone-moment://AB12)", "uuid": "A"},
        {"creationDate": "2024-05-30T16:30:00Z", "uuid": "B"},
    ]
    raw = json.dumps({"metadata": {"version": "1.0"}, "entries": entries}).encode()
    assert told(raw, "Journal.json") == [("2024-05-31 16:30", "She laughed.")]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("Journal.json", raw)
        archive.writestr("photos/a.jpeg", b"\xff\xd8")
    assert told(packed.getvalue(), "export.zip") == [("2024-05-31 16:30", "She laughed.")]


def test_daylio_keeps_what_looks_like_a_tag_and_is_none() -> None:
    raw = b"full_date,mood,activities,note_title,note\n"
    raw += b'2024-05-31,,,,"I <3 you &amp; 5 < 6, <b>and</b> I went ->\nhome"\n'
    [(_at, words)] = told(raw, "daylio.csv")
    assert words == "I <3 you & 5 < 6, and I went ->\nhome"


def test_daylio() -> None:
    raw = (
        "full_date,date,weekday,time,mood,activities,note_title,note\n"
        '2024-05-31,May 31,Friday,17:30,meh,"therapy | walk",After,"She laughed.<br>I did not."\n'
        "2024-06-01,June 1,Saturday,09:00,good,,,\n"
    )
    assert told(raw, "daylio.csv") == [("2024-05-31 16:30", "After\nShe laughed.\nI did not.\n(meh, therapy | walk)")]


def test_daylio_with_a_comma_that_was_not_quoted_is_no_entry_without_its_end() -> None:
    raw = b"full_date,mood,activities,note_title,note\n2024-05-31,,,,I felt small, as if gone\n"
    with pytest.raises(ExchangeError, match=r"Rows with more cells than there are columns.*: 2"):
        told(raw, "daylio.csv")


def test_twice_is_the_same() -> None:
    assert from_diary(PLAIN.encode(), "a.txt", "UTC") == from_diary(PLAIN.encode(), "a.txt", "UTC")
    assert {each.at.tzinfo for each in from_diary(PLAIN.encode(), "a.txt", "UTC").entries} == {UTC}
    assert from_diary(PLAIN.encode(), "a.txt", "UTC").entries[0].at == datetime(2024, 5, 31, 12, tzinfo=UTC)


def bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", b"2024-05-31\n" + b"a" * (80 * 2**20))
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"no day at all", "a.txt", "No dates were found"),
        (b"2024-05-31\n\n", "a.txt", "no entries with words"),
        (b"\x00\x01", "a.txt", "isn’t a text file"),
        (b"PK\x03\x04 and nothing", "a.zip", "damaged"),
        (bomb(), "a.zip", "more than 67 MB"),
        (b'{"entries": [{"text": "x"}]}', "a.json", "entry 1: its 'creationDate'"),
        (b'{"entries": 7}', "a.json", "not a Reattune export"),
        (b"[" * 1_000_000, "a.json", "isn’t JSON"),
        (b"full_date,note\nnever,x\n", "a.csv", "row 2: 'never' isn’t a date"),
        (b"2024-05-31\n" + b"a" * 100_001, "a.txt", "100,001 characters"),
    ],
)
def test_what_cannot_be_read(content: bytes, name: str, said: str) -> None:
    with pytest.raises(ExchangeError, match=said):
        from_diary(content, name, "UTC")


@pytest.mark.parametrize(
    ("lines", "days"),
    [
        (("2024-05-31", "31/05/2025", "12 mars 2025", "dimanche 1er juin 2025"), "31.5.24 31.5.25 12.3.25 1.6.25"),
        (("## 12/31/2024", "**01/02/2025**"), "31.12.24 2.1.25"),
    ],
)
def test_days_with_slashes_and_in_french_begin_entries(lines: tuple[str, ...], days: str) -> None:
    text = "\n".join(f"{line}\nwords" for line in lines)
    found = from_diary(text.encode(), "d.md", "UTC").entries
    assert sorted(f"{each.at.day}.{each.at.month}.{each.at:%y}" for each in found) == sorted(days.split())


@pytest.mark.parametrize("text", ["01/02/2025\nwords", "31/05/2025\na\n05/31/2025\nb"])
def test_days_that_can_be_read_in_two_ways_are_refused(text: str) -> None:
    with pytest.raises(ExchangeError, match=r"2024-05-31"):
        from_diary(text.encode(), "d.md", "UTC")


def test_entries_of_an_archive_are_counted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reattune.exchange.diaries.MOST_ENTRIES", 25)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in range(3):
            archive.writestr(f"{name}.txt", "".join(f"2024-05-{day:02}\nword {name}\n" for day in range(1, 11)))
    with pytest.raises(ExchangeError, match="the limit is 25"):
        from_diary(out.getvalue(), "diaries.zip", "UTC")


@pytest.mark.parametrize("line", ["- 2024-06-02", "> 12 March 2019", "* 2 June 2024", "+ 2024-06-02"])
def test_a_day_in_a_list_or_a_quotation_begins_no_entry(line: str) -> None:
    words = f"2024-05-30\nFirst.\n{line}\nStill that day.\n"
    [entry] = from_diary(words.encode(), "d.txt", "UTC").entries
    assert (f"{entry.at:%m-%d}", line in entry.words) == ("05-30", True)
    [named] = from_diary(f"First.\n{line}\nStill.\n".encode(), "2024-05-30.md", "UTC").entries
    assert f"{named.at:%m-%d}" == "05-30"


def test_where_all_days_are_written_in_a_list_they_are_days() -> None:
    found = from_diary(b"- 2024-05-30\nFirst.\n- 2024-05-31\nSecond.\n", "d.txt", "UTC")
    assert [each.words for each in found.entries] == ["First.", "Second."]


def test_what_is_no_diary_in_an_archive_is_named_or_hidden() -> None:
    files = {"2024-05-30.md": "One", ".obsidian/app.json": "{}", ".trash/2024-01-01.md": "Gone", "meta.json": "{}",
             "ideas.md": "No day", "a/._2024-05-31.txt": "\0\5"}  # fmt: skip
    found = from_diary(archive(**files), "d.zip", "UTC")
    assert [each.words for each in found.entries] == ["One"]
    assert found.notes == ("Files in this archive that can’t be read here: 2. “meta.json” · “ideas.md”",)


def test_of_an_archive_every_file_is_read_or_named_but_pictures_and_sound() -> None:
    others = ("2024-06-02.org", "2024-06-03", "2024-06-04.pdf", "2024-06-07.xlsx", "2024-06-09.log")
    files = {"2024-05-31.md": "One", "2024-06-01.text": "Two", "2024-06-05.mdown": "Three", "photos/a.JPG": "x",
             "b.m4a": "x", "photos/": ""} | dict.fromkeys(others, "words")  # fmt: skip
    found = from_diary(archive(**files), "d.zip", "UTC")
    assert [each.words for each in found.entries] == ["One", "Two", "Three"]
    assert found.notes == ("Files in this archive that can’t be read here: 5. " + " · ".join(f"“{n}”" for n in others),)


def test_one_wrong_byte_takes_no_letter_but_itself() -> None:
    found = from_diary("2024-05-30\nSchöne Grüße, größer".encode() + b" \xff.\n", "d.txt", "UTC")
    assert found.entries[0].words == "Schöne Grüße, größer \ufffd."
    assert found.notes == ("Letters that can’t be read, with “\ufffd” in their place: 1.",)


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman", "utf-16", "utf-8-sig"])
def test_encodings_of_a_diary(encoding: str) -> None:
    found = from_diary("2024-05-30\nSchöne Grüße, größer, hörte\n".encode(encoding), "d.txt", "UTC")
    assert (found.entries[0].words, found.notes) == ("Schöne Grüße, größer, hörte", ())


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman"])
@pytest.mark.parametrize(
    "words",
    [
        "I don’t know — she said “you’re late” and looked at the clock… I wasn’t.",
        "We weren’t — not really — close",
        "I can’t go on living… I mean it.",
        "I’ll end it — tonight.",
        "her fiancé said ‘no’…",
        "•\tfirst\n•\tsecond — done",
        "Él dijo «no»… y yo — nada. ¿Qué más? Mañana, sí.",
        "Ich weiß nicht – sie sagte „zu spät“ und schaute auf die Uhr…",
        "Elle m’a dit « non »… et moi — rien. J’étais là, à côté.",
    ],
)
def test_dashes_and_dots_of_another_time_are_no_letters(words: str, encoding: str) -> None:
    assert told(f"2024-05-31\n{words}".encode(encoding))[0][1] == words


@pytest.mark.parametrize("words", ["£5 for it", "as § 5 says", "±2 µg", "PsyÜbung at ten", "Señora García, ¿qué más?"])
def test_signs_of_windows_are_none_of_dos(words: str) -> None:
    assert told(f"2024-05-31\n{words}".encode("cp1252"))[0][1] == words


def test_danger_is_seen_in_a_diary_of_windows() -> None:
    [(_at, words)] = told("2024-05-31\nI can’t go on living… I mean it.".encode("cp1252"))
    assert dangers(words) == dangers("I can’t go on living… I mean it.") != ()


def test_a_very_long_name_of_a_file_refuses_nothing() -> None:
    name = f"{'a' * 250}.md"
    [entry] = from_diary(b"2024-05-30\nFirst.\n", name, "UTC").entries
    assert entry.source == name[-200:]


def stood(content: bytes | str, name: str, zone: str) -> list[str]:
    raw = content if isinstance(content, bytes) else content.encode()
    return [f"{note.local(note.at):%Y-%m-%d %H:%M}" for note in from_diary(raw, name, zone).entries]


def test_an_entry_stands_under_the_day_where_it_was_written() -> None:
    evening = {"creationDate": "2025-06-06T02:30:00Z", "timeZone": "America\\/Los_Angeles", "text": "She was cold."}
    unknown = {"creationDate": "2025-06-07T10:00:00Z", "timeZone": "Nowhere/Land", "text": "Better."}
    content = json.dumps({"entries": [evening, unknown, {"creationDate": "2025-06-08T10:00:00Z", "text": " "}]})
    assert stood(content, "one.json", "Europe/London") == ["2025-06-05 19:30", "2025-06-07 11:00"]
    assert from_diary(content.encode(), "one.json", "UTC").notes == ("Entries without words, which don’t come in: 1.",)
    text = "June 5, 2025 at 10:30:00 PM EDT\n\nShe was cold.\n\n2025-06-06T09:30:00+05:30\nBetter.\n"
    assert stood(text, "one.txt", "Europe/London") == ["2025-06-05 22:30", "2025-06-06 05:00"]
    # Zero says nothing of where it was.
    assert stood("2025-06-06T02:30:00Z\n\nCold.\n", "one.txt", "America/New_York") == ["2025-06-05 22:30"]
    # Where it is the same time as here, it is of the zone here.
    assert {note.zone for note in from_diary(text.encode(), "one.txt", "America/New_York").entries} == {
        "America/New_York"
    }


def test_daylio_with_narrow_spaces_and_moods_alone() -> None:
    content = (
        "full_date,date,weekday,time,mood,activities,note_title,note\n"
        "2026-01-05,January 5,Monday,10:30\u202fPM,bad,therapy,,She was cold\n"
        "2026-01-06,January 6,Tuesday,9:00\u202fAM,meh,,,\n"
    )
    assert stood(content, "daylio.csv", "Europe/London") == ["2026-01-05 22:30"]
    assert from_diary(content.encode(), "daylio.csv", "UTC").notes == (
        "Entries without words, which don’t come in: 1.",
    )


LONG = "She hardly looked at me when I came in, and I spent the hour wondering what I had done wrong, as so often."


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f"3 January 2026 {LONG}", True),
        (f"02.01.2026 {LONG}", True),
        (f"2026-01-03, Saturday. {LONG}", True),
        (f"[2026-01-05] {LONG}", True),
        (f"**2026-01-04** {LONG}", True),
        (
            f"3 January 2026 was the worst of all days, since she hardly looked at me, and I was so very small.{LONG}",
            False,
        ),
        (LONG, False),
    ],
)
def test_long_paragraphs_that_begin_with_their_day_are_named(line: str, said: bool) -> None:
    notes = from_diary(f"1 January 2026\nFirst.\n\n{line}\n".encode(), "diary.txt", "UTC").notes
    assert any("look like a day" in each for each in notes) is said
