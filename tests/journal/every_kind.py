"""One document of every kind with every field filled; each text field carries ``words``."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from reattune.journal.codec import from_raw
from reattune.journal.documents import KINDS, Document
from reattune.journal.therapists_vocabulary import ClientMet
from reattune.journal.vocabulary import Cause

AT = "2026-03-02T18:00:00Z"


def identity(number: int) -> str:
    return str(UUID(int=0x019C00000000_7000_8000_000000000000 + number))


def every_kind(words: str) -> list[Document]:
    """Of a person's journal, in an order in which it can record them."""
    ids = {kind: identity(number) for number, kind in enumerate(KINDS, start=1)}
    mother, earlier = identity(901), identity(902)
    therapist = ids["relationship"]
    # A letter is from outside: what is no words is taken out of it on the way in.
    said = words if words.isprintable() and words.strip() else "words"
    raw: list[dict[str, Any]] = [
        {
            "kind": "preferences", "region": "GB", "language": words[:200], "form_of_address": "formal",
            "weeks_between": 1,
            "session_weekdays": [1, 4], "session_time": "15:30",
            "recovery_checked": True, "instrument": words[:200], "backed_up": AT, "no_backup_reminders": True,
            "lock_on_hide": True, "titles_only": True, "bring": [ids["talk_plan"]], "bring_chosen": AT,
            "no_locked_notes": True, "recovery_made": AT, "region_changed": AT, "list_changes_read": [AT[:10]],
            "zone_left": "Europe/Paris",
        },
        {
            "kind": "relationship", "name": words[:200], "role": "therapist", "began": AT, "note": words,
            "called_before": [f"Once {words}"[:200]],
            "keep_apart": True, "ended": AT, "mend_again": AT, "current_on": AT,
        },
        {
            "kind": "relationship", "id": mother, "name": words[:200], "role": "parent", "status": "past",
            "note": words, "called_before": [f"Once {words}"[:200]],
        },
        {"kind": "session", "relationship_id": therapist, "at": AT, "form": "video"},
        {
            "kind": "check_in", "session_id": ids["session"], "instrument": words[:200], "answers": {words: 7},
            "unsaid": True, "unsaid_words": words, "urge_to_leave": 3, "note": words, "seconds": 41,
        },
        {
            "kind": "instrument",
            "definition": {
                "key": "own", "title": words[:200], "licence": words[:200], "source": words, "scale_low": 1,
                "scale_high": 5,
                "reliability": 0.9, "cutoff": 36, "max_missing": 0,
                "items": [{"key": "one", "subscale": "bond", "text": words, "low": words[:200], "high": words[:200]}],
            },
        },
        {
            "kind": "moment", "relationship_id": therapist, "at": AT, "session_id": ids["session"], "what": words,
            "cause": "judged_me", "reaction": 9, "event": 2, "feelings": ["hurt"], "feelings_words": words,
            "meant_about_me": words, "meant_about_them": words, "did": "withdrew", "did_words": words, "said": AT,
            "sharpest": words,
            "needed": words, "age": 9, "keep_apart": True, "crossed": ["records"], "touched": ["no_say"],
            "sentence": words, "by_year": True, "no_day": True,
            "record_notes": [{"at": AT, "words": words, "brought": AT}],
            "reworded": AT, "crossed_on": AT, "brought": AT,
        },
        {"kind": "moment", "id": earlier, "relationship_id": mother, "at": AT, "what": words},
        {
            "kind": "unsaid", "relationship_id": therapist, "source_id": ids["moment"], "since": AT, "words": words,
            "weight": 4, "status": "let_go", "status_since": AT,
        },
        {
            "kind": "rupture", "relationship_id": therapist, "title": words[:200], "began": AT, "pattern": "trickle",
            "moment_ids": [ids["moment"]], "unsaid_ids": [ids["unsaid"]], "style": "withdrawal", "suggested": True,
            "crossed": ["threat"], "crossed_on": AT, "record_notes": [{"at": AT, "words": words}],
            "transitions": [{"at": AT, "state": "noticed", "note": words}],
        },
        {
            "kind": "talk_plan", "rupture_id": ids["rupture"], "approach": "other_words", "what_happened": words,
            "what_i_felt": words, "what_i_made_of_it": words, "what_i_need": words, "what_i_fear": words, "hope": words,
            "may_have_misread": True, "fear_on_card": True, "delivery": "say", "finished": AT,
            "ready_before": 2, "ready_after": 6,
        },
        {
            "kind": "attempt", "rupture_id": ids["rupture"], "plan_id": ids["talk_plan"], "at": AT, "delivery": "say",
            "met": ["listened"], "they_said": words, "agreed": words, "agreed_happened": "yes",
            "agreed_words": words, "agreed_asked": AT, "feel_now": words, "trust_before": 2, "trust_after": 8,
            "hope_before": 3, "hope_after": 9, "outcome": "repaired", "reworded": AT, "brought": AT,
        },
        {
            "kind": "repair", "rupture_id": ids["rupture"], "attempt_id": ids["attempt"], "at": AT, "word": "stronger",
            "what_made_it_work": words, "held": True, "held_words": words, "looked_back": AT,
        },
        {
            "kind": "echo", "moment_id": ids["moment"], "earlier_id": earlier, "answer": "yes", "reason": words[:200],
            "words": words,
        },
        {
            "kind": "belief", "words": words, "about_relationship_id": therapist, "since": AT, "said": AT,
            "from_relationship_id": mother, "ratings": [{"at": AT, "truth": 80}],
            "against": [{"at": AT, "words": words}], "moment_id": ids["moment"],
        },
        {
            "kind": "pattern", "name": words[:200], "echo_ids": [ids["echo"]], "theme": words[:200],
            "belief_id": ids["belief"],
        },
        {
            "kind": "practice", "relationship_id": mother, "rupture_id": ids["rupture"], "tried": "asked",
            "planned_for": AT, "plan": words, "done": AT, "how_it_went": words, "went": "partly",
        },
        {
            "kind": "fit", "relationship_id": therapist, "note": words,
            "needs": [{"words": words[:200], "wanted": False}],
        },
        {
            "kind": "ending", "relationship_id": therapist, "form": "pause", "at": AT, "until": AT, "why": words,
            "tried": words, "how_to_say_it": words, "take_along": words, "goodbye": words, "about": ["hurt"],
            "ended": AT, "turned_out": words, "looked_back": AT,
            "moment_id": ids["moment"], "plan_id": ids["talk_plan"], "put_away": AT, "chosen": "pause",
        },
        {
            "kind": "share", "version": 2, "relationship_id": therapist, "at": AT, "what": "card", "way": "page",
            "title": words[:200], "lines": [{"label": words[:200], "words": words}], "source_ids": [ids["talk_plan"]],
            "rupture_id": ids["rupture"], "page": "c2VhbGVk", "link": words[:200], "link_secret": words[:200],
            "expires": AT, "opened": AT, "taken_back": AT,
        },
        {"kind": "draft", "form": words[:200], "fields": {words: [words]}, "window": words[:200]},
        {
            "kind": "suggestion", "relationship_id": therapist, "source": "moment", "source_ids": [ids["moment"]],
            "answer": "joined", "rupture_id": ids["rupture"],
        },
        {
            "kind": "candidate", "name": words[:200], "called_before": [f"Once {words}"[:200]], "contact": words,
            "note": words, "meets": {words: 2}, "relationship_id": therapist,
            "look_backs": [{"at": AT, "session": 1, "meets": {words: 1}, "words": words}],
        },
        {
            "kind": "vector", "moment_id": ids["moment"], "model": words[:200], "of": words[:200], "what": words,
            "meant": words,
        },
        {
            "kind": "loose_note", "at": AT, "words": words, "source": words[:200], "letter": True,
            "became": ids["moment"],
            "set_aside": True,
        },
        {
            "kind": "removed", "at": AT, "title": words[:200], "kind_of": words[:200], "documents": [words],
            "trimmed": [words], "replaced": True, "changed": True, "seen": AT,
        },
        {
            "kind": "address", "private": words[:200], "seen": [words[:16]], "unreadable": 2, "repeated": 1,
            "beside": True,
        },
        {
            "kind": "came_in", "at": AT, "arrived": AT,
            "content": {"letter": 1, "kind": "note", "id": identity(903), "at": AT, "words": said},
        },
        {
            "kind": "answer", "share_id": ids["share"], "at": AT, "arrived": AT, "words": words, "name": words[:200],
            "met": ["listened"], "asked": AT,
        },
    ]  # fmt: skip
    return _documents(raw, words)


