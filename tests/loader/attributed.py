"""Our own annotated articles, and how predicted quotes are held against gold ones."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from api.loader.attribute import attributions
from api.loader.records import Article, Attribution, Segments, Span, Text

ARTICLES = Path(__file__).parent / "articles"


class Gold(NamedTuple):
    """An annotated article: its text and the quotes that are in it, in order."""

    text: str
    quotes: tuple[Attribution, ...]


def article(name: str) -> Gold:
    """The annotated article ``name``; its quotes are written as words and found in order.

    An empty cue or mention means that the quote has none. Contents are looked for one after the
    other, cues and mentions nearest to their content.
    """
    annotated = tomllib.loads((ARTICLES / f"{name}.toml").read_text(encoding="utf-8"))
    text, at, quotes = annotated["text"].strip(), 0, []
    for quote in annotated["quotes"]:
        spans = []
        for words in quote["content"]:
            start = text.index(words, at)
            spans.append(Span(start, start + len(words)))
            at = start + len(words)
        cue, mention = (_nearest(text, quote[name], spans) for name in ("cue", "mention"))
        quotes.append(Attribution(quote["kind"], tuple(spans), cue, mention))
    return Gold(text, tuple(quotes))


def _nearest(text: str, words: str, spans: Sequence[Span]) -> Span | None:
    places, at = [], text.find(words) if words else -1
    while at >= 0:
        places.append(Span(at, at + len(words)))
        at = text.find(words, at + 1)
    return min(places, key=lambda place: min(_distance(place, span) for span in spans), default=None)


def _distance(one: Span, other: Span) -> int:
    return max(other.start - one.end, one.start - other.end, 0)


def document(text: str) -> tuple[Text, Segments]:
    """A document that is one article from end to end."""
    return Text("test", text, "0"), Segments((Article("main", (Span(0, len(text)),)),))


def quotes(text: str) -> tuple[Attribution, ...]:
    """What is found in ``text`` as one article."""
    return attributions(*document(text))


class Score(NamedTuple):
    """F1 over pieces: of contents that match, and of those whose mention is right as well."""

    match: float
    end_to_end: float


def score(pairs: Iterable[tuple[Sequence[Attribution], Sequence[Attribution]]]) -> Score:
    """Gold against predicted, article by article; a piece matches at an intersection over union of a half."""
    total = matched = right = 0
    for gold, predicted in pairs:
        expected = [(span, quote.mention) for quote in gold for span in quote.spans]
        given = [(span, quote.mention) for quote in predicted for span in quote.spans]
        total += len(expected) + len(given)
        for span, mention in expected:
            found = max(given, key=lambda each: _overlap(each[0], span), default=None)
            if found and _overlap(found[0], span) >= 0.5:
                matched += 2
                right += 2 * (
                    found[1] == mention or bool(found[1] and mention and _overlap(found[1], mention))
                )
    return Score(matched / max(1, total), right / max(1, total))


def _overlap(one: Span, other: Span) -> float:
    shared = min(one.end, other.end) - max(one.start, other.start)
    return max(0, shared) / (max(one.end, other.end) - min(one.start, other.start))
