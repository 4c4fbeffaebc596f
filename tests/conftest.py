"""An application over a database that holds the seeds: made once a session, copied for every test."""

import logging
import shutil
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

from api import create_app, keys
from api.config import Config
from api.database import database, open_database, prepare
from api.errors import LoadError
from api.loader import extraction
from api.loader.read import documents, text_of
from api.store import store

ROOT = Path(__file__).resolve().parents[1]
SEEDS = ROOT / "seeds"
SHARED = ROOT / ".." / "shared"
MOST = 2**26  # bytes of a document

settings.register_profile("untimed", deadline=None)  # a busy machine is no fault of the code
settings.load_profile("untimed")

needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="../shared is not here")

HARD = (
    "“🌧️ It rained 𝔞ll day,” said Zoë Ångström, the keeper of the light.\r\n"
    "“Cafe\u0301 noir,” the keeper said, “and 👩‍👩‍👧 all.”\r\n\r\n"
    "Ngũgĩ wa Example told the paper that the bridge — 東京 — was shut.\r\n"
    "See https://example.org/a%20b?q=\u00e9 (the café’s page).\r\n"
)


def as_document(text, name="hard.txt", **more):
    """A text as the loader reads it from a file."""
    return text_of(text.encode(), name, "text/plain", **more)


@cache
def seed_extractions():
    """What is found in every document of ``seeds/``, and in one with every character that is hard to count."""
    found = [document for document in documents([SEEDS], MOST, MOST)]
    assert not any(isinstance(document, LoadError) for document in found)
    return tuple(map(extraction, [*found, as_document(HARD)]))


def opened_at(path):
    """The database of ``path`` at the newest schema, in place of the one that was open."""
    close()
    opened = open_database(Config(database_url=f"sqlite:///{path}"))
    prepare()
    return opened


def close():
    """Close this thread's connection, if there is one."""
    if database.obj is not None and not database.is_closed():
        database.close()


@pytest.fixture(autouse=True, scope="session")
def quiet():
    """No lines about migrations between the dots."""
    logging.getLogger("playhouse").setLevel(logging.WARNING)


@pytest.fixture(scope="session")
def seeded(tmp_path_factory):
    """A database file with the seeds; copy it."""
    path = tmp_path_factory.mktemp("seeded") / "seeded.db"
    opened = opened_at(path)
    for found in seed_extractions():
        store(found)
    opened.execute_sql("PRAGMA journal_mode = delete")  # one file, nothing beside it
    close()
    return path


@pytest.fixture(scope="session")
def application(tmp_path_factory):
    """The application, without a database of its own that matters."""
    made = create_app(Config(database_url=f"sqlite:///{tmp_path_factory.mktemp('none') / 'none.db'}"))
    made.config["TESTING"] = False  # an error is answered, not raised
    made.config["PROPAGATE_EXCEPTIONS"] = False
    return made


@pytest.fixture
def app(application, seeded, tmp_path):
    """The application over a copy of the seeded database."""
    path = tmp_path / "sourcebook.db"
    shutil.copy(seeded, path)
    opened_at(path)
    yield application
    close()


@pytest.fixture
def empty(application, tmp_path):
    """The application over an empty database."""
    opened_at(tmp_path / "empty.db")
    yield application
    close()


@pytest.fixture
def client(app):
    """A client of the seeded application."""
    return app.test_client()


@pytest.fixture
def writer(app):
    """The header of a key that may read and write."""
    key, _ = keys.create("tests", ("read", "write"))
    return {"Authorization": f"Bearer {key}"}


@pytest.fixture
def statements(app):
    """The SQL that this thread's connection runs, as it runs it; what an index asks of its own tables aside."""
    seen = []
    connection = database.connection()
    connection.set_trace_callback(lambda sql: None if sql.startswith("--") else seen.append(sql))
    yield seen
    connection.set_trace_callback(None)
