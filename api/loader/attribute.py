"""Who said what, as the text says it.

    lines ──quotemarks──> quotations ─┐
      └────wordpieces──> tokens ──────┴─tagger──> readings ──decoder──> pieces ──> attributions

Where the words of a text are not English, quotation marks alone are believed, and long stretches only.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from api.loader.confidence import BY_MARKS, BY_TURN, confidence_of
from api.loader.decoder import LONG_QUOTATION, Found, Matrix, Piece, found
from api.loader.language import is_english
from api.loader.modes import mode_of
from api.loader.quotemarks import Quotation, lines_of, quotations
from api.loader.records import Attribution, BlockQuote, QuoteKind, Segments, Span, Text
from api.loader.tagger import MODEL, Tokens, reading, session, tokens
from api.loader.transcripts import Turn, turns
from api.loader.urls import LINK_START

LINE_LIMIT = 20_000  # characters; a longer line is read in parts
PART_LIMIT = 40_000  # characters of a region that are read together
LEAST_SHARED = 0.5  # share of its link that a piece must give a cue to be one quote with others that have it
LINK_LIMIT = 2_000  # characters of a link that are looked back through
TITLE = 0.7  # share of words with a capital from which a stretch between marks is a title


class _Part(NamedTuple):
    """Lines of one region, and their outermost quotations."""

    lines: Sequence[Span]
    quoted: Sequence[Quotation]
    tokens: Tokens


def preload(threads: int = 1) -> None:
    """Read the tagger's files now, so that processes forked from this one share them."""
    session(threads)
    _transitions()


def attributions(document: Text, parts: Segments, threads: int = 1) -> tuple[Attribution, ...]:
    """Every quote of the document's articles and comments, in order of content; none crosses two of them.

    Spans count in ``document.text`` and leave quotation marks and outer white space out.
    ``threads`` is how many the network may use.
    """
    text = document.text
    blocks = document.layout.block_quotes if document.layout else ()
    result: list[Attribution] = []
    for part in _parts(text, _regions(text, parts), blocks):
        result += _read(text, part, threads) if is_english(text, part.lines) else _marked(text, part)
    return tuple(sorted(result, key=lambda each: each.spans))


# --- regions ----------------------------------------------------------------------------------------------


def _regions(text: str, parts: Segments) -> Iterator[list[Span]]:
    """The lines of each article and of each comment, what a comment reposts left to its article."""
    for article in parts.articles:
        yield lines_of(text, article.spans)
    taken = sorted(span for article in parts.articles for span in article.spans)
    for comment in parts.comments:
        yield lines_of(text, [left for span in comment.body for left in _without(span, taken)])


def _without(span: Span, taken: Sequence[Span]) -> Iterator[Span]:
    """What is left of ``span`` outside of the sorted spans ``taken``."""
    start = span.start
    for other in taken[max(0, bisect_left(taken, (span.start, 0)) - 1) :]:
        if other.start >= span.end:
            break
        if other.end > start:
            if start < other.start:
                yield Span(start, other.start)
            start = other.end
    if start < span.end:
        yield Span(start, span.end)


def _parts(text: str, regions: Iterable[Sequence[Span]], blocks: Sequence[BlockQuote]) -> Iterator[_Part]:
    for region in regions:
        lines: list[Span] = []
        size = 0
        for line in (short for long in region for short in _bounded(text, long)):
            if lines and size + line.end - line.start > PART_LIMIT:
                yield _part(text, lines, blocks)
                lines, size = [], 0
            lines.append(line)
            size += line.end - line.start
        if lines:
            yield _part(text, lines, blocks)


def _bounded(text: str, line: Span) -> Iterator[Span]:
    """The line in parts of bounded length, cut at a full stop or at least at a space."""
    start = line.start
    while line.end - start > LINE_LIMIT:
        low, high = start + LINE_LIMIT // 2, start + LINE_LIMIT
        cut = max(text.rfind(end, low, high) for end in (". ", "! ", "? ", "。"))
        cut = cut if cut > 0 else text.rfind(" ", low, high)
        cut = cut + 1 if cut > 0 else high
        yield Span(start, cut)
        start = cut
    if start < line.end:
        yield Span(start, line.end)


def _part(text: str, lines: Sequence[Span], blocks: Sequence[BlockQuote]) -> _Part:
    quoted = list(quotations(text, lines))
    outermost = [each for each in quoted if each.depth == 1]
    for line in lines:
        for block in blocks:
            span = Span(max(line.start, block.span.start), min(line.end, block.span.end))
            marked = [
                each for each in outermost if each.outer.start < span.end and span.start < each.outer.end
            ]
            if (
                span.start < span.end
                and 2 * sum(each.outer.end - each.outer.start for each in marked) < span.end - span.start
            ):
                outermost = [each for each in outermost if each not in marked]
                quoted = [each for each in quoted if not span.holds(each.outer)]
                quoted.append(Quotation(span, span, 1))
                outermost.append(quoted[-1])
    return _Part(lines, sorted(outermost), tokens(text, lines, quoted))


