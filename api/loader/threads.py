"""Readers' comments as a page's markup has them, in their thread.

    roles of names ──┐
    dates, bylines ──┴─> groups of like elements ──> items ──> author, date, words, parent of each

An item is an element (or a run of siblings) that is one comment: it has words of its own, and a name or
a date beside them. Of the groups of elements that share a name, the one with the most such members is
taken, the outermost where several tie; answers nested inside are items of their own. Where no name
speaks of comments, siblings of one shape that are dated and signed under a heading like
"3 responses" are. Every step is linear in the page.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import Final, NamedTuple

from api.loader.dates import dated, posted_at, printed_date
from api.loader.masthead import iso_date
from api.loader.phrases import (
    AFTER_NAME,
    BEFORE_NAME,
    BYLINE,
    DATE,
    FORUM,
    FORUM_MAKERS,
    HEADING,
    LINKED_HERE,
    MACHINERY,
    MACHINERY_CHARACTERS,
    REPLY,
)
from api.loader.records import Comment, Span
from api.loader.rendering import Rendering
from api.loader.roles import FORUM_NAMES, Role, id_shape, is_comment_id, name_roles, name_words, names, roles

WORD: Final = re.compile(r"\w+")
NUMBER: Final = re.compile(r"\d+")
LINE: Final = re.compile(r"[^\n]+")
LEAD: Final = re.compile(r"(?:\s|[:|•·»,—–-](?=\s))*")
DATED_CHARACTERS: Final = 120  # a date further into a line is part of the prose
FORUM_SHAPES: Final = frozenset(
    ("post#", "post-#", "post_#", "p#", "msg#", "msg_#", "pid#", "pid_#", "post_message_#", "js-post-#")
)
LEVEL: Final = re.compile(r"(?:depth|level|indent|lvl|nesting|tier)[-_]?(\d{1,3})\Z", re.IGNORECASE)
LEVEL_ATTRIBUTES: Final = ("depth", "indent", "data-depth", "data-level", "data-indent", "aria-level")
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

NEAR: Final = 40  # elements inside one that is named for the author, among which the name is
HEADING_TAGS: Final = ("h1", "h2", "h3", "h4", "h5", "h6", "b", "strong", "legend", "dt")
CLOSING_TAGS: Final = ("h1", "h2", "h3", "h4", "form", "footer", "nav", "aside", "section")
NAME_TAGS: Final = ("a", "b", "strong", "cite")

FEW_DATES: Final = 3  # one comment's: its own, and that of one it quotes
FEW_WORDS: Final = 15  # a name, a date or a line of links has no more
NAME_CHARACTERS: Final = 60
NAME_WORDS: Final = 8
GROUPS: Final = 16  # of the page's names, largest first, that may be its comments
VALID_SHARE: Final = 0.5  # of a group's members that must look like a comment
SIBLINGS: Final = 2
SIBLING_SHARE: Final = 0.8
SIBLING_WORDS: Final = 5


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
    evidence = _Evidence(page)
    items = [] if evidence.is_bare else _items(evidence)
    if not items:
        return Threads()
    comments = dated(_comments(evidence, items))
    opening = None
    if len(comments) > 1 and comments[0].parent is None and evidence.is_forum:
        opening, comments = comments[0], tuple(map(_shifted, comments[1:]))
    return Threads(comments, tuple(_holders(evidence, items)), opening)


class Item(NamedTuple):
    """One comment's place: its first element and its last (a sibling of the first, or the same)."""

    first: int
    last: int


class Weight(NamedTuple):
    """What a stretch has of a comment: words of prose, dates, names."""

    prose: int
    dates: int
    authors: int

    def less(self, other: Weight) -> Weight:
        return Weight(self.prose - other.prose, self.dates - other.dates, self.authors - other.authors)

    @property
    def is_comment(self) -> bool:
        """Whether there are words, and a name or a date beside them."""
        return self.prose > 0 and (self.dates > 0 or self.authors > 0)

    @property
    def is_signed(self) -> bool:
        """Whether there are words, and both a name and a date beside them."""
        return self.prose > 0 and self.dates > 0 and self.authors > 0


