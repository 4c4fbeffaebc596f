"""Where a page's comments are: each an element, or a run of siblings.

    groups of like elements ──> items

Of the groups of elements that share a name, the one with the most members that look like comments is
taken, the outermost where several tie; answers nested inside are items of their own. Where no name
speaks of comments, siblings of one shape that are dated and signed under a heading like
"3 responses" are. Every step is linear in the page.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from api.loader.evidence import FEW_WORDS, Evidence, Item, Weight
from api.loader.phrases import HEADING, REPLY, printed_byline
from api.loader.rendering import Rendering
from api.loader.roles import Role, id_shape, is_comment_id, name_roles, name_words, names

FORUM_SHAPES: Final = frozenset(
    ("post#", "post-#", "post_#", "p#", "msg#", "msg_#", "pid#", "pid_#", "post_message_#", "js-post-#")
)
HEADING_TAGS: Final = ("h1", "h2", "h3", "h4", "h5", "h6", "b", "strong", "legend", "dt")
CLOSING_TAGS: Final = ("h1", "h2", "h3", "h4", "form", "footer", "nav", "aside", "section")
NAME_TAGS: Final = ("a", "b", "strong", "cite")
FEW_DATES: Final = 3  # one comment's: its own, and that of one it quotes
GROUPS: Final = 16  # of the page's names, largest first, that may be its comments
VALID_SHARE: Final = 0.5  # of a group's members that must look like a comment
SIBLINGS: Final = 2
SIBLING_SHARE: Final = 0.8
SIBLING_WORDS: Final = 5


def items(evidence: Evidence) -> list[Item]:
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


def _named_groups(evidence: Evidence) -> list[list[int]]:
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
        weights = _own_weights(evidence, members)
        if sum(_is_like(evidence, *one) for one in weights) < VALID_SHARE * len(weights):
            continue
        fresh = [index for index, _ in weights if index not in own]
        fitting = list(_fitting(evidence, fresh, own, owner))
        if len(own) + len(fitting) > 1 or all(_is_surely_one(evidence, index) for index in fitting):
            own.update(dict.fromkeys(fitting, Weight(0, 0, 0)))
            _settle(evidence, own, owner)
    return [Item(index, index) for index in sorted(own)]


def _is_like(evidence: Evidence, index: int, own: Weight) -> bool:
    """Whether an element is like a comment: words with a name or a date, or with a number as one."""
    return own.is_comment or (own.prose > 0 and _is_numbered(evidence, index))


def _is_numbered(evidence: Evidence, index: int) -> bool:
    """Whether the element is named a comment and has a number as one; "c12" alone may be any part of a page."""
    id = evidence.page.elements[index].get("id") or ""
    return bool(evidence.roles[index] & Role.ITEM) and is_comment_id(id)


def _is_surely_one(evidence: Evidence, index: int) -> bool:
    """Whether an element that is alone of its kind is a comment: numbered, or signed and named so."""
    page = evidence.page
    if evidence.roles[index] & Role.AREA:
        return False
    weight = evidence.weight(page.starts[index], page.ends[index])
    signed = weight.is_signed and weight.dates <= FEW_DATES and weight.authors <= FEW_DATES
    return signed or _is_numbered(evidence, index)


def _fitting(
    evidence: Evidence, members: list[int], own: dict[int, Weight], owner: list[int]
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


def _runs(evidence: Evidence, groups: list[list[int]]) -> list[Item]:
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


def _siblings(evidence: Evidence) -> list[Item]:
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


def _are_comments(evidence: Evidence, members: list[int]) -> bool:
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


def _headed_lines(evidence: Evidence) -> list[Item]:
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


def _signed_runs(evidence: Evidence, children: list[int]) -> Iterator[Item]:
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


def _is_mark(evidence: Evidence, index: int) -> bool:
    """Whether the element is a short line with a date, and a name set apart or said to be the writer's."""
    page = evidence.page
    weight = evidence.weight(*page.span(index))
    short = evidence.words_in(*page.span(index)) <= FEW_WORDS
    return weight.dates in (1, 2) and short and _is_signed(evidence, index)


def _is_signed(evidence: Evidence, index: int) -> bool:
    """Whether the element begins with a name set apart, or has a line that names its writer."""
    page = evidence.page
    if printed_byline(page.text[page.starts[index] : page.ends[index]][:200]):
        return True
    for inner in page.inside(index):
        if page.starts[inner] > page.starts[index]:
            return False
        if page.elements[inner].tag in NAME_TAGS and evidence.is_name(inner):
            return True
    return False


def _is_teaser(evidence: Evidence, index: int) -> bool:
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
