"""How likely each line is the first of the comments, whether there are any, and where single ones begin.

A linear model on hashed words and a transformer (`linereading.py`) read each line by itself; a small
convolutional network takes what they say with the line's features and its place among the marks, compares for
every line what lies above with what lies below, and weighs the lines against one another. The transformer takes
nearly all of the time, so a network that does without it is asked first whether there may be comments at all. Trained
by `model/train_segments.py`; `model/SEGMENTS.md` says on what and how well it does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from api.loader.features import grams, numbers, tokens
from api.loader.linereading import POOLED, READING, line_readings
from api.loader.lines import Line
from api.loader.marks import mark_numbers

WEIGHTS = Path(__file__).parent / "model" / "segments.npz"
CLIP = 4.0  # standard deviations
GATE = -2.5  # logit of any comments from which the transformer is asked, by the network that does without it
OWN = 0.33  # of what a line by itself says of its being a comment's, on top of the networks' reading of it
OWN_CLIP = 2.0  # log-odds
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Reading:
    """What the model says of a text's lines.

    ``first`` says how likely each is the first line of the comments, given that there are any (logarithms, up to a
    constant); ``any`` is the logit of there being any; ``starts`` are logits of a comment's beginning on a line.
    """

    first: Floats
    any: float
    starts: Floats


@lru_cache(maxsize=1)
def weights() -> dict[str, NDArray[np.float32]]:
    """The shipped weights by name, as 32-bit floats."""
    with np.load(WEIGHTS) as stored:
        return {name: stored[name].astype(np.float32) for name in stored.files}


def reading(rows: Sequence[Line]) -> Reading:
    """The model's reading of ``rows``, which must not be empty; linear in their number."""
    model = weights()
    known = normal(inputs(rows, model["words"], model["biases"]), model)
    gate = Reading(*network(unread(known), _layers(model, "gate")))
    if gate.any < GATE:
        return replace(gate, any=-np.inf)
    read = line_readings([row.text for row in rows])
    table = np.concatenate([known, normal(read, model, known.shape[1])], axis=1)
    found = [network(table, _layers(model, str(index))) for index in range(int(model["networks"][0]))]
    firsts, some, starts = zip(*found, strict=True)
    return Reading(of_both(firsts, read[:, 0]), float(np.mean(some)), np.mean(starts, axis=0))


def _layers(model: dict[str, NDArray[np.float32]], network: str) -> dict[str, Floats]:
    start = f"{network}."
    return {name.removeprefix(start): value for name, value in model.items() if name.startswith(start)}


def normal(values: Floats, model: dict[str, NDArray[np.float32]], start: int = 0) -> Floats:
    """Columns ``start`` onwards of the networks' input, in standard deviations from the mean."""
    part = slice(start, start + values.shape[1])
    found: Floats = np.clip((values - model["mean"][part]) / model["deviation"][part], -CLIP, CLIP)
    return found


def unread(known: Floats) -> Floats:
    """The networks' input where the transformer has said nothing."""
    return np.pad(known, ((0, 0), (0, READING)))


def of_both(firsts: Sequence[Floats], comment: Floats) -> Floats:
    """How likely each line is the first, by the networks and a little by its own score of being in the comments."""
    own = OWN * np.clip(comment, -OWN_CLIP, OWN_CLIP)
    found: Floats = np.mean(firsts, axis=0) + own
    return found


def inputs(rows: Sequence[Line], words: Floats, biases: Floats) -> Floats:
    """A row for each line: its numbers, its word scores, its place among the marks."""
    found = [tokens(row) for row in rows]
    scores = np.array(
        [word_scores(grams(row, line), words, biases) for row, line in zip(rows, found, strict=True)]
    )
    return np.concatenate([numbers(rows, found), scores, mark_numbers(rows)], axis=1).astype(np.float32)


def word_scores(buckets: Sequence[int], words: Floats, biases: Floats) -> Floats:
    """The linear scores of a line's buckets: a comment's, the comments' first, the article's last."""
    total: Floats = words[:, list(buckets)].sum(axis=1) / np.sqrt(max(len(buckets), 1)) + biases
    return total


