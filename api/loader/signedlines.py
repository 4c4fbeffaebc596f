"""Comments that only their lines tell apart: below a heading or in an area, signs and prose in turn.

headings, areas' names ──> areas ──┐
lines with a name or a date ───────┴─> stretches between signs
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from enum import IntEnum
from itertools import pairwise, takewhile
from typing import Final, NamedTuple

from api.loader.evidence import Evidence, Item
from api.loader.phrases import (
    CLOSING,
    HEADING,
    HEADING_CHARACTERS,
    NAME_AND_PLACE,
    REPLY,
    SIGNED_BELOW,
    is_machinery,
    short_name,
)
from api.loader.records import Span
from api.loader.rendering import Rendering
from api.loader.roles import Role

WORDS: Final = re.compile(r"\S(?:[^\n]*\S)?")  # a line without the white space around it
GAP: Final = re.compile(r"\s*")
HEADING_TAGS: Final = ("h1", "h2", "h3", "h4", "h5", "h6", "b", "strong", "legend", "dt")
PART_TAGS: Final = ("form", "footer", "nav", "aside", "section")
CLOSING_TAGS: Final = ("h1", "h2", "h3", "h4", "h5", *PART_TAGS)
COUNTS: Final = {"no": 0, "one": 1, "two": 2, "three": 3}
NEAR: Final = 40  # elements inside a heading, among which a link that is all of it is
MOST_AREAS: Final = 4
LINES: Final = 2  # signs at least, where nothing says that there is one comment
WORDED_SHARE: Final = 0.8  # of the stretches between signs that must hold words
HALF: Final = 0.5  # of an area's signs or comments, which speak for all of them
LEADING_SHARE: Final = 0.75  # of comments that may each lead to another page


def signed_lines(evidence: Evidence) -> list[Item]:
    """Comments that only their lines tell apart: below a heading or in an area, signs and prose in turn."""
    for area in _areas(evidence):
        if found := _between_signs(evidence, area):
            return found
    return []


class Area(NamedTuple):
    """A stretch of the text that holds comments, as its heading or its element's name says.

    ``stated`` is how many the heading says.
    """

    start: int
    end: int
    is_headed: bool
    stated: int | None = None


def _areas(evidence: Evidence) -> list[Area]:
    """Where comments may stand, headings first; each ends where another part of the page begins."""
    page = evidence.page
    heads: list[Area] = []
    labels: list[Area] = []
    named: list[Area] = []
    for index, element in enumerate(page.elements):
        start, end = page.span(index)
        if start == end or evidence.elsewhere[index]:
            continue
        is_head = element.tag in HEADING_TAGS or _is_line(page.text, start, end)
        said = _heading(page, index) if is_head else None
        if said:
            kind = heads if element.tag in CLOSING_TAGS else labels
            kind.append(Area(end, len(page.text), True, _count(said["count"] or said["count_after"] or "")))
        elif evidence.roles[index] & Role.AREA:
            named.append(Area(start, end, False))
    closing = _closings(evidence, {_next_word(page.text, area.start) for area in (*heads, *labels)})
    if len(labels) <= MOST_AREAS:  # "Comments:" before each one's words is no heading
        heads += labels
    boxes = {area.start: area.end for area in named}  # of those that begin together, the innermost
    heads = [area._replace(end=boxes.get(_next_word(page.text, area.start), area.end)) for area in heads]
    found = [area for area in (*heads[:MOST_AREAS], *named[:MOST_AREAS]) if area.stated != 0]
    return [area._replace(end=min(area.end, _next(closing, area.start, area.end))) for area in found]


def _count(words: str) -> int | None:
    """The number that a heading says, in digits or as a word; None where it says none."""
    digits = re.sub(r"\D", "", words)
    return int(digits[:9]) if digits else COUNTS.get(words.lower())


def _next_word(text: str, start: int) -> int:
    gap = GAP.match(text, start)
    return gap.end() if gap else start


def _next(places: list[int], start: int, end: int) -> int:
    at = bisect_right(places, start)
    return places[at] if at < len(places) else end


def _is_line(text: str, start: int, end: int) -> bool:
    """Whether the stretch is a whole line."""
    return (
        text[start - 1 : start] in ("\n", "\t", "")
        and text[end : end + 1] in ("\n", "\t", "")
        and end - start <= HEADING_CHARACTERS
    )


def _heading(page: Rendering, index: int) -> re.Match[str] | None:
    """The element as a heading of comments that is no link to them; None for any other."""
    start, end = page.span(index)
    if end - start > HEADING_CHARACTERS or page.elements[index].tag == "a":
        return None
    parent = page.parents[index]
    if parent >= 0 and page.elements[parent].tag == "a":
        return None
    links = (inner for inner in page.inside(index)[:NEAR] if page.elements[inner].tag == "a")
    whole = any(page.span(inner) == Span(start, end) for inner in links)
    return None if whole else HEADING.match(page.text[start:end])


def _closings(evidence: Evidence, below: Collection[int]) -> list[int]:
    """Where elements begin that belong to another part of the page; a heading above a sign does not.

    ``below`` are the places right below headings of comments, where a comment's own title may stand.
    """
    page = evidence.page
    signs = {sign.line.start: sign for sign in evidence.signs}
    above: dict[str, list[int]] = defaultdict(list)
    closing = [line.start() for line in CLOSING.finditer(page.text)]
    for index, element in enumerate(page.elements):
        start, end = page.span(index)
        if start == end or not (element.tag in CLOSING_TAGS or evidence.elsewhere[index]):
            continue
        if element.tag in PART_TAGS and not evidence.elsewhere[index] and _holds_signs(evidence, start, end):
            continue
        if element.tag == "form" and not evidence.weight(start, end).prose:
            continue  # the links below a comment
        sign = signs.get(_next_word(page.text, end))
        other = evidence.elsewhere[index] or HEADING.match(
            page.text[start : min(end, start + HEADING_CHARACTERS)]
        )
        if other or (sign is None and start not in signs):
            closing.append(start)
        elif sign and (sign.name or not short_name(page.shown(index))):
            above[str(element.tag)].append(start)
    closing += [starts[0] for starts in above.values() if len(starts) == 1 and starts[0] not in below]
    return sorted(closing)


def _holds_signs(evidence: Evidence, start: int, end: int) -> bool:
    """Whether there are signs in the stretch."""
    at = bisect_left(evidence.signs, start, key=lambda sign: sign.line.start)
    return at < len(evidence.signs) and evidence.signs[at].line.start < end


def _between_signs(evidence: Evidence, area: Area) -> list[Item]:
    """The area's comments: from one sign to the next, or after one sign up to and with the next."""
    shown = [Span(*line.span()) for line in WORDS.finditer(evidence.page.text, area.start, area.end)]
    signs = {sign.line.start for sign in evidence.signs}  # a date in digits would be the page's label
    lines = [line for line in shown if line.start in signs or not _is_label(line.of(evidence.page.text))]
    signed = _signed(evidence, lines)
    blocks = [at for at, sign in enumerate(signed) if sign and not (at and signed[at - 1] == Mark.SIGN)]
    ends = [
        at
        for at, sign in enumerate(signed)
        if sign and not (at + 1 < len(signed) and signed[at + 1] and sign == Mark.SIGN)
    ]
    if not blocks or (len(blocks) < LINES and not _holds_one(evidence, area, lines, signed, blocks[0])):
        return []
    below = not signed[0] and _stand_below(evidence, [lines[at] for at in blocks])
    if len(blocks) < LINES and area.stated != 1 and not (signed[0] or below):
        return []  # one date somewhere in a part of the article
    if below or (not signed[0] and signed[-1]):
        runs = list(zip([0, *(end + 1 for end in ends[:-1])], ends, strict=True))
    else:
        blocks = _from_names(evidence, lines, signed, blocks)
        runs = [(start, following - 1) for start, following in pairwise([*blocks, len(lines)])]
    if len(runs) < LINES and not area.is_headed:
        return []  # a byline and a date in a part of the article
    spans = [Span(lines[start].start, lines[end].end) for start, end in runs]
    worded = [span for span in spans if evidence.weight(*span).prose]
    if 2 * max((evidence.weight(*span).prose for span in worded), default=0) > evidence.prose[-1]:
        return []  # the article
    more = area.stated is not None and len(worded) > area.stated + 1
    above = Span(area.start, spans[0].start)
    if more or len(worded) < WORDED_SHARE * len(spans) or are_about_others(evidence, [above, *worded]):
        return []
    return [Item(-1, -1, _with_reply_lines(evidence.page.text, span, shown)) for span in worded]


