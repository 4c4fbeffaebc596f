"""The lines that a comment system prints with every comment, found by their coming again and again."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from api.loader.lines import Kind, Line

BODY: frozenset[Kind] = frozenset({"prose", "link"})
_SAID = frozenset(
    f"{verb}{colon}"
    for verb in ("says", "said", "say", "writes", "write", "wrote", "added")
    for colon in ("", ":")
)
_SIGNED = frozenset({"by", "by:", "posted", "posted:", "written"})
_CLOCK = re.compile(r"\d[:.]\d\d(?!\d)(?![.:]\d)|\d ?[ap]\.?m\b", re.IGNORECASE)
_HEAD: frozenset[Kind] = frozenset({"name", "number", "date", "byline"})  # may open a comment above its mark
_TAIL: frozenset[Kind] = frozenset({"votes", "reply", "rule", "count"})  # closes a comment below its mark


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of one family: ``at`` are their lines, ``footer`` whether they stand below the words.

    ``starts`` are the lines on which the comments begin that the marks tell apart; under footers
    the first comment's beginning is not told, and is not among them.
    """

    family: str
    at: tuple[int, ...]
    footer: bool
    starts: tuple[int, ...]


def family(row: Line) -> str:
    """What a line's shape holds: D a date, S a verb of saying, B a word of signing, N a name."""
    if row.kind not in ("byline", "date"):
        return "" if row.kind in BODY else row.kind
    parts = set(row.shape.split())
    tests = (("D", {"D"}), ("S", _SAID), ("B", _SIGNED), ("N", {"N", "N:"}))
    return "".join(letter for letter, words in tests if parts & words) or "X"


def marks(rows: Sequence[Line], first: int = 0) -> Marks | None:
    """The commonest family of marks from line ``first`` on, or None where no line is one.

    Lines with a verb of saying ("Ann says:") are one family whatever else they hold; names alone
    count where nothing better is there, each between two lines of prose.
    """
    groups: dict[str, list[int]] = defaultdict(list)
    for index in range(first, len(rows)):
        if rows[index].kind in ("byline", "date"):
            letters = family(rows[index])
            groups["S" if "S" in letters else "DB" if {"D", "B"} <= set(letters) else letters].append(index)
    if not groups:
        return _names(rows, first)
    chosen = max(groups, key=lambda letters: (len(groups[letters]), letters == "S"))
    at = _timed(rows, groups[chosen])
    below = any(row.kind in BODY for row in rows[at[-1] + 1 :])
    above = any(row.kind in BODY for row in rows[first : at[0]])
    footer = above and not below
    starts = _after(rows, at[:-1]) if footer else _heads(rows, at, chosen)
    return Marks(chosen, tuple(at), footer, tuple(sorted({start for start in starts if start >= first})))


def _timed(rows: Sequence[Line], at: list[int]) -> list[int]:
    """Those with a time of day, where most have one: a list of events has days alone."""
    timed = [index for index in at if _CLOCK.search(rows[index].text)]
    return timed if len(timed) > len(at) / 2 else at


def _names(rows: Sequence[Line], first: int) -> Marks | None:
    at = [
        index
        for index in range(first, len(rows) - 1)
        if rows[index].kind == "name"
        and rows[index + 1].kind in BODY
        and (index == first or rows[index - 1].kind in BODY | _TAIL)
    ]
    return Marks("N", tuple(at), False, tuple(at)) if at else None


def _after(rows: Sequence[Line], at: Sequence[int]) -> list[int]:
    """The lines after each footer and what belongs to it."""
    starts = []
    for index in at:
        start = index + 1
        while start < len(rows) and rows[start].kind in _TAIL:
            start += 1
        if start < len(rows):
            starts.append(start)
    return starts


def _heads(rows: Sequence[Line], at: Sequence[int], letters: str) -> list[int]:
    """The first line of each header's block, a name and votes above it among them where most headers have those."""
    starts = [_above(rows, set(at), index, letters) for index in at]
    voted = {
        start
        for start in starts
        if start > 1 and rows[start - 1].kind == "votes" and rows[start - 2].kind == "name"
    }
    if len(voted) <= len(at) / 2:
        return starts
    return [_above(rows, set(at), start - 2, letters) if start in voted else start for start in starts]


def _above(rows: Sequence[Line], at: set[int], index: int, letters: str) -> int:
    """The first line of the block of names, numbers and dates that a header stands in."""
    start = index
    while start > 0 and rows[start - 1].kind in _HEAD and start - 1 not in at:
        start -= 1
    while letters == "S" and start < index and rows[start].kind in ("date", "name"):
        start += 1  # they close the comment above: "Ann said", words, date
    return start


