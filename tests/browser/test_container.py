"""The container of deploy/, started, healthy, and upgraded in place with a journal in it: `make test-container`."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.browser.person import Person
from tests.browser.reverse_proxy import Proxy
from tests.installation_per_worker import STORE, store_of

TRIED = os.environ.get("REATTUNE_TEST_CONTAINER")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not TRIED, reason="THE CONTAINER IS NOT TRIED HERE: that is `make test-container`"),
]
PORT = 8321  # the port that the image's own health check asks
WORDS = "hosted words on paper"


def podman(*words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    path = shutil.which("podman")
    assert path, "THE CONTAINER WAS NOT TRIED: there is no podman here. Run: sudo apt install podman runc"
    # runc bears the control groups of old and of new kernels; what is there is taken where it is not.
    runtime = ["--runtime", "runc"] if shutil.which("runc") else []
    return subprocess.run([path, *runtime, *words], capture_output=True, text=True, check=check, timeout=180)


class Container:
    """One image, running with the database and the folder that the last one had."""

    def __init__(self, image: str, folder: Path, address: str) -> None:
        socket_folder = address.partition("?host=")[2]
        settings = {
            "DATABASE_URL": address,
            "REATTUNE_HOSTS": "localhost",
            "REATTUNE_SECRET": (folder / "secret").read_text(),
            "REATTUNE_BIND": f"127.0.0.1:{PORT}",
        }
        told = [each for name, value in settings.items() for each in ("--env", f"{name}={value}")]
        limits = ["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=4096:4096"]
        lent = ["--volume", f"{socket_folder}:{socket_folder}", "--volume", f"{folder / 'data'}:/var/lib/reattune"]
        began = time.monotonic()
        self.name = podman("run", "--detach", "--network", "host", *limits, *lent, *told, image).stdout.strip()
        while not self.healthy():
            assert time.monotonic() - began < 60, podman("logs", self.name).stderr
            time.sleep(0.2)
        self.seconds = time.monotonic() - began

    def healthy(self) -> bool:
        """What the image's own HEALTHCHECK says."""
        return podman("healthcheck", "run", self.name, check=False).returncode == 0

    def stop(self) -> None:
        podman("stop", "--time", "20", self.name)
        assert podman("inspect", "--format", "{{.State.ExitCode}}", self.name).stdout.strip() == "0"
        podman("rm", self.name)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "secret").write_text(secrets.token_urlsafe(48))
    (tmp_path / "data").mkdir()
    os.chown(tmp_path / "data", 10001, 10001)
    for each in (tmp_path, *tmp_path.parents[:3]):
        each.chmod(each.stat().st_mode | 0o011)
    return tmp_path


@pytest.fixture
def proxy(folder: Path) -> Iterator[Proxy]:
    opened = Proxy(folder, PORT)
    yield opened
    opened.close()


def test_upgraded_in_place_with_a_journal_in_it(
    folder: Path, proxy: Proxy, person: Callable[..., Person], capsys: pytest.CaptureFixture[str]
) -> None:
    assert STORE == "postgresql", "Run it as `make test-container` does."
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", PORT)), f"Port {PORT} is taken; the image's health check asks there."
    address = store_of(folder)["DATABASE_URL"]
    Path(address.partition("?host=")[2]).chmod(0o755)
    me = person()
    me.address = proxy.address

    before = Container("localhost/reattune:before", folder, address)
    me.go("/begin/")
    me.write("Passphrase", WORDS)
    me.write("The same passphrase again", WORDS)
    me.touch("Next")
    name, *groups = me.page.locator(".code span").all_inner_texts()
    me.write("The last two groups", " ".join(groups[-2:]))
    me.touch("I’ve written it down")
    me.write("Your therapist", "Miriam")
    me.touch("Open my journal")
    me.checks_in(date.today(), [8, 7, 8, 7, 8, 7], unsaid="That the heron flew off.")
    before.stop()

    now = Container("localhost/reattune:now", folder, address)
    me.go("/unlock/")
    me.write("Your journal’s name", name)
    me.unlocks(WORDS)
    me.go("/so-far/")
    me.sees("That the heron flew off.")
    assert podman("exec", now.name, "id", "-u").stdout.strip() == "10001"
    now.stop()
    with capsys.disabled():
        print(f"\nhealthy after {before.seconds:.1f} s, and upgraded after {now.seconds:.1f} s")
