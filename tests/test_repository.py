"""What the repository promises about itself."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import reattune

ROOT = Path(__file__).parents[1]
VENDORED = sorted((Path(reattune.__file__).parent / "web" / "static" / "vendor").glob("*/VENDORED.md"))


@pytest.mark.parametrize("note", VENDORED, ids=lambda path: path.parent.name)
def test_vendored_files_are_those_that_were_vendored(note: Path) -> None:
    words = note.read_text("utf-8")
    files = [path for path in note.parent.iterdir() if path.suffix in {".js", ".woff2"}]
    assert files
    assert list(note.parent.glob("LICENSE*"))
    for path in files:
        assert hashlib.sha256(path.read_bytes()).hexdigest() in words, path.name


@pytest.mark.parametrize("lock", sorted((ROOT / "requirements").glob("*.txt")), ids=lambda path: path.name)
def test_locks_hold_hashes_and_no_address(lock: Path) -> None:
    words = lock.read_text("utf-8")
    assert "://" not in words
    pinned = re.findall(r"^[a-z0-9].*==", words, re.MULTILINE)
    assert pinned
    assert all("--hash=sha256:" in block for block in re.split(r"\n(?=[a-z0-9])", words) if "==" in block)


def test_the_checkout_holds_sources_and_no_packages() -> None:
    git = shutil.which("git")
    kept = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True) if git else None
    if not kept or kept.returncode:
        pytest.skip("not a git checkout")
    files = [ROOT / name for name in kept.stdout.split("\0") if name and (ROOT / name).exists()]
    assert len(files) > 300
    assert not [path for path in files if path.suffix in {".whl", ".gz", ".zip", ".pyc", ".sqlite3"}]
    # What is learned is written as one file each (docs/words.md), with a bound of its own.
    large = [path for path in files if path.stat().st_size > 500_000]
    assert {path.name for path in large} <= {"learned.weights"}
    assert all(path.stat().st_size <= 3_000_000 for path in large)


def test_the_front_ends_reach_for_no_other_host() -> None:
    pages = Path(reattune.__file__).parent / "web"
    files = [*pages.rglob("**/*.html"), *pages.glob("static/css/*.css"), *pages.glob("static/js/*.js")]
    assert len(files) > 40
    for path in files:
        assert not re.search(r"(src|href|action)=\"(https?:)?//", path.read_text("utf-8")), path
        assert "style=" not in path.read_text("utf-8"), path
