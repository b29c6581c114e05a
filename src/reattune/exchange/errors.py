"""Errors of files."""


class ExchangeError(ValueError):
    """A file cannot be read, or not wholly. ``str(error)`` says where and what to do."""