class _Evidence:
    """What the page has of names, dates and prose, counted so that any stretch is weighed at once."""

    def __init__(self, page: Rendering) -> None:
        self.page = page
        self.roles = [roles(element) for element in page.elements]
        self.elsewhere = self._inherited(Role.ELSEWHERE | Role.NOTICE)
        self.in_area = self._inherited(Role.AREA)
        self.dates = sorted(set(self._date_starts()))

    @property
    def is_bare(self) -> bool:
        """Whether neither a name nor a date on the page hints at a comment."""
        return not self.dates and not any(role & Role.ITEM for role in self.roles)

    @cached_property
    def words(self) -> array[int]:
        """Where the page's words begin."""
        return array("q", (match.start() for match in WORD.finditer(self.page.text)))

    @cached_property
    def authors(self) -> list[int]:
        """Where names of authors begin."""
        return sorted({self.page.starts[index] for index in self._of(Role.AUTHOR) if self.is_name(index)})

    @cached_property
    def heads(self) -> list[int]:
        """Where elements begin that are named for an author or a date, and short enough for one."""
        page = self.page
        named = (
            index
            for index in self._of(Role.AUTHOR | Role.DATE)
            if not self.roles[index] & (Role.BODY | Role.ASIDE)
        )
        return sorted({page.starts[at] for at in named if 0 < self.words_in(*page.span(at)) <= FEW_WORDS})

    @cached_property
    def headings(self) -> list[int]:
        """Where the page's own headings begin."""
        page = self.page
        return [page.starts[index] for index, element in enumerate(page.elements) if element.tag == "h1"]

    def weight(self, start: int, end: int) -> Weight:
        """What the stretch of text has."""
        first, last = bisect_left(self.words, start), bisect_left(self.words, end)
        return Weight(
            self.prose[last] - self.prose[first],
            bisect_left(self.dates, end) - bisect_left(self.dates, start),
            bisect_left(self.authors, end) - bisect_left(self.authors, start),
        )

    def weight_of(self, item: Item) -> Weight:
        """What the item has, answers inside it included."""
        return self.weight(self.page.starts[item.first], self.page.ends[item.last])

    def words_in(self, start: int, end: int) -> int:
        """How many words the stretch has."""
        return bisect_left(self.words, end) - bisect_left(self.words, start)

    def is_name(self, index: int) -> bool:
        """Whether the element shows something as short as a name."""
        start, end = self.page.starts[index], self.page.ends[index]
        if not start < end <= start + 2 * NAME_CHARACTERS or self.words_in(start, end) > NAME_WORDS:
            return False
        return _name(self.page.text[start:end]) is not None

    def _of(self, role: int) -> Iterator[int]:
        return (index for index, own in enumerate(self.roles) if own & role)

    def _inherited(self, role: int) -> list[bool]:
        """For each element, whether it or one around it has the role; the page's root says nothing."""
        inherited: list[bool] = []
        for index, own in enumerate(self.roles):
            parent = self.page.parents[index]
            root = self.page.elements[index].tag in ("html", "body")
            said = own & role if role & Role.AREA or not self._is_most(index) else 0
            inherited.append(not root and (bool(said) or (parent >= 0 and inherited[parent])))
        return inherited

    def _is_most(self, index: int) -> bool:
        """Whether the element holds most of the page's text, as no furniture does whatever its name."""
        return 2 * (self.page.ends[index] - self.page.starts[index]) > len(self.page.text)

    def _date_starts(self) -> Iterator[int]:
        """Where dates begin: early in a line, or in an element that is named for it."""
        text = self.page.text
        for line in LINE.finditer(text):
            end = min(line.end(), line.start() + DATED_CHARACTERS)
            for match in DATE.finditer(text, line.start(), end):
                yield match.start()
        for index in self._of(Role.DATE):
            start, end = self.page.starts[index], self.page.ends[index]
            is_dated = self.page.elements[index].get("datetime") or DATE.search(text, start, end)
            if start < end <= start + DATED_CHARACTERS and is_dated:
                yield start

    @cached_property
    def prose(self) -> array[int]:
        """The running count of words that are not a name, a date or the page's machinery."""
        change = array("q", bytes(8 * (len(self.words) + 1)))
        for index in self._of(Role.AUTHOR | Role.DATE | Role.ASIDE):
            if self.roles[index] & (Role.ITEM | Role.BODY | Role.AREA):
                continue
            first = bisect_left(self.words, self.page.starts[index])
            last = bisect_left(self.words, self.page.ends[index])
            if last - first <= FEW_WORDS:
                change[first] += 1
                change[last] -= 1
        running = array("q", [0])
        covered = prose = 0
        for step in change[:-1]:
            covered += step
            prose += not covered
            running.append(prose)
        return running

    @cached_property
    def is_forum(self) -> bool:
        """Whether the page is a forum's: its maker says so, or its posts tell who joined when."""
        root = self.page.elements[0].getroottree().getroot()
        made = (meta for meta in root.iter("meta") if (meta.get("name") or "").lower() == "generator")
        if any(not FORUM_NAMES.isdisjoint(names(element)) for element in self.page.elements):
            return True
        if any(FORUM_MAKERS.search(meta.get("content") or "") for meta in made):
            return True
        return len(FORUM.findall(self.page.text)) > 1


