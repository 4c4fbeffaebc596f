"""The lines of a text, and what the short ones among them are: names, dates, votes, links to reply.

A page's text keeps the lines that its comment system prints around each comment. What is left of such
a line once names, dates and numbers are taken out is its shape ("N says:", "by N on D"); a shape that
comes again and again is a mark of where comments begin.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from api.loader.dates import printed_date
from api.loader.records import Span
from api.loader.relative import HINT

Kind = Literal["prose", "byline", "date", "name", "reply", "votes", "count", "number", "rule", "link"]

SHORT = 160  # characters; no line of a comment system was longer in the development data
VIEW = 1500  # characters of a long line that are looked at


@dataclass(frozen=True, slots=True)
class Line:
    """A line with something on it: ``text`` is it, trimmed and, if very long, cut at ``VIEW``."""

    start: int
    end: int
    text: str
    kind: Kind
    shape: str
    date: Span | None = None  # into the document's text
    author: Span | None = None  # who the line says wrote something, if it says so

    @property
    def paragraph(self) -> bool:
        """Whether it is long enough for one, and closed unless it is very long."""
        closed = self.text.rstrip('”"’)')[-1:] in (".", "?", "!", "…", ":")
        return self.kind == "prose" and (len(self.text) > 160 or (closed and len(self.text) > 60))


_LINE = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_REPLY = re.compile(
    r"(?:log in to |login to |click to |add a )?(?:reply|replies|permalink|perma-link|link|flag"
    r"|report(?: abuse| this comment)?|like|unlike|dislike|share|edit|delete|quote|recommend(?:ed)?|favou?rite"
    r"|up|down|parent|up reply actions"
    r"|rate up|rate down|vote up|vote down|thumbs up|thumbs down|respond|view|hide|show|more|actions|favorited?)"
    r"(?:[\s|·•,/()\d+-]+(?:reply|permalink|link|flag|report|like|dislike|share|edit|quote|to this|to comment"
    r"|recommend|abuse|parent|this))*[\s|·•()\d:+»→]*",
    re.IGNORECASE,
)
_VOTES = re.compile(
    r"(?:\+|-|score:? ?)?\d{1,6}(?: ?[/|·,] ?\d{1,6})? ?"
    r"(?:likes?|votes?|points?|up ?votes?|fans?|thumbs?(?: up| down)?|people like this|recommends?|replies|reply"
    r"|stars?)"
    r"(?: this)?[.:]?|[+-]\d{1,5}|\d+ repl(?:y|ies) beneath your current threshold\.?",
    re.IGNORECASE,
)
_COUNT = re.compile(
    r"(?:there (?:are|is) )?(?:\d{1,6}|no|one|a|all|the|leave a|post a|add a|view all|read|most recent|latest"
    r"|show|user|reader|your|join the|facebook|[\w.'’-]{1,20})? ?\(?\d{0,6}\)? ?"
    r"(?:comments?|responses?|replies|thoughts|discussions?|remarks|feedback|conversation)\b[^.!?]{0,60}[.:!»↓]?",
    re.IGNORECASE,
)
_COUNT_OF_TITLE = re.compile(  # "4 thoughts on “The night bridge”"
    r"(?:\d{1,6}|no|one|two|three) (?:comments?|responses?|replies|thoughts?|reactions?) (?:on|to) [“\"‘'«].*[”\"’'»]",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[#(\[]?\d{1,7}(?:\.\d{1,5})?[.)\]:]?")
_RULE = re.compile(r"[\W_]{1,200}")
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_SITE_NAME = re.compile(
    r"(?i:https?://|www\.)(?:[\w.-]{3,60}/?(?: [\w.'’@-]{1,30}){1,3}|\S{3,100}(?: [A-Z][\w.'’-]{1,30}){1,3})"
)
_PLUG = re.compile(
    r"\S.{0,60} recently posted\.{2,3}.*", re.IGNORECASE
)  # put below a comment: "Ann recently posted..Bridges"
NOTICE = re.compile(r"Tracked on .{4,40}")  # closes the notice of another page that links here
_BYLINE = re.compile(
    r"(?:\b(?:says?|said|writes?|wrote|responded|replied|commented|posted|asked|added|answered)"
    r"(?: to \S+(?: \S+){0,3})?\s?(?::|\.{2,3}|…)?$)"
    r"|^(?:posted|written|submitted|comment(?:ed)?|left|sent|added|reply)? ?(?:by|from)\b:?",
    re.IGNORECASE,
)
# Words that a comment system puts around a name; what is left of a line without them is the name.
_AROUND = re.compile(
    r"^(?:(?:\[[–—+-]\]|[#(\[]?\d{1,7}(?:\.\d{1,4})?[.)\]:]?(?=\s|$)|[\s|/·•:,;@–—*>»-]"
    r"|(?:posted|written|submitted|comment(?:ed)?|left|sent|added)? ?(?:by|from)\b|posted\b"
    r"|comment(?:ed)? (?:on|at)\b|on\b|at\b)[\s:|-]*)+",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"(?:[\s|/·•:,;(@#–—»-]|\.{2,3}|…|\b(?:says?|said|writes?|wrote|replied|responded|commented|posted|asked|added"
    r"|answered|on|at|about|in|up|reply|permalink|link|edit|quote|flag|share|like|actions|report)\b(?:\s*[:.…]+)?"
    r"|\(#?\d+\)|(?<!\w)(?:-?\d+ points?|#?\d+\)?)|\|)+$",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_][\w’'.-]*")
_FUNCTION = frozenset(
    "says said say writes write wrote by on at posted written responded replied commented reply permalink to from "  # noqa: SIM905
    "comment submitted ago".split()
)


def lines(text: str) -> list[Line]:
    """The lines of ``text`` that are not blank, in order.

    >>> [(line.kind, line.shape) for line in lines("Ann Lee says:\\nMay 4, 2011 at 7:00 pm\\n\\nIt rained, too.")]
    [('byline', 'N says:'), ('date', 'D'), ('prose', '')]
    """
    found = []
    for match in _LINE.finditer(text):
        line = _line(text, *match.span())
        if line:
            found.append(line)
    return found


def _line(text: str, start: int, end: int) -> Line | None:
    piece = text[start:end]
    words = piece.strip()
    if not words:
        return None
    start += len(piece) - len(piece.lstrip())
    end = start + len(words)
    if end - start > SHORT:
        return Line(start, end, _view(words), "prose", "")
    if _SITE_NAME.fullmatch(words):  # a commenter's site and name
        name = start + words.index(" ") + 1
        return Line(start, end, words, "name", "N", None, Span(name, end))
    kind = _fixed_kind(words)
    if kind:
        return Line(start, end, words, kind, kind)
    return _signed(words, start, end)


def _view(words: str) -> str:
    """The line, or of a very long one its beginning and end."""
    return words if len(words) <= VIEW else words[: VIEW - VIEW // 3] + " " + words[-(VIEW // 3) :]


def _fixed_kind(words: str) -> Kind | None:
    """The kind of a line that is wholly a comment system's own words."""
    kinds: tuple[tuple[re.Pattern[str], Kind], ...] = (
        (_NUMBER, "number"),
        (_RULE, "rule"),
        (_VOTES, "votes"),
        (_REPLY, "reply"),
        (_PLUG, "reply"),
        (NOTICE, "reply"),
        (_LINK, "link"),
    )
    for pattern, kind in kinds:
        if pattern.fullmatch(words):
            return kind
    if _COUNT_OF_TITLE.fullmatch(words):
        return "count"
    return "count" if len(words) < 80 and _COUNT.fullmatch(words) and len(words.split()) <= 9 else None


