"""What a report says of its measure: of a bond that ruptures and mends, or of symptoms that get worse and better.

Each is a whole sentence, in English here and said in the report's language: another language bends words that English
only puts beside each other.
"""

from __future__ import annotations

from dataclasses import dataclass

from reattune.alliance.measure import Measure
from reattune.content.translated_sentences import number, sign, to_say, to_say_many


@dataclass(frozen=True)
class Words:
    """Sentences and labels of one kind of measure; what is in braces is filled in.

    Attributes:
        loss, mended: as the command line says them, which speaks English.
    """

    loss: str
    mended: str
    title: str
    expected: str
    found_one: str
    headline: tuple[str, str]
    count: tuple[str, str]
    mended_share: str
    column_found: str
    column_mended: str
    column_partly: str
    state_mended: str
    state_partly: str
    by_onset: str
    begun: str
    when_begun: str
    what_it_is: str
    by_method: str
    likely_open: str
    without: str
    half_begun: str
    fewer_begun: str
    unmended: str
    half_mended: tuple[str, str]
    fewer_mended: str
    by_therapist: str
    with_found: str
    none_found: str
    begun_of_hundred: str


BOND = Words(
    loss="rupture",
    mended="mended",
    title=to_say("Ruptures and repairs"),
    expected=to_say("expected of a steady bond"),
    found_one=to_say("rupture found"),
    headline=to_say_many(
        "{method} finds one rupture in {share} of the clients", "{method} finds {n} ruptures in {share} of the clients"
    ),
    count=to_say_many("rupture found", "ruptures found"),
    mended_share=to_say("of them mended"),
    column_found=to_say("ruptures found"),
    column_mended=to_say("mended"),
    column_partly=to_say("partly mended"),
    state_mended=to_say("mended"),
    state_partly=to_say("partly mended"),
    by_onset=to_say("Ruptures found, by session of onset"),
    begun=to_say("ruptures begun"),
    when_begun=to_say("When ruptures begin, by {method}. Late sessions have few clients left, so few can begin there."),
    what_it_is=to_say(
        "A rupture is a stretch of sessions below what was usual for this person. <i>Lightning</i> came in one step, "
        "<i>trickle</i> slid. <i>Mended</i> means that at least two ratings in a row came back; whether two people "
        "spoke about it, ratings cannot say. Of a client with too few ratings nothing is known, and nothing is counted."
    ),
    by_method=to_say("Ruptures by method"),
    likely_open=to_say(
        "Summed up over all who can be judged, also those below one in two, bayes takes a rupture to be open at the "
        "last rating of {clients} of clients, and in {sessions} of sessions."
    ),
    without=to_say("Clients without a rupture found so far"),
    half_begun=to_say("In half of the clients a first rupture is found to begin by session {session} of their course."),
    fewer_begun=to_say("In fewer than half of the clients a rupture is found."),
    unmended=to_say("Ruptures not mended so far"),
    half_mended=to_say_many(
        "Half of the ruptures found are mended one session after they began.",
        "Half of the ruptures found are mended {n} sessions after they began.",
    ),
    fewer_mended=to_say("Fewer than half of the ruptures found are seen mended."),
    by_therapist=to_say(
        "Clients with a rupture found open at their last rating, by therapist. The line is the share of all, {share}; "
        "the inner band holds at least 95% and the outer 99.8% of therapists if only chance differs."
    ),
    with_found=to_say("with a rupture found"),
    none_found=to_say("No rupture found."),
    begun_of_hundred=to_say("{n} ruptures begun in a hundred steady sessions"),
)
SYMPTOMS = Words(
    loss="worsening",
    mended="recovered",
    title=to_say("Worsening and recovery"),
    expected=to_say("expected of a course without worsening"),
    found_one=to_say("worsening found"),
    headline=to_say_many(
        "{method} finds one worsening in {share} of the clients",
        "{method} finds {n} worsenings in {share} of the clients",
    ),
    count=to_say_many("worsening found", "worsenings found"),
    mended_share=to_say("of them recovered"),
    column_found=to_say("worsenings found"),
    column_mended=to_say("recovered"),
    column_partly=to_say("partly recovered"),
    state_mended=to_say("recovered"),
    state_partly=to_say("partly recovered"),
    by_onset=to_say("Worsenings found, by session of onset"),
    begun=to_say("worsenings begun"),
    when_begun=to_say(
        "When worsenings begin, by {method}. Late sessions have few clients left, so few can begin there."
    ),
    what_it_is=to_say(
        "A worsening is a stretch of sessions above what was usual for this person; here, higher is worse. "
        "<i>Lightning</i> came in one step, <i>trickle</i> slid. <i>Recovered</i> means that at least two ratings in a "
        "row came back; why, ratings cannot say. Of a client with too few ratings nothing is known, and nothing is "
        "counted."
    ),
    by_method=to_say("Worsenings by method"),
    likely_open=to_say(
        "Summed up over all who can be judged, also those below one in two, bayes takes a worsening to be open at the "
        "last rating of {clients} of clients, and in {sessions} of sessions."
    ),
    without=to_say("Clients without a worsening found so far"),
    half_begun=to_say(
        "In half of the clients a first worsening is found to begin by session {session} of their course."
    ),
    fewer_begun=to_say("In fewer than half of the clients a worsening is found."),
    unmended=to_say("Worsenings not recovered so far"),
    half_mended=to_say_many(
        "Half of the worsenings found are recovered one session after they began.",
        "Half of the worsenings found are recovered {n} sessions after they began.",
    ),
    fewer_mended=to_say("Fewer than half of the worsenings found are seen recovered."),
    by_therapist=to_say(
        "Clients with a worsening found open at their last rating, by therapist. The line is the share of all, "
        "{share}; the inner band holds at least 95% and the outer 99.8% of therapists if only chance differs."
    ),
    with_found=to_say("with a worsening found"),
    none_found=to_say("No worsening found."),
    begun_of_hundred=to_say("{n} worsenings begun in a hundred steady sessions"),
)


def words_for(measure: Measure) -> Words:
    """Lower is better on scales of symptoms; a bond is rated higher the better it is."""
    return BOND if measure.higher_is_better else SYMPTOMS


def percent(share: float, digits: str = ".0f") -> str:
    """A share in percent, with the sign as the language writes it."""
    return f"{number(float(100 * share), digits)}{sign('%')}"
