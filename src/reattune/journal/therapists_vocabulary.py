"""The closed lists of a therapist's journal. Their wording for the screen is in ``content/``."""

from __future__ import annotations

from enum import StrEnum


class Rater(StrEnum):
    """Who rated a session. In a person's journal it is the client, who is the person."""

    CLIENT = "client"
    THERAPIST = "therapist"


class TherapistDid(StrEnum):
    """What a therapist did about something they noticed in a session."""

    NAMED_IT = "named_it"
    ASKED = "asked"
    NAMED_THE_FEELING = "named_the_feeling"
    OWNED_MY_PART = "owned_my_part"
    CHANGED_SOMETHING = "changed_something"
    EXPLAINED = "explained"
    LINKED_IT = "linked_it"
    WENT_ON = "went_on"


class ObservationEnded(StrEnum):
    """How what was noticed stood at the end of the session, in the therapist's judgement."""

    MENDED = "mended"
    PARTLY = "partly"
    NOT = "not"
    UNCLEAR = "unclear"


class ClientMet(StrEnum):
    """How a client met what a therapist brought up."""

    TOLD_ME_MORE = "told_me_more"
    WAS_RELIEVED = "was_relieved"
    CRIED = "cried"
    GOT_ANGRY = "got_angry"
    SAID_IT_WAS_FINE = "said_it_was_fine"
    TOOK_THE_BLAME = "took_the_blame"
    CHANGED_THE_SUBJECT = "changed_the_subject"
    WENT_SILENT = "went_silent"
    COULD_NOT_SAY = "could_not_say"


class AnswerWay(StrEnum):
    """How an answer was practised."""

    WRITE = "write"
    SAY = "say"
    READ = "read"


class AnswerPart(StrEnum):
    """What a therapist looks for in an answer of their own."""

    OWN_PART = "own_part"
    ASKED_FIRST = "asked_first"
    NO_DEFENCE = "no_defence"
    FEELING = "feeling"
    CHANGE = "change"
    LINK_LATER = "link_later"