def network(table: Floats, layer: dict[str, Floats]) -> tuple[Floats, float, Floats]:
    """The log-probabilities of the first line, the logit of any, the logits of starts."""
    count = len(table)
    tone = _relu(table[:, -POOLED:] @ layer["tone.weight"].T + layer["tone.bias"])
    table = np.concatenate([table[:, :-POOLED], tone], axis=1)
    hidden = _relu(table @ layer["inp.weight"].T + layer["inp.bias"])
    hidden = hidden + _relu(_convolved(hidden, layer["c1.weight"], layer["c1.bias"], 1))
    hidden = hidden + _relu(_convolved(hidden, layer["c2.weight"], layer["c2.bias"], 2))
    line = (hidden @ layer["line.weight"].T + layer["line.bias"])[:, 0]
    place = np.arange(1, count + 1, dtype=np.float32)[:, None]
    total = np.cumsum(hidden, axis=0, dtype=np.float64).astype(np.float32)
    above = (total - hidden) / np.maximum(place - 1, 1)
    below = (total[-1:] - total + hidden) / np.maximum(count - place + 1, 1)
    summed = np.cumsum(line, dtype=np.float64)
    split = ((summed[-1] - summed + line) - (summed - line)).astype(np.float32)
    best = split.max()
    back = _shifted(hidden, 1)
    most_above, most_below = np.maximum.accumulate(back), np.maximum.accumulate(hidden[::-1])[::-1]
    extra = np.column_stack(
        [
            np.clip(split - best, -20, 0) / 5,
            np.clip(split - best, -3, 0),
            (place[:, 0] - 1) / count,
            np.log(place[:, 0]) / 3,
            np.log(count - place[:, 0] + 1) / 3,
            line / 3,
            _shifted(line[:, None], 1)[:, 0] / 3,
            _shifted(line[:, None], -1)[:, 0] / 3,
            np.maximum.accumulate(np.concatenate([[-4.0], line[:-1]])) / 3,
            np.minimum.accumulate(line[::-1])[::-1] / 3,
        ]
    ).astype(np.float32)
    around = np.concatenate([back, hidden, above, below, most_above, most_below, extra], axis=1)
    first = (
        _relu(around @ layer["b1.weight"].T + layer["b1.bias"]) @ layer["b2.weight"].T + layer["b2.bias"]
    )[:, 0]
    first[0] = -1e9
    total_first = first.max() + np.log(np.exp(first - first.max()).sum())
    first = first - total_first
    weight = np.exp(first)[:, None]
    weighed = [(part * weight).sum(0) for part in (below, above, hidden, most_above, most_below)]
    whole = np.concatenate([*weighed, [best / 10, np.log(count) / 3, total_first / 4]])
    some = _relu(layer["n1.weight"] @ whole + layer["n1.bias"])
    starts = np.concatenate([back, hidden, _shifted(hidden, -1)], axis=1)
    starts = _relu(starts @ layer["s1.weight"].T + layer["s1.bias"]) @ layer["s2.weight"].T + layer["s2.bias"]
    return first, float((layer["n2.weight"] @ some + layer["n2.bias"])[0]), starts[:, 0]


def _relu(values: Floats) -> Floats:
    return np.maximum(values, 0)


def _shifted(values: Floats, by: int) -> Floats:
    """``values`` moved ``by`` rows down, zeros moved in."""
    moved = np.zeros_like(values)
    if abs(by) >= len(values):
        return moved
    if by > 0:
        moved[by:] = values[:-by]
    else:
        moved[:by] = values[-by:]
    return moved


def _convolved(values: Floats, kernel: Floats, bias: Floats, dilation: int) -> Floats:
    """A convolution over lines with a kernel of three, zeros beyond the ends."""
    taps = zip((dilation, 0, -dilation), range(3), strict=True)
    total: Floats = bias + sum(
        (_shifted(values, by) if by else values) @ kernel[:, :, tap].T for by, tap in taps
    )
    return total
