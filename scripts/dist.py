"""`make dist`: wheel and source distribution, twice to the same bytes, with their bill of materials and checksums.

`python -m scripts.dist FOLDER` builds into the folder; ``SOURCE_DATE_EPOCH`` sets the day in both files, else the last
commit does, and without git a fixed one.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
BILL = ROOT / "requirements" / "reattune.cdx.json"
SUMS = "SHA256SUMS"
_FIXED = "1580601600"  # what hatchling takes where nothing is said


def day_of_build() -> str:
    """Seconds since 1970 that both files carry."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given:
        return given
    git = shutil.which("git")
    asked = [git, "-C", str(ROOT), "log", "-1", "--format=%ct"] if git else ["false"]
    said = subprocess.run(asked, capture_output=True, text=True, check=False)  # noqa: S603
    return said.stdout.strip() or _FIXED


def build(folder: Path, only: str = "") -> list[Path]:
    """Wheel and source distribution of the checkout, in ``folder``; or only one of them (`wheel`, `sdist`)."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder), *(["-t", only] if only else [])]
    subprocess.run(  # noqa: S603
        command,
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "SOURCE_DATE_EPOCH": day_of_build(), "PYTHONHASHSEED": "0"},
    )
    return sorted(folder.iterdir())


def sums(folder: Path) -> str:
    """Checksums of everything in the folder, as `sha256sum --check` reads them."""
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.name != SUMS)
    return "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files)


def main(folder: Path) -> None:
    """Build twice, compare, and put everything beside each other.

    Raises:
        SystemExit: the two builds differ. Nothing is left in the folder then that was not there before.
    """
    with tempfile.TemporaryDirectory() as aside:
        first, second = build(Path(aside, "first")), build(Path(aside, "second"))
        if [path.read_bytes() for path in first] != [path.read_bytes() for path in second]:
            raise SystemExit("Two builds of the same checkout differ. Nothing was kept.")
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("reattune-[0-9]*"):
            if old.suffix in {".whl", ".gz"} or old.name.endswith(".cdx.json"):
                old.unlink()
        for path in first:
            shutil.copyfile(path, folder / path.name)
    wheel = next(folder.glob("*.whl"))
    shutil.copyfile(BILL, folder / f"{wheel.stem}.cdx.json")
    (folder / SUMS).write_text(sums(folder), "ascii")
    for path in sorted(folder.iterdir()):
        print(f"{path.stat().st_size:>12,}  {path}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if sys.argv[1:] else "dist"))
