"""The encrypted page as a file: one page of HTML that opens in any browser, and connects to nothing."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from reattune.journal.documents.sharing import SharedLine
from reattune.vault.page_code import PURPOSE, sealed_with
from reattune.web.pages.shared.inlined_styles import inlined_styles

_HERE = Path(__file__).resolve().parent


def sealed_content(code: str, heading: str, lines: Iterable[SharedLine], made: str) -> str:
    """What the page shows once it is open, encrypted under its code, in base64."""
    content = {
        "heading": heading,
        "lines": [{"label": each.label, "words": each.words} for each in lines],
        "made": made,
    }
    plain = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return base64.b64encode(sealed_with(code, plain)).decode()


def page_file(sealed: str) -> bytes:
    """The whole file around what was encrypted."""
    style, script = _style(), _script()
    context = {"sealed": sealed, "purpose": PURPOSE, "style": style, "script": script, "policy": _policy(style, script)}
    return render_to_string("give/sealed_page.html", context).encode()


def _policy(style: str, script: str) -> str:
    """Only this very script and this very style; no connection, no picture, no frame, no form sent anywhere."""
    allowed = (
        "default-src 'none'",
        f"script-src 'sha256-{_digest(script)}'",
        f"style-src 'sha256-{_digest(style)}'",
        "connect-src 'none'",
        "form-action 'none'",
        "base-uri 'none'",
    )
    return "; ".join(allowed)


def _digest(inline: str) -> str:
    return base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()


@cache
def _script() -> SafeString:
    return mark_safe((_HERE / "sealed_page.js").read_text("utf-8"))  # noqa: S308  our own file


@cache
def _style() -> SafeString:
    own = (_HERE / "sealed_page.css").read_text("utf-8")
    return mark_safe(f"{inlined_styles()}\n{own}")  # noqa: S308  our own files
