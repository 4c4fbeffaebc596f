"""What a page has of names, dates and prose, counted so that any stretch of it is weighed at once."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property
from typing import Final, NamedTuple

from api.loader.dates import printed_date
from api.loader.phrases import (
    DATE,
    FORUM,
    FORUM_MAKERS,
    NAME_AND_PLACE,
    NAME_CHARACTERS,
    RECENT,
    SAID,
    is_machinery,
    is_posted,
    name_in,
    printed_byline,
    short_name,
)
from api.loader.records import Span
from api.loader.rendering import Rendering
from api.loader.roles import FORUM_NAMES, Role, is_area_id, names, roles

WORD: Final = re.compile(r"\w+")
LINE: Final = re.compile(r"[^\n]+")
DATED_CHARACTERS: Final = 120  # a date further into a line is part of the prose
FEW_WORDS: Final = 15  # a name, a date or a line of links has no more
NAME_WORDS: Final = 8
BYLINE_CHARACTERS: Final = 200
SIGN_CHARACTERS: Final = 160
TITLE_WORDS: Final = 3
MARKED_TAGS: Final = ("b", "strong", "i", "em", "cite")
REST_WORDS: Final = 3  # beside a name and a date: a place, a rank
PIECES: Final = re.compile(
    r"[|•·»,;()\[\]\t]|\s[–—-](?:\s|\Z)|//|\s@(?:\s|\Z)|\b(?:by|from|date)\b:?|\b\d+ (?:comments?|responses?)\b.*"
    r"|\b(?:on|at|am|um|wrote|writes|says|said|posted)\b:?(?=\s*\Z)",
    re.IGNORECASE,
)


class Item(NamedTuple):
    """One comment's place: its first element and its last (a sibling of the first, or the same).

    ``lines`` is its stretch of the text where no elements of its own hold its words.
    """

    first: int
    last: int
    lines: Span | None = None


class Sign(NamedTuple):
    """A line that says who wrote a comment, when, or both, and holds no word of it."""

    line: Span
    name: str | None
    is_dated: bool


class Weight(NamedTuple):
    """What a stretch has of a comment: words of prose, dates, names."""

    prose: int
    dates: int
    authors: int

    def less(self, other: Weight) -> Weight:
        return Weight(self.prose - other.prose, self.dates - other.dates, self.authors - other.authors)

    @property
    def is_told(self) -> bool:
        """Whether there is a name or a date."""
        return self.dates > 0 or self.authors > 0

    @property
    def is_comment(self) -> bool:
        """Whether there are words, and a name or a date beside them."""
        return self.prose > 0 and (self.dates > 0 or self.authors > 0)

    @property
    def is_signed(self) -> bool:
        """Whether there are words, and both a name and a date beside them."""
        return self.prose > 0 and self.dates > 0 and self.authors > 0


class Evidence:
    """What the page has of names, dates and prose, counted so that any stretch is weighed at once."""

    def __init__(self, page: Rendering) -> None:
        self.page = page
        self.roles = _settled(page, [roles(element) for element in page.elements])
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
        """Where names of authors begin, and lines that name their writer."""
        named = {self.page.starts[index] for index in self._of(Role.AUTHOR) if self.is_name(index)}
        lines = LINE.finditer(self.page.text)
        return sorted(named | {line.start() for line in lines if printed_byline(line[0][:BYLINE_CHARACTERS])})

    @cached_property
    def signs(self) -> list[Sign]:
        """The lines that name a writer or a date and nothing else, in order."""
        page = self.page
        marked = {page.span(at) for at, element in enumerate(page.elements) if element.tag in MARKED_TAGS}
        lines = (Span(*line.span()) for line in LINE.finditer(page.text))
        signs = (
            _sign(page.text, line, self._is_dated(line))
            or (_placed(page.text, line) if line in marked else None)
            for line in lines
        )
        return [sign for sign in signs if sign is not None]

    def _is_dated(self, line: Span) -> bool:
        return bisect_left(self.dates, line.end) > bisect_left(self.dates, line.start)

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
    def titles(self) -> list[int]:
        """The links to other pages that are headings, and longer than a name."""
        page = self.page
        return [
            index
            for index, element in enumerate(page.elements)
            if element.tag == "a"
            and "#" not in element.get("href", "#")
            and (
                (tag := page.elements[page.parents[index]].tag) in ("h1", "h2")
                or (tag in ("h3", "h4") and self.words_in(*page.span(index)) > TITLE_WORDS)
                or (element.get("rel") == "bookmark" and self.is_name_or_title(index))
            )
        ]

    @cached_property
    def title_starts(self) -> list[int]:
        """Where the titles begin."""
        return [self.page.starts[index] for index in self.titles]

    @cached_property
    def linked(self) -> list[int]:
        """Where the words of prose begin that are links to other places than the page's own."""
        page = self.page
        links = (
            page.span(index)
            for index, element in enumerate(page.elements)
            if element.tag == "a" and not element.get("href", "#").startswith("#")
        )
        linked: list[int] = []
        end = 0  # of the links so far: a link in a link is counted once
        for span in links:
            first = bisect_left(self.words, max(span.start, end))
            last = bisect_left(self.words, span.end, first)
            linked += (self.words[at] for at in range(first, last) if self.prose[at] < self.prose[at + 1])
            end = max(end, span.end)
        return linked

    @cached_property
    def leads(self) -> list[int]:
        """Where links begin that lead to other pages, as their words say: no name, date or label is so long."""
        return [self.page.starts[index] for index in self._leads]

    @cached_property
    def leads_elsewhere(self) -> list[int]:
        """Those of these links, as elements, that lead to no place in a page."""
        return [at for at in self._leads if "#" not in self.page.elements[at].get("href", "#")]

    @cached_property
    def _leads(self) -> list[int]:
        page = self.page
        return [
            index
            for index, element in enumerate(page.elements)
            if element.tag == "a"
            and "nofollow" not in element.get("rel", "")
            and TITLE_WORDS < self.words_in(*page.span(index)) <= FEW_WORDS
            and not self._is_dated(page.span(index))
            and not is_machinery(page.shown(index))
        ]

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
        return name_in(self.page.text[start:end]) is not None

    def is_name_or_title(self, index: int) -> bool:
        """Whether the element shows words that are no date, number or label of the page."""
        span = self.page.span(index)
        return not self._is_dated(span) and name_in(self.page.shown(index)[:NAME_CHARACTERS]) is not None

    def _of(self, role: int) -> Iterator[int]:
        return (index for index, own in enumerate(self.roles) if own & role)

    def _inherited(self, role: int) -> list[bool]:
        """For each element, whether it or one around it has the role; the page's root says nothing."""
        inherited: list[bool] = []
        areas = [index for index, element in enumerate(self.page.elements) if is_area_id(element.get("id"))]
        for index, own in enumerate(self.roles):
            parent = self.page.parents[index]
            root = self.page.elements[index].tag in ("html", "body")
            if own & Role.ELSEWHERE and _next_is_in(areas, index, self.page.last[index]):
                own &= ~Role.ELSEWHERE  # a "widget" that holds the page's "#comments"
            if role & Role.ELSEWHERE and self._is_recent(index):
                own |= Role.ELSEWHERE
            said = own & role if role & Role.AREA or not self._is_most(index) else 0
            inherited.append(not root and (bool(said) or (parent >= 0 and inherited[parent])))
        return inherited

    def _is_recent(self, index: int) -> bool:
        """Whether the element begins with a heading like "Recent comments": what readers wrote on other pages."""
        start, end = self.page.span(index)
        return RECENT.match(self.page.text, start, end) is not None

    def _is_most(self, index: int) -> bool:
        """Whether the element holds most of the page's text, as no furniture does whatever its name."""
        return 2 * (self.page.ends[index] - self.page.starts[index]) > len(self.page.text)

    def _date_starts(self) -> Iterator[int]:
        """Where dates begin: early in a line, or in an element that is named for it."""
        text = self.page.text
        for line in LINE.finditer(text):
            end = min(line.end(), line.start() + DATED_CHARACTERS)
            for match in DATE.finditer(text, line.start(), end):
                if is_posted(text, line.start(), match.start()):
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
        for span in self._beside():
            first, last = bisect_left(self.words, span.start), bisect_left(self.words, span.end)
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

    def _beside(self) -> Iterator[Span]:
        """What is not prose, where it is short."""
        last = -1
        for index, element in enumerate(self.page.elements):
            if index > last and element.tag == "form" and next(element.iter("textarea"), None) is not None:
                yield from self._lines_of(index)
                last = self.page.last[index]
        for index in self._of(Role.AUTHOR | Role.DATE | Role.ASIDE):
            if not self.roles[index] & (Role.ITEM | Role.BODY | Role.AREA):
                yield self.page.span(index)
        for line in LINE.finditer(self.page.text):
            if is_machinery(line[0]):
                yield Span(*line.span())
        for sign in self.signs:
            yield sign.line

    def _lines_of(self, index: int) -> Iterator[Span]:
        return (Span(*line.span()) for line in LINE.finditer(self.page.text, *self.page.span(index)))

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


