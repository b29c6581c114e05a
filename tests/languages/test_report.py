"""The report of a study in a language: no English but what was said of the file, and marked as such."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from reattune.cli import app
from reattune.content import NOT_WRITTEN_YET
from reattune.study import command
from tests.languages import pseudo
from tests.languages.test_no_english import plain
from tests.languages.walk import said
from tests.web.page_walker import read

# Methods are called by their names in every language, and so are units of time on an axis.
NAMES = {"bayes", "ratings", "csv", "reattune", "log", "session"}


@pytest.fixture
def ratings(tmp_path: Path) -> Path:
    rows = ["client,session,score,therapist"]
    for client in range(30):
        scores = [70, 72, 71, 73, 70, 72, 30, 28, 31, 71, 72, 70] if client % 3 else [70, 71, 72, 70, 73, 71, 72, 70]
        rows += [f"c{client},{n},{score},t{client % 4}" for n, score in enumerate(scores, start=1)]
    file = tmp_path / "ratings.csv"
    file.write_text("\n".join(rows) + "\n", "utf-8")
    return file


@pytest.mark.usefixtures("pseudo_languages")
@pytest.mark.parametrize("better", ["higher", "lower"])
def test_every_sentence_of_a_report_is_said_in_its_language(
    ratings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, better: str
) -> None:
    monkeypatch.setattr(command, "OFFERED", ("en", *pseudo.CODES))
    out = tmp_path / "out"
    options = ["--method", "bayes", "--method", "drop", "--measure-direction", better, "--range", "0..100"]
    done = CliRunner().invoke(app, ["study", str(ratings), "--out", str(out), "--language", "eo", *options])
    assert done.exit_code == 0, done.output
    page = read("report", (out / "report.html").read_text("utf-8"))
    assert page.root.all("html")[0].attributes["lang"] == "eo"
    left = [text for text in said(page) if plain(text) - NAMES - {"drop"}]
    assert left == []


def test_a_language_that_is_not_offered_is_refused(ratings: Path, tmp_path: Path) -> None:
    code = next(iter(NOT_WRITTEN_YET), "xx")
    done = CliRunner().invoke(app, ["study", str(ratings), "--out", str(tmp_path / "out"), "--language", code])
    assert done.exit_code != 0
    assert "--language is one of en" in " ".join(done.output.split())
    assert not (tmp_path / "out").exists()
