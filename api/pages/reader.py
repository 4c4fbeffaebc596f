"""A document's text as HTML, with its records marked where they stand.

    text + records ──marks──> Mark ... ──marked──> HTML, every character once and in order

Records are plain mappings, as the JSON of version 1 has them; only the keys of the types below are read.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import groupby, pairwise
from typing import NamedTuple, TypedDict

PALETTE = 12  # colours in pages.css; more speakers than that begin again at the first
SECTION, BODY, STORY, PARAGRAPH, HEADLINE, QUOTE, PART, LINK = range(8)  # what stands inside what
UNSURE = 0.5  # below it a record is marked with a question mark
REPLY_DEPTH = 4  # answers are set in no further than this
CLOSING = tuple("”’\"'»›«‹“‘")  # what may close a quotation in one language or another
SCHEMES = ("http://", "https://", "ftp://")  # what a link in the text may point to


class SpanRecord(TypedDict):
    """A stretch of the text, in code points, half-open."""

    start: int
    end: int


class SpeakerRecord(TypedDict):
    """The one who is quoted."""

    id: str
    name: str
    kind: str
    confidence: float


class QuoteRecord(TypedDict):
    """What the reader shows of a quote."""

    id: str
    kind: str
    text: str
    spans: Sequence[SpanRecord]
    cue: SpanRecord | None
    mention: SpanRecord | None
    speaker: SpeakerRecord | None
    confidence: float


class CommentRecord(TypedDict):
    """What the reader shows of a comment."""

    id: str
    span: SpanRecord
    body: Sequence[SpanRecord]
    author: str | None
    posted_at: str | None
    posted_at_text: str | None
    parent_id: str | None


class ArticleRecord(TypedDict):
    """What the reader shows of an article."""

    id: str
    kind: str
    title: str | None
    spans: Sequence[SpanRecord]


class CitationRecord(TypedDict):
    """What the reader shows of a citation."""

    id: str
    raw: str
    span: SpanRecord
    label: str | None
    url: str
    domain: str
    truncated: bool


class Mark(NamedTuple):
    """A stretch of the text and its element; of marks in one place a lower ``rank`` is further out.

    ``opening`` begins the first piece, ``again`` any other that an overlap makes; ``after`` follows the last.
    """

    start: int
    end: int
    rank: int
    opening: str
    again: str
    closing: str
    after: str = ""


@dataclass(slots=True)
class Voice:
    """One entry of the legend: a speaker (None: not known) and the quotes that are theirs."""

    speaker: SpeakerRecord | None
    colour: str
    kinds: dict[str, int] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    @property
    def confidence(self) -> tuple[float, float] | None:
        """The least and the greatest confidence in this speaker; None where none is known."""
        known = [note.quote["speaker"]["confidence"] for note in self.notes if note.quote["speaker"]]
        return (min(known), max(known)) if known else None


class Note(NamedTuple):
    """A quote with its number in the page, its colour and the words of its cue and mention."""

    number: int
    quote: QuoteRecord
    colour: str
    cue: str | None
    mention: str | None

    @property
    def unsure(self) -> bool:
        """Whether its words or its speaker are more likely wrong than right, or the speaker is not known."""
        speaker = self.quote["speaker"]
        return speaker is None or min(self.quote["confidence"], speaker["confidence"]) < UNSURE


class Reading(NamedTuple):
    """What the reader view needs: the text as HTML, the legend, the quotes' notes, the sources by domain."""

    html: str
    voices: tuple[Voice, ...]
    notes: tuple[Note, ...]
    domains: tuple[tuple[str, tuple[CitationRecord, ...]], ...]


def reading(
    text: str,
    articles: Iterable[ArticleRecord] = (),
    comments: Iterable[CommentRecord] = (),
    quotes: Iterable[QuoteRecord] = (),
    citations: Iterable[CitationRecord] = (),
) -> Reading:
    """The text with its records marked, and what stands beside it; spans outside the text are cut to it."""
    articles, comments, citations = tuple(articles), tuple(comments), tuple(citations)
    voices, notes = _voices(text, quotes)
    breaks = _paragraph_starts(text)
    marks = [
        *_article_marks(text, breaks, articles, whole=not (articles or comments)),
        *_comment_marks(text, breaks, comments),
        *(_paragraph(text, start, end) for start, end in pairwise((*breaks, len(text)))),
        *(mark for note in notes for mark in _quote_marks(text, note)),
        *map(_citation_mark, citations),
    ]
    by_domain = groupby(sorted(citations, key=_domain), key=_domain)
    return Reading(
        marked(text, marks),
        tuple(voices),
        tuple(notes),
        tuple((domain, tuple(group)) for domain, group in by_domain),
    )


