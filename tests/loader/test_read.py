"""Bytes, lines and folders to texts, and each bad one to its own error."""

from __future__ import annotations

import gzip
import io
import json
import re
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.errors import (
    BadArchive,
    BadLine,
    EmptyDocument,
    LoadError,
    NoDocuments,
    NotText,
    TooLarge,
    Unreadable,
)
from api.loader import read
from api.loader.read import documents, text_of, text_of_json

LIMIT = 1_000_000

ENCODINGS = [
    (b"Rain.", "Rain.", "ASCII"),
    ("Zoë – “wet”".encode(), "Zoë – “wet”", "UTF-8"),
    (b"\xef\xbb\xbfRain", "Rain", "a byte order mark is dropped"),
    ("Zoë 雨".encode("utf-16"), "Zoë 雨", "UTF-16 with its mark"),
    ("Rain falls in Oslo".encode("utf-16-le"), "Rain falls in Oslo", "UTF-16 without a mark"),
    ("Zoë 雨".encode("utf-32"), "Zoë 雨", "UTF-32 with its mark"),
    ("Zoë – “wet”".encode("cp1252"), "Zoë – “wet”", "cp1252"),
    ("Zoë ".encode() + "“wet”".encode("cp1252"), "Zoë “wet”", "UTF-8 and cp1252 in one file"),
    (b"a\r\nb\rc\n", "a\r\nb\rc\n", "line ends stay as they are"),
    (b"a\x00b\x07c" + b"." * 99, "a\ufffdb\ufffdc" + "." * 99, "controls become U+FFFD one for one"),
    ("a\u202eb\u200bc".encode(), "a\u202eb\u200bc", "bidirectional and zero-width characters stay"),
]


@pytest.mark.parametrize("content, text, why", ENCODINGS, ids=[why for *_, why in ENCODINGS])
def test_decoding(content, text, why):
    assert text_of(content, "a.txt", "text/plain").text == text


def test_text_read_as_cp1252_and_written_as_utf8_is_mended():
    wrong = "It’s “wet” in Zürich".encode().decode("latin-1")
    assert text_of(wrong.encode(), "a.txt").text == "It’s “wet” in Zürich"


def test_a_wrong_declaration_gives_way_to_utf8():
    page = '<meta charset="iso-8859-1"><p>Zoë said “no”'.encode()
    assert text_of(page, "a.html").text == "Zoë said “no”"


def test_a_right_declaration_is_believed():
    page = '<meta charset="windows-1251"><p>Дождь'.encode("cp1251")
    assert text_of(page, "a.html").text == "Дождь"


