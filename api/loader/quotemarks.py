"""Quotation marks of every usual kind, paired exactly, in one pass over the text.

Straight marks have no direction of their own, an apostrophe looks like a closing mark, a
German opening mark is an English closing one, and a quote of several paragraphs is opened in each but
closed in the last alone: what a mark is follows from its neighbours and from what is open.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from typing import NamedTuple

from api.loader.records import Span

DOUBLE_OPENING = "“„‟«❝〝「『"
DOUBLE_CLOSING = "”»❞〞」』"
DOUBLE_STRAIGHT = '"＂'
SINGLE_OPENING = "‘‚‛‹"
SINGLE_CLOSING = "’›"
SINGLE_STRAIGHT = "'"
DOUBLED = {"``": "“", "''": "”", "‘‘": "“", "’’": "”"}  # two single marks that stand for a double one

MARK = re.compile(
    rf"``|''|‘‘|’’|[{DOUBLE_OPENING}{DOUBLE_CLOSING}{DOUBLE_STRAIGHT}{SINGLE_OPENING}{SINGLE_CLOSING}']"
)
TRANSPARENT = "\u200b\u200c\u200d\u2060\ufeff\u00ad"  # zero width: never a mark's neighbour
BEFORE_OPENING = "([{<-–—―/\\|=:;*_~" + DOUBLE_OPENING + DOUBLE_STRAIGHT + SINGLE_OPENING + SINGLE_STRAIGHT
ELISIONS = re.compile(r"(?:em|til|cause|tis|twas|n|bout|round|cuz|d)\b|\d0s\b", re.IGNORECASE)
OPENING_AGAIN = re.compile(r"[“”\"‘]|(?<!\w)'(?=\w)")
STRONG_END = (
    ".,!?…—–"  # a single mark after one of these closes a quote; after a letter it may be an apostrophe
)
UNCLOSED_LIMIT = 3000  # characters; a mark that nothing closes in a line longer than this is a stray one


class Quotation(NamedTuple):
    """A stretch between quotation marks: ``outer`` with its marks, ``inner`` without.

    ``depth`` is 1 for a quotation that lies in no other. ``single``: between single marks.
    ``closed`` is False where its line ends first, as in all but the last paragraph of a long quote.
    ``continued``: it began in the line before and was not opened again.
    """

    outer: Span
    inner: Span
    depth: int
    single: bool = False
    closed: bool = True
    continued: bool = False


def quotations(text: str, lines: Iterable[Span] | None = None) -> tuple[Quotation, ...]:
    """Every stretch of ``lines`` (all of ``text`` if not given) between quotation marks, by position.

    Nested ones are there too. A line is a paragraph: what is open at its end is left unclosed.
    Time grows with the length alone.

    >>> text = '“A ‘b’ c,” she said, "d" and «e».'
    >>> [(text[q.inner.start:q.inner.end], q.depth) for q in quotations(text)]
    [('A ‘b’ c,', 1), ('b', 2), ('d', 1), ('e', 1)]
    """
    found: list[Quotation] = []
    unclosed = False
    for line in lines_of(text, [Span(0, len(text))]) if lines is None else lines:
        of_line = _Line(text, line, unclosed).quotations()
        unclosed = any(not each.closed and not each.single for each in of_line)
        found += of_line
    return tuple(sorted(found, key=lambda each: (each.outer.start, -each.outer.end)))


def lines_of(text: str, spans: Iterable[Span]) -> list[Span]:
    """The lines of ``spans`` that hold more than white space, without their line feeds."""
    lines = []
    for start, end in spans:
        while start < end:
            stop = text.find("\n", start, end)
            stop = end if stop < 0 else stop
            if text[start:stop].strip():
                lines.append(Span(start, stop))
            start = stop + 1
    return lines


class _Open(NamedTuple):
    start: int
    inner: int
    mark: str
    single: bool
    continued: bool = False


class _Line:
    """The marks of one line, read from left to right."""

    def __init__(self, text: str, line: Span, unclosed_before: bool) -> None:
        self.text, self.line, self.unclosed_before = text, line, unclosed_before
        self.marks = [(match.start(), match.group()) for match in MARK.finditer(text, *line)]
        sure = [(at, _closes_single(text, line, at, mark)) for at, mark in self.marks]
        self.ends = [at for at, sureness in sure if sureness]  # marks that may close a single quotation
        self.sure_ends = [at for at, sureness in sure if sureness == 2]
        self.stack: list[_Open] = []
        self.doubles: list[int] = []  # where in the stack the double marks are
        self.done: list[Quotation] = []

    def quotations(self) -> list[Quotation]:
        for at, mark in self.marks:
            plain = DOUBLED.get(mark, mark)
            if plain in SINGLE_OPENING or plain in SINGLE_CLOSING or plain in SINGLE_STRAIGHT:
                self._single(at, plain)
            else:
                self._double(at, plain, len(mark))
        if self.doubles:
            self._leave_open()
        return self.done

    def _single(self, at: int, mark: str) -> None:
        top = self.stack[-1] if self.stack else None
        if top and top.single and _single_ends(self.text, self.line, at, mark, top, self.sure_ends):
            self._close(at, 1)
        elif _opens_single(self.text, self.line, at, mark) and bisect_left(self.ends, at + 1) < len(
            self.ends
        ):
            self.stack.append(_Open(at, at + 1, mark, single=True))

    def _double(self, at: int, mark: str, width: int) -> None:
        before, after = _before(self.text, self.line, at), _after(self.text, self.line, at + width)
        opener = self.stack[self.doubles[-1]].mark if self.doubles else ""
        role = _double_role(mark, before, after, opener, self.text, at)
        if role == "open":
            self._open(_Open(at, at + width, mark, single=False))
        elif role == "close" and self.doubles:
            del self.stack[self.doubles[-1] + 1 :]  # a single mark that opened inside was an apostrophe
            self._close(at, width)
        elif role == "close" and self.unclosed_before and not self.done and not self.stack and before:
            self._open(_Open(self.line.start, self.line.start, mark, single=False, continued=True))
            self._close(at, width)

    def _open(self, opened: _Open) -> None:
        self.doubles.append(len(self.stack))
        self.stack.append(opened)

    def _close(self, at: int, width: int) -> None:
        top = self.stack.pop()
        if not top.single:
            self.doubles.pop()
        if at > top.inner:
            outer, inner = Span(top.start, at + width), Span(top.inner, at)
            self.done.append(Quotation(outer, inner, len(self.stack) + 1, top.single, True, top.continued))

    def _leave_open(self) -> None:
        """A double mark that nothing closes runs to the line's end where it begins the line.

        Elsewhere it runs to the next mark that opens again, if that comes first.
        """
        opened = [self.stack[index] for index in self.doubles]
        starts = sorted([each.start for each in opened] + [each.outer.start for each in self.done])
        for each in opened:
            following = bisect_left(starts, each.start + 1)
            stop = self.line.end
            if following < len(starts) and self.text[self.line.start : each.start].strip():
                stop = starts[following]
            stop = each.inner + len(self.text[each.inner : stop].rstrip())
            if 0 < stop - each.inner <= UNCLOSED_LIMIT:
                outer, inner = Span(each.start, stop), Span(each.inner, stop)
                self.done.append(Quotation(outer, inner, 1, closed=False))
        self.done = _with_depths(self.done)


def _with_depths(found: Iterable[Quotation]) -> list[Quotation]:
    """The quotations with their depths counted anew."""
    counted: list[Quotation] = []
    ends: list[int] = []
    for each in sorted(found, key=lambda each: (each.outer.start, -each.outer.end)):
        while ends and ends[-1] <= each.outer.start:
            ends.pop()
        ends.append(each.outer.end)
        counted.append(each._replace(depth=len(ends)))
    return counted


def _before(text: str, line: Span, at: int) -> str:
    at -= 1
    while at >= line.start and text[at] in TRANSPARENT:
        at -= 1
    return text[at] if at >= line.start else ""


def _after(text: str, line: Span, at: int) -> str:
    while at < line.end and text[at] in TRANSPARENT:
        at += 1
    return text[at] if at < line.end else ""


def _double_role(mark: str, before: str, after: str, opener: str, text: str, at: int) -> str:
    """What a double mark does: "open", "close" or "" (no mark: inches, a stray one)."""
    after_word = bool(before) and not before.isspace() and before not in BEFORE_OPENING
    before_word = bool(after) and (after.isalnum() or after in "$£€#@[(…'‘“\"-—")
    if mark in "“‟❝〝":
        closes = opener in ("„", "‚") or (bool(opener) and after_word and not before_word)
        return "close" if closes else "open"
    if mark in "”❞〞":
        opens = not opener and not after_word and before_word
        return "open" if opens else "close"
    if mark in "«»":
        if opener in ("«", "»"):
            return "close" if mark != opener or (after_word and not before_word) else "open"
        return "open" if mark == "«" or (not after_word and before_word) else "close"
    if mark in "„「『":
        return "open"
    if mark in "」』":
        return "close"
    return _straight_role(before, after, opener, text, at, after_word, before_word)


def _straight_role(
    before: str, after: str, opener: str, text: str, at: int, after_word: bool, before_word: bool
) -> str:
    if before.isdigit() and (not opener or re.search(r"\d['’]\s?\d{1,2}$", text[max(0, at - 6) : at])):
        return ""  # inches
    if opener:
        again = not after_word and before_word and (not before or before.isspace())
        return "open" if again else "close"
    if after_word and not before_word:
        return "close"
    return "open" if after else ""


def _opens_single(text: str, line: Span, at: int, mark: str) -> bool:
    before, after = _before(text, line, at), _after(text, line, at + 1)
    if mark in "‹‚":
        return True
    if mark in SINGLE_CLOSING:
        return False
    at_word_start = not before or before.isspace() or before in BEFORE_OPENING
    if not at_word_start or not after or after.isspace():
        return False
    return not (mark == SINGLE_STRAIGHT and ELISIONS.match(text, at + 1))


def _closes_single(text: str, line: Span, at: int, mark: str) -> int:
    """How surely a mark would close a single quotation: 0 not, 1 maybe (or an apostrophe), 2 surely."""
    if mark == "›":
        return 2
    if mark not in ("’", "'", "‘"):
        return 0
    before, after = _before(text, line, at), _after(text, line, at + 1)
    if not before or before.isspace() or after.isalnum():
        return 0
    if before in STRONG_END or (after and after in '.,;:!?)]”"—') or not after:
        return 2
    return 1


def _single_ends(text: str, line: Span, at: int, mark: str, opener: _Open, strong: list[int]) -> bool:
    sure = _closes_single(text, line, at, mark)
    if mark == "‘" and opener.mark != "‚":
        return False
    if sure != 1 or text[at - 1] not in "sSnN":
        return sure > 0
    # "the workers’ rights,’ he said": an apostrophe, if a surer end follows before another beginning
    later = bisect_left(strong, at + 1)
    if later == len(strong):
        return True
    return bool(OPENING_AGAIN.search(text, at + 1, min(strong[later], at + 300)))
