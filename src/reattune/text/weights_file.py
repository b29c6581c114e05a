"""The form of a file of learned weights: one line of JSON (what lies where, checksum, figures), then the numbers.

Written by what is in ``training/``, never by hand. Reading needs NumPy alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

Arrays = dict[str, npt.NDArray[Any]]
T = TypeVar("T")


class WeightsUnusable(Exception):
    """The file of weights is damaged, or of another version than this program."""


def to_bytes(arrays: Mapping[str, npt.NDArray[Any]], numbers: Mapping[str, Any]) -> bytes:
    """The file: arrays of small whole numbers, with their scale under ``scales``, or of floats, and what else is said.

    The same input gives the same bytes.
    """
    body = b"".join(np.ascontiguousarray(each).tobytes() for each in arrays.values())
    head = {
        "arrays": [[name, each.dtype.str, list(each.shape)] for name, each in arrays.items()],
        "checksum": hashlib.sha256(body).hexdigest(),
        **numbers,
    }
    return json.dumps(head, ensure_ascii=False, sort_keys=True).encode() + b"\n" + body


def from_bytes(given: bytes, of: str, made: Callable[[dict[str, Any], Arrays], T]) -> T:
    """What ``made`` makes of what the first line says, and of the arrays; those with a scale as float32, already
    multiplied by it.

    Args:
        of: what the weights are of, for the error's sentence.
        made: may raise ValueError, KeyError or TypeError, where the file has another form.

    Raises:
        WeightsUnusable: the numbers are not those that were written, or the file is of another version.
    """
    try:
        return made(*_read(given, of))
    except (ValueError, KeyError, TypeError) as error:
        raise WeightsUnusable(f"The weights of {of} are not those of this version. Install Reattune again.") from error


def _read(given: bytes, of: str) -> tuple[dict[str, Any], Arrays]:
    first, _, body = given.partition(b"\n")
    head = json.loads(first)
    if hashlib.sha256(body).hexdigest() != head["checksum"]:
        raise WeightsUnusable(f"The weights of {of} are damaged. Install Reattune again.")
    arrays: Arrays = {}
    begin = 0
    for name, kind, shape in head["arrays"]:
        count = int(np.prod(shape))
        found = np.frombuffer(body, kind, count, begin).reshape(shape)
        arrays[name] = found if name == "known" else found.astype(np.float32)
        begin += count * np.dtype(kind).itemsize
    for name, scale in head["scales"].items():
        arrays[name] = arrays[name] * np.float32(scale)
    return head, arrays
