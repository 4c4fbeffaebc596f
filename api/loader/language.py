"""Whether a text is in English, which is all that the trained parts of the loader read."""

from __future__ import annotations

import re
from collections.abc import Iterable

from api.loader.records import Span

ENGLISH = 0.12  # share of function words: 0.30 to 0.50 in English news, under 0.05 in its neighbours
FEW = 12  # words that are too few to tell
FUNCTION_WORDS = """
    the of and to a in that is was he for it with as his on be at by i this had not are but from or have
    an they which one you were her all she there would their we him been has when who will more no if out
    so said what up its about into than them can only i'm it's don't
"""
_FUNCTION_WORDS = frozenset(FUNCTION_WORDS.split())
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def is_english(text: str, spans: Iterable[Span]) -> bool:
    """Whether enough of the words in the spans are English function words; too few words are taken for English.

    >>> german = "Der Hafen bleibt bis Ende Mai geschlossen, sagte die Leiterin, und niemand wird klagen."
    >>> is_english(german, [Span(0, len(german))])
    False
    """
    words = [word.lower().replace("’", "'") for span in spans for word in _WORD.findall(text, *span)]
    return len(words) < FEW or sum(word in _FUNCTION_WORDS for word in words) >= ENGLISH * len(words)
