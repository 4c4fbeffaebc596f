"""Which lines of a page are its article.

trafilatura, the best measured of its kind, says which elements are; its paragraphs are then found
again in our own text, so that offsets are ours, and share bars and lists of links left out. Where it finds
nothing, or the page is larger than it can take, the article is what reads like prose.
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

from api.loader.furniture import is_furniture, is_list_heading, without_label
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
SENTENCE_WORDS: Final = 3
STORY_WORDS: Final = 40
SENTENCE_END: Final = re.compile(r"[.!?…。！？؟][\s\"'”’»)\]]{0,4}\Z")
WORD: Final = re.compile(r"\w+")
LINE: Final = re.compile(r"\S(?:[^\n]*\S)?")  # without the white space around it, which <pre> keeps
BREAKS: Final = ("lb", "p", "head", "item", "cell", "row", "quote", "list", "table", "code", "div", "ab")

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # stages are silent; what fails is seen here


def story(tree: HtmlElement, page: Rendering, outside: Collection[int]) -> tuple[Span, ...]:
    """The article's paragraphs in order, the headline above them included.

    ``outside`` are the indices of elements that are comments.
    """
    spans = _paragraph_spans(tree, page, outside)
    headlines = [page.span(index) for index, element in enumerate(page.elements) if element.tag == "h1"]
    above = [span for span in headlines if spans and span.start < span.end <= spans[0].start]
    return (above[-1], *spans) if above else spans


def _paragraph_spans(tree: HtmlElement, page: Rendering, outside: Collection[int]) -> tuple[Span, ...]:
    closed = sorted(page.span(index) for index in outside)
    lines = list(_lines(page.text, closed))
    if _is_usual(page):
        found = _extracted(tree, [page.elements[index] for index in outside])
        if spans := _matching(page.text, lines, found):
            spans = _without_furniture(page, spans)
            return spans if _is_story([span.of(page.text) for span in spans]) else ()
    return tuple(span for span in lines if len(WORD.findall(span.of(page.text))) >= PROSE_WORDS)


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
    counts = [len(WORD.findall(line)) for line in lines]
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
    """The lines without share bars and lists of links; all of them where nothing else is there."""
    links = sorted(page.span(index) for index, element in enumerate(page.elements) if element.tag == "a")
    kept: list[Span] = []
    below = False  # a heading of such a list
    for is_linked, group in groupby(spans, lambda span: _is_linked(page.text, span, links)):
        lines = list(group)
        if is_linked and (below or len(lines) >= LIST_LINES):
            continue
        for span in lines:
            words = span.of(page.text)
            below = is_list_heading(words)
            if not (below or is_furniture(words) or (is_linked and without_label(words) != words)):
                kept.append(span)
    return tuple(kept) if _is_story([span.of(page.text) for span in kept]) else spans


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
