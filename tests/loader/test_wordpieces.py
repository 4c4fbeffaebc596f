"""Wordpieces as BERT's uncased models were trained on, with their places."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.loader.wordpieces import LONGEST, UNKNOWN, vocabulary, wordpieces

CASES = [  # text, pieces, why
    ("Rain fell.", ["rain", "fell", "."], "case goes, a full stop stands alone"),
    ("Zawadzki", ["za", "##wad", "##z", "##ki"], "the longest pieces from the left"),
    ("café naïve", ["cafe", "naive"], "accents go"),
    ("n\u200bo\ufffd", ["no"], "control and replacement characters go"),
    ("日か", ["日", "か"], "an ideograph stands alone"),
    ("don’t", ["don", "’", "t"], "an apostrophe is punctuation"),
    ("a\xa0b", ["a", "b"], "a hard space is a space"),
    ("\U0001f6f6", ["[UNK]"], "what the vocabulary has no pieces for"),
    ("", [], "nothing"),
]


@pytest.mark.parametrize("text, pieces, why", CASES, ids=[why for *_, why in CASES])
def test_pieces(text, pieces, why):
    names = {number: piece for piece, number in vocabulary().items()}
    assert [names[piece.id] for piece in wordpieces(text)] == pieces


def test_offsets_count_in_the_whole_text():
    text = "É́ rain\u200by day"
    assert [text[piece.start : piece.end] for piece in wordpieces(text, 2, len(text))] == [
        "rain\u200by",
        "day",
    ]


def test_a_word_without_end_is_unknown():
    assert [piece.id for piece in wordpieces("a" * (LONGEST + 1))] == [UNKNOWN]


@given(st.text(max_size=80))
def test_pieces_lie_in_order_in_the_text(text):
    end = 0
    for piece in wordpieces(text):
        assert end <= piece.start < piece.end <= len(text) or (piece.start, piece.end) == (piece.start, end)
        end = max(end, piece.end)
