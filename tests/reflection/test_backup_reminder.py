"""When a copy on another disk is worth a word."""

from __future__ import annotations

from datetime import timedelta

from reattune.reflection.backup_reminder import AGE, ENTRIES, copy_due
from tests.conftest import Writer


def filled(writer: Writer) -> None:
    who = writer.therapist()
    for _ in range(ENTRIES):
        writer.write("moment", relationship_id=who.id, at=writer.now)


def test_only_with_something_to_lose_and_only_when_the_last_one_is_old(writer: Writer) -> None:
    settings = writer.write("preferences")
    assert copy_due(writer.journal, writer.now + AGE) is None
    filled(writer)
    assert copy_due(writer.journal, writer.now) is None
    later = settings.created + AGE
    assert copy_due(writer.journal, later) == AGE.days
    writer.rewrite(settings, backed_up=writer.now)
    assert copy_due(writer.journal, later) is None


def test_never_for_who_turned_it_off_or_has_no_settings(writer: Writer) -> None:
    filled(writer)
    assert copy_due(writer.journal, writer.now + 9 * AGE) is None
    writer.write("preferences", no_backup_reminders=True)
    assert copy_due(writer.journal, writer.now + timedelta(days=999)) is None
