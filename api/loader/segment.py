"""Where the article ends and each reader's comment begins."""

from __future__ import annotations

from api.loader.records import Segments, Text


def segments(document: Text) -> Segments:
    """The document's articles and comments."""
    raise NotImplementedError
