"""Reattune: notice a hurt in therapy, say it, and mend it."""

__version__ = "0.1.0"
