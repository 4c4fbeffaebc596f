"""Where in a page's tree an article stands: what stands as its paragraphs do is of it, what stands apart is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from api.loader.records import Span
from api.loader.rendering import BLOCKS, Rendering

LINE_BLOCKS: Final = BLOCKS | {"td", "th"}
# Chosen on 468 saved pages, where they restore 74 lines, two of them wrongly (DECISIONS.md, 54).
LEVELS: Final = 3  # blocks up, by which a paragraph's place is known: a page may cut its story in parts
PEERS: Final = 3  # paragraphs in one place, for it to be the story's
PEERS_IN_BLOCK: Final = 2  # the same for lines of one block, or of a block and those in it
PEERS_SHARE: Final = 0.5  # of the prose in a place
TRUNK_SHARE: Final = 0.9  # of the story

# A block, and the kinds of those that lead down from it to a line; () for its own lines.
Place = tuple[int, tuple[int, ...]]


def blocks(page: Rendering, lines: Sequence[Span]) -> list[int]:
    """For each of the lines, which are sorted, the innermost block that holds it; -1 for none."""
    found: list[int] = []
    open_: list[int] = []
    at = 0
    for line in lines:
        while at < len(page.elements) and (page.starts[at] <= line.start or page.starts[at] == page.ends[at]):
            if page.starts[at] < page.ends[at] and page.elements[at].tag in LINE_BLOCKS:
                while open_ and page.ends[open_[-1]] <= page.starts[at]:
                    open_.pop()
                open_.append(at)
            at += 1
        while open_ and page.ends[open_[-1]] <= line.start:
            open_.pop()
        found.append(open_[-1] if open_ else -1)
    return found


class Places:
    """The places of a page's prose, and of how much in each was found to be the story."""

    def __init__(self, page: Rendering, prose: Sequence[Span], found: Collection[Span]) -> None:
        self._around = _around(page)
        self._kinds = _kinds(page)
        self._all: Counter[Place] = Counter()
        self._found: Counter[Place] = Counter()
        for span, block in zip(prose, blocks(page, prose), strict=True):
            held = [*self._of(block), (self._around[block], ())] if block >= 0 else []
            self._all.update(held)
            if span in found:
                self._found.update(held)

    def is_storys(self, block: int) -> bool:
        """Whether most of the prose that stands where ``block`` does is the story's."""
        for place in self._of(block):
            enough = PEERS if place[1] else PEERS_IN_BLOCK
            if self._found[place] >= max(enough, PEERS_SHARE * self._all[place]):
                return True
        return False

    def has_storys(self, block: int) -> bool:
        """Whether any of the prose that stands where ``block`` does is the story's."""
        return any(self._found[place] for place in self._of(block))

    def _of(self, block: int) -> Iterator[Place]:
        """The places of a line of ``block``: the block itself, and its path from each of those around it."""
        if block < 0:
            return
        yield block, ()
        path: tuple[int, ...] = ()
        for _ in range(LEVELS):
            path += (self._kinds[block],)
            block = self._around[block]
            if block < 0:
                return
            yield block, path


def _kinds(page: Rendering) -> list[int]:
    """For each element a number, the same for those of the same tag and classes."""
    known: dict[tuple[str, str], int] = {}
    kinds: list[int] = []
    for element in page.elements:
        classes = " ".join(sorted((element.get("class") or "").split()))
        kinds.append(known.setdefault((str(element.tag), classes), len(known)))
    return kinds


def _around(page: Rendering) -> list[int]:
    """For each element the innermost block around it; -1 for none."""
    around: list[int] = []
    for parent in page.parents:
        around.append(parent if parent < 0 or page.elements[parent].tag in LINE_BLOCKS else around[parent])
    return around


def trunk(page: Rendering, prose: Sequence[Span]) -> Span:
    """The stretch of the innermost element that holds nearly all of the paragraphs of prose."""
    around = _around(page)
    weights = [0] * len(page.elements)
    for span, block in zip(prose, blocks(page, prose), strict=True):
        if block >= 0 and around[block] >= 0:
            weights[around[block]] += span.end - span.start
    least = TRUNK_SHARE * sum(weights)
    for index in reversed(range(len(weights))):
        if weights[index] and weights[index] >= least:
            return page.span(index)
        if page.parents[index] >= 0:
            weights[page.parents[index]] += weights[index]
    return Span(0, len(page.text))
