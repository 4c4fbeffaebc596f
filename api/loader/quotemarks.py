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


class _Open(NamedTuple):
    start: int
    inner: int
    mark: str
    single: bool
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
        of_line = _of_line(text, line, unclosed)
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


def _of_line(text: str, line: Span, unclosed_before: bool) -> list[Quotation]:
    marks = [(match.start(), match.group()) for match in MARK.finditer(text, *line)]
    if not marks:
        return []
    strong = [at for at, mark in marks if _closes_single(text, line, at, mark) == 2]
    weak = [at for at, mark in marks if _closes_single(text, line, at, mark)]
    done: list[Quotation] = []
    stack: list[_Open] = []

    def close(at: int, width: int, closed: bool = True) -> None:
        top = stack.pop()
        if at > top.inner:
            outer, inner = Span(top.start, at + width), Span(top.inner, at)
            done.append(Quotation(outer, inner, len(stack) + 1, top.single, closed, top.continued))

    for at, mark in marks:
        width = len(mark)
        mark = DOUBLED.get(mark, mark)
        before, after = _before(text, line, at), _after(text, line, at + width)
        if mark in SINGLE_OPENING or mark in SINGLE_CLOSING or mark in SINGLE_STRAIGHT:
            if stack and stack[-1].single and _single_ends(text, line, at, mark, stack[-1], strong):
                close(at, width)
            elif _opens_single(text, mark, before, after, at) and bisect_left(weak, at + 1) < len(weak):
                stack.append(_Open(at, at + width, mark, single=True))
            continue
        depth = next((i for i in range(len(stack) - 1, -1, -1) if not stack[i].single), -1)
        role = _double_role(mark, before, after, stack[depth].mark if depth >= 0 else "", text, at)
        if role == "close" and depth >= 0:
            del stack[depth + 1 :]  # a single mark that opened inside was an apostrophe
            close(at, width)
        elif role == "close" and unclosed_before and not done and not stack and before:
            stack.append(_Open(line.start, line.start, mark, single=False, continued=True))
            close(at, width)
        elif role == "open":
            stack.append(_Open(at, at + width, mark, single=False))
    _finish(text, line, stack, done)
    return done


def _finish(text: str, line: Span, stack: list[_Open], done: list[Quotation]) -> None:
    """What the line leaves open: a double mark runs to its end, or to the next mark that opens again."""
    doubles = [each for each in stack if not each.single]
    for index, each in enumerate(doubles):
        stop = doubles[index + 1].start if index + 1 < len(doubles) else line.end
        stop = each.inner + len(text[each.inner : stop].rstrip())
        if each.inner < stop and stop - each.inner <= UNCLOSED_LIMIT:
            inside = Span(each.inner, stop)
            done.append(Quotation(Span(each.start, stop), inside, 1, closed=False))
    if doubles:  # depths were counted with marks that never closed
        closed = sorted((q for q in done if q.closed), key=lambda q: (q.outer.start, -q.outer.end))
        open_ends: list[int] = []
        for quotation in closed:
            while open_ends and open_ends[-1] <= quotation.outer.start:
                open_ends.pop()
            done[done.index(quotation)] = quotation._replace(depth=len(open_ends) + 1)
            open_ends.append(quotation.outer.end)


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


def _opens_single(text: str, mark: str, before: str, after: str, at: int) -> bool:
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
    later = bisect_left(
        strong, at + 1
    )  # "the workers’ rights,’ he said": an apostrophe, if a surer one follows
    if later == len(strong):
        return True
    return bool(re.search(r"[“”\"‘.!?]", text[at + 1 : min(strong[later], at + 200)]))
