"""Readers' comments as a page's markup has them, in their thread.

    roles of names ──┐
    dates, bylines ──┴─> evidence ──> items ──> author, date, words, parent of each

An item is an element (or a run of siblings) that is one comment: it has words of its own, and a name or
a date beside them. Every step is linear in the page.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final, NamedTuple

from lxml.html import HtmlElement

from api.loader.dates import dated, posted_at, printed_date
from api.loader.evidence import DATED_CHARACTERS, FEW_WORDS, LINE, NAME_WORDS, WORD, Evidence, Item
from api.loader.items import NAME_TAGS, items
from api.loader.masthead import iso_date
from api.loader.phrases import (
    DATE,
    HEADING,
    HEADING_CHARACTERS,
    LINKED_FROM,
    LINKED_HERE,
    NAME_CHARACTERS,
    PROFILE,
    is_machinery,
    is_posted,
    name_in,
    printed_byline,
    short_name,
)
from api.loader.records import Comment, Span
from api.loader.rendering import Rendering
from api.loader.roles import Role, id_shape, is_comment_id, name_roles, names

SIGNATURE: Final = re.compile(r"^_{8,}$", re.MULTILINE)  # above what ends all posts of a writer
NUMBER: Final = re.compile(r"\d+")
IDENTIFIER: Final = re.compile(r"(?=[a-f]{0,30}\d)[0-9a-f]{1,40}", re.IGNORECASE)
LEAD: Final = re.compile(r"(?:\s|[:|•·»,—–-](?=\s))*")
LEVEL: Final = re.compile(r"(?:depth|level|indent|lvl|nesting|tier)[-_]?(\d{1,3})\Z", re.IGNORECASE)
LEVEL_ATTRIBUTES: Final = ("depth", "indent", "data-depth", "data-level", "data-indent", "aria-level")
PARENT_ATTRIBUTES: Final = ("data-parentid", "data-parent-id", "data-parent", "data-reply-to", "parentid")
ID_ATTRIBUTES: Final = ("data-id", "data-comment-id", "data-commentid", "data-post-id", "id")
MARGIN: Final = re.compile(r"(?:margin|padding)-left\s*:\s*(\d{1,4})", re.IGNORECASE)
MACHINE_DATES: Final = (
    "datetime",
    "title",
    "data-datetime",
    "data-date",
    "data-time-string",
    "content",
    "ts",
)
AUTHOR_ATTRIBUTES: Final = ("author", "data-author", "data-author-name", "data-username")
PROSE_AFTER: Final = re.compile(r"[ \xa0](?!at\b|by\b|on\b|from\b|says?\b|said\b|wrote\b)[a-z]")
BODY_SHARE: Final = 0.3  # of the items' words, in elements that are named for words
ITEM_SHARE: Final = 0.5  # in elements inside that are named for comments
USUAL_SHARE: Final = 0.25  # of the items
NEAR: Final = 40  # elements inside one that is named for the author, among which the name is


@dataclass(frozen=True, slots=True)
class Threads:
    """A page's comments, and the indices of the elements that hold them and nothing else.

    ``opening`` is a forum page's first post, which the others answer.
    """

    comments: tuple[Comment, ...] = ()
    elements: tuple[int, ...] = ()
    opening: Comment | None = None


def threads(page: Rendering) -> Threads:
    """The page's comments, in order of the text, and the elements that are theirs."""
    evidence = Evidence(page)
    found = [] if evidence.is_bare else items(evidence)
    if not found:
        return Threads()
    parts = _parts(evidence, found)
    comments = dated(_comments(evidence, parts))
    opening = None
    if len(comments) > 1 and comments[0].parent is None and evidence.is_forum:
        opening, comments = comments[0], tuple(map(_shifted, comments[1:]))
    return Threads(comments, tuple(_holders(page, parts)), opening)


def _holders(page: Rendering, parts: list[_Parts]) -> Iterator[int]:
    """The elements to leave out of the article: the outermost that are the items', or hold nothing else."""
    if parts[0].root is None:
        start, end = parts[0].span.start, parts[-1].span.end
        spans = map(page.span, range(len(page.elements)))
        own = [at for at, span in enumerate(spans) if start <= span.start < span.end <= end]
    else:
        own = [index for part in parts for index in part.own]
    last = -1
    for index in own:
        if index > last:
            yield index
            last = page.last[index]


