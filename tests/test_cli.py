"""The command line, as a shell sees it: what it prints, where, and how it ends."""

import gzip
import json
import os
import sqlite3
import subprocess
import sys

import pytest
from conftest import ROOT

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


def test_extract_stores_nothing(flask, tmp_path):
    assert flask("extract", "-", stdin=STORY.encode()).returncode == 0
    connection = sqlite3.connect(tmp_path / "cli.db")
    assert connection.execute("SELECT count(*) FROM document").fetchone() == (0,)
    connection.close()


def test_keys_are_made_listed_and_revoked(flask):
    made = flask("keys", "create", "desk")
    assert made.stdout.decode().startswith("sb_")
    (line,) = flask("keys", "list").stdout.decode().splitlines()
    id, name, scopes = line.split()[:3]
    assert (name, scopes) == ("desk", "read,write")
    assert flask("keys", "revoke", id).returncode == 0
    assert "revoked" in flask("keys", "list").stdout.decode()
    assert flask("keys", "revoke", id).returncode == 1


FOREIGN = [
    (lambda path: sqlite3.connect(path).execute("CREATE TABLE t (a)"), "another program's"),
    (lambda path: path.write_text("not a database at all, " * 100), "not SQLite"),
]


@pytest.mark.parametrize("make, why", FOREIGN, ids=[why for _, why in FOREIGN])
def test_a_database_that_is_not_ours_is_refused_in_a_line_and_left_alone(flask, tmp_path, make, why):
    path = tmp_path / "foreign.db"
    make(path)
    before = path.read_bytes()
    done = flask("load", "seeds", SOURCEBOOK_DATABASE_URL=f"sqlite:///{path}")
    told = done.stderr.decode()
    assert done.returncode != 0
    assert told.startswith("sourcebook:") and "foreign.db" in told and len(told.splitlines()) == 1
    assert path.read_bytes() == before


def test_a_setting_that_there_is_not_is_refused_in_a_line(flask):
    done = flask("keys", "list", SOURCEBOOK_WORKRES="3")
    assert done.returncode != 0
    assert done.stderr.decode() == "sourcebook: SOURCEBOOK_WORKRES: there is no such setting\n"
