"""What is tidied up of everybody's waits for nobody, and lets nobody wait.

Whoever sends a form holds what it touches until all of it is written. What is old is therefore taken away by the clock,
inside no form's transaction; and of it only what no transaction holds: the rest is there at the next look.
"""

from __future__ import annotations

from typing import TypeVar

from django.db import models

M = TypeVar("M", bound=models.Model)
_AT_A_TIME = 1_000


def unheld(rows: models.QuerySet[M]) -> models.QuerySet[M]:
    """Of these rows those that nobody holds, to be changed or taken away in the transaction that asks; on SQLite, where
    one writer at a time is all there is, all of them."""
    free = rows.model._default_manager.filter(pk__in=rows.values("pk")).select_for_update(skip_locked=True)
    return rows.filter(pk__in=list(free.values_list("pk", flat=True)[:_AT_A_TIME]))
