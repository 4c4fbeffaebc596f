"""The word lists of ``lexicon.toml``, read once."""

from __future__ import annotations

import tomllib
from pathlib import Path

_LISTS: dict[str, dict[str, str]] = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
)


def words(section: str, key: str = "words") -> frozenset[str]:
    """The words of one list.

    >>> "jr" in words("suffixes")
    True
    """
    return frozenset(_LISTS[section][key].split())


def lines(section: str, key: str) -> tuple[tuple[str, ...], ...]:
    """The lines of one list that belong together, each as its words.

    >>> ("r", "republican", "gop") in lines("kindred", "parties")
    True
    """
    return tuple(tuple(line.split()) for line in _LISTS[section][key].splitlines() if line.strip())
