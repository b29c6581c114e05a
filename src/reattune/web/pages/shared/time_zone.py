"""The time zone of this machine, or of the browser where it says one."""

from __future__ import annotations

import os
from functools import cache
from importlib.resources import files
from pathlib import Path

_NO_PLACES = ("Etc/", "US/", "SystemV/")


def known_zone(name: str) -> str:
    """``name`` if it is a time zone everywhere, else that of this machine."""
    return name if name in _everywhere() else local_zone()


@cache
def _everywhere() -> frozenset[str]:
    """The zones that Reattune brings along: a system may know others, and another computer would not open them."""
    return frozenset(files("tzdata").joinpath("zones").read_text("ascii").split())


@cache
def zone_choices() -> tuple[tuple[str, str], ...]:
    """The zones of places, and UTC, by name."""
    places = (name for name in _everywhere() if "/" in name and not name.startswith(_NO_PLACES))
    return tuple((name, name.replace("_", " ")) for name in (*sorted(places), "UTC"))


def local_zone() -> str:
    """The IANA name of this machine's zone; UTC where it cannot be told."""
    candidates = [os.environ.get("TZ", "").lstrip(":"), _from_link(), _from_file()]
    plain = (each.removeprefix("posix/").removeprefix("right/") for each in candidates)
    return next((each for each in plain if each in _everywhere()), "UTC")


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