def _shifted(comment: Comment) -> Comment:
    """The comment with its parent's index less the opening post, which is nobody's comment."""
    parent = comment.parent - 1 if comment.parent else None
    return Comment(
        comment.span, comment.body, comment.author, comment.posted_at, comment.posted_at_text, parent
    )


@dataclass(slots=True)
class _Parts:
    """An item's own elements: what is inside it and not inside an item inside it; ``root`` is its first."""

    item: Item
    span: Span
    root: HtmlElement | None
    own: list[int] = field(default_factory=list)


def _comments(evidence: Evidence, parts: list[_Parts]) -> list[Comment]:
    parents = _parents(evidence, parts)
    bodies = _bodies(evidence, parts)
    comments: list[Comment] = []
    places: dict[int, int] = {}
    for at, part in enumerate(parts):
        comment = _comment(evidence, part, bodies[at])
        if comment is not None:
            parent = parents[at]
            while parent is not None and parent not in places:
                parent = parents[parent]
            places[at] = len(comments)
            comments.append(replace(comment, parent=places[parent] if parent is not None else None))
    return comments


def _parts(evidence: Evidence, items: list[Item]) -> list[_Parts]:
    """The items with their own elements and stretch; an answer inside ends the stretch around it."""
    page = evidence.page
    if any(item.lines for item in items):
        return list(_line_parts(page, [item for item in items if item.lines]))
    parts: list[_Parts] = []
    for at, item in enumerate(items):
        stop = page.last[item.last]
        inner = items[at + 1].first if at + 1 < len(items) and items[at + 1].first <= stop else None
        end = page.ends[item.last]
        cut = _furniture(evidence, item, stop if inner is None else inner - 1)
        if cut is not None:
            inner, end, stop = None, page.starts[cut], cut - 1
        if inner is not None:
            end = page.starts[inner]
        start = page.starts[item.first]
        if len(items) == 1:  # of several, "Reply" above the words is a comment's own title
            start = _below_heading(page.text, start, end)
        kept = page.text[start:end].rstrip()
        part = _Parts(item, Span(start, start + len(kept)), page.elements[item.first])
        part.own.extend(
            index
            for index in range(item.first, (inner if inner is not None else stop + 1))
            if page.starts[index] < page.ends[index]
        )
        parts.append(part)
    return parts


def _below_heading(text: str, start: int, end: int) -> int:
    """Where a page's only comment begins, whose element may take in the heading of comments: below that line."""
    line = LINE.match(text, start, min(end, start + HEADING_CHARACTERS))
    if line is None or line.end() == end or not HEADING.match(line[0]):
        return start
    below = WORD.search(text, line.end(), end)
    return text.rindex("\n", start, below.start()) + 1 if below else start


def _furniture(evidence: Evidence, item: Item, stop: int) -> int | None:
    """The first element below the item's words that is no part of it, where its end tag is missing, say.

    A form with words of its own is none; one that shows "Reply" alone is a line of the comment.
    """
    page = evidence.page
    dated = evidence.weight_of(item).dates > 0
    for index in range(item.first + 1, stop + 1):
        form = page.elements[index].tag == "form" and evidence.weight(*page.span(index)).prose
        shown = page.starts[index] < page.ends[index]
        other = form or (shown and evidence.roles[index] & Role.ELSEWHERE)
        above = evidence.weight(page.starts[item.first], page.starts[index]) if other else None
        if above and above.is_comment and (above.dates or not dated):
            return index
    return None


def _line_parts(page: Rendering, items: list[Item]) -> Iterator[_Parts]:
    """Items that are lines, with the elements that are wholly in those."""
    shown = [index for index in range(len(page.elements)) if page.starts[index] < page.ends[index]]
    for item in items:
        if item.lines:
            first = bisect_left(shown, item.lines.start, key=page.starts.__getitem__)
            end = bisect_left(shown, item.lines.end, key=page.starts.__getitem__)
            own = [index for index in shown[first:end] if page.ends[index] <= item.lines.end]
            yield _Parts(item, item.lines, None, own)


