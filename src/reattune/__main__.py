"""``python -m reattune``."""

from reattune.cli import app

app()
