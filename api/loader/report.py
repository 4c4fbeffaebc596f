"""An extraction as plain JSON: what ``flask extract`` prints and ``POST /v1/extract`` answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from api.loader.records import Extraction, Resolution, Span, Speaker


def report(found: Extraction) -> dict[str, Any]:
    """Everything found in one document, offsets in place of words; ``id`` is its own, else its name."""
    document = found.document
    return {
        "id": document.id or document.name,
        "text": document.text,
        "articles": [
            {"kind": article.kind, "title": article.title, "spans": _spans(article.spans)}
            for article in found.segments.articles
        ],
        "comments": [
            {
                **_span(comment.span),
                "author": comment.author,
                "posted_at": comment.posted_at,
                "posted_at_text": comment.posted_at_text,
            }
            for comment in found.segments.comments
        ],
        "quotes": [
            {
                "kind": quote.kind,
                "mode": quote.mode,
                "spans": _spans(quote.spans),
                "cue": quote.cue and _span(quote.cue),
                "mention": quote.mention and _span(quote.mention),
                "speaker": _speaker(found.speakers, resolution),
                "co_speakers": [
                    {"name": found.speakers[at].name, "kind": found.speakers[at].kind}
                    for at in resolution.co_speakers
                ],
                "confidence": round(quote.confidence, 4),
            }
            for quote, resolution in zip(found.quotes, found.resolutions, strict=True)
        ],
        "citations": [
            {
                "raw": citation.raw,
                **_span(citation.span),
                "label": citation.label,
                "url": citation.url,
                "domain": citation.domain,
                "truncated": citation.truncated,
            }
            for citation in found.citations
        ],
    }


def _span(span: Span) -> dict[str, int]:
    return {"start": span.start, "end": span.end}


def _spans(spans: Iterable[Span]) -> list[dict[str, int]]:
    return [_span(span) for span in spans]


def _speaker(speakers: tuple[Speaker, ...], resolution: Resolution) -> dict[str, Any] | None:
    if resolution.speaker is None:
        return None
    speaker = speakers[resolution.speaker]
    return {"name": speaker.name, "kind": speaker.kind, "confidence": round(resolution.confidence or 0.0, 4)}