def _parents(evidence: Evidence, parts: list[_Parts]) -> list[int | None]:
    """For each item the place of the one it answers: nested in it, indented below it, or in its replies."""
    page = evidence.page
    if any(part.root is None for part in parts):
        return [None] * len(parts)
    nested: list[int | None] = []
    around: list[int] = []
    for at, part in enumerate(parts):
        while around and page.last[parts[around[-1]].item.last] < part.item.first:
            around.pop()
        nested.append(around[-1] if around else None)
        around.append(at)
    if any(parent is not None for parent in nested):
        return nested
    stated = _stated_parents(parts)
    if any(parent is not None for parent in stated):
        return stated
    levels = [_level(page, part) for part in parts]
    if len(set(levels)) > 1:
        return _by_level(levels)
    return [_in_replies(evidence, parts, at) for at in range(len(parts))]


def _stated_parents(parts: list[_Parts]) -> list[int | None]:
    """For each item the place of the earlier one whose id an attribute of its own gives as its parent's."""
    places: dict[str, int] = {}
    parents: list[int | None] = []
    for at, part in enumerate(parts):
        stated = _stated(part.root, PARENT_ATTRIBUTES)
        parents.append(next((places[id] for id in stated if id in places), None))
        places |= dict.fromkeys(_stated(part.root, ID_ATTRIBUTES), at)
    return parents


def _stated(root: HtmlElement | None, attributes: Sequence[str]) -> Iterator[str]:
    """The ids that the attributes hold, each the last number or hash in its value."""
    values = [] if root is None else [root.get(attribute) or "" for attribute in attributes]
    return (found[-1] for value in values if (found := IDENTIFIER.findall(value)))


def _by_level(levels: list[int]) -> list[int | None]:
    parents: list[int | None] = []
    around: list[int] = []
    for at, level in enumerate(levels):
        while around and levels[around[-1]] >= level:
            around.pop()
        parents.append(around[-1] if around else None)
        around.append(at)
    return parents


def _level(page: Rendering, part: _Parts) -> int:
    """How deep the item says that it is indented; 0 where it says nothing."""
    first = part.item.first
    near = [first, *range(first + 1, min(first + 8, page.last[first] + 1))]
    parent = page.parents[first]
    if parent >= 0 and page.starts[parent] == page.starts[first] and page.ends[parent] == page.ends[first]:
        near.append(parent)
    for index in near:
        element = page.elements[index]
        for attribute in LEVEL_ATTRIBUTES:
            if (value := element.get(attribute)) and value.isascii() and value.isdigit():
                return int(value[:4])
        for name in names(element):
            if match := LEVEL.search(name):
                return int(match.group(1))
        if index in (first, parent) and (match := MARGIN.search(element.get("style") or "")):
            return int(match.group(1))
        width = element.get("width")
        if (
            element.tag == "img"
            and width
            and width.isascii()
            and width.isdigit()
            and element.get("height") in ("0", "1")
        ):
            return int(width[:4])
    return 0


def _in_replies(evidence: Evidence, parts: list[_Parts], at: int) -> int | None:
    """The last item before the container of replies that holds the item, in the same thread."""
    page = evidence.page
    index = page.parents[parts[at].item.first]
    while index >= 0:
        if evidence.roles[index] & Role.REPLIES:
            before = bisect_left(parts, index, key=lambda part: part.item.first) - 1
            if before >= 0 and parts[before].item.first > page.parents[index]:
                return before
        index = page.parents[index]
    return None


def _comment(evidence: Evidence, part: _Parts, body: _Bodies) -> Comment | None:
    """The item's author, date and words; None for one without words, and for a page that links here."""
    page = evidence.page
    inside = [page.span(index) for index in body.strict]
    author_at, author = _author(evidence, part, inside)
    date = _date(evidence, part, inside)
    aside = [
        page.span(index)
        for index in part.own
        if _is_aside(evidence, index) or _is_permalink(page, part, index)
    ]
    if evidence.is_forum and (ruled := SIGNATURE.search(page.text, part.span.start, part.span.end)):
        aside.append(Span(ruled.start(), part.span.end))
    if author_at is not None:
        aside.append(author_at)
    if date is not None:
        aside.append(date.span)
    regions = inside or [page.span(index) for index in body.loose]
    spans = _stretches(page.text, part.span, regions, aside)
    before = page.text[part.span.start : author_at.start] if author_at else ""
    if not spans or LINKED_HERE.match(author or part.span.of(page.text)) or LINKED_FROM.match(before):
        return None
    return Comment(
        span=part.span,
        body=spans,
        author=author,
        posted_at=date.posted_at if date else None,
        posted_at_text=date.span.of(page.text) if date else None,
    )