BAD = [
    (b"", EmptyDocument, "empty"),
    (b" \n\t\xc2\xa0\n", EmptyDocument, "blank"),
    (b"\xef\xbb\xbf", EmptyDocument, "nothing but a byte order mark"),
    (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", NotText, "a PDF"),
    (b"\x89PNG\r\n\x1a\n" + bytes(50), NotText, "a picture"),
    (bytes(range(256)) * 9, NotText, "every byte there is"),
    (b"<html><body><script>x()</script></body></html>", EmptyDocument, "a page that shows nothing"),
]


@pytest.mark.parametrize("content, error, why", BAD, ids=[why for *_, why in BAD])
def test_bad_bytes(content, error, why):
    with pytest.raises(error, match=r"^a\.txt: ") as raised:
        text_of(content, "a.txt")
    assert raised.value.id == "a.txt"


def test_a_folder_in_order_with_its_errors_in_their_places(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / ".hidden.txt").write_text("no")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    (tmp_path / "a.txt").write_text("first")
    (tmp_path / "b" / "c.html.gz").write_bytes(gzip.compress(b"<p>third"))
    (tmp_path / "b" / "cut.txt.gz").write_bytes(gzip.compress(b"fourth" * 99)[:-9])
    (tmp_path / "b" / "large.txt").write_bytes(b"x" * (LIMIT + 1))
    (tmp_path / "aa.txt").write_text("")
    found = list(documents([tmp_path], LIMIT, LIMIT))
    assert [(type(one), one.id if isinstance(one, LoadError) else one.text) for one in found] == [
        (read.Text, "first"),
        (EmptyDocument, "aa.txt"),
        (read.Text, "third"),
        (BadArchive, "b/cut.txt.gz"),
        (TooLarge, "b/large.txt"),
    ]


def test_a_folder_without_documents_and_a_missing_file(tmp_path):
    found = list(documents([tmp_path, tmp_path / "none.txt"], LIMIT, LIMIT))
    assert [type(one) for one in found] == [NoDocuments, Unreadable]
    assert str(tmp_path) in str(found[0])


LINES = [
    (b'{"id": "a", "text": "Rain."}', "a", "Rain.", "a document"),
    (b'{"id": 7, "text": "Rain."}', "7", "Rain.", "a number is an id"),
    (b'{"text": "a\\ud800\\u0000b"}', None, "a\ufffd\ufffdb", "lone surrogate and NUL, one for one"),
    (b'{"text": "\\ufeffRain"}', None, "\ufeffRain", "offsets count in the text as given"),
    (b'{"id": "h", "html": "<p>Rain<p>fell"}', "h", "Rain\n\nfell", "a page"),
    (b'{"id": "a"', "a.jsonl:1", BadLine, "cut off"),
    (b"[1]", "a.jsonl:1", BadLine, "no object"),
    (b"\xff\xfe{}", "a.jsonl:1", BadLine, "no UTF-8"),
    (b'{"id": "a"}', "a", BadLine, "neither text nor html"),
    (b'{"id": "a", "text": "x", "html": "x"}', "a", BadLine, "both text and html"),
    (b'{"id": "a", "text": 5}', "a", BadLine, "text that is no string"),
    (b'{"id": "a", "text": "x", "url": "javascript:alert(1)"}', "a", BadLine, "a url that is none"),
    (b'{"id": "a", "text": " "}', "a", EmptyDocument, "blank"),
    (b"[" * 100_000, "a.jsonl:1", BadLine, "deeper than any parser goes"),
    (b'{"id": "a", "text": "' + b"x" * LIMIT + b'"}', "a", TooLarge, "over the limit"),
]


@pytest.mark.parametrize("line, id, expected, why", LINES, ids=[why for *_, why in LINES])
def test_a_line_and_the_next_one_loads(tmp_path, line, id, expected, why):
    path = tmp_path / "a.jsonl"
    path.write_bytes(line + b'\n\n{"id": "next", "text": "Sun."}\n')
    first, second = documents([path], LIMIT, LIMIT)
    assert first.id == id
    assert (first.text if isinstance(expected, str) else type(first)) == expected
    assert (second.id, second.text) == ("next", "Sun.")


STREAMS = [
    (b'{"id": "a", "text": "Rain."}\n{"id": "b", "text": "Sun."}', ["Rain.", "Sun."], "lines of JSON"),
    (b"<!doctype html><p>Rain.", ["Rain."], "a page"),
    (b"Rain.", ["Rain."], "plain text"),
    (gzip.compress(b"Rain."), ["Rain."], "gzipped"),
    (b"", [EmptyDocument], "nothing"),
]


@pytest.mark.parametrize("content, expected, why", STREAMS, ids=[why for *_, why in STREAMS])
def test_standard_input(monkeypatch, content, expected, why):
    stream = io.BufferedReader(io.BytesIO(content))
    monkeypatch.setattr(read.sys, "stdin", SimpleNamespace(buffer=stream))
    found = [type(one) if isinstance(one, LoadError) else one.text for one in documents(["-"], LIMIT, LIMIT)]
    assert found == expected


@given(st.binary(max_size=300))
def test_bytes_of_any_kind_give_a_text_or_a_load_error(content):
    try:
        text = text_of(content, "a.txt").text
    except LoadError as error:
        assert str(error).startswith("a.txt: ")
    else:
        assert text.encode() and "\x00" not in text


@given(st.text(alphabet=st.characters(), min_size=1))
def test_a_lines_text_keeps_its_length(text):
    line = json.loads(json.dumps({"text": text + "."}))
    assert len(text_of_json(line, "a.jsonl:1").text) == len(text) + 1


DATES = [
    ("2026-02-08", "2026-02-08", "ISO 8601"),
    ("2026-02-08T10:30:00+0100", "2026-02-08T10:30:00+01:00", "nearly ISO 8601"),
    ("8 February 2026", "2026-02-08", "as printed"),
    ("2026", "2026", "a year"),
    ("2026-02-30", None, "a day that no calendar has"),
    ("8 February", None, "no year"),
]


@pytest.mark.parametrize("given, date, why", DATES, ids=[why for *_, why in DATES])
def test_the_date_of_a_line_is_iso_8601_or_refused(given, date, why):
    line = {"text": "It rained.", "published_at": given}
    if date is None:
        with pytest.raises(BadLine, match=re.escape(given)):
            text_of_json(line, "a.jsonl:1")
    else:
        assert text_of_json(line, "a.jsonl:1").published_at == date
