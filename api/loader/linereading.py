"""How much a line by itself reads like a reader's comment: the lower part of a large sentence encoder.

It knows more of how people write than the few hundred pages of annotated comments could tell, and was trained on
their lines. Each line is read alone, cut to its first pieces. Trained by `model/train_lines.py`;
`model/SEGMENTS.md` is its card.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from api.loader.records import Span
from api.loader.tagger import CLS, SEP, Floats, Ints, Tokens, network, tokens

SCORES = (
    "comment",
    "first",
    "last",
    "start",
)  # in the comments, their first, the article's last, a comment's first
PIECES = 48  # of a line that are read
CHARACTERS = 400  # of a line that are cut into pieces
POOLED = 2 * 768  # numbers that the scores are made of: mean and greatest of its pieces', by dimension
READING = len(SCORES) + POOLED
BATCH = 128  # tokens that are read at once


class Padded(NamedTuple):
    """Lines of a batch, CLS before and SEP behind each; ``own`` are its pieces, ``real`` CLS and SEP as well."""

    ids: Ints
    real: NDArray[np.bool_]
    own: NDArray[np.bool_]


def line_readings(texts: Sequence[str]) -> Floats:
    """A row of ``READING`` numbers for each text, zeros for one without a word; linear in their number.

    The first are ``SCORES`` (log-odds), the others what they are made of.
    """
    places: dict[str, int] = {}
    index = [places.setdefault(text[:CHARACTERS], len(places)) for text in texts]
    pieces = [cut(text) for text in places]
    found = np.zeros((len(pieces), READING), np.float32)
    read = sorted((at for at, each in enumerate(pieces) if len(each.ids)), key=lambda at: len(pieces[at].ids))
    for batch in _batches(read, [len(each.ids) + 2 for each in pieces]):
        rows = padded([pieces[at] for at in batch])
        found[batch] = network("lines.onnx").run(["reading"], rows._asdict())[0]
    return found[index]


def _batches(order: Iterable[int], lengths: Sequence[int]) -> Iterator[list[int]]:
    """``order``, in which lengths rise, in parts that have ``BATCH`` tokens or less when padded to their longest."""
    part: list[int] = []
    for at in order:
        if part and (len(part) + 1) * lengths[at] > BATCH:
            yield part
            part = []
        part.append(at)
    if part:
        yield part


def cut(text: str) -> Tokens:
    """The pieces of a line that are read."""
    text = text[:CHARACTERS]
    return tokens(text, [Span(0, len(text))], ()).part(0, PIECES)


def padded(batch: Sequence[Tokens]) -> Padded:
    """The lines as arrays of one width; none of them may be empty."""
    lengths = np.array([len(each.ids) for each in batch])[:, None]
    ids = np.zeros((len(batch), int(lengths.max()) + 2), np.int64)
    ids[:, 0] = CLS
    for row, each in enumerate(batch):
        end = len(each.ids) + 1
        ids[row, 1:end], ids[row, end] = each.ids, SEP
    place = np.arange(ids.shape[1])[None]
    return Padded(ids, place <= lengths + 1, (place > 0) & (place <= lengths))
