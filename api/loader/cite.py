"""Links as printed, and what they point to."""

from __future__ import annotations

from api.loader.records import Citation, Text


def citations(document: Text) -> tuple[Citation, ...]:
    """Every link of the document, in order."""
    raise NotImplementedError
