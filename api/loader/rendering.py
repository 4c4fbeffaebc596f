"""A page's tree to the text that its reader sees, with the stretch of every element in it.

    characters ──parsed──> tree ──rendering──> Rendering

Text and offsets are made in one walk over the tree, so that a span is what its element shows.
White space is that of ``innerText`` (HTML Standard, 3.2.7): a block begins a line, a paragraph a
blank one, white space collapses. Soft hyphens and zero-width spaces are hints to a layout and go.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast
from urllib.parse import urljoin, urlsplit

from lxml import etree
from lxml.html import HtmlElement, HTMLParser

from api.loader.records import BlockQuote, Span

MAX_DEPTH: Final = 512  # as browsers do: what is nested deeper hangs at this level

# Elements that show no text, or text that is the page's machinery and nobody's words.
SILENT_TAGS: Final = (
    "script style noscript template title meta link svg math canvas audio video object embed applet "
    "iframe map datalist select optgroup option textarea input progress meter dialog"
)
BLOCK_TAGS: Final = (
    "address article aside blockquote body center dd details dir div dl dt fieldset figcaption figure footer "
    "form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol optgroup p pre search "
    "section summary table caption thead tbody tfoot tr ul"
)
HIDDEN_CLASS_NAMES: Final = (
    "screen-reader-text sr-only visually-hidden visuallyhidden screenreader element-invisible "
    "u-visually-hidden assistive-text"
)
SILENT: Final = frozenset(SILENT_TAGS.split())
BLOCKS: Final = frozenset(BLOCK_TAGS.split())
HIDDEN_CLASSES: Final = frozenset(HIDDEN_CLASS_NAMES.split())
HIDDEN_STYLE: Final = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
LAYOUT_HINTS: Final = str.maketrans("", "", "\u00ad\u200b\ufeff")
OPENING_MARKS: Final = tuple("\"'“”„‟«»‹›‘’‚「『")


def parsed(characters: str) -> HtmlElement | None:
    """The page's tree, no deeper than MAX_DEPTH; None for a page without any element or text."""
    content = characters.encode("utf-8", "replace")
    parser = HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        tree = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        return None
    if tree is None or _depth(tree) <= MAX_DEPTH:
        return tree
    shallow = etree.HTMLParser(encoding="utf-8", huge_tree=True, target=cast("Any", _ShallowTree()))
    return cast("HtmlElement", etree.fromstring(content, shallow))


def _depth(tree: HtmlElement) -> int:
    depth = deepest = 0
    for event, _ in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest


class _ShallowTree:
    """A parser's target that keeps elements down to MAX_DEPTH, and all text.

    libxml2 gives up at 2,048 levels and drops what follows; this reads any depth in linear time.
    """

    def __init__(self) -> None:
        self._builder = etree.TreeBuilder(element_factory=HTMLParser().makeelement)
        self._depth = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if self._depth <= MAX_DEPTH:
            self._builder.start(tag, dict(attributes))
        elif tag in BLOCKS:
            self._builder.start("br", {})
            self._builder.end("br")

    def end(self, tag: str) -> None:
        if self._depth <= MAX_DEPTH:
            self._builder.end(tag)
        self._depth -= 1

    def data(self, characters: str) -> None:
        self._builder.data(characters)

    def close(self) -> HtmlElement:
        return cast("HtmlElement", self._builder.close())


@dataclass(slots=True)
class Rendering:
    """A page's text and, for each element that can be seen, in document order, what it shows.

    ``starts[i]:ends[i]`` is the stretch of ``elements[i]``, without white space around it (empty
    where it shows nothing); ``parents[i]`` is the index of the element around it, -1 at the top,
    and ``last[i]`` of the last element inside it (i itself if there is none).
    """

    text: str = ""
    elements: list[HtmlElement] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    last: list[int] = field(default_factory=list)
    quotes: list[BlockQuote] = field(default_factory=list)

    def span(self, index: int) -> Span:
        """Where the element stands in the text."""
        return Span(self.starts[index], self.ends[index])

    def shown(self, index: int) -> str:
        """What the element shows."""
        return self.text[self.starts[index] : self.ends[index]]

    def inside(self, index: int) -> range:
        """The elements inside the element, at any depth."""
        return range(index + 1, self.last[index] + 1)


def rendering(tree: HtmlElement, base: str | None = None) -> Rendering:
    """The text that a reader of the page sees, and where each element stands in it."""
    return _Writer(base).written(tree)


