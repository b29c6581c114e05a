"""The installation's own key: whole or not there, one for all, and a sentence where it cannot be kept."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from reattune.web.installation.data_folder import installation_key
from reattune.web.installation.failures import CannotServe
from reattune.web.installation.local_server import serve_here


def full(*_given: object, **_how: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_it_is_made_once_and_for_its_user_alone(tmp_path: Path) -> None:
    key = installation_key(tmp_path / "new")
    assert len(key) == 64
    assert installation_key(tmp_path / "new") == key
    assert stat.S_IMODE((tmp_path / "new" / "server-key").stat().st_mode) == 0o600
    assert [each.name for each in (tmp_path / "new").iterdir()] == ["server-key"]


@pytest.mark.parametrize("left", [b"", b"\n", b"abc", b"\x00" * 64, b"\xff" * 64])
def test_one_that_was_cut_off_is_made_anew(tmp_path: Path, left: bytes) -> None:
    (tmp_path / "server-key").write_bytes(left)
    key = installation_key(tmp_path)
    assert len(key) == 64
    assert installation_key(tmp_path) == key


def test_of_a_full_disk_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        installation_key(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_start_on_a_full_disk_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CannotServe, match="No space left on device"):
        serve_here(0, tmp_path, False, lambda _said: None)


def test_starts_at_once_have_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(installation_key, [tmp_path] * 64))) == 1


def test_where_a_file_has_one_name_only_it_is_kept_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "hardlink_to", full)
    key = installation_key(tmp_path)
    assert installation_key(tmp_path) == key


def test_a_command_runs_where_it_was_cut_off(tmp_path: Path) -> None:
    (tmp_path / "server-key").touch(mode=0o600)
    done = subprocess.run(
        [sys.executable, "-m", "reattune", "backup", "--data", str(tmp_path), str(tmp_path / "b.reattune")],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    assert len((tmp_path / "server-key").read_text("ascii")) == 64
