"""Draws docs/rooms.svg from the imports: which room uses which. Each room only uses rooms below it.

usage: python scripts/draw_rooms.py [FILE]
"""

from __future__ import annotations

import ast
import sys
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "reattune"
# From the top down, as in tests/test_import_direction.py.
ROOMS = [
    "cli", "web", "proof", "study", "exchange", "vault", "reflection",
    "alliance", "journal", "text", "content", "terminal",
]  # fmt: skip
ROW, LEFT, TOP = 30, 118, 92


def uses() -> dict[str, set[str]]:
    """For each room the other rooms that any of its files imports."""
    found: dict[str, set[str]] = {room: set() for room in ROOMS}
    for path in SOURCE.rglob("*.py"):
        room = path.relative_to(SOURCE).parts[0].removesuffix(".py")
        if room not in found:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names: list[str] = []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [f"{node.module}.{each.name}" for each in node.names]
            elif isinstance(node, ast.Import):
                names = [each.name for each in node.names]
            found[room] |= {n.split(".")[1] for n in names if n.startswith("reattune.")} & set(ROOMS)
        found[room].discard(room)
    return found


def picture() -> str:
    """The triangle: a row is a room, a dot says that it uses the room of that column."""
    size = len(ROOMS) * ROW
    width, height = LEFT + size + 24, TOP + size + 16
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" role="img" '
        'aria-labelledby="t" font-family="system-ui, sans-serif" font-size="13">',
        '<title id="t">Which room uses which. Every dot lies right of the diagonal: no room uses one above it</title>',
        f'<rect width="{width}" height="{height}" fill="#fbf9f5"/>',
    ]
    for place, room in enumerate(ROOMS):
        middle = TOP + place * ROW + ROW / 2
        across = LEFT + place * ROW + ROW / 2
        parts.append(f'<path d="M{LEFT} {middle}H{LEFT + size}M{across} {TOP}V{TOP + size}" stroke="#e7e1d6"/>')
        parts.append(f'<text x="{LEFT - 12}" y="{middle + 4}" text-anchor="end" fill="#2d2a26">{escape(room)}</text>')
        parts.append(
            f'<text transform="translate({across + 4} {TOP - 10}) rotate(-60)" fill="#6b655c">{escape(room)}</text>'
        )
    for place, (room, used) in enumerate(uses().items()):
        middle = TOP + place * ROW + ROW / 2
        parts.append(
            f'<rect x="{LEFT + place * ROW + 9}" y="{middle - 6}" width="12" height="12" rx="3" fill="#cfc6b6"/>'
        )
        for other in sorted(used, key=ROOMS.index):
            across = LEFT + ROOMS.index(other) * ROW + ROW / 2
            parts.append(
                f'<circle cx="{across}" cy="{middle}" r="6" fill="#4d7a63"><title>{room} uses {other}</title></circle>'
            )
    return "\n".join([*parts, "</svg>", ""])


if __name__ == "__main__":
    Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "docs" / "rooms.svg").write_text(picture(), "utf-8")
