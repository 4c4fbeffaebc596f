"""Text to what the tagger reads: wordpieces with their place, shape and state between quotation marks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from onnxruntime import (  # type: ignore[import-untyped]
    ExecutionMode,
    InferenceSession,
    SessionOptions,
)
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from api.loader.quotemarks import Quotation
from api.loader.records import Span
from api.loader.wordpieces import UNKNOWN, vocabulary, wordpieces

MODEL = Path(__file__).parent / "model"

CLS, SEP, PAD, LINE_BREAK = 101, 102, 0, 1  # LINE_BREAK is [unused0], trained as the end of a paragraph
LABELS = ("O", "B-content", "I-content", "B-cue", "I-cue", "B-mention", "I-mention")
SHAPES = ("special", "lower", "title", "upper", "mixed", "digit", "other")
STATES = ("outside", "inside", "nested", "opening", "closing", "unclosed")

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]


VECTORS = "normed"  # what words.onnx hands on to tagger.onnx
WINDOW = 256  # tokens that are read at once, CLS and SEP among them
CONTEXT = (32, 24)  # of them, at most so many before and after those that the window is read for
STOPS = (1012, 1029, 999)  # . ? !

Run = Callable[[Ints, Ints, Ints, NDArray[np.bool_]], tuple[Floats, Floats, Floats]]


class Tokens(NamedTuple):
    """The wordpieces of one region (an article, a comment); all arrays are of one length.

    ``starts`` and ``ends`` are offsets into the document; a line break's are both its place.
    """

    ids: Ints
    shapes: Ints
    states: Ints
    starts: Ints
    ends: Ints

    def part(self, start: int, end: int) -> Tokens:
        """The tokens from ``start`` to ``end``."""
        return Tokens(*(each[start:end] for each in self))


@cache
def network(name: str, threads: int = 1) -> InferenceSession:
    """A part of the network, read from its file once a process; safe to make before a fork with one thread.

    From here on numpy's matrix products use one core: these are small, and threads that wait for a busy core
    make them forty times slower.
    """
    threadpool_limits(1, user_api="blas")
    options = SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = ExecutionMode.ORT_SEQUENTIAL
    options.enable_cpu_mem_arena = False  # an arena a part keeps 100 MB for 3% of speed
    options.log_severity_level = 3
    return InferenceSession(str(MODEL / name), options, providers=["CPUExecutionProvider"])


def vectors(ids: Ints, shapes: Ints, states: Ints, threads: int = 1) -> Floats:
    """By row, token and dimension what the layers above start from: the word's, its shape's and its place's."""
    inputs = {"ids": ids, "shapes": shapes, "states": states}
    found: Floats = network("words.onnx", threads).run([VECTORS], inputs)[0]
    return found


def session(threads: int = 1) -> Run:
    """The whole network: words, and the tagger's layers upon them."""
    tagger = network("tagger.onnx", threads)

    def run(ids: Ints, shapes: Ints, states: Ints, real: NDArray[np.bool_]) -> tuple[Floats, Floats, Floats]:
        inputs = {VECTORS: vectors(ids, shapes, states, threads), "real": real}
        scores, link_from, link_to = tagger.run(["scores", "link_from", "link_to"], inputs)
        return scores, link_from, link_to

    return run


def tokens(text: str, lines: Sequence[Span], quoted: Iterable[Quotation]) -> Tokens:
    """The wordpieces of ``lines`` (paragraphs, in order), a line break between any two.

    Marks are told to the model by what they do, not by how they look: every opening double mark is “,
    every closing one ”, every apostrophe '.
    """
    rows: list[tuple[int, int, int]] = []
    for line in lines:
        if rows:
            rows.append((LINE_BREAK, line.start, line.start))
        rows += wordpieces(text, *line)
    ids, starts, ends = np.array(rows, dtype=np.int64).reshape(-1, 3).T.copy()
    shapes = np.array([_shape(text[start:end]) for _, start, end in rows], dtype=np.int64)
    return Tokens(ids, shapes, _mark_states(ids, starts, ends, quoted), starts, ends)


def _shape(piece: str) -> int:
    if not piece:
        return 0
    if piece.islower():
        return 1
    if piece.isupper():
        return 3
    if piece.istitle():
        return 2
    if piece.isdigit():
        return 5
    return 4 if piece.isalpha() else 6


