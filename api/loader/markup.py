"""An HTML page to its text, and what its markup says of it.

characters ──parsed──> tree ──rendering──> text ──threads──> comments ──story──> article
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from lxml.html import HtmlElement

from api.loader.bylines import opening_byline
from api.loader.masthead import Masthead, dateline, masthead
from api.loader.records import Anchor, Article, Layout, Segments, Span
from api.loader.rendering import Rendering, absolute_url, parsed, rendering
from api.loader.story import story
from api.loader.threads import threads

HTML_START: Final = re.compile(
    rb"\s*(?:<!--.*?-->\s*)*(?:<\?xml[^>]*>\s*)?"
    rb"<(?:!doctype\s+html|html|head|body|meta|title|script|link|div|p|table|article|section|main|h1)\b",
    re.IGNORECASE | re.DOTALL,
)
BESIDE: Final = 1_000  # characters above and below an article in which its date may be printed
OPENING: Final = 300  # characters above its first paragraph, where there is no headline
PARAGRAPH: Final = 120  # characters; neither headline nor byline is as long
META_CHARSET: Final = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
XML_CHARSET: Final = re.compile(rb"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{2,40})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Page:
    """A page as read: its text, its layout, and what it says of itself."""

    text: str
    layout: Layout
    url: str | None = None
    title: str | None = None
    byline: str | None = None
    published_at: str | None = None
    site: str | None = None
    language: str | None = None


def looks_like_html(head: bytes) -> bool:
    """Whether the first bytes of a document are those of a page.

    >>> looks_like_html(b"<!DOCTYPE html><p>Rain"), looks_like_html(b"Rain < snow")
    (True, False)
    """
    return HTML_START.match(head.removeprefix(b"\xef\xbb\xbf")) is not None


def declared_charset(head: bytes) -> str | None:
    """The charset that a page names in its first bytes (HTML Standard, 13.2.3.2), or None.

    >>> declared_charset(b'<head><meta http-equiv="x" content="text/html; charset=koi8-r">')
    'koi8-r'
    """
    match = META_CHARSET.search(head) or XML_CHARSET.match(head)
    return match.group(1).decode("ascii") if match else None


def page(characters: str, url: str | None = None) -> Page:
    """The page's text and layout; ``url``, where it was found, makes its relative links whole.

    >>> found = page("<title>Rain</title><p>It rained, <q>hard</q>, she said.")
    >>> found.title, found.text
    ('Rain', 'It rained, “hard”, she said.')
    """
    tree = parsed(characters)
    if tree is None:
        return Page("", Layout(Segments()))
    said = masthead(tree, url)
    base = _base(tree, url or said.canonical_url)
    shown = rendering(tree, base)
    layout = _layout(tree, shown, said, base)
    main = next(iter(layout.segments.articles), None)
    return Page(
        text=shown.text,
        layout=layout,
        url=said.canonical_url or url,
        title=said.title,
        byline=main.byline if main else said.byline,
        published_at=main.published_at if main else said.published_at,
        site=said.site,
        language=said.language,
    )


def _base(tree: HtmlElement, url: str | None) -> str | None:
    """What the page's relative links are relative to (HTML Standard, 4.2.3)."""
    for element in tree.iter("base"):
        if element.get("href"):
            return absolute_url(url, element.get("href")) or url
    return url


def _layout(tree: HtmlElement, shown: Rendering, said: Masthead, base: str | None) -> Layout:
    thread = threads(shown)
    opening = thread.opening
    spans = opening.body if opening else story(tree, shown, thread.elements, said.title)
    answers = [one.span for one in thread.comments]
    spans = tuple(span for span in spans if not _within(span, answers))
    above = list(_lines(shown.text, _above(spans), answers)) if spans else []
    below = (line for line in above if line != said.title)
    byline = (opening.author if opening else None) or said.byline or opening_byline(below, said.language)
    published_at = (opening.posted_at if opening else None) or said.published_at
    if spans and len(published_at or "") < len("2012-10-05"):
        near = Span(spans[0].start - BESIDE, spans[-1].end + BESIDE)
        printed = dateline(tree, _lines(shown.text, near, answers), above)
        published_at = printed if printed and printed.startswith(published_at or "") else published_at
    articles = (Article("main", spans, said.title, byline, published_at),) if spans else ()
    parts = Segments(articles, thread.comments)
    posts = (opening, *thread.comments) if opening else thread.comments
    words = sorted([*spans, *(span for comment in thread.comments for span in comment.body)])
    return Layout(
        segments=parts,
        anchors=tuple(anchor for anchor in _anchors(shown, base) if not words or _within(anchor.span, words)),
        block_quotes=tuple(
            quote
            for quote in sorted(shown.quotes, key=lambda quote: quote.span)
            if not any(_is_all(quote.span, post.body) for post in posts)
        ),
    )


def _above(spans: Sequence[Span]) -> Span:
    """Where an article's byline and date are printed: from its headline to its first paragraph."""
    long = (span for span in spans if span.end - span.start >= PARAGRAPH)
    first = next(long, spans[-1]).start
    return Span(spans[0].start if spans[0].start < first else max(first - OPENING, 0), first)


def _lines(text: str, near: Span, without: Sequence[Span]) -> Iterator[str]:
    """The lines of ``text`` that begin in ``near`` and in none of the sorted spans."""
    start = 0
    for line in text.split("\n"):
        if near.start <= start < near.end and not _within(Span(start, start), without):
            yield line
        start += len(line) + 1


def _is_all(block: Span, body: Sequence[Span]) -> bool:
    """Whether all of a post stands in the block, as some forums mark theirs up: then nobody is quoted by that."""
    return bool(body) and all(block.holds(span) for span in body)


def _anchors(shown: Rendering, base: str | None) -> Iterator[Anchor]:
    """The page's links that show words and lead to another address, in order."""
    for index, element in enumerate(shown.elements):
        if element.tag == "a" and (href := absolute_url(base, element.get("href"))):
            span = shown.span(index)
            if span.start < span.end:
                yield Anchor(span, href, element.get("href"))


def _within(span: Span, stretches: Sequence[Span]) -> bool:
    """Whether ``span`` begins in one of the sorted stretches, none of which holds another."""
    at = bisect_right(stretches, span.start, key=lambda stretch: stretch.start) - 1
    return at >= 0 and span.start < stretches[at].end