def _is_aside(evidence: Evidence, index: int) -> bool:
    role = evidence.roles[index]
    start, end = evidence.page.starts[index], evidence.page.ends[index]
    return (
        bool(role & (Role.ASIDE | Role.NOTICE))
        and not role & (Role.BODY | Role.ITEM)
        and evidence.words_in(start, end) <= 3 * FEW_WORDS
    )


def _is_permalink(page: Rendering, part: _Parts, index: int) -> bool:
    """Whether the element is a link to the comment's own place; one to another's may be the writer's "@Ann"."""
    target = (page.elements[index].get("href") or "").rpartition("#")[2]
    own = (part.root.get("id") if part.root is not None else "") or ""
    return is_comment_id(target) and NUMBER.findall(target) == NUMBER.findall(own)


@dataclass(frozen=True, slots=True)
class _Bodies:
    """The elements named for a comment's words: those without its name or date, and those that may hold them."""

    strict: list[int]
    loose: list[int]


def _bodies(evidence: Evidence, parts: list[_Parts]) -> list[_Bodies]:
    """For each item its words' elements, outermost first; of the kinds, the first that holds enough of all words.

    "smallText" may name the links below each comment, and leave out what was said.
    """
    whole = [evidence.weight(*part.span).prose for part in parts]
    for role, share in ((Role.BODY, BODY_SHARE), (Role.ITEM, ITEM_SHARE)):
        usual = _usual(evidence, parts, role)
        strict = [_named_for_words(evidence, part, role, usual, apart=True) for part in parts]
        loose = [_named_for_words(evidence, part, role, usual, apart=False) for part in parts]
        if sum(_prose(evidence, loose)) < share * sum(whole):
            continue
        if sum(_prose(evidence, strict)) < share * sum(whole):
            strict = [[] for _ in parts]
            if role == Role.ITEM:
                continue
        return [_Bodies(own, [] if own else wide) for own, wide in zip(strict, loose, strict=True)]
    return [_Bodies([], []) for _ in parts]


def _usual(evidence: Evidence, parts: list[_Parts], role: int) -> frozenset[str]:
    """The names with the role that elements of many items have; a label of few is nobody's words."""
    counts: Counter[str] = Counter()
    for part in parts:
        elements = (evidence.page.elements[index] for index in part.own if evidence.roles[index] & role)
        said = {name for element in elements for name in names(element) if name_roles(name) & role}
        counts.update(set(map(id_shape, said)))
    return frozenset(name for name, count in counts.items() if count >= USUAL_SHARE * len(parts))


def _prose(evidence: Evidence, found: Iterable[list[int]]) -> Iterator[int]:
    """How many words of prose the elements of each item hold."""
    return (sum(evidence.weight(*evidence.page.span(index)).prose for index in group) for group in found)


def _named_for_words(
    evidence: Evidence, part: _Parts, role: int, usual: frozenset[str], *, apart: bool
) -> list[int]:
    """The item's elements with the role, outermost first; ``apart``: those that hold no name or date."""
    page = evidence.page
    found: list[int] = []
    last = -1
    for index in part.own:
        if index <= last or not _is_for_words(evidence, part, index, role, usual):
            continue
        start, end = page.starts[index], min(page.ends[index], part.span.end)
        heads = bisect_left(evidence.heads, end) > bisect_left(evidence.heads, start)
        if evidence.weight(start, end).prose and not (apart and (heads or _has_sign(evidence, index))):
            found.append(index)
            last = page.last[index]
    return found


