"""The app's own styles, to stand in a file of its own."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from django.utils.safestring import SafeString, mark_safe

_FOLDER = Path(__file__).resolve().parents[2] / "static" / "css"
_STYLES = ("tokens.css", "layout.css", "components.css", "print.css")


@cache
def inlined_styles() -> SafeString:
    """Everything but the fonts, which are files: so that the page looks like the app and prints well."""
    styles = "\n".join((_FOLDER / name).read_text("utf-8") for name in _STYLES)
    return mark_safe(re.sub(r"@font-face \{[^}]*\}\n?", "", styles))  # noqa: S308  our own files
