"""The encrypted page as a file: one page of HTML that opens in any browser, and connects to nothing."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_bidi

from reattune.journal.documents.sharing import SharedLine
from reattune.vault.letters import AddressKey
from reattune.vault.page_code import PURPOSE
from reattune.web.pages.shared.inlined_styles import inlined_styles

_HERE = Path(__file__).resolve().parent
_STATIC = _HERE.parents[1] / "static"
# What opens, shows and answers is the same as behind a web link.
_SCRIPTS = ("vendor/hpke/hpke.min.js", "js/letter.js", "js/shared_page.js")


def content_of(heading: str, lines: Iterable[SharedLine], made: str, answer: dict[str, str] | None) -> dict[str, Any]:
    """What a reader's browser shows once it has opened it; ``answer`` is where an answer is sealed to."""
    shown = [{"label": each.label, "words": each.words} for each in lines]
    return {"heading": heading, "lines": shown, "made": made, **({"answer": answer} if answer else {})}


def reply_to(share_id: UUID, pair: AddressKey | None) -> dict[str, str] | None:
    """Which share is answered, the journal's public key, and its address; ``None`` where it has none."""
    if pair is None:
        return None
    key = base64.b64encode(pair.public).decode()
    return {"share": str(share_id), "key": key, "address": pair.address.hex()}


def as_bytes(content: dict[str, Any]) -> bytes:
    """A content as JSON."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def page_file(sealed: str) -> bytes:
    """The whole file around what was encrypted."""
    style, script = _style(), _script()
    context = {"sealed": sealed, "purpose": PURPOSE, "style": style, "script": script, "policy": _policy(style, script)}
    context |= {"LANGUAGE_CODE": get_language() or "en", "LANGUAGE_DIR": "rtl" if get_language_bidi() else "ltr"}
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
    files = (*(_STATIC / name for name in _SCRIPTS), _HERE / "sealed_page.js")
    return mark_safe("\n".join(each.read_text("utf-8") for each in files))  # noqa: S308  our own files


@cache
def _style() -> SafeString:
    own = (_HERE / "sealed_page.css").read_text("utf-8")
    return mark_safe(f"{inlined_styles()}\n{own}")  # noqa: S308  our own files
