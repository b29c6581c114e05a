"""What templates need beyond Django's own."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django import template
from django.conf import settings
from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from reattune.content import manner
from reattune.content.translated_sentences import sign
from reattune.journal.document_base import Document
from reattune.journal.documents import Attempt, CameIn, Moment, Relationship, Rupture, Share
from reattune.journal.documents.letters import AnswerLetter, RatingLetter
from reattune.journal.draft_conflicts import FILLED_WITH, WINDOW, mark_of
from reattune.reflection.attempts import turned_away_talks
from reattune.reflection.beliefs import TruthChart
from reattune.reflection.chart_data import LineChart
from reattune.reflection.not_meant_lately import harm_not_meant
from reattune.reflection.people import PeopleMap
from reattune.reflection.search import FoundLine
from reattune.reflection.sharing.offered import may_share
from reattune.reflection.timeline import Place
from reattune.reflection.timeline_year import Year
from reattune.web.pages.notice.danger_not_meant import asked_at
from reattune.web.pages.notice.instruments import answers_as_lines
from reattune.web.pages.shared import svg_charts
from reattune.web.pages.shared.access import form_address
from reattune.web.pages.shared.dates import dated
from reattune.web.pages.shared.document_urls import address_in, address_of
from reattune.web.pages.shared.example_access import COOKIES
from reattune.web.pages.shared.wording import crisis_lines, labels, lines_near, markers
from reattune.web.store.open_journal import OpenJournal
from reattune.web.store.unlocking import FIRST, OWN, browsers_with

register = template.Library()
register.filter("dated", dated)
register.simple_tag(sign)
_LONGEST_TITLE = 60


@register.simple_tag(name="csrf_token", takes_context=True)
def token_and_mark(context: Context) -> SafeString:
    """What every form of ours carries: the token against forgery, and of which journal its page is.

    It takes the place of the tag of that name in Django, so that no form of an open journal is without the mark. One
    whose journal is not the one that is open when it is sent changes nothing there.
    """
    opened = context.get("open")
    mark = format_html('<input type="hidden" name="journal" value="{}">', opened.mark) if opened else ""
    return format_html("{}{}", CsrfTokenNode().render(context), mark)


@register.simple_tag(takes_context=True)
def closes_itself(context: Context) -> SafeString:
    """For the body of a page that shows something of an open journal: after how many seconds it locks itself, the
    cookie that says how long the journal is open in this browser, and whether it locks when out of sight.

    A page without ``open`` says ``of_open`` where it shows something all the same: the journal's mark, or that of
    whichever journal this browser has open where it cannot be opened now; and ``preferences``, where there are any.
    """
    opened, request = context.get("open"), context.get("request")
    if request is None or (opened and opened.example):
        return _closes_when_erased(opened, request.COOKIES) if request and opened and opened.tried else SafeString("")
    cookie = FIRST if opened and opened.provisional else OWN
    here = request.COOKIES.get(cookie.says_open, "")
    mark = opened.mark if opened else context.get("of_open", "")
    known = format_html(' data-mark="{}={}"', cookie.says_open, mark) if mark and (not opened or here == mark) else ""
    seconds = opened.idle_seconds if opened else settings.IDLE_SECONDS
    idle = format_html(' data-idle="{}"', seconds) if mark else ""
    preferences = opened.journal.preferences if opened else context.get("preferences")
    hides = bool(mark and preferences and preferences.lock_on_hide and not (opened and opened.provisional))
    return SafeString(idle + known + (" data-hide" if hides else ""))


def _closes_when_erased(opened: Any, cookies: Mapping[str, str]) -> SafeString:
    """The same for what was tried out in the example, which nobody unlocks again."""
    cookie = COOKIES[opened.kind]
    known = opened.mark and cookies.get(cookie.says_open, "") == opened.mark
    mark = format_html(' data-mark="{}={}"', cookie.says_open, opened.mark) if known else ""
    return SafeString(format_html(' data-tried="{}"', opened.idle_seconds) + mark) if opened.mark else SafeString("")


@register.simple_tag
def idle_minutes() -> int:
    """After how many minutes without a touch a page locks itself, or closes where the device was handed over."""
    return int(settings.IDLE_SECONDS) // 60


@register.filter
def words_for(value: object, group: str) -> str:
    """How a value of a closed list reads."""
    return labels(group).get(str(value), str(value))


@register.filter
def marker_name(marker: str) -> str:
    """How something that can be noticed in a session is called; its id where it is not asked about any more."""
    return next((each["name"] for each in markers()["marker"] if each["id"] == marker), marker.replace("_", " "))


@register.filter
def days_ago(moment: datetime) -> str:
    """``today``, ``yesterday``, ``12 days ago``, ``7 weeks ago``, ``3 months ago``."""
    days = (timezone.localdate() - (timezone.localtime(moment) if moment.tzinfo is UTC else moment).date()).days
    if days <= 0:
        return _("today")
    if days == 1:
        return _("yesterday")
    if days < 21:
        return ngettext("%(n)s day ago", "%(n)s days ago", days) % {"n": days}
    if days < 84:
        return ngettext("%(n)s week ago", "%(n)s weeks ago", days // 7) % {"n": days // 7}
    if days < 730:
        months = round(days / 30.4)
        return ngettext("%(n)s month ago", "%(n)s months ago", months) % {"n": months}
    return ngettext("%(n)s year ago", "%(n)s years ago", days // 365) % {"n": days // 365}


@register.filter
def there(at: datetime | None, of: Document) -> datetime | None:
    """A time of an entry by the clocks of where that was: its day stays what it was."""
    return of.local(at) if at else None


@register.filter
def when(moment: Moment) -> str:
    """The day of a moment, or only its year where no more is remembered; the age where not even that is."""
    if moment.no_day:
        return _("no day given")
    if moment.only_age:
        return _("at age %(n)s") % {"n": moment.age}
    at = moment.local(moment.at)
    return str(at.year) if moment.by_year else dated(at)


@register.filter
def quoted(words: str) -> str:
    """Words in the quotation marks of the page's language; what is quoted within them in those for that."""
    ways = manner(get_language() or "en")
    before, after = ways["quotes"]
    for outer, inner in zip((before, after), ways["quotes_within"], strict=True):
        words = words.replace(outer, inner)
    return f"{before}{words}{after}"


