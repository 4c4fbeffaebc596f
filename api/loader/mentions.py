"""Names as a text prints them: where each stands, its title, and what kind of bearer it has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from api.loader.lexicon import words
from api.loader.names import SUFFIXES, TITLES, folded, is_given
from api.loader.records import Span

NameKind = Literal["person", "organization", "place"]  # "place" stands for things of every kind

FUNCTION = words("function")
CALENDAR = words("calendar")
DEMONYMS = words("demonyms")
PLACES = words("places")
PLACE_PHRASES = frozenset(phrase.replace("_", " ") for phrase in words("places", "phrases"))
BODIES = words("bodies")
LONE_BODIES = words("bodies", "lone")
ROLES = words("nominals", "roles")
PARTIES = frozenset({"republican", "democrat", "democratic", "independent"})
COMPOUNDS = frozenset({"born", "winner", "winning", "based", "turned", "era", "elect", "backed", "trained"})
DESCRIBING = words("nominals", "groups") | words("nominals", "roles") | words("nominals", "documents")
PANELS = words("bodies", "panels")
THINGS = words("things")
PARTICLES = words("particles")
ABBREVIATIONS = words("abbreviations")
HONORIFICS = words("titles", "honorifics")
GIVEN_TITLES = words("titles", "given_too")

_ACCENTED = r"\w[\w\u0300-\u036f]*"  # an accent may stand apart from its letter
_TOKEN = re.compile(rf"{_ACCENTED}(?:[-'’.&]{_ACCENTED})*|[^\w\s]")
_OPENING = frozenset("“«„‹")
_CLOSING = frozenset("”»‟›")
_ENDS = frozenset(".?!…")
_MARKS = frozenset("\"“”„‟«»‹›'‘’)]}")
_CONTRACTION = re.compile(r"(?:['’](?:s|m|re|ve|d|ll|t)|(?<=s)['’])$", re.IGNORECASE)
_PARTY = re.compile(r"[RDI]-[A-Z]")  # "(R-Texas)" is no name
_POSSESSIVE = re.compile(r"(?:['’]s|(?<=s)['’])$", re.IGNORECASE)


_NAMING = frozenset({"new", "first", "second", "third"})  # function words that names hold: "Third Circuit"
_LONGEST = 12  # tokens of a name, so that text in capitals throughout is no one name
_WIDEST = 40  # characters of a word that are looked at
PREFIXES = frozenset({"then", "ex", "acting", "vice", "co", "deputy"})  # "then-Senator" is a title like any


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a mark of the text.

    ``opens``: it is the first word of a sentence or of a quotation; ``quoted``: it stands between double
    quotation marks; ``line`` and ``sentence`` number the stretch and the sentence that it stands in.
    """

    span: Span
    text: str
    line: int
    sentence: int
    opens: bool
    quoted: bool

    @property
    def is_capital(self) -> bool:
        """Whether it begins with a capital letter and is a word."""
        if self.text[0].isupper():
            return self.text[:2] not in {"I'", "I’"}
        prefix, _, rest = self.text.partition("-")
        return rest[:1].isupper() and (prefix in {"al", "el"} or prefix in PREFIXES)


@dataclass(frozen=True, slots=True)
class Name:
    """One name in one place: ``span`` without title and possessive.

    ``title`` holds the folded words before it ("house speaker"); ``first`` and ``last`` are its tokens'
    indices; ``article``: "the" stands before it; ``kind`` is what the name itself tells, None if nothing.
    """

    span: Span
    text: str
    title: tuple[str, ...]
    kind: NameKind | None
    first: int
    last: int
    line: int
    sentence: int
    quoted: bool
    possessive: bool
    article: bool

    @property
    def words(self) -> list[str]:
        """Its folded words."""
        return folded_words(self.text)


def folded_words(text: str) -> list[str]:
    """The words of ``text``, folded, titles kept.

    >>> folded_words("Joseph R. Lee, Jr.")
    ['joseph', 'r', 'lee', 'jr']
    """
    return [word for part in text.split() for word in folded(part).split()]


