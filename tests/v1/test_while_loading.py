"""Walks, exports and counts while documents are loaded: each record once, and what one answer says is of one state.

A load comes between any two pages of a walk, any two chunks of an export, a page and its count.
"""

import json
import shutil
from functools import partial
from threading import Thread

import pytest
from conftest import close, opened_at
from records import COLLECTIONS

import api.pagination
import api.v1.export
import api.v1.selection
from api.store import store
from api.v1.lists import QUOTES
from tests.benchmarks.generate import document

FIRST = 4  # documents that are there at the start
SORTS = [
    (collection, sort)
    for collection, sorts in {
        "documents": ["loaded_at", "-published_at"],
        "quotes": ["loaded_at", "-loaded_at", "published_at", "-published_at"],
        "comments": ["loaded_at", "posted_at", "-posted_at"],
        "citations": ["published_at", "-published_at"],
        "sources": ["loaded_at", "citation_count", "-citation_count", "url"],
        "speakers": ["loaded_at", "name"],
        "domains": ["loaded_at", "domain"],
    }.items()
    for sort in sorts
]


def elsewhere(work, *args):
    """Do something on another connection, and wait for it."""

    def done():
        work(*args)
        close()

    thread = Thread(target=done)
    thread.start()
    thread.join()


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    """A database file with the first documents; copy it."""
    path = tmp_path_factory.mktemp("started") / "started.db"
    opened = opened_at(path)
    for number in range(FIRST):
        store(document(number))
    opened.execute_sql("PRAGMA journal_mode = delete")  # one file, nothing beside it
    close()
    return path


@pytest.fixture
def loading(application, started, tmp_path):
    """A client over some documents, and what loads one more."""
    shutil.copy(started, tmp_path / "loading.db")
    opened_at(tmp_path / "loading.db")
    numbers = iter(range(FIRST, 1000))
    yield application.test_client(), lambda: elsewhere(store, document(next(numbers)))
    close()


def ids(records):
    return [record.get("id") or record["domain"] for record in records]


def everything(client, collection):
    return ids(map(json.loads, client.get(f"/v1/export/{collection}").get_data(as_text=True).splitlines()))


@pytest.mark.parametrize("collection, sort", SORTS, ids=[" by ".join(pair) for pair in SORTS])
def test_a_walk_gives_each_record_that_stays_once(loading, collection, sort):
    client, load = loading
    before = everything(client, collection)
    limit = max(1, len(before) // 3)
    walked, address, loads = [], f"/v1/{collection}?sort={sort}&limit={limit}", 3
    while address:
        answer = client.get(address).json
        walked += ids(answer["data"])
        address = answer["links"]["next"]
        if loads:
            load()
            loads -= 1
    assert loads == 0 and len(walked) == len(set(walked))
    stayed = set(before) & set(everything(client, collection))  # who is one speaker may be told anew
    if sort.removeprefix("-") != "citation_count":  # a count may move a record to where the walk has been
        assert stayed <= set(walked)


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_an_export_is_of_the_state_at_its_start(loading, collection, monkeypatch):
    client, load = loading
    monkeypatch.setattr(api.v1.export, "walk", partial(api.pagination.walk, step=3))
    monkeypatch.setattr(api.v1.selection, "BATCH", 3)
    before = everything(client, collection)
    response = client.get(f"/v1/export/{collection}", buffered=False)
    lines, loads = [], 0
    for at, chunk in enumerate(response.iter_encoded()):
        lines.append(chunk)
        if at in (1, len(before) // 2):
            load()
            loads += 1
    response.close()
    assert ids(map(json.loads, b"".join(lines).splitlines())) == before
    assert loads == 2 and len(everything(client, "documents")) == FIRST + 2


def test_a_total_is_of_the_state_of_its_page(loading, monkeypatch):
    client, load = loading
    count = api.pagination._total

    def late(*args):
        load()
        return count(*args)

    monkeypatch.setattr(api.pagination, "_total", late)
    for exact in ("exact", "bounded"):
        answer = client.get(f"/v1/quotes?limit=500&count={exact}").json
        assert answer["meta"]["total"] == len(answer["data"])
    assert client.get("/v1/documents").json["data"][FIRST + 1]


def test_when_all_is_loaded_walk_export_and_count_agree(loading):
    client, load = loading
    load()
    for sort in QUOTES.sort_names:
        walked, address = [], f"/v1/quotes?sort={sort}&limit=7&count=exact"
        while address:
            answer = client.get(address).json
            walked += ids(answer["data"])
            address = answer["links"]["next"]
        lines = client.get(f"/v1/export/quotes?sort={sort}").get_data(as_text=True).splitlines()
        assert walked == ids(map(json.loads, lines))
        assert answer["meta"]["total"] == len(walked) == len(set(walked))
