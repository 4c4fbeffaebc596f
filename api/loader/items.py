"""Where a page's comments are: each an element, or a run of siblings.

    groups of like elements ──> items

Of the groups of elements that share a name, the one with the most members that look like comments is
taken, the outermost where several tie; answers nested inside are items of their own. Where no name
speaks of comments, siblings of one shape that are dated and signed under a heading like
"3 responses" are. Every step is linear in the page.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise, takewhile
from typing import Final, NamedTuple

from api.loader.evidence import FEW_WORDS, Evidence, Item, Weight
from api.loader.phrases import (
    CLOSING,
    HEADING,
    NAME_CHARACTERS,
    REPLY,
    SIGNED_BELOW,
    is_machinery,
    short_name,
)
from api.loader.records import Span
from api.loader.rendering import Rendering
from api.loader.roles import Role, id_shape, is_comment_id, name_roles, name_words, names

ALTERNATING: Final = re.compile(r"(?:^|[-_])(?:odd|even|alt|alternate|first|last)$", re.IGNORECASE)
WORDS: Final = re.compile(r"\S(?:[^\n]*\S)?")  # a line without the white space around it
GAP: Final = re.compile(r"\s*")
FORUM_SHAPES: Final = frozenset(
    ("post#", "post-#", "post_#", "p#", "msg#", "msg_#", "pid#", "pid_#", "post_message_#", "js-post-#")
)
HEADING_TAGS: Final = ("h1", "h2", "h3", "h4", "h5", "h6", "b", "strong", "legend", "dt")
PART_TAGS: Final = ("form", "footer", "nav", "aside", "section")
CLOSING_TAGS: Final = ("h1", "h2", "h3", "h4", "h5", *PART_TAGS)
NAME_TAGS: Final = ("a", "b", "strong", "cite")
OPENING_TAGS: Final = (*NAME_TAGS, "h3", "h4", "h5", "h6", "dt")
HEADING_CHARACTERS: Final = 240
COUNTS: Final = {"no": 0, "one": 1, "two": 2, "three": 3}
MOST_AREAS: Final = 4
FEW_DATES: Final = 3  # one comment's: its own, and that of one it quotes
NEAR: Final = 40  # elements at the beginning of one, among which a name is
GROUPS: Final = 16  # of the page's names, largest first, that may be its comments
VALID_SHARE: Final = 0.5  # of a group's members that must look like a comment
SIBLINGS: Final = 2
SIBLING_SHARE: Final = 0.8
LEADING_SHARE: Final = 0.75  # of siblings that each lead to another page
SIBLING_WORDS: Final = 5


def items(evidence: Evidence) -> list[Item]:
    """The page's comments' places, in order."""
    groups = _named_groups(evidence)
    found = _beside_most(evidence, _nested_items(evidence, groups))
    for others in (_around, _siblings, _signed_lines, _around_one):
        if not found:
            found = others(evidence, groups)
    return _in_terms(evidence.page, found) or found


def _named_groups(evidence: Evidence) -> list[list[int]]:
    """The elements that share a name which may be a comment's, the likeliest group first."""
    page = evidence.page
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, element in enumerate(page.elements):
        if page.starts[index] == page.ends[index]:
            continue
        if evidence.elsewhere[index] and not _is_said_elsewhere(evidence, index):
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


def _item_names(evidence: Evidence, index: int) -> Iterator[str]:
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


def _is_said_elsewhere(evidence: Evidence, index: int) -> bool:
    """Whether only the element's own further name says that it stands elsewhere ("comment recommended")."""
    parent = evidence.page.parents[index]
    inherited = parent >= 0 and evidence.elsewhere[parent]
    return not inherited and _is_numbered(evidence, index) and not evidence.roles[index] & Role.NOTICE


def _is_plural(name: str) -> bool:
    return all(word.endswith("s") for word in name_words(name))


def _own_weights(evidence: Evidence, members: Sequence[int]) -> list[tuple[int, Weight]]:
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