def _is_for_words(evidence: Evidence, part: _Parts, index: int, role: int, usual: frozenset[str]) -> bool:
    """Whether the element, less than the item, has the role and no other, and one of the usual names."""
    own, element = evidence.roles[index], evidence.page.elements[index]
    if index == part.item.first == part.item.last or not own & role:
        return False
    if own & (Role.AUTHOR | Role.DATE | Role.ASIDE) & ~role:
        return False
    return bool(element.get("itemprop")) or not usual.isdisjoint(map(id_shape, names(element)))


def _has_sign(evidence: Evidence, index: int) -> bool:
    """Whether the first line of the element, or its last, says who wrote it and when."""
    start, end = evidence.page.span(index)
    at = bisect_left(evidence.signs, start, key=lambda sign: sign.line.start)
    following = bisect_left(evidence.signs, end, at, key=lambda sign: sign.line.start)
    ends = (evidence.signs[at], evidence.signs[following - 1]) if at < following else ()
    return any(
        sign.is_dated and sign.name is not None and (sign.line.start == start or sign.line.end == end)
        for sign in ends
    )


def _outside(span: Span, stretches: Sequence[Span]) -> bool:
    """Whether ``span`` begins in none of the stretches, which are sorted and apart."""
    at = bisect_right(stretches, span.start, key=lambda stretch: stretch.start) - 1
    return at < 0 or span.start >= stretches[at].end


def _author(evidence: Evidence, part: _Parts, body: list[Span]) -> tuple[Span | None, str | None]:
    """Where the comment's author is named, and the name, as short as it is printed."""
    page = evidence.page
    for attribute in AUTHOR_ATTRIBUTES:
        if part.root is not None and (said := part.root.get(attribute)):
            shown = _shown_name(evidence, part, said)
            return shown, said
    for index in part.own:
        span = page.span(index)
        if index == part.item.first or not evidence.roles[index] & Role.AUTHOR:
            continue
        if evidence.words_in(*span) > 2 * FEW_WORDS or not _outside(span, body):
            continue
        inner = _innermost(evidence, index)
        if name := name_in(_without_labels(page.shown(inner))):
            return span if evidence.is_name(index) else page.span(inner), name
    return _printed_author(evidence, part, body)


def _without_labels(shown: str) -> str:
    """What is shown for a name without lines like "Author" or "Moderator" below it."""
    return "\n".join(line for line in shown.splitlines() if not is_machinery(line))


def _shown_name(evidence: Evidence, part: _Parts, said: str) -> Span | None:
    page = evidence.page
    at = page.text.find(said, part.span.start, part.span.end)
    return Span(at, at + len(said)) if at >= 0 else None


def _innermost(evidence: Evidence, index: int) -> int:
    """The name alone, inside an element that is named for the author and shows more."""
    page = evidence.page
    best, is_open = index, True  # open to a bold or linked name, where none is named further in
    for inner in page.inside(index)[:NEAR]:
        if inner > page.last[best]:
            break
        own = evidence.roles[inner]
        named = bool(own & Role.AUTHOR)
        marked = named or (is_open and page.elements[inner].tag in NAME_TAGS)
        if marked and not own & (Role.ASIDE | Role.DATE) and evidence.is_name(inner):
            best, is_open = inner, named
    return best


def _printed_author(evidence: Evidence, part: _Parts, body: list[Span]) -> tuple[Span | None, str | None]:
    """The author where only the text tells: "Posted by Ann", "Ann says", a short bold or linked name."""
    page = evidence.page
    lines = [Span(*match.span()) for match in LINE.finditer(page.text, part.span.start, part.span.end)]
    outside = [line for line in lines if _outside(line, body)]
    for line in [*outside[:3], *outside[-2:]]:
        if name := printed_byline(line.of(page.text)[:200]):
            at = page.text.index(name, line.start)
            return Span(line.start, at + len(name)), name
    at = bisect_left(evidence.signs, part.span.start, key=lambda sign: sign.line.start)
    end = bisect_left(evidence.signs, part.span.end, at, key=lambda sign: sign.line.start)
    signed = {sign.line for sign in evidence.signs[at:end] if sign.name and not sign.is_dated}
    for index in part.own:
        if page.elements[index].tag not in (
            "a",
            "b",
            "strong",
            "cite",
            "h3",
            "h4",
            "h5",
            "h6",
            "dt",
            "em",
            "span",
        ):
            continue
        if page.starts[index] > part.span.start + 200 or not evidence.is_name(index):
            continue
        if evidence.roles[index] & Role.ASIDE:
            continue  # the letter in place of a picture
        if page.span(index) in signed:
            continue  # more than the name
        if _outside(page.span(index), body) and (name := _name_alone(page, index)):
            return page.span(index), name
    for index in part.own:
        if _is_profile_in_date_line(evidence, index) and _outside(page.span(index), body):
            return page.span(index), name_in(page.shown(index))
    for sign in evidence.signs[at:end]:
        if sign.name and _outside(sign.line, body):
            start = page.text.index(sign.name, sign.line.start)
            return Span(start, start + len(sign.name)), sign.name
    first = evidence.signs[at].line if at < end else None
    told = [line for line in outside if line == first or not is_machinery(line.of(page.text))]
    for above, line in pairwise(told) if len(outside) > 2 else ():  # without labels like "Nick"
        if line == first and (name := short_name(above.of(page.text))):
            return above, name
    return None, None


