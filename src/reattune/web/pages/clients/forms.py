"""Forms of the therapist's side."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from reattune.journal.documents import CheckIn, Observation, Relationship, Session
from reattune.journal.documents.relationship import InstrumentDefinition
from reattune.web.http.language import offered
from reattune.web.pages.notice.check_in_forms import answers_of, field_of, rating_field
from reattune.web.pages.shared.form_fields import (
    DayField,
    OneOf,
    PageForm,
    Several,
    WordsField,
    as_typed,
    labelled,
)
from reattune.web.pages.shared.wording import markers

# Fields of one's own check-in stand beside others in one form.
OWN = "own_"
STYLES = ("withdrawal", "confrontation")


class ClientForm(PageForm):
    """A client under a short name, and when they are usually met."""

    name = forms.CharField(
        label=_("A short name"),
        help_text=_("Initials, a number, or a name only you know. No full names: this isn’t an official record."),
        max_length=40,
        error_messages={"required": _("What do you want to call them here? An initial will do.")},
    )
    weekday = forms.ChoiceField(label=_("Which day do you usually meet?"), required=False)
    time = forms.TimeField(
        label=_("At what time?"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": _("Write the time like this: 09:30.")},
    )
    weeks = OneOf(
        [
            ("1", _("every week")),
            ("2", _("every two weeks")),
            ("3", _("every three weeks")),
            ("4", _("every four weeks")),
        ],
        label=_("How often?"),
        required=False,
    )
    language = forms.ChoiceField(label=_("The language of their check-in"), required=False)
    note = WordsField(
        label=_("Something to remember"),
        help_text=_("What you’d want to see before a session. No diagnosis needed."),
        rows=3,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["weekday"].choices = [("", _("It varies")), *((str(day), name) for day, name in WEEKDAYS.items())]  # type: ignore[attr-defined]
        self.fields["language"].choices = [("", _("The same as mine")), *offered()]  # type: ignore[attr-defined]
        self.initial.setdefault("weeks", "1")
        if len(offered()) < 2:
            del self.fields["language"]

    @staticmethod
    def known(client: Relationship) -> dict[str, Any]:
        """What the fields show of a client."""
        meeting = client.meeting
        known: dict[str, Any] = {"name": client.name, "note": client.note, "language": client.language}
        if meeting:
            weekday = "" if meeting.weekday is None else str(meeting.weekday)
            known |= {"weekday": weekday, "time": meeting.time, "weeks": f"{meeting.weeks:g}"}
        return known

    def said(self) -> dict[str, Any]:
        """The fields of the client as they were filled in."""
        data = self.cleaned_data
        weekday, time = data["weekday"], data["time"]
        meeting = {
            "weekday": int(weekday) if weekday else None,
            "time": f"{time:%H:%M}" if time else "",
            "weeks": float(data["weeks"] or 1),
        }
        said = {"name": data["name"].strip(), "note": data["note"], "meeting": meeting}
        return {**said, "language": data["language"]} if "language" in data else said


class _RatedForm(PageForm):
    """A day, how it was held, and the items of an instrument; every answer may be left out."""

    day = DayField(label=_("When was the session?"))
    place = OneOf(labelled("form"), label=_("How was the session held?"), required=False)
    prefix_of_items = ""

    def __init__(
        self, *args: Any, instrument: InstrumentDefinition | None, kept: CheckIn | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.instrument = instrument
        self.before = kept.answers if kept else {}
        self.initial.setdefault("day", timezone.localdate())
        self.initial.setdefault("place", "in_person")
        items = instrument.items if instrument else ()
        self.keys = {f"{self.prefix_of_items}{field_of(item.key)}": item for item in items}
        self.fields |= {
            name: rating_field(instrument, item, self.before.get(item.key))
            for name, item in self.keys.items()
            if instrument
        }

    def scales(self) -> list[Any]:
        """The items of the instrument, bound."""
        return [self[name] for name in self.keys]

    def answers(self) -> dict[str, float]:
        """Item key to answer, without those left out."""
        given = {item.key: self.cleaned_data.get(name) for name, item in self.keys.items()}
        return answers_of(self.instrument, self.before, given)


def rated(session: Session, check_in: CheckIn | None, prefix: str = "") -> dict[str, Any]:
    """What the fields show of a session and a check-in."""
    known: dict[str, Any] = {"day": session.local_day(session.at), "place": session.form}
    answers = check_in.answers if check_in else {}
    return {**known, **{f"{prefix}{field_of(key)}": as_typed(value) for key, value in answers.items()}}


class TypedRatingForm(_RatedForm):
    """What a client rated on paper."""

    note = WordsField(label=_("Anything they wrote beside it"), rows=2)

    def clean(self) -> dict[str, Any]:
        """Something must be answered."""
        data = super().clean() or {}
        if not self.errors and not self.answers():
            self.add_error(None, _("Nothing is filled in yet. One answer is enough."))
        return data


class AfterSessionForm(_RatedForm):
    """One's own check-in, and what was noticed. All of it may be left out: then it says only that you met."""

    prefix_of_items = OWN
    happened = WordsField(label=_("What happened?"), help_text=_("A line or two, in your own words."), rows=3)
    did = Several(labelled("therapist_did"), label=_("What did you do about it?"))
    did_words = WordsField(label=_("In your own words"), rows=2)
    ended = OneOf(labelled("observation_ended"), label=_("How were things at the end?"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for style in STYLES:
            named = [(each["id"], each["name"]) for each in markers()["marker"] if each["style"] == style]
            self.fields[style] = Several(named, label=markers()[style]["title"])

    def marker_groups(self) -> list[dict[str, Any]]:
        """The markers in two groups, each with an example, and whether it is ticked."""
        groups = []
        for style in STYLES:
            ticked = {str(each) for each in (self[style].value() or ())}
            rows = [{**each, "ticked": each["id"] in ticked} for each in markers()["marker"] if each["style"] == style]
            groups.append({"field": self[style], "words": markers()[style], "rows": rows, "any": bool(ticked)})
        return groups

    @staticmethod
    def known(noted: Observation | None) -> dict[str, Any]:
        """What the fields show of an observation."""
        if noted is None:
            return {}
        known: dict[str, Any] = {style: list(noted.markers) for style in STYLES}
        return {
            **known, "happened": noted.happened, "did": list(noted.did), "did_words": noted.did_words,
            "ended": noted.ended,
        }  # fmt: skip

    def noticed(self, before: Observation | None = None) -> dict[str, Any]:
        """The fields of an observation. Markers that are not asked about any more stay as they were."""
        data = self.cleaned_data
        asked = {each["id"] for each in markers()["marker"]}
        kept = [each for each in (before.markers if before else ()) if each not in asked]
        return {
            "markers": tuple([each for style in STYLES for each in data[style]] + kept),
            "happened": data["happened"],
            "did": tuple(data["did"]),
            "did_words": data["did_words"],
            "ended": data["ended"] or None,
        }