def _signed(words: str, start: int, end: int) -> Line:
    """A line that may name an author or a date, or be one of prose."""
    date = printed_date(words) if HINT.search(words) else None
    rest = f"{words[: date.start]}\x00{words[date.end :]}" if date else words
    tokens = [token for token in re.findall(r"[\w@.'’&-]+", rest) if any(map(str.isalnum, token))]
    by = _BYLINE.search(rest.replace("\x00", " ").strip())
    placed = Span(start + date.start, start + date.end) if date else None
    closed = rest.rstrip(" ").endswith((".", "!", "?", "”", '"')) and not re.search(
        r"\.{2,3}$|[ap]\.m\.$", rest
    )
    if (date and len(tokens) <= 9 and not closed) or (by and len(tokens) <= 9 and (date or len(tokens) <= 8)):
        author = _author(words, date)
        at = Span(start + author[0], start + author[1]) if author else None
        return Line(start, end, words, "byline" if at else "date", _shape(rest), placed, at)
    if not date and not by and _is_name(words):
        return Line(start, end, words, "name", "N", None, Span(start, end))
    return Line(start, end, words, "prose", "")


def _author(words: str, date: Span | None) -> tuple[int, int] | None:
    """Where the name stands in a line that signs a comment: before the date, or else after it."""
    pieces = [(0, date.start), (date.end, len(words))] if date else [(0, len(words))]
    for start, end in pieces:
        before = _AROUND.match(words[start:end])
        start += before.end() if before else 0
        after = _AFTER.search(words[start:end])
        end = start + after.start() if after else end
        if start < end and re.search(r"\w", words[start:end]):
            return start, end
    return None


def _shape(rest: str) -> str:
    """The line with its names as N, its date as D and its numbers as 9."""
    shape: list[str] = []
    for token in re.findall(r"\x00|[^\W\d_][\w’'.@&-]*|\d+|\S", rest):
        if token == "\x00":
            mark = "D"
        elif token[0].isdigit():
            mark = "9"
        elif token[0].isalpha():
            word = token.rstrip(".").lower()
            mark = word if word in _FUNCTION else "N"
        else:
            mark = token
        if mark != "N" or shape[-1:] != ["N"]:
            shape.append(mark)
    return " ".join(shape).replace(" :", ":")


def _is_name(words: str) -> bool:
    """Whether a line could be a name and nothing else: short, unclosed, capitals or one word."""
    tokens = words.split()
    if (
        len(tokens) > 6
        or len(words) > 50
        or (words[-1] in '.!?:;,”"…' and not re.search(r"\b[A-Z]\.$", words))
    ):
        return False
    found = _WORD.findall(words)
    if not found:
        return False
    capitals = sum(word[0].isupper() for word in found)
    return len(tokens) == 1 or capitals >= len(found) - (len(found) > 2)
