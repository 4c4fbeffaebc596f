"""The words that name a link: its markup's text, or a title beside it on its line, above or below."""

from __future__ import annotations

import re
from html import unescape

from api.loader.records import Span

__all__ = ["named", "nearby"]

_MAX_LABEL = 300  # characters; longer words beside a link are prose
_MAX_TITLE = 200  # the same for a line of its own
_LIST_MARK = re.compile(r"\s*(?:(?:[>*•·–-]|\(?\d{1,3}[.)]|\[\d{1,3}\]:?|#{1,6})\s+)*")
_DASH = re.compile(r"\s*(?:[-–—―]{1,2}\s+)?")
_BBCODE_TAG = re.compile(r"\[/?\w+(?:=[^\]]*)?\]")
_ENDS_IN_MARK = re.compile(r"(?:\s*:|\s*[-–—―]{1,2})\s*\Z")
_QUOTES = {'"': '"', "“": "”", "„": "“”", "«": "»", "‘": "’", "'": "'", "‹": "›", "「": "」", "『": "』"}
_QUOTED = re.compile(
    r"(?:\"([^\"\n]+)\"|“([^”\n]+)”|„([^“”\n]+)[“”]|«([^»\n]+)»|(?<!\w)'([^'\n]+)'|‘([^’\n]+)’|「([^」\n]+)」)"
    r"[,.:;]?\s*[(<\[]?\s*\Z"
)
_POINTERS = re.compile(
    r"(?:see|read|more|full|here|click|watch|listen|source|link|also|via|from|at|the|story|article|here's|this|is|"
    r"a|and|for|details|info|information|on|in|check|out|visit|go|to|please)"
)
_SENTENCE = re.compile(  # ends in a mark after three letters (so not `Mr.`), or in emoji
    r"(?:(?<=[a-z0-9]{3}[.!?])[\"”’)]?|(?<=[\u2600-\u27bf\U0001f300-\U0001faff]))\s+(?=[\"“‘(]?[A-Z])"
)
_HTML_BEFORE = re.compile(r"<a\s[^<>]*href\s*=\s*[\"']?\Z", re.IGNORECASE)
_HTML_AFTER = re.compile(r"[\"']?[^<>]{0,500}>(.{0,1000}?)</a\s*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_BBCODE_BEFORE = re.compile(r"\[url=[\"']?\Z", re.IGNORECASE)
_BBCODE_AFTER = re.compile(r"[\"']?\](.{0,1000}?)\[/url\]", re.IGNORECASE | re.DOTALL)
_MARKDOWN_BEFORE = re.compile(r"\]\(<?\Z")
_HAS_LINK = re.compile(r"(?:https?|ftp)://|\bwww\.", re.IGNORECASE)


def named(text: str, links: list[Span]) -> list[str | None]:
    """For each of ``links`` (in order) the words that name it, None where none do.

    >>> text = "“A long winter” https://example.org/1"
    >>> named(text, [Span(16, 37)])
    ['A long winter']
    """
    labels: list[str | None] = []
    line_start = 0
    for place, link in enumerate(links):
        previous = links[place - 1].end if place else 0
        line_start = max(line_start, text.rfind("\n", previous, link.start) + 1)
        following = links[place + 1].start if place + 1 < len(links) else len(text)
        labels.append(_label(text, link, max(line_start, previous), line_start, following))
    return labels


def _label(text: str, link: Span, since: int, line_start: int, until: int) -> str | None:
    marked_up = _markup(text, link)
    if marked_up is not None:
        return marked_up or None
    before = text[max(since, link.start - _MAX_LABEL - 50) : link.start]
    whole_before = since >= link.start - _MAX_LABEL - 50
    opens = since == line_start and whole_before and _LIST_MARK.fullmatch(before.rstrip("<\"'“( ") + " ")
    if opens:
        end = text.find("\n", link.end, min(until, link.end + _MAX_LABEL + 50))
        stop = min(until, link.end + _MAX_LABEL + 50) if end < 0 else end
        return _after(text[link.end : stop])
    return _before(before) if whole_before else None


def _markup(text: str, link: Span) -> str | None:
    """The link text of Markdown, HTML or BBCode; empty where it is only the link again."""
    before = text[max(0, link.start - 200) : link.start]
    if _MARKDOWN_BEFORE.search(before):
        return _markdown(text, link.start)
    for opening, closing in ((_HTML_BEFORE, _HTML_AFTER), (_BBCODE_BEFORE, _BBCODE_AFTER)):
        if opening.search(before) and (match := closing.match(text, link.end)):
            words = " ".join(unescape(_BBCODE_TAG.sub("", _TAG.sub("", match[1]))).split())
            return "" if _HAS_LINK.match(words) else words
    return None


def _markdown(text: str, start: int) -> str | None:
    close = text.rfind("]", max(0, start - 3), start)
    depth = 0
    for at in range(close, max(-1, close - _MAX_LABEL), -1):
        depth += {"]": 1, "[": -1}.get(text[at], 0)
        if not depth:
            words = " ".join(text[at + 1 : close].split()).strip("*_ ")
            return "" if _HAS_LINK.match(words) else words
    return None


def _after(after: str) -> str | None:
    """The words after a link that opens its line, if they begin as a title does."""
    after = after.lstrip(">)]\"'”")
    words = after[len((_DASH.match(after) or [""])[0]) :].strip(" \t\r\u200b\ufeff*")
    if not words or after[:1] not in (" ", "\t", "-", "–", "—"):
        return None
    if not _opens_a_title(words) or len(words) > _MAX_LABEL:
        return None
    if words[-1] in ".!?" and _SENTENCE.search(words):
        return None
    return _unquoted(words)


def _before(before: str) -> str | None:
    """The words before a link, if a colon or a dash hands them to it, or they are in quotation marks."""
    words = before.strip(" \t\r\u200b\ufeff").rstrip("<").rstrip()
    words = words[len((_LIST_MARK.match(words) or [""])[0]) :]
    if quoted := _QUOTED.search(words):
        title = next(filter(None, quoted.groups())).strip(" ,")
        return title if len(title.split()) > 1 else None
    words = words.strip("*_")
    if not _ENDS_IN_MARK.search(words):
        return None
    words = _ENDS_IN_MARK.sub("", words).strip("*_ ")
    words = _SENTENCE.split(words)[-1].strip().removeprefix("[").removesuffix("]").strip()
    if quoted := _QUOTED.fullmatch(words):
        words = next(filter(None, quoted.groups())).strip(" ,")
    if len(words.split()) < 2 or len(words) > _MAX_LABEL or words[0] in "([{" or _HAS_LINK.search(words):
        return None
    return None if all(_POINTERS.fullmatch(word.lower().strip(",.")) for word in words.split()) else words


def _unquoted(words: str) -> str:
    """Without the quotation marks, where they enclose all of it."""
    closing = _QUOTES.get(words[0])
    inner = words[1:-1]
    if closing and len(words) > 2 and words[-1] in closing and not set(inner) & {words[0], words[-1]}:
        return inner.strip()
    return words


def nearby(text: str, links: list[Span]) -> list[str | None]:
    """For each of ``links`` a title on the line above, else below, where the link has its line to itself.

    >>> text = "A Long Winter in the North\\nhttps://example.org/1"
    >>> nearby(text, [Span(27, 48)])
    ['A Long Winter in the North']
    """
    return [_nearby(text, link) for link in links]


def _nearby(text: str, link: Span) -> str | None:
    line_start = text.rfind("\n", max(0, link.start - 50), link.start) + 1
    line_end = _line_end(text, link.end, 50)
    if link.start - line_start > 50 or text[link.end : line_end].strip(" \t\r.>"):
        return None
    if not _LIST_MARK.fullmatch(text[line_start : link.start].rstrip("<") + " "):
        return None
    above = text[text.rfind("\n", max(0, line_start - _MAX_LABEL), max(0, line_start - 1)) + 1 : line_start]
    if above.strip():
        return _title(above) if len(above) < _MAX_LABEL else None
    return _title(text[line_end + 1 : _line_end(text, line_end + 1, _MAX_LABEL)])


def _line_end(text: str, at: int, within: int) -> int:
    """The end of the line that ``at`` is in, looked for no further than ``within``."""
    end = text.find("\n", at, at + within)
    return end if end >= 0 else min(len(text), at + within)


def _title(line: str) -> str | None:
    """``line`` if it reads like a title: no sentence, no link; with a colon only if its words are capitalised."""
    words = line.split()
    if not 2 <= len(words) <= 30 or len(line) > _MAX_TITLE or _HAS_LINK.search(line):
        return None
    title = " ".join(words)
    if title.endswith(":"):
        long = [word for word in words if len(word) > 3]
        return title[:-1] if sum(map(_opens_a_title, long)) * 3 > len(long) * 2 else None
    return title if title[-1] not in ".,;!" and _opens_a_title(title) else None


def _opens_a_title(word: str) -> bool:
    """A capital (or a letter of a script without them), a digit or a quotation mark."""
    first = word[0]
    return first.isdecimal() or first in _QUOTES or (first.isalpha() and not first.islower())
