"""Links as printed: where each stands, the words that name it, and what it points to.

text ──extents──> where ──labels──> what it is called ──canonical──> what it points to
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from urllib.parse import urljoin

from api.errors import QueryError
from api.loader.canonical import Address, address
from api.loader.extents import Extent, extents
from api.loader.labels import named, nearby
from api.loader.records import Citation, Span, Text
from api.loader.urls import LINK_START

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
    found = list(_anchored(document))
    covered = _Cover([citation.span for citation in found])
    links = [extent for extent in extents(text) if not covered.overlaps(extent.span)]
    spans = [link.span for link in links]
    for link, label, title in zip(links, named(text, spans), nearby(text, spans), strict=True):
        found += _printed(text, link, label, title)
    return tuple(sorted(found, key=lambda citation: citation.span))


def _printed(text: str, link: Extent, label: str | None, title: str | None) -> Iterator[Citation]:
    raw = link.span.of(text)
    if found := _address(_unbroken(raw)):
        url, host, domain, kind, archived_at = found
        title = None if label else title
        yield Citation(raw, link.span, url, host, domain, kind, label, title, link.truncated, archived_at)


def _unbroken(raw: str) -> str:
    """The link without the line breaks inside it, and the white space that follows them."""
    return re.sub(r"\s*\n\s*", "", raw) if "\n" in raw else raw


def _anchored(document: Text) -> Iterator[Citation]:
    """The anchors that lead to a web address other than a place on their own page."""
    own = _address(document.url or "")
    for anchor in document.layout.anchors if document.layout else ():
        href = anchor.href.strip()
        found = _address(_absolute(document.url, href))
        if (
            not found
            or anchor.span.start >= anchor.span.end
            or ("#" in href and own and own.url == found.url)
        ):
            continue
        url, host, domain, kind, archived_at = found
        label = " ".join(anchor.span.of(document.text).split())
        yield Citation(
            anchor.printed or anchor.href,
            anchor.span,
            url,
            host,
            domain,
            kind,
            None if not label or LINK_START.match(label) else label,
            archived_at=archived_at,
        )


def _absolute(base: str | None, href: str) -> str:
    """``href`` resolved against ``base`` (RFC 3986 section 5.2); empty where it is relative to nothing."""
    if base is None:
        return href if LINK_START.match(href) or href.startswith("//") else ""
    try:
        return urljoin(base, href)
    except ValueError:  # brackets that hold no IPv6 address
        return ""


def _address(spelling: str) -> Address | None:
    try:
        return address(spelling)
    except QueryError:
        return None


class _Cover:
    """Spans to be asked whether another overlaps one of them."""

    def __init__(self, spans: list[Span]) -> None:
        self.spans = sorted(spans)
        self.starts = [span.start for span in self.spans]

    def overlaps(self, span: Span) -> bool:
        before = bisect_right(self.starts, span.end - 1)
        return before > 0 and self.spans[before - 1].end > span.start
