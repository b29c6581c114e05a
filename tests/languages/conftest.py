"""The languages of the tests: those that are whole, and the two that are made from English."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.languages import pseudo
from tests.web.conftest import own, quickly_stretched  # noqa: F401


@pytest.fixture(scope="session")
def pseudo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pseudo")
    pseudo.make(folder)
    return folder


@pytest.fixture
def pseudo_languages(pseudo_folder: Path, settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    pseudo.use(pseudo_folder, settings, monkeypatch.setattr)