@register.filter
def lines(value: str) -> list[str]:
    """The paragraphs of somebody's words."""
    return [line for line in value.splitlines() if line.strip()]


@register.filter
def shortened(value: str, limit: int) -> str:
    """The beginning of somebody's words, cut between two words."""
    flat = " ".join(value.split())
    return flat if len(flat) <= limit else f"{flat[:limit].rsplit(' ', 1)[0]} …"


@register.simple_tag(takes_context=True)
def page_of(context: Mapping[str, Any], document: Document) -> str:
    """The address of the page on which a document is read, in the same journal, own or example."""
    opened = context.get("open")
    return address_in(opened, document) if opened else address_of(document)


@register.filter
def titled(moment: Moment) -> str:
    """The first words of a moment, or what comes closest where it has none: a name to know it by."""
    return shortened(moment.what, _LONGEST_TITLE) or labels("cause")[moment.cause]


@register.filter
def says_more(moment: Moment) -> bool:
    """Whether a moment has more words than its title shows."""
    return bool(moment.what) and titled(moment) != moment.what.strip()


@register.filter
def signed(value: float) -> str:
    """A difference in whole points with its sign."""
    return f"{round(value):+d}".replace("-", "−") if round(value) else "0"


@register.filter
def before_full_stop(name: str) -> str:
    """A name at the end of a sentence: after *K.* no second full stop."""
    return name.removesuffix(".")


@register.filter
def in_hundred(share: float) -> str:
    """A share in percent, without the sign."""
    return str(round(100 * share))


@register.filter
def in_ten(share: float) -> str:
    """A share as so many of ten."""
    return str(round(10 * share))


@register.simple_tag
def today(how: str) -> str:
    """This day in words, where the person is."""
    return dated(timezone.localtime(), how)


@register.simple_tag
def crisis_for(opened: OpenJournal) -> Mapping[str, Any]:
    """The lines of the person's region; those that fit what was written (`lines_near`)."""
    preferences = opened.journal.preferences
    found = crisis_lines(preferences.region if preferences else "")
    return {**found, "near": lines_near(found, opened.near_kinds)}


@register.simple_tag(takes_context=True)
def boundary_asked_at(context: Mapping[str, Any]) -> str:
    """Where the person can answer whether somebody crossed a boundary in what was written lately; empty where nowhere,
    or on that page itself."""
    opened: OpenJournal = context["open"]
    where = asked_at(opened, opened.near_document) if opened.near_document else ""
    return "" if where.partition("?")[0] == context["request"].path else where


@register.simple_tag
def harm_not_meant_in(opened: OpenJournal, of: UUID) -> bool:
    """Whether an entry tells of harm between people, were it not for the person's word that it doesn't."""
    document = opened.journal.document(of)
    return document is not None and bool(harm_not_meant(document))


@register.simple_tag
def open_in(opened: OpenJournal) -> int:
    """In how many browsers it is open; 0 where only the one that made it can have it."""
    return 0 if opened.example or opened.provisional else browsers_with(opened.journal_id)


@register.simple_tag
def rated_by(opened: OpenJournal, letter: CameIn) -> Relationship | None:
    """The client whose ratings came in; ``None`` where they are none of this journal's."""
    said = letter.content
    found = opened.journal.find(Relationship, said.client_id) if isinstance(said, RatingLetter) else None
    return found if found in opened.journal.clients else None


