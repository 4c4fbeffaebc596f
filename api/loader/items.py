"""Where a page's comments are: each an element, a run of siblings, or a stretch of lines.

    names ──> groups of like elements ──┐
    shapes ──> siblings ────────────────┼─> items
    headings, signs ──> lines ──────────┘

Of the groups of elements that share a name, the one with the most members that look like comments is
taken, the outermost where several tie; answers nested inside are items of their own. Where a part of each
comment alone is named, what stands around or beside it is an item; where no name speaks of comments,
siblings of one shape that are dated and signed under a heading like "3 responses" are, and at last what
only lines tell apart. Every step is linear in the page.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

from api.loader.evidence import FEW_WORDS, Evidence, Item, Weight
from api.loader.phrases import (
    BYLINE,
    HEADING,
    MACHINERY_CHARACTERS,
    NAME_CHARACTERS,
    PROFILE,
    REPLY,
    is_machinery,
    short_name,
)
from api.loader.rendering import Rendering
from api.loader.roles import Role, id_shape, is_comment_id, name_roles, name_words, names
from api.loader.signedlines import are_about_others, is_linked, lead_elsewhere, signed_lines

ALTERNATING: Final = re.compile(r"(?:^|[-_])(?:odd|even|alt|alternate|first|last)$", re.IGNORECASE)
FORUM_SHAPES: Final = frozenset(
    ("post#", "post-#", "post_#", "p#", "msg#", "msg_#", "pid#", "pid_#", "post_message_#", "js-post-#")
)
NAME_TAGS: Final = ("a", "b", "strong", "cite")
OPENING_TAGS: Final = (*NAME_TAGS, "h3", "h4", "h5", "h6", "dt")
FEW_DATES: Final = 3  # one comment's: its own, and that of one it quotes
NEAR: Final = 40  # elements at the beginning of one, among which a name is
GROUPS: Final = 16  # of the page's names, largest first, that may be its comments
VALID_SHARE: Final = 0.5  # of a group's members that must look like a comment
ENDING: Final = 200  # characters at the end of one, or at its beginning, that are not its words
HEADING_TAGS: Final = ("h1", "h2", "h3", "h4", "h5", "h6")
NUMBER: Final = re.compile(r"\d+")
PIECE: Final = re.compile(r"[\n\t]")
SIBLINGS: Final = 2
SIBLING_SHARE: Final = 0.8
SIBLING_WORDS: Final = 5


def items(evidence: Evidence) -> list[Item]:
    """The page's comments' places, in order."""
    groups = _named_groups(evidence)
    found = _beside_most(evidence, _nested_items(evidence, groups))
    found = found or _around(evidence, groups) or _siblings(evidence) or signed_lines(evidence)
    found = found or _from_names(evidence) or _around_one(evidence, groups)
    return _in_terms(evidence.page, found) or found


def _named_groups(evidence: Evidence) -> list[list[int]]:
    """The elements that share a name which may be a comment's, the likeliest group first."""
    page = evidence.page
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, element in enumerate(page.elements):
        start, end = page.span(index)
        if is_machinery(page.text[start : min(end, start + MACHINERY_CHARACTERS + 1)]):
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


def _from_names(evidence: Evidence) -> list[Item]:
    """A forum's posts in rows that nothing names but the writer's name, which each begins with."""
    page = evidence.page
    named: dict[str, list[int]] = defaultdict(list)
    for index, element in enumerate(page.elements) if evidence.is_forum else ():
        if evidence.roles[index] & Role.AUTHOR and evidence.is_name(index):
            for name in (element.get("class") or "").split():
                named[name].append(index)
    for members in sorted(named.values(), key=len, reverse=True)[:GROUPS]:
        rows = [_around_name(page, members, index) for index in members]
        leading = all(
            page.starts[row] == page.starts[name] for row, name in zip(rows[1:], members[1:], strict=True)
        )
        if (
            leading
            and (found := _beside(evidence, rows))
            and all(evidence.weight_of(one).dates for one in found)
        ):
            return found
    return []


def _around_name(page: Rendering, members: Sequence[int], index: int) -> int:
    """The largest element around the name that holds no other of the names."""
    while (parent := page.parents[index]) >= 0 and page.elements[parent].tag not in ("html", "body"):
        if bisect_right(members, page.last[parent]) - bisect_left(members, parent) > 1:
            break
        index = parent
    return index


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
    page = evidence.page
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
        if lead_elsewhere(evidence, [page.span(index) for index, _ in weights]):
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
    """Whether the element is named for one comment, and its words stand below or behind a name set apart."""
    page = evidence.page
    if (
        evidence.roles[index] & (Role.AREA | Role.ITEM) != Role.ITEM
        or (name := _opening_name(evidence, index)) is None
    ):
        return False
    return page.elements[name].tag != "a" and evidence.weight(page.ends[name], page.ends[index]).prose > 0


