"""Who wrote an article, as a page says it: in its metadata, beside its headline, in the first lines of plain text.

A byline is the names and nothing else, as they are printed: no "by", role, place or date, and no agency or paper
beside a person ("By Ann Lee, Rivers Editor | Reuters" is Ann Lee's, "By Reuters" is Reuters'). Who wrote a comment,
which any word may name ("Ann says", "by ferry_fan"), is told by ``phrases.printed_byline``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from api.loader.dates import WEEKDAYS, printed_date
from api.loader.lexicon import words
from api.loader.names import SUFFIXES, is_given
from api.loader.phrases import DATE

NAMES_CHARACTERS: Final = 120  # more is a biography or a list of tags
SAID_CHARACTERS: Final = 4 * NAMES_CHARACTERS  # that are read
LINE_CHARACTERS: Final = 200  # a longer line is a paragraph
NAME_WORDS: Final = 7  # more is a sentence
SENTENCE_WORDS: Final = 8  # a line that has more and ends like a sentence is one

PARTICLES: Final = words("particles")
PLACES: Final = words("places") | words("places", "phrases")
AGENCIES: Final = words("bylines", "agencies") | words("bodies", "lone")
BODIES: Final = words("bodies") | words("news") | AGENCIES
ROLES: Final = words("bylines", "roles")
NO_PERSONS: Final = ROLES | BODIES
BEHIND_NAMES: Final = NO_PERSONS | PLACES | words("bylines", "around")
NO_NAMES: Final = words("function") | words("calendar")

# "By" in other languages.
BY_IN: Final = {"von": {"de"}, "par": {"fr"}, "por": {"es", "pt"}, "di": {"it"}, "door": {"nl"}}
BY: Final = re.compile(
    r"(?:(?:(?P<label>(?:(?:article|story|post) )?(?:posted|written|submitted|published|reported)|story|words|text)"
    rf"\s)?by\b|(?P<foreign>(?a:{'|'.join(BY_IN)}))\b|autor(?:in)?\b|(?:author|auteur|автор|作者|记者|文)(?=\s?[:：]))"
    r"(?!-)\s?[:：]?\s*",
    re.IGNORECASE,
)
BEFORE_DATE: Final = re.compile(
    r"(?:\W*\b(?:posted|published|modified|updated|created|date|on)\b)*\W*", re.IGNORECASE
)
AFTER_DATE: Final = re.compile(r"(?:\W{0,3}[A-Z]{2,4}\b)?[^\w\"“]{0,4}(?=[Bb][Yy]\b)")  # a zone
MARKS: Final = " \t\n,;:|/·•●*–—-"  # around names
CLOCK: Final = re.compile(r"\b\d{1,2}[:.]\d\d")
DAYS: Final = sorted(WEEKDAYS, key=len, reverse=True)
DATE_LABELS: Final = re.compile(  # no two ways to read them, lest many take for ever
    rf"(?:\b(?:on\s(?:{'|'.join(DAYS)})|{'|'.join(day for day in DAYS if len(day) > 5)})\b"
    r"|(?:\b|(?<=[a-z]))(?:published|posted|(?:last )?updated|modified)\b|\b(?:on|at|am|le|el)\b"
    r"|[\s:|,@•·●/–—-]|(?<=\w{4})\.)++",
    re.IGNORECASE,
)
END: Final = re.compile(  # of the names: a mark, or what a page puts beside them
    r"[|•·●»<>()\[\]{}\n]|—|(?:^|\s)[–/-]+(?:\s|$)|\s[\w.+-]*@|\s\d+ [Cc]omments?\b"
    r"|(?:\b|(?<=[a-z]))(?:(?:Published|Posted|(?:Last )?Updated|Modified|E-?mail|Follow|Twitter|Archive|RSS)\b"
    r"|Google\+)"
    r"|\s(?i:photos?|photographs?|photography|pictures?|illustrations?|video)\s[Bb][Yy]\b"
)
BEHIND_BY: Final = re.compile(  # what ends the names behind "by", since no body is meant there
    r"\s(?:(?:in|at|for|from|via|with|of the|special to)\s|\d).*", re.IGNORECASE | re.DOTALL
)
AND: Final = re.compile(r"\s+(?:(?i:and|und)|et|ET|y|e|en|&)\s+")
JOINED: Final = re.compile(r"\n(?=(?:and|und|et|y|&|,|;)(?:\s|$))|(?<=[,&;])\n|(?<=\band)\n|(?<=\bund)\n")
LONE_LINE: Final = re.compile(r"\A(\S+)\n")  # a given name may stand in an element of its own
NAMES: Final = re.compile(rf",|{AND.pattern}")


def opening_byline(opening: Iterable[str], language: str | None = None) -> str | None:
    """The names in the first of the lines beside a headline that is a byline; None without one.

    >>> opening_byline(["Bridge shut", "By Ann Lee, Harrow News | May 3, 2012"]), opening_byline(["By the river"])
    ('Ann Lee', None)
    """
    return next((names for line in opening if (names := byline(line, language))), None)


def byline(line: str, language: str | None = None) -> str | None:
    """The names in a line that says "By ...", behind a date or not; None for any other line.

    >>> byline("May 3, 2012 - by Ann Lee"), byline("By Monday it was gone")
    ('Ann Lee', None)
    """
    line = line.strip(MARKS)
    is_sentence = line.endswith((".", "!", "?", "…")) and len(line.split()) > SENTENCE_WORDS
    if len(line) > LINE_CHARACTERS or is_sentence:
        return None
    by, is_dated = BY.match(line), DATE.search(line) is not None
    if by is None and is_dated and (date := printed_date(line)):
        opens = BEFORE_DATE.fullmatch(line, 0, date.start) and AFTER_DATE.match(line, date.end)
        by = BY.match(line, opens.end()) if opens else None
    if by is None or (
        by["foreign"] and (_opens_name(by, language) or language not in BY_IN[by["foreign"].lower()])
    ):
        return None
    names = names_of(line[by.start() :], language)
    if names is None or (by["foreign"] and " " not in names):
        return None
    return names if _are_names(names, is_signed=is_dated or bool(by["label"])) else None


def names_of(said: str, language: str | None = None) -> str | None:
    """The names in ``said``, which tells who wrote something, with or without "by"; None where it holds none.

    A line break ends them, but beside a comma or an "and".

    >>> names_of("By Ann Lee, Bo Ray and Cy Orr, Harrow News"), names_of("Posted by Ann Lee at 5:32 PM")
    ('Ann Lee, Bo Ray and Cy Orr', 'Ann Lee')
    >>> names_of("Von Trier"), names_of("Von Ann Lee"), names_of("Von Ann", "de"), names_of("By Van der Berg")
    ('Von Trier', 'Ann Lee', 'Ann', 'Van der Berg')
    """
    said = JOINED.sub(" ", said[:SAID_CHARACTERS]).lstrip(MARKS)
    by = BY.match(said)
    by = None if by and by["foreign"] and _opens_name(by, language) else by
    if by:
        said = BEHIND_BY.sub("", _undated(said[by.end() :]))
    names = _persons(_undated(said), is_listed=by is None)
    is_long = any(len(name.split()) > NAME_WORDS for name in NAMES.split(names))
    is_name = any(map(str.isalpha, names)) and not is_long and len(names) <= NAMES_CHARACTERS
    return names if is_name else None


def _opens_name(by: re.Match[str], language: str | None) -> bool:
    """Whether a word for "by" in another language is a name's first: "Von Trier", "von der Leyen"."""
    name = _undated(by.string[by.end() :]).split()
    is_meant = language in BY_IN[by["foreign"].lower()]
    return not name or name[0].lower() in PARTICLES or (len(name) == 1 and not is_meant)