def _mark_states(ids: Ints, starts: Ints, ends: Ints, quoted: Iterable[Quotation]) -> Ints:
    """Each token's state between marks; rewrites the marks' ids in place."""
    states = np.zeros(len(ids), dtype=np.int64)
    if not len(ids):
        return states
    opening, closing, single_opening, single_closing, apostrophe = _mark_ids()
    quoted = list(quoted)
    low = min([int(starts[0]), *(each.outer.start for each in quoted)])
    high = max([int(ends[-1]), *(each.outer.end for each in quoted)])
    deltas = np.zeros(high - low + 1, dtype=np.int64)
    unclosed = np.zeros_like(deltas)
    mark_at: dict[int, int] = {}
    for quotation in quoted:
        outer, inner = quotation.outer, quotation.inner
        for each in (deltas,) if quotation.closed else (deltas, unclosed):
            each[inner.start - low] += 1
            each[inner.end - low] -= 1
        if outer.start < inner.start:
            mark_at[outer.start] = single_opening if quotation.single else opening
        if inner.end < outer.end:
            mark_at[inner.end] = single_closing if quotation.single else closing
    depth = np.cumsum(deltas)[starts - low]
    states = np.minimum(depth, 2)
    states[(np.cumsum(unclosed)[starts - low] > 0) & (depth == 1)] = 5
    for index in np.flatnonzero(np.isin(ids, _written_marks())):
        mark = mark_at.get(int(starts[index]))
        if mark is None:
            if ids[index] in (single_opening, single_closing):
                ids[index] = apostrophe
        else:
            ids[index] = mark
            states[index] = 3 if mark in (opening, single_opening) else 4
    return states


@cache
def _mark_ids() -> tuple[int, ...]:
    return tuple(vocabulary()[mark] for mark in "“”‘’'")


@cache
def _written_marks() -> Ints:
    """Ids of all the pieces that a quotation mark may have become, the unknown one among them."""
    known = {vocabulary().get(mark, UNKNOWN) for mark in "“”„«»‘’‚‹›\"'`"}
    return np.array(sorted({*known, UNKNOWN}), dtype=np.int64)


class Reading(NamedTuple):
    """What the tagger says of a region: a score for each token and label, and vectors to link tokens.

    ``window`` is the window that each token was read in, ``place`` its place there; ``link_from`` and
    ``link_to`` are, by window, arrays of relation, place and dimension.
    """

    tokens: Tokens
    scores: Floats
    window: Ints
    place: Ints
    offsets: Ints  # by window, the token at place 1
    link_from: list[Floats]
    link_to: list[Floats]

    def links(self, relation: int, start: int, end: int) -> tuple[Floats, int]:
        """How tokens ``start`` to ``end`` share out their link over their window: a mean of distributions.

        The share of "no link" comes first, then that of each token from the one that the second
        value counts. A stretch that several windows hold is judged by its middle's.
        """
        window = int(self.window[(start + end) // 2])
        places = self.place[start:end][self.window[start:end] == window]
        scores = self.link_from[window][relation, places] @ self.link_to[window][relation].T
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares: Floats = (scores / scores.sum(axis=1, keepdims=True)).mean(axis=0)
        return shares, int(self.offsets[window])


class _Window(NamedTuple):
    low: int  # tokens low to high are read,
    high: int
    start: int  # and start to end are what they are read for
    end: int


def reading(tokens: Tokens, run: Run) -> Reading:
    """What the tagger says of a region; a window at a time, as several at once are slower on one core."""
    windows = [_Window(*ends) for ends in _cuts(tokens.ids)]
    return _joined(
        tokens, windows, [run(*_arrays(tokens.part(window.low, window.high))) for window in windows]
    )


def _cuts(ids: Ints) -> Iterator[tuple[int, int, int, int]]:
    """Windows over the tokens, each ending at a line break or a full stop where one is near."""
    count, at = len(ids), 0
    breaks = np.flatnonzero(ids == LINE_BREAK)
    stops = np.flatnonzero(np.isin(ids, STOPS))
    while at < count:
        low = max(0, at - CONTEXT[0])
        if count - low <= WINDOW - 2:
            yield low, count, at, count
            return
        last = low + WINDOW - 2 - CONTEXT[1]
        end = last
        for places in (breaks, stops):
            index = int(np.searchsorted(places, last)) - 1
            if index >= 0 and places[index] + 1 > at + (last - at) // 2:
                end = int(places[index]) + 1
                break
        yield low, min(count, end + CONTEXT[1]), at, end
        at = end


def _arrays(part: Tokens) -> tuple[Ints, Ints, Ints, NDArray[np.bool_]]:
    """What the network takes of a window: a row of ids, of shapes and of states, and that all are real."""
    ids, shapes, states = (np.zeros((1, len(part.ids) + 2), dtype=np.int64) for _ in range(3))
    ids[0, 0], ids[0, 1:-1], ids[0, -1] = CLS, part.ids, SEP
    shapes[0, 1:-1], states[0, 1:-1] = part.shapes, part.states
    return ids, shapes, states, np.ones(ids.shape, dtype=np.bool_)


def _joined(
    tokens: Tokens, windows: Sequence[_Window], outputs: Sequence[tuple[Floats, Floats, Floats]]
) -> Reading:
    count = len(tokens.ids)
    scores = np.zeros((count, len(LABELS)), dtype=np.float32)
    window_of, place = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    for number, (window, output) in enumerate(zip(windows, outputs, strict=True)):
        own = slice(window.start, window.end)
        places = np.arange(window.start, window.end) - window.low + 1
        scores[own] = output[0][0, places]
        window_of[own], place[own] = number, places
    offsets = np.array([window.low for window in windows], dtype=np.int64)
    link_from = [output[1][0] for output in outputs]
    link_to = [output[2][0, :, :-1] for output in outputs]  # SEP is nobody's cue
    return Reading(tokens, scores, window_of, place, offsets, link_from, link_to)