def _items(evidence: _Evidence) -> list[Item]:
    """The page's comments' places, in order."""
    groups = _named_groups(evidence)
    items = _nested_items(evidence, groups)
    if not items:
        items = _runs(evidence, groups)
    if not items:
        items = _siblings(evidence)
    if not items:
        items = _headed_lines(evidence)
    return items


def _named_groups(evidence: _Evidence) -> list[list[int]]:
    """The elements that share a name which may be a comment's, the likeliest group first."""
    page = evidence.page
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, element in enumerate(page.elements):
        if page.starts[index] == page.ends[index] or evidence.elsewhere[index]:
            continue
        if not evidence.roles[index] & Role.ITEM and not element.get("id"):
            continue
        for name in _item_names(evidence, index):
            groups[str(element.tag), name].append(index)
    ranked = []
    for (_, name), members in groups.items():
        valid = [one for one in _own_weights(evidence, members) if _is_like(evidence, *one)]
        reach = sum(page.ends[index] - page.starts[index] for index in _outermost(page, members))
        ranked.append((len(valid), not _is_plural(name), reach, members))
    ranked.sort(key=lambda one: one[:3], reverse=True)
    return [members for *_, members in ranked[:GROUPS]]


def _item_names(evidence: _Evidence, index: int) -> Iterator[str]:
    element = evidence.page.elements[index]
    for name in names(element):
        if name_roles(name) & Role.ITEM and name != element.get("id"):
            yield name
    id = element.get("id")
    if id and any(character.isdigit() for character in id):
        shape = id_shape(id)
        is_post = shape in FORUM_SHAPES and (evidence.in_area[index] or evidence.is_forum)
        if is_post or is_comment_id(id) or name_roles(shape) & Role.ITEM:
            yield shape
    if (element.get("itemprop") or "") == "comment" or (element.get("itemtype") or "").endswith("omment"):
        yield "itemprop"


def _is_plural(name: str) -> bool:
    return all(word.endswith("s") for word in name_words(name))


def _own_weights(evidence: _Evidence, members: Sequence[int]) -> list[tuple[int, Weight]]:
    """Each member with what it has besides the members inside it."""
    page = evidence.page
    own = {index: evidence.weight(page.starts[index], page.ends[index]) for index in members}
    around: list[int] = []
    for index in members:
        while around and page.last[around[-1]] < index:
            around.pop()
        if around:
            inner = evidence.weight(page.starts[index], page.ends[index])
            own[around[-1]] = own[around[-1]].less(inner)
        around.append(index)
    return list(own.items())


def _outermost(page: Rendering, members: Sequence[int]) -> Iterator[int]:
    last = -1
    for index in members:
        if index > last:
            yield index
            last = page.last[index]