def _with_reply_lines(text: str, span: Span, lines: list[Span]) -> Span:
    """The comment with the links like "Reply" that stand right below it."""
    end = span.end
    for at in range(bisect_left(lines, end, key=lambda line: line.start), len(lines)):
        words = lines[at].of(text)
        if not (is_machinery(words) and REPLY.search(words)):
            break
        end = lines[at].end
    return Span(span.start, end)


class Mark(IntEnum):
    """What a line has of a comment's sign."""

    NONE = 0
    SIGN = 1  # it is one
    OPENING = 2  # it begins with its writer's name, and words follow


def _from_names(
    evidence: Evidence, lines: list[Span], signed: Sequence[Mark], blocks: list[int]
) -> list[int]:
    """Where signs begin, without the date at the end of the comment before: "Ann said", words, date."""
    unnamed = {sign.line.start for sign in evidence.signs if sign.name is None}
    if lines[blocks[0]].start in unnamed:
        return blocks
    starts = []
    for block in blocks:
        at = block
        while lines[at].start in unnamed and at + 1 < len(lines) and signed[at + 1]:
            at += 1
        if lines[at].start not in unnamed:
            starts.append(at)
    return starts


def _holds_one(evidence: Evidence, area: Area, lines: list[Span], signed: Sequence[Mark], block: int) -> bool:
    """Whether an area with one sign holds one comment: its heading says one, or the sign says who and when."""
    return area.stated == 1 or (area.is_headed and _is_full(evidence, lines, signed, block))


