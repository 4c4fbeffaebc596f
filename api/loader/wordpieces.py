"""Text to the wordpieces of BERT's uncased vocabulary, each with its place in the text.

The rules are those of Devlin et al., BERT (2019), as its uncased models were trained: control characters
go, accents go, case goes, punctuation and Chinese characters stand alone, and a word is cut
into the longest pieces that the vocabulary has, from the left.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

VOCABULARY = Path(__file__).parent / "model" / "vocabulary.txt"
UNKNOWN = 100
LONGEST = 100  # characters; a longer word is unknown as a whole
IDEOGRAPHS = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f"


class Wordpiece(NamedTuple):
    """A piece's id, and where it starts and ends in the text that it was read from."""

    id: int
    start: int
    end: int


def wordpieces(text: str, start: int = 0, end: int | None = None) -> Iterator[Wordpiece]:
    """The pieces of ``text[start:end]``, in order, with offsets into ``text``.

    >>> [(piece.start, piece.end) for piece in wordpieces("Señora Lee’s")]
    [(0, 3), (3, 6), (7, 10), (10, 11), (11, 12)]
    """
    for match in _pattern().finditer(text, start, len(text) if end is None else end):
        at = match.start()
        for piece in _pieces(match.group()):
            yield Wordpiece(piece[0], at + piece[1], at + piece[2])


@cache
def vocabulary() -> dict[str, int]:
    """The id of every piece; those that go on a word begin with ##."""
    with VOCABULARY.open(encoding="utf-8") as lines:
        return {line.rstrip("\n"): number for number, line in enumerate(lines)}


@cache
def _pattern() -> re.Pattern[str]:
    """A word, or one character that stands alone."""
    alone = "".join(
        chr(code)
        for code in range(0x10000)
        if (chr(code).isascii() and 32 < code < 127 and not chr(code).isalnum())
        or unicodedata.category(chr(code)).startswith("P")
    )
    alone = re.escape(alone) + IDEOGRAPHS
    return re.compile(rf"[{alone}]|[^\s{alone}]+")


@lru_cache(maxsize=1 << 15)
def _pieces(word: str) -> tuple[tuple[int, int, int], ...]:
    """The word's pieces: id, start and end in the word."""
    plain, places = _plain(word)
    if not plain:
        return ()
    if len(plain) > LONGEST:
        return ((UNKNOWN, 0, len(word)),)
    ids, found, at = vocabulary(), [], 0
    while at < len(plain):
        for stop in range(len(plain), at, -1):
            number = ids.get(plain[at:stop] if at == 0 else f"##{plain[at:stop]}")
            if number is not None:
                break
        else:
            return ((UNKNOWN, 0, len(word)),)
        found.append((number, places[at], places[stop - 1] + 1))
        at = stop
    return tuple(found)


def _plain(word: str) -> tuple[str, list[int]]:
    """The word without case, accents and control characters, and where each character left stood."""
    if word.isascii() and word.isprintable():
        return word.lower(), list(range(len(word)))
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(word):
        if letter == "\ufffd" or unicodedata.category(letter).startswith("C"):
            continue
        for part in unicodedata.normalize("NFD", letter):
            if unicodedata.category(part) != "Mn":
                for low in part.lower():
                    letters.append(low)
                    places.append(place)
    return "".join(letters), places