def _nested_items(evidence: _Evidence, groups: list[list[int]]) -> list[Item]:
    """The members that are comments; one inside another only where both are signed."""
    own: dict[int, Weight] = {}
    owner = [-1] * len(evidence.page.elements)
    for members in groups:
        weights = _own_weights(evidence, members)
        if sum(_is_like(evidence, *one) for one in weights) < VALID_SHARE * len(weights):
            continue
        fresh = [index for index, _ in weights if index not in own]
        fitting = list(_fitting(evidence, fresh, own, owner))
        if len(own) + len(fitting) > 1 or all(_is_surely_one(evidence, index) for index in fitting):
            own.update(dict.fromkeys(fitting, Weight(0, 0, 0)))
            _settle(evidence, own, owner)
    return [Item(index, index) for index in sorted(own)]


def _is_like(evidence: _Evidence, index: int, own: Weight) -> bool:
    """Whether an element is like a comment: words with a name or a date, or with a number as one."""
    return own.is_comment or (own.prose > 0 and _is_numbered(evidence, index))


def _is_numbered(evidence: _Evidence, index: int) -> bool:
    """Whether the element is named a comment and has a number as one; "c12" alone may be any part of a page."""
    id = evidence.page.elements[index].get("id") or ""
    return bool(evidence.roles[index] & Role.ITEM) and is_comment_id(id)


def _is_surely_one(evidence: _Evidence, index: int) -> bool:
    """Whether an element that is alone of its kind is a comment: numbered, or signed and named so."""
    page = evidence.page
    if evidence.roles[index] & Role.AREA:
        return False
    weight = evidence.weight(page.starts[index], page.ends[index])
    signed = weight.is_signed and weight.dates <= FEW_DATES and weight.authors <= FEW_DATES
    return signed or _is_numbered(evidence, index)


def _fitting(
    evidence: _Evidence, members: list[int], own: dict[int, Weight], owner: list[int]
) -> Iterator[int]:
    """Those of the members that are comments beside the items found, each of which keeps its own."""
    page = evidence.page
    among = dict(_own_weights(evidence, sorted({*members, *own})))
    taken = sorted(own)
    for index in members:
        weight, around = among[index], owner[index]
        if not _is_like(evidence, index, weight) or _has_heading(evidence, index):
            continue
        at = bisect_left(taken, index)
        holds = at < len(taken) and taken[at] <= page.last[index]
        if holds and evidence.roles[index] & Role.AREA:
            continue
        if (holds or around >= 0) and not weight.is_signed:
            continue
        if around >= 0:
            rest = own[around].less(evidence.weight(page.starts[index], page.ends[index]))
            if not rest.is_signed:
                continue
            own[around] = rest
        yield index


def _has_heading(evidence: _Evidence, index: int) -> bool:
    """Whether the page's own heading stands in the element: then it holds the article."""
    page = evidence.page
    at = bisect_left(evidence.headings, page.starts[index])
    inside = at < len(evidence.headings) and evidence.headings[at] < page.ends[index]
    return inside and not evidence.is_forum


def _settle(evidence: _Evidence, own: dict[int, Weight], owner: list[int]) -> None:
    """Weigh all items anew, and note for each element the nearest item around it."""
    page = evidence.page
    own.update(_own_weights(evidence, sorted(own)))
    for index in range(len(owner)):
        parent = page.parents[index]
        owner[index] = parent if parent in own else (owner[parent] if parent >= 0 else -1)


def _runs(evidence: _Evidence, groups: list[list[int]]) -> list[Item]:
    """Comments that lie flat: words in one element, name and date in its siblings."""
    page = evidence.page
    for members in groups:
        if len(members) < SIBLINGS or len({page.parents[index] for index in members}) > 1:
            continue
        children = _children(page, page.parents[members[0]])
        items = list(_periods(page, children, members))
        dated = sum(evidence.weight_of(item).is_comment for item in items)
        if dated >= SIBLING_SHARE * len(items) and not any(
            _has_heading(evidence, item.first) for item in items
        ):
            return items
    return []


