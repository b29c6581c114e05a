"""`reattune validate echoes`: its own set, anybody's file, and bad files."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from typer.testing import CliRunner

from reattune import content
from reattune.cli import app
from reattune.journal.vocabulary import Cause, Feeling, Touched
from reattune.proof.echoes import disturbed, figures, read_moments
from reattune.study.errors import StudyError

WRITTEN = content.text("echoes", "written.jsonl")


def test_the_set_is_as_large_and_as_mixed_as_it_says() -> None:
    rows = [json.loads(line) for line in WRITTEN.splitlines()]
    assert len(rows) == 560
    assert len({row["theme"] for row in rows}) == 80
    assert Counter(row["part"] for row in rows) == {"tuning": 280, "result": 280}
    assert Counter(row["language"] for row in rows) == {"en": 400, "es": 80, "de": 80}
    assert len({row["relationship"] for row in rows}) == 6
    assert not {r["theme"] for r in rows if r["part"] == "tuning"} & {r["theme"] for r in rows if r["part"] == "result"}
    assert len({row["what"] for row in rows}) == len(rows)
    for row in rows:
        assert set(row["feelings"]) <= set(Feeling)
        assert set(row.get("touched", ())) <= set(Touched)
        assert row["cause"] in set(Cause)


def test_ticks_find_what_words_do_not() -> None:
    moments = read_moments(WRITTEN, "written.jsonl", "result")[:84]
    found = {row.way: row for row in figures(moments, None)["rows"]}
    assert found["whole"].map.value > 4 * found["letters (TF-IDF)"].map.value
    assert found["whole"].map_disturbed.low > found["by lot"].map_disturbed.high
    assert found["whole"].map.low < found["whole"].map.value < found["whole"].map.high


def test_disturbing_is_the_same_each_time_and_leaves_the_words() -> None:
    moments = read_moments(WRITTEN, "written.jsonl", "result")
    once = disturbed(moments, 1)
    assert once == disturbed(moments, 1)
    assert once != disturbed(moments, 2)
    assert [each.signs.what for each in once] == [each.signs.what for each in moments]
    same = sum(a.signs.cause == b.signs.cause for a, b in zip(moments, once, strict=True)) / len(moments)
    assert 0.6 < same < 0.75


def run(tmp_path: Path, text: str, *options: str) -> tuple[int, str]:
    file = tmp_path / "moments.jsonl"
    file.write_text(text, "utf-8")
    result = CliRunner().invoke(app, ["validate", "echoes", str(file), "--no-sentences", *options])
    return result.exit_code, result.output


ANY = [
    {"id": "1", "theme": "late", "what": "He came late.", "feelings": ["cross"], "relationship": "a"},
    {"id": "2", "theme": "late", "what": "Again I waited.", "feelings": ["cross"], "relationship": "b"},
    {"id": 3, "theme": "loud", "what": "She shouted.", "relationship": "b"},
]


def lines(rows: list[dict[str, object]]) -> str:
    return "\n".join(json.dumps(row) for row in rows) + "\n\n"


def test_anybodys_file_with_their_own_words_for_feelings(tmp_path: Path) -> None:
    code, printed = run(tmp_path, lines(ANY), "--json")
    assert code == 0, printed
    found = json.loads(printed)
    assert (found["moments"], found["themes"]) == (3, 2)
    whole = next(row for row in found["rows"] if row["way"] == "whole")
    assert whole["map"]["value"] == 1
    code, printed = run(tmp_path, lines(ANY))
    assert code == 0
    assert "3 moments in 2 themes" in printed


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no theme has two moments"),
        ("{", "line 1: this is not JSON"),
        ("[1]", "line 1: each line is one moment"),
        (lines([*ANY, {"id": "4", "what": "x"}]), "line 4: theme is missing"),
        (lines([*ANY, ANY[0]]), "line 4: the id '1' stands twice"),
        (lines([*ANY, {**ANY[0], "id": "4", "cause": "weather"}]), "line 4: there is no cause 'weather'"),
        (lines([*ANY, {**ANY[0], "id": "4", "did": "ran"}]), "line 4: did is one of withdrew"),
        (lines([*ANY, {**ANY[0], "id": "4", "feelings": "cross"}]), "line 4: feelings is a list of words"),
    ],
)
def test_a_bad_file_gets_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    code, printed = run(tmp_path, text)
    assert code == 2
    assert said in " ".join(printed.split())


def test_a_file_that_is_not_there_or_not_text(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["validate", "echoes", str(tmp_path / "none")])
    assert result.exit_code == 2
    assert "cannot be read" in result.output
    (tmp_path / "x").write_bytes(b"\xff\xfe\x00")
    result = CliRunner().invoke(app, ["validate", "echoes", str(tmp_path / "x")])
    assert result.exit_code == 2
    assert "is not text in UTF-8" in " ".join(result.output.split())


def test_one_relationship_alone_has_nothing_to_find(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="no theme"):
        read_moments(lines(ANY[1:]), "f")
    code, printed = run(tmp_path, lines([{**row, "relationship": "a"} for row in ANY]))
    assert code == 2, printed
    assert "in another relationship" in " ".join(printed.split())
