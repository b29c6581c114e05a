"""The tutorial prints what it says."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial.md"


def test_every_line_of_the_tutorial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    flags = doctest.IGNORE_EXCEPTION_DETAIL | doctest.REPORT_ONLY_FIRST_FAILURE
    failed, tried = doctest.testfile(str(TUTORIAL), module_relative=False, optionflags=flags)
    assert tried > 15
    assert not failed
    assert (tmp_path / "course.svg").read_text("utf-8").startswith("<svg")
