"""What can be wrong with a file of ratings, and what must be asked about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


class StudyError(Exception):
    """The file cannot be read as ratings. One sentence: what, where (row and column), what to do."""


@dataclass(frozen=True)
class Choice:
    """One way to read a file: in words, as options of the command, and as fields of ``ReadOptions``."""

    words: str
    flags: tuple[str, ...]
    changes: Mapping[str, Any] = field(default_factory=dict)


class QuestionError(StudyError):
    """The file can be read in more than one way; a person must say which."""

    def __init__(self, question: str, choices: Sequence[Choice]) -> None:
        self.question, self.choices = question, tuple(choices)
        ways = "; or ".join(f"{' '.join(choice.flags)} ({choice.words})" for choice in choices)
        super().__init__(f"{question} Say which: {ways}.")