def _is_full(evidence: Evidence, lines: list[Span], signed: Sequence[Mark], block: int) -> bool:
    """Whether a sign has both a name and a date, in one line or two."""
    signs = {sign.line.start: sign for sign in evidence.signs}
    run = takewhile(lambda at: signed[at], range(block, len(lines)))
    found = [signs.get(lines[at].start) for at in run]
    return any(one and one.is_dated for one in found) and any(one is None or one.name for one in found)


def _is_label(line: str) -> bool:
    """Whether the line is the page's and nobody's words: links, counts, a heading."""
    return is_machinery(line) or HEADING.match(line) is not None


def _signed(evidence: Evidence, lines: list[Span]) -> list[Mark]:
    """For each line what it has of a sign; a short line above a date is one too, and a heading above a sign."""
    page, text = evidence.page, evidence.page.text
    names = {sign.line.start: sign.name for sign in evidence.signs}
    authors = set(evidence.authors)
    heads = {page.starts[index] for index, element in enumerate(page.elements) if element.tag in CLOSING_TAGS}
    signed = [
        Mark.SIGN if line.start in names else Mark.OPENING if line.start in authors else Mark.NONE
        for line in lines
    ]
    signs = [at for at, line in enumerate(lines) if at and line.start in names and not signed[at - 1]]
    unnamed = [at for at in signs if not names[lines[at].start]]
    below_name = {
        at + 2 for at, mark in enumerate(signed) if mark == Mark.OPENING
    }  # the line between is words
    for places, above in (
        (unnamed, [at - 1 for at in unnamed if at not in below_name and short_name(lines[at - 1].of(text))]),
        (signs, [at - 1 for at in signs if lines[at - 1].start in heads]),
    ):
        if len(above) >= WORDED_SHARE * len(places):
            for at in above:
                signed[at] = Mark.SIGN
    return signed


def _stand_below(evidence: Evidence, lines: list[Span]) -> bool:
    """Whether signs are of the kind that stands below the words: "Posted by", "— Ann Lee", "Ann Lee, Leeds"."""
    printed = [line.of(evidence.page.text) for line in lines]
    below = sum(bool(SIGNED_BELOW.match(line) or NAME_AND_PLACE.fullmatch(line)) for line in printed)
    return below > HALF * len(lines)


def are_about_others(evidence: Evidence, spans: Iterable[Span]) -> bool:
    """Whether most of the stretches have a link that leads to another page, or half a heading or prose that does."""
    held = [
        (_holds(evidence.title_starts, span) or is_linked(evidence, span), _holds(evidence.leads, span))
        for span in spans
    ]
    titled, leading = sum(one for one, _ in held), sum(one for _, one in held)
    return titled >= HALF * len(held) or leading >= LEADING_SHARE * len(held)


def lead_elsewhere(evidence: Evidence, spans: Sequence[Span]) -> bool:
    """Whether most of the stretches, of two at least, have a link to a page of their own, as quotes of comments do."""
    page = evidence.page
    links = evidence.leads_elsewhere
    held = [bisect_left(links, span.start, key=page.starts.__getitem__) for span in spans]
    leading = [
        re.sub(r"\d+", "", page.shown(links[at]))
        for at, span in zip(held, spans, strict=True)
        if at < len(links) and page.starts[links[at]] < span.end
    ]
    return (
        len(held) >= LINES and len(leading) >= LEADING_SHARE * len(held) and 2 * len(set(leading)) > len(held)
    )


def is_linked(evidence: Evidence, span: Span) -> bool:
    """Whether half of the stretch's prose is a link."""
    prose = evidence.weight(*span).prose
    linked = bisect_left(evidence.linked, span.end) - bisect_left(evidence.linked, span.start)
    return prose > 0 and 2 * linked >= prose


def _holds(places: list[int], span: Span) -> bool:
    """Whether one of the places, which are in order, is in the stretch."""
    return bisect_left(places, span.end) > bisect_left(places, span.start)