def _undated(said: str) -> str:
    """``said`` to the first date or mark."""
    said = LONE_LINE.sub(r"\1 ", said)
    ends = (found.start() for mark in (CLOCK, DATE, END) if (found := mark.search(said)))
    said = said[: min(ends, default=len(said))]
    behind = (labels.start() for labels in DATE_LABELS.finditer(said) if labels.end() == len(said))
    return said[: next(behind, len(said))].strip(MARKS)


def _persons(said: str, is_listed: bool) -> str:
    """``said`` without the roles, papers and places that stand in it; ``is_listed``: what follows a comma is a name."""
    first, *others = [_without_role(piece) for piece in re.split("[,;]" if is_listed else "[,;/]", said)]
    is_lone = " " not in first
    if others and others[0].strip(".").lower() in SUFFIXES:
        first += f", {others.pop(0)}"  # "Ann Lee, Jr."
    may_be = [_may_be_persons(piece, is_lone) for piece in others]
    surely = [at for at, piece in enumerate(others) if may_be[at] and (is_listed or _are_surely(piece))]
    listed = [piece for at, piece in enumerate(others[: max(surely, default=-1) + 1]) if may_be[at]]
    return ", ".join([_without_body(first), *listed])


def _may_be_persons(piece: str, is_lone: bool) -> bool:
    """Whether a piece of a list may be a person's name, of one word where the first ``is_lone``, or several."""
    names = AND.sub(" ", f" {piece}").strip()
    said = [word.strip(".").lower() for word in names.split()]
    is_place = BEHIND_NAMES.issuperset(said) or "_".join(said) in PLACES
    has_length = len(said) >= (1 if is_lone else 2)
    return has_length and _is_capital(names) and not is_place and not NO_PERSONS.intersection(said)


