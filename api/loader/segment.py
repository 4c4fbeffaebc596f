"""Where the article ends and each reader's comment begins."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from api.loader.boundary import Reading, reading
from api.loader.bylines import byline
from api.loader.dates import dated, posted_at
from api.loader.furniture import is_furniture, is_list_heading
from api.loader.language import is_english
from api.loader.lines import NOTICE, Line, lines
from api.loader.marks import BODY, Marks, marks, opening, settled
from api.loader.records import Article, Comment, Segments, Span, Text

MOST_LINES = 2_000  # lines that the model reads; the longest page of the data has 915
LEAST = 200  # characters; less is no article with comments
ANY = 0.25  # what the logit of any must come to: 0.03 of pages without comments do
OFF_MARK = 8.0  # log-odds against a line that the marks speak against
AFTER_COLON = 3.0
REPORTED = 3.0  # against a line that quotes and says who spoke
LINK_FIRST = 2.0
HEADLINE = 160  # characters; no headline is longer
ABOVE_WORDS = 5.0  # no comments stand above the article's first paragraph
ABOVE_NOTICE = 20.0  # other pages' links to this one are listed above the comments
THIRD_PERSON = 4.5  # against what stands below the first words in the first or second person, outside quotes
START = -1.3  # logit from which a line begins a comment, where no marks tell

_NOTICES = re.compile(r"trackback url\b.*|url for this entry\b.*|listed below are links to .*", re.IGNORECASE)
_LINK_FIRST = re.compile(r"https?://|www\.", re.IGNORECASE)
_QUOTED = re.compile(r"“[^”]*(?:”|$)|\"[^\"]*(?:\"|$)|«[^»]*(?:»|$)|(?<!\w)[‘'][^’']*[’'](?!\w)")
_PERSON = re.compile(r"\b(?:I(?:['’](?:m|ve|d|ll))?|i|im|my|me|mine|myself|[Yy]our?|[Yy]ou['’]re)\b")
_REPORTED = re.compile(
    r"[,.?!…][”\"’]\s(?:[\w.’'-]{1,20}\s){0,4}(?:said|says|told|added|wrote|asked|explained|continued)\b"
)
_LINK_LINE = re.compile(r"(?:https?://|www\.)\S+$", re.IGNORECASE)


def segments(document: Text) -> Segments:
    """The document's articles and comments: its layout's where it has one, else read from the text.

    In plain text the first article is the main one, articles that a comment reposts follow, and
    comments are in the order of the text. Nothing is in both the main article and a comment.
    """
    found = document.layout.segments if document.layout else _in_plain_text(document)
    return replace(found, comments=dated(found.comments, document.retrieved_at))


def _in_plain_text(document: Text) -> Segments:
    rows = lines(document.text)
    if not rows:
        return Segments()
    head = rows[:MOST_LINES]
    read = reading(head)
    first = comments_start(head, read)
    main = _article(document, rows[:first])
    if first is None:
        return Segments((main,) if main else ())
    reposts = list(_reposts(rows, first))
    starts = [start for start in comment_starts(rows, first, read) if not _inside(start, reposts)]
    comments: list[Comment] = []
    articles = [main] if main else []
    for start, end in pairwise([*starts, len(rows)]):
        own = [(a, b) for a, b in reposts if start <= a < end]
        articles += [
            Article("repost", _stretches(rows, range(a, b)), rows[a].text, comment=len(comments))
            for a, b in own
        ]
        comments.append(_comment(document.text, rows, start, end, own))
    if not is_english(document.text, [Span(0, len(document.text))]) and not _are_dated(comments):
        whole = _article(document, rows)
        return Segments((whole,) if whole else ())
    return Segments(tuple(articles), tuple(comments))


def _are_dated(comments: Sequence[Comment]) -> bool:
    """Whether most comments have a date: where none tells, the model's words count in English alone."""
    return 2 * sum(each.posted_at_text is not None for each in comments) > len(comments)


def comments_start(rows: Sequence[Line], read: Reading) -> int | None:
    """The index of the first comment's first line, or None where there are no comments."""
    if len(rows) < 2 or rows[-1].end - rows[0].start < LEAST:
        return None
    return _likeliest(read.first + prior(rows)) if read.any >= ANY else None