@register.simple_tag
def rated_lines(opened: OpenJournal, letter: CameIn) -> list[str]:
    """What was answered in ratings that came in."""
    said = letter.content
    return answers_as_lines(opened, said.instrument, said.answers) if isinstance(said, RatingLetter) else []


@register.simple_tag
def asks_whose(opened: OpenJournal, letter: CameIn) -> bool:
    """Whether somebody has to say which client a letter is from."""
    said = letter.content
    answers = isinstance(said, AnswerLetter) and opened.journal.find(Share, said.share_id) is not None
    return not answers and rated_by(opened, letter) is None


@register.simple_tag
def may_be_shared(opened: OpenJournal, document: Document) -> bool:
    """Whether sharing a document may be offered: nothing where a boundary was crossed, or words sound like danger."""
    return may_share(opened.journal, document, opened.now)


@register.simple_tag
def turned_away(opened: OpenJournal) -> list[Attempt]:
    """What was tried with the current therapist and turned away, earliest first."""
    journal = opened.journal
    therapist = journal.therapist
    theirs = (r for r in journal.all(Rupture) if therapist and r.relationship_id == therapist.id)
    return [talk for rupture in theirs for talk in turned_away_talks(journal, rupture)]


@register.simple_tag
def line_chart(chart: LineChart, width: str) -> SafeString:
    """A line chart as SVG, ``narrow`` or ``wide``."""
    return svg_charts.line_chart(chart, svg_charts.NARROW if width == "narrow" else svg_charts.WIDE)


@register.simple_tag
def chart_shows(chart: LineChart, width: str) -> frozenset[str]:
    """What a line chart shows, ``narrow`` or ``wide``: its legend names nothing else."""
    return svg_charts.drawn(chart, svg_charts.NARROW if width == "narrow" else svg_charts.WIDE)


@register.simple_tag
def truth_line(chart: TruthChart, width: str) -> SafeString:
    """The line of a belief as SVG, ``narrow`` or ``wide``."""
    return svg_charts.truth_line(chart, svg_charts.NARROW if width == "narrow" else svg_charts.WIDE)


@register.simple_tag
def people_map(found: PeopleMap, opened: OpenJournal) -> SafeString:
    """The map of people as SVG; its links stay in the same journal, own or example."""
    space = opened.space
    return svg_charts.people_map(found, lambda who: reverse("pages:person", args=(who,), current_app=space))


@register.filter
def marked(line: FoundLine) -> SafeString:
    """A line with what was found in it marked."""
    marks = ((format_html("<mark>{}</mark>", piece) if found else piece,) for piece, found in line.pieces)
    before, after = "… " if line.cut_before else "", " …" if line.cut_after else ""
    return format_html("{}{}{}", before, format_html_join("", "{}", marks), after)


@register.filter
def month_name(place: Place) -> str:
    """The heading of a month; of a year of which no more is remembered; of what has no year."""
    if not place.year:
        return _("No year known")
    if not place.month:
        return _("%(year)d, month not known") % {"year": place.year}
    return dated(date(place.year, place.month, 1), "month")


@register.simple_tag
def year_strip(
    glance: tuple[Year, int, Mapping[int, str]], shown: Collection[Place], path: str, width: str
) -> SafeString:
    """A year at a glance as SVG, ``narrow`` or ``wide``; its links lead to months of the page at ``path``."""
    year, most, ways = glance
    frame = svg_charts.NARROW_STRIP if width == "narrow" else svg_charts.WIDE_STRIP
    now = {place.month for place in shown if place.year == year.year}
    return svg_charts.year_strip(year, most, {n: f"{path}{way}#found" for n, way in ways.items()}, now, frame)


@register.simple_tag
def months_of_year(glance: tuple[Year, int, Mapping[int, str]], path: str) -> list[dict[str, Any]]:
    """The same as rows of a table: a month, its address, how many entries, and how much was open."""
    year, _most, ways = glance
    return [
        {
            "name": month_name(Place(year.year, number)),
            "address": f"{path}{ways[number]}#found" if number in ways else "",
            "count": count,
            "open": sum(time.begin < number and time.end > number - 1 for time in year.open_times),
        }
        for number, count in enumerate(year.counts, start=1)
    ]


@register.simple_tag(takes_context=True)
def typing_fields(context: Mapping[str, Any]) -> SafeString:
    """What tells, of what is being typed here, from what is typed into the same form in another window."""
    sent, filled = context["request"].POST, context["open"].filled_with
    window = sent.get(WINDOW) or secrets.token_hex(8)
    mark = mark_of(filled) if filled else sent.get(FILLED_WITH, "")
    hidden = ((WINDOW, window), (FILLED_WITH, mark))
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', hidden)


@register.simple_tag(takes_context=True, name="form_address")
def address_of_form(context: Mapping[str, Any]) -> str:
    """Where what is typed on this page belongs."""
    return form_address(context["request"])
