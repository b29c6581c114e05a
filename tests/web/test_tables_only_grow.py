"""While processes are replaced one by one, those of the version before go on with the tables of the new one."""

from __future__ import annotations

from django.db import models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddField, AddIndex, AlterField, CreateModel, RunSQL

_GROW = (CreateModel, AddIndex)


def test_no_step_takes_away_what_an_older_process_uses() -> None:
    steps = MigrationLoader(None).disk_migrations
    ours = sorted((name, each) for (app, name), each in steps.items() if app == "store")
    assert len(ours) >= 9
    for name, step in ours:
        for operation in step.operations:
            if name.startswith("0006_") and isinstance(operation, (AlterField, RunSQL)):
                continue  # an index, and answers that nothing opened any more
            new = operation.field if isinstance(operation, AddField) else None
            may_be_left_out = new is not None and (new.null or new.db_default is not models.NOT_PROVIDED)
            assert isinstance(operation, _GROW) or may_be_left_out, (name, operation.describe())