def marked(text: str, marks: Iterable[Mark]) -> str:
    r"""``text`` as HTML with ``marks`` nested by rank: without its tags, unescaped, it is ``text`` again.

    Marks may overlap: the inner one is closed and opened again. Linear where few of them hold one character.
    A carriage return is written as a reference, since a parser of HTML would take it away.

    >>> marked("a<b\r", [Mark(0, 2, 1, "<b>", "<b>", "</b>"), Mark(1, 3, 0, "<p>", "<p>", "</p>")])
    '<b>a</b><p><b>&lt;</b>b</p>&#13;'
    """
    inside = sorted(_clipped(marks, len(text)), key=_start)
    cuts = sorted({0, len(text), *(mark.start for mark in inside), *(mark.end for mark in inside)})
    pieces: list[str] = []
    stack: list[Mark] = []
    coming = 0
    for at, until in pairwise((*cuts, len(text))):
        wanted = [mark for mark in stack if mark.end > at]
        while coming < len(inside) and inside[coming].start == at:
            wanted.append(inside[coming])
            coming += 1
        wanted.sort(key=_nesting)
        shared = _shared(stack, wanted)
        for mark in reversed(stack[shared:]):
            pieces.append(mark.closing)
            pieces.append(mark.after if mark.end == at else "")
        pieces += (mark.opening if mark.start == at else mark.again for mark in wanted[shared:])
        pieces.append(_escaped(text[at:until]))
        stack = wanted
    return "".join(pieces)


def _clipped(marks: Iterable[Mark], length: int) -> Iterator[Mark]:
    for mark in marks:
        start, end = max(mark.start, 0), min(mark.end, length)
        if start < end:
            yield mark if (start, end) == mark[:2] else mark._replace(start=start, end=end)


def _start(mark: Mark) -> int:
    return mark.start


def _nesting(mark: Mark) -> tuple[int, int, int]:
    return mark.rank, mark.start, -mark.end


def _shared(one: Sequence[Mark], other: Sequence[Mark]) -> int:
    count = 0
    for mine, yours in zip(one, other, strict=False):
        if mine is not yours:
            break
        count += 1
    return count


def _escaped(text: str) -> str:
    return escape(text, quote=False).replace("\r", "&#13;").replace("\0", "␀")


def _paragraph_starts(text: str) -> list[int]:
    """Where each paragraph begins: a line, and the blank lines below it."""
    return [0, *(match.start() + match[0].rindex("\n") + 1 for match in re.finditer(r"\n\s*", text))]


def _paragraph(text: str, start: int, end: int) -> Mark:
    opening = '<p class="gap">' if text.count("\n", start, end) > 1 else "<p>"
    return Mark(start, end, PARAGRAPH, opening, opening, "</p>")


def _to_next(text: str, breaks: list[int], end: int) -> int:
    """``end``, or where the next paragraph begins if nothing but white space is before it."""
    at = bisect_right(breaks, end)
    following = breaks[at] if at < len(breaks) else len(text)
    return following if text[end:following].isspace() else end


def _article_marks(
    text: str, breaks: list[int], articles: Sequence[ArticleRecord], whole: bool
) -> Iterator[Mark]:
    if whole:
        yield _block(0, len(text), STORY, "story")
    for article in articles:
        repost = article["kind"] == "repost"
        label = " ".join(filter(None, ("Reposted article:", article["title"]))) if repost else None
        if not repost and article["title"] and article["spans"]:
            yield from _headline(text, article["title"], article["spans"][0]["end"])
        for start, end in _joined(text, breaks, article["spans"]):
            yield _block(start, end, STORY, "story repost" if repost else "story", article["id"], label)


def _headline(text: str, title: str, until: int) -> Iterator[Mark]:
    """The title where the text has it above the story or as its first line."""
    start = text.find(title, 0, until)
    if start >= 0:
        opening = '<strong class="headline">'
        yield Mark(start, start + len(title), HEADLINE, opening, opening, "</strong>")


def _joined(text: str, breaks: list[int], spans: Sequence[SpanRecord]) -> Iterator[tuple[int, int]]:
    """The spans with the white space after them, those that then touch made one."""
    start = end = -1
    for span in spans:
        if span["start"] != end:
            if start >= 0:
                yield start, end
            start = span["start"]
        end = _to_next(text, breaks, span["end"])
    if start >= 0:
        yield start, end


def _comment_marks(text: str, breaks: list[int], comments: Sequence[CommentRecord]) -> Iterator[Mark]:
    numbers = {comment["id"]: number for number, comment in enumerate(comments, 1)}
    depths: dict[str, int] = {}
    for number, comment in enumerate(comments, 1):
        parent = comment["parent_id"]
        depth = depths[comment["id"]] = depths.get(parent, -1) + 1 if parent else 0
        parts = (
            f"Comment {number}",
            comment["author"],
            _readable(comment["posted_at"]) if comment["posted_at"] else comment["posted_at_text"],
            f"answers {numbers[parent]}" if parent in numbers else None,
        )
        classes = f"comment depth-{min(depth, REPLY_DEPTH)}"
        start, end = comment["span"]["start"], _to_next(text, breaks, comment["span"]["end"])
        yield _block(start, end, SECTION, classes, comment["id"], " · ".join(filter(None, parts)), "section")
        for start, end in _joined(text, breaks, comment["body"]):
            yield _block(start, end, BODY, "body")


