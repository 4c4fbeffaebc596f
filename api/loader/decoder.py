"""The tagger's scores to pieces of content, each with its cue and its mention, in tokens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from api.loader.quotemarks import Quotation
from api.loader.tagger import LINE_BREAK, Floats, Ints, Reading, Tokens

ROLES = ("content", "cue", "mention")
RELATIONS = ("cue", "mention")
FORBIDDEN = -1e4
MARKS_COST = 12.0  # nats, to begin or end content between paired marks: 17 of 5,459 long quotations do
LONG_QUOTATION = 8  # words; of so long a stretch between marks 1% is no quote in PolNeAR

Matrix = NDArray[np.float64]


class Piece(NamedTuple):
    """Tokens ``start`` to ``end`` of a region, all of one role."""

    start: int
    end: int
    role: str


class Transitions(NamedTuple):
    """What it costs to go from a label (row) to the next token's (column): in plain text, inside marks."""

    outside: Matrix
    inside: Matrix

    @classmethod
    def of(cls, learnt: Matrix, marks: float) -> Transitions:
        """``marks``: the cost of beginning or ending content between two paired quotation marks."""
        content = np.array([label in (1, 2) for label in range(len(learnt))])
        change = content[:, None] != content[None, :]
        change[:, 1] = True
        return cls(learnt, learnt - marks * change)


def best_labels(scores: Floats, transitions: Transitions, inside: NDArray[np.bool_]) -> Ints:
    """The likeliest sequence of labels (Viterbi); ``inside``: this token and the last lie in one quotation."""
    count = len(scores)
    labels = np.zeros(count, dtype=np.int64)
    if not count:
        return labels
    back = np.zeros(scores.shape, dtype=np.int8)
    columns = np.arange(scores.shape[1])
    best = scores[0].astype(np.float64)
    best[2::2] += FORBIDDEN  # nothing begins in its middle
    for t in range(1, count):
        options = best[:, None] + transitions[int(inside[t])]
        back[t] = options.argmax(axis=0)
        best = options[back[t], columns] + scores[t]
    labels[-1] = best.argmax()
    for t in range(count - 1, 0, -1):
        labels[t - 1] = back[t, labels[t]]
    return labels


def marginals(scores: Floats, transitions: Transitions, inside: NDArray[np.bool_]) -> Floats:
    """How likely each label of each token is, over all sequences (forward-backward)."""
    count, width = scores.shape
    if not count:
        return scores
    steps = [np.exp(each) for each in transitions]
    local = np.exp(scores - scores.max(axis=1, keepdims=True)).astype(np.float64)
    forward, backward = np.empty((count, width)), np.ones((count, width))
    now = local[0].copy()
    now[2::2] = 0
    forward[0] = now / now.sum()
    for t in range(1, count):
        now = (forward[t - 1] @ steps[int(inside[t])]) * local[t]
        forward[t] = now / now.sum()
    for t in range(count - 2, -1, -1):
        now = steps[int(inside[t + 1])] @ (backward[t + 1] * local[t + 1])
        backward[t] = now / now.sum()
    both = forward * backward
    shares: Floats = (both / both.sum(axis=1, keepdims=True)).astype(np.float32)
    return shares


