"""How single lines read."""

from zlib import crc32

import numpy as np
import pytest

from api.loader import boundary, linereading
from api.loader.linereading import CHARACTERS, READING, SCORES, cut, line_readings, padded
from api.loader.tagger import CLS, MODEL, SEP

LINES = ["The council met on Tuesday.", "", "lol, great post!! thanks Ann", "The council met on Tuesday."]


def test_a_row_for_each_line():
    found = line_readings(LINES)
    assert found.shape == (4, READING)
    assert found.dtype == np.float32
    assert np.isfinite(found).all()


def test_a_comment_reads_like_one():
    article, _, comment, _ = line_readings(LINES)
    for name in ("comment", "first"):
        assert comment[SCORES.index(name)] > article[SCORES.index(name)] + 1


def test_no_words_no_numbers():
    assert not line_readings(["", " "]).any()
    assert line_readings([]).shape == (0, READING)


def test_the_same_line_twice_is_read_once(monkeypatch):
    read = []
    monkeypatch.setattr(linereading, "padded", lambda batch: read.extend(batch) or padded(batch))
    found = line_readings(LINES)
    assert len(read) == 2
    assert (found[0] == found[3]).all()


def test_company_matters_little():
    """Activations are quantized by the batch, so a line's numbers depend a little on what is read with it."""
    alone = line_readings(LINES[:1])[0]
    among = line_readings([*LINES, *(f"Line {number} is about the weather." for number in range(40))])[0]
    assert alone[: len(SCORES)] == pytest.approx(among[: len(SCORES)], abs=0.5)
    assert np.corrcoef(alone, among)[0, 1] > 0.98


def test_padded():
    short, long = cut("Nobody asked."), cut("The council met on Tuesday.")
    ids, real, own = padded([short, long])
    assert ids.shape == (2, len(long.ids) + 2)
    assert list(ids[0, : len(short.ids) + 2]) == [CLS, *short.ids, SEP]
    assert [list(row) for row in (real.sum(1), own.sum(1))] == [
        [len(short.ids) + 2, len(long.ids) + 2],
        [len(short.ids), len(long.ids)],
    ]
    assert not own[:, 0].any()


@pytest.mark.parametrize("more", ["x" * 900, " and more" * 400], ids=["one word", "many words"])
def test_long_lines_are_cut(more):
    line = ("The council met on Tuesday " * 30)[:CHARACTERS]
    assert (line_readings([line]) == line_readings([line + more])).all()


def test_fitted_upon_these_scores():
    """Another lines.onnx says other things of a line: run `train_segments fit` (and `cross`) after each new one."""
    with np.load(boundary.WEIGHTS) as stored:
        assert int(stored["lines"]) == crc32((MODEL / "lines.onnx").read_bytes())
