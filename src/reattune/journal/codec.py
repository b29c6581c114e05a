"""Documents to bytes and back; documents of older versions are upgraded on the way in."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from reattune.content.translated_sentences import say
from reattune.journal.documents import ANY_DOCUMENT, KINDS, Document
from reattune.journal.errors import JournalError, journal_error, kind_words

Upgrade = Callable[[dict[str, Any]], dict[str, Any]]


def _share_2(raw: dict[str, Any]) -> dict[str, Any]:
    """One thing that was shared became several."""
    shared = raw.pop("shared_id", None)
    return {**raw, "source_ids": [shared] if shared else []}


# (kind, version): how the fields of that version become those of the next one. An entry is never removed:
# a journal may lie unopened for years.
UPGRADES: dict[tuple[str, int], Upgrade] = {("share", 1): _share_2}


def encode(document: Document) -> bytes:
    """The document as UTF-8 JSON. Fields at their default are left out: they come back as they are."""
    return document.__pydantic_serializer__.to_json(document, exclude_defaults=True)[:-1] + _tail(document)


def encode_readable(document: Document) -> bytes:
    """As `encode`, for what is to be kept: nothing is written that could not be read again.

    Raises:
        JournalError: it could not.
    """
    plain = encode(document)
    decode(plain)
    return plain


def _tail(document: Document) -> bytes:
    # Kind and version are defaults, and say how to read the rest.
    return f',"kind":"{document.kind}","version":{document.version}}}'.encode()


def decode(plain: bytes) -> Document:
    """The document in ``plain``.

    Raises:
        JournalError: it is not a document, its kind is unknown, or a newer Reattune wrote it.
    """
    try:
        return ANY_DOCUMENT.validate_json(plain)
    except ValidationError as error:
        return _decode_older(plain, error)


def _decode_older(plain: bytes, error: ValidationError) -> Document:
    try:
        raw = json.loads(plain)
    except (ValueError, RecursionError) as broken:
        raise JournalError(say("This entry can’t be read.")) from broken
    if not isinstance(raw, dict):
        raise JournalError(say("This entry can’t be read."))
    kind = raw.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise JournalError(
            say("This version of Reattune doesn’t know this kind of entry: {kind}.", kind=repr(str(kind)[:60]))
        )
    if any(each["loc"] == (kind, "zone") for each in error.errors(include_url=False)):
        # A zone that another computer knew, and this one doesn't: its days are told in UTC here, and it opens.
        return decode(json.dumps({**raw, "zone": _without_prefix(raw["zone"])}).encode())
    current = KINDS[kind].model_fields["version"].default
    if type(raw.get("version")) is int and raw["version"] == current:
        raise journal_error(kind, error) from error
    return from_raw(upgraded(raw, current))


def newer_form(plain: bytes) -> tuple[UUID, str] | None:
    """Which entry, and of which kind, bytes are that were kept and that this version can't read.

    A newer Reattune wrote them: none writes what it could not read again. ``None`` where they don't say which it is.
    """
    try:
        raw = json.loads(plain)
        return UUID(raw["id"]), str(raw["kind"])
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
        return None


def update_first(kind: str) -> str:
    """Why an entry that is here in such a form can't be opened, nor replaced."""
    return say(
        "This entry ({kind}) is saved here in a form from a newer Reattune. Update Reattune to open it.",
        kind=kind_words(kind),
    )


def _without_prefix(zone: object) -> str:
    """The same zone by the name that it has everywhere, where it has one."""
    plain = str(zone).removeprefix("posix/").removeprefix("right/")
    return plain if plain != zone else "UTC"


def from_raw(raw: Mapping[str, Any]) -> Document:
    """A document from plain values, as JSON has them.

    Raises:
        JournalError: a field is missing, unknown or out of range.
    """
    try:
        return ANY_DOCUMENT.validate_python(raw, strict=False)
    except ValidationError as error:
        raise journal_error(str(raw.get("kind", "document")), error) from error


def upgraded(
    raw: dict[str, Any], current: int, upgrades: Mapping[tuple[str, int], Upgrade] | None = None
) -> dict[str, Any]:
    """``raw`` brought to version ``current``, one version at a time.

    Raises:
        JournalError: the version is newer than ``current``, is no number, or a step is missing.
    """
    steps = UPGRADES if upgrades is None else upgrades
    kind, version = raw["kind"], raw.get("version")
    if not isinstance(version, int) or isinstance(version, bool):
        raise JournalError(
            say("This entry ({kind}) doesn’t say which version of Reattune wrote it.", kind=kind_words(kind))
        )
    if version > current:
        raise JournalError(
            say(
                "This entry ({kind}) was written by a newer Reattune "
                "(version {version}; this one reads up to {current}). Update Reattune to open it.",
                kind=kind_words(kind),
                version=version,
                current=current,
            )
        )
    while version < current:
        step = steps.get((kind, version))
        if step is None:
            raise JournalError(
                say(
                    "This entry ({kind}) has version {version}, which this Reattune doesn’t know.",
                    kind=kind_words(kind),
                    version=str(version)[:60],
                )
            )
        version += 1
        raw = {**step(dict(raw)), "kind": kind, "version": version}
    return raw
