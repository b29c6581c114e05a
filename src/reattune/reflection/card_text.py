"""What stands on a card."""

from __future__ import annotations

from reattune.journal.documents import TalkPlan

_ON_CARD = ("what_happened", "what_i_felt", "what_i_made_of_it", "what_i_need")


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