def every_kind_of_therapist(words: str) -> list[Document]:
    """What a therapist's journal alone holds, and what stands differently in it, in an order it can record."""
    raw: list[dict[str, Any]] = [
        {"kind": "preferences", "journal_kind": "therapist", "region": "GB", "recovery_checked": True},
        {
            "kind": "relationship",
            "name": words[:200],
            "called_before": [f"Once {words}"[:200]],
            "role": "client",
            "began": AT,
            "note": words,
            "meeting": {"weekday": 1, "time": "15:30", "weeks": 2},
            "language": "de",
        },
    ]
    after: list[dict[str, Any]] = [
        {
            "kind": "check_in", "id": identity(904), "session_id": identity(list(KINDS).index("session") + 1),
            "instrument": words[:200], "answers": {words: 7}, "rater": "therapist", "note": words,
        },
        {
            "kind": "observation", "session_id": identity(list(KINDS).index("session") + 1),
            "markers": ["went_quiet"], "happened": words, "did": ["asked"], "did_words": words, "ended": "partly",
            "rupture_id": identity(list(KINDS).index("rupture") + 1),
        },
        {
            "kind": "client_note", "relationship_id": identity(list(KINDS).index("relationship") + 1), "at": AT,
            "words": words, "source": words[:200],
        },
        {
            "kind": "tried_answer", "vignette": words[:200], "at": AT, "way": "write", "words": words, "seconds": 71,
            "looked": True, "parts": ["own_part"], "keep_in_mind": words, "come_back": True,
        },
    ]  # fmt: skip
    return [*_documents(raw, words), *_of_both(words), *_documents(after, words)]


