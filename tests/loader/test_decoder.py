"""The decoder against enumeration: on short texts every sequence of labels can be written down."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations, pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.loader.decoder import (
    BEGIN,
    INSIDE,
    LEAST,
    ROLES,
    Candidates,
    Transitions,
    best_apart,
    candidates,
    posterior,
    worth,
)

LABELS = 7
NEVER = -1e4


def chance_tables(seed: int, count: int) -> tuple[np.ndarray, Transitions, np.ndarray]:
    """Scores, transitions without impossible steps but those that BIO forbids, and a stretch between marks."""
    draw = np.random.default_rng(seed)
    learnt = draw.normal(size=(LABELS, LABELS))
    for inside in INSIDE:
        for before in range(LABELS):
            if before not in (inside, inside - 1):
                learnt[before, inside] = NEVER
    between_marks = np.zeros(count, dtype=np.bool_)
    between_marks[2:4] = True
    return draw.normal(size=(count, LABELS)), Transitions.of(learnt, 1.0), between_marks


def enumerated(
    scores: np.ndarray, steps: Transitions, marked: np.ndarray
) -> list[tuple[tuple[int, ...], float]]:
    """Every sequence of labels with its probability."""
    sequences, weights = [], []
    for labels in product(range(LABELS), repeat=len(scores)):
        if labels[0] in INSIDE:
            continue
        total = scores[0, labels[0]]
        for t in range(1, len(labels)):
            total += scores[t, labels[t]] + steps[int(marked[t])][labels[t - 1], labels[t]]
        sequences.append(labels)
        weights.append(np.exp(total))
    return list(zip(sequences, np.array(weights) / sum(weights), strict=True))


def pieces(labels: tuple[int, ...], role: int) -> list[tuple[int, int]]:
    found, start = [], None
    for t, label in enumerate((*labels, 0)):
        if start is not None and label != INSIDE[role]:
            found.append((start, t))
            start = None
        if label == BEGIN[role]:
            start = t
    return found


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("role", range(ROLES))
def test_a_piece_is_as_likely_as_the_sequences_that_hold_it(seed: int, role: int) -> None:
    scores, steps, marked = chance_tables(seed, 5)
    expected: dict[tuple[int, int], float] = defaultdict(float)
    for labels, probability in enumerated(scores, steps, marked):
        for piece in pieces(labels, role):
            expected[piece] += probability
    got = candidates(posterior(scores.astype(np.float32), steps, marked), role)
    found = dict(zip(zip(got.starts.tolist(), got.ends.tolist(), strict=True), got.chances, strict=True))
    assert found == pytest.approx(
        {piece: each for piece, each in expected.items() if each >= LEAST}, rel=1e-4
    )
    assert list(found) == sorted(found)


def test_no_token_has_no_piece() -> None:
    scores, steps, marked = chance_tables(0, 0)
    assert len(candidates(posterior(scores, steps, marked[:0]), 0).starts) == 0


def test_a_long_text_of_one_piece_neither_underflows_nor_is_cut() -> None:
    count = 20_000
    scores = np.full((count, LABELS), -30.0)
    scores[0, BEGIN[0]] = scores[1:, INSIDE[0]] = 30.0
    got = candidates(
        posterior(scores, Transitions.of(np.zeros((LABELS, LABELS)), 0.0), np.zeros(count, bool)), 0
    )
    assert (got.starts.tolist(), got.ends.tolist()) == ([0], [count])


def test_worth_counts_what_overlaps_by_half() -> None:
    """Tokens of 1, 1, 2 and 4 characters; the stretches 0-3 (4), 0-4 (8) and 2-4 (6)."""
    of = Candidates(np.array([0, 0, 2]), np.array([3, 4, 4]), np.array([0.25, 0.5, 0.125]))
    matches, shared = worth(of, np.array([1, 1, 2, 4]))
    assert matches.tolist() == [0.75, 0.875, 0.625]
    assert shared == pytest.approx(
        [0.25 + 0.5 / 2 + 0.125 / 4, 0.125 + 0.5 + 0.125 * 6 / 8, 0.0625 + 0.375 + 0.125]
    )


spans = st.tuples(st.integers(0, 12), st.integers(1, 6), st.floats(-1, 1)).map(
    lambda s: (s[0], s[0] + s[1], s[2])
)


@given(st.lists(spans, max_size=8))
def test_no_other_set_of_stretches_apart_has_more(of: list[tuple[int, int, float]]) -> None:
    starts, ends, gains = (np.array(each) for each in (zip(*of, strict=True) if of else ([], [], [])))
    chosen = best_apart(starts.astype(int), ends.astype(int), gains.astype(float))
    ordered = [of[i] for i in chosen]
    assert all(one[1] <= other[0] for one, other in pairwise(ordered))
    best = max(
        sum(gain for _, _, gain in some)
        for size in range(len(of) + 1)
        for some in combinations(of, size)
        if all(one[1] <= other[0] or other[1] <= one[0] for one, other in combinations(some, 2))
    )
    assert sum(gain for _, _, gain in ordered) == pytest.approx(best)