def pieces(labels: Ints) -> list[Piece]:
    """The runs of one role that the labels describe, in order."""
    edges = np.flatnonzero((labels % 2 == 1) | (np.diff(labels, prepend=0) < 0))
    found = []
    for i, start in enumerate(edges):
        if labels[start]:
            stop = int(edges[i + 1]) if i + 1 < len(edges) else len(labels)
            found.append(Piece(int(start), stop, ROLES[(int(labels[start]) - 1) // 2]))
    return found


class Found(NamedTuple):
    """One piece of content in tokens, its cue and mention, and what its confidence is judged by."""

    piece: Piece
    cue: Piece | None
    mention: Piece | None
    inside: float  # mean probability of its tokens to be content
    begins: float  # probability that content begins at its first token
    ends: float  # and that it does not go on after its last
    cue_share: float  # of the link to the cue (or to none)
    mention_share: float


class Settings(NamedTuple):
    """What was tuned on the development split."""

    begin: float = -0.5  # nats for beginning content after anything else
    cut: float = 0.0  # nats for beginning content right after other content
    least_link: float = 0.5  # share of a link from which a mention is made where no tagged one has more
    keep: float = 0.1  # of the strongest token's share, how much its neighbours need to belong to it


TUNED = Settings()


def found(
    reading: Reading, quoted: Sequence[Quotation], learnt: Matrix, settings: Settings = TUNED
) -> list[Found]:
    """The pieces of content of a region, in order; ``quoted`` are its outermost quotations."""
    scores, learnt = reading.scores, learnt.copy()
    learnt[:, 1] += settings.begin
    learnt[1:3, 1] += settings.cut - settings.begin
    steps, inside = Transitions.of(learnt, MARKS_COST), _inside(reading.tokens, quoted)
    labels, shares = best_labels(scores, steps, inside), marginals(scores, steps, inside)
    all_pieces = pieces(labels)
    others = {role: [each for each in all_pieces if each.role == role] for role in RELATIONS}
    result = []
    for piece in all_pieces:
        if piece.role == "content":
            (cue, cue_share), (mention, mention_share) = (
                _linked(reading, piece, labels, others[role], relation, settings)
                for relation, role in enumerate(RELATIONS)
            )
            ends = 1.0 - float(shares[piece.end, 2]) if piece.end < len(shares) else 1.0
            mean = float((shares[piece.start : piece.end, 1] + shares[piece.start : piece.end, 2]).mean())
            result.append(
                Found(
                    piece, cue, mention, mean, float(shares[piece.start, 1]), ends, cue_share, mention_share
                )
            )
    return result


def token_range(tokens: Tokens, start: int, end: int) -> tuple[int, int]:
    """The tokens of the characters from ``start`` to ``end``, without a line break before them."""
    return int(np.searchsorted(tokens.ends, start, side="right")), int(np.searchsorted(tokens.starts, end))


def _inside(tokens: Tokens, quoted: Sequence[Quotation]) -> NDArray[np.bool_]:
    """Which tokens lie with the token before them between the same two marks."""
    inside = np.zeros(len(tokens.ids), dtype=np.bool_)
    for quotation in quoted:
        if quotation.closed:
            low, high = token_range(tokens, *quotation.outer)
            inside[low + 1 : high] = True
    return inside


def _linked(
    reading: Reading,
    piece: Piece,
    labels: Ints,
    candidates: Sequence[Piece],
    relation: int,
    settings: Settings,
) -> tuple[Piece | None, float]:
    """The piece that most of the link goes to, or a new one where that is an untagged word, or none."""
    shares, offset = reading.links(relation, piece.start, piece.end)
    best, best_share = None, float(shares[0])
    total = np.concatenate([[0.0], np.cumsum(shares[1:])])
    for candidate in candidates:
        low, high = candidate.start - offset, candidate.end - offset
        if low >= 0 and high < len(total) and total[high] - total[low] > best_share:
            best, best_share = candidate, float(total[high] - total[low])
    top = int(shares[1:].argmax()) if len(shares) > 1 else 0
    start, end = _neighbours(shares[1:], top, settings.keep * float(shares[1 + top]))
    share = float(total[end] - total[start])
    untagged = not (labels[start + offset : end + offset] > 0).any()
    if (
        share > max(best_share, settings.least_link)
        and untagged
        and reading.tokens.ids[start + offset] != LINE_BREAK
    ):
        return Piece(start + offset, end + offset, RELATIONS[relation]), share
    return best, best_share


def _neighbours(shares: Floats, top: int, least: float) -> tuple[int, int]:
    start, end = top, top + 1
    while start > 0 and shares[start - 1] >= least:
        start -= 1
    while end < len(shares) and shares[end] >= least:
        end += 1
    return start, end
