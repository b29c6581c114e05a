"""Ratings that lie unpacked while they are read are gone afterwards, however a run ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from reattune.study.scratch import scratch_folder

RUN = """
import signal, sys, time
from pathlib import Path
from reattune.study.scratch import scratch_folder
from reattune.terminal import end_properly_when_told
for each in (signal.SIGHUP, signal.SIGTERM):
    signal.signal(each, signal.SIG_DFL)  # whatever the tests were started with
end_properly_when_told()
folder = scratch_folder(Path(sys.argv[1]))
(Path(folder.name) / "ratings.csv").write_text("client,session,score")
print(folder.name, flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_run_that_is_told_to_end_leaves_nothing(tmp_path: Path, told: signal.Signals) -> None:
    running = subprocess.Popen([sys.executable, "-c", RUN, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert running.stdout
    assert Path(running.stdout.readline().strip()).is_dir()
    running.send_signal(told)
    running.wait(60)
    assert not list(tmp_path.iterdir())


def test_what_a_killed_run_left_is_swept_away_and_nothing_else(tmp_path: Path) -> None:
    running = subprocess.Popen([sys.executable, "-c", RUN, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert running.stdout
    left = Path(running.stdout.readline().strip())
    running.kill()
    running.wait(60)
    (tmp_path / f"reattune-study-{os.getpid()}-mine").mkdir()
    (tmp_path / "reattune-study-notes").mkdir()
    assert left.is_dir()
    with scratch_folder(tmp_path):
        assert not left.exists()
        assert len(list(tmp_path.iterdir())) == 3
