"""Why somebody needs a look, in one sentence, and how sure that is. Each says nothing but its figures."""

from __future__ import annotations

from collections.abc import Mapping

from reattune.content.translated_sentences import say, say_many
from reattune.journal.vocabulary import BondPattern
from reattune.reflection.caseload import Look, Reason
from reattune.reflection.unsaid import Calm


def sentence(look: Look, name: str) -> str:
    """The reason in one sentence. ``name`` is what the client is called."""
    return _SENTENCES[look.reason](look, name)


def how_sure(look: Look) -> str:
    """How sure that is, in a few words."""
    if look.sure is not None:
        return say("How sure: about {sure} in 100.", sure=look.sure)
    if look.reason is Reason.TOO_EVEN:
        return say("This is a plain count, and may mean nothing.")
    return say("This is a plain count.") if look.reason is Reason.MISSING else say("From your notes.")


def _open(look: Look, name: str) -> str:
    figures = {"score": _whole(look.score), "usual": _whole(look.usual), "number": look.number, "name": name}
    if look.own:
        return _open_by_own(look, figures)
    if look.pattern is BondPattern.TRICKLE:
        return say(
            "Since about session {number} the bond with {name} has probably been wearing thin bit by bit: the latest "
            "rating is {score}, where about {usual} is usual.",
            **figures,
        )
    return say(
        "Something probably went wrong between you and {name} around session {number}, all at once: the latest "
        "rating is {score}, where about {usual} is usual.",
        **figures,
    )


def _open_by_own(look: Look, figures: Mapping[str, object]) -> str:
    if look.pattern is BondPattern.TRICKLE:
        return say(
            "Since about session {number} the bond with {name} has probably been wearing thin bit by bit, and it shows "
            "in your rating rather than in theirs: yours is {score}, where about {usual} is usual.",
            **figures,
        )
    return say(
        "Something probably went wrong between you and {name} around session {number}, and it shows in your "
        "rating rather than in theirs: yours is {score}, where about {usual} is usual.",
        **figures,
    )


def _not_held(look: Look, name: str) -> str:
    title = look.title or say("Something that went wrong")
    if look.sure is None:
        return say("“{title}” isn’t mended any more.", title=title)
    return say(
        "“{title}” was mended, and since about session {number} the ratings are lower again: {score}, where about "
        "{usual} is usual.",
        title=title,
        number=look.number,
        score=_whole(look.score),
        usual=_whole(look.usual),
    )


def _not_mended(look: Look, name: str) -> str:
    title = look.title or say("Something that went wrong")
    day = look.day or ""
    return say("“{title}” was brought up on {day}, and isn’t mended yet.", title=title, day=day)


def _not_raised(look: Look, name: str) -> str:
    day = look.day or ""
    if look.rupture_id is None:
        return (
            say_many(
                "On {day} you noticed something and left it; there has been one session since.",
                "On {day} you noticed something and left it; there have been {n} sessions since.",
                look.waited,
                day=day,
            )
            if look.waited
            else say("On {day} you noticed something and left it.", day=day)
        )
    title = look.title or say("Something that went wrong")
    return say_many(
        "“{title}”, from {day}, hasn’t been brought up; there has been one session since.",
        "“{title}”, from {day}, hasn’t been brought up; there have been {n} sessions since.",
        look.waited,
        title=title,
        day=day,
    )


def _apart(look: Look, name: str) -> str:
    figures = {
        "number": look.number, "name": name, "latest": _difference(look.score), "usual": _difference(look.usual),
    }  # fmt: skip
    return say(
        "Your view and {name}’s have drifted apart since about session {number}. You now rate {latest}; you usually "
        "rate {usual}.",
        **figures,
    )


def _missing(look: Look, name: str) -> str:
    return say(
        "The last {count} sessions have no check-in from {name}; before that, {had} of {of} had one.",
        count=look.count,
        name=name,
        had=look.had,
        of=look.of,
    )


def _too_even(look: Look, name: str) -> str:
    if look.calm is Calm.SAME:
        return say(
            "{name}’s last {count} check-ins are high, and identical, answer for answer.", name=name, count=look.count
        )
    return say(
        "In each of {name}’s last {count} check-ins, every question has the same answer.", name=name, count=look.count
    )


def _whole(value: float | None) -> int:
    return round(value or 0)


def _difference(value: float | None) -> str:
    points = round(value or 0)
    if not points:
        return say("the same as they do")
    return (
        say_many("{n} point higher than they do", "{n} points higher than they do", points)
        if points > 0
        else say_many("{n} point lower than they do", "{n} points lower than they do", -points)
    )


_SENTENCES = {
    Reason.OPEN: _open,
    Reason.NOT_HELD: _not_held,
    Reason.NOT_MENDED: _not_mended,
    Reason.NOT_RAISED: _not_raised,
    Reason.APART: _apart,
    Reason.MISSING: _missing,
    Reason.TOO_EVEN: _too_even,
}
