"""TOML from somebody's file, read at a cost that grows with its length and no faster."""

from __future__ import annotations

import re
import tomllib
from typing import Any

# Comments and texts, in the order in which the language finds them.
_SAID = re.compile(
    r"#[^\n]*|'''.*?'''|\"\"\"(?:\\.|[^\\])*?\"\"\"|'[^'\n]*'|\"(?:\\.|[^\"\\\n])*\"", re.DOTALL
)  # fmt: skip
_LONG_NAME = re.compile(r"(?:[^\s.=,\[\]{}]+[ \t]*\.[ \t]*){20}")
_DEEPEST = 30


def read_toml(text: str) -> dict[str, Any]:
    """What the text says.

    Raises:
        ValueError: it is no TOML, or its names and brackets go deeper than any questionnaire's.
    """
    bare = _SAID.sub("s", text)
    if _LONG_NAME.search(bare) or _depth(bare) > _DEEPEST:
        raise ValueError("names or brackets go too deep")
    return tomllib.loads(text)


def _depth(text: str) -> int:
    deepest = depth = 0
    for each in re.findall(r"[\[\]{}]", text):
        depth += 1 if each in "[{" else -1
        deepest = max(deepest, depth)
    return deepest
