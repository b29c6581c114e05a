"""The texts in a document, however deep they lie."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum


def texts_in(value: object) -> Iterator[str]:
    """Every text in plain values, as ``model_dump`` gives them; a choice from a list is none."""
    if isinstance(value, str):
        if not isinstance(value, Enum):
            yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from texts_in(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from texts_in(each)
