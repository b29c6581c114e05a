"""Words of danger: self-harm, suicide, being harmed, harming. Recognised on the machine, and only to show lines.

Nothing is decided by it, kept or sent. A text is read sentence by sentence and in neighbouring pairs
(`danger_probability`); where one of them is called danger, the text speaks of it. From when on that is so stands in
`danger_weights.FALSE_ALARMS`. See docs/danger.md.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta

from reattune.journal import Journal
from reattune.journal.document_base import Document
from reattune.journal.documents import (
    Attempt,
    Belief,
    CameIn,
    Candidate,
    CheckIn,
    ClientNote,
    Draft,
    Ending,
    Fit,
    LooseNote,
    Moment,
    Observation,
    Practice,
    Repair,
    TalkPlan,
    Unsaid,
)
from reattune.journal.documents.letters import NoteLetter
from reattune.journal.texts import texts_in
from reattune.journal.vocabulary import JournalKind
from reattune.reflection.danger_expressions import Danger, languages_of
from reattune.reflection.danger_probability import Looked, Reading, looked, read, remember
from reattune.reflection.reading_allowance import in_passing
from reattune.text.pieces import Piece, folded, pieces, sentences

__all__ = ["Danger", "Dangers", "danger", "dangers", "dangers_in", "dangers_lately", "gravest", "sentences_of_danger"]

# Every kind of danger that something speaks of. Somebody who is beaten may not want to live any more: one does not
# hide the other.
Dangers = frozenset[Danger]


def gravest(found: Collection[Danger]) -> Danger | None:
    """The gravest of some dangers, or ``None`` of none."""
    return next((kind for kind in Danger if kind in found), None)


def danger(text: str, not_meant: Iterable[str] = ()) -> Danger | None:
    """The gravest danger that a text speaks of, or ``None``; else as `dangers`."""
    return gravest(dangers(text, not_meant))


def dangers(text: str, not_meant: Iterable[str] = ()) -> Dangers:
    """Every danger that a text speaks of.

    Args:
        not_meant: sentences of which the person said that they are none; they are passed over.

    Of what one request may not have read any more (`reading_allowance`) nothing is known yet. Cost: O(length of what
    was not read before), and a hash of the text; see docs/danger.md for times.
    """
    passed_over = tuple(not_meant)
    known = looked(text, passed_over)
    return known.kinds if known and known.whole else _look(text, passed_over).kinds


def _look(text: str, passed_over: tuple[str, ...]) -> Looked:
    readings, called = _dangers(sentences(text), text, passed_over)
    kinds = frozenset(kind for _piece, kinds in called for kind in kinds)
    found = Looked(kinds, all(readings))
    remember(text, passed_over, found)
    return found


def _dangers(
    parts: list[str], text: str, not_meant: Iterable[str]
) -> tuple[list[Reading | None], list[tuple[Piece, Dangers]]]:
    """What is known of each piece of a text, and those that speak of danger, each with its kinds."""
    passed = {folded(each) for words in not_meant for each in sentences(words)}
    left_out = {place for place, each in enumerate(parts) if folded(each) in passed} if passed else set()
    given = pieces(parts, left_out)
    readings = read(given, languages_of(text))
    called = {piece.sentences: reading.kinds for piece, reading in zip(given, readings, strict=True) if reading}
    found = []
    for piece in given:
        # What a pair is called says nothing new where one of its two sentences is called danger by itself.
        alone = piece.pair and any(called.get((place,)) for place in piece.sentences)
        if (kinds := called.get(piece.sentences)) and not alone:
            found.append((piece, kinds))
    return readings, found


def sentences_of_danger(text: str, kind: Danger | None = None) -> list[str]:
    """The sentences of a text that speak of danger, or of one ``kind`` of it; of two that do so only together, both."""
    parts = sentences(text)
    _readings, called = _dangers(parts, text, ())
    found = (piece.sentences for piece, kinds in called if kind is None or kind in kinds)
    return [parts[place] for place in sorted({place for places in found for place in places})]


def dangers_among(texts: Iterable[str], not_meant: Iterable[str] = ()) -> Dangers:
    """Every danger in any of some texts; ``not_meant`` as in `dangers`."""
    passed_over = tuple(not_meant)
    return frozenset().union(*(dangers(text, passed_over) for text in dict.fromkeys(texts) if text.strip()))


# Words written so lately are looked at on every page.
LATELY = timedelta(hours=1)
# A clock that was ahead, by a time zone or as two systems of one machine are, and was set right since.
_SET_BACK = timedelta(days=1)
# Characters and sentences that are read for one page. So many are remembered, and not read again for the next.
MOST_READ, _MOST_SENTENCES = 200_000, 9_000
# Characters of what came in and was not read before that are cut into sentences for one page.
_MOST_CUT = 60_000
# What a sentence may end with.
_ENDS = ".!?…\n"
# Letters of a large text that are read for each sentence there is room for.
_SHORT_SENTENCE = 20
_WORDS_OF = (
    Moment,
    CheckIn,
    Unsaid,
    TalkPlan,
    Attempt,
    Repair,
    Belief,
    Practice,
    Ending,
    Draft,
    LooseNote,
    Observation,
    ClientNote,
    Candidate,
    Fit,
)


def written_lately(journal: Journal, now: datetime) -> list[Document]:
    """What was written or changed within an hour of now, the nearest first: as much as a page can wait for.

    Before now, or up to a day after it where the clock was set back since; what a file dates years ahead is not of
    this hour.
    """
    return [each for each, _words in _readable(_within_the_hour(journal, now))]


def nearest(documents: Iterable[Document], now: datetime, within: timedelta) -> list[Document]:
    """Of some documents, those written or changed ``within`` so long of now, the nearest first, as far as they can be
    read for one page."""
    return [each for each, _words in _readable(_nearest_first(documents, now, within))]


def _within_the_hour(journal: Journal, now: datetime, ahead: timedelta = _SET_BACK) -> list[Document]:
    # Others' words are theirs; but what a client lets a therapist read is meant to be heard.
    of_others = journal.journal_kind is JournalKind.THERAPIST
    came_in = (each for each in journal.all(CameIn) if of_others or isinstance(each.content, NoteLetter))
    own = (each for kind in _WORDS_OF for each in journal.all(kind))
    return _nearest_first((*own, *came_in), now, LATELY, ahead)


def _nearest_first(
    documents: Iterable[Document], now: datetime, within: timedelta, ahead: timedelta | None = None
) -> list[Document]:
    after = within if ahead is None else ahead
    near = [each for each in documents if -after <= now - each.updated <= within]
    return sorted(near, key=lambda each: abs(now - each.updated))


def _readable(documents: Iterable[Document]) -> Iterator[tuple[Document, list[str]]]:
    """Documents with their words, the first ones first, as far as they can be read for one page.

    A large one takes the room from no other: of it the end is read, in what room is left.
    """
    room, room_for_sentences = MOST_READ, _MOST_SENTENCES
    large = []
    for each in documents:
        words = words_in(each)
        length, many = sum(map(len, words)), sum(map(_most_sentences, words))
        if length > room or many > room_for_sentences:
            large.append((each, words))
            continue
        room, room_for_sentences = room - length, room_for_sentences - many
        yield each, words
    for each, words in large:
        end = _so_many(words, min(room, room_for_sentences * _SHORT_SENTENCE))
        room -= sum(map(len, end))
        room_for_sentences -= sum(map(_most_sentences, end))
        if end:
            yield each, end


@in_passing()
def dangers_lately(journal: Journal, now: datetime) -> Dangers:
    """Every danger in what was written within the last hour, as far as it is read by now: the latest first.

    Nothing is kept of it: it is looked for anew on each page, and after an hour it is asked no more. Of what is not
    danger, the person can say so; that is kept with the words.
    """
    lately = _readable(_within_the_hour(journal, now))
    return frozenset().union(*(dangers_among(words, each.not_meant) for each, words in lately))


@in_passing()
def dangers_typed(texts: Collection[str], journal: Journal, now: datetime) -> Dangers:
    """Every danger in what is being sent, less what the person said lately is none."""
    # What a file dates ahead says of nothing that is being typed that it is none.
    lately = _readable(_within_the_hour(journal, now, ahead=LATELY)) if texts else ()
    passed_over = [sentence for each, _words in lately for sentence in not_meant_here(each)]
    return dangers_among(_so_many(texts, MOST_READ), passed_over)


@in_passing()
def dangers_just_written(journal: Journal, now: datetime) -> Dangers:
    """The dangers in the latest of what was written within the last hour that has any."""
    lately = _readable(_within_the_hour(journal, now))
    return next((found for each, words in lately if (found := dangers_among(words, each.not_meant))), frozenset())


@in_passing()
def harm_lately(journal: Journal, now: datetime) -> Document | None:
    """Something kept within the last hour that tells of somebody who does harm."""
    kept = _readable(each for each in _within_the_hour(journal, now) if not isinstance(each, Draft))
    return next((each for each, words in kept if Danger.HARMED in dangers_among(words, each.not_meant)), None)


@in_passing()
def danger_came_in(letters: Iterable[CameIn]) -> bool:
    """Whether any of some letters speaks of danger, as far as they are read by now: the first of them first.

    Anybody may send many that are long, and each page shows them. Each is looked at until it was read once; of those
    that were not, a page cuts so much into sentences, and the next one goes on.
    """
    room = _MOST_CUT
    for letter in letters:
        for text in words_in(letter):
            known = looked(text, letter.not_meant)
            if room > 0 and not (known and known.whole):
                room -= len(text)
                known = _look(text, letter.not_meant)
            if known and known.kinds:
                return True
    return False


def _most_sentences(text: str) -> int:
    """How many sentences a text has at the most, without looking at each."""
    return sum(map(text.count, _ENDS)) + (text[-1:] not in _ENDS)


def _so_many(texts: Iterable[str], room: int) -> list[str]:
    """Texts up to so many letters; of the one that is cut, the end."""
    found = []
    for each in texts:
        if room <= 0:
            break
        found.append(each[-room:])
        room -= len(each)
    return found


def dangers_in(document: Document) -> Dangers:
    """Every danger in the words of one document, less what the person said is none."""
    return dangers_among(words_in(document), document.not_meant)


def danger_brought(documents: Iterable[Document]) -> list[str]:
    """The words that speak of danger in what a file brings: of the latest of it, up to as much as a page can wait for.

    What the person said of them, that they are none, holds.
    """
    own = (each for each in documents if isinstance(each, _WORDS_OF))
    latest_first = sorted(own, key=lambda each: each.updated, reverse=True)
    readable = _readable(latest_first)
    return [text for each, words in readable if dangers_among(words, each.not_meant) for text in words]


# Fields whose texts nobody wrote as words: which document, page, window, time zone or questionnaire it is of, and what
# somebody is called no more.
_NO_WORDS = {"not_meant", "not_meant_on", "called_before", "kind", "zone", "form", "window", "instrument"}


def words_in(document: Document) -> list[str]:
    """Every text of a document that may be somebody's words, however short."""
    return [each for each in texts_in(document.model_dump(exclude=_NO_WORDS)) if any(map(str.isalpha, each))]


def not_meant_in(document: Document) -> tuple[str, ...]:
    """What to pass over in a document from now on: what was passed over, and what sounds like danger in it now."""
    found = [sentence for words in words_in(document) for sentence in sentences_of_danger(words)]
    return tuple(dict.fromkeys([*document.not_meant, *found]))


def not_meant_here(document: Document, said: Iterable[str] | None = None) -> list[str]:
    """The sentences of ``said``, else of what is to be passed over in a document, that stand in its words."""
    texts = words_in(document)
    return [each for each in (document.not_meant if said is None else said) if any(each in words for words in texts)]