def tokens(text: str, lines: Iterable[Span]) -> list[Token]:
    """The words and marks of the stretches ``lines`` of ``text``, each line starting a sentence.

    >>> [token.text for token in tokens("Dr. Lee's U.S. trip.", [Span(0, 20)])]
    ['Dr', '.', "Lee's", 'U.S', '.', 'trip', '.']
    """
    found: list[Token] = []
    sentence = 0
    for number, line in enumerate(lines):
        sentence += 1
        opens, quoted, ended = True, False, False
        for match in _TOKEN.finditer(text, line.start, line.end):
            mark = match.group()
            if mark in _OPENING or mark in _CLOSING or mark == '"':
                quoted = mark in _OPENING or (mark == '"' and not quoted)
                opens = opens or quoted
            elif mark in _ENDS:
                ended = mark != "." or not _abbreviates(found, match.start())
            if mark[0].isalnum():
                if ended:
                    sentence += 1
                found.append(
                    Token(Span(*match.span()), mark[:_WIDEST], number, sentence, opens or ended, quoted)
                )
                opens = ended = False
            else:
                if ended and mark not in _ENDS and mark not in _MARKS:
                    ended = False
                found.append(Token(Span(*match.span()), mark, number, sentence, False, quoted))
    return found


def _abbreviates(found: Sequence[Token], stop: int) -> bool:
    """Whether the full stop at ``stop`` belongs to the word before it."""
    if not found or found[-1].span.end != stop:
        return False
    word = found[-1].text
    return len(word) == 1 or "." in word or word.casefold() in ABBREVIATIONS


class _Line:
    """The names of one run of tokens; knows which words the text also writes small."""

    def __init__(self, text: str, found: Sequence[Token], small: frozenset[str]) -> None:
        self.text, self.found, self.small = text, found, small

    def run_from(self, start: int) -> int:
        """The index after the last token of the run of capitals that begins at ``start``."""
        end = start + 1
        while (
            end < len(self.found)
            and end - start < _LONGEST
            and not _POSSESSIVE.search(self.found[end - 1].text)
        ):
            if self._joined(end):
                end += 1
            elif self.found[end].text == "." and self._joined(end + 1) and self._short(end - 1):
                end += 2
            elif self._of_title(end) or self._particle(end):
                end += 2 if self._joined(end + 1) else 3
            elif self._suffix(end) or self._members(end):
                end += 2
            else:
                break
        return end

    def _members(self, index: int) -> bool:
        """Whether a plural's apostrophe stands there and a body follows: "Teachers' Union"."""
        if index + 1 >= len(self.found) or self.found[index].text not in "'’":
            return False
        of_plural = self._touches(index) and self.found[index - 1].text.endswith("s")
        return of_plural and self._joined(index + 1) and _word(self.found[index + 1].text) in BODIES

    def _short(self, index: int) -> bool:
        word = self.found[index].text
        return (len(word) == 1 or word.casefold() in ABBREVIATIONS or "." in word) and self._touches(
            index + 1
        )

    def _touches(self, index: int) -> bool:
        return self.found[index].span.start == self.found[index - 1].span.end

    def _near(self, index: int) -> bool:
        gap = self.found[index].span.start - self.found[index - 1].span.end
        return gap <= 1 and self.found[index].line == self.found[index - 1].line

    def _joined(self, index: int) -> bool:
        """Whether the token goes on with the run that ends before it."""
        if index >= len(self.found) or not self._near(index):
            return False
        token = self.found[index]
        return token.is_capital and not token.opens and not _breaks(token.text)

    def _particle(self, index: int) -> bool:
        if index + 1 >= len(self.found) or not self._near(index):
            return False
        if self.found[index].text not in PARTICLES:
            return False
        if self._joined(index + 1):
            return True
        return (
            index + 2 < len(self.found)
            and self.found[index + 1].text in PARTICLES
            and self._joined(index + 2)
        )

    def _of_title(self, index: int) -> bool:
        """Whether a title goes on after "of": "Secretary of State", "Speaker of the House"."""
        if index + 2 >= len(self.found) or self.found[index].text != "of" or not self._near(index):
            return False
        if _word(self.found[index - 1].text) not in TITLES:
            return False
        return self._joined(index + 1) or (self.found[index + 1].text == "the" and self._joined(index + 2))

    def _suffix(self, index: int) -> bool:
        return (
            index + 1 < len(self.found)
            and self.found[index].text == ","
            and self.found[index + 1].text.casefold() in {"jr", "sr"}
        )