def _block(
    start: int, end: int, rank: int, classes: str, id: str = "", label: str | None = None, tag: str = "div"
) -> Mark:
    """A block of the text; its label is drawn by the style sheet, since it is no character of the text."""
    again = f'<{tag} class="{classes}">'
    attributes = f' id="{escape(id)}"' if id else ""
    if label:
        role = "" if tag == "section" else ' role="group"'
        attributes += f'{role} aria-label="{escape(label)}" data-label="{escape(label)}"'
    return Mark(start, end, rank, f'<{tag} class="{classes}"{attributes}>', again, f"</{tag}>")


def _readable(moment: str) -> str:
    """An ISO 8601 date or time as a page prints it, no more precise than it is.

    >>> _readable("2026-03-03T10:12:00")
    '2026-03-03 10:12'
    """
    date, _, time = moment.partition("T")
    return f"{date} {time[:5]}".strip()


def _voices(text: str, quotes: Iterable[QuoteRecord]) -> tuple[list[Voice], list[Note]]:
    """The legend, those who speak first at its head and the unknown at its end, and the quotes' notes."""
    voices: dict[str, Voice] = {}
    notes = []
    ordered = sorted(quotes, key=lambda quote: quote["spans"][0]["start"])
    for number, quote in enumerate(ordered, 1):
        speaker = quote["speaker"]
        key = speaker["id"] if speaker else ""
        if key not in voices:
            known = sum(1 for other in voices if other)
            voices[key] = Voice(speaker, f"s{known % PALETTE}" if speaker else "unknown")
        voice = voices[key]
        note = Note(number, quote, voice.colour, _words(text, quote["cue"]), _words(text, quote["mention"]))
        voice.notes.append(note)
        voice.kinds[quote["kind"]] = voice.kinds.get(quote["kind"], 0) + 1
        notes.append(note)
    return sorted(voices.values(), key=lambda voice: voice.speaker is None), notes


def _words(text: str, span: SpanRecord | None) -> str | None:
    return " ".join(text[span["start"] : span["end"]].split()) if span else None


def _quote_marks(text: str, note: Note) -> Iterator[Mark]:
    quote, colour = note.quote, note.colour
    title = _title(note)
    classes = f"quote {quote['kind']} {colour}"
    again = f'<mark class="{classes}" title="{escape(title)}">'
    first, last = quote["spans"][0], quote["spans"][-1]
    footnote = _footnote(note, title)
    closed = text[last["end"] : last["end"] + 1] in CLOSING
    for span in quote["spans"]:
        opening = again if span is not first else f'<mark id="{escape(quote["id"])}"{again[5:]}'
        after = footnote if span is last and not closed else ""
        yield Mark(span["start"], span["end"], QUOTE, opening, again, "</mark>", after)
    if closed:  # the number stands behind the quotation mark, which is no part of the quote
        yield Mark(last["end"], last["end"] + 1, QUOTE, "", "", "", footnote)
    for role, tag, part in (("cue", "i", quote["cue"]), ("mention", "b", quote["mention"])):
        if part:
            element = f'<{tag} class="{role} {colour}" title="{role} of quote {note.number}">'
            yield Mark(part["start"], part["end"], PART, element, element, f"</{tag}>")


def _title(note: Note) -> str:
    speaker = note.quote["speaker"]
    who = f"{speaker['name']} ({speaker['confidence']:.2f})" if speaker else "speaker not known"
    return f"Quote {note.number}, {note.quote['kind']}, {who}; its words {note.quote['confidence']:.2f}"


def _footnote(note: Note, title: str) -> str:
    shown = f"{note.number}{'?' if note.unsure else ''}"
    attributes = f'href="#note-{note.number}" data-note="{shown}" aria-label="{escape(title)}"'
    return f'<a class="note {note.colour}" {attributes}></a>'


def _citation_mark(citation: CitationRecord) -> Mark:
    title = " · ".join(
        filter(None, (citation["domain"], citation["label"], "cut off" if citation["truncated"] else None))
    )
    href = f' href="{escape(citation["url"])}" rel="nofollow noreferrer"' if is_web(citation["url"]) else ""
    again = f'<a class="link{" cut" if citation["truncated"] else ""}"{href} title="{escape(title)}">'
    opening = f'<a id="{escape(citation["id"])}"{again[2:]}'
    return Mark(citation["span"]["start"], citation["span"]["end"], LINK, opening, again, "</a>")


def is_web(url: str) -> bool:
    """Whether a page may link to it: a document's text must not smuggle in a script.

    >>> is_web("https://example.org/"), is_web("javascript:alert(1)")
    (True, False)
    """
    return url.lower().startswith(SCHEMES)


def _domain(citation: CitationRecord) -> str:
    return citation["domain"]
