"""The parts of the report, each a piece of HTML with its figure and its table."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from reattune.alliance.arrays import Floats
from reattune.alliance.detectors import DETECTORS
from reattune.study.report.figures import Dot, bars, course, funnel, steps
from reattune.study.report.survival import funnel_limits, kaplan_meier, median_time, shown
from reattune.study.report.words import Words, words_for
from reattune.study.run_study import Study
from reattune.study.running_totals import FOLLOWED, GALLERY, SAME, Course, Tally

REFERENCES = ("flueckiger2018", "eubanks2018", "lipner2022", "stefana2024")
_SMALLEST_CASELOAD = 5


def _key(words: Words) -> tuple[tuple[str, str], ...]:
    return (
        ('<path class="line line-0" d="M1 12L16 5L31 9"/>', "ratings"),
        ('<path class="band" d="M1 2H31V14H1Z"/>', "usual for this person"),
        ('<path class="expected" d="M1 8H31"/>', f"expected of {words.steady}"),
        ('<rect class="loss" x="1" y="1" width="30" height="14"/>', f"{words.loss} found"),
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


def headline(study: Study) -> str:
    """The cohort in one sentence."""
    tally, words = study.tally, words_for(study.bearings.measure)
    main = tally.main
    loss = words.loss if main.losses == 1 else words.losses
    found = (
        f"{escape(tally.names[0])} finds {main.losses:,} {loss} in {_share(main.clients, main.judged)} of the clients"
    )
    return f"{tally.clients:,} clients, {tally.ratings:,} ratings. {found}{_of_judged(tally)}."


def _of_judged(tally: Tally) -> str:
    unknown = tally.clients - tally.unrated - tally.main.judged
    return f" that can be judged; of {unknown:,} too little is known" if unknown else ""


def _share(count: float, whole: float) -> str:
    return f"{100 * count / whole:.0f} %" if whole else "–"


def _many(count: int, word: str) -> str:
    return word if count == 1 else f"{word}s"


def figures(study: Study) -> str:
    """The four numbers on top."""
    main, words = study.tally.main, words_for(study.bearings.measure)
    entries = [
        ("clients", f"{study.tally.clients:,}"),
        (f"{words.loss if main.losses == 1 else words.losses} found", f"{main.losses:,}" if main.judged else "–"),
        (f"of them {words.mended}", _share(main.states["repaired"], main.losses)),
        (
            "not or only partly, at the last rating",
            f"{main.states['open'] + main.states['partly']:,}" if main.judged else "–",
        ),
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
        ["clients with too few to be judged", f"{tally.clients - tally.unrated - tally.main.judged:,}, not counted"],
        *(["set aside or put together", escape(line)] for line in study.set_aside),
    ]
    return table("What the file holds", ["what", "in this file"], [[name, text] for name, text in rows])


def what_was_found(study: Study) -> str:
    """Counts by method, pattern and state; and how many are missed and false at these settings."""
    tally, words = study.tally, words_for(study.bearings.measure)
    rows = []
    for name, counts in tally.methods.items():
        rows.append(
            [
                escape(name),
                f"{counts.judged:,}",
                f"{counts.losses:,}" if counts.judged else "not known",
                f"{counts.clients:,} ({_share(counts.clients, counts.judged)})" if counts.judged else "not known",
                _cell(counts.patterns["lightning"], counts.losses),
                _cell(counts.patterns["trickle"], counts.losses),
                _cell(counts.states["repaired"], counts.losses),
                _cell(counts.states["partly"], counts.losses),
                _cell(counts.states["open"], counts.losses),
                f"{counts.gains:,}" if counts.gains else "–",
            ]
        )
    head = ["method", "clients judged", f"{words.losses} found", "in clients", "lightning", "trickle", words.mended]
    head += [f"partly {words.mended}", "open", "gains"]
    main, counted = tally.names[0], tally.main.onsets
    last = _last_with(counted)
    title = f"{words.losses.capitalize()} found, by session of onset"
    drawing = bars(counted[: last + 1].tolist(), 1, "session of the client's course, the first being 1", title)
    numbers = table(
        title,
        ["session of the course", f"{words.losses} begun"],
        [[_session(n), f"{counted[n]:,}"] for n in range(last + 1) if counted[n]],
        (0, 1),
    )
    said = f"When {words.losses} begin, by {escape(main)}. Late sessions have few clients left, so few can begin there."
    return (
        f"<p>A {words.loss} is a stretch of sessions {words.worse} what was usual for this person. <i>Lightning</i> "
        f"came in one step, <i>trickle</i> slid. <i>{words.mended.capitalize()}</i> means that at least two ratings "
        f"in a row came back; {words.back}. Of a client with too few ratings nothing is known, and nothing is "
        "counted.</p>"
        + table(f"{words.losses.capitalize()} by method", head, rows, range(1, 10))
        + _missed_and_false(tally, words)
        + (_figure(said, drawing, numbers) if tally.main.losses else "")
    )


def _missed_and_false(tally: Tally, words: Words) -> str:
    """How far what is found lies from what was, where the truth is known, and what is likely here."""
    parts = []
    detector = DETECTORS[tally.names[0]]
    if detector.noticed == detector.noticed:
        parts.append(
            f"What is found is not what there was. On simulated courses, {escape(detector.name)} at these settings "
            f"finds {100 * detector.noticed:.0f} of 100 ruptures, and {100 * detector.right:.0f} of 100 that it finds "
            "lie in one; how it is in your ratings is not known."
        )
    if tally.judged_sessions and tally.methods["bayes"].judged:
        bayes = tally.methods["bayes"]
        parts.append(
            f"Summed up over all who can be judged, also those below one in two, bayes takes a {words.loss} to be open "
            f"at the last rating of {_share(tally.likely_open, bayes.judged)} of clients, and in "
            f"{_share(tally.likely_sessions, tally.judged_sessions)} of sessions."
        )
    return f"<p>{' '.join(parts)}</p>" if parts else ""


def _cell(count: int, whole: int) -> str:
    return f"{count:,} ({100 * count / whole:.0f} %)" if count and whole else "–"


def _session(place: int) -> str:
    return f"{place + 1}" if place < FOLLOWED else f"{FOLLOWED + 1} and later"


def _last_with(counts: np.ndarray) -> int:
    there = np.flatnonzero(counts)
    return int(there[-1]) if len(there) else 0


def survival(study: Study) -> str:
    """Time to the first loss, and from a loss until it was made good."""
    main, words = study.tally.main, words_for(study.bearings.measure)
    if not main.judged:
        return "<p>No client has ratings enough, so when anything begins is not known.</p>"
    first = kaplan_meier(main.first_loss, main.first_ended)
    repair = kaplan_meier(main.repair, main.repair_ended)
    half, mended = median_time(first), median_time(repair)
    out = _curve(
        shown(first, main.first_loss, main.first_ended),
        "session of the course, the first being 1",
        f"Clients without a {words.loss} found so far",
        (
            f"In half of the clients a first {words.loss} is found to begin by session {half} of their course."
            if half is not None
            else f"In fewer than half of the clients a {words.loss} is found."
        ),
    )
    if main.losses:
        out += _curve(
            shown(repair, main.repair, main.repair_ended),
            "sessions since it began",
            f"{words.losses.capitalize()} not {words.mended} so far",
            (
                f"Half of the {words.losses} found are {words.mended} {mended} {_many(mended, 'session')} after they "
                "began."
                if mended is not None
                else f"Fewer than half of the {words.losses} found are seen {words.mended}."
            ),
        )
    return out


def _curve(curve: Floats, across: str, title: str, words: str) -> str:
    drawing = steps([(title, curve.tolist())], across, title)
    numbers = table(title, [across, "still so"], [[str(n), f"{100 * v:.1f} %"] for n, v in enumerate(curve)], (0, 1))
    note = (
        " Courses that end first count as long as they were seen (Kaplan–Meier, which takes it that they end by "
        "chance: where people leave because of it, the truth is darker). Drawn while ten or more are left."
    )
    return f"<h3>{escape(title)}</h3>" + _figure(escape(words) + note, drawing, numbers)


def agreement(tally: Tally) -> str:
    """Of the losses of a row, how many the column has too."""
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
        "<p>Of the losses that the method in a row finds, how many the method in a column finds too, with an onset "
        f"at most {SAME} sessions away. Low figures are not always a fault: the methods look for different things.</p>"
    )
    return words + table("Agreement of the methods", ["of", "losses", *names], rows, range(1, len(names) + 2))


def between_therapists(study: Study) -> str:
    """A funnel of open losses by therapist, and why it is not a ranking."""
    tally, words = study.tally, words_for(study.bearings.measure)
    whole = sum(counts[0] for counts in tally.therapists.values())
    still = sum(counts[2] for counts in tally.therapists.values())
    large = {name: counts for name, counts in tally.therapists.items() if counts[0] >= _SMALLEST_CASELOAD}
    if len(large) < 3:
        return f"<p>Fewer than three therapists have {_SMALLEST_CASELOAD} clients or more, so nothing is compared.</p>"
    center = still / whole if whole else 0.0
    most = max(counts[0] for counts in large.values())
    limits = funnel_limits(center, np.unique(np.linspace(2, most * 1.05, 60).astype(int)).tolist())
    by_size = {row.size: row for row in funnel_limits(center, sorted({counts[0] for counts in large.values()}))}
    dots, rows, usual, wide = [], [], 0, 0
    usual_by_chance = wide_by_chance = 0.0
    for name, (clients, _, open_now) in sorted(large.items(), key=lambda each: -each[1][0]):
        share, row = open_now / clients, by_size[clients]
        outside = not row.wide_low <= share <= row.wide_high
        usual += not row.usual_low <= share <= row.usual_high
        usual_by_chance += row.usual_out
        wide_by_chance += row.wide_out
        wide += outside
        dots.append(Dot(clients, share, outside))
        rows.append([escape(name), f"{clients:,}", f"{open_now:,}", f"{100 * share:.0f} %"])
    said = (
        f"<p>Of {len(large)} therapists with {_SMALLEST_CASELOAD} judged clients or more, {usual} lie outside the "
        f"inner band; by chance alone it would be about {usual_by_chance:.2g}. {wide} lie outside the outer band; by "
        f"chance about {wide_by_chance:.2g}. Therapists differ in whom they see, so that some more than chance lie "
        "outside without any fault; the bands do not allow for that. Small caseloads swing widely, which is why there "
        "is no ranking here: a list by share would mostly rank luck. A point far out is a reason to ask, kindly, not "
        "an answer.</p>"
    )
    caption = (
        f"Clients with a {words.loss} found open at their last rating, by therapist. The line is the share of all, "
        f"{100 * center:.0f} %; the inner band holds at least 95 % and the outer 99.8 % of therapists if only chance "
        "differs."
    )
    numbers = table("By size of caseload", ["therapist", "clients judged", "open at the end", "share"], rows, (1, 2, 3))
    return said + _figure(caption, funnel(dots, center, limits), numbers)


def courses(study: Study) -> str:
    """The gallery."""
    tally, words = study.tally, words_for(study.bearings.measure)
    gallery = sorted((one for _, one in tally.gallery if any(s is not None for s in one.scores)), key=_order)
    if not gallery:
        return "<p>There is no course to show.</p>"
    ends = _ends(study, gallery)
    items = "".join(_item(one, ends, words) for one in gallery)
    drawn = (
        f"{len(gallery):,} clients, drawn by chance from {tally.clients:,}; the tables beside this page have all."
        if tally.clients > GALLERY
        else "All clients."
    )
    key = "".join(
        f'<li><svg viewBox="0 0 32 16" aria-hidden="true">{drawing}</svg>{said}</li>' for drawing, said in _key(words)
    )
    search = (
        '<form class="search" id="course-search" hidden role="search"><label>Client<input name="name" type="search" '
        'autocomplete="off"></label><label>Showing<select name="what"><option value="">everyone</option>'
        '<option value="rupture">' + f"with a {words.loss} found</option>" + '<option value="open">still open</option>'
        f'<option value="repaired">{words.mended}</option>' + '<option value="lightning">lightning</option>'
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


def _item(one: Course, ends: tuple[float, float], words: Words) -> str:
    found = " ".join(["rupture", *(f"{mark[2]} {mark[3]}" for mark in one.marks)]) if one.marks else "none"
    nothing = f"No {words.loss} found." if one.judged else "Too few ratings to say anything."
    said = "; ".join(_words(mark, words) for mark in one.marks) or nothing
    return (
        f'<li data-client="{escape(one.client)}" data-found="{escape(found)}"><h3>{escape(one.client)}</h3>'
        f'{course(one, ends)}<p class="soft">{escape(said)}</p></li>'
    )


def _words(mark: tuple[int, int, str, str, float | None], words: Words) -> str:
    onset, end, pattern, state, probability = mark
    until = f" to {end}" if end and end != onset else ""
    sure = f", {100 * probability:.0f} % sure" if probability is not None else ""
    named = {"repaired": words.mended, "partly": f"partly {words.mended}", "open": "open"}.get(state, "")
    detail = ", ".join(word for word in (pattern, named) if word)
    return f"Session {onset}{until}: {detail}{sure}"