def _nested_items(evidence: Evidence, groups: list[list[int]]) -> list[Item]:
    """The members that are comments; one inside another only where both are signed."""
    own: dict[int, Weight] = {}
    owner = [-1] * len(evidence.page.elements)
    for members in groups:
        weights = [one for one in _own_weights(evidence, members) if one[1].prose]
        if not weights or sum(_is_like(evidence, *one) for one in weights) < VALID_SHARE * len(weights):
            continue
        if own and not any(weight.is_told or _is_numbered(evidence, index) for index, weight in weights):
            continue
        if sum(_is_titled(evidence, index) for index, _ in weights) > VALID_SHARE * len(weights):
            continue
        fresh = [index for index in members if index not in own]
        fitting = list(_fitting(evidence, fresh, own, owner))
        if len(own) + len(fitting) > 1 or all(_is_surely_one(evidence, index) for index in fitting):
            own.update(dict.fromkeys(fitting, Weight(0, 0, 0)))
            _settle(evidence, own, owner)
    return [Item(index, index) for index in sorted(own)]


def _is_like(evidence: Evidence, index: int, own: Weight) -> bool:
    """Whether an element is like a comment: words with a name or a date, or with a number as one."""
    if own.is_comment:
        return True
    return own.prose > 0 and (_is_numbered(evidence, index) or _is_headed_by_name(evidence, index))


def _is_headed_by_name(evidence: Evidence, index: int) -> bool:
    """Whether the element may be one comment only, and its words stand below or behind a name set apart."""
    page = evidence.page
    if evidence.roles[index] & Role.AREA or (name := _opening_name(evidence, index)) is None:
        return False
    return page.elements[name].tag != "a" and evidence.weight(page.ends[name], page.ends[index]).prose > 0


def _is_numbered(evidence: Evidence, index: int) -> bool:
    """Whether the element is named a comment and has a number as one; "c12" alone may be any part of a page."""
    id = evidence.page.elements[index].get("id") or ""
    return bool(evidence.roles[index] & Role.ITEM) and is_comment_id(id)


def _is_surely_one(evidence: Evidence, index: int) -> bool:
    """Whether an element that is alone of its kind is a comment: numbered, or signed and named so."""
    if _is_numbered(evidence, index):
        return True
    return not evidence.roles[index] & Role.AREA and _is_one(evidence, index)


def _is_one(evidence: Evidence, index: int) -> bool:
    """Whether the element is signed as one comment is, and is less than the rest of the page."""
    span = evidence.page.span(index)
    weight = evidence.weight(*span)
    signed = weight.is_signed and weight.dates <= FEW_DATES and weight.authors <= FEW_DATES
    at = bisect_left(evidence.signs, span.start, key=lambda sign: sign.line.start)
    signs = [
        sign for sign in evidence.signs[at : at + FEW_DATES] if sign.line.end <= span.end and sign.is_dated
    ]
    return signed and len(signs) < SIBLINGS and 2 * weight.prose <= evidence.prose[-1]


def _fitting(
    evidence: Evidence, members: list[int], own: dict[int, Weight], owner: list[int]
) -> Iterator[int]:
    """Those of the members that are comments beside the items found, each of which keeps its own."""
    page = evidence.page
    among = dict(_own_weights(evidence, sorted({*members, *own})))
    taken = sorted(own)
    for index in members:
        weight, around = among[index], owner[index]
        told = _is_like(evidence, index, weight) or (len(members) > SIBLINGS and weight.is_told)
        if not told or _has_heading(evidence, index):
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


def _has_heading(evidence: Evidence, index: int) -> bool:
    """Whether the page's own heading stands in the element: then it holds the article."""
    page = evidence.page
    at = bisect_left(evidence.headings, page.starts[index])
    inside = at < len(evidence.headings) and evidence.headings[at] < page.ends[index]
    return inside and not evidence.is_forum


