"""What is installed, beside the bill of materials that came with this build (CycloneDX, in the package's metadata)."""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution, version
from pathlib import Path

_BILL = "sboms/reattune.cdx.json"


@dataclass(frozen=True)
class Compared:
    """Lines to print, and whether nothing is wrong: other versions are worth a line, changed files need attention."""

    lines: tuple[str, ...]
    well: bool


def compare(installed: Distribution | None = None) -> Compared:
    """Compare what is installed with the bill, and Reattune's own files with their checksums."""
    try:
        ours = installed or distribution("reattune")
    except PackageNotFoundError:
        return Compared(("Bill of materials: none; Reattune isn't installed as a package.",), True)
    return Compared((*_packages(ours), *(own := _files(ours))[0]), own[1])


def bill(ours: Distribution) -> dict[str, set[str]] | None:
    """Name and versions of each package in the bill; ``None`` without a bill that can be read."""
    try:
        path = next(each for each in ours.files or () if str(each).replace("\\", "/").endswith(_BILL))
        parts = json.loads(Path(str(path.locate())).read_text("utf-8"))["components"]
        found: dict[str, set[str]] = {}
        for part in parts:
            if part.get("purl"):
                found.setdefault(part["name"], set()).add(part["version"])
    except (StopIteration, OSError, ValueError, KeyError, TypeError):
        return None
    return found


def _packages(ours: Distribution) -> list[str]:
    listed = bill(ours)
    if listed is None:
        return ["Bill of materials: none came with this build."]
    as_listed, others, absent = 0, [], 0
    for name, versions in sorted(listed.items()):
        try:
            here = version(name)
        except PackageNotFoundError:
            absent += 1
            continue
        if here in versions:
            as_listed += 1
        else:
            others.append(f"  {name} {here}: this build was tested with {' or '.join(sorted(versions))}.")
    said = f"Bill of materials: {len(listed)} packages; {as_listed} installed as listed"
    said += f", {len(others)} in another version" if others else ""
    return [f"{said}, {absent} not installed (for another system, or an extra).", *others]


def _files(ours: Distribution) -> tuple[list[str], bool]:
    if getattr(sys, "frozen", False):
        seen = hashlib.sha256(Path(sys.executable).read_bytes()).hexdigest()
        return [f"One file: {sys.executable}", f"  SHA-256 {seen}; compare it with SHA256SUMS."], True
    whole, changed = 0, []
    for path in ours.files or ():
        if path.hash is None or path.parts[0] != "reattune":
            continue
        if _same(Path(str(path.locate())), path.hash.value):
            whole += 1
        else:
            changed.append(str(path))
    if not whole and not changed:
        return ["Reattune runs from a checkout: its own files aren't compared."], True
    if not changed:
        return [f"Reattune's own files: {whole}, all as they were built."], True
    some = ", ".join(changed[:5]) + (f" and {len(changed) - 5} more" if len(changed) > 5 else "")
    return [f"Reattune's own files: {len(changed)} aren't as they were built: {some}. Install it anew."], False


def _same(path: Path, expected: str) -> bool:
    try:
        seen = hashlib.sha256(path.read_bytes()).digest()
    except OSError:
        return False
    return base64.urlsafe_b64encode(seen).rstrip(b"=").decode() == expected