def _likeliest(logs: NDArray[np.float64]) -> int:
    """The likeliest line of the three neighbours that are together the likeliest.

    Of all lines the one that is likeliest by itself may stand apart from where most of the probability is.
    """
    chance = np.pad(np.exp(logs - logs.max()), 1)
    middle = int(np.argmax(chance[:-2] + chance[1:-1] + chance[2:]))
    return middle - 1 + int(np.argmax(chance[middle : middle + 3]))


def prior(rows: Sequence[Line]) -> NDArray[np.float64]:
    """What the marks and the line above say against a line's being the comments' first, as logarithms.

    Where marks stand above the words, comments begin on one of their lines; where they stand below, not
    after the first of them; a line with a name and a date of its own is as good as a mark. A link, or what a
    colon announces, is seldom the first; where three lines or more speak of others only, the first that says "I"
    or "you" outside quotation marks is early enough; and other pages' notices stand above the comments.
    """
    against = np.zeros(len(rows))
    for index in range(1, len(rows)):
        if rows[index - 1].text.endswith(":") and {rows[index - 1].kind, rows[index].kind} <= BODY:
            against[index] -= AFTER_COLON
        if rows[index].kind in BODY and _LINK_FIRST.match(rows[index].text):
            against[index] -= LINK_FIRST
        if _REPORTED.search(rows[index].text):
            against[index] -= REPORTED
    spoken = [index for index, row in enumerate(rows) if _PERSON.search(_QUOTED.sub(" ", row.text))]
    if spoken and spoken[0] >= 3:
        against[spoken[0] + 1 :] -= THIRD_PERSON
    against[: _last_notice(rows) + 1] -= ABOVE_NOTICE
    words = next((at for at, row in enumerate(rows) if row.paragraph and (at or len(row.text) > HEADLINE)), 0)
    against[: words + 1] -= ABOVE_WORDS
    signs = marks(rows, opening(rows))
    if signs is None or len(signs.at) < 2 or signs.family == "N":
        return against
    signs = settled(rows, signs)
    weight = OFF_MARK if len(signs.at) > 2 else OFF_MARK / 2
    if signs.footer:
        against[signs.at[0] :] -= weight
    else:
        off = np.ones(len(rows), bool)
        off[list(signs.starts)] = False
        off[[index for index, row in enumerate(rows) if index > words and row.date and row.author]] = False
        against[off] -= weight
    return against


def comment_starts(rows: Sequence[Line], first: int, read: Reading) -> list[int]:
    """The indices of the lines on which a comment begins, ``first`` among them.

    Marks tell where there are enough of them; else the model does, and no link begins a comment,
    nor a line below one that ends in a colon.
    """
    signs = marks(rows, first)
    if signs and _enough(signs, len(rows) - first):
        return sorted({first, *settled(rows, signs).starts})
    found = [first]
    for index in range(first + 1, len(read.starts)):
        above = rows[index - 1].text
        if (
            read.starts[index] >= START
            and not _LINK_FIRST.match(rows[index].text)
            and not above.endswith(":")
        ):
            found.append(index)
    return found


def _enough(signs: Marks, count: int) -> bool:
    return len(signs.at) > 1 or count <= 8


def _inside(index: int, stretches: Iterable[tuple[int, int]]) -> bool:
    """Whether the line is in a repost or the line after it, which its comment goes on with."""
    return any(start <= index <= end for start, end in stretches)


def _reposts(rows: Sequence[Line], first: int) -> Iterable[tuple[int, int]]:
    """Line ranges of articles that comments repost: announced by a colon, headed, closed by their link."""
    index = first
    while index + 3 < len(rows):
        index += 1
        if not rows[index - 1].text.endswith(":") or not _is_headline(rows[index].text):
            continue
        end = index + 1
        while (
            end < min(len(rows), index + 60)
            and rows[end].kind in ("prose", "name")
            and not _is_link(rows[end])
        ):
            end += 1
        long = sum(len(row.text) > 60 for row in rows[index + 1 : end])
        if end < len(rows) and long >= 2 and _is_link(rows[end]):
            yield index, end + 1
            index = end


def _is_headline(text: str) -> bool:
    return 4 <= len(text.split()) <= 20 and text[-1] not in '.!?:;,…”"' and text[0].isupper()


def _is_link(row: Line) -> bool:
    return _LINK_LINE.match(row.text) is not None


