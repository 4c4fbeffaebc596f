"""Which lines of a page are its article.

trafilatura, the best measured of its kind, says which elements are; its paragraphs are then found
again in our own text, so that offsets are ours. Prose that it lost is restored where it stands as what it found
does; what stands above the headline or below the story, captions, share bars and lists of links are left out.
Where it finds nothing, or the page is larger than it can take, the article is what reads like prose.
"""

from __future__ import annotations

import logging
import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from copy import copy
from itertools import groupby
from typing import Final

from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.utils import line_processing, trim

from api.loader.furniture import is_furniture, is_list_heading, is_notice, is_set_apart, without_label
from api.loader.placing import Places, blocks, trunk
from api.loader.quotemarks import DOUBLE_CLOSING, DOUBLE_OPENING, DOUBLE_STRAIGHT
from api.loader.records import Span
from api.loader.rendering import Rendering

# What trafilatura is given: beyond, its time grows faster than the page (nested tables, many attributes).
LARGE_ELEMENTS: Final = 20_000
LARGE_CHARACTERS: Final = 1_000_000
LARGE_DEPTH: Final = 120
LARGE_ATTRIBUTES: Final = 60
SHINGLE_WORDS: Final = 4
SHINGLE_SHARE: Final = 0.7  # of a line's shingles, for a line that the library changed a little
ABOUT_LINES: Final = 3  # around the article's sentences, in which its short lines stand
LIST_LINES: Final = 3  # that are nothing but links
LINKED_SHARE: Final = 0.8
PROSE_WORDS: Final = 8
LONG_WORDS: Final = 16  # no label has as many
HEADINGS: Final = ("h1", "h2", "h3")
TITLES: Final = 2
HEADLINE_WORDS: Final = 3
HEADLINE_CHARACTERS: Final = 1_000
HEADLINE_SHARE: Final = 0.5  # of the story, which stands below its headline
SENTENCE_WORDS: Final = 3
STORY_WORDS: Final = 40
STANDFIRST: Final = re.compile(  # a class's name
    r"(?:^|[\s_-])(?:stand-?first|dec?k|chapo|chapeau|lede|lead(?:-?text)?(?!-)|intro(?:duction)?|vorspann|entradilla"
    r"|sommario|excerpt|sub-?title)(?![a-z])",
    re.IGNORECASE,
)
SET_APART_CHARACTERS: Final = 600
QUOTED: Final = re.compile(f"[{DOUBLE_OPENING}{DOUBLE_CLOSING}{DOUBLE_STRAIGHT}]")  # words that would be lost
SENTENCE_END: Final = re.compile(r"[.!?…。！？؟][\s\"'”’»)\]]{0,4}\Z")
WORD: Final = re.compile(r"\w+")
LINE: Final = re.compile(r"\S(?:[^\n]*\S)?")  # without the white space around it, which <pre> keeps
BREAKS: Final = ("lb", "p", "head", "item", "cell", "row", "quote", "list", "table", "code", "div", "ab")

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # stages are silent; what fails is seen here


def story(
    tree: HtmlElement, page: Rendering, outside: Collection[int], title: str | None = None
) -> tuple[Span, ...]:
    """The article's paragraphs in order, the headline above them included.

    ``outside`` are the indices of elements that are comments; ``title`` is what the page calls its article.
    """
    closed = sorted(page.span(index) for index in outside)
    lines = list(_lines(page.text, closed))
    spans = _paragraph_spans(tree, page, outside, lines)
    if not spans:
        return ()
    headlines = [page.span(index) for index, element in enumerate(page.elements) if element.tag == "h1"]
    above = [span for span in headlines if span.start < span.end <= spans[0].start]
    headline = _headline(page, spans, _titles(tree, title)) or (above[-1] if above else None)
    if headline is None:
        return spans
    below = [span for span in spans if span.start >= headline.end]
    return (headline, *sorted({*_standfirst(page, lines, headline, below), *below}))


def _paragraph_spans(
    tree: HtmlElement, page: Rendering, outside: Collection[int], lines: list[Span]
) -> tuple[Span, ...]:
    if _is_usual(page):
        found = _extracted(tree, [page.elements[index] for index in outside])
        if spans := _matching(page.text, lines, found):
            spans = _within_trunk(page, _restored(page, lines, spans))
            spans = _without_furniture(page, spans)
            return spans if _is_story([span.of(page.text) for span in spans]) else ()
    return tuple(span for span in lines if _count(span.of(page.text)) >= PROSE_WORDS)