def _settle(evidence: Evidence, own: dict[int, Weight], owner: list[int]) -> None:
    """Weigh all items anew, and note for each element the nearest item around it."""
    page = evidence.page
    own.update(_own_weights(evidence, sorted(own)))
    for index in range(len(owner)):
        parent = page.parents[index]
        owner[index] = parent if parent in own else (owner[parent] if parent >= 0 else -1)


def _beside_most(evidence: Evidence, found: list[Item]) -> list[Item]:
    """The items with their siblings, where those hold the name, the date or the words that most lack."""
    lacking = sum(not evidence.weight_of(item).is_comment for item in found)
    if lacking < VALID_SHARE * len(found) or len(found) < SIBLINGS:
        return found
    return _beside(evidence, [item.first for item in found]) or found


def _in_terms(page: Rendering, found: list[Item]) -> list[Item]:
    """The items from the <dt>s above each to those of the next, where they are <dt>s and <dd>s of one list."""
    parents = {page.parents[item.first] for item in found}
    terms = all(item.lines is None and page.elements[item.first].tag in ("dt", "dd") for item in found)
    if not terms or len(parents) != 1:
        return []
    children = _children(page, parents.pop())
    opening = -1
    opens: dict[int, int] = {}  # each child's place to that of the first of the <dt>s above it
    for at, index in enumerate(children):
        if page.elements[index].tag == "dt" and (not at or page.elements[children[at - 1]].tag != "dt"):
            opening = at
        opens[index] = opening
    starts = sorted({opens[item.first] for item in found} - {-1})
    return [
        Item(children[at], children[following - 1]) for at, following in pairwise([*starts, len(children)])
    ]


def _around(evidence: Evidence, groups: list[list[int]]) -> list[Item]:
    """Comments of which only a part is named: its words, say, with name and date beside them.

    The name and date stand in elements around the named ones, or in siblings of them.
    """
    for members in groups:
        if sum(_is_titled(evidence, index) for index in members) > VALID_SHARE * len(members):
            continue
        if len(members) >= SIBLINGS and (
            found := _enclosing(evidence, members) or _beside(evidence, members)
        ):
            return found
    return []


def _around_one(evidence: Evidence, groups: list[list[int]]) -> list[Item]:
    """The page's only comment, where only a part of it is named."""
    for members in groups:
        alone = len(members) == 1 and not evidence.roles[members[0]] & Role.AREA
        if alone and (found := _enclosing(evidence, members)):
            return found
    return []


def _enclosing(evidence: Evidence, members: Sequence[int]) -> list[Item]:
    """For each member the largest element around it that holds no other and little else than it."""
    found = []
    for index in members:
        own, around = evidence.weight(*evidence.page.span(index)).prose, index
        while own and (wider := _wider(evidence, members, around, own)) is not None:
            around = wider
            if len(members) == 1 and _is_one(evidence, around):
                break
        if around != index and _is_like(evidence, around, evidence.weight(*evidence.page.span(around))):
            found.append(Item(around, around))
    if len(found) < SIBLING_SHARE * len(members):
        return []
    return found if len(found) > 1 or _is_one(evidence, found[0].first) else []


def _wider(evidence: Evidence, members: Sequence[int], index: int, prose: int) -> int | None:
    """The parent of the element, where it holds no other member, and no more prose than twice ``prose``."""
    page = evidence.page
    parent = page.parents[index]
    if parent < 0 or page.elements[parent].tag in ("html", "body") or _has_heading(evidence, parent):
        return None
    held = bisect_right(members, page.last[parent]) - bisect_left(members, parent)
    return parent if held == 1 and evidence.weight(*page.span(parent)).prose <= 2 * prose else None


def _beside(evidence: Evidence, members: Sequence[int]) -> list[Item]:
    """Comments that lie flat: words in one element, name and date in its siblings."""
    page = evidence.page
    if len(members) < SIBLINGS or len({page.parents[index] for index in members}) > 1:
        return []
    children = _children(page, page.parents[members[0]])
    found = list(_periods(page, children, members))
    dated = sum(evidence.weight_of(item).is_comment for item in found)
    if dated < SIBLING_SHARE * len(found) or any(_has_heading(evidence, item.first) for item in found):
        return []
    return found


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
    classes = (ALTERNATING.sub("", name) for name in (element.get("class") or "").split())
    return str(element.tag), id_shape(next((name for name in classes if name), ""))


