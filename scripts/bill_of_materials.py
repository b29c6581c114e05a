"""What a build of Reattune is made of, as CycloneDX: `python -m scripts.bill_of_materials` writes it, `check` compares.

`one-file PYTHON` prints that of the one file, which brings fewer packages and a Python of its own.

Packages and versions are those of the locked files, licences and needs those that each installed package states; the
front end's vendored files stand in it with their checksums. It names no day and no place, so that the same locks give
the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import uuid
from importlib.metadata import PackageNotFoundError, metadata
from itertools import chain
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.license import License
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
FILE = ROOT / "requirements" / "reattune.cdx.json"
VENDORED = ROOT / "src" / "reattune" / "web" / "static" / "vendor"
_NAMESPACE = uuid.UUID("6f1c1a52-6a3d-4d52-9d0a-2d0d7d7f6f0e")


def locked(file: str = "dev.txt") -> dict[str, list[str]]:
    """Versions by name, of all that a locked file installs: several where Pythons differ."""
    lines = (ROOT / "requirements" / file).read_text("utf-8")
    found: dict[str, list[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^\s;]+)", lines, re.MULTILINE):
        found.setdefault(canonicalize_name(name), []).append(version)
    return found


def _needs(name: str, extras: frozenset[str], versions: dict[str, list[str]]) -> list[tuple[str, frozenset[str]]]:
    """What a package asks for, whatever the system: a lock that knows no such package is of no system that needs it."""
    try:
        asked = metadata(name).get_all("Requires-Dist") or []
    except PackageNotFoundError:
        return []  # for another system than this one: it has no metadata here
    found = []
    for each in map(Requirement, asked):
        needed = canonicalize_name(each.name)
        marker = str(each.marker or "")
        of_extra = re.findall(r'extra == ["\']([^"\']+)', marker)
        if needed in versions and (not of_extra or extras & {canonicalize_name(one) for one in of_extra}):
            found.append((needed, frozenset(map(canonicalize_name, each.extras))))
    return found


def _closure(extras: frozenset[str], versions: dict[str, list[str]]) -> dict[str, set[str]]:
    """Every package that Reattune with these extras needs, and what each needs itself."""
    needs: dict[str, set[str]] = {}
    waiting = [("reattune", extras)]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        name, wanted = waiting.pop()
        if (name, wanted) in seen:
            continue
        seen.add((name, wanted))
        found = _needs(name, wanted, {**versions, "reattune": []})
        needs.setdefault(name, set()).update(needed for needed, _extras in found if needed != name)
        waiting += found
    return needs


def _licence(name: str) -> License | None:
    try:
        said = metadata(name)
    except PackageNotFoundError:
        return None
    words = said.get("License-Expression") or said.get("License") or ""
    if not words or len(words) > 80:
        classes = [each for each in said.get_all("Classifier") or [] if each.startswith("License :: ")]
        words = " and ".join(each.rpartition(" :: ")[2] for each in classes)
    return LicenseFactory().make_from_string(words) if words else None  # type: ignore[return-value]


def _vendored() -> list[Component]:
    found = []
    for note in sorted(VENDORED.glob("*/VENDORED.md")):
        words = note.read_text("utf-8")
        version = re.search(r"\d+\.\d+\.\d+", words)
        licence = {"htmx": "0BSD", "hpke": "MIT", "fonts": "OFL-1.1"}[note.parent.name]
        for path in sorted(note.parent.iterdir()):
            checksum = hashlib.sha256(path.read_bytes()).hexdigest()
            if path.suffix in {".js", ".woff2"}:
                found.append(
                    Component(
                        name=path.name,
                        version=version[0] if version else None,
                        type=ComponentType.FILE,
                        bom_ref=f"vendored/{path.name}",
                        licenses=[LicenseFactory().make_from_string(licence)],
                        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=checksum)],
                    )
                )
    return found


def bill_of_materials() -> str:
    """The bill as JSON, checked against the schema.

    Raises:
        SystemExit: it is not valid CycloneDX 1.6.
    """
    versions = locked()
    said = metadata("reattune")
    extras = frozenset(map(canonicalize_name, said.get_all("Provides-Extra") or []))
    core, needs = _closure(frozenset(), versions), _closure(extras, versions)
    names = sorted(set(needs) - {"reattune"})
    parts = {name: [_component(name, version, name in core) for version in versions[name]] for name in names}
    itself = Component(
        name="reattune",
        version=said["Version"],
        type=ComponentType.APPLICATION,
        bom_ref="reattune",
        licenses=[LicenseFactory().make_from_string("Apache-2.0")],
        purl=PackageURL("pypi", None, "reattune", said["Version"]),
    )
    vendored = _vendored()
    named = f"{said['Version']} {sorted((name, versions[name]) for name in names)}"
    bom = Bom(components=[*chain.from_iterable(parts.values()), *vendored], serial_number=uuid.uuid5(_NAMESPACE, named))
    bom.metadata.component = itself
    bom.metadata.timestamp = None  # type: ignore[assignment]
    bom.metadata.tools.components.clear()
    parts["reattune"] = [itself]
    for name, needed in needs.items():
        asked = list(chain.from_iterable(parts[each] for each in sorted(needed)))
        for part in parts[name]:
            bom.register_dependency(part, asked)
    bom.register_dependency(itself, vendored)
    return _checked(JsonV1Dot6(bom).output_as_string(indent=1) + "\n")


def _component(name: str, version: str, core: bool) -> Component:
    licence = _licence(name)
    return Component(
        name=name,
        version=version,
        type=ComponentType.LIBRARY,
        bom_ref=f"{name}@{version}",
        scope=ComponentScope.REQUIRED if core else ComponentScope.OPTIONAL,
        licenses=[licence] if licence else [],
        purl=PackageURL("pypi", None, name, version),
    )


def of_one_file(python: str) -> str:
    """The bill of the one file: what its own lock brings of the whole bill, and the Python that is in it."""
    bill = json.loads(FILE.read_text("utf-8"))
    brought = locked("standalone.txt")
    kept = [
        part
        for part in bill["components"]
        if part["type"] == "file" or part["version"] in brought.get(part["name"], [])
    ]
    inside = {"type": "platform", "bom-ref": "cpython", "name": "CPython", "version": python}
    bill["components"] = [*kept, {**inside, "licenses": [{"license": {"id": "Python-2.0"}}]}]
    there = {part["bom-ref"] for part in bill["components"]} | {"reattune"}
    needs = [each for each in bill["dependencies"] if each["ref"] in there]
    for each in needs:
        each["dependsOn"] = [ref for ref in each.get("dependsOn", []) if ref in there]
    bill["dependencies"] = needs
    bill["serialNumber"] = f"urn:uuid:{uuid.uuid5(_NAMESPACE, f'one file {python} {sorted(there)}')}"
    return _checked(json.dumps(bill, indent=1, ensure_ascii=False) + "\n")


def _checked(words: str) -> str:
    wrong = JsonStrictValidator(SchemaVersion.V1_6).validate_str(words)
    if wrong:
        raise SystemExit(f"This is no CycloneDX: {wrong}")
    return words


if __name__ == "__main__":
    if sys.argv[1:2] == ["one-file"]:
        print(of_one_file(sys.argv[2]), end="")
        raise SystemExit
    words = bill_of_materials()
    if sys.argv[1:] == ["check"]:
        if not FILE.exists() or FILE.read_text("utf-8") != words:
            raise SystemExit(f"{FILE.relative_to(ROOT)} is not what the locks say. Renew it: make lock")
    else:
        FILE.write_text(words, "utf-8")
