"""The heart: a person's documents, the journal that holds them, and the life of a rupture.

Pure: no input or output, no clock and no randomness of its own.
"""

from reattune.journal.errors import JournalError
from reattune.journal.journal import Journal

__all__ = ["Journal", "JournalError"]
