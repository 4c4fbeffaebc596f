"""Who said what, as the text says it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from api.loader.quotemarks import Quotation, lines_of, quotations
from api.loader.records import Attribution, Segments, Span, Text

VERBS = (
    "said|says|say|told|tells|added|adds|asked|asks|wrote|writes|noted|notes|argued|argues|claimed|claims|warned|warns"
    "|insisted|insists|replied|replies|explained|explains|stated|states|declared|declares|announced|announces"
    "|acknowledged|admitted|admits|suggested|suggests|tweeted|recalled|recalls|continued|continues|concluded"
    "|conveyed|believes|believed|thinks|thought|denied|denies|called|shouted|sang|sings|responded|quipped|joked"
)
NAME = r"(?:[A-Z][\w’'.-]*)(?: (?:de |van |von |bin |al-)?[A-Z][\w’'.-]*)*"
MENTION = rf"(?:(?:[Hh]e|[Ss]he|[Tt]hey|[Ii]t|I|[Ww]e|[Ww]ho|which)\b|(?:[Tt]he|[Aa]n?|[Oo]ne|[Hh]is|[Hh]er) (?:[\w’'-]+ ){{0,3}}?[\w’'-]+|{NAME})"
CUE_AFTER = re.compile(
    rf"[\s,—–-]*(?:(?P<v1>\b(?:{VERBS})\b) (?P<m1>{MENTION})|(?P<m2>{MENTION}) (?P<v2>(?:{VERBS})\b))"
)
CUE_BEFORE = re.compile(
    rf"(?P<m>{MENTION})(?:, [^,.“”\"]{{1,80}},)? (?P<v>(?:{VERBS})\b)[^.“”\"]{{0,60}}[,:]?\s*$"
)
INDIRECT = re.compile(
    rf"(?P<m>{MENTION})(?:, [^,.“”\"]{{1,80}},)? (?P<v>(?:{VERBS})\b)(?P<c> [^.!?“”\"\n]{{8,400}})"
)
ACCORDING = re.compile(rf"(?P<v>[Aa]ccording to) (?P<m>{MENTION})")
REACH = 160  # characters before a quote in which its cue is looked for


def attributions(document: Text, parts: Segments) -> tuple[Attribution, ...]:
    """Every quote of the document's articles and comments, in order of content."""
    found: list[Attribution] = []
    for region in _regions(parts):
        for span in region:
            found += _of(document.text, span)
    return tuple(sorted(found, key=lambda each: each.spans))


def _regions(parts: Segments) -> Iterator[tuple[Span, ...]]:
    yield from (article.spans for article in parts.articles)
    yield from (comment.body for comment in parts.comments)


def _of(text: str, region: Span) -> Iterator[Attribution]:
    taken: list[Span] = []
    broken: Attribution | None = None
    for quotation in quotations(text, lines_of(text, [region])):
        words = len(quotation.inner.of(text).split())
        cue, mention, after = _cue_of(text, region, quotation)
        if quotation.depth > 1 or (words < 4 and cue is None):
            continue
        if broken and broken.cue and cue is None and _joins(text, broken, quotation):
            broken = Attribution(
                "direct", (*broken.spans, quotation.inner), broken.cue, broken.mention, confidence=0.8
            )
            continue
        if broken:
            yield broken
        broken = Attribution("direct", (quotation.inner,), cue, mention, confidence=0.8)
        taken.append(Span(quotation.outer.start, max(quotation.outer.end, after)))
    if broken:
        yield broken
    for match in INDIRECT.finditer(text, *region):
        content = _trimmed(text, Span(*match.span("c")))
        if not any(each.start < content.end and match.start() < each.end for each in taken):
            yield Attribution(
                "indirect", (content,), Span(*match.span("v")), Span(*match.span("m")), confidence=0.5
            )


def _cue_of(text: str, region: Span, quotation: Quotation) -> tuple[Span | None, Span | None, int]:
    match = CUE_AFTER.match(text, quotation.outer.end, region.end)
    if match:
        one = "1" if match["v1"] else "2"
        return Span(*match.span(f"v{one}")), Span(*match.span(f"m{one}")), match.end()
    low = max(region.start, quotation.outer.start - REACH)
    low = max(low, text.rfind("\n", low, quotation.outer.start) + 1)
    match = CUE_BEFORE.search(text[low : quotation.outer.start])
    if match:
        (v, w), (m, n) = match.span("v"), match.span("m")
        return Span(low + v, low + w), Span(low + m, low + n), 0
    return None, None, 0


def _joins(text: str, before: Attribution, quotation: Quotation) -> bool:
    assert before.cue is not None
    between = text[before.spans[-1].end : quotation.outer.start]
    return len(between) < REACH and "\n" not in between and before.cue.start >= before.spans[0].end


def _trimmed(text: str, span: Span) -> Span:
    words = span.of(text)
    return Span(span.start + len(words) - len(words.lstrip()), span.start + len(words.rstrip(" ,;")))