def _are_surely(piece: str) -> bool:
    """Whether what may be a person's name is one: it has a given name, or ends the list with an "and"."""
    return AND.search(f" {piece}") is not None or is_given(piece.split()[0])


def _without_role(piece: str) -> str:
    """``piece`` without a role or paper behind a name: "Ann Lee Staff Writer"."""
    said = piece.split()
    folded = [word.strip(".").lower() for word in said]
    inner = (at for at in range(2, len(said)) if folded[at] in BEHIND_NAMES and len(folded[at - 1]) > 1)
    end = next(inner, len(said))
    behind = folded[end:]
    if not behind or folded[1] in BEHIND_NAMES:
        return " ".join(said)
    is_role, is_long = behind[-1] in ROLES, len(behind) > 1
    is_paper = BEHIND_NAMES.issuperset(behind) and (is_long or behind[0] in AGENCIES)  # "Sun" may be a name
    is_cut = (is_role or is_paper) if is_given(said[0]) else (is_role and is_long)
    return " ".join(said[:end] if is_cut else said)


def _without_body(names: str) -> str:
    """The person of a person and an agency, else ``names``."""
    persons = [name for name in AND.split(names) if not BODIES.intersection(name.lower().split())]
    is_one = len(persons) == 1 and is_given(persons[0].split(" ")[0])
    return persons[0] if is_one else names


def _are_names(names: str, is_signed: bool) -> bool:
    """Whether the words behind a line's "by" can be names: in capitals, or any where the line surely is a byline."""
    said = names.split()
    is_initial = len(said[0]) == 2 and said[0].endswith(".")
    opens = said[0].strip(",.").lower()
    if opens == "the" and BODIES.intersection(names.lower().split()):
        return True
    if is_signed:
        return len(said) == 1 or not said[0][0].islower() or opens in PARTICLES
    if opens in NO_NAMES and not is_initial and (len(said) == 1 or not is_given(opens)):
        return False
    return _is_capital(AND.sub(" ", names)) and (len(said) > 1 or not said[0][0].islower())


def _is_capital(name: str) -> bool:
    """Whether no word but particles begins with a small letter."""
    return all(not word[0].islower() or word in PARTICLES for word in name.split())
