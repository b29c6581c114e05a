"""The site of docs/: whole, every link leads somewhere, and nothing is loaded from outside."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.docs.blocks import ROOT

LOADS = {"src", "srcset", "poster", "data"}
LINKS_THAT_LOAD = {
    "stylesheet",
    "icon",
    "preload",
    "modulepreload",
    "preconnect",
    "dns-prefetch",
    "manifest",
    "prefetch",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built strictly: a link, an anchor or a picture that leads nowhere, or a page that no menu names, ends it."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", str(folder)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "SOURCE_DATE_EPOCH": "1580601600"}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


class Loaded(HTMLParser):
    """What a page loads, and where it links to."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.linked: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attributes}
        self.loaded += [said[name] for name in LOADS & set(said)]
        if tag == "link" and LINKS_THAT_LOAD & set(said.get("rel", "").split()):
            self.loaded.append(said["href"])
        if tag == "a" and "href" in said:
            self.linked.append(said["href"])


def test_nothing_is_loaded_from_outside_and_every_link_within_leads_somewhere(site: Path) -> None:
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 60
    for path in pages:
        seen = Loaded()
        seen.feed(path.read_text("utf-8"))
        outside = [each for each in seen.loaded if re.match(r"(?:[a-z]+:)?//", each)]
        assert not outside, f"{path.name} loads {outside}"
        if path.name == "404.html":
            continue  # its links begin at the root of the address it is put at
        for each in [*seen.loaded, *seen.linked]:
            target = each.partition("#")[0].partition("?")[0]
            if target and not re.match(r"[a-z]+:", target):
                assert (path.parent / target).resolve().exists(), f"{path.relative_to(site)} links to {each}"
    for style in site.rglob("*.css"):
        assert not re.search(r"url\([\"']?(?:https?:)?//|@import\s+[\"']?http", style.read_text("utf-8")), style.name


def test_the_fonts_the_icon_and_every_picture_are_there(site: Path) -> None:
    assert len(list((site / "assets").glob("*.woff2"))) >= 6
    assert (site / "assets" / "icon.svg").exists()
    shown = {path.name for path in (ROOT / "docs" / "pictures").glob("*.png")}
    words = "".join(path.read_text("utf-8") for path in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
    assert shown
    assert all(f"pictures/{name}" in words for name in shown), "A picture that no page shows"


def test_readme_leads_nowhere_that_is_not() -> None:
    for page in ROOT.glob("*.md"):
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_notebook_prints_what_it_shows(tmp_path: Path) -> None:
    """Run anew from its first cell, by a kernel of its own."""
    environment = {**os.environ, "IPYTHONDIR": str(tmp_path)}
    command = [sys.executable, "-W", "ignore", "-m", "scripts.run_notebook", str(tmp_path / "ran.ipynb")]
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT, env=environment)

    def outputs(path: Path) -> list[str]:
        cells = json.loads(path.read_text("utf-8"))["cells"]
        said = [[each.get("text") or each["data"]["text/plain"] for each in cell.get("outputs", [])] for cell in cells]
        return ["".join("".join(each) for each in of_cell) for of_cell in said]

    shown = outputs(ROOT / "docs" / "researchers.ipynb")
    assert outputs(tmp_path / "ran.ipynb") == shown, "Run it anew: make notebook"