def _comment(
    text: str, rows: Sequence[Line], start: int, end: int, reposts: Sequence[tuple[int, int]]
) -> Comment:
    own = rows[start:end]
    signed = _signature(own)
    body = [
        index
        for index in range(start, end)
        if index - start not in signed
        and rows[index].kind in ("prose", "link", "name", "number", "rule", "date", "byline")
    ]
    words = [index for index in body if rows[index].kind in BODY] and body
    words = [index for index in words if not any(a <= index < b for a, b in reposts)]
    author = next((own[at].author for at in signed if own[at].author and own[at].kind == "byline"), None)
    author = author or next((own[at].author for at in signed if own[at].author), None)
    date = next((own[at].date for at in signed if own[at].date), None)
    printed = date.of(text) if date else None
    return Comment(
        span=Span(own[0].start, own[-1].end),
        body=_stretches(rows, words),
        author=author.of(text) if author else None,
        posted_at=posted_at(printed) if printed else None,
        posted_at_text=printed,
    )


def _signature(own: Sequence[Line]) -> list[int]:
    """The lines of a comment that sign it: above its words and below them, as indices."""
    prose = [index for index, row in enumerate(own) if row.kind in BODY]
    if not prose:
        return [index for index, row in enumerate(own) if row.kind in ("byline", "date", "name")]
    above = range(prose[0])
    below = [index for index in range(prose[-1] + 1, len(own)) if own[index].kind in ("byline", "date")]
    if not any(own[index].author for index in (*above, *below)):
        below += [index for index in range(prose[-1] + 1, len(own)) if own[index].kind == "name"]
    return [*above, *below]


def _article(document: Text, rows: Sequence[Line]) -> Article | None:
    """The main article; its headline is among its words, its byline, date and furniture are not."""
    head = _opening(rows)
    named = next((row for row in [*head[1:], *head[:1]] if byline(row.text)), None)
    title = next((row for row in head if row is not named and row.kind in ("name", "prose")), None)
    signed = [row for row in head if row is named or (row is not title and row.kind in ("byline", "date"))]
    date = next((row.date for row in signed if row.date), None)
    aside = {row.start for row in signed} | _furniture(rows)
    spans = _stretches(rows, [index for index, row in enumerate(rows) if row.start not in aside])
    if not spans:
        return None
    found = Article(
        "main",
        spans,
        title.text if title else None,
        byline(named.text) if named else None,
        posted_at(date.of(document.text)) if date else None,
    )
    return replace(
        found,
        title=found.title or document.title,
        byline=found.byline or document.byline,
        published_at=found.published_at or document.published_at,
    )


def _opening(rows: Sequence[Line]) -> list[Line]:
    """The lines above the story's first paragraph: headline, byline, date; none if it opens at once."""
    for index, row in enumerate(rows[:8]):
        if row.paragraph:
            return list(rows[:index])
    return (
        list(rows[:1])
        if len(rows) > 1 and len(rows[0].text) <= 120 and rows[0].text[-1] not in ".:;,…"
        else []
    )


def _furniture(rows: Sequence[Line]) -> set[int]:
    """Starts of the lines that are share bars, votes, a list of related links or of other pages' notices."""
    found = _noticed(rows)
    related = False
    for row in rows:
        related = is_list_heading(row.text) or (related and _is_title(row))
        if related or row.kind in ("reply", "votes", "count", "rule") or is_furniture(row.text):
            found.add(row.start)
    return found


def _noticed(rows: Sequence[Line]) -> set[int]:
    """Starts of the lines from the heading of other pages' notices to the last of them."""
    last = _last_notice(rows)
    first = next((index for index, row in enumerate(rows[:last]) if _NOTICES.fullmatch(row.text)), last)
    return {row.start for row in rows[first : last + 1]}


def _last_notice(rows: Sequence[Line]) -> int:
    """The index of the last line that closes a notice of another page's link to this one, or -1."""
    return max((index for index, row in enumerate(rows) if NOTICE.fullmatch(row.text)), default=-1)


def _is_title(row: Line) -> bool:
    return len(row.text) < 120 and row.text[-1] not in '.!?:;,”"'


def _stretches(rows: Sequence[Line], kept: Iterable[int]) -> tuple[Span, ...]:
    """The stretches of the lines ``kept``, indices in order; lines that follow one another are one."""
    spans: list[Span] = []
    last = -2
    for index in kept:
        if index == last + 1 and spans:
            spans[-1] = Span(spans[-1].start, rows[index].end)
        else:
            spans.append(Span(rows[index].start, rows[index].end))
        last = index
    return tuple(spans)
