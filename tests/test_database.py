"""The database file: made, migrated, refused when it is another's; one writer at a time."""

import multiprocessing
import queue
import re
import shutil
import sqlite3
import threading

import pytest
from conftest import close, opened_at
from peewee import IntegrityError, OperationalError, SqliteDatabase

from api import models
from api.config import Config
from api.database import APPLICATION_ID, MIGRATIONS, change, database, generation, open_database
from api.errors import ForeignDatabase, StoreError

INDEXES = re.compile(r"(quote|comment|article|source)_index")


def schema(rows):
    """Statements by the name of what they make, spaces and quotation marks aside; full-text indexes left out."""
    return {
        (kind, name): re.sub(r'[\s"]', "", sql)
        for kind, name, sql in rows
        if sql and not INDEXES.match(name) and not name.startswith("migration")
    }


OBJECTS = "SELECT type, name, sql FROM sqlite_master"


def test_a_migrated_database_is_what_the_models_say(empty):
    migrated = schema(database.execute_sql(OBJECTS).fetchall())
    modelled = SqliteDatabase(":memory:", pragmas={"foreign_keys": 1})
    with modelled.bind_ctx(models.TABLES):
        modelled.create_tables(models.TABLES)
        wanted = schema(modelled.execute_sql(OBJECTS).fetchall())
    modelled.close()
    assert migrated == wanted


def test_a_second_process_finds_everything_made_and_changes_nothing(tmp_path):
    before = opened_at(tmp_path / "a.db").execute_sql(OBJECTS).fetchall(), generation()
    assert (opened_at(tmp_path / "a.db").execute_sql(OBJECTS).fetchall(), generation()) == before
    close()


def test_opening_touches_no_file_and_the_first_use_makes_it(tmp_path):
    close()
    open_database(Config(database_url=f"sqlite:///{tmp_path / 'a.db'}"))
    assert list(tmp_path.iterdir()) == []
    assert generation() == 0
    close()


def test_an_older_schema_is_brought_up_at_the_first_use_and_a_newer_one_refused(tmp_path, monkeypatch):
    scripts = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr("api.database.MIGRATIONS", scripts)
    opened_at(tmp_path / "a.db")
    with change():
        models.Domain.create(domain="example.org")
    close()
    (scripts / "9999_later.py").write_text(
        "def up(migrator, db):\n    db.execute_sql('CREATE TABLE later (a)')\n"
    )
    open_database(Config(database_url=f"sqlite:///{tmp_path / 'a.db'}"))
    assert models.Domain.select().count() == 1
    assert database.table_exists("later")
    close()
    (scripts / "9999_later.py").unlink()
    with pytest.raises(StoreError, match=r"a\.db: a newer Sourcebook"):
        opened_at(tmp_path / "a.db")
    close()


def test_the_pragmas_hold_on_every_connection(empty):
    def pragmas():
        return [
            database.execute_sql(f"PRAGMA {name}").fetchone()[0]
            for name in ("foreign_keys", "journal_mode", "busy_timeout", "application_id")
        ]

    seen = [pragmas()]

    def other():
        seen.append(pragmas())
        close()

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    assert seen == [[1, "wal", 5000, APPLICATION_ID]] * 2


@pytest.mark.parametrize(
    "url",
    [
        "",
        "sourcebook.db",
        "sqlite:sourcebook.db",
        "sqlite://sourcebook.db",
        "sqlite:///",
        "mysql:///x",
        "http://[",
    ],
)
def test_an_address_that_we_cannot_read_is_refused(url):
    with pytest.raises(StoreError, match=re.escape(repr(url))):
        open_database(Config(database_url=url))


def foreign(path):
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE document (title TEXT)")
        connection.execute("INSERT INTO document VALUES ('somebody else’s')")
    connection.close()


def with_other_id(path):
    foreign(path)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA application_id = 7")
    connection.close()


def no_database(path):
    path.write_text("Not a database, but somebody's notes.\n" * 100)


def short_notes(path):
    path.write_text("notes")


@pytest.mark.parametrize("make", [foreign, with_other_id, no_database, short_notes])
def test_a_file_of_another_program_is_refused_and_untouched(make, tmp_path):
    path = tmp_path / "theirs.db"
    make(path)
    before = path.read_bytes()
    with pytest.raises(ForeignDatabase, match=str(path)):
        opened_at(path)
    close()
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["theirs.db"]


def test_a_folder_is_no_database(tmp_path):
    with pytest.raises(ForeignDatabase, match=str(tmp_path)):
        opened_at(tmp_path)


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(StoreError, match=str(tmp_path / "none")):
        opened_at(tmp_path / "none" / "a.db")


def test_an_empty_file_becomes_ours(tmp_path):
    (tmp_path / "a.db").touch()
    opened_at(tmp_path / "a.db")
    assert generation() == 0
    close()


def test_a_change_is_one_generation_and_a_failed_one_none(empty):
    with change():
        pass
    assert generation() == 1
    with pytest.raises(ZeroDivisionError), change():
        models.Domain.create(domain="example.org")
        raise ZeroDivisionError
    assert generation() == 1
    assert not models.Domain.select().exists()


def test_a_second_writer_waits_and_then_gives_up(tmp_path):
    opened_at(tmp_path / "a.db")
    close()
    other = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    open_database(Config(database_url=f"sqlite:///{tmp_path / 'a.db'}", busy_timeout_s=0.05))
    with pytest.raises(OperationalError, match="locked"), change():
        pass
    assert generation() == 0  # reading goes on
    other.execute("ROLLBACK")
    other.close()
    with change():
        pass
    assert generation() == 1
    close()