def _next_is_in(places: list[int], first: int, last: int) -> bool:
    """Whether one of the places, which are in order, is from first to last."""
    at = bisect_left(places, first)
    return at < len(places) and places[at] <= last


def _settled(page: Rendering, own: list[int]) -> list[int]:
    """What elements are by their names, less ASIDE for what holds a comment's words and date, or is all its words."""
    held = [0] * len(own)
    for index in range(len(own) - 1, -1, -1):
        parent = page.parents[index]
        if own[index] & Role.ASIDE:
            whole = parent >= 0 and own[parent] & Role.BODY and page.span(index) == page.span(parent)
            if whole or (held[index] & Role.BODY and held[index] & Role.DATE):
                own[index] &= ~Role.ASIDE
        if parent >= 0 and page.starts[index] < page.ends[index]:
            held[parent] |= held[index] | (0 if own[index] & Role.ASIDE else own[index])
    return own


def _sign(text: str, line: Span, is_dated: bool) -> Sign | None:
    """The line as a comment's sign; None for one that holds words of prose, or neither name nor date."""
    words = line.of(text)
    if len(words) > SIGN_CHARACTERS:
        return None
    date = printed_date(words) if is_dated else None
    name = printed_byline(words)
    if date is None:
        closed = name is not None and is_machinery(words.partition(name)[2])
        return Sign(line, name, False) if closed else None
    before, after = words[: date.start], words[date.end :]
    if after.startswith("\t") and not is_machinery(after):
        return None  # the next cell of a table
    rest = [piece for piece in (*PIECES.split(before), *PIECES.split(after)) if not is_machinery(piece)]
    if name is None:
        named = name_in if SAID.search(words) else short_name  # "Ann of the Hill on May 5 said:"
        name = next((found for piece in rest if (found := named(piece))), None)
    others = [
        word for word in " ".join(rest).replace(name or "", "", 1).split() if not word.strip("#.):").isdigit()
    ]
    if len(others) > REST_WORDS or (others and others[-1].endswith((".", "!", "?"))):
        return None
    return Sign(line, name, True)


def _placed(text: str, line: Span) -> Sign | None:
    """The line as a sign that ends a paragraph: its writer's name and place; None for any other."""
    match = NAME_AND_PLACE.fullmatch(line.of(text))
    ends = text[line.start - 2 : line.start].strip() and not text[line.end : line.end + 2].strip()
    return Sign(line, match["name"], False) if match and ends and short_name(match["name"]) else None
