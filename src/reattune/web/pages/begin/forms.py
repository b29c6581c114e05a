"""Forms before a journal is open."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from reattune.journal.vocabulary import JournalKind
from reattune.vault import WrongRecoveryCode
from reattune.vault.keyring import SHORTEST_PASSPHRASE
from reattune.vault.recovery_code import from_code, groups
from reattune.web.pages.begin.guessed_first import guessed_first
from reattune.web.pages.shared.form_fields import OF_A_CODE, OneOf, PageForm, labelled
from reattune.web.pages.shared.wording import regions_and_another


def secret_field(label: Any, autocomplete: str) -> forms.CharField:
    """A field for a passphrase: what is typed is not shown, and its spaces count."""
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(
        label=label,
        widget=widget,
        strip=False,
        max_length=1000,
        error_messages={"required": _("Please fill this in.")},
    )


def _chosen_passphrase(label: Any) -> forms.CharField:
    field = secret_field(label, "new-password")
    field.help_text = _("On a device that others use, don’t let the browser save it: it would fill it in for them too.")
    return field


def region_choices() -> list[tuple[str, Any]]:
    """The countries to choose from, none first."""
    return [("", _("I’d rather not say")), *regions_and_another().items()]


class NewPassphraseForm(PageForm):
    """A passphrase, twice."""

    passphrase = _chosen_passphrase(_("Passphrase"))
    again = secret_field(_("The same passphrase again"), "new-password")

    def clean(self) -> dict[str, Any]:
        """Both are the same, long enough, and nothing that is guessed first."""
        data = super().clean() or {}
        first, second = data.get("passphrase"), data.get("again")
        if first and len(first) < SHORTEST_PASSPHRASE:
            self.add_error(
                "passphrase",
                _("Please use at least %(n)s characters. Four or five words in a row are easy to remember.")
                % {"n": SHORTEST_PASSPHRASE},
            )
        elif first and guessed_first(first):
            self.add_error(
                "passphrase",
                _(
                    "This is one of the first that somebody would try. Four or five words in a row are easy to "
                    "remember and hard to guess."
                ),
            )
        elif first and second and first != second:
            self.add_error("again", _("The two passphrases aren’t the same."))
        return data


class BeginForm(NewPassphraseForm):
    """Whose journal it is to be, and its passphrase."""

    journal_kind = OneOf(
        [(JournalKind.PERSON, _("I’m in therapy")), (JournalKind.THERAPIST, _("I’m a therapist"))],
        label=_("Whose journal is this?"),
        help_text=_("If you’re both, start two journals. Neither can be turned into the other."),
        required=False,
    )


class AnotherPassphraseForm(NewPassphraseForm):
    """The same, in the place of a passphrase that is there already."""

    passphrase = _chosen_passphrase(_("New passphrase"))
    again = secret_field(_("The new passphrase again"), "new-password")


class NamedForm(PageForm):
    """What opens a journal; where many lie together, along with the journal's name."""

    name = forms.CharField(
        label=_("Your journal’s name"),
        help_text=_("Eight letters and digits. You wrote them down beside the recovery code."),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={"required": _("Please fill this in.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if settings.HOSTING is None:
            del self.fields["name"]


class PassphraseForm(NamedForm):
    """The passphrase."""

    passphrase = secret_field(_("Passphrase"), "current-password")


class RecoveryForm(NamedForm, AnotherPassphraseForm):
    """The recovery code, and a new passphrase."""

    field_order = ("name", "code", "passphrase", "again")
    code = forms.CharField(
        label=_("Recovery code"),
        max_length=200,
        widget=forms.TextInput(attrs=OF_A_CODE),
        error_messages={"required": _("Please fill this in.")},
    )


def lost_in_part() -> str:
    """What is said where a page came back without all that was shown on it."""
    return gettext("Part of this page got lost. Please make another new code.")


class CheckCodeForm(PageForm):
    """The last two groups of a recovery code that was just shown."""

    code = forms.CharField(widget=forms.HiddenInput)
    # That this code was shown here, to somebody who knew the passphrase. The first one needs none.
    proof = forms.CharField(widget=forms.HiddenInput, required=False, max_length=400)
    ending = forms.CharField(
        label=_("The last two groups"),
        max_length=40,
        widget=forms.TextInput(attrs=OF_A_CODE),
        error_messages={"required": _("Type them as you wrote them down.")},
    )

    def clean_ending(self) -> str:
        """They are the ones of the code.

        Raises:
            ValidationError: they are not.
        """
        try:
            from_code(self.cleaned_data.get("code", ""))
        except WrongRecoveryCode as error:
            raise forms.ValidationError(lost_in_part()) from error
        typed = groups(self.cleaned_data["ending"])
        if typed != groups(self.cleaned_data.get("code", ""))[-2:]:
            raise forms.ValidationError(
                _("That isn’t how the code ends. Please compare what you wrote down with the code above.")
            )
        return str(self.cleaned_data["ending"])


class AboutForm(PageForm):
    """The few things the app needs to know."""

    name = forms.CharField(
        label=_("Your therapist"),
        help_text=_("A first name or a nickname. Leave this blank if you don’t have a therapist at the moment."),
        max_length=200,
        required=False,
    )
    weeks = OneOf(labelled("weeks"), label=_("How often do you meet?"), required=False)
    region = forms.ChoiceField(
        label=_("Where do you live?"),
        help_text=_("Only to show the right helplines and places to turn."),
        choices=region_choices,
        required=False,
    )
    zone = forms.CharField(widget=forms.HiddenInput(attrs={"data-zone": ""}), required=False, max_length=60)

    def __init__(self, *args: Any, journal_kind: JournalKind = JournalKind.PERSON, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if journal_kind is JournalKind.THERAPIST:
            # Whom a therapist meets, and how often, is said of each client.
            del self.fields["name"], self.fields["weeks"]
            self.fields["region"].label = _("Where do you work?")
