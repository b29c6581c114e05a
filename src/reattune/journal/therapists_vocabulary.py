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
