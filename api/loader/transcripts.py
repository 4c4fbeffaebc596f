"""Turns of a transcript: a name in capitals, a colon, and what that person said to the line's end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from api.loader.records import Span

TURN = re.compile(r"[\s\"“]*(?P<name>[A-Z][A-Z.'’ -]{1,40}[A-Z.])(?: ?\([^()\n]{1,40}\))?(?P<colon>:)\s")
NO_NAMES = """
    BREAKING CAPTION CORRECTION DEVELOPING EDITOR'S-NOTE FACT LIVE MORE NOTE PHOTO PHOTOS POLL READ READ-MORE RELATED
    SEE-ALSO SOURCE SPOILER UPDATE UPDATED VIDEO WARNING WATCH
"""
LEAST_TURNS = (
    3  # in PolNeAR 25 of 25 lines of articles with so many are somebody's words, 21 with the name as source
)
_NO_NAMES = frozenset(name.replace("-", " ") for name in NO_NAMES.split())


class Turn(NamedTuple):
    """One line of a transcript."""

    name: Span
    colon: Span
    words: Span


def turns(text: str, lines: Sequence[Span]) -> list[Turn]:
    """The turns among ``lines``; none unless at least two people have three turns between them.

    >>> text = "LEE: Hello.\\nPARK: Good morning.\\nLEE (smiling): Shall we?"
    >>> [turn.name.of(text) for turn in turns(text, [Span(0, 11), Span(12, 31), Span(32, 55)])]
    ['LEE', 'PARK', 'LEE']
    """
    found = []
    for line in lines:
        match = TURN.match(text, *line)
        if match and match["name"].replace("’", "'") not in _NO_NAMES:
            words = Span(match.end(), line.end)
            found.append(Turn(Span(*match.span("name")), Span(*match.span("colon")), words))
    names = {turn.name.of(text) for turn in found}
    return found if len(found) >= LEAST_TURNS and len(names) > 1 else []
