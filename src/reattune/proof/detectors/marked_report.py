"""The page about methods beside marked ruptures: figures, pictures, and how far to trust them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape

from reattune.alliance.detectors import DETECTORS
from reattune.proof.detectors.marked_study import MarkedJudgement, MarkedStudy, Pair
from reattune.proof.detectors.metrics import Interval
from reattune.study.report.figures import course, forest, reliability
from reattune.study.report.page import Section, framed, linked
from reattune.study.report.sections import table

# Few ruptures make intervals that say nothing; from so few on the page says so first.
_FEW = 30


def marked_report(study: MarkedStudy, today: date) -> str:
    """The whole page as HTML, without a single address to load from."""
    parts = [
        Section("marks", "What was marked", _marks(study)),
        Section("agreement", "Do the markers agree?", _agreement(study)),
        Section("seen", "What each method sees", _seen(study)),
        Section("apart", "Can the methods be told apart?", _apart(study)),
        Section("soon", "How soon, and how often for nothing", _soon(study)),
    ]
    honest = next((each for each in study.judgements if each.error is not None), None)
    if honest is not None:
        parts.append(Section("honest", "How honest the probabilities are", _honest(honest)))
    parts.append(Section("courses", "Courses", _courses(study)))
    parts.append(Section("methods", "Methods and references", _methods(study)))
    lead = (
        f"{escape(study.source)} beside {escape(study.marks)}: {study.ruptures:,} ruptures that people have marked in "
        f"{study.clients:,} clients."
    )
    return framed("Methods beside marked ruptures", study.source, lead, _numbers(study), parts, today)


def _numbers(study: MarkedStudy) -> str:
    share = study.open_sessions / study.sessions if study.sessions else 0.0
    first = study.judgements[0].method if all(pair.apart for pair in study.pairs) else "cannot be told"
    cells = (
        (f"{study.ruptures:,}", "ruptures marked"),
        (f"{study.sessions:,}", "sessions judged"),
        (f"{100 * share:.0f} %", "of them in a rupture"),
        (first, "which method sees most"),
    )
    return (
        '<dl class="figures">' + "".join(f"<div><dt>{name}</dt><dd>{escape(value)}</dd></div>" for value, name in cells)
    ) + "</dl>"


def _marks(study: MarkedStudy) -> str:
    who = f" by {_list(study.markers)}" if study.markers else ""
    said = (
        f"<p>{escape(study.understood)}</p><p>{study.ruptures:,} ruptures were marked{escape(who)}, and "
        f"{study.sessions:,} sessions of {study.clients:,} clients can be judged: they have a rating, somebody looked "
        "at them, and they are not among the first two of a course. Where several marked a session, it counts as what "
        "more than half of them say.</p>"
    )
    if study.left_out:
        said += f"<p>Left out: {escape('; '.join(study.left_out))}.</p>"
    if study.ruptures < _FEW:
        said += (
            f"<p><strong>{study.ruptures} ruptures are few.</strong> The intervals below are wide because they must "
            "be; a single figure from here is not a finding.</p>"
        )
    return said


def _agreement(study: MarkedStudy) -> str:
    found = study.agreement
    if found is None:
        return (
            "<p>No session was marked by two people, so how reliable the marks are is not known. A method that "
            "disagrees with them may be wrong, or they may be. Let a second person mark a fifth of the courses, "
            "without seeing the first one's marks.</p>"
        )
    return (
        f"<p>In {found.sessions:,} sessions of {found.clients:,} clients that two or more looked at, "
        f"{_percent(found.same)} of their marks agree. Krippendorff's alpha, which takes off what chance would give, "
        f"is {_figure(found.alpha)}: 1 is full agreement, 0 is chance. {_how_reliable(found.alpha)} No method can "
        "agree with the marks much better than the markers agree with each other.</p>"
    )


def _how_reliable(alpha: Interval) -> str:
    if alpha.value >= 0.8:
        return "From .80 on marks are usually taken as reliable."
    if alpha.value >= 0.667:
        return "From .67 to .80 they usually carry tentative conclusions only."
    return "Below .67 marks are usually not taken as reliable; what follows compares methods with something unsure."


def _seen(study: MarkedStudy) -> str:
    base = study.open_sessions / study.sessions
    rows = [
        (each.method, each.now.value, each.now.low, each.now.high, each.method == "bayes") for each in study.judgements
    ]
    drawing = forest(rows, "in a rupture now: average precision (line: what alarms at random reach)", base)
    numbers = table(
        "By method",
        ["method", "average precision", "95 % interval", "ruptures noticed", "losses right"],
        [
            [
                escape(each.method),
                _number(each.now.value),
                _ends(each.now),
                _percent(each.noticed),
                _percent(each.right),
            ]
            for each in study.judgements
        ],
        (1, 2, 3, 4),
    )
    return (
        "<figure><figcaption>How well each method ranks sessions in a marked rupture above others, from what was "
        "known at each session. The intervals are over clients: other clients of the same kind would give figures "
        f"within them 95 times of 100.</figcaption>{drawing}</figure>{numbers}"
        '<p class="soft">Ruptures noticed: the share of marked ruptures in which the method, at its usual setting, '
        "finds a loss. Losses right: of the losses that it finds in judged sessions, the share that begin in a marked "
        "rupture or one session beside it.</p>"
    )


def power_sentence(pair: Pair, ruptures: int) -> str:
    """Whether two methods can be told apart on so many ruptures, and how many it would take."""
    by = f"difference {pair.by.value:.3f}, {pair.by.low:.3f} to {pair.by.high:.3f}"
    if pair.apart:
        return f"{pair.better} sees more than {pair.worse} ({by})."
    said = f"With {ruptures} marked ruptures {pair.better} and {pair.worse} cannot be told apart ({by})."
    if pair.needed is not None and pair.needed < 100_000:
        said += f" If the difference is as large as it seems, it takes about {pair.needed:,} to see it."
    return said


def _apart(study: MarkedStudy) -> str:
    listed = "".join(f"<li>{escape(power_sentence(pair, study.ruptures))}</li>" for pair in study.pairs)
    if not listed:
        return "<p>Only one method was run.</p>"
    return (
        "<p>The method that sees most, beside each other one, on the same clients. That two cannot be told apart does "
        f"not mean that they are equal.</p><ul>{listed}</ul>"
    )


def _soon(study: MarkedStudy) -> str:
    rows = [
        [escape(each.method), _spread(each.delay, 1), _spread(each.false_alarms, 1)]
        for each in sorted(study.judgements, key=lambda each: each.false_alarms.value)
    ]
    return (
        "<p>At the threshold at which a method notices 80 of 100 marked ruptures while they are open: how many "
        "sessions pass from the onset to its first alarm (median; an alarm that was on before is not "
        "counted), and how often it warns in 100 calm sessions. A dash: it never notices so many, or only by warning "
        "always.</p>"
        + table("At 80 % of ruptures noticed", ["method", "sessions until known", "false alarms"], rows, (1, 2))
    )


def _honest(one: MarkedJudgement) -> str:
    assert one.error is not None  # noqa: S101
    points = [(row.said, row.was, was.low, was.high) for row, was in zip(one.table, one.was, strict=True)]
    numbers = table(
        "What was said and what was",
        ["said", "sessions", "said on average", "were in a rupture", "95 % interval"],
        [
            [
                f"{100 * row.low:.0f} to {100 * row.high:.0f} %", f"{row.sessions:,}", f"{100 * row.said:.0f} %",
                f"{100 * row.was:.0f} %", _ends(was, 100, 0),
            ]
            for row, was in zip(one.table, one.was, strict=True)
        ],
        (1, 2, 3, 4),
    )  # fmt: skip
    return (
        f"<figure><figcaption>{escape(one.method)}: of the sessions for which it said so many percent, how many were "
        "in a marked rupture. On the line it says what is; below it, it says too much. On average it is "
        f"{100 * one.error.value:.0f} points off ({_ends(one.error, 100, 0)}; a little of that is chance).</figcaption>"
        f"{reliability(points, 'said, %', 'were in a rupture, %')}</figure>{numbers}"
        "<p>What was marked need not be what ratings show: observers see ruptures that a rating does not, and a "
        "rating can fall where nobody saw why.</p>"
    )


def _courses(study: MarkedStudy) -> str:
    scores = [score for one, _ in study.courses for score in one.scores if score is not None]
    ends = (min(scores), max(scores))
    room = 0.08 * (ends[1] - ends[0]) or 1.0
    items = "".join(
        f"<li><h3>{escape(one.client)}</h3>{course(one, (ends[0] - room, ends[1] + room), spans)}</li>"
        for one, spans in study.courses
    )
    more = f" The first {len(study.courses)} of {study.clients:,}." if len(study.courses) < study.clients else ""
    return (
        f"<p>Ratings; dark at the top what was marked, shaded what {escape(study.drawn)} finds at its "
        f'usual setting.{more}</p><ul class="gallery">{items}</ul>'
    )


def _methods(study: MarkedStudy) -> str:
    rows = [[escape(each.method), linked(DETECTORS[each.method].paper)] for each in study.judgements]
    return (
        table("The methods", ["method", "source"], rows)
        + "<p>Intervals: bootstrap over clients, since sessions of one person are alike; Wilson's where all or none "
        + linked("count, 10.1080/01621459.1927.10502953.")
        + " Agreement: "
        + linked("Krippendorff 1970, 10.1177/001316447003000105; Hayes & Krippendorff 2007, 10.1080/19312450709336664.")
        + "</p><p>Simulated courses cannot show what this page does: they hold what their makers believe about "
        "ruptures. Marks of people who were there, or who watched, are the way to know.</p>"
    )


def _list(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _number(value: float, digits: int = 3) -> str:
    return "–" if value != value else f"{value:.{digits}f}"


def _ends(one: Interval, times: float = 1, digits: int = 3) -> str:
    return "–" if one.low != one.low else f"{times * one.low:.{digits}f} to {times * one.high:.{digits}f}"


def _figure(one: Interval) -> str:
    return f"{_number(one.value, 2)} ({_ends(one, 1, 2)})"


def _percent(one: Interval) -> str:
    return "–" if one.value != one.value else f"{100 * one.value:.0f} % ({_ends(one, 100, 0)})"


def _spread(one: Interval, digits: int) -> str:
    return "–" if one.value != one.value else f"{one.value:.{digits}f} ({_ends(one, 1, digits)})"
