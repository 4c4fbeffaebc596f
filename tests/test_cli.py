"""The command line, as a shell sees it: what it prints, where, and how it ends."""

import gzip
import json
import os
import sqlite3
import subprocess
import sys

import pytest
from conftest import ROOT, close, opened_at

FLASK = [sys.executable, "-m", "flask"]
STORY = "“It rained all day,” said Ann Lee, the pilot.\n"


@pytest.fixture
def flask(tmp_path):
    """Run a command of ours over a database of its own."""

    def run(*words, stdin=b"", **environment):
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("SOURCEBOOK_")}
        address = f"sqlite:///{tmp_path / 'cli.db'}"
        return subprocess.run(
            [*FLASK, *map(str, words)],
            input=stdin,
            capture_output=True,
            cwd=ROOT,
            env={**inherited, "SOURCEBOOK_DATABASE_URL": address, **environment},
            timeout=120,
        )

    return run


def foreign(path):
    """A database that another program made."""
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (a)")
    connection.close()
    return path


def written(path, content):
    path.write_bytes(content)
    return path


@pytest.fixture
def mixed(tmp_path):
    """A folder with good documents and every kind of bad one."""
    folder = tmp_path / "mixed"
    folder.mkdir()
    (folder / "good.txt").write_text(STORY)
    (folder / "zipped.txt.gz").write_bytes(gzip.compress(STORY.replace("rained", "snowed").encode()))
    (folder / "stray.txt").write_bytes("It rained at the café, said Ann.".encode("cp1252"))
    (folder / "lines.jsonl").write_text('{"id": "one", "text": "It hailed, said Ann Lee."}\nnot JSON\n')
    (folder / "empty.txt").write_bytes(b"")
    (folder / "binary.txt").write_bytes(bytes(range(256)) * 64)
    with (folder / "huge.txt").open("wb") as huge:
        huge.truncate(200 * 2**20)  # sparse: nothing is written
    return folder


def test_a_load_goes_on_past_bad_documents_names_them_and_ends_with_1(flask, mixed):
    done = flask("load", mixed)
    told = done.stderr.decode()
    assert done.returncode == 1
    assert "4 stored, 4 failed" in told
    for name in ("empty.txt", "binary.txt", "huge.txt", "lines.jsonl:2"):
        assert f"failed: {name}" in told
    assert "Traceback" not in told and done.stdout == b""


REASONS = {
    "empty.txt": (b"", "there is no text in it"),
    "blank.html": (b"<html><body> </body></html>", "there is no text in the page"),
    "binary.txt": (bytes(range(256)) * 64, "not text"),
    "cut.txt.gz": (gzip.compress(STORY.encode() * 99)[:-9], "broken or cut off"),
    "broken.zip": (b"PK\x03\x04 and nothing", "not a zip archive"),
    "broken.warc": (b"WARC/1.0\r\nnonsense", "a broken record"),
    "a.jsonl": (b'"It rained."\n', "a.jsonl:1: not a JSON object"),
    "b.jsonl": (b'\n{"id": "b2"}\n', "b.jsonl:2: a document has either text or html"),
    "c.jsonl": (b'{"text": "It rained.", "url": "ftp://example.org"}\n', "url is not an http(s) address"),
    "e.jsonl": (
        b'{"text": "It rained.", "published_at": "last week"}\n',
        "published_at is no date with a year",
    ),
    "d.jsonl": (b'{"text": 7}\n', "text is not a string"),
}


def test_every_document_that_fails_is_named_with_its_reason(flask, tmp_path):
    folder = tmp_path / "bad"
    folder.mkdir()
    for name, (content, _) in REASONS.items():
        written(folder / name, content)
    done = flask("load", folder, tmp_path / "none.txt", SOURCEBOOK_MAX_DOCUMENT_MIB="1")
    *told, last = done.stderr.decode().splitlines()
    assert done.returncode == 1 and last == f"{len(told)} failed"
    wanted = {name: reason for name, (_, reason) in REASONS.items()} | {"none.txt": "No such file"}
    assert len(told) == len(wanted)
    for name, reason in wanted.items():
        (line,) = (line for line in told if name in line)
        assert line.startswith("failed: ") and reason in line


