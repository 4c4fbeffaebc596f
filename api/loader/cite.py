"""Links as printed: where each stands, the words that name it, and what it points to.

text ──extents──> where ──labels──> what it is called ──canonical──> what it points to
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from urllib.parse import urljoin

from api.errors import QueryError
from api.loader.canonical import address
from api.loader.extents import Extent, extents
from api.loader.labels import named, nearby
from api.loader.records import Anchor, Citation, Span, Text
from api.loader.urls import SCHEME

__all__ = ["citations"]


def citations(document: Text) -> tuple[Citation, ...]:
    """Every link of the document, in the text's order: its anchors, and the links in its running text.

    An anchor's words are its span and label, its ``href`` is ``raw``; a relative one is resolved against the
    document's URL and left out where there is none, as is one that points into its own page, is no web
    address, or has no words. A link in running text that an anchor covers is the anchor's. Linear in the
    text's length.

    >>> [link] = citations(Text("a", "Annual report 2024: https://example.org/2024.pdf.", "0" * 64))
    >>> link.raw, link.label, link.kind
    ('https://example.org/2024.pdf', 'Annual report 2024', 'pdf')
    """
    text = document.text
    anchors = document.layout.anchors if document.layout else ()
    found = [citation for anchor in anchors if (citation := _anchored(document, anchor))]
    covered = _Cover([anchor.span for anchor in anchors])
    links = [extent for extent in extents(text) if not covered.overlaps(extent.span)]
    labels = named(text, [link.span for link in links])
    above_or_below = nearby(text, [link.span for link in links])
    for link, label, title in zip(links, labels, above_or_below, strict=True):
        found += _printed(text, link, label, title)
    return tuple(sorted(found, key=lambda citation: citation.span))


def _printed(text: str, link: Extent, label: str | None, title: str | None) -> Iterator[Citation]:
    raw = link.span.of(text)
    try:
        url, host, domain, kind, archived_at = address(_unbroken(raw))
    except QueryError:
        return
    yield Citation(
        raw, link.span, url, host, domain, kind, label, None if label else title, link.truncated, archived_at
    )


def _unbroken(raw: str) -> str:
    """The link without the line breaks inside it, and the white space that follows them."""
    return re.sub(r"\s*\n\s*", "", raw) if "\n" in raw else raw


def _anchored(document: Text, anchor: Anchor) -> Citation | None:
    href = anchor.href.strip()
    if anchor.span.start >= anchor.span.end or not href or href.startswith("#"):
        return None
    try:
        target = urljoin(document.url, href) if document.url else href
        if not document.url and not re.match(r"(?i)(?:https?:|ftp:)?//|www\.", href):
            return None
        url, host, domain, kind, archived_at = address(target)
    except (QueryError, ValueError):
        return None
    words = " ".join(anchor.span.of(document.text).split())
    label = None if not words or SCHEME.match(words) or words[:4].lower() == "www." else words
    return Citation(anchor.href, anchor.span, url, host, domain, kind, label, archived_at=archived_at)


class _Cover:
    """Spans to be asked whether another overlaps one of them."""

    def __init__(self, spans: list[Span]) -> None:
        self.spans = sorted(spans)
        self.starts = [span.start for span in self.spans]

    def overlaps(self, span: Span) -> bool:
        before = bisect_right(self.starts, span.end - 1)
        return before > 0 and self.spans[before - 1].end > span.start