def _siblings(evidence: Evidence, _groups: list[list[int]]) -> list[Item]:
    """Siblings of one shape, each with prose, a date and a name, where something says "comments"."""
    page = evidence.page
    shaped: dict[tuple[int, str, str], list[int]] = defaultdict(list)
    for index in range(len(page.elements)):
        if page.starts[index] < page.ends[index] and not evidence.elsewhere[index]:
            weight = evidence.weight(*page.span(index))
            told = weight.dates or weight.authors or weight.prose > FEW_WORDS
            if weight.prose and (told or _opening_name(evidence, index) is not None):
                shaped[page.parents[index], *_shape(page, index)].append(index)
    best: tuple[int, list[int]] = (0, [])
    for members in shaped.values():
        if len(members) >= SIBLINGS and len(members) > best[0] and _are_comments(evidence, members):
            best = (len(members), members)
    return [Item(index, index) for index in best[1]]


def _are_comments(evidence: Evidence, members: list[int]) -> bool:
    page = evidence.page
    weights = [evidence.weight(page.starts[index], page.ends[index]) for index in members]
    most = SIBLING_SHARE * len(members)
    if sum(weight.prose >= SIBLING_WORDS for weight in weights) < VALID_SHARE * len(members):
        return False
    if sum(_is_teaser(evidence, index) for index in members) >= VALID_SHARE * len(members):
        return False
    if _are_about_others(evidence, map(page.span, members)):
        return False
    dated = sum(0 < weight.dates <= FEW_DATES for weight in weights) >= most
    signed = sum(_is_signed(evidence, index) for index in members) >= most
    headed = (evidence.is_forum and dated) or _is_headed(evidence, members[0])
    listed = bool(evidence.roles[page.parents[members[0]]] & Role.AREA) and len(members) > SIBLINGS
    answered = (
        sum(
            bool(REPLY.search(page.text, max(page.starts[index], page.ends[index] - 200), page.ends[index]))
            for index in members
        )
        >= most
    )
    named = sum(weight.authors > 0 for weight in weights) >= most
    if headed:
        return named or (dated and (signed or answered or listed))
    return dated and answered and signed and _are_by_several(evidence, members)


def _are_by_several(evidence: Evidence, members: list[int]) -> bool:
    """Whether the elements are signed with more than one name."""
    text = evidence.page.text
    names = set()
    for index in members:
        start, end = evidence.page.span(index)
        at = bisect_left(evidence.authors, start)
        if at < len(evidence.authors) and evidence.authors[at] < end:
            names.add(text[evidence.authors[at] : evidence.authors[at] + NAME_CHARACTERS].partition("\n")[0])
        else:
            at = bisect_left(evidence.signs, start, key=lambda sign: sign.line.start)
            names.update(sign.name or "" for sign in evidence.signs[at : at + 1])
    return len(names) > 1


def _is_signed(evidence: Evidence, index: int) -> bool:
    """Whether the element holds a line that names its writer, or begins with a name set apart."""
    start, end = evidence.page.span(index)
    if bisect_left(evidence.authors, end) > bisect_left(evidence.authors, start):
        return True
    at = bisect_left(evidence.signs, start, key=lambda sign: sign.line.start)
    for sign in evidence.signs[at : at + FEW_DATES]:
        if sign.line.end <= end and sign.name:
            return True
    return _opening_name(evidence, index) is not None


def _opening_name(evidence: Evidence, index: int) -> int | None:
    """The element that shows a short name set apart, where such a one stands first in the element."""
    page = evidence.page
    for inner in page.inside(index)[:NEAR]:
        if not is_machinery(page.text[page.starts[index] : page.starts[inner]][:NAME_CHARACTERS]):
            return None
        if page.elements[inner].tag in OPENING_TAGS and evidence.is_name(inner):
            shown = page.shown(inner)
            return inner if short_name(shown) is not None and not HEADING.match(shown) else None
    return None