def _is_numbered(evidence: Evidence, index: int) -> bool:
    """Whether the element is named a comment and has a number as one; "c12" alone may be any part of a page."""
    id = evidence.page.elements[index].get("id") or ""
    return bool(evidence.roles[index] & Role.ITEM) and is_comment_id(id)


def _is_surely_one(evidence: Evidence, index: int) -> bool:
    """Whether an element that is alone of its kind is a comment: numbered, or signed and named so."""
    if _is_numbered(evidence, index):
        return not is_linked(evidence, evidence.page.span(index))  # else it leads to where it was written
    return not evidence.roles[index] & Role.AREA and _is_one(evidence, index)


def _is_one(evidence: Evidence, index: int) -> bool:
    """Whether the element is signed as one comment is, and is less than the rest of the page."""
    span = evidence.page.span(index)
    weight = evidence.weight(*span)
    at = bisect_left(evidence.signs, span.start, key=lambda sign: sign.line.start)
    signs = [
        sign for sign in evidence.signs[at : at + FEW_DATES] if sign.line.end <= span.end and sign.is_dated
    ]
    is_called = bool(evidence.roles[index] & Role.ITEM)  # else a line's other words may be no name
    named = weight.authors > 0 or (is_called and any(sign.name for sign in signs))
    signed = weight.is_comment and named and 0 < weight.dates <= FEW_DATES and weight.authors <= FEW_DATES
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
        if not _differ(evidence.page, members) or lead_elsewhere(
            evidence, [evidence.page.span(index) for index in members]
        ):
            continue
        if len(members) >= SIBLINGS and (
            found := _enclosing(evidence, members) or _beside(evidence, members)
        ):
            return found
    return []


def _differ(page: Rendering, members: Sequence[int]) -> bool:
    """Whether most of the elements show words of their own; forms and labels show the same."""
    shown = {
        NUMBER.sub("", page.text[page.starts[at] : min(page.ends[at], page.starts[at] + ENDING)])
        for at in members
    }
    return len(shown) > VALID_SHARE * len(members)


def _around_one(evidence: Evidence, groups: list[list[int]]) -> list[Item]:
    """The page's only comment, where only a part of it is named."""
    for members in groups:
        heading = evidence.page.elements[members[0]].tag in HEADING_TAGS
        alone = len(members) == 1 and not heading and not evidence.roles[members[0]] & Role.AREA
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


def _siblings(evidence: Evidence) -> list[Item]:
    """Siblings of one shape, each with prose, a date and a name, where something says "comments"."""
    page = evidence.page
    shaped: dict[tuple[int, str, str], list[int]] = defaultdict(list)
    for index in range(len(page.elements)):
        if page.starts[index] < page.ends[index] and not evidence.elsewhere[index]:
            shaped[page.parents[index], *_shape(page, index)].append(index)
    best: list[int] = []
    for alike in shaped.values():
        if len(alike) >= SIBLINGS and len(alike) > len(best):
            members = [index for index in alike if _may_be_one(evidence, index)]
            if len(members) >= SIBLINGS and len(members) > len(best) and _are_comments(evidence, members):
                best = _told(evidence, members)
    answers = _answers(evidence, best, shaped) if best else []
    return [Item(index, index) for index in sorted([*best, *answers])]


def _told(evidence: Evidence, members: list[int]) -> list[int]:
    """The members without those that have neither name nor date, where most have both."""
    weights = {index: evidence.weight(*evidence.page.span(index)) for index in members}
    signed = sum(weight.is_signed for weight in weights.values())
    return [i for i in members if weights[i].is_told] if signed >= SIBLING_SHARE * len(members) else members


def _may_be_one(evidence: Evidence, index: int) -> bool:
    """Whether the element has words, and a name, a date or enough of them."""
    weight = evidence.weight(*evidence.page.span(index))
    told = weight.is_told or weight.prose > FEW_WORDS
    return weight.prose > 0 and (told or _opening_name(evidence, index) is not None)


def _answers(
    evidence: Evidence, members: list[int], shaped: Mapping[tuple[int, str, str], list[int]]
) -> Iterator[int]:
    """Elements of the members' shape inside them, in lists of their parent's shape, that are signed too."""
    page = evidence.page
    around = page.parents[members[0]]
    for (parent, *shape), inner in shaped.items():
        nested = around < parent <= page.last[around] and tuple(shape) == _shape(page, members[0])
        if nested and _shape(page, parent) == _shape(page, around):
            yield from (index for index in inner if evidence.weight(*page.span(index)).is_signed)


