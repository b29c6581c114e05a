"""Why Reattune cannot start, in a sentence for a terminal and a word for the page."""

from __future__ import annotations

from enum import Enum
from pathlib import Path


class Why(Enum):
    """What stands in the way."""

    PORT = "the port is taken"
    RUNNING = "it runs already, and does not answer"
    FOLDER = "the data folder cannot be used"
    DATABASE = "the journals cannot be opened"
    NEWER = "a newer version wrote the journals"
    SETTING = "a setting or a package is missing"


class CannotServe(Exception):
    """The app cannot start; the sentence says why and what to do.

    Attributes:
        why: the same in one word.
        where: the folder it is about, if it is about one.
    """

    def __init__(self, sentence: str, why: Why = Why.SETTING, where: Path | None = None) -> None:
        super().__init__(sentence)
        self.why = why
        self.where = where
