"""The floors of the house: no room imports one above it, and the lower rooms need no Django."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import reattune

ROOT = Path(reattune.__file__).parent
# From the top down; a room may import itself and what stands after it.
FLOORS = [
    "cli",
    "web",
    "proof",
    "study",
    "exchange",
    "vault",
    "reflection",
    "alliance",
    "journal",
    "text",
    "content",
    "terminal",
]
LONGEST_FILE = 400


def rooms() -> list[Path]:
    return [path for path in ROOT.rglob("*.py") if "migrations" not in path.parts]


def room_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        found.update(name.split(".")[1] for name in names if name.startswith("reattune."))
    return found


@pytest.mark.parametrize("path", rooms(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_room_imports_one_above_it(path: Path) -> None:
    room = room_of(path)
    if room in FLOORS:
        above = FLOORS[: FLOORS.index(room)]
        assert not imported(path).intersection(above)


def test_every_room_has_its_floor() -> None:
    assert {room_of(path) for path in rooms()} <= {*FLOORS, "__init__", "__main__"}


def test_the_lower_rooms_need_no_django() -> None:
    program = """
import sys
class Refused:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"django", "polars", "scipy", "pyarrow", "numba"}:
            raise ImportError(name)
sys.meta_path.insert(0, Refused())
import reattune.journal, reattune.journal.example_journal, reattune.journal.codec
import reattune.alliance.detectors, reattune.alliance.instruments
import reattune.reflection.bond_line, reattune.reflection.open_ruptures
import reattune.reflection.chart_data, reattune.reflection.rupture_timeline
import reattune.vault
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_web_loads_nothing_that_only_cohorts_need() -> None:
    program = """
import sys
import django
from django.conf import settings
django.setup()
import reattune.web.urls
heavy = {"polars", "scipy", "pyarrow", "numba", "pyspark"} & set(sys.modules)
assert not heavy, heavy
"""
    subprocess.run(
        [sys.executable, "-c", f"import os; os.environ['DJANGO_SETTINGS_MODULE']='reattune.web.settings'\n{program}"],
        check=True,
    )


@pytest.mark.parametrize("path", rooms(), ids=lambda path: str(path.relative_to(ROOT)))
def test_files_stay_small(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) < LONGEST_FILE


def test_the_picture_of_the_rooms_is_what_the_imports_say(tmp_path: Path) -> None:
    house = ROOT.parents[1]
    drawn = tmp_path / "rooms.svg"
    subprocess.run([sys.executable, house / "scripts" / "draw_rooms.py", drawn], check=True)
    assert drawn.read_text("utf-8") == (house / "docs" / "rooms.svg").read_text("utf-8")