def _standfirst(page: Rendering, lines: list[Span], headline: Span, below: list[Span]) -> list[Span]:
    """What is marked up as the story's summary, between its headline and its first paragraph."""
    first = next((span.start for span in below if _is_prose(page.text, span)), headline.end)
    links, apart = _links(page), _set_apart(page)
    marked = [bool(STANDFIRST.search(element.get("class") or "")) for element in page.elements]
    between = [span for span in lines if headline.end <= span.start < first]
    found: list[Span] = []
    for span, block in zip(between, blocks(page, between), strict=True):
        words = span.of(page.text)
        is_prose = _count(words) >= PROSE_WORDS and not _is_linked(page.text, span, links)
        around = page.parents[block] if block >= 0 else -1
        is_marked = any(marked[index] for index in (block, around) if index >= 0)
        if is_prose and is_marked and not (is_notice(words) or _is_within(span, apart)):
            found.append(span)
    return found


def _titles(tree: HtmlElement, title: str | None) -> list[str]:
    found = [title, *(element.text for element in tree.iter("title"))][:TITLES]
    return [said for words in found if _count(said := _spoken(words or "")) >= HEADLINE_WORDS]


def _headline(page: Rendering, spans: tuple[Span, ...], titles: list[str]) -> Span | None:
    """The heading above most of the story that says what a title does, the first if any does; None without one.

    Of several the one that says the most of it, of these the highest in rank, of these the first.
    """
    prose = [span for span in spans if _count(span.of(page.text)) >= PROSE_WORDS]
    left = sum(span.end - span.start for span in prose)
    least = HEADLINE_SHARE * left
    best: tuple[tuple[int, int, int], Span] | None = None
    at = 0
    for index, element in enumerate(page.elements):
        if element.tag not in HEADINGS or page.starts[index] == page.ends[index]:
            continue
        while at < len(prose) and prose[at].start < page.ends[index]:
            left -= prose[at].end - prose[at].start
            at += 1
        if left <= least:
            break
        said = _spoken(page.shown(index))
        for order, title in enumerate(titles):
            if _count(said) >= HEADLINE_WORDS and (said in title or title in said):
                rank = -HEADINGS.index(element.tag)
                one = (-order, min(len(said), len(title)), rank)
                if best is None or one > best[0]:
                    best = one, page.span(index)
    return best[1] if best else None


def _spoken(heading: str) -> str:
    """The words of a heading, between spaces; none of what is too long for one."""
    return f" {' '.join(_words(heading))} " if len(heading) <= HEADLINE_CHARACTERS else ""


def _count(line: str) -> int:
    return len(WORD.findall(line))


def _restored(page: Rendering, lines: list[Span], found: tuple[Span, ...]) -> tuple[Span, ...]:
    """The lines found, and prose that stands where most of what was found does."""
    links = _links(page)
    prose = [span for span in lines if _is_prose(page.text, span) and not _is_linked(page.text, span, links)]
    known = set(found)
    places = Places(page, prose, known)
    standing = zip(prose, blocks(page, prose), strict=True)
    return tuple(sorted({*found, *(span for span, block in standing if places.is_storys(block))}))