def settled(rows: Sequence[Line], found: Marks) -> Marks:
    """``found``, where the wording tells more than the last mark's place.

    A verb of saying stands above the words; "Posted by" stands below, and so does "by" with a date
    where less than a comment's length follows the last one. The article's own "By" is no comment's.
    """
    if found.family == "S" and found.footer:
        return replace(found, footer=False, starts=tuple(sorted(set(_heads(rows, found.at, "S")))))
    if found.family == "DB" and not found.footer:
        posted = sum(rows[index].shape.startswith("posted") for index in found.at)
        gap = np.median(np.diff(found.at)) if len(found.at) > 2 else 0
        if posted > len(found.at) / 2 or len(rows) - 1 - found.at[-1] < gap:
            return replace(found, footer=True, starts=tuple(sorted(set(_after(rows, found.at)))))
    if "B" not in found.family and not found.footer:
        starts = [_below_byline(rows, start) for start in found.starts]
        return replace(found, starts=tuple(sorted(set(starts))))
    return found


def _below_byline(rows: Sequence[Line], start: int) -> int:
    while start + 1 < len(rows) and "B" in family(rows[start]) and rows[start + 1].kind in _HEAD:
        start += 1
    return start


MARK_NAMES = (
    "mark_count", "mark_from_first", "mark_left", "mark_tail", "mark_gap", "mark_next", "mark_last", "mark_prose",
    "mark_name", "mark_date", "mark_said", "mark_signed", "mark_footer", "mark_start", "mark_first_start",
    "meta", "meta_before", "meta_opens", "meta_run", "shape_left", "shape_done", "name_left", "name_done",
)  # fmt: skip


def opening(rows: Sequence[Line]) -> int:
    """Where comments' marks may begin: at the second paragraph, or at lines above it that look like later ones.

    The article's own byline may stand above its second paragraph, under a headline or a summary.
    """
    first, second = [*(index for index, row in enumerate(rows) if row.paragraph), len(rows), len(rows)][:2]
    later = {row.shape for row in rows[second:] if row.date and row.author}
    start = second
    while start - 1 > first and rows[start - 1].date and rows[start - 1].shape in later:
        start -= 1
    return start


def mark_numbers(rows: Sequence[Line]) -> NDArray[np.float32]:
    """One row of ``MARK_NAMES`` for each line: where it stands among the marks below the opening."""
    count = len(rows)
    table = np.zeros((count, len(MARK_NAMES)), np.float32)
    found = marks(rows, opening(rows))
    body = np.cumsum([0] + [row.kind in BODY for row in rows])
    if found:
        table[:, :15] = _among(found, body, count)
    meta = np.array([row.kind not in BODY for row in rows], np.float32)
    before = np.concatenate([[0.0], meta[:-1]])
    table[:, 15:18] = np.column_stack([meta, before, meta * (1 - before)])
    run = 0.0
    for index in range(count - 1, -1, -1):
        run = run + 1 if meta[index] else 0.0
        table[index, 18] = min(run, 6.0)
    for column, keys in ((19, [row.shape for row in rows]), (21, [row.kind == "name" for row in rows])):
        table[:, column : column + 2] = _recurrence(keys)
    return table


def _among(found: Marks, body: NDArray[np.int64], count: int) -> NDArray[np.float64]:
    at = np.array(found.at)
    index = np.arange(count)
    place = np.searchsorted(at, index)
    following = np.where(place < len(at), at[np.minimum(place, len(at) - 1)] - index, 20)
    preceding = np.where(place > 0, index - at[np.maximum(place - 1, 0)], 20)
    starts = np.isin(index, found.starts).astype(float)
    first = float(found.starts[0]) if found.starts and not found.footer else -1.0
    every = np.ones(count)
    return np.column_stack(
        [
            every * np.log1p(len(at)),
            np.clip(index - at[0], -10, 10),
            (len(at) - place) / len(at),
            every * min(body[-1] - body[at[-1] + 1], 10),
            every * (min(float(np.median(np.diff(at))), 12.0) if len(at) > 1 else 0.0),
            np.minimum(following, 20),
            np.minimum(preceding, 20),
            np.clip(body[at[0]] - body[index], -10, 10),
            *(every * (letter in found.family) for letter in "NDSB"),
            every * found.footer,
            starts,
            index == first,
        ]
    )


def _recurrence(keys: Sequence[str | bool]) -> NDArray[np.float64]:
    """How often a line's key comes from it on and before it, as logarithms; empty keys not at all."""
    total: dict[str | bool, int] = defaultdict(int)
    for key in keys:
        total[key] += 1
    seen: dict[str | bool, int] = defaultdict(int)
    table = np.zeros((len(keys), 2))
    for index, key in enumerate(keys):
        if key:
            table[index] = np.log1p([total[key] - seen[key], seen[key]])
            seen[key] += 1
    return table
