"""What stands on a card."""

from __future__ import annotations

from reattune.journal.documents import TalkPlan

# Of a person's plan, then of a therapist's; each has what happened first.
_ON_CARD = ("what_happened", "what_i_felt", "what_i_made_of_it", "what_i_need",
            "what_it_did", "my_part", "what_i_want_to_say", "what_i_want_to_ask")  # fmt: skip


def on_card(plan: TalkPlan, misread: str) -> list[str]:
    """The paragraphs of a card; the fear only where the person put it there.

    Args:
        misread: the sentence that says one may be wrong, for a plan that wants it.
    """
    parts: list[str] = [getattr(plan, name) for name in _ON_CARD]
    if plan.may_have_misread:
        parts.insert(3, misread)
    if plan.fear_on_card:
        parts.append(plan.what_i_fear)
    return [part for part in parts if part.strip()]
