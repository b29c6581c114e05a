"""The wheel alone, in an environment with nothing of this checkout: started, written in, closed, opened again."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from scripts.dist import build
from tests.browser.conftest import free_port, start
from tests.browser.person import Person

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty environment with the wheel in it. What it needs comes from the tests' own, as no network is asked;
    `python -m bench.installing` does the same with everything fetched anew."""
    folder = tmp_path_factory.mktemp("empty")
    venv.create(folder / "env", with_pip=False)
    python = folder / "env" / "bin" / "python"
    place = Path(
        subprocess.check_output(
            [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True
        ).strip()
    )
    wheel = next(path for path in build(folder / "dist", "wheel") if path.suffix == ".whl")
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps", "--no-index"]
    subprocess.run([*pip, str(wheel)], check=True, capture_output=True)
    # A folder named in a .pth file is searched; its own .pth files, by which this checkout would be found, aren't.
    (place / "needs.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python


def test_an_entry_is_there_after_it_was_closed_and_opened_again(
    environment: Path, tmp_path: Path, person: Callable[..., Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    monkeypatch.setenv("DATABASE_URL", "")
    where = subprocess.check_output([environment, "-c", "import reattune; print(reattune.__file__)"], text=True)
    assert str(environment.parents[1]) in where
    doctor = [environment.with_name("reattune"), "doctor", "--data", str(tmp_path / "none")]
    assert "all as they were built" in subprocess.check_output(doctor, text=True, env={**os.environ, "COLUMNS": "200"})
    me = person()
    for round_ in range(2):
        server = start(tmp_path, free_port(), [str(environment.with_name("reattune"))])
        try:
            me.address = server.address
            me.go("/")
            if round_ == 0:
                me.sets_up()
                me.checks_in(date.today(), [8, 7, 8, 7, 8, 7], unsaid="That the heron flew off.")
            else:
                me.unlocks()
            me.go("/so-far/")
            me.sees("That the heron flew off.")
            # The window is closed with the app: it would look after its own address, where nobody answers any more.
            me.page.goto("about:blank")
        finally:
            server.process.terminate()
            assert server.process.wait(20) == 0