def _children(page: Rendering, parent: int) -> list[int]:
    children, index = [], parent + 1
    while parent >= 0 and index <= page.last[parent]:
        if page.starts[index] < page.ends[index]:
            children.append(index)
        index = page.last[index] + 1
    return children


def _periods(page: Rendering, children: list[int], members: Sequence[int]) -> Iterator[Item]:
    """Runs of siblings around each member: what comes before the first member like what comes before
    the second is its head, the rest between two members is the tail of the former."""
    place = {index: at for at, index in enumerate(children)}
    places = [place[index] for index in members if index in place]
    if not places:
        return
    shapes = [_shape(page, index) for index in children]
    head = tail = 0
    if len(places) > 1:
        between = places[1] - places[0] - 1
        while head < min(between, places[0]) and shapes[places[0] - head - 1] == shapes[places[1] - head - 1]:
            head += 1
        tail = between - head
    else:
        head = min(places[0], 1)
    starts = [max(at - head, 0) for at in places]
    for start, following in pairwise([*starts, min(places[-1] + tail + 1, len(children))]):
        yield Item(children[start], children[following - 1])


def _shape(page: Rendering, index: int) -> tuple[str, str]:
    element = page.elements[index]
    classes = (element.get("class") or "").split()
    return str(element.tag), id_shape(classes[0]) if classes else ""


def _siblings(evidence: _Evidence) -> list[Item]:
    """Siblings of one shape, each with prose, a date and a name, where something says "comments"."""
    page = evidence.page
    groups: dict[tuple[int, str, str], list[int]] = defaultdict(list)
    for index in range(len(page.elements)):
        if page.starts[index] < page.ends[index] and not evidence.elsewhere[index]:
            groups[page.parents[index], *_shape(page, index)].append(index)
    best: tuple[int, list[int]] = (0, [])
    for members in groups.values():
        if len(members) >= SIBLINGS and len(members) > best[0] and _are_comments(evidence, members):
            best = (len(members), members)
    return [Item(index, index) for index in best[1]]


def _are_comments(evidence: _Evidence, members: list[int]) -> bool:
    page = evidence.page
    weights = [evidence.weight(page.starts[index], page.ends[index]) for index in members]
    if sum(
        weight.dates in (1, 2) and weight.prose >= SIBLING_WORDS for weight in weights
    ) < SIBLING_SHARE * len(members):
        return False
    if sum(_is_teaser(evidence, index) for index in members) >= VALID_SHARE * len(members):
        return False
    signed = sum(
        weight.authors > 0 or _is_signed(evidence, index)
        for index, weight in zip(members, weights, strict=True)
    )
    marks = 2 * _is_headed(evidence, members[0])
    marks += 2 * (signed >= SIBLING_SHARE * len(members))
    marks += sum(
        bool(REPLY.search(page.text, max(page.starts[index], page.ends[index] - 200), page.ends[index]))
        for index in members
    ) >= SIBLING_SHARE * len(members)
    return marks > 2


def _headed_lines(evidence: _Evidence) -> list[Item]:
    """Comments with no element of their own: below a heading, lines with name and date, prose between."""
    page = evidence.page
    for index, element in enumerate(page.elements):
        if (
            element.tag not in HEADING_TAGS
            or evidence.elsewhere[index]
            or not HEADING.match(page.shown(index)[:240])
        ):
            continue
        below = _until_closing(page, [at for at in _children(page, page.parents[index]) if at > index])
        if len(below) == 1:  # all in one box
            below = _until_closing(page, _children(page, below[0]))
        items = list(_signed_runs(evidence, below))
        if len(items) >= SIBLINGS:
            return items
    return []


def _until_closing(page: Rendering, children: list[int]) -> list[int]:
    """The children before the first that begins another part of the page."""
    ends = (at for at, child in enumerate(children) if page.elements[child].tag in CLOSING_TAGS)
    return children[: next(ends, len(children))]


