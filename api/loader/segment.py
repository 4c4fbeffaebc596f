"""Where the article ends and each reader's comment begins."""

from __future__ import annotations

from itertools import pairwise

from api.loader.dates import posted_at
from api.loader.lines import Line, lines
from api.loader.records import Article, Comment, Segments, Span, Text


def segments(document: Text) -> Segments:
    """The document's articles and comments: its layout's where it has one, else read from the text.

    In plain text the first article is the main one; comments are in the order of the text, and
    nothing is in both.
    """
    if document.layout is not None:
        return document.layout.segments
    rows = lines(document.text)
    first = comments_start(rows)
    article = _article(document.text, rows[:first])
    starts = [*comment_starts(rows, first), len(rows)] if first is not None else []
    comments = tuple(_comment(document.text, rows[start:end]) for start, end in pairwise(starts))
    return Segments((article,) if article else (), comments)


def comments_start(rows: list[Line]) -> int | None:
    """The index of the first comment's first line, or None where there are no comments."""
    marks = [index for index in range(len(rows)) if _is_mark(rows, index)]
    prose = [index for index, row in enumerate(rows) if row.kind == "prose" and len(row.text) > 80]
    if len(prose) < 2:
        return None
    after = [mark for mark in marks if mark > prose[1]]
    shapes = [rows[mark].shape for mark in after]
    for mark in after:
        if shapes.count(rows[mark].shape) > 1:
            while mark > prose[1] + 1 and rows[mark - 1].kind in ("name", "number"):
                mark -= 1
            return mark
    return None


def comment_starts(rows: list[Line], first: int) -> list[int]:
    """The indices of the lines on which a comment begins, ``first`` among them."""
    starts = [first]
    for index in range(first + 1, len(rows)):
        begins = rows[index].kind != "prose" and rows[index - 1].kind in ("prose", "reply", "votes", "link")
        if begins and any(_is_mark(rows, at) for at in range(index, min(index + 3, len(rows)))):
            starts.append(index)
    return starts


def _is_mark(rows: list[Line], index: int) -> bool:
    return rows[index].kind == "byline" or (rows[index].kind == "date" and rows[index - 1].kind == "name")


def _article(text: str, rows: list[Line]) -> Article | None:
    spans = _stretches([row for row in rows if row.kind in ("prose", "link", "name", "byline", "date")], rows)
    return Article("main", spans) if spans else None


def _comment(text: str, rows: list[Line]) -> Comment:
    body = [row for row in rows if row.kind in ("prose", "link")] or rows
    named = next((row.author for row in rows if row.kind == "byline" and row.author), None)
    named = named or (rows[0].author if rows[0].kind == "name" else None)
    printed = next((row.date.of(text) for row in rows if row.kind != "prose" and row.date), None)
    return Comment(
        span=Span(rows[0].start, rows[-1].end),
        body=_stretches(body, rows),
        author=named.of(text) if named else None,
        posted_at=posted_at(printed) if printed else None,
        posted_at_text=printed,
    )


def _stretches(kept: list[Line], rows: list[Line]) -> tuple[Span, ...]:
    """The stretches of ``kept``; lines that follow one another in ``rows`` are one stretch."""
    place = {row.start: index for index, row in enumerate(rows)}
    spans: list[Span] = []
    last = -2
    for row in kept:
        if place[row.start] == last + 1:
            spans[-1] = Span(spans[-1].start, row.end)
        else:
            spans.append(Span(row.start, row.end))
        last = place[row.start]
    return tuple(spans)
