"""The words around a record, so that it can be read alone."""

from __future__ import annotations

import re

from api.loader.records import Span

REACH = 300  # code points on either side, at most

_SENTENCE_END = re.compile(r"""[.!?…]["'”’»)\]]*\s+(?=["'“‘«(\[]*[A-Z0-9À-Þ])""")


def context(text: str, start: int, end: int) -> Span:
    """The sentences of the lines that hold ``text[start:end]``, cut at ``REACH`` on either side.

    >>> text = 'It was dry.\\nIt rained. "So it did," said Ann Lee. She left.'
    >>> context(text, 24, 33).of(text)
    '"So it did," said Ann Lee.'
    """
    floor = max(0, start - REACH, text.rfind("\n", 0, start) + 1)
    line_end = text.find("\n", end)
    ceiling = min(len(text) if line_end < 0 else line_end, end + REACH)
    first = floor
    for found in _SENTENCE_END.finditer(text, floor, start + 1):
        first = min(found.end(), start)
    last = ceiling
    if (after := _SENTENCE_END.search(text, max(start, end - 1), ceiling)) is not None:
        last = after.end()
    while first < start and text[first].isspace():
        first += 1
    while last > end and text[last - 1].isspace():
        last -= 1
    return Span(first, last)