class _Writer:
    """One walk over a tree, text and offsets together."""

    def __init__(self, base: str | None) -> None:
        self._base = base
        self._page = Rendering()
        self._pieces: list[str] = []
        self._length = 0
        self._gap = ""  # the white space owed before the next words: "", " ", "\t", "\n", "\n\n"
        self._glued = True  # no white space is due: at the start, and after an opening mark
        self._open: list[int] = []
        self._unseen: list[int] = []  # open elements that have shown nothing yet
        self._marks: dict[int, tuple[str, int]] = {}  # a <q>'s closing mark, and where its words begin
        self._verbatim = 0

    def written(self, tree: HtmlElement) -> Rendering:
        walk = etree.iterwalk(tree, events=("start", "end"))
        skipped: HtmlElement | None = None
        for event, element in walk:
            if event == "start":
                if _is_silent(element):
                    skipped = element
                    walk.skip_subtree()
                else:
                    self._begin(element)
                    self._write(element.text)
            else:
                if element is skipped:
                    skipped = None
                else:
                    self._finish(element)
                if element is not tree:
                    self._write(element.tail)
        self._page.text = "".join(self._pieces)
        return self._page

    def _begin(self, element: HtmlElement) -> None:
        page, index = self._page, len(self._page.elements)
        page.elements.append(element)
        page.starts.append(-1)
        page.ends.append(-1)
        page.parents.append(self._open[-1] if self._open else -1)
        page.last.append(index)
        tag = str(element.tag)
        self._separate(tag)
        self._open.append(index)
        self._unseen.append(index)
        if tag == "q":
            self._open_mark(element, index)
        elif tag == "pre":
            self._verbatim += 1

    def _finish(self, element: HtmlElement) -> None:
        page, index = self._page, self._open.pop()
        page.last[index] = len(page.elements) - 1
        if self._unseen and self._unseen[-1] == index:
            self._unseen.pop()
            page.starts[index] = self._length
        page.ends[index] = self._length
        tag = str(element.tag)
        if tag == "q":
            self._close_mark(element, index)
        elif tag == "blockquote" and page.starts[index] < self._length:
            page.quotes.append(BlockQuote(page.span(index), absolute_url(self._base, element.get("cite"))))
        elif tag == "pre":
            self._verbatim -= 1
        if tag == "br":
            self._gap = "\n\n" if "\n" in self._gap else "\n"
        else:
            self._separate(tag)

    def _separate(self, tag: str) -> None:
        """Owe the white space that the element begins and ends with; a longer debt stands."""
        if tag == "p":
            self._gap = "\n\n"
        elif tag in BLOCKS or "-" in tag:
            if "\n" not in self._gap:
                self._gap = "\n"
        elif tag in ("td", "th") and "\n" not in self._gap:
            self._gap = "\t"

    def _write(self, characters: str | None) -> None:
        if not characters:
            return
        characters = characters.translate(LAYOUT_HINTS)
        if self._verbatim:
            self._write_verbatim(characters)
            return
        words = characters.split()
        if not characters or (not words and self._gap):
            return
        if characters[0].isspace() and not self._gap:
            self._gap = " "
        if words:
            self._put(" ".join(words))
            if characters[-1].isspace():
                self._gap = " "

    def _write_verbatim(self, characters: str) -> None:
        words = characters.strip()
        if not words:
            if "\n" in characters and "\n" not in self._gap:
                self._gap = "\n"
            return
        lead = characters[: len(characters) - len(characters.lstrip())]
        if "\n" in lead and "\n" not in self._gap:
            self._gap = "\n"
        elif lead and not self._gap:
            self._gap = " "
        self._put(words.replace("\r\n", "\n").replace("\r", "\n"))
        trail = characters[len(characters.rstrip()) :]
        self._gap = "\n" if "\n" in trail else " " if trail else ""

    def _put(self, words: str) -> None:
        gap = "" if self._glued else self._gap
        start = self._length + len(gap)
        for index in self._unseen:
            self._page.starts[index] = start
        self._unseen.clear()
        self._pieces += (gap, words)
        self._length = start + len(words)
        self._gap, self._glued = "", False

    def _open_mark(self, element: HtmlElement, index: int) -> None:
        """Show a <q> in quotation marks, as browsers do, unless its words bring their own."""
        if (element.text or "").lstrip().startswith(OPENING_MARKS):
            self._marks[index] = ("", -1)
            return
        inner = any(mark == "”" for mark, _ in self._marks.values())
        self._put("‘" if inner else "“")
        self._glued = True
        self._marks[index] = ("’" if inner else "”", self._length)

    def _close_mark(self, element: HtmlElement, index: int) -> None:
        mark, start = self._marks.pop(index)
        if mark:
            gap, self._gap = self._gap, ""
            if start < self._length:
                cite = absolute_url(self._base, element.get("cite"))
                self._page.quotes.append(BlockQuote(Span(start, self._length), cite))
            self._put(mark)
            self._page.ends[index] = self._length
            self._gap = gap


def _is_silent(element: HtmlElement) -> bool:
    """Whether the element is hidden, or is of a kind that shows no words.

    A page hidden as a whole is one that its script shows once it is there.
    """
    tag = element.tag
    if not isinstance(tag, str) or tag in SILENT:
        return tag != "dialog" or element.get("open") is None
    attributes = element.attrib
    if not attributes or tag in ("html", "body"):
        return False
    if "hidden" in attributes and attributes["hidden"] != "until-found":
        return True
    style = attributes.get("style")
    if style and HIDDEN_STYLE.search(style):
        return True
    classes = attributes.get("class")
    return not HIDDEN_CLASSES.isdisjoint((classes or "").split())


def absolute_url(base: str | None, address: str | None) -> str | None:
    """``address`` joined to the page's own; None unless that is an http(s) address.

    >>> absolute_url("https://example.org/a/b", "../c"), absolute_url(None, "c")
    ('https://example.org/c', None)
    """
    if not address:
        return None
    try:
        joined = urljoin(base or "", address.strip())
        parts = urlsplit(joined)
        return joined if parts.scheme in ("http", "https") and parts.hostname else None
    except ValueError:
        return None
