"""Looking through what lies on the disk doesn't stop at what a running server takes away meanwhile."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.on_the_disk import on_the_disk


def test_what_goes_meanwhile_is_passed_over_and_the_rest_is_read(tmp_path: Path) -> None:
    for name in ("a", "b", "c", "deep/er/d", "other/e"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"what lies in {name}")
    looked = on_the_disk(tmp_path)
    path, content = next(looked)
    assert (path, content) == (tmp_path / "a", b"what lies in a")
    (tmp_path / "b").unlink()
    shutil.rmtree(tmp_path / "deep")
    rest = {path.name: content for path, content in looked if tmp_path in path.parents}
    assert rest == {"c": b"what lies in c", "e": b"what lies in other/e"}
