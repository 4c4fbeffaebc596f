"""How sure a quote's content is: of the quotes at 0.9, nine in ten are right."""

from __future__ import annotations

from collections.abc import Sequence

from api.loader.decoder import Found
from api.loader.records import QuoteKind

BY_MARKS_ALONE = 0.5  # a long stretch between marks that the tagger took for no quote


def confidence_of(group: Sequence[Found], kind: QuoteKind) -> float:
    """The mean over the quote's pieces, in [0, 1]; a quote without a piece was found by its marks alone."""
    if not group:
        return BY_MARKS_ALONE
    return round(sum(each.inside for each in group) / len(group), 4)
