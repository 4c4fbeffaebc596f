"""Quotation marks are paired by what they do, whatever they look like."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.loader.quotemarks import lines_of, quotations
from api.loader.records import Span

CASES = [  # text, the outermost stretches, why
    ("“Rain,” said Ann.", ["Rain,"], "curly marks"),
    ('"Rain," said Ann. "More rain."', ["Rain,", "More rain."], "straight marks open and close in turn"),
    ("«Rain» and « sun »", ["Rain", " sun "], "guillemets, with and without spaces"),
    ("»Regen« sagte Ann", ["Regen"], "guillemets the German way round"),
    ("„Regen“, sagte Ann. „Sonne“", ["Regen", "Sonne"], "a low mark makes the English opening mark close"),
    (
        "‘Rain,’ said Ann. ‘It’s the dogs’ bowl,’ she said.",
        ["Rain,", "It’s the dogs’ bowl,"],
        "apostrophes in singles",
    ),
    (
        "'It's the workers' rights,' he said.",
        ["It's the workers' rights,"],
        "straight singles among apostrophes",
    ),
    (
        "'One masters' room as we speak.' Two",
        ["One masters' room as we speak."],
        "a plural's apostrophe is no end",
    ),
    ("``Rain,'' said Ann", ["Rain,"], "typewriter marks of two characters"),
    ("''Rain,'' said Ann", ["Rain,"], "two straight singles as a double mark"),
    ("”Rain” and “sun“", ["Rain", "sun"], "marks that were typed the wrong way round"),
    ("“She said ‘no’ to me,” he said.", ["She said ‘no’ to me,"], "a nested quotation is not outermost"),
    ('"She is "great" at it," he said', ['She is "great" at it,'], "straight marks nested in straight marks"),
    ('He is 6\'2" tall and the board is 12" wide', [], "feet and inches"),
    ("The '90s rock 'n' roll, 'til dawn; the dogs' bowl", [], "elisions and possessives"),
    ("“Rain all day, said Ann.", ["Rain all day, said Ann."], "an unclosed mark runs to the end of its line"),
    ("He said “rain. “Sun,” she said.", ["rain.", "Sun,"], "an unclosed mark ends where another opens"),
    (
        "“One.\n“Two.\n“Three,” said Ann",
        ["One.", "Two.", "Three,"],
        "each paragraph is opened, the last one closed",
    ),
    ("“One.\nTwo,” said Ann", ["One.", "Two,"], "the second paragraph is not opened again"),
    ("Two,” said Ann", [], "a closing mark that nothing opened"),
    (
        "\u200b“\u200bRain,\u200b”\u200b said Ann",
        ["\u200bRain,\u200b"],
        "zero-width characters are no neighbours",
    ),
    ("", [], "nothing"),
    ("“”", [], "nothing between the marks"),
    ("「雨」と言った", ["雨"], "corner brackets"),
]


@pytest.mark.parametrize("text, outermost, why", CASES, ids=[why for *_, why in CASES])
def test_outermost(text, outermost, why):
    assert [each.inner.of(text) for each in quotations(text) if each.depth == 1] == outermost


def test_depth_and_kind_of_mark():
    text = "“She said ‘no “really” no’ to me,” he said."
    found = {each.inner.of(text): (each.depth, each.single, each.closed) for each in quotations(text)}
    assert found["no “really” no"] == (2, True, True)
    assert found["really"] == (3, False, True)


def test_a_continued_quotation_says_so():
    first, second = quotations("“One.\nTwo,” said Ann")
    assert (first.closed, first.continued) == (False, False)
    assert (second.closed, second.continued) == (True, True)


def test_only_the_given_lines_are_read():
    text = "“A” share this “B”"
    assert [each.inner.of(text) for each in quotations(text, [Span(0, 3), Span(15, 18)])] == ["A", "B"]


def test_blank_lines_are_no_lines():
    assert lines_of("a\n \n\nb\n", [Span(0, 7)]) == [Span(0, 1), Span(5, 6)]


@given(st.text(alphabet="ab \n“”‘’'\"«»„`.,s6", max_size=60))
def test_quotations_lie_in_the_text_and_in_each_other(text):
    found = quotations(text)
    for each in found:
        assert 0 <= each.outer.start <= each.inner.start < each.inner.end <= each.outer.end <= len(text)
        assert "\n" not in each.outer.of(text)
    outermost = [each.outer for each in found if each.depth == 1]
    assert all(one.end <= other.start for one, other in pairwise(outermost))


@pytest.mark.parametrize("mark", ["“a ", "a” ", '"a ', "‘a ", "'a ", "a’s ", "“", "„", "'' ", "“a\n", "«"])
def test_a_hundred_thousand_marks(mark):
    """Time that grew with the square of the length would not end here."""
    assert len(quotations(mark * 100_000)) <= 100_000
