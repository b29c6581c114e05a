"""A choice becomes a document of lines: exactly what somebody else will see. A copy of that moment."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from reattune.content.translated_sentences import sign
from reattune.journal import Journal
from reattune.journal.document_base import Document
from reattune.journal.documents import (
    Attempt,
    Belief,
    Candidate,
    Moment,
    Pattern,
    Relationship,
    Repair,
    Rupture,
    TalkPlan,
)
from reattune.journal.vocabulary import BondPattern, RelationshipKind, SharedKind
from reattune.reflection.before_session import agreed_last_time, bring_kept, to_bring
from reattune.reflection.bond_line import BondLine, Reading, Standing
from reattune.reflection.card_text import on_card
from reattune.reflection.danger_recogniser import dangers_in
from reattune.reflection.rupture_timeline import Entry, thread
from reattune.reflection.sharing.names import NamesTakenOut, somebodies
from reattune.reflection.sharing.names_before import names_before
from reattune.reflection.sharing.offered import moments_of
from reattune.reflection.unsaid import UnsaidThing, unsaid_things


def _and_then(parts: Iterable[str]) -> str:
    return f"{sign(';')} ".join(parts)


# How many things are brought to a session unless the person says otherwise.
BROUGHT_AT_FIRST = 3
# Of a long bond the latest sessions: what somebody reads, and what a page can hold.
MOST_SESSIONS = 500
# So many letters of what is chosen are read for names, and so many of the rest. Of what is beyond only the beginning
# is: a list has no room for more, and a page for others neither.
MOST_READ, _BEGINNING = 500_000, 200


@dataclass(frozen=True)
class Wording:
    """How things read in the language of whoever shares.

    Attributes:
        label: a closed list of the domain (or a group of ``sharing.toml``) and a value to its words.
        day: a day; ``when`` that of a moment, of which perhaps only the year is known.
        misread: the sentence of a card that says one may be wrong.
        everyday: first names that are everyday words too.
        possessive: how something is said to be somebody's, where a name had an s at its end.
        changes: words that change with the sound after them.
    """

    label: Callable[[str, str], str]
    day: Callable[[datetime], str]
    when: Callable[[Moment], str]
    misread: str
    everyday: frozenset[str]
    possessive: str = "{name}’s"
    changes: Sequence[Mapping[str, str]] = ()


@dataclass(frozen=True)
class Choice:
    """What is to be shared, and with whom.

    Attributes:
        of: the card, moment, story, belief or pattern; ``None`` for what is put together of several.
        named: the other people whose names may stay.
        since: from when on, of the bond.
        line: the bond line, where it is shared.
    """

    kind: SharedKind
    of: Document | None
    reader: Relationship
    named: frozenset[UUID] = frozenset()
    since: datetime | None = None
    line: BondLine | None = None


@dataclass(frozen=True)
class Line:
    """One line: what stands before the words, and the words.

    ``at_first`` is whether it is shared unless the person says otherwise; ``of`` what it was made from.
    """

    label: str
    words: str
    at_first: bool = True
    of: UUID | None = None


@dataclass(frozen=True)
class Mentioned:
    """Somebody whose name could stand in it; ``named`` is whether it does, ``instead`` what else stands there."""

    id: UUID
    name: str
    instead: str
    named: bool


@dataclass(frozen=True)
class SharedText:
    """Everything that could be shared of a choice, line by line, and who is spoken of.

    ``rupture_id`` is the story that it belongs to, if it belongs to one; ``too_long`` is whether only the beginning of
    some chosen line is here.
    """

    heading: str
    lines: tuple[Line, ...]
    people: tuple[Mentioned, ...]
    rupture_id: UUID | None
    too_long: bool = False

    def kept(self, places: Collection[int] | None = None) -> tuple[Line, ...]:
        """The lines at these places; unless told, those that are shared at first."""
        if places is None:
            return tuple(line for line in self.lines if line.at_first)
        return tuple(line for place, line in enumerate(self.lines) if place in places)


def shared_text(
    journal: Journal, choice: Choice, wording: Wording, now: datetime, places: Collection[int] | None = None
) -> SharedText:
    """The lines of a choice, with the names of other people taken out unless they may stay.

    The one who reads it is "you" where a line says with whom something was, and their name stays. ``places`` are those
    of the lines that are chosen, if any were: of very many words the others are read by their beginnings.
    """
    therapist = journal.therapist
    people = [who for who in journal.all(Relationship) if who.id != choice.reader.id]
    known = somebodies(
        (
            *((who.id, who.name, "current_therapist" if who == therapist else who.role) for who in people),
            *((each.id, each.name, "therapist") for each in journal.all(Candidate) if each.relationship_id is None),
        ),
        {**{role: wording.label("instead", role) for role in (*RelationshipKind, "current_therapist")}},
        names_before(journal),
    )
    names = NamesTakenOut(known, choice.named, wording.everyday, wording.possessive, wording.changes)
    maker = _Maker(journal, choice, wording, now, names, {each.id: each.instead for each in known})
    lines: list[Line] = []
    room = {True: MOST_READ, False: MOST_READ}
    for line in maker.lines():
        if not line.words.strip():
            continue
        chosen = line.at_first if places is None else len(lines) in places
        room[chosen] -= len(line.words)
        words = line.words if room[chosen] >= 0 else f"{line.words.strip()[:_BEGINNING]}…"
        lines.append(Line(line.label, names.out_of(words).strip(), line.at_first, line.of))
    by_id = {each.id: each for each in known}
    mentioned = tuple(
        Mentioned(each, by_id[each].name, by_id[each].instead, each in choice.named) for each in names.met
    )
    return SharedText(maker.heading(), tuple(lines), mentioned, maker.rupture_id(), room[True] < 0)


class _Maker:
    """Makes the lines of one choice; names stand in the words still, but for those of whom something was with."""

    def __init__(
        self,
        journal: Journal,
        choice: Choice,
        wording: Wording,
        now: datetime,
        names: NamesTakenOut,
        instead: dict[UUID, str],
    ) -> None:
        self._journal, self._choice, self._now = journal, choice, now
        self._wording, self._names, self._instead = wording, names, instead

    def heading(self) -> str:
        kind = self._choice.kind
        of = self._choice.of
        if isinstance(of, Rupture) and of.relationship_id != self._choice.reader.id:
            return self._say("title", "story_others")
        return self._say("title", kind)

    def rupture_id(self) -> UUID | None:
        of = self._choice.of
        if isinstance(of, TalkPlan):
            return of.rupture_id
        if isinstance(of, Moment):
            rupture = self._journal.rupture_of(of)
            return rupture.id if rupture else None
        return of.id if isinstance(of, Rupture) else None

    def lines(self) -> Iterator[Line]:
        of = self._choice.of
        match self._choice.kind:
            case SharedKind.CARD if isinstance(of, TalkPlan):
                yield from (Line("", part, of=of.id) for part in on_card(of, self._wording.misread))
            case SharedKind.MOMENT if isinstance(of, Moment):
                yield from self._moment(of)
            case SharedKind.STORY if isinstance(of, Rupture):
                yield from self._story(of)
            case SharedKind.BELIEF if isinstance(of, Belief):
                yield from self._belief(of)
            case SharedKind.PATTERN if isinstance(of, Pattern):
                yield from self._pattern(of)
            case SharedKind.BOND:
                yield from self._bond()
            case SharedKind.UNSAID:
                yield from (self._thing(each, "unsaid", at_first=False) for each in self._unsaid())
            case SharedKind.BEFORE_SESSION:
                yield from self._before_session()

    def _say(self, group: str, key: str, **said: object) -> str:
        return self._wording.label(group, key).format(**said) if said else self._wording.label(group, key)

    def _line(self, label: str, words: str, of: Document, *, at_first: bool = True) -> Line:
        return Line(self._say("line", label), words, at_first, of.id)

    def _with(self, who_id: UUID) -> str:
        if who_id == self._choice.reader.id:
            return self._say("line", "you")
        self._names.meet(who_id)
        if who_id in self._choice.named:
            return self._journal.get(Relationship, who_id).name
        return self._instead[who_id]

    def _moment(self, moment: Moment) -> Iterator[Line]:
        theirs = moment.relationship_id == self._choice.reader.id
        yield self._line("when", self._wording.when(moment), moment)
        yield self._line("with", self._with(moment.relationship_id), moment)
        yield self._line("what", moment.what or self._say("cause", moment.cause), moment)
        if moment.what and moment.cause != "other":
            yield self._line("cause", self._say("cause", moment.cause), moment, at_first=not theirs)
        felt = ", ".join(self._say("feeling", each) for each in moment.feelings)
        yield self._line("felt", _and_then(each for each in (felt, moment.feelings_words) if each), moment)
        if moment.reaction is not None:
            yield self._line("size", self._say("line", "out_of", n=moment.reaction), moment, at_first=False)
        touched = _and_then(self._say("touched", each) for each in moment.touched)
        yield self._line("about_me", _and_then(each for each in (touched, moment.meant_about_me) if each), moment)
        yield self._line("about_them", moment.meant_about_them, moment, at_first=False)
        did = self._say("did", moment.did) if moment.did else ""
        yield self._line("did", _and_then(each for each in (did, moment.did_words) if each), moment)
        yield self._line("needed", moment.needed, moment, at_first=False)

    def _story(self, rupture: Rupture) -> Iterator[Line]:
        yield self._line("title", rupture.title, rupture)
        yield self._line("since", self._wording.day(rupture.local(rupture.began)), rupture)
        for entry in thread(self._journal, rupture):
            yield from self._entry(entry, rupture)
        yield self._line("state", self._say("state", rupture.state), rupture)

    def _entry(self, entry: Entry, rupture: Rupture) -> Iterator[Line]:
        theirs = rupture.relationship_id == self._choice.reader.id
        document, day = entry.document, self._wording.day(entry.shown)

        def line(label: str, words: str, *, at_first: bool = True) -> Line:
            of = document.id if document else rupture.id
            return Line(f"{self._say('line', label, day=day)}, {day}", words, at_first, of)

        match document:
            case Moment():
                when = f"{self._say('line', 'what')}, {self._wording.when(document)}"
                yield Line(when, document.what or self._say("cause", document.cause), of=document.id)
            case TalkPlan():
                yield line("card", "\n\n".join(on_card(document, self._wording.misread)))
            case Attempt():
                if document.outcome:
                    label = self._say("line", "talk", day=day)
                    yield Line(label, self._say("outcome", document.outcome), of=document.id)
                met = _and_then(self._say("met", each) for each in document.met)
                yield line("met", met, at_first=False)
                yield line("they_said", document.they_said, at_first=not theirs)
                yield line("feel_now", document.feel_now)
                yield line("agreed", document.agreed)
            case Repair() if not entry.later:
                yield line("mended", document.what_made_it_work)
            case None if entry.words:
                yield line("unsaid", entry.words)

    def _belief(self, belief: Belief) -> Iterator[Line]:
        yield self._line("belief", belief.words, belief)
        if belief.from_relationship_id:
            learned = self._with(belief.from_relationship_id)
            yield self._line("learned", learned, belief, at_first=False)
        for rating in dict.fromkeys((*belief.ratings[:1], *belief.ratings[-1:])):
            label = self._say("line", "true_at", day=self._wording.day(rating.at))
            yield Line(label, f"{rating.truth}{sign('%')}", of=belief.id)
        for each in belief.against:
            yield Line(self._say("line", "against", day=self._wording.day(each.at)), each.words, of=belief.id)

    def _pattern(self, pattern: Pattern) -> Iterator[Line]:
        yield self._line("pattern", pattern.name, pattern)
        for moment in moments_of(self._journal, pattern):
            label = self._say("line", "moment", when=self._wording.when(moment), who=self._with(moment.relationship_id))
            yield Line(label, moment.what or self._say("cause", moment.cause), of=moment.id)
        belief = self._journal.find(Belief, pattern.belief_id)
        if belief:
            yield self._line("about_me", belief.words, belief, at_first=False)

    def _bond(self) -> Iterator[Line]:
        since, points = self._choice.since, self._choice.line.points if self._choice.line else ()
        shown = [point for point in points if since is None or point.at >= since][-MOST_SESSIONS:]
        if shown:
            yield Line(self._say("line", "scale"), self._say("line", "scale_words"))
        for point in shown:
            yield Line(
                self._wording.day(point.at), self._say("line", "score", n=round(point.score)), of=point.session_id
            )

    def _unsaid(self) -> list[UnsaidThing]:
        things = unsaid_things(self._journal, self._now)
        return [thing for thing in things if not self._sounds_like_danger(thing.source_id)]

    def _sounds_like_danger(self, source_id: UUID) -> bool:
        source = self._journal.document(source_id)
        return source is not None and bool(dangers_in(source))

    def _thing(self, thing: UnsaidThing, label: str, *, at_first: bool) -> Line:
        words = thing.words or (self._say("cause", thing.cause) if thing.cause else "")
        return Line(f"{self._say('line', label)}, {self._wording.day(thing.since)}", words, at_first, thing.source_id)

    def _before_session(self) -> Iterator[Line]:
        offered = [each for each in to_bring(self._journal, self._now) if not self._sounds_like_danger(each.id)]
        chosen = bring_kept(self._journal)
        for number, each in enumerate(offered):
            at_first = number < BROUGHT_AT_FIRST if chosen is None else each.id in chosen
            if each.plan:
                words = "\n\n".join(on_card(each.plan, self._wording.misread))
                yield Line(self._say("line", "before"), words, at_first, each.plan.id)
            elif each.thing:
                yield self._thing(each.thing, "before", at_first=at_first)
        agreed = agreed_last_time(self._journal)
        if agreed:
            label = self._say("line", "agreed_last", day=self._wording.day(agreed.local(agreed.at)))
            yield Line(label, agreed.agreed, of=agreed.id)
        if self._choice.line and (words := self._reading(self._choice.line.reading)):
            yield Line(self._say("line", "reading"), words)

    def _reading(self, reading: Reading) -> str:
        """The latest session beside what is usual, said in the first person; empty while there is too little."""
        if reading.score is None or reading.low is None or reading.high is None:
            return ""
        since = self._wording.day(reading.since_at) if reading.since_at else ""
        slowly = reading.standing is Standing.BELOW and reading.pattern is BondPattern.TRICKLE and since
        key = "below_since" if slowly else str(reading.standing)
        numbers = {"score": round(reading.score), "low": round(reading.low), "high": round(reading.high)}
        return self._say("reading", key, **numbers, since=since)