def _signed_runs(evidence: _Evidence, children: list[int]) -> Iterator[Item]:
    """Runs of children from one line with name and date to the next, or up to and with it."""
    marks = [at for at, child in enumerate(children) if _is_mark(evidence, child)]
    if len(marks) < SIBLINGS:
        return
    leading = marks[0] == 0
    starts = marks if leading else [0, *(mark + 1 for mark in marks[:-1])]
    ends = [*(mark - 1 for mark in marks[1:]), len(children) - 1] if leading else marks
    for start, end in zip(starts, ends, strict=True):
        item = Item(children[start], children[end])
        if evidence.weight_of(item).prose:
            yield item


def _is_mark(evidence: _Evidence, index: int) -> bool:
    """Whether the element is a short line with a date, and a name set apart or said to be the writer's."""
    page = evidence.page
    weight = evidence.weight(*page.span(index))
    short = evidence.words_in(*page.span(index)) <= FEW_WORDS
    return weight.dates in (1, 2) and short and _is_signed(evidence, index)


def _is_signed(evidence: _Evidence, index: int) -> bool:
    """Whether the element begins with a name set apart, or has a line that names its writer."""
    page = evidence.page
    if _byline(page.text[page.starts[index] : page.ends[index]][:200]):
        return True
    for inner in page.inside(index):
        if page.starts[inner] > page.starts[index]:
            return False
        if page.elements[inner].tag in NAME_TAGS and evidence.is_name(inner):
            return True
    return False


def _is_teaser(evidence: _Evidence, index: int) -> bool:
    """Whether the element is about another page: its heading, or half of its words, are a link."""
    page = evidence.page
    linked = 0
    for inner in page.inside(index):
        tag = page.elements[inner].tag
        if tag == "a":
            linked += evidence.words_in(page.starts[inner], page.ends[inner])
            if page.elements[page.parents[inner]].tag in ("h1", "h2", "h3", "h4"):
                return True
    return 2 * linked >= evidence.words_in(page.starts[index], page.ends[index])


def _is_headed(evidence: _Evidence, index: int) -> bool:
    """Whether a container's name, or the line before the element, says "comments"."""
    page = evidence.page
    parent = page.parents[index]
    for _ in range(4):
        if parent >= 0 and evidence.roles[parent] & (Role.AREA | Role.ITEM):
            return True
        parent = page.parents[parent] if parent >= 0 else -1
    before = page.text[max(page.starts[index] - 200, 0) : page.starts[index]].strip()
    return bool(HEADING.match(before.rpartition("\n")[2]))


def _holders(evidence: _Evidence, items: list[Item]) -> Iterator[int]:
    """The elements to leave out of the article: the items, or the area that holds them all."""
    page = evidence.page
    end = -1
    for item in items:
        index = item.first
        while index <= item.last:
            if index > end:
                yield index
                end = page.last[index]
            index = page.last[index] + 1


def _shifted(comment: Comment) -> Comment:
    """The comment with its parent's index less the opening post, which is nobody's comment."""
    parent = comment.parent - 1 if comment.parent else None
    return Comment(
        comment.span, comment.body, comment.author, comment.posted_at, comment.posted_at_text, parent
    )


@dataclass(slots=True)
class _Parts:
    """An item's own elements: what is inside it and not inside an item inside it."""

    item: Item
    span: Span
    own: list[int] = field(default_factory=list)


def _comments(evidence: _Evidence, items: list[Item]) -> list[Comment]:
    parts = _parts(evidence.page, items)
    parents = _parents(evidence, parts)
    comments: list[Comment] = []
    places: dict[int, int] = {}
    for at, part in enumerate(parts):
        comment = _comment(evidence, part)
        if comment is not None:
            parent = parents[at]
            while parent is not None and parent not in places:
                parent = parents[parent]
            places[at] = len(comments)
            comments.append(replace(comment, parent=places[parent] if parent is not None else None))
    return comments


