"""Asking about earlier moments: what the suggestions need, their reasons in words, and the answers."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from reattune.journal.documents import Echo, Moment, Vector
from reattune.reflection.echoes.ranking import Match, ranked
from reattune.reflection.echoes.suggest import (
    Suggested,
    askable,
    mark_of,
    signs_of,
    suggestions,
    vectors_of,
)
from reattune.text.sentence_vectors import ModelUnusable, SentenceModel, packed, sentence_model
from reattune.web.pages.shared.wording import labels
from reattune.web.store.open_journal import OpenJournal

logger = logging.getLogger(__name__)
# Vectors are made for the moment itself and the likeliest others, so many at a visit: each takes a tenth of a second.
_AT_ONCE = 3
_LIKELIEST = 24


def asked_about(opened: OpenJournal, moment: Moment) -> tuple[list[Suggested], str]:
    """At most three moments to ask about, and a sentence where something kept them from being as good as they could.

    Nothing is suggested for the example's people: their echoes are told, not guessed.
    """
    if opened.example:
        return [], ""
    problem = ""
    try:
        _make_vectors(opened, moment)
    except ModelUnusable:
        logger.warning("The sentence model cannot be used; suggestions go by ticks and letters.")
        problem = _(
            "The language model that compares sentences can’t be read, so these suggestions go by what you ticked. "
            "To fix this, install the model again: pip install --force-reinstall 'reattune[sentences]'."
        )
    return suggestions(opened.journal, moment, opened.now), problem


def _make_vectors(opened: OpenJournal, moment: Moment) -> None:
    """Sentence vectors of this moment and of a few of the likeliest others that have none; sealed like all else."""
    model = sentence_model()
    if model is None or not moment.what:
        return
    journal = opened.journal
    others = askable(journal, moment, opened.now)
    if not others:
        return
    known = vectors_of(journal)
    order = ranked(signs_of(moment), [signs_of(other) for other in others], words=False)
    likeliest = (others[match.place] for match in order[:_LIKELIEST])
    lacking = [
        each
        for each in (moment, *likeliest)
        if each.what and (each.id not in known or known[each.id].model != model.name)
    ]
    if lacking:
        _keep_vectors(opened, model, lacking[:_AT_ONCE])


def _keep_vectors(opened: OpenJournal, model: SentenceModel, moments: Sequence[Moment]) -> None:
    signs = [signs_of(moment) for moment in moments]
    rows = iter(model.vectors([text for each in signs for text in (each.what, each.meant) if text]))
    old = {vector.moment_id: vector for vector in opened.journal.all(Vector)}
    for moment, each in zip(moments, signs, strict=True):
        what = packed(next(rows))
        fields = {
            "model": model.name,
            "of": mark_of(moment),
            "what": what,
            "meant": packed(next(rows)) if each.meant else "",
        }
        if moment.id in old:
            opened.change(old[moment.id], **fields)
        else:
            opened.create(Vector, moment_id=moment.id, **fields)


def reason(match: Match) -> str:
    """Why a moment is asked about, in plain words."""
    parts = []
    if match.cause:
        parts.append(_("the same kind of thing hurt"))
    if match.feelings:
        parts.append(_("you felt %(feelings)s both times") % {"feelings": _listed(match.feelings, "feeling")})
    if match.touched:
        parts.append(
            _("it seemed to say the same about you: %(touched)s") % {"touched": _listed(match.touched, "touched")}
        )
    if match.words:
        parts.append(_("your words are very similar"))
    elif match.sense and not parts:
        parts.append(_("you describe something similar"))
    if match.did and parts:
        parts.append(_("and you did the same both times"))
    sentence = ", ".join(parts)
    return f"{sentence[:1].upper()}{sentence[1:]}." if sentence else ""


def _listed(values: Sequence[str], group: str) -> str:
    words = labels(group)
    named = [words.get(value, value) for value in values]
    return named[0] if len(named) == 1 else _("%(some)s and %(last)s") % {
        "some": ", ".join(named[:-1]),
        "last": named[-1],
    }  # fmt: skip


def answer(opened: OpenJournal, moment: Moment, earlier_id: UUID, said: str, why: str = "") -> Echo:
    """Remember what the person said to a question, or that they linked the two themselves.

    Raises:
        JournalError: the two cannot be linked.
    """
    known = echo_between(opened, moment.id, earlier_id)
    if known:
        return opened.change(known, answer=said, reason=why[:200] or known.reason)
    return opened.create(Echo, moment_id=moment.id, earlier_id=earlier_id, answer=said, reason=why[:200])


def echo_between(opened: OpenJournal, one: UUID, two: UUID) -> Echo | None:
    """The echo between two moments, whatever was answered, if they were asked about."""
    return next((e for e in opened.journal.all(Echo) if {e.moment_id, e.earlier_id} == {one, two}), None)
