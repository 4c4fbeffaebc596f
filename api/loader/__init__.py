"""Bytes to records: read, segment, attribute, resolve, cite; pure, and linear in the text.

documents(source) ──> Text ──> extraction(text) ──> Extraction
"""

from __future__ import annotations

from api.loader.attribute import attributions
from api.loader.cite import citations
from api.loader.records import Extraction, Text
from api.loader.resolve import resolved
from api.loader.segment import segments

__all__ = ["EXTRACTOR", "extraction"]

EXTRACTOR = "6"  # raise it when records of the same text change: stored ones are then replaced


def extraction(document: Text) -> Extraction:
    """Everything found in ``document``: its parts, quotes, speakers and citations."""
    parts = segments(document)
    quotes = attributions(document, parts)
    speakers, resolutions = resolved(document, parts, quotes)
    return Extraction(
        document=document,
        segments=parts,
        quotes=quotes,
        resolutions=resolutions,
        speakers=speakers,
        citations=citations(document),
    )
