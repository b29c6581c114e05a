"""`reattune validate moments`: bad files first; a file of one's own; what cross-validation showed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from reattune.cli import app

ROUND = Path(__file__).parents[2] / "training" / "sentences" / "moments-round.1.csv"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("what\nhello\n", "lacks the column cause"),
        ("what,cause\n", "has no rows"),
        ("what,cause\nshe laughed,laughing\n", "row 2: 'laughing' in the column cause is none of"),
        ("what,cause,feelings\nshe laughed,judged_me,hurt;blue\n", "row 2: 'blue' in the column feelings"),
        ("what,cause\n,judged_me\n", "row 2: there is no text"),
    ],
)
def test_a_bad_file_says_where(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "moments.csv"
    file.write_text(text, "utf-8")
    result = CliRunner().invoke(app, ["validate", "moments", str(file)])
    assert result.exit_code == 2
    assert says in " ".join(result.output.split())


def test_the_first_round_and_what_was_learned(tmp_path: Path) -> None:
    first = CliRunner().invoke(app, ["validate", "moments", str(ROUND), "--json"])
    found = json.loads(first.output)
    assert found["moments"] == 100
    assert found["ways"]["words alone"]["three"]["value"] > 0.5
    crossed = json.loads(CliRunner().invoke(app, ["validate", "moments", "--json"]).output)
    assert set(crossed["ways"]) >= {"meaning and words"}
    assert CliRunner().invoke(app, ["validate", "moments"]).exit_code == 0