def _is_titled(evidence: Evidence, index: int) -> bool:
    """Whether a heading in the element is a link to another page, longer than a name."""
    at = bisect_left(evidence.titles, index)
    return at < len(evidence.titles) and evidence.titles[at] <= evidence.page.last[index]


def _is_teaser(evidence: Evidence, index: int) -> bool:
    """Whether the element is about another page: its heading, or half of its words, are a link."""
    page = evidence.page
    linked = sum(
        evidence.words_in(*page.span(at)) for at in page.inside(index) if page.elements[at].tag == "a"
    )
    return _is_titled(evidence, index) or 2 * linked >= evidence.words_in(*page.span(index))


def _is_headed(evidence: Evidence, index: int) -> bool:
    """Whether a container's name, or the line before the element, says "comments"."""
    page = evidence.page
    parent = page.parents[index]
    for _ in range(4):
        if parent >= 0 and evidence.roles[parent] & (Role.AREA | Role.ITEM):
            return True
        parent = page.parents[parent] if parent >= 0 else -1
    before = page.text[max(page.starts[index] - 200, 0) : page.starts[index]].strip()
    return bool(HEADING.match(before.rpartition("\n")[2]))


def _signed_lines(evidence: Evidence, _groups: list[list[int]]) -> list[Item]:
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
    closing = _closings(evidence)
    if len(labels) <= MOST_AREAS:  # "Comments:" before each one's words is no heading
        heads += labels
    boxes = {area.start: area.end for area in named}  # of those that begin together, the innermost
    heads = [area._replace(end=boxes.get(_next_word(page.text, area.start), area.end)) for area in heads]
    found = [area for area in (*heads[:MOST_AREAS], *named[:MOST_AREAS]) if area.stated != 0]
    return [area._replace(end=min(area.end, _next(closing, area.start, area.end))) for area in found]


def _next_word(text: str, start: int) -> int:
    gap = GAP.match(text, start)
    return gap.end() if gap else start


def _count(words: str) -> int | None:
    """The number that a heading says, in digits or as a word; None where it says none."""
    digits = re.sub(r"\D", "", words)
    return int(digits[:9]) if digits else COUNTS.get(words.lower())


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
    links = (inner for inner in page.inside(index) if page.elements[inner].tag == "a")
    whole = any(page.span(inner) == Span(start, end) for inner in links)
    return None if whole else HEADING.match(page.text[start:end])


def _closings(evidence: Evidence) -> list[int]:
    """Where elements begin that belong to another part of the page; a heading above a sign does not."""
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
        sign = signs.get(_next_word(page.text, end))
        other = evidence.elsewhere[index] or HEADING.match(
            page.text[start : min(end, start + HEADING_CHARACTERS)]
        )
        if other or (sign is None and start not in signs):
            closing.append(start)
        elif sign and (sign.name or not short_name(page.shown(index))):
            above[str(element.tag)].append(start)
    closing += [starts[0] for starts in above.values() if len(starts) == 1]
    return sorted(closing)


def _holds_signs(evidence: Evidence, start: int, end: int) -> bool:
    """Whether there are signs in the stretch."""
    at = bisect_left(evidence.signs, start, key=lambda sign: sign.line.start)
    return at < len(evidence.signs) and evidence.signs[at].line.start < end