STANDARD_INPUT = [
    (STORY.encode(), 1, "plain text"),
    (b"<html><body><p>" + STORY.encode() + b"</p></body></html>", 1, "a page"),
    (gzip.compress(STORY.encode()), 1, "gzipped"),
    (b'{"text": "It rained."}\n{"text": "It snowed."}\n', 2, "JSON Lines"),
    (
        b'\xef\xbb\xbf{"text": "It rained."}\n{"text": "It snowed."}\n',
        2,
        "JSON Lines after a byte order mark",
    ),
    (b'\r\n\r\n  \r\n{"text": "It rained."}\r\n{"text": "It snowed."}\r\n', 2, "JSON Lines after empty ones"),
]


@pytest.mark.parametrize("given, count, why", STANDARD_INPUT, ids=[why for *_, why in STANDARD_INPUT])
def test_standard_input_is_loaded_whatever_it_is(flask, given, count, why):
    done = flask("load", "--quiet", "-", stdin=given)
    assert (done.returncode, done.stderr.decode()) == (0, f"{count} stored, 0 failed\n")
    assert flask("load", "-", stdin=given).stderr.decode() == f"{count} unchanged, 0 failed\n"


def test_nothing_on_standard_input_is_a_failure(flask):
    done = flask("load", "-")
    assert done.returncode == 1
    assert done.stderr.decode() == "failed: stdin: there is no text in it\n1 failed\n"


HARD_TEXTS = {
    "crlf": "“It rained 🌧️ all day,” said Ann Lee, the pilot.\r\n\r\n“It hailed 👩‍👩‍👧 too,” she said.\r\n",
    "cr": "🌊🌊🌊\r“It snowed,” said Ben Example, the keeper.\rSee https://example.org/snow for 🧊 more.\r",
    "controls": "\u2028🎈\u0085“It cleared,” said Zoë Ångström.\u200b\r\nhttps://example.com/𝔞?q=é 🎈\x0b\x0cEnd.\r\n",
    "mark": "\ufeff“It froze 🥶,” said Ann Lee.\r\n",
}


def test_records_of_lines_slice_the_text_that_is_served(flask, tmp_path, application):
    lines = (json.dumps({"id": id, "text": text}) + "\r\n" for id, text in HARD_TEXTS.items())
    written(tmp_path / "hard.jsonl", "".join(lines).encode())
    assert "4 stored, 0 failed" in flask("load", tmp_path / "hard.jsonl").stderr.decode()
    opened_at(tmp_path / "cli.db")
    client = application.test_client()
    texts = {}
    for document in client.get("/v1/documents").json["data"]:
        served = client.get(f"/v1/documents/{document['id']}/text")
        texts[document["id"]] = served.data.decode()
        assert document["characters"] == len(texts[document["id"]])
    assert list(texts.values()) == list(HARD_TEXTS.values())
    seen = 0
    for collection in ("quotes", "citations", "articles"):
        for record in client.get(f"/v1/{collection}").json["data"]:
            for span in spans_of(record):
                seen += 1
                assert texts[record["document_id"]][span["start"] : span["end"]] == span["text"]
    close()
    assert seen > 20


def spans_of(value):
    """Every span in a record, however deep."""
    if isinstance(value, dict):
        if {"start", "end", "text"} <= value.keys():
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from spans_of(item)


def test_a_second_load_stores_nothing_twice(flask, tmp_path):
    (tmp_path / "a.txt").write_text(STORY)
    assert "1 stored, 0 failed" in flask("load", tmp_path / "a.txt").stderr.decode()
    again = flask("load", tmp_path / "a.txt")
    assert again.returncode == 0 and "1 unchanged, 0 failed" in again.stderr.decode()


