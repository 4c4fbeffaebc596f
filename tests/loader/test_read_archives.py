"""Web archives and zip files: streamed, and one broken record does not end the rest."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest

from api.errors import BadArchive, LoadError, NoDocuments, NotText, TooLarge
from api.loader.read import documents

LIMIT = 200_000
PAGE = "<html><body><h1>Rain on day {0}</h1><p>It rained on day {0}, {1} said.</p></body></html>"


DATE = "2024-05-02T10:15:00Z"


def record(
    number,
    content=None,
    status="200 OK",
    kind="text/html; charset=utf-8",
    type="response",
    packed=True,
    date=DATE,
):
    content = content if content is not None else PAGE.format(number, "Zoë").encode()
    http = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\n\r\n".encode()
    block = http + content if type == "response" else content
    http_type = "application/http; msgtype=response" if type == "response" else kind
    head = (
        f"WARC/1.0\r\nWARC-Type: {type}\r\nWARC-Target-URI: https://example.com/{number}\r\n"
        f"WARC-Date: {date}\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{number:012}>\r\n"
        f"Content-Type: {http_type}\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    whole = head.encode() + block + b"\r\n\r\n"
    return gzip.compress(whole, mtime=0) if packed else whole


def loaded(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    return list(documents([path], LIMIT, LIMIT))


def outline(found):
    return [type(one).__name__ if isinstance(one, LoadError) else one.url.rpartition("/")[2] for one in found]


@pytest.mark.parametrize("packed", [True, False], ids=["gzipped", "plain"])
def test_a_records_address_date_and_id_go_to_the_document(tmp_path, packed):
    name = "a.warc.gz" if packed else "a.warc"
    first, second = loaded(tmp_path, name, record(1, packed=packed) + record(2, packed=packed))
    assert (first.url, second.url) == ("https://example.com/1", "https://example.com/2")
    assert first.id == "urn:uuid:00000000-0000-4000-8000-000000000001"
    assert first.retrieved_at == DATE
    assert first.published_at is None
    assert "Zoë said" in first.text


DATES = [
    ("2024-05-02T10:15:00.123456Z", True, "fractions, as WARC 1.1 has them"),
    ("2024-05-02T10:15Z", True, "to the minute"),
    ("2024-05", True, "to the month"),
    ("20240502101500", False, "the digits of an older format"),
    ("2024-13-02T10:15:00Z", False, "no month"),
    ("2024-05-02T10:15:00", False, "in no zone"),
    ("yesterday", False, "no date"),
    ("", False, "nothing"),
]


@pytest.mark.parametrize("date, sound, why", DATES, ids=[why for *_, why in DATES])
def test_a_date_that_is_none_is_not_passed_on(tmp_path, date, sound, why):
    (document,) = loaded(tmp_path, "a.warc.gz", record(1, date=date))
    assert document.retrieved_at == (date if sound else None)


PASSED_OVER = [
    ({"status": "404 Not Found"}, "a page that was not there"),
    ({"kind": "image/png"}, "a picture"),
    ({"type": "warcinfo", "kind": "application/warc-fields"}, "the archive's own description"),
    ({"type": "request", "kind": "application/http"}, "a request"),
]


@pytest.mark.parametrize("record_of, why", PASSED_OVER, ids=[why for *_, why in PASSED_OVER])
def test_what_is_no_page_is_passed_over(tmp_path, record_of, why):
    assert outline(loaded(tmp_path, "a.warc.gz", record(1, **record_of) + record(2))) == ["2"]


@pytest.mark.parametrize("packed", [True, False], ids=["gzipped", "plain"])
@pytest.mark.parametrize(
    "damage",
    [lambda whole: whole[: len(whole) // 2], lambda whole: whole[: len(whole) // 2] + b"\x00\xff\x13garbage"],
    ids=["cut off", "overwritten"],
)
def test_a_broken_record_is_one_error_and_the_rest_goes_on(tmp_path, packed, damage):
    records = [record(number, packed=packed) for number in range(4)]
    content = b"".join([records[0], damage(records[1]), records[2], records[3]])
    assert outline(loaded(tmp_path, "a.warc", content)) == ["0", "BadArchive", "2", "3"]


@pytest.mark.parametrize("packed", [True, False], ids=["gzipped", "plain"])
def test_an_archive_cut_off_at_its_end(tmp_path, packed):
    content = record(1, packed=packed) + record(2, packed=packed)[:-60]
    assert outline(loaded(tmp_path, "a.warc", content)) == ["1", "BadArchive"]


def test_an_archive_that_is_none(tmp_path):
    assert outline(loaded(tmp_path, "a.warc", b"It rained.\n" * 50)) == ["BadArchive"]


def test_a_record_over_the_limit_however_small_it_was_packed(tmp_path):
    found = loaded(tmp_path, "a.warc.gz", record(1, b"<p>" + b"rain " * LIMIT) + record(2))
    assert outline(found) == ["TooLarge", "2"]


def test_the_transports_charset_is_believed(tmp_path):
    content = "<p>Дождь шёл весь день.".encode("cp1251")
    (one,) = loaded(tmp_path, "a.warc.gz", record(1, content, kind="text/html; charset=windows-1251"))
    assert one.text == "Дождь шёл весь день."


def test_standard_input_can_be_an_archive(monkeypatch):
    pipe = io.BufferedReader(io.BytesIO(record(1, packed=False) + record(2, packed=False)))
    monkeypatch.setattr("sys.stdin", type("Stdin", (), {"buffer": pipe}))
    assert outline(documents(["-"], LIMIT, LIMIT)) == ["1", "2"]


def zipped(members, compression=zipfile.ZIP_DEFLATED):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return held.getvalue()


def test_a_zip_of_pages_in_its_order(tmp_path):
    content = zipped(
        {
            "b/page.html": PAGE.format(1, "Ann"),
            "a.jsonl": '{"id": "x", "text": "Sun."}\n{"id": "y", "text": "Wind."}',
            "c.txt.gz": gzip.compress(b"Snow."),
            "logo.png": b"\x89PNG",
            "inner.zip": zipped({"d.txt": "no"}),
            "broken.html": b"\x89PNG\r\n\x1a\n",
        }
    )
    found = loaded(tmp_path, "pages.zip", content)
    assert [type(one) for one in found[-1:]] == [NotText]
    assert [one.text.splitlines()[-1] for one in found[:-1]] == [
        "It rained on day 1, Ann said.",
        "Sun.",
        "Wind.",
        "Snow.",
    ]
    assert found[0].name == "pages.zip/b/page.html"


def test_a_decompression_bomb_is_not_unpacked(tmp_path):
    found = loaded(tmp_path, "a.zip", zipped({"bomb.txt": b"0" * 20_000_000, "b.txt": "Rain."}))
    assert [type(one).__name__ for one in found] == ["TooLarge", "Text"]
    bomb = gzip.compress(b"0" * 20_000_000)
    assert [type(one) for one in loaded(tmp_path, "a.txt.gz", bomb)] == [TooLarge]


def test_a_zip_with_a_damaged_member_and_one_that_is_none(tmp_path):
    content = bytearray(zipped({"a.txt": "Rain. " * 50, "b.txt": "Sun."}, zipfile.ZIP_STORED))
    content[content.index(b"Rain")] ^= 1
    first, second = loaded(tmp_path, "a.zip", bytes(content))
    assert isinstance(first, BadArchive)
    assert second.text == "Sun."
    assert [type(one) for one in loaded(tmp_path, "b.zip", b"PK\x03\x04 no archive")] == [BadArchive]
    assert [type(one) for one in loaded(tmp_path, "c.zip", zipped({"x.png": b"1"}))] == [NoDocuments]
