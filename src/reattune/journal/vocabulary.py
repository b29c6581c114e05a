"""The closed lists of the domain. Their wording for the screen is in ``content/``."""

from __future__ import annotations

from enum import StrEnum


class JournalKind(StrEnum):
    """Whose chair a journal is written from. It is chosen at the beginning and never changes."""

    PERSON = "person"
    THERAPIST = "therapist"


class RelationshipKind(StrEnum):
    """Who someone is to whoever writes. A client is one of a therapist's journal, all others are of a person's."""

    THERAPIST = "therapist"
    CLIENT = "client"
    PARENT = "parent"
    PARTNER = "partner"
    SIBLING = "sibling"
    CHILD = "child"
    FRIEND = "friend"
    TEACHER = "teacher"
    MANAGER = "manager"
    OTHER = "other"


class RelationshipStatus(StrEnum):
    """Whether the relationship goes on. One therapist at most is current."""

    CURRENT = "current"
    PAST = "past"


class SessionForm(StrEnum):
    """How a session took place."""

    IN_PERSON = "in_person"
    VIDEO = "video"
    PHONE = "phone"
    CHAT = "chat"


class Cause(StrEnum):
    """What jarred in a moment."""

    MISREAD_ME = "misread_me"
    JUDGED_ME = "judged_me"
    JOKED_AND_IT_HURT = "joked_and_it_hurt"
    DID_NOT_JOIN_IN = "did_not_join_in"
    SEEMED_BORED_OR_ABSENT = "seemed_bored_or_absent"
    SILENT_WHEN_I_NEEDED_WORDS = "silent_when_i_needed_words"
    SAID_THE_WRONG_THING = "said_the_wrong_thing"
    SPOKE_WHEN_I_NEEDED_QUIET = "spoke_when_i_needed_quiet"
    DISMISSED_OR_MINIMISED = "dismissed_or_minimised"
    PUSHED_TOO_HARD = "pushed_too_hard"
    TOO_SLOW_OR_OFF_MY_GOALS = "too_slow_or_off_my_goals"
    DISAGREED_ON_HOW_TO_WORK = "disagreed_on_how_to_work"
    FORGOT_SOMETHING = "forgot_something"
    LATE_CANCELLED_TIME_OR_MONEY = "late_cancelled_time_or_money"
    CROSSED_A_BOUNDARY = "crossed_a_boundary"
    BROKE_CONFIDENCE = "broke_confidence"
    ABOUT_WHO_I_AM = "about_who_i_am"
    REMINDED_ME_OF_SOMEONE = "reminded_me_of_someone"
    TOOK_SIDES = "took_sides"
    ENDED_OR_WENT_AWAY = "ended_or_went_away"
    OTHER = "other"


class Did(StrEnum):
    """What the person did in the moment."""

    WITHDREW = "withdrew"
    PUSHED_BACK = "pushed_back"
    SAID_IT = "said_it"
    PLAYED_ALONG = "played_along"


# Causes as a person looks for them: by what it was about.
CAUSE_GROUPS: dict[str, tuple[Cause, ...]] = {
    "said": (
        Cause.MISREAD_ME,
        Cause.JUDGED_ME,
        Cause.DISMISSED_OR_MINIMISED,
        Cause.JOKED_AND_IT_HURT,
        Cause.SAID_THE_WRONG_THING,
        Cause.SPOKE_WHEN_I_NEEDED_QUIET,
    ),
    "missing": (
        Cause.SILENT_WHEN_I_NEEDED_WORDS,
        Cause.SEEMED_BORED_OR_ABSENT,
        Cause.DID_NOT_JOIN_IN,
        Cause.FORGOT_SOMETHING,
        Cause.ENDED_OR_WENT_AWAY,
    ),
    "work": (
        Cause.PUSHED_TOO_HARD,
        Cause.TOO_SLOW_OR_OFF_MY_GOALS,
        Cause.DISAGREED_ON_HOW_TO_WORK,
        Cause.LATE_CANCELLED_TIME_OR_MONEY,
    ),
    "trust": (
        Cause.BROKE_CONFIDENCE,
        Cause.TOOK_SIDES,
        Cause.CROSSED_A_BOUNDARY,
    ),
    "me": (Cause.ABOUT_WHO_I_AM, Cause.REMINDED_ME_OF_SOMEONE, Cause.OTHER),
}


