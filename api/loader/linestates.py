"""What the encoder below the tagger makes of a line: numbers that carry what its words mean and how they are said.

The tagger's lower half comes from a sentence encoder, and knows more of how people write than the few hundred
pages that the boundary was fitted on could tell. Each line goes through it alone, cut to its first pieces;
the mean and the greatest value of each of its numbers over the pieces describe the line.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from api.loader.records import Span
from api.loader.tagger import CLS, SEP, Encode, Floats, Tokens, encoder, tokens

PIECES = 32  # of a line that are read
CHARACTERS = 300  # of a line that are cut into pieces
WIDTH = 2 * 384  # numbers for a line
BATCH = 256  # tokens that go through the encoder at once, about


def line_states(texts: Sequence[str]) -> Floats:
    """A row of ``WIDTH`` numbers for each text, zeros for one without a word; linear in their number."""
    encode = encoder()
    places: dict[str, int] = {}
    index = [places.setdefault(text[:CHARACTERS], len(places)) for text in texts]
    pieces = [tokens(text, [Span(0, len(text))], ()).part(0, PIECES) for text in places]
    found = np.zeros((len(pieces), WIDTH), np.float32)
    order = sorted(
        (at for at, each in enumerate(pieces) if len(each.ids)), key=lambda at: len(pieces[at].ids)
    )
    while order:
        count = max(1, BATCH // (len(pieces[order[0]].ids) + 2))
        batch, order = order[:count], order[count:]
        found[batch] = _pooled([pieces[at] for at in batch], encode)
    return found[index]


def _pooled(batch: Sequence[Tokens], encode: Encode) -> Floats:
    """The means and the greatest values over each line's own pieces, CLS and SEP left out."""
    lengths = np.array([len(each.ids) for each in batch])
    ids, shapes, states = (np.zeros((len(batch), int(lengths.max()) + 2), np.int64) for _ in range(3))
    ids[:, 0] = CLS
    for row, each in enumerate(batch):
        end = len(each.ids) + 1
        ids[row, 1:end], shapes[row, 1:end], states[row, 1:end] = each.ids, each.shapes, each.states
        ids[row, end] = SEP
    place = np.arange(ids.shape[1])
    layer = encode(ids, shapes, states, place <= lengths[:, None] + 1)
    own = ((place > 0) & (place <= lengths[:, None]))[:, :, None]
    mean = np.where(own, layer, 0).sum(axis=1) / lengths[:, None]
    return np.concatenate([mean, np.where(own, layer, -np.inf).max(axis=1)], axis=1).astype(np.float32)
