"""The time zone of this machine, or of the browser where it says one."""

from __future__ import annotations

import os
from pathlib import Path
from zoneinfo import ZoneInfo


def known_zone(name: str) -> str:
    """``name`` if it is a time zone, else that of this machine."""
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        return local_zone()
    return name


def local_zone() -> str:
    """The IANA name of this machine's zone; UTC where it cannot be told."""
    candidates = [os.environ.get("TZ", "").lstrip(":"), _from_link(), _from_file()]
    for name in candidates:
        try:
            if name:
                ZoneInfo(name)
                return name
        except (KeyError, OSError, ValueError):
            continue
    return "UTC"


def _from_link() -> str:
    try:
        target = str(Path("/etc/localtime").resolve())
    except OSError:
        return ""
    return target.partition("zoneinfo/")[2]


def _from_file() -> str:
    try:
        return Path("/etc/timezone").read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
