"""For templates: where the words of a page go that is locked, or locks itself."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from reattune.web.installation.running import proof
from reattune.web.store.known_address import KnownAddress, address_here, address_lost, several_here
from reattune.web.store.letterbox import address_key
from reattune.web.store.open_journal import OpenJournal

register = template.Library()


@register.simple_tag
def proves_itself() -> SafeString:
    """For what hands words on by itself: what to ask whoever answers here, and what this Reattune says to that.

    On one's own computer another program may have taken its place meanwhile. Hosted, the certificate says who answers.
    """
    if settings.HOSTING:
        return SafeString("")
    asked = secrets.token_hex(32)
    known = proof(asked, settings.SECRET_KEY)
    return format_html(' data-asks="{}?asked={}" data-proves="{}"', reverse("running"), asked, known)


@register.simple_tag(takes_context=True)
def address_for_notes(context: Mapping[str, Any]) -> KnownAddress | None:
    """Where a note goes that is written in this locked browser; ``None`` where that is not known."""
    request = context.get("request")
    return address_here(request) if request else None


@register.simple_tag(takes_context=True)
def notes_are_lost(context: Mapping[str, Any]) -> bool:
    """Whether a note has no way to the journal that was last open in this browser."""
    request = context.get("request")
    return address_lost(request) if request else False


@register.simple_tag(takes_context=True)
def notes_have_several(context: Mapping[str, Any]) -> bool:
    """Whether more than one journal was open in this browser: then no note is offered while they are locked."""
    request = context.get("request")
    return several_here(request) if request else False


@register.simple_tag
def address_of_journal(opened: OpenJournal) -> KnownAddress | None:
    """The address of the journal that is open, for the browser to keep; ``None`` where it is not to be kept."""
    preferences = opened.journal.preferences
    pair = None if preferences and preferences.no_locked_notes else address_key(opened)
    return KnownAddress(pair.address, pair.public) if pair else None