def _parts(page: Rendering, items: list[Item]) -> list[_Parts]:
    """The items with their own elements and stretch; an answer inside ends the stretch around it."""
    parts: list[_Parts] = []
    for at, item in enumerate(items):
        end = page.ends[item.last]
        stop = page.last[item.last]
        inner = items[at + 1].first if at + 1 < len(items) and items[at + 1].first <= stop else None
        if inner is not None:
            end = page.starts[inner]
        start = page.starts[item.first]
        kept = page.text[start:end].rstrip()
        part = _Parts(item, Span(start, start + len(kept)))
        part.own.extend(
            index
            for index in range(item.first, (inner if inner is not None else stop + 1))
            if page.starts[index] < page.ends[index]
        )
        parts.append(part)
    return parts


def _parents(evidence: _Evidence, parts: list[_Parts]) -> list[int | None]:
    """For each item the place of the one it answers: nested in it, indented below it, or in its replies."""
    page = evidence.page
    nested: list[int | None] = []
    around: list[int] = []
    for at, part in enumerate(parts):
        while around and page.last[parts[around[-1]].item.last] < part.item.first:
            around.pop()
        nested.append(around[-1] if around else None)
        around.append(at)
    if any(parent is not None for parent in nested):
        return nested
    levels = [_level(page, part) for part in parts]
    if len(set(levels)) > 1:
        return _by_level(levels)
    return [_in_replies(evidence, parts, at) for at in range(len(parts))]


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


def _in_replies(evidence: _Evidence, parts: list[_Parts], at: int) -> int | None:
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


def _comment(evidence: _Evidence, part: _Parts) -> Comment | None:
    """The item's author, date and words; None for one without words, and for a page that links here."""
    page = evidence.page
    own = set(part.own)
    body = _body_elements(evidence, part)
    inside = [page.span(index) for index in body]
    author_at, author = _author(evidence, part, inside)
    date = _date(evidence, part, inside)
    aside = [
        page.span(index)
        for index in part.own
        if _is_aside(evidence, index) or _is_permalink(page, part, index)
    ]
    if author_at is not None:
        aside.append(author_at)
    if date is not None:
        aside.append(date.span)
    spans = _stretches(page.text, part.span, inside, aside)
    if not spans or not own or (author and LINKED_HERE.match(author)):
        return None
    return Comment(
        span=part.span,
        body=spans,
        author=author,
        posted_at=date.posted_at if date else None,
        posted_at_text=date.span.of(page.text) if date else None,
    )


def _is_aside(evidence: _Evidence, index: int) -> bool:
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
    own = page.elements[part.item.first].get("id") or ""
    return is_comment_id(target) and NUMBER.findall(target) == NUMBER.findall(own)


def _body_elements(evidence: _Evidence, part: _Parts) -> list[int]:
    """The elements named for the comment's words, outermost first, that hold no name or date."""
    page = evidence.page
    for role in (Role.BODY, Role.ITEM):
        found: list[int] = []
        last = -1
        for index in part.own:
            whole = index == part.item.first == part.item.last
            own = evidence.roles[index]
            if (
                index <= last
                or whole
                or not own & role
                or own & (Role.AUTHOR | Role.DATE | Role.ASIDE) & ~role
            ):
                continue
            weight = evidence.weight(page.starts[index], min(page.ends[index], part.span.end))
            end = min(page.ends[index], part.span.end)
            heads = bisect_left(evidence.heads, end) - bisect_left(evidence.heads, page.starts[index])
            if weight.prose and not heads:
                found.append(index)
                last = page.last[index]
        if found:
            return found
    return []


def _outside(span: Span, stretches: Sequence[Span]) -> bool:
    """Whether ``span`` begins in none of the stretches, which are sorted and apart."""
    at = bisect_right(stretches, span.start, key=lambda stretch: stretch.start) - 1
    return at < 0 or span.start >= stretches[at].end


def _author(evidence: _Evidence, part: _Parts, body: list[Span]) -> tuple[Span | None, str | None]:
    """Where the comment's author is named, and the name, as short as it is printed."""
    page = evidence.page
    for attribute in AUTHOR_ATTRIBUTES:
        if said := page.elements[part.item.first].get(attribute):
            shown = _shown_name(evidence, part, said)
            return shown, said
    for index in part.own:
        span = page.span(index)
        if index == part.item.first or not evidence.roles[index] & Role.AUTHOR:
            continue
        if evidence.words_in(*span) > 2 * FEW_WORDS or not _outside(span, body):
            continue
        inner = _innermost(evidence, index)
        if name := _name(page.shown(inner)):
            return span if evidence.is_name(index) else page.span(inner), name
    return _printed_author(evidence, part, body)