def _is_profile_in_date_line(evidence: Evidence, index: int) -> bool:
    """Whether the element is a link to a profile that opens a line with a date: "- Ann, Leeds, UK, 3 May 2012"."""
    page = evidence.page
    href = page.elements[index].get("href") if page.elements[index].tag == "a" else None
    if not href or not PROFILE.search(href) or not evidence.is_name(index):
        return False
    start, end = page.span(index)
    before = page.text[max(start - NAME_CHARACTERS, 0) : start].rpartition("\n")[2]
    rest = page.text[end : end + DATED_CHARACTERS].partition("\n")[0]
    return not WORD.search(before) and DATE.search(rest) is not None


def _name_alone(page: Rendering, index: int) -> str | None:
    """The name that the element is, alone in its line; a link to a profile, or a date behind it, tells any name."""
    if not _stands_alone(page, index):
        return None
    shown, element = page.shown(index), page.elements[index]
    rest = page.text[page.ends[index] : page.ends[index] + 80].partition("\n")[0]
    sure = PROFILE.search(element.get("href") or "") or (element.tag in NAME_TAGS and DATE.search(rest))
    return name_in(shown) if sure else short_name(shown)


def _stands_alone(page: Rendering, index: int) -> bool:
    """Whether the element is the first of its line and no sentence goes on from it."""
    start, end = page.starts[index], page.ends[index]
    first = start == 0 or page.text[start - 1] in "\n\t"
    rest = page.text[end : end + 80].partition("\n")[0]
    set_apart = rest.lstrip().startswith(":") and page.elements[index].tag in NAME_TAGS
    return first and (set_apart or not rest.strip() or bool(DATE.search(rest)) or is_machinery(rest))


class Dated(NamedTuple):
    """A date as printed and in ISO 8601."""

    span: Span
    posted_at: str | None


def _date(evidence: Evidence, part: _Parts, body: list[Span]) -> Dated | None:
    """When the comment was written, from an element named for it, else from its lines."""
    page = evidence.page
    for index in part.own:
        tag = page.elements[index].tag
        if not evidence.roles[index] & Role.DATE and not (
            tag in ("abbr", "a", "span") and page.elements[index].get("title")
        ):
            continue
        span = page.span(index)
        if span.end - span.start > DATED_CHARACTERS or not _outside(span, body):
            continue
        machine = _machine_date(page, index)
        printed = printed_date(span.of(page.text))
        if printed is not None:
            shown = Span(span.start + printed.start, span.start + printed.end)
            return Dated(shown, _precise(shown.of(page.text), machine))
        if evidence.roles[index] & Role.DATE and evidence.words_in(*span) <= NAME_WORDS:
            hint = DATE.search(page.text, *span)
            if machine is not None or hint:
                return Dated(Span(*hint.span()) if hint else span, machine)
    for match in LINE.finditer(page.text, part.span.start, part.span.end):
        line = Span(match.start(), min(match.end(), match.start() + 2 * DATED_CHARACTERS))
        if _outside(line, body) and (date := _printed_date(evidence, line)):
            return Dated(date, posted_at(date.of(page.text)))
    return None


