"""What the encoder makes of single lines."""

import re
from zlib import crc32

import numpy as np
import pytest

from api.loader import boundary, linestates
from api.loader.linestates import CHARACTERS, WIDTH, line_states
from api.loader.tagger import MODEL

LINES = ["The council met on Tuesday.", "", "lol, great post!! thanks Ann", "The council met on Tuesday."]


def test_a_row_for_each_line():
    found = line_states(LINES)
    assert found.shape == (4, WIDTH)
    assert found.dtype == np.float32
    assert np.isfinite(found).all()


def test_no_words_no_numbers():
    assert not line_states(["", " "]).any()
    assert line_states([]).shape == (0, WIDTH)


def test_the_same_line_twice_is_read_once(monkeypatch):
    read = []
    encode = linestates.encoder()
    monkeypatch.setattr(linestates, "encoder", lambda: lambda *given: read.append(given[0]) or encode(*given))
    found = line_states(LINES)
    assert sum(map(len, read)) == 2
    assert (found[0] == found[3]).all()


def test_company_matters_little():
    """Activations are quantized by the batch, so a line's numbers depend a little on what is read with it."""
    alone = line_states(LINES[:1])[0]
    among = line_states([*LINES, *(f"Line {number} is about the weather." for number in range(40))])[0]
    assert np.corrcoef(alone, among)[0, 1] > 0.995


@pytest.mark.parametrize("more", ["x" * 900, " and more" * 400], ids=["one word", "many words"])
def test_long_lines_are_cut(more):
    line = ("The council met on Tuesday " * 30)[:CHARACTERS]
    assert (line_states([line]) == line_states([line + more])).all()


def test_fitted_upon_this_encoder():
    """Another encoder.onnx says other things of a line: run `train_segments fit` (and `cross`) after each new one."""
    with np.load(boundary.WEIGHTS) as stored:
        assert int(stored["encoder"]) == crc32((MODEL / "encoder.onnx").read_bytes())


def test_the_parts_of_the_network_meet():
    """Both parts are cut from one network: the tagger asks for what the encoder hands on."""
    names = [
        re.findall(rb"layer(\d)\.attended", (MODEL / name).read_bytes())
        for name in ("encoder.onnx", "tagger.onnx")
    ]
    assert [sorted({int(name) for name in each}) for each in names] == [[0, 1, 2], [3, 4, 5]]