def first_use(path, ready, outcomes):
    """Open the file and use it as soon as everybody is there."""
    open_database(Config(database_url=f"sqlite:///{path}"))
    ready.wait()
    use(outcomes)


def use(outcomes):
    try:
        with change():
            pass
        outcomes.put("up")
    except Exception as error:
        outcomes.put(repr(error))
    close()


def test_processes_that_start_at_once_on_a_new_file_all_come_up(tmp_path):
    context = multiprocessing.get_context("fork")
    ready, outcomes = context.Barrier(4), context.Queue()
    close()
    processes = [
        context.Process(target=first_use, args=(tmp_path / "a.db", ready, outcomes)) for _ in range(4)
    ]
    for process in processes:
        process.start()
    seen = [outcomes.get(timeout=60) for _ in processes]
    for process in processes:
        process.join()
    assert seen == ["up"] * 4
    opened_at(tmp_path / "a.db")
    assert generation() == 4
    close()


def test_threads_that_use_a_new_file_at_once_all_come_up(tmp_path):
    close()
    open_database(Config(database_url=f"sqlite:///{tmp_path / 'a.db'}"))
    ready, outcomes = threading.Barrier(4), queue.Queue()
    threads = [threading.Thread(target=lambda: (ready.wait(), use(outcomes))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [outcomes.get() for _ in threads] == ["up"] * 4
    assert generation() == 4
    close()


PERSON = {"id": "s_1", "name": "Ann Lee", "name_key": "ann lee", "kind": "person"}
DOCUMENT = {
    "id": "d_1",
    "sha256": "0",
    "name": "a.txt",
    "media_type": "text/plain",
    "published_on": "",
    "characters": 9,
    "loaded_at": "2026-01-01T00:00:00Z",
    "extractor": "1",
}
QUOTE = {
    "id": "q_1",
    "document": 1,
    "position": 0,
    "kind": "direct",
    "mode": "speech",
    "text": "It rained.",
    "spans": "[]",
    "start": 0,
    "end": 9,
    "context": "{}",
    "confidence": 0.5,
    "published_on": "",
}
COMMENT = {
    "id": "c_1",
    "document": 1,
    "position": 0,
    "posted_on": "",
    "text": "No.",
    "span": "{}",
    "body": "[]",
    "start": 0,
    "end": 3,
    "published_on": "",
}
ARTICLE = {
    "id": "a_1",
    "document": 1,
    "position": 0,
    "kind": "main",
    "published_on": "",
    "text": "It rained.",
    "spans": "[]",
    "word_count": 2,
}


@pytest.fixture
def rows(empty):
    """One good row of each kind, to spoil."""
    models.Document.create(**DOCUMENT)
    models.Speaker.create(**PERSON)
    models.Quote.create(**QUOTE)
    models.Comment.create(**COMMENT)
    models.Article.create(**ARTICLE)


BAD = [
    (models.Quote, {"kind": "said"}, "a kind that is none"),
    (models.Quote, {"mode": "sung"}, "a mode that is none"),
    (models.Quote, {"start": 9}, "a span of no words"),
    (models.Quote, {"start": -1}, "a span before the text"),
    (models.Quote, {"confidence": 1.5}, "more than sure"),
    (models.Quote, {"confidence": -0.1}, "less than unsure"),
    (models.Quote, {"speaker": 1}, "a speaker without a confidence"),
    (models.Quote, {"speaker_confidence": 0.5}, "a confidence without a speaker"),
    (models.Quote, {"speaker": 1, "speaker_confidence": 2}, "more than sure of the speaker"),
    (models.Quote, {"document": 99}, "a document that is not there"),
    (models.Quote, {"document": None}, "no document"),
    (models.Quote, {"speaker": 99, "speaker_confidence": 1}, "a speaker that is not there"),
    (models.Comment, {"start": 3}, "a span of no words"),
    (models.Comment, {"position": -1}, "a place before the first"),
    (models.Article, {"kind": "repost"}, "a repost that stands nowhere"),
    (models.Article, {"comment": 1}, "a main story inside a comment"),
    (models.Article, {"kind": "story"}, "a kind that is none"),
    (models.Speaker, {"kind": "robot"}, "a kind that is none"),
]
GOOD = {models.Quote: QUOTE, models.Comment: COMMENT, models.Article: ARTICLE, models.Speaker: PERSON}


@pytest.mark.parametrize("table, change, why", BAD, ids=[f"{row[0].__name__}: {row[2]}" for row in BAD])
def test_the_database_refuses(rows, table, change, why):
    with pytest.raises(IntegrityError):
        table.create(**{**GOOD[table], "id": "another", **change})
    assert table.create(**{**GOOD[table], "id": "another"})


@pytest.mark.parametrize("table", GOOD, ids=[table.__name__ for table in GOOD])
def test_an_id_is_one_row(rows, table):
    with pytest.raises(IntegrityError):
        table.create(**GOOD[table])


def test_a_quote_has_one_voice_of_each_rank_and_each_speaker(rows):
    models.Speaker.create(**{**PERSON, "id": "s_2"})
    appearance = models.Appearance.create(
        document=1, position=0, speaker=1, own_id="s_1", name="Ann Lee", kind="person", aliases="[]"
    )
    models.Voice.create(speaker=1, quote=1, rank=0, appearance=appearance, published_on="")
    for bad in ({"speaker": 2, "rank": 0}, {"speaker": 1, "rank": 1}, {"speaker": 2, "rank": -1}):
        with pytest.raises(IntegrityError):
            models.Voice.create(quote=1, appearance=appearance, published_on="", **bad)


def test_deleting_a_document_row_leaves_no_orphan(rows):
    models.Document.delete().execute()
    assert not models.Quote.select().exists()
    assert not models.Comment.select().exists()
    assert not models.Article.select().exists()
