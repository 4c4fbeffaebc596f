"""The tagger's scores to pieces of content, each with its cue and its mention, in tokens.

What is served is not the likeliest sequence of labels, whose pieces need not be likely themselves, but the
pieces that can be expected to match best: every stretch gets its probability from the chain (exactly, as a
chain conditioned on the text is a Markov chain), and from those the probability that it overlaps with a true
piece by half (minimum Bayes risk decoding; Kumar and Byrne, HLT-NAACL 2004). Of stretches
that overlap, the set with the highest sum is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from api.loader.quotemarks import Quotation
from api.loader.tagger import LINE_BREAK, Floats, Ints, Reading, Tokens

ROLES = 3  # content, cue, mention
RELATIONS = 2  # of content: to its cue, to its mention
BEGIN, INSIDE = np.array([1, 3, 5]), np.array([2, 4, 6])  # each role's labels
MARKS_COST = 12.0  # nats, to begin or end content between paired marks: 17 of 5,459 long quotations do
LEAST = 0.01  # probability from which a piece is looked at
LONG_QUOTATION = 8  # words; of so long a stretch between marks 1% is no quote in PolNeAR

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]


class Piece(NamedTuple):
    """Tokens ``start`` to ``end`` of a region."""

    start: int
    end: int


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


class Posterior(NamedTuple):
    """What the chain says of all sequences of labels, by role and token.

    ``begins`` is how likely a piece begins in a token; ``second`` and ``later`` are how likely one goes on in
    it, given that it began in the token before, or earlier.
    """

    begins: Matrix
    second: Matrix
    later: Matrix


def posterior(scores: Floats, transitions: Transitions, inside: NDArray[np.bool_]) -> Posterior:
    """Sums over all sequences (forward-backward); ``inside``: this token and the last lie in one quotation."""
    count = len(scores)
    if not count:
        return Posterior(*np.zeros((3, ROLES, 0)))
    local = np.exp(scores - scores.max(axis=1, keepdims=True)).astype(np.float64)
    into = np.exp(np.stack(transitions))[inside.astype(np.int64)] * local[:, None, :]
    into[0] = np.diag(local[0])
    into[0, INSIDE] = 0  # nothing begins in its middle
    forward = _products(into)
    backward = _products(np.concatenate([np.eye(len(local[0]))[None], into[:0:-1].transpose(0, 2, 1)]))[::-1]
    both = forward * backward
    onward = into * backward[:, None, :]
    goes_on = np.zeros((2, ROLES, count))
    for before, share in zip((BEGIN, INSIDE), goes_on, strict=True):
        share[:, 1:] = (onward[1:, before, INSIDE] / onward[1:, before].sum(axis=2)).T
    return Posterior((both[:, BEGIN] / both.sum(axis=1, keepdims=True)).T, *goes_on)


def _products(matrices: Matrix) -> Matrix:
    """The sums of the columns of m0, m0 m1, m0 m1 m2, ..., each scaled to 1 in all.

    In blocks side by side, since a step at a time through a long text is slow in Python.
    """
    count, width, _ = matrices.shape
    size = min(64, int(np.ceil(np.sqrt(count))))
    padding = np.broadcast_to(np.eye(width), (-count % size, width, width))
    blocks = np.concatenate([matrices, padding]).reshape(-1, size, width, width)
    for step in range(1, size):
        product = blocks[:, step - 1] @ blocks[:, step]
        blocks[:, step] = product / product.max(axis=(1, 2), keepdims=True)
    begins = np.empty((len(blocks), width))
    sums = np.ones(width)
    for number, block in enumerate(blocks):
        begins[number] = sums
        sums = sums @ block[-1]
        sums /= sums.sum()
    rows = (begins[:, None, None, :] @ blocks).reshape(-1, width)[:count]
    scaled: Matrix = rows / rows.sum(axis=1, keepdims=True)
    return scaled


class Candidates(NamedTuple):
    """What may be a piece: tokens ``starts`` to ``ends``, sorted, each with its probability."""

    starts: Ints
    ends: Ints
    chances: Vector


def candidates(chain: Posterior, role: int) -> Candidates:
    """Every piece of a role of at least the probability ``LEAST``: over one token lie 1 / ``LEAST`` of them at most."""
    begins, second, later = chain.begins[role], chain.second[role], chain.later[role]
    count = len(begins)
    logs = np.concatenate([[0.0], np.cumsum(np.log(np.maximum(later, 1e-30)))])
    stops = np.append(1.0 - later, 1.0)
    found = [(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))]
    for start in np.flatnonzero(begins >= LEAST):
        one = begins[start]
        two = one * second[start + 1] if start + 1 < count else 0.0
        ends, chances = np.array([start + 1]), np.array([one - two])
        if two >= LEAST:
            reach = int(np.searchsorted(-logs, np.log(two / LEAST) - logs[start + 2], side="right"))
            longer = np.arange(start + 2, reach)
            ends = np.append(ends, longer)
            chances = np.append(chances, two * np.exp(logs[longer] - logs[start + 2]) * stops[longer])
        likely = chances >= LEAST
        found.append((np.full(int(likely.sum()), start), ends[likely], chances[likely]))
    return Candidates(*(np.concatenate(each) for each in zip(*found, strict=True)))


def worth(of: Candidates, lengths: Ints) -> tuple[Vector, Vector]:
    """For each candidate the probability that it matches a piece (intersection over union of a half at least),
    and its expected intersection over union; ``lengths`` are the tokens' characters.
    """
    place = np.concatenate([[0], np.cumsum(lengths)])
    low, high = place[of.starts], place[of.ends]
    matches, shared = np.zeros(len(low)), np.zeros(len(low))
    furthest = np.maximum.accumulate(of.ends) if len(low) else of.ends
    for i, (start, end) in enumerate(zip(of.starts, of.ends, strict=True)):
        near = slice(int(np.searchsorted(furthest, start, "right")), int(np.searchsorted(of.starts, end)))
        both = np.minimum(high[near], high[i]) - np.maximum(low[near], low[i])
        either = np.maximum(high[near], high[i]) - np.minimum(low[near], low[i])
        ratio = np.maximum(both, 0) / np.maximum(either, 1)
        matches[i] = of.chances[near] @ (ratio >= 0.5)
        shared[i] = of.chances[near] @ ratio
    return matches, shared


def best_apart(starts: Ints, ends: Ints, gains: Vector) -> list[int]:
    """The stretches that have the highest sum of gains among those that do not overlap: indices, in order."""
    order = [int(i) for i in np.lexsort((starts, ends)) if gains[i] > 0]
    before = np.searchsorted(ends[order], starts[order], side="right")
    best, taken = [0.0], []
    for number, i in enumerate(order):
        with_it = best[before[number]] + gains[i]
        taken.append(with_it > best[-1])
        best.append(max(best[-1], with_it))
    chosen, number = [], len(order)
    while number:
        if taken[number - 1]:
            chosen.append(order[number - 1])
            number = int(before[number - 1])
        else:
            number -= 1
    return chosen[::-1]


class Found(NamedTuple):
    """One piece of content in tokens, its cue and mention, and what its confidence is judged by."""

    piece: Piece
    cue: Piece | None
    mention: Piece | None
    matches: float  # probability that it matches a piece of content
    cue_share: float  # of the link to the cue (or to none)
    mention_share: float


class Settings(NamedTuple):
    """What was tuned on the development split."""

    price: float = 0.57  # probability to match from which a piece of content is worth more than none
    role_price: float = 0.4  # the same for a cue or a mention
    exact: float = 0.4  # what the expected intersection over union counts beside it
    none: float = 0.6  # what "no link" counts
    weak: float = 0.2  # share of a link that is none
    least_link: float = 0.5  # share of a link from which a mention is made where no tagged one has more
    keep: float = 0.1  # of the strongest token's share, how much its neighbours need to belong to it


TUNED = Settings()


def found(
    reading: Reading, quoted: Sequence[Quotation], learnt: Matrix, settings: Settings = TUNED
) -> list[Found]:
    """The pieces of content of a region, in order; ``quoted`` are its outermost quotations."""
    tokens = reading.tokens
    chain = posterior(reading.scores, Transitions.of(learnt, MARKS_COST), _inside(tokens, quoted))
    lengths = tokens.ends - tokens.starts
    contents, *others = (
        _pieces(chain, role, lengths, price, settings.exact)
        for role, price in enumerate((settings.price, settings.role_price, settings.role_price))
    )
    tagged = np.zeros(len(tokens.ids), dtype=np.bool_)
    for each in (piece for role in (contents, *others) for piece in role):
        tagged[each.start : each.end] = True
    result = []
    for piece, matches in contents.items():
        (cue, cue_share), (mention, mention_share) = (
            _linked(reading, piece, tagged, others[relation], relation, settings)
            for relation in range(RELATIONS)
        )
        result.append(Found(piece, cue, mention, matches, cue_share, mention_share))
    return result


def _pieces(chain: Posterior, role: int, lengths: Ints, price: float, exact: float) -> dict[Piece, float]:
    """The best pieces of a role, in order, each with its probability to match."""
    may = candidates(chain, role)
    matches, shared = worth(may, lengths)
    gains = matches + exact * shared - price * (1 + exact)
    return {
        Piece(int(may.starts[i]), int(may.ends[i])): float(matches[i])
        for i in best_apart(may.starts, may.ends, gains)
    }


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
    tagged: NDArray[np.bool_],
    others: Iterable[Piece],
    relation: int,
    settings: Settings,
) -> tuple[Piece | None, float]:
    """The piece that most of the link goes to, or a new one where that is an untagged word, or none."""
    shares, offset = reading.links(relation, piece.start, piece.end)
    low, high = _reach(reading.tokens.ids, piece)
    shares[1 : max(1, 1 + low - offset)] = shares[max(1, 1 + high - offset) :] = 0.0
    shares /= max(float(shares.sum()), 1e-30)
    best, best_share = None, max(settings.weak, settings.none * float(shares[0]))
    total = np.concatenate([[0.0], np.cumsum(shares[1:])])
    for other in others:
        low, high = other.start - offset, other.end - offset
        apart = other.end <= piece.start or piece.end <= other.start
        if apart and low >= 0 and high < len(total) and total[high] - total[low] > best_share:
            best, best_share = other, float(total[high] - total[low])
    top = int(shares[1:].argmax()) if len(shares) > 1 else 0
    start, end = _neighbours(shares[1:], top, settings.keep * float(shares[1 + top]))
    share = float(total[end] - total[start])
    if (
        share > max(best_share, settings.least_link)
        and not tagged[start + offset : end + offset].any()
        and reading.tokens.ids[start + offset] != LINE_BREAK
    ):
        return Piece(start + offset, end + offset), share
    return best, best_share


def _reach(ids: Ints, piece: Piece) -> tuple[int, int]:
    """The tokens among which the cue and the mention of a piece stand: of PolNeAR's 19,436 pieces that begin
    inside of a paragraph 30 have their mention in another.
    """
    breaks = np.flatnonzero(ids == LINE_BREAK)
    before, after = np.searchsorted(breaks, [piece.start, piece.end])
    low = int(breaks[before - 1]) + 1 if before else 0
    if piece.start - low <= 1:  # it begins the paragraph, but for a mark
        return 0, len(ids)
    return low, int(breaks[after]) if after < len(breaks) else len(ids)


def _neighbours(shares: Floats, top: int, least: float) -> tuple[int, int]:
    start, end = top, top + 1
    while start > 0 and shares[start - 1] >= least:
        start -= 1
    while end < len(shares) and shares[end] >= least:
        end += 1
    return start, end
