"""One speaker behind all the names that a document gives them."""

from __future__ import annotations

from api.loader.records import Attribution, Resolution, Segments, Speaker, Text


def resolved(
    document: Text, parts: Segments, quotes: tuple[Attribution, ...]
) -> tuple[tuple[Speaker, ...], tuple[Resolution, ...]]:
    """The document's speakers, and for each quote whom its mention stands for."""
    raise NotImplementedError
