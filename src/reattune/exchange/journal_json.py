"""The whole journal as JSON that anybody can read, and back. Its schema is generated from the documents themselves."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from reattune.content.translated_sentences import say
from reattune.exchange.errors import ExchangeError
from reattune.exchange.json_files import check_parts
from reattune.journal import JournalError
from reattune.journal.codec import decode
from reattune.journal.documents import ANY_DOCUMENT, Address, Document, Removed, Vector

FORMAT, VERSION = "reattune-journal", 1
LARGEST = 64 * 1024 * 1024
_MOST_DOCUMENTS = 1_000_000
# Vectors are made from the words again. What was deleted, or replaced by other words, must not be read in a file that
# isn't encrypted; the backup keeps it. Nor must the key that opens letters.
_LEFT_OUT = (Vector, Removed, Address)


def to_json(documents: Iterable[Document], made: datetime) -> bytes:
    """Every document that `exported` names, with all its fields, oldest first; UTF-8, indented."""
    kept = sorted(exported(documents), key=lambda each: (each.created, each.id))
    whole = {
        "format": FORMAT,
        "version": VERSION,
        "made": made.isoformat(),
        "documents": [ANY_DOCUMENT.dump_python(each, mode="json") for each in kept],
    }
    return json.dumps(whole, ensure_ascii=False, indent=1).encode()


def exported(documents: Iterable[Document]) -> list[Document]:
    """What such a file holds of a journal: all of it, but nothing deleted, no older forms, no sentence vectors and
    no key."""
    return [each for each in documents if not isinstance(each, _LEFT_OUT)]


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of such a file."""
    document = ANY_DOCUMENT.json_schema(mode="serialization", ref_template="#/$defs/{model}")
    definitions = document.pop("$defs")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A Reattune journal",
        "type": "object",
        "required": ["format", "version", "documents"],
        "properties": {
            "format": {"const": FORMAT},
            "version": {"const": VERSION},
            "made": {"type": "string", "format": "date-time"},
            "documents": {"type": "array", "items": document},
        },
        "$defs": definitions,
    }


def from_json(content: bytes, name: str = "The file") -> list[Document]:
    """The documents of such a file, of this version or an older one.

    Raises:
        ExchangeError: it is too large, not JSON, not such a file, or one of its documents cannot be read.
    """
    if len(content) > LARGEST:
        raise ExchangeError(
            say("{name} is too large; the limit is {largest} MB.", name=name, largest=round(LARGEST / 1e6))
        )
    check_parts(content, name)
    try:
        whole = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ExchangeError(
            say("{name} isn’t text in UTF-8. Choose the .json file you exported from Reattune.", name=name)
        ) from error
    except (ValueError, RecursionError) as error:
        place = say(", line {line}", line=error.lineno) if isinstance(error, json.JSONDecodeError) else ""
        raise ExchangeError(
            say("{name} isn’t JSON{place}. Choose the .json file you exported from Reattune.", name=name, place=place)
        ) from error
    if not isinstance(whole, dict) or whole.get("format") != FORMAT:
        raise ExchangeError(say("{name} is JSON, but not a journal exported from Reattune.", name=name))
    version, documents = whole.get("version"), whole.get("documents")
    if type(version) is not int or version < 1:
        raise ExchangeError(say("{name} doesn’t say which version it is.", name=name))
    if version > VERSION:
        raise ExchangeError(say("{name} was made by a newer Reattune. Update Reattune to import it.", name=name))
    if not isinstance(documents, list):
        raise ExchangeError(say("{name} has no list of entries.", name=name))
    if len(documents) > _MOST_DOCUMENTS:
        raise ExchangeError(
            say(
                "{name} has {documents} entries; the limit is {most_documents}.",
                name=name,
                documents=len(documents),
                most_documents=_MOST_DOCUMENTS,
            )
        )
    found = [
        _document(raw, say("{name}, entry {number}", name=name, number=number))
        for number, raw in enumerate(documents, start=1)
    ]
    # Only what such a file is made with: a key that lay in clear is none, and nobody else says what was deleted here.
    return exported(found)


def _document(raw: Any, where: str) -> Document:
    try:
        return decode(json.dumps(raw).encode())
    except (JournalError, RecursionError) as error:
        raise ExchangeError(say("{where}: {error}", where=where, error=error)) from error