class Feeling(StrEnum):
    """A feeling that can be ticked; others go into words."""

    HURT = "hurt"
    ASHAMED = "ashamed"
    ANGRY = "angry"
    AFRAID = "afraid"
    SAD = "sad"
    ALONE = "alone"
    SMALL = "small"
    CONFUSED = "confused"
    DISAPPOINTED = "disappointed"
    NUMB = "numb"
    GUILTY = "guilty"
    BETRAYED = "betrayed"
    DISGUSTED = "disgusted"


class Touched(StrEnum):
    """What something seemed to say about the person: what it touched."""

    TOO_MUCH = "too_much"
    NOT_ENOUGH = "not_enough"
    RIDICULOUS = "ridiculous"
    NOT_SEEN = "not_seen"
    ALONE = "alone"
    LEFT_OR_REPLACED = "left_or_replaced"
    MY_FAULT = "my_fault"
    NO_SAY = "no_say"
    NOT_BELIEVED = "not_believed"
    NOT_SAFE = "not_safe"
    NOT_BELONGING = "not_belonging"
    HAVE_TO_EARN_IT = "have_to_earn_it"
    NOT_WANTED = "not_wanted"
    DO_NOT_MATTER = "do_not_matter"


class BondPattern(StrEnum):
    """The two ways a bond breaks."""

    LIGHTNING = "lightning"
    TRICKLE = "trickle"


class RuptureStyle(StrEnum):
    """How a rupture shows."""

    WITHDRAWAL = "withdrawal"
    CONFRONTATION = "confrontation"


class RuptureState(StrEnum):
    """Where a rupture is in its life."""

    NOTICED = "noticed"
    PREPARING = "preparing"
    RAISED = "raised"
    REPAIRED = "repaired"
    PARTLY = "partly"
    UNHEARD = "unheard"
    LET_GO = "let_go"
    ENDED = "ended"


class Delivery(StrEnum):
    """How the words reach the other person."""

    SAY = "say"
    READ_ALOUD = "read_aloud"
    HAND_OVER = "hand_over"
    SEND_BEFORE = "send_before"


class Approach(StrEnum):
    """What a further attempt does otherwise."""

    OTHER_WORDS = "other_words"
    OTHER_DELIVERY = "other_delivery"
    NAME_NOT_HEARD = "name_not_heard"
    ASK_FOR_TIME = "ask_for_time"
    THIRD_PERSON = "third_person"


class Met(StrEnum):
    """How the other person met what was said."""

    LISTENED = "listened"
    UNDERSTOOD = "understood"
    TOOK_THEIR_SHARE = "took_their_share"
    EXPLAINED = "explained"
    GOT_DEFENSIVE = "got_defensive"
    DISMISSED = "dismissed"
    RETALIATED = "retaliated"
    DENIED = "denied"
    CHANGED_SOMETHING = "changed_something"
    APOLOGISED = "apologised"
    CRIED = "cried"
    CHANGED_THE_SUBJECT = "changed_the_subject"
    TOOK_IT_AS_A_SYMPTOM = "took_it_as_a_symptom"
    WENT_SILENT = "went_silent"


class Happened(StrEnum):
    """Whether what was agreed on did happen."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class Outcome(StrEnum):
    """How an attempt ended, in the person's own judgement."""

    REPAIRED = "repaired"
    PARTLY = "partly"
    UNHEARD = "unheard"


class RepairWord(StrEnum):
    """What the person says of a repaired bond."""

    BACK_TO_BEFORE = "back_to_before"
    STRONGER = "stronger"
    NOT_YET = "not_yet"