def test_a_folder_without_documents_is_an_error(flask, tmp_path):
    (tmp_path / "none").mkdir()
    done = flask("load", tmp_path / "none")
    assert done.returncode == 1 and "none" in done.stderr.decode()


def test_extract_prints_a_line_a_document_in_order_and_ends_with_1_when_one_failed(flask, mixed):
    done = flask("extract", mixed / "good.txt", mixed / "empty.txt", mixed / "lines.jsonl")
    lines = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert done.returncode == 1
    assert [line["id"] for line in lines] == ["good.txt", "empty.txt", "one", "lines.jsonl:2"]
    assert [sorted(line) for line in lines if "error" in line] == [["error", "id"]] * 2


def test_extract_has_the_shape_that_it_promises(flask):
    done = flask("extract", "-", stdin=STORY.encode())
    (line,) = map(json.loads, done.stdout.decode().splitlines())
    assert done.returncode == 0
    assert set(line) == {"id", "text", "articles", "comments", "quotes", "citations"}
    (quote,) = line["quotes"]
    assert quote["kind"] == "direct"
    (span,) = quote["spans"]
    assert line["text"][span["start"] : span["end"]].strip(",") == "It rained all day"
    assert line["text"][quote["mention"]["start"] : quote["mention"]["end"]].startswith("Ann Lee")
    assert quote["speaker"]["name"] == "Ann Lee"
    assert set(quote["speaker"]) == {"name", "kind", "confidence"}


WITHOUT_A_DATABASE = {
    "a file that is not there": lambda folder: folder / "cli.db",
    "a folder that is not there": lambda folder: folder / "none" / "cli.db",
    "a file of another program": lambda folder: foreign(folder / "foreign.db"),
}


@pytest.mark.parametrize("place", WITHOUT_A_DATABASE.values(), ids=WITHOUT_A_DATABASE)
@pytest.mark.parametrize(
    "words", [("extract", "-"), ("--help",), ("load", "--help"), ("keys", "create", "--help")]
)
def test_what_stores_nothing_needs_no_database_and_makes_none(flask, tmp_path, place, words):
    address = f"sqlite:///{place(tmp_path)}"
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    done = flask(*words, stdin=STORY.encode(), SOURCEBOOK_DATABASE_URL=address)
    assert done.returncode == 0 and done.stdout and not done.stderr
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_keys_are_made_listed_and_revoked(flask):
    made = flask("keys", "create", "desk")
    assert made.stdout.decode().startswith("sb_")
    (line,) = flask("keys", "list").stdout.decode().splitlines()
    id, name, scopes = line.split()[:3]
    assert (name, scopes) == ("desk", "read,write")
    assert flask("keys", "revoke", id).returncode == 0
    assert "revoked" in flask("keys", "list").stdout.decode()
    assert flask("keys", "revoke", id).returncode == 1


UNUSABLE = [
    (lambda folder: foreign(folder / "theirs.db"), "another program's"),
    (lambda folder: written(folder / "theirs.db", b"not a database at all, " * 100), "not SQLite"),
    (lambda folder: folder / "none" / "theirs.db", "in no folder"),
]


@pytest.mark.parametrize("make, why", UNUSABLE, ids=[why for _, why in UNUSABLE])
@pytest.mark.parametrize("words", [("load", "seeds"), ("keys", "create", "desk"), ("keys", "list")])
def test_a_database_that_cannot_be_used_is_refused_in_a_line_and_left_alone(
    flask, tmp_path, words, make, why
):
    path = make(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    done = flask(*words, SOURCEBOOK_DATABASE_URL=f"sqlite:///{path}")
    told = done.stderr.decode()
    assert done.returncode == 1 and done.stdout == b""
    assert told.startswith("sourcebook:") and "theirs.db" in told and len(told.splitlines()) == 1
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_setting_that_there_is_not_is_refused_in_a_line(flask):
    done = flask("keys", "list", SOURCEBOOK_WORKRES="3")
    assert done.returncode != 0
    assert done.stderr.decode() == "sourcebook: SOURCEBOOK_WORKRES: there is no such setting\n"
