"""Every fenced block of the pages, with the page it stands on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
_BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """One fenced block."""

    page: str
    language: str
    text: str

    @property
    def commands(self) -> list[str]:
        """What a person types, one command each; what a here-document feeds belongs to its command."""
        found: list[str] = []
        ending = ""
        for line in self.text.splitlines():
            if ending:
                found[-1] += f"\n{line}"
                ending = "" if line.strip() == ending else ending
                continue
            command = re.sub(r"\s+#\s.*$", "", line).strip()
            if not command or command.startswith("#"):
                continue
            found.append(command)
            here = re.search(r"<<'(\w+)'", command)
            ending = here[1] if here else ""
        return found


def blocks() -> list[Block]:
    """All of them, in the order in which they stand."""
    found = []
    for page in PAGES:
        for indent, language, text in _BLOCK.findall(page.read_text("utf-8")):
            lines = [line.removeprefix(indent) for line in text.splitlines()]
            found.append(Block(page.relative_to(ROOT).as_posix(), language, "\n".join(lines)))
    return found
