"""The one file, in a root with nothing but Debian's smallest system, without a network, as a user without rights.

`make test-standalone` builds both and runs this within a network of its own that leads nowhere.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.browser.conftest import Server, free_port
from tests.browser.person import Person
from tests.browser.test_whole_loop import the_whole_loop

WHERE = os.environ.get("REATTUNE_TEST_STANDALONE")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not WHERE, reason="THE ONE FILE IS NOT TRIED HERE: that is `make test-standalone`"),
]
NOBODY = 1000


def the_file() -> Path:
    (built,) = (path for path in Path(WHERE or "").glob("reattune-linux-*") if not path.suffix)
    return built


@pytest.fixture(scope="module")
def root() -> Path:
    """The bare root that `make test-standalone` made, the one file in it, and a home of somebody without rights.

    There is no Python in it.
    """
    assert os.geteuid() == 0, "A root of its own is made by root: sudo make test-standalone"
    bare = Path(os.environ["REATTUNE_BARE_ROOT"])
    shutil.copy(the_file(), bare / "opt" / "reattune")
    (bare / "opt" / "reattune").chmod(0o755)
    home = bare / "home" / "person"
    for left in (home, *(bare / "tmp").glob("_MEI*")):
        shutil.rmtree(left, ignore_errors=True)
    home.mkdir()
    os.chown(home, NOBODY, NOBODY)
    assert not list((bare / "usr" / "bin").glob("python3*"))
    return bare


def within(root: Path, *words: str) -> list[str]:
    clean = ["/usr/bin/env", "-i", "HOME=/home/person", "PATH=/usr/bin:/bin"]
    return ["chroot", f"--userspec={NOBODY}:{NOBODY}", str(root), *clean, "/opt/reattune", *words]


@pytest.fixture(scope="module")
def server(root: Path) -> Iterator[Server]:
    """What every test of the browser's goes to, from the one file."""
    port, log = free_port(), root / "home" / "log"
    began = time.monotonic()
    with log.open("wb") as output:
        command = within(root, "--port", str(port), "--no-browser")
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    while b"is running at" not in log.read_bytes():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() - began < 60
        time.sleep(0.05)
    seconds, size = time.monotonic() - began, the_file().stat().st_size
    family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    memory = sum(each.memory_info().rss for each in family)
    print(f"\n{size / 1e6:.0f} MB, ready after {seconds:.1f} s, {memory / 1e6:.0f} MB of memory")
    yield Server(f"http://127.0.0.1:{port}", root / "home/person/.local/share/reattune", log, process)
    stopped = subprocess.run(within(root, "stop"), capture_output=True, text=True, check=True)
    assert "Every journal is locked" in stopped.stdout
    assert process.wait(20) == 0
    assert not list((root / "tmp").glob("_MEI*")), "what it unpacked is left behind"


def test_nothing_leads_out_and_nobody_has_rights(root: Path) -> None:
    known = [each for each in psutil.net_if_addrs() if each != "lo"]
    assert not known, f"This network leads out: {known}. Run it as `make test-standalone` does."
    assert subprocess.run(within(root, "--version"), check=True, capture_output=True).stdout == b"reattune 0.1.0\n"
    said = subprocess.run(within(root, "doctor"), check=True, capture_output=True, text=True).stdout
    assert "with the sentence model" in said
    assert "All is well." in said


def test_the_whole_loop_in_the_one_file(person: Callable[..., Person], server: Server) -> None:
    the_whole_loop(person(), "standalone")
    assert (server.data / "journals.sqlite3").stat().st_uid == NOBODY
