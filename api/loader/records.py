"""The loader's records: frozen values that each stage hands to the next.

Offsets are Unicode code points, half-open, into ``Text.text``. A record refers to another by
its index in the tuple that holds it, since ids are the store's business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

ArticleKind = Literal["main", "repost"]
QuoteKind = Literal["direct", "indirect", "mixed"]
Mode = Literal["speech", "writing", "thought"]
SpeakerKind = Literal["person", "organization", "group", "unnamed"]
SourceKind = Literal["page", "video", "social", "pdf", "archive"]


class Span(NamedTuple):
    """A stretch of the text, ``text[start:end]``."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The characters that the span stands for."""
        return text[self.start : self.end]

    def holds(self, other: Span) -> bool:
        """Whether ``other`` lies wholly inside."""
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link of an HTML page: where its words stand in the text, where it points, and how that was written."""

    span: Span
    href: str
    printed: str | None = None  # the attribute as it stands in the page; None: as ``href``


@dataclass(frozen=True, slots=True)
class BlockQuote:
    """A marked-up quotation (``<blockquote>``, ``<q>``); ``cite`` is its source's URL, if given."""

    span: Span
    cite: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """The story, or a story reposted inside the comment with index ``comment``.

    ``spans`` are its paragraphs' stretches, in order, furniture left out.
    """

    kind: ArticleKind
    spans: tuple[Span, ...]
    title: str | None = None
    byline: str | None = None
    published_at: str | None = None
    comment: int | None = None


@dataclass(frozen=True, slots=True)
class Comment:
    """A reader's text: ``span`` is all of it, ``body`` its words without name, date and votes.

    ``posted_at_text`` is the date as printed; ``posted_at`` the same in ISO 8601, no more precise
    than printed. ``parent`` is the index of the comment it answers.
    """

    span: Span
    body: tuple[Span, ...]
    author: str | None = None
    posted_at: str | None = None
    posted_at_text: str | None = None
    parent: int | None = None


@dataclass(frozen=True, slots=True)
class Segments:
    """A document's parts; what is in neither is furniture (share bars, related links)."""

    articles: tuple[Article, ...] = ()
    comments: tuple[Comment, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """What an HTML page's markup says that its text alone does not."""

    segments: Segments
    anchors: tuple[Anchor, ...] = ()
    block_quotes: tuple[BlockQuote, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """One document as read: its text, and what its source says of it.

    ``sha256`` is the hex digest of the content (a file's bytes once decompressed, a line's
    ``text`` or ``html`` in UTF-8). ``published_at`` is ISO 8601, no more precise than its source;
    ``retrieved_at`` is when an archive's crawler fetched the page. ``layout`` is None for plain text.
    """

    name: str
    text: str
    sha256: str
    media_type: Literal["text/plain", "text/html"] = "text/plain"
    id: str | None = None
    url: str | None = None
    title: str | None = None
    byline: str | None = None
    published_at: str | None = None
    language: str | None = None
    layout: Layout | None = None
    retrieved_at: str | None = None


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who said what, as the text says it: content, cue and mention (the literature's source).

    ``spans`` are the content's stretches in order, quotation marks left out; a quote broken by
    its cue has several. ``confidence`` is that of the content, calibrated.
    """

    kind: QuoteKind
    spans: tuple[Span, ...]
    cue: Span | None = None
    mention: Span | None = None
    mode: Mode = "speech"
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Speaker:
    """One person or body of a document, behind all the names that the text gives it."""

    name: str
    kind: SpeakerKind
    aliases: tuple[str, ...] = ()
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Resolution:
    """Whom an attribution's mention stands for: an index into the speakers, or None if unsure."""

    speaker: int | None
    confidence: float | None = None
    co_speakers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """One link in one place: ``raw`` as printed, ``url`` canonical, ``domain`` registered.

    ``label`` names the link on its own line (or is its anchor text); ``label_nearby`` is a title
    on the line above or below. ``truncated``: the text breaks off inside the link.
    ``archived_at`` is the date of the archived copy that was cited, ISO 8601.
    """

    raw: str
    span: Span
    url: str
    host: str
    domain: str
    kind: SourceKind = "page"
    label: str | None = None
    label_nearby: str | None = None
    truncated: bool = False
    archived_at: str | None = None


@dataclass(frozen=True, slots=True)
class Extraction:
    """Everything that the loader found in one document; ``resolutions`` go with ``quotes``."""

    document: Text
    segments: Segments
    quotes: tuple[Attribution, ...]
    resolutions: tuple[Resolution, ...]
    speakers: tuple[Speaker, ...]
    citations: tuple[Citation, ...]

    def place(self, span: Span) -> tuple[int | None, int | None]:
        """Indices of the article and of the comment that ``span`` begins in, None for neither.

        In a repost both are given.
        """
        return (
            _holder([article.spans for article in self.segments.articles], span.start),
            _holder([(comment.span,) for comment in self.segments.comments], span.start),
        )


def _holder(groups: Sequence[Sequence[Span]], at: int) -> int | None:
    for index, spans in enumerate(groups):
        if any(start <= at < end for start, end in spans):
            return index
    return None
