"""The parts of the report, each a piece of HTML with its figure and its table."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from reattune.alliance.arrays import Floats
from reattune.study.report.figures import Dot, bars, course, funnel, steps
from reattune.study.report.survival import funnel_limits, kaplan_meier, median_time, shown
from reattune.study.run_study import Study
from reattune.study.running_totals import FOLLOWED, GALLERY, SAME, Course, Tally

REFERENCES = ("flueckiger2018", "eubanks2018", "lipner2022", "stefana2024")
_SMALLEST_CASELOAD = 5
_KEY = (
    ('<path class="line line-0" d="M1 12L16 5L31 9"/>', "ratings"),
    ('<path class="band" d="M1 2H31V14H1Z"/>', "usual for this person"),
    ('<path class="expected" d="M1 8H31"/>', "expected of a steady bond"),
    ('<rect class="loss" x="1" y="1" width="30" height="14"/>', "rupture"),
)


def table(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int] = ()) -> str:
    """A table that scrolls by itself where it is too wide; cells are HTML, ``numbers`` the columns to the right."""

    def cell(tag: str, place: int, text: str) -> str:
        kind = ' class="n"' if place in numbers else ""
        scope = ' scope="col"' if tag == "th" else ""
        return f"<{tag}{kind}{scope}>{text}</{tag}>"

    header = "".join(cell("th", place, escape(name)) for place, name in enumerate(head))
    body = "".join(f"<tr>{''.join(cell('td', i, text) for i, text in enumerate(row))}</tr>" for row in rows)
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(caption)}"><table>'
        f"<caption>{escape(caption)}</caption><thead><tr>{header}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _figure(words: str, drawing: str, numbers: str) -> str:
    return (
        f"<figure><figcaption>{words}</figcaption>{drawing}</figure>"
        f"<details><summary>The same in numbers</summary>{numbers}</details>"
    )


def headline(tally: Tally) -> str:
    """The cohort in one sentence."""
    main = tally.main
    share = 100 * main.clients / max(tally.clients - tally.unrated, 1)
    return (
        f"{tally.clients:,} clients, {tally.ratings:,} ratings. {escape(tally.names[0])} finds {main.losses:,} "
        f"{_many(main.losses, 'rupture')} in {share:.0f} % of the clients."
    )


def _many(count: int, word: str) -> str:
    return word if count == 1 else f"{word}s"


def figures(study: Study) -> str:
    """The four numbers on top."""
    main = study.tally.main
    mended = main.states["repaired"]
    entries = [
        ("clients", f"{study.tally.clients:,}"),
        (_many(main.losses, "rupture"), f"{main.losses:,}"),
        ("of them mended", f"{100 * mended / main.losses:.0f} %" if main.losses else "–"),
        ("still open at the last rating", f"{main.states['open'] + main.states['partly']:,}"),
    ]
    return (
        f'<dl class="figures">{"".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in entries)}</dl>'
    )


def what_was_read(study: Study) -> str:
    """Columns, counts, what was left out and why."""
    tally = study.tally
    measure = study.bearings.measure
    span = "not given" if not np.isfinite(measure.high - measure.low) else f"{measure.low:g} to {measure.high:g}"
    rows = [
        ["how it was read", escape(study.understood)],
        ["range of the measure", f"{span}; {'higher' if measure.higher_is_better else 'lower'} is better"],
        ["ratings read", f"{tally.ratings:,}"],
        ["ratings left empty in the file", f"{tally.missing:,}, counted as missing, never as zero"],
        ["clients without any rating", f"{tally.unrated:,}, left out"],
        *(["set aside or put together", escape(line)] for line in study.set_aside),
    ]
    return table("What the file holds", ["what", "in this file"], [[name, text] for name, text in rows])


def what_was_found(study: Study) -> str:
    """Counts by method, pattern and state."""
    tally = study.tally
    rows = []
    for name, counts in tally.methods.items():
        share = 100 * counts.clients / max(tally.clients - tally.unrated, 1)
        rows.append(
            [
                escape(name),
                f"{counts.losses:,}",
                f"{counts.clients:,} ({share:.0f} %)",
                _cell(counts.patterns["lightning"], counts.losses),
                _cell(counts.patterns["trickle"], counts.losses),
                _cell(counts.states["repaired"], counts.losses),
                _cell(counts.states["partly"], counts.losses),
                _cell(counts.states["open"], counts.losses),
                f"{counts.gains:,}" if counts.gains else "–",
            ]
        )
    head = ["method", "ruptures", "clients", "lightning", "trickle", "mended", "partly", "open", "gains"]
    main, counted = tally.names[0], tally.main.onsets
    last = _last_with(counted)
    drawing = bars(counted[: last + 1].tolist(), 1, "session of the client's course", "Ruptures by session of onset")
    numbers = table(
        "Ruptures by session of onset",
        ["session", "ruptures begun"],
        [[_session(n), f"{counted[n]:,}"] for n in range(last + 1) if counted[n]],
        (0, 1),
    )
    words = f"When ruptures begin, by {escape(main)}. Late sessions have few clients left, so few can begin there."
    return (
        "<p>A rupture is a stretch of sessions below what was usual for this person. <i>Lightning</i> fell in one "
        "step, <i>trickle</i> slid down. <i>Mended</i> means the ratings came back; whether two people spoke about it, "
        "ratings cannot say.</p>"
        + table("Ruptures by method", head, rows, range(1, 9))
        + (_figure(words, drawing, numbers) if tally.main.losses else "")
    )


def _cell(count: int, whole: int) -> str:
    return f"{count:,} ({100 * count / whole:.0f} %)" if count and whole else "–"


def _session(place: int) -> str:
    return f"{place + 1}" if place < FOLLOWED else f"{FOLLOWED + 1} and later"


def _last_with(counts: np.ndarray) -> int:
    there = np.flatnonzero(counts)
    return int(there[-1]) if len(there) else 0


def survival(tally: Tally) -> str:
    """Time to the first rupture, and from a rupture to its repair."""
    main = tally.main
    first = kaplan_meier(main.first_loss, main.first_ended)
    repair = kaplan_meier(main.repair, main.repair_ended)
    half, mended = median_time(first), median_time(repair)
    out = _curve(
        shown(first, main.first_loss, main.first_ended),
        "sessions since the first",
        "Clients without a rupture so far",
        (
            f"Half of the clients have had a first rupture by session {half}."
            if half is not None
            else "Fewer than half of the clients are seen to have a rupture."
        ),
    )
    if main.losses:
        out += _curve(
            shown(repair, main.repair, main.repair_ended),
            "sessions since it began",
            "Ruptures not mended so far",
            (
                f"Half of the ruptures are mended {mended} {_many(mended, 'session')} after they began."
                if mended is not None
                else "Fewer than half of the ruptures are seen to mend."
            ),
        )
    return out


def _curve(curve: Floats, across: str, title: str, words: str) -> str:
    drawing = steps([(title, curve.tolist())], across, title)
    numbers = table(title, [across, "still so"], [[str(n), f"{100 * v:.1f} %"] for n, v in enumerate(curve)], (0, 1))
    note = " Courses that end first count as long as they were seen (Kaplan–Meier); drawn while ten or more are left."
    return f"<h3>{escape(title)}</h3>" + _figure(escape(words) + note, drawing, numbers)


def agreement(tally: Tally) -> str:
    """Of the ruptures of a row, how many the column has too."""
    names = list(tally.names)
    rows = []
    for row, name in enumerate(names):
        losses = tally.methods[name].losses
        cells = [
            "–" if row == other or not losses else f"{100 * n / losses:.0f} %"
            for other, n in enumerate(tally.agreement[row])
        ]
        rows.append([escape(name), f"{losses:,}", *cells])
    words = (
        "<p>Of the ruptures that the method in a row finds, how many the method in a column finds too, with an onset "
        f"at most {SAME} sessions away. Low figures are not always a fault: the methods look for different things.</p>"
    )
    return words + table("Agreement of the methods", ["of", "ruptures", *names], rows, range(1, len(names) + 2))


def between_therapists(tally: Tally) -> str:
    """A funnel of open ruptures by therapist, and why it is not a ranking."""
    whole = sum(counts[0] for counts in tally.therapists.values())
    still = sum(counts[2] for counts in tally.therapists.values())
    large = {name: counts for name, counts in tally.therapists.items() if counts[0] >= _SMALLEST_CASELOAD}
    if len(large) < 3:
        return f"<p>Fewer than three therapists have {_SMALLEST_CASELOAD} clients or more, so nothing is compared.</p>"
    center = still / whole
    most = max(counts[0] for counts in large.values())
    limits = funnel_limits(center, np.unique(np.linspace(2, most * 1.05, 60).astype(int)).tolist())
    by_size = {row[0]: row for row in funnel_limits(center, sorted({counts[0] for counts in large.values()}))}
    dots, rows, usual, wide = [], [], 0, 0
    for name, (clients, _, open_now) in sorted(large.items(), key=lambda each: -each[1][0]):
        share, row = open_now / clients, by_size[clients]
        outside = not row[3] <= share <= row[4]
        usual += not row[1] <= share <= row[2]
        wide += outside
        dots.append(Dot(clients, share, outside))
        rows.append([escape(name), f"{clients:,}", f"{open_now:,}", f"{100 * share:.0f} %"])
    words = (
        f"<p>Of {len(large)} therapists with {_SMALLEST_CASELOAD} clients or more, {usual} lie outside the inner band; "
        f"by chance alone it would be about {0.05 * len(large):.1f}. {wide} lie outside the outer band; by chance "
        f"about {0.002 * len(large):.1f}. Small caseloads swing widely, which is why there is no ranking here: a list "
        "by share would mostly rank luck. Who comes to whom is not random either. A point far out is a reason to ask, "
        "kindly, not an answer.</p>"
    )
    caption = (
        f"Clients whose rupture was open at their last rating, by therapist. The line is the share of all, "
        f"{100 * center:.0f} %; the inner band holds 95 % and the outer 99.8 % of therapists if only chance differs."
    )
    numbers = table("By size of caseload", ["therapist", "clients", "open at the end", "share"], rows, (1, 2, 3))
    return words + _figure(caption, funnel(dots, center, limits), numbers)


def courses(study: Study) -> str:
    """The gallery."""
    tally = study.tally
    gallery = sorted((one for _, one in tally.gallery if any(s is not None for s in one.scores)), key=_order)
    if not gallery:
        return "<p>There is no course to show.</p>"
    ends = _ends(study, gallery)
    items = "".join(_item(one, ends) for one in gallery)
    drawn = (
        f"{len(gallery):,} clients, drawn by chance from {tally.clients:,}; the tables beside this page have all."
        if tally.clients > GALLERY
        else "All clients."
    )
    key = "".join(
        f'<li><svg viewBox="0 0 32 16" aria-hidden="true">{drawing}</svg>{words}</li>' for drawing, words in _KEY
    )
    search = (
        '<form class="search" id="course-search" hidden role="search"><label>Client<input name="name" type="search" '
        'autocomplete="off"></label><label>Showing<select name="what"><option value="">everyone</option>'
        '<option value="rupture">with a rupture</option><option value="open">still open</option>'
        '<option value="repaired">mended</option><option value="lightning">lightning</option>'
        '<option value="trickle">trickle</option></select></label></form>'
        '<p class="soft" id="course-count" role="status"></p>'
    )
    return (
        f"<p>{drawn} The usual range is what was known before each session.</p>"
        f'<ul class="key">{key}</ul>{search}<ul class="gallery" id="course-list">{items}</ul>'
        '<p class="search"><button type="button" id="course-more" hidden>Show more</button></p>'
    )


def _order(one: Course) -> tuple[int, str]:
    return (int(one.client), "") if one.client.isdecimal() and len(one.client) < 16 else (10**16, one.client)


def _ends(study: Study, gallery: Sequence[Course]) -> tuple[float, float]:
    """One scale for all courses: as much of the measure's range as they use."""
    measure = study.bearings.measure
    scores = [score for one in gallery for score in one.scores if score is not None]
    least, most = min(scores), max(scores)
    room = 0.05 * (most - least) or 1.0
    return max(measure.low, least - room), min(measure.high, most + room)


def _item(one: Course, ends: tuple[float, float]) -> str:
    found = " ".join(["rupture", *(f"{mark[2]} {mark[3]}" for mark in one.marks)]) if one.marks else "none"
    words = "; ".join(_words(mark) for mark in one.marks) or "No rupture found."
    return (
        f'<li data-client="{escape(one.client)}" data-found="{escape(found)}"><h3>{escape(one.client)}</h3>'
        f'{course(one, ends)}<p class="soft">{escape(words)}</p></li>'
    )


def _words(mark: tuple[int, int, str, str, float | None]) -> str:
    onset, end, pattern, state, probability = mark
    until = f" to {end}" if end and end != onset else ""
    sure = f", {100 * probability:.0f} % sure" if probability is not None else ""
    named = {"repaired": "mended", "partly": "partly mended", "open": "open"}.get(state, "")
    detail = ", ".join(word for word in (pattern, named) if word)
    return f"Session {onset}{until}: {detail}{sure}"
