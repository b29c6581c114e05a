"""What the site of docs/ gets beside its pages: the app's own fonts and icon, and the notebook as a page.

Read by MkDocs (`hooks` in mkdocs.yml).
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[1]
STATIC = ROOT / "src" / "reattune" / "web" / "static"
NOTEBOOK = ROOT / "docs" / "researchers.ipynb"
# Written on another branch of the work; the place for it is kept.
_MAY_COME = {"therapists.md"}
_OUT = re.compile(r"\[([^\]]*)\]\(\.\./([^)\s]+)\)")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Take out what may come and is not there."""
    absent = {name for name in _MAY_COME if not (ROOT / "docs" / name).exists()}

    def there(nav: Any) -> Any:
        if isinstance(nav, list):
            return [kept for each in nav if (kept := there(each)) not in (None, [], {})]
        if isinstance(nav, dict):
            return {name: kept for name, each in nav.items() if (kept := there(each)) not in (None, [])}
        return None if nav in absent else nav

    config.nav = there(config.nav)
    return config


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add fonts, icon and the notebook's page."""
    for source in ("icon.svg", *(f"vendor/fonts/{path.name}" for path in sorted(STATIC.glob("vendor/fonts/*.woff2")))):
        path = STATIC / source
        files.append(File.generated(config, f"assets/{path.name}", abs_src_path=str(path)))
    files.append(File.generated(config, "researchers.md", content=as_markdown(NOTEBOOK)))
    return files


def on_page_markdown(markdown: str, *, page: Page, **_more: Any) -> str:
    """A link out of docs/ names its file instead: the site holds pages, not the source."""
    if "/" in page.file.src_uri:
        return markdown
    return _OUT.sub(lambda link: f"{link[1]} (`{link[2]}` in the source)", markdown)


def as_markdown(notebook: Path) -> str:
    """A notebook with its outputs as a page: words as they are, code in fences, outputs below.

    Pictures (SVG) stand in the page itself; anything else is text.
    """
    said = ["<!-- made from docs/researchers.ipynb -->"]
    for cell in json.loads(notebook.read_text("utf-8"))["cells"]:
        words = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            said.append(words)
            continue
        said.append(f"```python\n{words}\n```")
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "image/svg+xml" in data:
                drawn = "".join(data["image/svg+xml"])
                said.append('<div class="drawn">' + drawn[drawn.index("<svg") :].replace("\n", " ") + "</div>")
            else:
                text = "".join(output.get("text") or data.get("text/plain", []))
                said.append(f"```text\n{text.rstrip()}\n```")
    return "\n\n".join(said) + "\n"
