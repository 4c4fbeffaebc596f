"""Lines, their kinds and shapes, and the marks that come with every comment."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.loader.features import BUCKETS, NAMES, grams, numbers, tokens
from api.loader.lines import SHORT, VIEW, lines
from api.loader.marks import MARK_NAMES, mark_numbers, marks, settled

KINDS = [
    ("Ann Lee says:", "byline", "N says:", "Ann Lee"),
    ("skerry_dad wrote...", "byline", "N wrote", "skerry_dad"),
    ("Posted by: Ann Lee | March 3, 2026 at 10:12 AM", "byline", "posted by: N | D", "Ann Lee"),
    ("by Ann Lee on March 3, 2026 10:12 AM", "byline", "by N on D", "Ann Lee"),
    ("12. Ann Lee - March 3, 2026", "byline", "9 . N - D", "Ann Lee"),
    ("On March 3, 2026 at 10:12 am Ann Lee said:", "byline", "on D N said:", "Ann Lee"),
    ("3. Mar, 2026 / Ann Lee says:", "byline", "D / N says:", "Ann Lee"),
    ("Ann Lee 2 hours ago", "byline", "N D", "Ann Lee"),
    ("Ann Lee vor 2 Stunden", "byline", "N D", "Ann Lee"),
    ("Ann Lee il y a une heure", "byline", "N D", "Ann Lee"),
    ("skerry77 2 hours ago", "byline", "N D", "skerry77"),
    ("[–]Ann Lee 2 points 5 months ago", "byline", "[ – ] N 9 N D", "Ann Lee"),
    ("Prof. E. Marchetti March 4, 2026", "byline", "N D", "Prof. E. Marchetti"),
    ("March 3, 2026 at 10:12 am", "date", "D", None),
    ("Ann Lee", "name", "N", "Ann Lee"),
    ("skerry_dad", "name", "N", "skerry_dad"),
    ("http://skerry.example.com/ skerry_dad", "name", "N", "skerry_dad"),
    ("http://skerry.example.com/who/ann Ann Lee", "name", "N", "Ann Lee"),
    ("http://skerry.example.com/who/ann tells it all", "prose", "", None),
    ("Ann @ The Skerry Post recently posted..Nets, Nov. 2025", "reply", "reply", None),
    ("I recently posted a picture of it", "prose", "", None),
    ("Tracked on Mar 3, 2026 10:12:24 AM", "reply", "reply", None),
    ("Reply", "reply", "reply", None),
    ("Reply | Permalink | Report", "reply", "reply", None),
    ("+3", "votes", "votes", None),
    ("12 likes", "votes", "votes", None),
    ("5 Comments", "count", "count", None),
    ("4 thoughts on “The night that the ferry would not come in, again”", "count", "count", None),
    ("7", "number", "number", None),
    ("* * *", "rule", "rule", None),
    ("https://example.com/a/b?c=d", "link", "link", None),
    ("The last boat leaves on May 4, 2026, at nine.", "prose", "", None),
    ("I was one of the eleven!", "prose", "", None),
    ("Tell her the water is nine degrees", "prose", "", None),
]


@pytest.mark.parametrize("text, kind, shape, author", KINDS, ids=[text for text, *_ in KINDS])
def test_kind_and_shape(text, kind, shape, author):
    (line,) = lines(text)
    assert (line.kind, line.shape) == (kind, shape)
    assert (line.author.of(text) if line.author else None) == author


@pytest.mark.parametrize("end", ["\n", "\r\n", "\u2028", "\x85", "\n \t\n"])
def test_line_ends(end):
    text = f"  It rained.{end}Then it did not. "
    assert [text[line.start : line.end] for line in lines(text)] == ["It rained.", "Then it did not."]


def test_of_a_very_long_line_both_ends_are_looked_at():
    (line,) = lines("a" + "x" * 50_000_000 + "z")
    assert line.end == 50_000_002
    assert (line.text[0], line.text[-1]) == ("a", "z")
    assert len(line.text) <= VIEW + 1


@given(st.text())
def test_lines_are_trimmed_and_in_order(text):
    found = lines(text)
    assert " ".join(text[line.start : line.end] for line in found).split() == text.split()
    assert all(left.end <= right.start for left, right in pairwise(found))
    for line in found:
        assert text[line.start : line.end].strip() == text[line.start : line.end] != ""
        for part in filter(None, (line.date, line.author)):
            assert line.start <= part.start < part.end <= line.end <= line.start + SHORT


PROSE = ["The boat was late again, and nobody at the quay knew why it was.", "Nobody asked."]
ABOVE = "Ann Lee says:\nIt was never nine.\nBo says:\nIt was.\nCy says:\nNo."
BELOW = "It was never nine.\nPosted by: Ann | May 4, 2026\nIt was.\nPosted by: Bo | May 5, 2026"
NAMED = "Ann Lee\nIt was never nine.\nskerry_dad\nIt was."

MARKS = [
    (ABOVE, "S", (0, 2, 4), False, (0, 2, 4)),
    (BELOW, "DB", (1, 3), True, (2,)),
    (NAMED, "N", (0, 2), False, (0, 2)),
    ("1\nAnn Lee\nMay 4, 2026\nNo.\n2\nBo\nMay 5, 2026\nYes.", "D", (2, 6), False, (0, 4)),
    ("Ann Lee\n3 Fans\n2 hours ago\nNo.\nBo\n12 Fans\n1 hour ago\nYes.", "D", (2, 6), False, (0, 4)),
    ("No.\n3 likes\nMay 4, 2026\nYes.\n1 likes\nMay 5, 2026\nNo.", "D", (2, 5), False, (2, 5)),
    (
        "May 9\nThe old quay.\nMay 4, 2026 at 9:10 pm\nNo.\nMay 5, 2026 at 7:04 am\nYes.",
        "D",
        (2, 4),
        False,
        (2, 4),
    ),
]


@pytest.mark.parametrize(
    "text, family, at, footer, starts",
    MARKS,
    ids=["above", "below", "names", "blocks", "votes below names", "votes below words", "events"],
)
def test_marks(text, family, at, footer, starts):
    found = marks(lines(text))
    assert (found.family, found.at, found.footer, found.starts) == (family, at, footer, starts)


def test_no_marks_in_prose():
    assert marks(lines("\n".join(PROSE))) is None


def test_posted_by_stands_below_whatever_follows_the_last():
    rows = lines(BELOW + "\nThe end of a comment that was cut off.")
    assert settled(rows, marks(rows)).footer


def test_features_are_finite_and_look_back_only():
    rows = lines("\n".join([*PROSE, ABOVE, PROSE[0]]))
    words = [tokens(row) for row in rows]
    table = numbers(rows, words)
    assert table.shape == (len(rows), len(NAMES))
    assert np.isfinite(table).all()
    assert (numbers(rows[:4], words[:4]) == table[:4]).all()
    copied = NAMES.index("copied")
    assert table[-1, copied] == 1
    assert mark_numbers(rows).shape == (len(rows), len(MARK_NAMES))


def test_buckets_are_stable():
    (row,) = lines("It rained.")
    assert all(0 <= bucket < BUCKETS for bucket in grams(row, tokens(row)))
    assert grams(row, ["it"]) == [7696, 16227, 21221, 29808, 30516]