def _between_signs(evidence: Evidence, area: Area) -> list[Item]:
    """The area's comments: from one sign to the next, or after one sign up to and with the next."""
    lines = [Span(*line.span()) for line in WORDS.finditer(evidence.page.text, area.start, area.end)]
    signs = {sign.line.start for sign in evidence.signs}  # a date in digits would be the page's label
    lines = [line for line in lines if line.start in signs or not _is_label(line.of(evidence.page.text))]
    signed = _signed(evidence, lines)
    blocks = [at for at, sign in enumerate(signed) if sign and not (at and signed[at - 1] == Mark.SIGN)]
    ends = [
        at
        for at, sign in enumerate(signed)
        if sign and not (at + 1 < len(signed) and signed[at + 1] and sign == Mark.SIGN)
    ]
    if not blocks or (len(blocks) < SIBLINGS and not _holds_one(evidence, area, lines, signed, blocks[0])):
        return []
    if not signed[0] and (signed[-1] or _stand_below(evidence, [lines[at] for at in blocks])):
        runs = list(zip([0, *(end + 1 for end in ends[:-1])], ends, strict=True))
    else:
        blocks = _from_names(evidence, lines, signed, blocks)
        runs = [(start, following - 1) for start, following in pairwise([*blocks, len(lines)])]
    spans = [Span(lines[start].start, lines[end].end) for start, end in runs]
    worded = [span for span in spans if evidence.weight(*span).prose]
    if 2 * max((evidence.weight(*span).prose for span in worded), default=0) > evidence.prose[-1]:
        return []  # the article
    more = area.stated is not None and len(worded) > area.stated + 1
    above = Span(area.start, spans[0].start)
    if more or len(worded) < SIBLING_SHARE * len(spans) or _are_about_others(evidence, [above, *worded]):
        return []
    return [Item(-1, -1, span) for span in worded]


class Mark:
    """What a line has of a comment's sign."""

    NONE: Final = 0
    SIGN: Final = 1  # it is one
    OPENING: Final = 2  # it begins with its writer's name, and words follow


def _from_names(evidence: Evidence, lines: list[Span], signed: list[int], blocks: list[int]) -> list[int]:
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


def _holds_one(evidence: Evidence, area: Area, lines: list[Span], signed: list[int], block: int) -> bool:
    """Whether an area with one sign holds one comment: its heading says one, or the sign says who and when."""
    return area.stated == 1 or (area.is_headed and _is_full(evidence, lines, signed, block))


def _is_full(evidence: Evidence, lines: list[Span], signed: list[int], block: int) -> bool:
    """Whether a sign has both a name and a date, in one line or two."""
    signs = {sign.line.start: sign for sign in evidence.signs}
    run = takewhile(lambda at: signed[at], range(block, len(lines)))
    found = [signs.get(lines[at].start) for at in run]
    return any(one and one.is_dated for one in found) and any(one is None or one.name for one in found)


def _is_label(line: str) -> bool:
    """Whether the line is the page's and nobody's words: links, counts, a heading."""
    return is_machinery(line) or HEADING.match(line) is not None


def _signed(evidence: Evidence, lines: list[Span]) -> list[int]:
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
    for places, above in (
        (unnamed, [at - 1 for at in unnamed if short_name(lines[at - 1].of(text))]),
        (signs, [at - 1 for at in signs if lines[at - 1].start in heads]),
    ):
        if len(above) >= SIBLING_SHARE * len(places):
            for at in above:
                signed[at] = Mark.SIGN
    return signed


def _stand_below(evidence: Evidence, lines: list[Span]) -> bool:
    """Whether signs are of the kind that stands below the words: "Posted by", "— Ann Lee"."""
    below = sum(SIGNED_BELOW.match(line.of(evidence.page.text)) is not None for line in lines)
    return below > VALID_SHARE * len(lines)


def _are_about_others(evidence: Evidence, spans: Iterable[Span]) -> bool:
    """Whether most of the stretches have a link that leads to another page, or half a heading that does."""
    titles = [evidence.page.starts[index] for index in evidence.titles]
    held = [(_holds(titles, span), _holds(evidence.leads, span)) for span in spans]
    titled, leading = sum(one for one, _ in held), sum(one for _, one in held)
    return titled >= VALID_SHARE * len(held) or leading >= LEADING_SHARE * len(held)


def _holds(places: list[int], span: Span) -> bool:
    """Whether one of the places, which are in order, is in the stretch."""
    return bisect_left(places, span.end) > bisect_left(places, span.start)
