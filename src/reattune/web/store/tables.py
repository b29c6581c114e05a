"""The tables, brought up to date: each step whole, together with the note that it was made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import connection
from django.db.migrations import Migration
from django.db.migrations.exceptions import MigrationSchemaMissing
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import CreateModel
from django.db.migrations.state import ProjectState

# Of PostgreSQL: whoever starts at the same moment waits for this lock.
_LOCK = 7_283_391


class NewerTables(Exception):
    """A newer version changed the tables: what they mean now is not known here. Nothing was touched."""


def bring_up_to_date() -> None:
    """Make every step that was not made yet.

    Raises:
        NewerTables: it names the steps that are not known here.
    """
    with _in_turn():
        loader = MigrationLoader(connection)
        later = sorted(set(loader.applied_migrations) - set(loader.disk_migrations))
        if later:
            raise NewerTables(", ".join(name for _app, name in later))
        steps = _WholeSteps(connection)
        with suppress(MigrationSchemaMissing):  # somebody else makes the table of notes at this moment
            steps.recorder.ensure_schema()
        steps.migrate(steps.loader.graph.leaf_nodes())


@contextmanager
def _in_turn() -> Iterator[None]:
    if connection.vendor != "postgresql":
        yield
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout TO 0")  # an older process may still be at work
            cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        yield
    finally:
        connection.close()  # and the lock with it


class _WholeSteps(MigrationExecutor):
    """Django notes that a step with an index was made only after that was committed. Whoever is killed between the two
    would find its tables there, make them again, and never start any more."""

    def apply_migration(
        self, state: ProjectState, migration: Migration, fake: bool = False, fake_initial: bool = False
    ) -> ProjectState:
        """One step and the note of it in one transaction.

        The note alone where an earlier version left that out; nothing where somebody else made the step meanwhile.
        """
        with self.connection.schema_editor() as editor:
            noted = (migration.app_label, migration.name) in self.recorder.applied_migrations()
            if noted or self._made_unnoted(migration):
                state = migration.mutate_state(state)
            else:
                state = migration.apply(state, editor)
                while editor.deferred_sql:
                    editor.execute(editor.deferred_sql.pop(0), None)
            if not noted:
                self.recorder.record_applied(migration.app_label, migration.name)
        return state

    def _made_unnoted(self, migration: Migration) -> bool:
        """Its tables came with everything else of that step, or not at all."""
        made = [each.name_lower for each in migration.operations if isinstance(each, CreateModel)]
        there = self.connection.introspection.table_names()
        return bool(made) and all(f"{migration.app_label}_{name}" in there for name in made)