def _printed_date(evidence: Evidence, line: Span) -> Span | None:
    """Where the line says when the comment was written; a date in a sentence does not."""
    text, start = evidence.page.text, line.start
    for hint in DATE.finditer(text, *line):
        if is_posted(text, line.start, hint.start()):
            break
        start = hint.end()
    else:
        return None
    printed = printed_date(line.of(text), start - line.start)
    if printed is None or printed.start > DATED_CHARACTERS:
        return None
    shown = Span(line.start + printed.start, line.start + printed.end)
    in_sentence = evidence.words_in(*line) > FEW_WORDS and PROSE_AFTER.match(text, shown.end)
    return None if in_sentence else shown


def _machine_date(page: Rendering, index: int) -> str | None:
    """The date in an attribute of the element or the first one inside that has one."""
    for inner in (index, *page.inside(index)[:4]):
        for attribute in MACHINE_DATES:
            value = page.elements[inner].get(attribute)
            if value and (
                date := iso_date(value.split(" ")[0] if "T" in value else value) or posted_at(value[:80])
            ):
                return date
    return None


def _precise(printed: str, machine: str | None) -> str | None:
    """The printed date in ISO 8601; the attribute's where the print is relative or could be two days.

    >>> _precise("2 hours ago", "2024-05-02T10:00Z"), _precise("5/6/2012", "2012-06-05T10:00Z")
    ('2024-05-02T10:00Z', '2012-06-05')
    """
    said = posted_at(printed)
    if machine is None or (said is not None and len(said) > 4):
        return said
    return (
        machine
        if said is None and DATE.search(printed) and not re.search(r"\d{4}", printed)
        else machine[:10]
    )


def _stretches(text: str, whole: Span, body: list[Span], aside: list[Span]) -> tuple[Span, ...]:
    """The words: lines of the body (of the whole, where none is marked) without what stands aside.

    What is left of a line with the name or date in it, and links like "Reply", count only where there
    is nothing else.
    """
    regions = [Span(span.start, min(span.end, whole.end)) for span in body] or [whole]
    out = _merged(aside)
    pieces: list[tuple[Span, bool]] = []
    for region in regions:
        for match in LINE.finditer(text, region.start, region.end):
            line = Span(*match.span())
            kept = list(_without(line, out))
            cut = kept != [line]
            pieces += [(piece, cut) for piece in kept]
    shown = [(_trimmed(text, piece), cut) for piece, cut in pieces if WORD.search(text, *piece) or not cut]
    shown = [(piece, cut) for piece, cut in shown if piece.start < piece.end]
    words = [piece for piece, cut in shown if not _is_remainder(text, piece, cut)]
    return tuple(_joined(text, words or [piece for piece, _ in shown if WORD.search(text, *piece)]))


def _is_remainder(text: str, piece: Span, cut: bool) -> bool:
    """Whether the piece is the page's machinery, or a few words beside a name or date."""
    words = piece.of(text)
    return is_machinery(words) or (cut and len(words) <= NAME_CHARACTERS and len(words.split()) <= 3)


def _merged(spans: list[Span]) -> list[Span]:
    """The spans in order, those that overlap made one."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def _without(line: Span, out: list[Span]) -> Iterator[Span]:
    """The stretches of the line that lie outside all of ``out``, which are sorted and apart."""
    start = line.start
    at = max(bisect_right(out, line.start, key=lambda span: span.start) - 1, 0)
    while at < len(out) and out[at].start < line.end:
        if out[at].end > start:
            if out[at].start > start:
                yield Span(start, out[at].start)
            start = out[at].end
        at += 1
    if start < line.end:
        yield Span(start, line.end)


def _trimmed(text: str, piece: Span) -> Span:
    """The piece without white space around it, and without the colon or dash that followed a name."""
    words = piece.of(text)
    lead = LEAD.match(words)
    start = lead.end() if lead else 0
    return Span(piece.start + start, max(piece.start + start, piece.start + len(words.rstrip())))


def _joined(text: str, pieces: list[Span]) -> Iterator[Span]:
    """The pieces, one that follows another with only white space between joined to it."""
    held: Span | None = None
    for piece in pieces:
        if held is not None and not text[held.end : piece.start].strip():
            held = Span(held.start, piece.end)
        else:
            if held is not None:
                yield held
            held = piece
    if held is not None:
        yield held