# --- from pieces to attributions --------------------------------------------------------------------------


@cache
def _transitions() -> Matrix:
    return np.array(json.loads((MODEL / "transitions.json").read_text(encoding="utf-8")))


def _read(text: str, part: _Part, threads: int) -> Iterator[Attribution]:
    spoken = turns(text, part.lines)
    said = [turn.words for turn in spoken]
    pieces = [
        each
        for each in found(reading(part.tokens, session(threads)), part.quoted, _transitions())
        if not _touches(Span(*_characters(part.tokens, each.piece)), said)
    ]
    for group in _groups(text, part, pieces):
        yield from _attribution(text, part, group)
    yield from _spoken(text, part, spoken)
    taken = [Span(*_characters(part.tokens, each.piece)) for each in pieces] + said
    yield from _marked(text, part, sorted(taken))


def _spoken(text: str, part: _Part, spoken: Sequence[Turn]) -> Iterator[Attribution]:
    for turn in spoken:
        spans = tuple(_content(text, part, turn.words))
        if spans:
            kind = _kind(text, spans, part.quoted)
            yield Attribution(kind, spans, turn.colon, turn.name, "speech", BY_TURN)


def _touches(span: Span, taken: Sequence[Span]) -> bool:
    """Whether ``span`` shares a character with one of the spans ``taken``, sorted and apart."""
    index = bisect_right(taken, (span.start, span.end))
    return any(
        each.start < span.end and span.start < each.end for each in taken[max(0, index - 1) : index + 1]
    )


def _groups(text: str, part: _Part, pieces: Sequence[Found]) -> list[list[Found]]:
    """The pieces in groups, one a quote.

    Pieces with one cue are one quote where the cue stands between them, or where all are direct speech
    and nothing else has that cue. A paragraph that goes on with a quotation is one quote with the last.
    """
    by_cue: dict[object, list[Found]] = {}
    for number, each in enumerate(pieces):
        by_cue.setdefault(each.cue if each.cue and each.cue_share >= LEAST_SHARED else number, []).append(
            each
        )
    groups = []
    for group in by_cue.values():
        cue = group[0].cue
        broken = (
            cue is not None and group[0].piece.end <= cue.start and cue.end <= group[1].piece.start
            if len(group) == 2
            else False
        )
        if len(group) == 1 or broken or all(_direct(text, part, each) for each in group):
            groups.append(group)
        else:
            groups += [[each] for each in group]
    return _continued(text, part, groups)


def _continued(text: str, part: _Part, groups: Sequence[list[Found]]) -> list[list[Found]]:
    """The groups, those joined that lie in one quotation of several paragraphs."""
    chain_of: dict[Quotation, int] = {}
    for number, (before, each) in enumerate(pairwise(part.quoted)):
        same_mark = text[before.outer.start] == text[each.outer.start]
        if not before.closed and same_mark and not _letters(text, Span(before.outer.end, each.outer.start)):
            chain_of[each] = chain_of.setdefault(before, number)
    joined: dict[object, list[Found]] = {}
    for number, group in enumerate(groups):
        spans = [Span(*_characters(part.tokens, each.piece)) for each in group]
        chains = [
            chain_of[each] for span in spans for each in _overlapping(part.quoted, span) if each in chain_of
        ]
        joined.setdefault(("chain", chains[0]) if chains else number, []).extend(group)
    return [sorted(group, key=lambda each: each.piece) for group in joined.values()]


def _direct(text: str, part: _Part, each: Found) -> bool:
    return (
        _kind(text, list(_content(text, part, Span(*_characters(part.tokens, each.piece)))), part.quoted)
        == "direct"
    )


def _attribution(text: str, part: _Part, group: Sequence[Found]) -> Iterator[Attribution]:
    spans = [
        span for each in group for span in _content(text, part, Span(*_characters(part.tokens, each.piece)))
    ]
    if not spans:
        return
    kind = _kind(text, spans, part.quoted)
    cued = max(group, key=lambda each: (each.cue is not None, each.cue_share))
    named = max(group, key=lambda each: (each.mention is not None, each.mention_share))
    cue, mention = _words(text, part, cued.cue), _words(text, part, named.mention)
    mention = None if mention and _in_link(text, mention.start) else mention
    mode = mode_of(cue.of(text)) if cue else "speech"
    if cue and mode == "thought" and kind == "direct" and "\n" in _between(text, cue, spans[0]):
        # nobody thinks aloud in another paragraph than his thinking
        cue, mention, mode = None, None, "speech"
    yield Attribution(kind, tuple(spans), cue, mention, mode, confidence_of(group, kind))