def names(text: str, found: Sequence[Token]) -> list[Name]:
    """Every name among the tokens, in order: runs of capitals, parted into titles and names.

    >>> source = "House Speaker Ann B. Lee met Tom Moss's aide at the Bank of Avalon."
    >>> found = names(source, tokens(source, [Span(0, len(source))]))
    >>> [(" ".join(name.title), name.text) for name in found]
    [('house speaker', 'Ann B. Lee'), ('', 'Tom Moss'), ('', 'Bank of Avalon')]
    >>> [name.kind for name in found]
    ['person', 'person', 'organization']
    """
    small = frozenset(token.text for token in found if token.text[0].islower())
    line = _Line(text, found, small)
    result: list[Name] = []
    index = 0
    while index < len(found):
        token = found[index]
        if not token.is_capital or token.text == "I":
            index += 1
            continue
        end = line.run_from(index)
        result += _parted(text, found, index, _body_end(line, index, end), small)
        index = max(end, result[-1].last + 1 if result else 0)
    return result


def _body_end(line: _Line, start: int, end: int) -> int:
    """Where the name ends when it is a body's that goes on after "of": "Bank of Avalon"."""
    found = line.found
    while (
        end - start < _LONGEST and _is_body(found, start, end) and not _POSSESSIVE.search(found[end - 1].text)
    ):
        on = {"of", "for"} | ({"on"} if _word(found[end - 1].text) in PANELS else set())
        joint = end + 1 if end < len(found) and found[end].text in on and line._near(end) else 0
        if joint and joint < len(found) and found[joint].text == "the":
            joint += 1
        if not joint or not line._joined(joint):
            break
        end = line.run_from(joint)
    return end


def _breaks(text: str) -> bool:
    """Whether a word in capitals is none of a name's, as in headlines: "Lee Is Right"."""
    word = _word(text)
    return word in FUNCTION | CALENDAR and not is_given(word) and word not in _NAMING


def _word(text: str) -> str:
    word = _CONTRACTION.sub("", text).casefold()
    prefix, _, rest = word.partition("-")
    return rest if prefix in PREFIXES and rest else word.removesuffix("-elect")


def _parted(text: str, found: Sequence[Token], start: int, end: int, small: frozenset[str]) -> list[Name]:
    """The name in a run of capitals, without what a sentence's first word or a title adds."""
    while start < end and _no_name(found, start, end, small):
        start += 1
    if start == end:
        return []
    possessive = _POSSESSIVE.search(found[end - 1].text) is not None
    at = _after_titles(found, start, end)
    title = tuple(_word(token.text) for token in found[start:at] if token.text != ".")
    while at < end - 1 and _word(found[at].text) in DEMONYMS and not _is_body(found, at, end):
        at += 1
    if at == end:
        return []
    stop = found[end - 1].span.end
    printed = text[found[at].span.start : stop]
    printed = _POSSESSIVE.sub("", printed) if possessive else printed
    if found[end - 1].text.casefold() in SUFFIXES and text[stop : stop + 1] == ".":
        printed += "."
    if _PARTY.match(printed):
        return []
    if not printed or not printed[0].isalpha():
        return []
    if _word(found[end - 1].text) in DEMONYMS and not (end - at > 1 and is_given(found[at].text)):
        return []
    before = _word(found[start - 1].text) if start and found[start - 1].line == found[start].line else ""
    if not title:
        title = _small_title(found, start)
    return [
        Name(
            span=Span(found[at].span.start, found[at].span.start + len(printed)),
            text=printed,
            title=title,
            kind=_kind(found, at, end, title, before),
            first=at,
            last=end - 1,
            line=found[at].line,
            sentence=found[at].sentence,
            quoted=found[at].quoted,
            possessive=possessive,
            article=before == "the",
        )
    ]


