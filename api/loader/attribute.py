"""Who said what, as the text says it."""

from __future__ import annotations

from api.loader.records import Attribution, Segments, Text


def attributions(document: Text, parts: Segments) -> tuple[Attribution, ...]:
    """Every quote of the document's articles and comments, in order of content."""
    raise NotImplementedError