class Tried(StrEnum):
    """The small skill that a practice tries."""

    FIRMER = "firmer"
    MORE_FLEXIBLE = "more_flexible"
    SAID_IT_SOONER = "said_it_sooner"
    ASKED = "asked"
    LISTENED = "listened"


class Went(StrEnum):
    """How trying it went, in the person's own judgement."""

    WELL = "well"
    PARTLY = "partly"
    NOT_WELL = "not_well"


class EndingKind(StrEnum):
    """What was chosen when the person thought of leaving."""

    TALK = "talk"
    ANOTHER_WAY = "another_way"
    PAUSE = "pause"
    LEAVE = "leave"
    LOOK = "look"
    SAFE = "safe"


class LeavingAbout(StrEnum):
    """What thinking of leaving is about."""

    CROSSED_LINE = "crossed_line"
    HURT = "hurt"
    NOT_HEARD = "not_heard"
    NOT_HELPING = "not_helping"
    TOO_CLOSE = "too_close"
    DONE = "done"
    MONEY_OR_TIME = "money_or_time"
    LIFE = "life"
    UNSURE = "unsure"


class CrossedLine(StrEnum):
    """A boundary that is the other person's to keep, the grave ones first.

    What crosses a grave one is not the person's to mend. A mild one (`MILD_LINES`) leaves both ways open.
    """

    SEXUAL = "sexual"
    EXPLOITATION = "exploitation"
    THREAT = "threat"
    CONFIDENCE = "confidence"
    DISCRIMINATION = "discrimination"
    HUMILIATION = "humiliation"
    RETALIATION = "retaliation"
    UNFIT = "unfit"
    RECORDS = "records"
    VIOLENCE = "violence"
    OWN_TROUBLES = "own_troubles"
    TOO_FAMILIAR = "too_familiar"
    TOO_NEAR = "too_near"
    OUTSIDE_CONTACT = "outside_contact"
    MENTIONED_ME = "mentioned_me"
    SMALLER = "smaller"


class NoticedBy(StrEnum):
    """What made the journal ask whether something went wrong."""

    BOND = "bond"
    MOMENT = "moment"
    MOMENTS = "moments"
    CALM = "calm"


class Answered(StrEnum):
    """What the person said to a suggestion."""

    YES = "yes"
    JOINED = "joined"
    NO = "no"


class UnsaidStatus(StrEnum):
    """Whether something is still held back."""

    HELD = "held"
    SAID = "said"
    LET_GO = "let_go"


class SharedKind(StrEnum):
    """What can be shared."""

    CARD = "card"
    MOMENT = "moment"
    STORY = "story"
    BOND = "bond"
    UNSAID = "unsaid"
    BELIEF = "belief"
    PATTERN = "pattern"
    BEFORE_SESSION = "before_session"
    SUPERVISION = "supervision"


class ShareWay(StrEnum):
    """How something is shared."""

    PAGE = "page"
    LINK = "link"
    HANDED = "handed"


MILD_LINES = frozenset(
    {
        CrossedLine.OWN_TROUBLES, CrossedLine.TOO_FAMILIAR, CrossedLine.TOO_NEAR, CrossedLine.OUTSIDE_CONTACT,
        CrossedLine.MENTIONED_ME, CrossedLine.SMALLER,
    }
)  # fmt: skip
# What only a therapist can cross.
THERAPISTS_LINES = frozenset(
    {
        CrossedLine.EXPLOITATION, CrossedLine.UNFIT, CrossedLine.RECORDS, CrossedLine.OWN_TROUBLES,
        CrossedLine.OUTSIDE_CONTACT, CrossedLine.MENTIONED_ME,
    }
)  # fmt: skip
# Until the person says which line it was, these are not theirs to mend (the rules of care, 2).
NOT_FOR_REPAIR = frozenset({Cause.CROSSED_A_BOUNDARY, Cause.BROKE_CONFIDENCE})
