"""Each way of getting Reattune, tried from nothing and timed: `python -m bench.installing FOLDER` after `make dist`.

Every way starts with empty caches and a home of its own, is started, answers its first page, writes a journal's first
bytes, and is stopped by `reattune stop`. Packages are fetched from the index that this machine's pip and uv know.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

EXTRAS = "study,postgresql,hosted,sentences,spark"


@dataclass(frozen=True)
class Tried:
    """One way: seconds until it is installed, until its first page at the first and the second start, and its size."""

    way: str
    installed: float
    first: float
    second: float
    megabytes: float

    def __str__(self) -> str:
        starts = f"{self.first:.1f} s, then {self.second:.1f} s"
        return f"| {self.way} | {self.installed:.0f} s | {starts} | {self.megabytes:,.0f} MB |"


def environment(home: Path) -> dict[str, str]:
    """A home with nothing in it; no cache, and no checkout in sight."""
    kept = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    places = {"PIPX_HOME": "pipx", "PIPX_BIN_DIR": "bin", "UV_CACHE_DIR": "uv", "UV_TOOL_DIR": "tools"}
    named = {name: str(home / folder) for name, folder in places.items()}
    return {**kept, **named, "HOME": str(home), "PIP_NO_CACHE_DIR": "1", "UV_PYTHON_DOWNLOADS": "never"}


def until_it_answers(command: list[str], home: Path) -> float:
    """Seconds from the start until the first page is there whole; then it is stopped."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = ["--data", str(home / "data")]
    began = time.monotonic()
    with (home / "log").open("ab") as log:
        words = [*command, "--port", str(port), "--no-browser", *data]
        process = subprocess.Popen(words, env=environment(home), cwd=home, stdout=log, stderr=log)
    while not _answers(port):
        if process.poll() is not None or time.monotonic() - began > 300:
            raise SystemExit(f"{command[0]} did not start:\n{(home / 'log').read_text()}")
        time.sleep(0.02)
    taken = time.monotonic() - began
    stopping = [*command, "stop", *data]
    done = subprocess.run(stopping, env=environment(home), cwd=home, capture_output=True, text=True)
    if done.returncode or process.wait(60):
        raise SystemExit(f"{command[0]} did not stop: {done.stdout}{done.stderr}\n{(home / 'log').read_text()}")
    return taken


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", "/", headers={"Accept-Language": "en"})
        answer = connection.getresponse()
        return answer.status == 200 and b"</html>" in answer.read()
    except OSError:
        return False
    finally:
        connection.close()


def size(folder: Path) -> float:
    """Megabytes on the disk."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return sum(path.stat().st_size for path in files) / 1e6


def tries(way: str, installing: Callable[[Path], tuple[list[str], Path]]) -> Tried:
    """Install into an empty home and start it twice."""
    with tempfile.TemporaryDirectory(prefix="reattune-home-") as aside:
        home = Path(aside)
        began = time.monotonic()
        command, where = installing(home)
        installed = time.monotonic() - began
        starts = [until_it_answers(command, home) for _start in range(2)]
        return Tried(
            way, installed, starts[0], starts[1], size(where) if where.is_dir() else where.stat().st_size / 1e6
        )


def main(folder: Path) -> None:
    """All ways that this machine has the tools for; a tool that is missing is said, and not passed over."""
    wheel = next(folder.glob("*.whl")).resolve()
    source = next(folder.glob("*.tar.gz")).resolve()

    def run(home: Path, *words: object) -> None:
        done = subprocess.run(list(map(str, words)), env=environment(home), cwd=home, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"{' '.join(map(str, words))}\n{done.stdout}{done.stderr}")

    def with_pip(what: str) -> Callable[[Path], tuple[list[str], Path]]:
        def installing(home: Path) -> tuple[list[str], Path]:
            run(home, sys.executable, "-m", "venv", home / "env")
            run(home, home / "env/bin/pip", "install", "--quiet", what)
            return [str(home / "env/bin/reattune")], home / "env"

        return installing

    def with_pipx(home: Path) -> tuple[list[str], Path]:
        run(home, pipx, "install", f"reattune[sentences] @ {wheel.as_uri()}")
        return [str(home / "bin/reattune")], home / "pipx"

    def with_uv(home: Path) -> tuple[list[str], Path]:
        told = [str(uv), "tool", "run", "--from", f"reattune[sentences] @ {wheel.as_uri()}", "reattune"]
        run(home, *told, "--version")
        return told, home / "uv"

    def one_file(home: Path) -> tuple[list[str], Path]:
        shutil.copy(single[0], home / "reattune")
        return [str(home / "reattune")], home / "reattune"

    single = [path for path in folder.glob("reattune-linux-*") if not path.suffix]
    pipx, uv = shutil.which("pipx"), shutil.which("uv")
    ways: list[tuple[str, Callable[[Path], tuple[list[str], Path]] | None]] = [
        ("one file for Linux", one_file if single else None),
        ("`pipx install` of the wheel, with `sentences`", with_pipx if pipx else None),
        ("`uv tool run --from` the wheel, with `sentences`", with_uv if uv else None),
        ("`pip install` of the wheel alone", with_pip(str(wheel))),
        ("`pip install` of the source distribution", with_pip(str(source))),
        ("`pip install` of the wheel with every extra", with_pip(f"reattune[{EXTRAS}] @ {wheel.as_uri()}")),
    ]
    print("| way | until it is installed | until its first page | on the disk |\n|---|---|---|---|")
    for way, installing in ways:
        if installing is None:
            print(f"| {way} | NOT TRIED: its tool or its file is missing here | | |", flush=True)
        else:
            print(tries(way, installing), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1] if sys.argv[1:] else "dist").resolve())