def _within_trunk(page: Rendering, spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """The lines without those below the element that holds nearly all of them, but for what stands as others do."""
    prose = [span for span in spans if _is_prose(page.text, span)]
    end = trunk(page, prose).end
    inside = {span for span in prose if span.start < end}
    places = Places(page, prose, inside)
    below = zip(spans, blocks(page, spans), strict=True)
    return tuple(span for span, block in below if span.start < end or places.has_storys(block))


def _is_prose(text: str, span: Span) -> bool:
    """Whether a line is a sentence, or longer than any label."""
    line = span.of(text)
    count = _count(line)
    return count >= LONG_WORDS or (count >= SENTENCE_WORDS and SENTENCE_END.search(line) is not None)


def _is_usual(page: Rendering) -> bool:
    """Whether the page is of a size and shape that trafilatura reads in a second or two."""
    if len(page.elements) > LARGE_ELEMENTS or len(page.text) > LARGE_CHARACTERS:
        return False
    depths: list[int] = []
    for parent in page.parents:
        depths.append(depths[parent] + 1 if parent >= 0 else 0)
    attributes = (len(element.attrib) for element in page.elements)
    return max(depths, default=0) <= LARGE_DEPTH and max(attributes, default=0) <= LARGE_ATTRIBUTES


def _is_story(lines: list[str]) -> bool:
    """Whether there is a sentence in the lines, or much of anything: a title and a date are no story."""
    counts = [_count(line) for line in lines]
    ended = any(
        count >= SENTENCE_WORDS and SENTENCE_END.search(line)
        for count, line in zip(counts, lines, strict=True)
    )
    return ended or sum(counts) >= STORY_WORDS


def _lines(text: str, closed: list[Span]) -> Iterable[Span]:
    """The lines of the text that lie outside ``closed``, in order."""
    at = 0
    for match in LINE.finditer(text):
        span = Span(match.start(), match.end())
        while at < len(closed) and closed[at].end <= span.start:
            at += 1
        if at == len(closed) or span.end <= closed[at].start:
            yield span


def _extracted(tree: HtmlElement, without: list[HtmlElement]) -> list[str]:
    """The paragraphs that trafilatura takes for the article of the tree without those elements."""
    pruned = copy(tree)
    gone = set(without)
    for original, twin in list(zip(tree.iter(), pruned.iter(), strict=True)):
        if original in gone and twin.getparent() is not None:
            twin.drop_tree()
    found = bare_extraction(pruned, include_comments=False, include_tables=True, with_metadata=False)
    for cached in (trim, line_processing):  # each would hold the last 1,024 paragraphs, of any length
        cached.cache_clear()
    body = getattr(found, "body", None)
    return list(_paragraphs(body)) if body is not None else []


def _paragraphs(body: HtmlElement) -> Iterable[str]:
    words: list[str] = []
    for element in body.iter():
        if element.tag in BREAKS and words:
            yield "".join(words)
            words = []
        words.append(element.text or "")
        words.append("")
        if element.tail:
            words.append(element.tail)
    yield "".join(words)


def _matching(text: str, lines: list[Span], found: list[str]) -> tuple[Span, ...]:
    """Those of our lines whose words are in the paragraphs found; of the short ones those about the others."""
    whole = {" ".join(words) for paragraph in found if (words := _words(paragraph))}
    shingles = {shingle for paragraph in found for shingle in _shingles(_words(paragraph))}
    long: list[int] = []
    short: list[int] = []
    for index, span in enumerate(lines):
        words = _words(span.of(text))
        own = _shingles(words)
        if own and sum(shingle in shingles for shingle in own) >= SHINGLE_SHARE * len(own):
            long.append(index)
        elif " ".join(words) in whole:
            short.append(index)
    if long:
        short = [index for index in short if long[0] - ABOUT_LINES <= index <= long[-1] + ABOUT_LINES]
    return tuple(lines[index] for index in sorted([*long, *short]))


def _without_furniture(page: Rendering, spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """The lines without captions, share bars and lists of links; all of them where nothing else is there."""
    links = _links(page)
    apart = _set_apart(page)
    kept: list[Span] = []
    below = False  # a heading of such a list
    for is_linked, group in groupby(spans, lambda span: _is_linked(page.text, span, links)):
        lines = list(group)
        if is_linked and (below or len(lines) >= LIST_LINES):
            continue
        for span in lines:
            words = span.of(page.text)
            below = is_list_heading(words)
            if below or is_furniture(words) or (is_linked and without_label(words) != words):
                continue
            if QUOTED.search(words) or not (is_notice(words) or _is_within(span, apart)):
                kept.append(span)
    return tuple(kept) if _is_story([span.of(page.text) for span in kept]) else spans


def _links(page: Rendering) -> list[Span]:
    elements = enumerate(page.elements)
    return sorted(
        page.span(index) for index, element in elements if element.tag == "a" and element.get("href")
    )


def _set_apart(page: Rendering) -> list[Span]:
    """The captions and the like, in order, none within another."""
    found: list[Span] = []
    for index, element in enumerate(page.elements):
        span = page.span(index)
        is_new = not found or found[-1].end < span.end
        if is_new and 0 < span.end - span.start <= SET_APART_CHARACTERS and _is_set_apart(element):
            found.append(span)
    return found


def _is_set_apart(element: HtmlElement) -> bool:
    return is_set_apart(str(element.tag), element.get("class") or "")


def _is_within(span: Span, stretches: Sequence[Span]) -> bool:
    at = bisect_right(stretches, span.start, key=lambda stretch: stretch.start) - 1
    return at >= 0 and span.end <= stretches[at].end


def _is_linked(text: str, span: Span, links: Sequence[Span]) -> bool:
    """Whether a line is links, which are sorted, or a label like "Related:" and a link."""
    at = max(bisect_right(links, span.start, key=lambda link: link.start) - 1, 0)
    linked, end = 0, span.start
    while at < len(links) and links[at].start < span.end:
        start = max(links[at].start, end)
        end = max(end, min(links[at].end, span.end))
        linked += _letters(text[start:end])
        at += 1
    return 0 < LINKED_SHARE * _letters(without_label(span.of(text))) <= linked


def _letters(words: str) -> int:
    return sum(map(len, WORD.findall(words)))


def _words(line: str) -> list[str]:
    return WORD.findall(line.lower())


def _shingles(words: list[str]) -> list[tuple[str, ...]]:
    return [tuple(words[at : at + SHINGLE_WORDS]) for at in range(len(words) - SHINGLE_WORDS + 1)]
