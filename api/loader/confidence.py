"""How sure a quote's content is: of the quotes at 0.9, nine in ten are right."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from functools import cache

from api.loader.decoder import Found
from api.loader.records import QuoteKind
from api.loader.tagger import MODEL

BY_MARKS = 0.5  # a long stretch between marks that the tagger took for no quote
BY_TURN = 0.95  # a line of a transcript
FEATURES = (
    "one",
    "matches",
    "cue",
    "mention",
    "cueless",
    "length",
    "direct",
    "mixed",
    "direct length",
)


def confidence_of(group: Sequence[Found], kind: QuoteKind) -> float:
    """The mean over the quote's pieces of how likely each is to match what a person would mark, in [0, 1]."""
    return round(sum(probability(features(each, kind)) for each in group) / len(group), 3)


def features(piece: Found, kind: QuoteKind) -> tuple[float, ...]:
    """What a piece's confidence is judged by, in the order of ``FEATURES``."""
    length = math.log(piece.piece.end - piece.piece.start)
    direct = float(kind == "direct")
    return (
        1.0,
        _logit(piece.matches),
        piece.cue_share,
        piece.mention_share,
        float(piece.cue is None),
        length,
        direct,
        float(kind == "mixed"),
        direct * length,
    )


def probability(values: Sequence[float]) -> float:
    """Logistic regression on the development split; README.md of the model has its reliability."""
    return 1 / (1 + math.exp(-sum(weight * value for weight, value in zip(_weights(), values, strict=True))))


def _logit(share: float) -> float:
    share = min(max(share, 1e-3), 1 - 1e-3)
    return math.log(share / (1 - share))


@cache
def _weights() -> tuple[float, ...]:
    weights = json.loads((MODEL / "confidence.json").read_text(encoding="utf-8"))
    return tuple(weights[name] for name in FEATURES)
