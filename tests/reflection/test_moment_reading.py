"""What a moment's words come closest to: a guess that is never a tick, in any language, with and without the model."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reattune import content
from reattune.journal.vocabulary import Cause
from reattune.reflection import moment_reading
from reattune.reflection.echoes.ranking import WEIGHTS, Rarity, Sense, Signs, by_ticks, ranked
from reattune.reflection.moment_reading import (
    OFFERED,
    PLACE,
    READINGS,
    alike_by_profile,
    from_bytes,
    learned,
    likely_causes,
    one_vector,
    scores_of,
)
from reattune.text.sentence_vectors import NUMBERS, sentence_model
from reattune.text.weights_file import WeightsUnusable

LATE = {
    "en": "She cancelled an hour before, again, and I still have to pay for it.",
    "de": "Sie hat eine Stunde vorher abgesagt, schon wieder, und bezahlen muss ich trotzdem.",
    "es": "Canceló una hora antes, otra vez, y encima tengo que pagar la sesión.",
    "fr": "Elle a annulé une heure avant, encore une fois, et je dois payer quand même.",
}


@pytest.mark.parametrize("change", [b"", b"{}", b"no weights at all"])
def test_another_file_is_refused_with_what_to_do(change: bytes) -> None:
    with pytest.raises(WeightsUnusable, match="Install Reattune again"):
        from_bytes(change)


def test_a_changed_byte_is_seen() -> None:
    whole = bytearray(content.raw(*PLACE))
    whole[-100] ^= 1
    with pytest.raises(WeightsUnusable, match="moments are damaged"):
        from_bytes(bytes(whole))


@pytest.mark.parametrize("language", LATE)
def test_a_session_cancelled_late_is_heard_in_each_language(language: str) -> None:
    assert Cause.LATE_CANCELLED_TIME_OR_MONEY in likely_causes(LATE[language])


def test_without_the_model_words_alone_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moment_reading, "sentence_model", lambda: None)
    assert Cause.LATE_CANCELLED_TIME_OR_MONEY in likely_causes(LATE["en"])


@pytest.mark.parametrize("words", ["", " ", "ok", "she said it", "…", "🙂 🙂"])
def test_a_few_words_say_nothing(words: str) -> None:
    assert likely_causes(words) == []


@given(st.text(max_size=400), st.text(max_size=100))
@settings(max_examples=60, deadline=None)
def test_no_text_makes_it_fail_and_what_is_offered_is_a_list_of_three(what: str, meant: str) -> None:
    assert np.isfinite(scores_of(what, meant)).all()
    offered = likely_causes(what, meant)
    assert len(offered) in (0, OFFERED)
    assert len(set(offered)) == len(offered)
    assert Cause.OTHER not in offered


def test_a_crossed_boundary_is_offered_only_where_it_is_likeliest(monkeypatch: pytest.MonkeyPatch) -> None:
    scores = np.zeros(len(READINGS))
    scores[READINGS.index(Cause.JUDGED_ME)], scores[READINGS.index(Cause.CROSSED_A_BOUNDARY)] = 2.0, 1.0
    monkeypatch.setattr(moment_reading, "scores_of", lambda what, meant="": scores)
    assert Cause.CROSSED_A_BOUNDARY not in likely_causes("four words that count")
    scores[READINGS.index(Cause.CROSSED_A_BOUNDARY)] = 3.0
    assert likely_causes("four words that count")[0] is Cause.CROSSED_A_BOUNDARY


def vectors(count: int) -> list[np.ndarray]:
    drawn = np.random.default_rng(1).normal(size=(count, NUMBERS))
    return list(drawn / np.linalg.norm(drawn, axis=1, keepdims=True))


def test_where_both_are_ticked_nothing_changes() -> None:
    ticked = Signs(feelings=frozenset({"hurt"}), cause=Cause.JUDGED_ME)
    signs = [ticked, ticked, Signs(what="no tick")]
    found = alike_by_profile(0, dict(enumerate(vectors(3))), signs)
    assert set(found) == {2}
    assert -1 <= found[2] <= 1
    assert alike_by_profile(0, {0: vectors(1)[0]}, signs) == {}
    assert alike_by_profile(0, {}, signs) == {}


def test_soft_evidence_moves_the_order_and_is_no_reason() -> None:
    signs = [Signs(what="one"), Signs(what="two")]
    match = by_ticks(signs[0], signs[1], Rarity(signs), 0, Sense(profile={0: 1.0}))
    assert match.score == pytest.approx(WEIGHTS["profile"])
    assert not match.has_reason
    order = ranked(Signs(), signs, Sense(profile={0: -0.5, 1: 0.5}), words=False)
    assert [each.place for each in order] == [1, 0]


def test_one_vector_has_length_one_and_nothing_stays_nothing() -> None:
    one, other = vectors(2)
    assert np.linalg.norm(one_vector(one, other)) == pytest.approx(1)
    assert not one_vector(np.zeros(NUMBERS), None).any()


def test_the_weights_are_those_of_this_vocabulary() -> None:
    assert learned().meaning.shape[1] == len(READINGS) == learned().letters.shape[1]
    assert (learned().spread > 0).all()


def test_the_model_is_used_where_it_is_installed() -> None:
    if sentence_model() is None:
        pytest.skip("without the sentence model: the other round tries it")
    words = scores_of(LATE["en"])
    assert not np.allclose(words, moment_reading.by_letters(learned(), f"{LATE['en']} "))