def _shown_name(evidence: _Evidence, part: _Parts, said: str) -> Span | None:
    page = evidence.page
    at = page.text.find(said, part.span.start, part.span.end)
    return Span(at, at + len(said)) if at >= 0 else None


def _innermost(evidence: _Evidence, index: int) -> int:
    """The name alone, inside an element that is named for the author and shows more."""
    page = evidence.page
    best = index
    for inner in page.inside(index)[:NEAR]:
        own = evidence.roles[inner]
        marked = own & Role.AUTHOR or page.elements[inner].tag in NAME_TAGS
        if marked and not own & (Role.ASIDE | Role.DATE) and evidence.is_name(inner):
            best = inner
            if not own & Role.AUTHOR:
                break
    return best


def _name(words: str) -> str | None:
    """The name in ``words``, without what says that it is one; None for what is no name.

    >>> _name("Ann Lee says:"), _name("Posted by: Ann Lee"), _name("Reply"), _name("May 5, 2012")
    ('Ann Lee', 'Ann Lee', None, None)
    """
    dated = DATE.search(words)
    words = words[: dated.start()] if dated else words
    name = AFTER_NAME.sub("", BEFORE_NAME.sub("", words.strip(), count=1).strip()).strip()
    if not name or len(name) > NAME_CHARACTERS or "\n" in name or _is_machinery(name):
        return None
    return name


def _is_machinery(words: str) -> bool:
    """Whether there is nothing but links, counts and labels of the page in the words.

    >>> _is_machinery("Reply · 3 likes"), _is_machinery("I like it")
    (True, False)
    """
    words = words.strip()
    return len(words) <= MACHINERY_CHARACTERS and MACHINERY.fullmatch(words) is not None


def _byline(line: str) -> str | None:
    match = BYLINE.match(line)
    return _name(match.group("by") or match.group("says")) if match else None


def _printed_author(evidence: _Evidence, part: _Parts, body: list[Span]) -> tuple[Span | None, str | None]:
    """The author where only the text tells: "Posted by Ann", "Ann says", a short bold or linked name."""
    page = evidence.page
    lines = [Span(*match.span()) for match in LINE.finditer(page.text, part.span.start, part.span.end)]
    outside = [line for line in lines if _outside(line, body)]
    for line in [*outside[:3], *outside[-2:]]:
        if name := _byline(line.of(page.text)[:200]):
            at = page.text.index(name, line.start)
            return Span(line.start, at + len(name)), name
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
        if (
            _outside(page.span(index), body)
            and (name := _name(page.shown(index)))
            and _stands_alone(page, index)
        ):
            return page.span(index), name
    return None, None


def _stands_alone(page: Rendering, index: int) -> bool:
    """Whether the element is the first of its line and no sentence goes on from it."""
    start, end = page.starts[index], page.ends[index]
    first = start == 0 or page.text[start - 1] in "\n\t"
    rest = page.text[end : end + 80].partition("\n")[0]
    return first and (not rest.strip() or bool(DATE.search(rest)) or _is_machinery(rest))


class Dated(NamedTuple):
    """A date as printed and in ISO 8601."""

    span: Span
    posted_at: str | None


def _date(evidence: _Evidence, part: _Parts, body: list[Span]) -> Dated | None:
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
        hinted = _outside(line, body) and DATE.search(page.text, *line)
        printed = printed_date(line.of(page.text)) if hinted else None
        if printed is not None and printed.start <= DATED_CHARACTERS:
            shown = Span(line.start + printed.start, line.start + printed.end)
            return Dated(shown, posted_at(shown.of(page.text)))
    return None


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
    return _is_machinery(words) or (cut and len(words) <= NAME_CHARACTERS and len(words.split()) <= 3)


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