def _small_title(found: Sequence[Token], start: int) -> tuple[str, ...]:
    """A title in small letters right before a name: "former president Lee"."""
    if not start or found[start - 1].line != found[start].line:
        return ()
    word = _word(found[start - 1].text)
    return (word,) if word in TITLES and word != "former" else ()


def _no_name(found: Sequence[Token], at: int, end: int, small: frozenset[str]) -> bool:
    """Whether the run's first token only looks like a name: a sentence's first word, a weekday."""
    word = _word(found[at].text)
    if word in CALENDAR:
        return end - at == 1 or not is_given(word)
    if found[at].text.isupper() and len(word) > 1:
        return False
    if end - at == 1 and word in ABBREVIATIONS and found[at + 1 : at + 2] and found[at + 1].text == ".":
        return True
    if word in FUNCTION:
        return not (word == "new" and at + 1 < end)
    if found[at].opens and end - at == 1 and word in DESCRIBING and word not in TITLES:
        return True
    if not found[at].opens or is_given(word) or word in DEMONYMS:
        return False
    return word in small and word not in TITLES


def _after_titles(found: Sequence[Token], start: int, end: int) -> int:
    """The index of the first token that belongs to no title: after the last title word of the run."""
    last = start
    for index in range(start, end):
        word = _word(found[index].text)
        office = index + 1 < end and found[index + 1].text == "of"
        if not _entitles(found, index, start, end):
            continue
        if word not in HONORIFICS and not office and _is_body(found, index + 1, end):
            continue
        if word in GIVEN_TITLES and index == start and end - start == 2:
            continue
        if index == end - 1 and index > start and is_given(found[index - 1].text):
            continue  # "Martin King": a surname
        last = index + 1
    if last < end and found[last].text == "." and last > start:
        last += 1
    if last < end - 1 and found[last].text == "of":
        last += 3 if found[last + 1].text == "the" else 2
    return min(last, end)


def _entitles(found: Sequence[Token], at: int, start: int, end: int) -> bool:
    """Whether a word in capitals is a title; before a given name, a role, a party or a compound is one too."""
    word = _word(found[at].text)
    if word in TITLES:
        return True
    if at == end - 1 or not is_given(found[at + 1].text):
        return False
    compound = "-" in word and word.rpartition("-")[2] in COMPOUNDS
    return (word in ROLES and not is_given(word)) or compound or (at > start and word in PARTIES)


def _is_body(found: Sequence[Token], at: int, end: int) -> bool:
    return at < end and any(_word(token.text) in BODIES for token in found[at:end])


def _kind(found: Sequence[Token], at: int, end: int, title: tuple[str, ...], before: str) -> NameKind | None:
    parts = [_word(token.text) for token in found[at:end] if token.text[0].isalnum()]
    phrase = " ".join(parts)
    if phrase in PLACE_PHRASES or (len(parts) == 1 and parts[0] in PLACES and not title):
        return "place"
    if title and title[-1] in HONORIFICS:
        return "person"
    if len(parts) > 1 and parts[-1] in THINGS and not title:
        return "place"
    if set(parts) & BODIES:
        return "organization"
    if len(parts) == 1 and (parts[0] in LONE_BODIES or _acronym(found[at].text)):
        return None if title else "organization"
    if title and before != "the":
        return "person"
    if len(parts) > 1 and is_given(parts[0]) and parts[0] not in PLACES:
        return "person"
    return "person" if title else None


def _acronym(text: str) -> bool:
    bare = _POSSESSIVE.sub("", text).replace(".", "").replace("&", "")
    return 2 <= len(bare) <= 6 and bare.isupper()