# What stands in both kinds of journals: the client has the id that the therapist has in a person's.
OF_BOTH = {
    "session", "check_in", "instrument", "moment", "unsaid", "rupture", "talk_plan", "attempt", "repair", "share",
    "answer", "draft", "removed", "came_in", "address",
}  # fmt: skip


def _of_both(words: str) -> list[Document]:
    mother = identity(901)
    more: dict[str, dict[str, Any]] = {
        "rupture": {"causes": (Cause.JUDGED_ME,), "their_words": words.strip()},
        "talk_plan": dict.fromkeys(
            ("what_it_did", "my_part", "what_i_want_to_say", "what_i_want_to_ask"), words.strip()
        ),
        "attempt": {"client_met": (ClientMet.CRIED,)},
    }
    both = [each for each in every_kind(words) if each.kind in OF_BOTH and mother not in str(dict(each))]
    return [each.model_copy(update=more.get(each.kind, {})) for each in both]


def _documents(raw: list[dict[str, Any]], words: str) -> list[Document]:
    ids = {kind: identity(number) for number, kind in enumerate(KINDS, start=1)}
    shared = {"version": 1, "created": AT, "updated": AT, "zone": "Europe/London"}
    passed = {"not_meant": [words], "not_meant_on": AT}
    return [from_raw({"id": ids[each["kind"]], **shared, **passed, **each}) for each in raw]
