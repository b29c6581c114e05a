"""Every command and every line of Python that a page shows is run, or it is said where it is.

A command that is neither fails, so that a new one is looked at.
"""

from __future__ import annotations

import base64
import doctest
import os
import re
import shlex
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

import reattune
from reattune.alliance.simulate import simulate
from reattune.cli import app
from reattune.vault.page_code import new_code, sealed_with
from tests.docs.blocks import ROOT, Block, blocks

SHELL = [block for block in blocks() if block.language == "sh"]
PYTHON = [block for block in blocks() if block.language == "python"]
OURS = re.compile(r"^(?:\.venv/bin/|\./)?reattune(?:-linux-x86_64)?(?= |$)")
# What changes a machine, fetches packages, or takes long: where it is done for real.
ELSEWHERE = {
    r"pipx install |uv tool run ": "bench/installing.py",
    r"python -m pip install |pyinstaller |chmod \+x reattune-linux|sha256sum ": "scripts/build_standalone.sh",
    r"\.venv/bin/python -m pytest ": ".ci/run",
    r"apt install |useradd |git clone |python3 -m venv |cd /opt|/opt/reattune/bin/pip ": "deploy/Containerfile",
    r"sudo -u postgres |install -d |chmod 0600 ": "deploy/Containerfile",
    r"sed -i 's/buffer_requests": "tests/test_proxy.py",
    r"cp deploy/|systemctl |curl http://127|sed s/notes\.example\.org": "deploy/reattune.service",
}


def ids(block: Block) -> str:
    return f"{block.page}: {block.text.strip().splitlines()[0][:40]}"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files that the pages speak of."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REATTUNE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    made = CliRunner().invoke(app, ["simulate", "--clients", "16", "--seed", "3", "--out", "ratings.csv"])
    assert made.exit_code == 0, made.output
    ratings = pl.read_csv("ratings.csv").select("client", "session", srs=pl.col("score") * 0.4)
    ratings.filter(pl.col("session") <= 8).write_csv("first.csv")
    ratings.filter(pl.col("session") > 8).write_csv("today.csv")
    shutil.copytree(ROOT / "tests" / "data", tmp_path / "tests" / "data")
    return tmp_path


def run(command: str) -> str:
    """One of our own commands, for real. What starts Django runs as a program of its own."""
    words = shlex.split(OURS.sub("", command.removeprefix("$ ")))
    if words[:1] in (["study"], ["validate"], ["simulate"]):
        done = CliRunner().invoke(app, words)
        assert done.exit_code == 0, f"{command}\n{done.output}"
        return str(done.output)
    if not words:  # the app itself: started and stopped in tests/test_command.py
        words = ["--help"]
    ran = subprocess.run([sys.executable, "-m", "reattune", *words], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, f"{command}\n{ran.stdout}{ran.stderr}"
    return ran.stdout


def filled_in(command: str) -> None:
    """What a page takes for given before a command: that somebody marked the sessions."""
    if " --marks " in command:
        rows = pl.read_csv("marks.csv", infer_schema=False)
        judged = (pl.int_range(pl.len()) % 9 == 4).cast(pl.Int8).cast(pl.String)
        rows.with_columns(rupture=judged, marker=pl.lit("A")).write_csv("marks.csv")


@pytest.mark.parametrize("block", SHELL, ids=ids)
def test_every_command_runs_or_is_run_elsewhere(block: Block, place: Path) -> None:
    for command in block.commands:
        if OURS.match(command):
            filled_in(command)
            run(command)
        elif command.startswith("make "):
            words = [each for each in shlex.split(command)[1:] if "=" not in each]
            subprocess.run(["make", "-n", *words], cwd=ROOT, check=True, capture_output=True)
        elif found := re.match(r"\.venv/bin/python -m ((?:scripts|bench|training)[\w.]*)", command):
            assert find_spec(found[1]), command
        elif found := re.match(r"(?:python3|\.venv/bin/python) -c \"(.+)\"", command):
            subprocess.run([sys.executable, "-c", found[1]], check=True, capture_output=True)
        elif command.startswith("cat > "):
            subprocess.run(["sh", "-n"], input=command, text=True, check=True)
        else:
            where = [file for pattern, file in ELSEWHERE.items() if re.match(pattern, command)]
            assert where, f"{block.page} shows a command that nothing runs: {command}"
            assert (ROOT / where[0]).exists()
            for named in re.findall(r"(?:deploy|requirements)/[\w.-]+", command):
                assert (ROOT / named).exists(), f"{block.page} names {named}, which isn't there"


def test_what_the_readme_shows_of_a_study_is_what_is_printed(place: Path) -> None:
    shown = [block for block in blocks() if block.language == "" and block.text.startswith("$ reattune ")]
    assert shown
    for block in shown:
        command, *lines = block.text.splitlines()
        printed = run(command)
        assert all(line.strip() in printed for line in lines if line.strip() != "…"), printed


def given(page: str, place: Path) -> tuple[dict[str, object], dict[str, str]]:
    """Names that a page takes for given, and words of it that stand for something of the reader's own."""
    if page == "docs/sharing.md":
        code = new_code()
        sealed = base64.b64encode(sealed_with(code, b"what was shared")).decode()
        (place / "page-2026-11-26.html").write_text(f'<main data-sealed="{sealed}"></main>')
        return {}, {"7QK2-…": code}
    ratings = simulate(clients=5, seed=4).ratings
    rows = [(f"c{c}", s + 1, v) for c, course in enumerate(ratings.scores) for s, v in enumerate(course.tolist())]
    return {"frame": pl.DataFrame(rows, schema=["client", "session", "score"], orient="row").fill_nan(None)}, {}


@pytest.mark.parametrize("block", [b for b in PYTHON if ">>>" not in b.text], ids=ids)
def test_every_line_of_python_runs(block: Block, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names, stands_for = given(block.page, place)
    text = block.text
    for shown, meant in stands_for.items():
        assert shown in text
        text = text.replace(shown, meant)
    exec(compile(text, block.page, "exec"), names)  # noqa: S102
    assert capsys.readouterr().out.strip()


def test_every_prompt_is_run_as_a_doctest() -> None:
    """The tutorial's are (tests/study/test_tutorial.py); any other page's are here."""
    for page in {block.page for block in PYTHON if ">>>" in block.text} - {"docs/tutorial.md"}:
        assert not doctest.testfile(str(ROOT / page), module_relative=False).failed


def test_our_own_package_is_the_one_that_was_run() -> None:
    assert Path(reattune.__file__).is_relative_to(ROOT)
    assert os.environ["REATTUNE_DATA"]
