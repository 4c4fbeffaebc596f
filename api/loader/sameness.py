"""Whether two quotes are the same words: shortened, punctuated otherwise, in other marks.

Documents that share a run of words share a fingerprint of it (winnowing: Schleimer, Wilkerson and Aiken 2003,
section 3): of every ``WINDOW`` neighbouring shingles the least hash is kept, so a shared run of
``SHINGLE + WINDOW - 1`` words is always found. A quote too short for that has one fingerprint of all of it.
"""

from __future__ import annotations

import re
from itertools import pairwise
from unicodedata import combining, normalize
from zlib import crc32

SHINGLE = 4  # words
WINDOW = 6  # shingles
MIN_WORDS = 4  # fewer words are said by many without being one quote
MIN_SHARE = 0.7  # of the shorter quote's pairs of words, in the longer one

_WORD = re.compile(r"\w+")


def words(quote: str) -> tuple[str, ...]:
    """The words of a quote without case, accents and marks.

    >>> words("We’re “très” sure—now…")
    ('were', 'tres', 'sure', 'now')
    """
    plain = quote.replace("’", "").replace("'", "")
    if not plain.isascii():
        plain = "".join(mark for mark in normalize("NFKD", plain) if not combining(mark))
    return tuple(_WORD.findall(plain.casefold()))


def fingerprints(quote: tuple[str, ...]) -> frozenset[int]:
    """What a quote's words are found by: 32-bit numbers, about two for seven words; none for fewer than four."""
    if len(quote) < MIN_WORDS:
        return frozenset()
    hashes = [_hash(quote[at : at + SHINGLE]) for at in range(len(quote) - SHINGLE + 1)]
    if len(hashes) <= WINDOW:
        return frozenset({min(hashes), hashes[0]})
    return frozenset(min(hashes[at : at + WINDOW]) for at in range(len(hashes) - WINDOW + 1))


def same(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether the shorter of two quotes is, nearly word for word, in the longer.

    >>> same(words("It rained all day, and then some"), words("it rained all day"))
    True
    >>> same(words("It rained all day, and then some"), words("it snowed all day, again"))
    False
    """
    short, long = sorted((one, other), key=len)
    pairs = list(pairwise(short))
    if len(short) < MIN_WORDS:
        return False
    there = set(pairwise(long))
    return sum(pair in there for pair in pairs) >= MIN_SHARE * len(pairs)


def _hash(shingle: tuple[str, ...]) -> int:
    return crc32(" ".join(shingle).encode())