def _are_comments(evidence: Evidence, members: list[int]) -> bool:
    page = evidence.page
    weights = [evidence.weight(page.starts[index], page.ends[index]) for index in members]
    most = SIBLING_SHARE * len(members)
    if sum(weight.prose >= SIBLING_WORDS for weight in weights) < VALID_SHARE * len(members):
        return False
    if sum(_has_sentence(page, index) for index in members) < VALID_SHARE * len(members):
        return False
    if are_about_others(evidence, map(page.span, members)):
        return False
    dated = sum(0 < weight.dates <= FEW_DATES for weight in weights) >= most
    signed = sum(_is_signed(evidence, index) for index in members) >= most
    posts = evidence.is_forum and dated and not _open_elsewhere(evidence, members)
    headed = posts or _is_headed(evidence, members[0])
    listed = bool(evidence.roles[page.parents[members[0]]] & Role.AREA) and len(members) > SIBLINGS
    answered = sum(_is_answered(page, index) for index in members) >= most
    named = sum(weight.authors > 0 for weight in weights) >= most
    if headed:
        if named or (dated and (signed or answered or listed)):
            return True
        return listed and _is_below_heading(page, members[0]) and _open_with_names(evidence, members)
    return dated and answered and signed and _are_by_several(evidence, members)


def _open_elsewhere(evidence: Evidence, members: list[int]) -> bool:
    """Whether most of the elements begin with a link to another page that is nobody's: a list of threads."""
    page = evidence.page
    links = [
        next((at for at in page.inside(index)[:NEAR] if page.elements[at].tag == "a"), None)
        for index in members
    ]
    leading = sum(
        at is not None
        and page.starts[at] == page.starts[index]
        and "#" not in page.elements[at].get("href", "#")
        and not PROFILE.search(page.elements[at].get("href", ""))
        for index, at in zip(members, links, strict=True)
    )
    return leading > VALID_SHARE * len(members)


def _is_answered(page: Rendering, index: int) -> bool:
    """Whether the element can be answered or linked to as a comment is, or has "Ann Lee wrote:" above its words."""
    start, end = page.span(index)
    if REPLY.search(page.text, max(start, end - ENDING), end):
        return True
    anchors = (page.elements[inner].get("name") or "" for inner in page.inside(index)[:NEAR])
    if any(map(is_comment_id, anchors)):
        return True
    said = (BYLINE.match(line) for line in page.text[start : min(end, start + ENDING)].split("\n"))
    return any(match is not None and short_name(match["says"] or "") for match in said)


def _has_sentence(page: Rendering, index: int) -> bool:
    """Whether a line or cell of the element has as many words as a comment; a row of a list has short cells."""
    return any(len(piece.split()) >= SIBLING_WORDS for piece in PIECE.split(page.shown(index)))


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


def _open_with_names(evidence: Evidence, members: list[int]) -> bool:
    """Whether the elements begin with names on lines of their own, more than one, and words follow each."""
    page = evidence.page
    names = set()
    for index in members:
        at = _opening_name(evidence, index)
        if at is None or page.text[page.ends[at] : page.ends[at] + 1] != "\n":
            return False
        if not evidence.weight(page.ends[at], page.ends[index]).prose:
            return False
        names.add(page.shown(at))
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
    start = page.starts[index]
    for inner in page.inside(index)[:NEAR]:
        if not is_machinery(page.text[start : min(page.starts[inner], start + NAME_CHARACTERS)]):
            return None
        if page.elements[inner].tag in OPENING_TAGS and evidence.is_name(inner):
            shown = page.shown(inner)
            sure = PROFILE.search(page.elements[inner].get("href") or "") and not is_machinery(shown)
            return inner if (sure or short_name(shown)) and not HEADING.match(shown) else None
    return None


def _is_titled(evidence: Evidence, index: int) -> bool:
    """Whether a heading in the element is a link to another page, longer than a name."""
    at = bisect_left(evidence.titles, index)
    return at < len(evidence.titles) and evidence.titles[at] <= evidence.page.last[index]


def _is_headed(evidence: Evidence, index: int) -> bool:
    """Whether a container's name, or the line before the element, says "comments"."""
    page = evidence.page
    parent = page.parents[index]
    for _ in range(4):
        if parent >= 0 and evidence.roles[parent] & (Role.AREA | Role.ITEM):
            return True
        parent = page.parents[parent] if parent >= 0 else -1
    return _is_below_heading(page, index)


def _is_below_heading(page: Rendering, index: int) -> bool:
    """Whether the line before the element says "comments"."""
    before = page.text[max(page.starts[index] - 200, 0) : page.starts[index]].strip()
    return bool(HEADING.match(before.rpartition("\n")[2]))