def _between(text: str, one: Span, other: Span) -> str:
    return text[min(one.end, other.end) : max(one.start, other.start)]


def _characters(read: Tokens, piece: Piece) -> tuple[int, int]:
    return int(read.starts[piece.start]), int(read.ends[piece.end - 1])


def _words(text: str, part: _Part, piece: Piece | None) -> Span | None:
    """The piece's characters within one line, without a comma at its end."""
    if piece is None:
        return None
    span = Span(*_characters(part.tokens, piece))
    line = part.lines[bisect_right(part.lines, (span.start, len(text))) - 1]
    span = _trimmed(text, Span(span.start, min(span.end, line.end)), " \t\xa0,;")
    return span if span.start < span.end else None


def _in_link(text: str, at: int) -> bool:
    """Whether the word around the character ``at`` is a link: an address is a source, and nobody who speaks."""
    before = text[max(0, at - LINK_LIMIT) : at]
    word = "" if before[-1:].isspace() else "".join(before.split()[-1:])
    return LINK_START.search(word + text[at : at + 10]) is not None


def _content(text: str, part: _Part, span: Span) -> Iterator[Span]:
    """The piece's stretches, a line each, marks around them left out."""
    first = max(0, bisect_right(part.lines, (span.start, len(text))) - 1)
    for line in part.lines[first:]:
        if line.start >= span.end:
            break
        stretch = _trimmed(text, Span(max(span.start, line.start), min(span.end, line.end)))
        inner = [each for each in _overlapping(part.quoted, stretch)]
        if inner and _letters(text, stretch) == sum(
            _letters(text, _shared(each.inner, stretch)) for each in inner
        ):
            stretches = [_trimmed(text, _shared(each.inner, stretch)) for each in inner]
        else:
            stretches = [_unpaired(text, stretch, inner)]
        yield from (each for each in stretches if each.start < each.end and _letters(text, each))


def _overlapping(quoted: Sequence[Quotation], span: Span) -> Iterator[Quotation]:
    index = bisect_left(quoted, span.start, key=lambda each: each.outer.end)
    while index < len(quoted) and quoted[index].outer.start < span.end:
        yield quoted[index]
        index += 1


def _shared(one: Span, other: Span) -> Span:
    start = max(one.start, other.start)
    return Span(start, max(start, min(one.end, other.end)))


def _letters(text: str, span: Span) -> int:
    return sum(map(str.isalnum, span.of(text)))


def _unpaired(text: str, span: Span, inner: Sequence[Quotation]) -> Span:
    """The stretch without a mark at its end whose other mark lies outside."""
    start, end = span
    for each in inner:
        if each.outer.start < start and end == each.outer.end:
            end = each.inner.end
        if end < each.outer.end and start == each.outer.start:
            start = each.inner.start
    span = _trimmed(text, Span(start, end))
    return Span(span.start, span.start + len(span.of(text).rstrip(" ,;")))


def _trimmed(text: str, span: Span, characters: str | None = None) -> Span:
    words = span.of(text)
    start = span.start + len(words) - len(words.lstrip(characters))
    return Span(start, max(start, span.start + len(words.rstrip(characters))))


def _kind(text: str, spans: Sequence[Span], quoted: Sequence[Quotation]) -> QuoteKind:
    """Of the letters and digits, whether all, none or some lie between marks (PolNeAR's definition)."""
    letters = sum(_letters(text, span) for span in spans)
    marked = sum(
        _letters(text, _shared(span, each.inner)) for span in spans for each in _overlapping(quoted, span)
    )
    return "indirect" if not marked else "direct" if marked == letters else "mixed"


def _marked(text: str, part: _Part, taken: Sequence[Span] = ()) -> Iterator[Attribution]:
    """What stands between marks, is long enough to be a quote and is in none of ``taken``: no one's words.

    Where most words have a capital it is a title.
    """
    for quotation in part.quoted:
        span = _trimmed(text, quotation.inner)
        words = [word for word in span.of(text).split() if any(map(str.isalpha, word))]
        capitals = sum(word[:1].isupper() for word in words)
        titled = capitals >= TITLE * len(words)
        if len(words) >= LONG_QUOTATION and quotation.closed and not titled and not _touches(span, taken):
            yield Attribution("direct", (span,), confidence=BY_MARKS)
