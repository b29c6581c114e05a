"""What is held back: what gathers, what looks calm, and what was let go."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from reattune import content
from reattune.alliance.instruments import read_definition
from reattune.journal.vocabulary import UnsaidStatus
from reattune.reflection.unsaid import Calm, calm_sign, gathering, settled_things, unsaid_thing, unsaid_things
from tests.conftest import Writer

_OWN = read_definition(content.text("instruments", "reattune-check-in.toml"), "reattune-check-in.toml")
OURS = {_OWN.name: _OWN}

KEYS = ("cared_for", "understood", "safe", "goals", "way", "whole")


def rate(writer: Writer, therapist: Any, answers: list[int], **fields: Any) -> Any:
    writer.now += timedelta(days=7)
    session = writer.write("session", relationship_id=therapist.id, at=writer.now)
    given = dict(zip(KEYS, answers, strict=True))
    return writer.write("check_in", session_id=session.id, instrument="reattune-check-in/1", answers=given, **fields)


def test_every_source_is_held_joined_let_go_and_taken_back(writer: Writer) -> None:
    therapist = writer.therapist()
    check_in = rate(writer, therapist, [7] * 6, unsaid=True, unsaid_words="That I was bored.")
    belief = writer.write("belief", words="She is tired of me.", about_relationship_id=therapist.id,
                          ratings=[{"at": writer.now, "truth": 80}])  # fmt: skip
    noted = writer.write("unsaid", relationship_id=therapist.id, since=writer.now, words="The bill.", weight=2)
    moment = writer.write("moment", relationship_id=therapist.id, at=writer.now, what="The joke", reaction=9)
    things = unsaid_things(writer.journal, writer.now)
    assert [thing.kind for thing in things] == ["moment", "unsaid", "check_in", "belief"]
    assert [thing.weight for thing in things] == [9, 2, None, None]

    started = [{"at": writer.now, "state": "noticed"}]
    rupture = writer.write("rupture", relationship_id=therapist.id, began=writer.now, moment_ids=[moment.id],
                           unsaid_ids=[check_in.id, belief.id], transitions=started)  # fmt: skip
    thing = unsaid_thing(writer.journal, check_in.id, writer.now)
    assert thing
    assert thing.rupture
    assert thing.rupture.id == rupture.id
    writer.write("attempt", rupture_id=rupture.id, at=writer.now, outcome="partly")
    assert [thing.source_id for thing in unsaid_things(writer.journal, writer.now)] == [noted.id]

    gone = writer.rewrite(noted, status="let_go", status_since=writer.now)
    assert unsaid_things(writer.journal, writer.now) == []
    assert [thing.source_id for thing in settled_things(writer.journal, writer.now, UnsaidStatus.LET_GO)] == [noted.id]
    writer.rewrite(gone, status="held")
    assert unsaid_thing(writer.journal, noted.id, writer.now)
    assert unsaid_thing(writer.journal, therapist.id, writer.now) is None


def test_few_light_and_young_things_do_not_gather(writer: Writer) -> None:
    therapist = writer.therapist()
    assert gathering([]) is None
    for _ in range(3):
        writer.write("unsaid", relationship_id=therapist.id, since=writer.now, words="a", weight=3)
    assert gathering(unsaid_things(writer.journal, writer.now)) is None
    old = gathering(unsaid_things(writer.journal, writer.now + timedelta(days=43)))
    assert old
    assert old.oldest >= 42
    writer.write("unsaid", relationship_id=therapist.id, since=writer.now, words="b")
    many = gathering(unsaid_things(writer.journal, writer.now))
    assert many
    assert many.count == 4


def test_calm_that_is_too_calm(writer: Writer) -> None:
    therapist = writer.therapist()
    for answers in ([8, 7, 7, 8, 8, 8], [8, 8, 7, 8, 7, 8], [7, 7, 8, 8, 8, 8]):
        rate(writer, therapist, answers)
    things = unsaid_things(writer.journal, writer.now)
    assert calm_sign(writer.journal, things, OURS) is None

    for _ in range(3):
        rate(writer, therapist, [9, 8, 9, 8, 9, 8], urge_to_leave=1)
    assert calm_sign(writer.journal, things, OURS) is None, "nothing unsaid, no urge: calm is calm"
    writer.write("unsaid", relationship_id=therapist.id, since=writer.now, words="That it hurt.")
    things = unsaid_things(writer.journal, writer.now)
    sign = calm_sign(writer.journal, things, OURS)
    assert sign
    assert sign.how is Calm.SAME

    for _ in range(3):
        rate(writer, therapist, [9, 8, 9, 8, 9, 8], urge_to_leave=6)
    sign = calm_sign(writer.journal, [], OURS)
    assert sign
    assert sign.how is Calm.SAME
    for value in (6, 7, 6):
        rate(writer, therapist, [value] * 6, urge_to_leave=6)
    sign = calm_sign(writer.journal, [], OURS)
    assert sign
    assert sign.how is Calm.FLAT

    writer.write("suggestion", relationship_id=therapist.id, source="calm", source_ids=[sign.session_id], answer="no")
    assert calm_sign(writer.journal, [], OURS) is None, "a no gives peace for some sessions"
    for _ in range(5):
        rate(writer, therapist, [7] * 6, urge_to_leave=6)
    assert calm_sign(writer.journal, [], OURS)
