"""Reading a file of JSON. Its memory is reckoned first: a list of nothing is three letters, and becomes sixty bytes."""

from __future__ import annotations

import json
from typing import Any

from reattune.content.translated_sentences import say
from reattune.exchange.errors import ExchangeError

# What a part takes in memory, in bytes, at the least that can be told by the sign it begins with.
_OF_A_LIST, _OF_AN_OBJECT, _OF_A_VALUE = 64, 200, 60
# A bundle of FHIR takes some seven times its size, a journal twice.
MOST_MEMORY = 256 * 1024 * 1024


def check_parts(content: bytes, name: str) -> None:
    """Whether a file of JSON can be read at all without taking more than ``MOST_MEMORY``. Cost: O(length).

    Raises:
        ExchangeError: it has too many parts.
    """
    takes = _OF_A_LIST * content.count(b"[") + _OF_AN_OBJECT * content.count(b"{") + _OF_A_VALUE * content.count(b",")
    if takes > MOST_MEMORY:
        raise ExchangeError(
            say("{name} has too many parts to read at once. Split it, or export a shorter time.", name=name)
        )


def json_of_file(content: bytes, name: str) -> Any:
    """What a file of JSON holds.

    Raises:
        ExchangeError: it has too many parts, or isn't JSON in UTF-8.
    """
    check_parts(content, name)
    try:
        return json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ExchangeError(say("{name} isn’t JSON in UTF-8.", name=name)) from error
