"""Keyset pages: each row once, in order, whatever the ties; cursors that belong to their query alone."""

import base64

import orjson
import pytest
from conftest import close, opened_at
from hypothesis import given, settings
from hypothesis import strategies as st
from invented import invented

import api.pagination
from api.database import database
from api.errors import QueryError
from api.models import Document, Speaker
from api.pagination import NO_CURSOR, page, read_cursor, walk, written_cursor
from api.store import store
from api.v1.lists import (
    ARTICLES,
    CITATIONS,
    COMMENTS,
    DOCUMENTS,
    DOMAINS,
    QUOTES,
    SOURCES,
    SPEAKERS,
)

LISTINGS = (DOCUMENTS, ARTICLES, QUOTES, SPEAKERS, COMMENTS, SOURCES, CITATIONS, DOMAINS)
WALKS = [(listing, sort) for listing in LISTINGS for sort in listing.sort_names]


def keys(rows):
    return [row[0] for row in rows]


def sort_value(listing, sort):
    """The column of a sort by key, read on its own."""
    name = sort.removeprefix("-")
    model = listing.key.model
    column = listing.key if name == "loaded_at" else listing.sorts[name]
    return dict(model.select(listing.key, column).tuples())


@pytest.mark.parametrize("step", [1, 3, 500])
@pytest.mark.parametrize("listing, sort", WALKS, ids=[f"{one.name} by {sort}" for one, sort in WALKS])
def test_a_walk_gives_each_row_once_and_in_order(app, listing, sort, step):
    found = keys(walk(listing, {}, sort, step))
    assert sorted(found) == sorted(sort_value(listing, sort))
    values = sort_value(listing, sort)
    order = [(values[key], key) for key in found]
    assert order == sorted(order, reverse=sort.startswith("-"))


@pytest.mark.parametrize("sort", ["quote_count", "-quote_count", "name", "-name"])
@pytest.mark.parametrize("step", [1, 2, 7])
def test_rows_that_are_equal_are_each_given_once(empty, sort, step):
    for at in range(20):
        Speaker.create(id=f"s_{at}", name="Ann Lee", name_key="ann lee", kind="person", quote_count=at // 10)
    found = keys(walk(SPEAKERS, {}, sort, step))
    assert sorted(found) == list(range(1, 21))


@settings(max_examples=25, deadline=None)
@given(
    days=st.lists(st.sampled_from(["", "2025-01-01", "2025-01-02"]), max_size=12),
    step=st.integers(1, 5),
    sort=st.sampled_from(["published_at", "-published_at", "loaded_at", "-loaded_at"]),
)
def test_walks_over_any_days(tmp_path_factory, days, step, sort):
    opened_at(tmp_path_factory.mktemp("walks") / "a.db")
    common = {"sha256": "", "name": "", "media_type": "", "characters": 1, "loaded_at": "", "extractor": ""}
    for at, day in enumerate(days):
        Document.create(id=f"d_{at}", published_on=day, **common)
    found = keys(walk(DOCUMENTS, {}, sort, step))
    by = (lambda at: (days[at], at)) if "published" in sort else (lambda at: at)
    wanted = sorted(range(len(days)), key=by, reverse=sort.startswith("-"))
    assert [key - 1 for key in found] == wanted
    close()


def test_a_row_loaded_meanwhile_is_found_and_none_is_given_twice(app):
    first = page(QUOTES, {}, limit=3)
    store(invented("late", [("It rained late", [])]))
    rest = page(QUOTES, {}, limit=500, cursor=first.next_cursor)
    together = keys(first.rows) + keys(rest.rows)
    assert together == sorted(set(together))
    assert any(b"It rained late" in record for _, record in rest.rows)


def test_a_row_that_was_deleted_meanwhile_does_not_end_the_walk(app):
    found = page(DOCUMENTS, {}, limit=3)
    last = found.rows[-1][0]
    Document.delete().where(Document.pk == last).execute()
    following = page(DOCUMENTS, {}, limit=1, cursor=found.next_cursor)
    assert following.rows[0][0] > last


def test_a_total_is_given_on_request(app):
    everything = len(list(walk(QUOTES, {})))
    for count, wanted in (
        ("none", (None, None)),
        ("bounded", (everything, "eq")),
        ("exact", (everything, "eq")),
    ):
        found = page(QUOTES, {}, limit=2, count=count)
        assert (found.total, found.total_relation) == wanted
    later = page(QUOTES, {}, limit=2, count="exact", cursor=found.next_cursor)
    assert later.total == everything


def test_a_bounded_total_stops_at_its_bound(app, monkeypatch):
    everything = len(list(walk(QUOTES, {})))
    seen = {}
    for bound in (everything - 1, everything):
        monkeypatch.setattr(api.pagination, "BOUNDED_COUNT", bound)
        api.pagination._count_statement.cache_clear()
        found = page(QUOTES, {}, limit=2, count="bounded")
        seen[bound - everything] = (found.total, found.total_relation)
        assert page(QUOTES, {}, limit=2, count="exact").total == everything
    api.pagination._count_statement.cache_clear()
    assert seen == {-1: (everything - 1, "gte"), 0: (everything, "eq")}


def test_the_last_page_has_no_cursor_even_when_it_is_full(app):
    everything = len(list(walk(QUOTES, {})))
    assert page(QUOTES, {}, limit=everything).next_cursor is None
    assert page(QUOTES, {}, limit=everything - 1).next_cursor is not None


QUERY = ["quotes", "loaded_at", []]


VALUES = st.one_of(
    st.integers(-(2**63), 2**63 - 1),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.floats(allow_nan=False, allow_infinity=False),
)


@settings(max_examples=50, deadline=None)
@given(st.lists(VALUES, min_size=1, max_size=2))
def test_a_cursor_gives_back_its_position(position):
    assert read_cursor(written_cursor(position, QUERY), QUERY) == position


def test_a_cursor_is_safe_in_an_address():
    assert written_cursor([2**62, "é?&=/+ "], QUERY).replace("-", "").replace("_", "").isalnum()


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=80))
def test_any_string_is_a_cursor_of_ours_or_refused(cursor):
    try:
        read_cursor(cursor.encode("utf-8", "replace").decode(), QUERY)
    except QueryError as error:
        assert error.parameter == "cursor"


def forged(value):
    return base64.urlsafe_b64encode(value if isinstance(value, bytes) else orjson.dumps(value)).decode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b"null",
        b"[1]",
        b'["x"]',
        b'["x",null]',
        b'["x",[1]]',
        b'["x",{}]',
        b'["x",true]',
        b"\xff",
    ],
)
def test_a_forged_cursor_is_refused(body):
    with pytest.raises(QueryError):
        read_cursor(forged(body), QUERY)


@pytest.mark.parametrize("value", [2**63, -(2**63) - 1, 10**40])
def test_a_position_that_no_column_holds_is_refused(app, value):
    cursor = page(QUOTES, {}, limit=1).next_cursor
    digest = orjson.loads(base64.urlsafe_b64decode(cursor + "=="))[0]
    with pytest.raises(QueryError, match=NO_CURSOR):
        page(QUOTES, {}, cursor=forged(f'["{digest}",{value}]'.encode()))


@pytest.mark.parametrize(
    "position, sort",
    [
        ([1, 2], "loaded_at"),
        ([1], "published_at"),
        (["1"], "loaded_at"),
        ([1.5, "x"], "published_at"),
        ([1, 2, 3], "loaded_at"),
    ],
    ids=str,
)
def test_a_position_of_another_shape_is_refused(app, position, sort):
    cursor = written_cursor(position, api.pagination._query(QUOTES, {}, sort))
    with pytest.raises(QueryError):
        page(QUOTES, {}, sort=sort, cursor=cursor)


@pytest.mark.parametrize(
    "filters, sort, listing",
    [({"current": 1}, "loaded_at", QUOTES), ({}, "-loaded_at", QUOTES), ({}, "loaded_at", COMMENTS)],
    ids=["another filter", "another sort", "another collection"],
)
def test_a_cursor_of_another_query_is_refused(app, filters, sort, listing):
    cursor = page(QUOTES, {}, limit=1).next_cursor
    with pytest.raises(QueryError, match="another"):
        page(listing, filters, sort=sort, cursor=cursor)


def test_another_limit_may_go_on_from_a_cursor(app):
    first = page(QUOTES, {}, limit=2)
    assert keys(page(QUOTES, {}, limit=1, cursor=first.next_cursor).rows) == [first.rows[-1][0] + 1]


@pytest.mark.parametrize("listing", LISTINGS, ids=[one.name for one in LISTINGS])
def test_a_page_is_one_statement(app, statements, listing):
    page(listing, {}, limit=500)
    statements.clear()
    page(listing, {}, limit=500)
    assert len(statements) == 1


@pytest.mark.parametrize("listing", LISTINGS, ids=[one.name for one in LISTINGS])
def test_a_page_is_read_without_sorting_or_scanning_all(app, statements, listing):
    """A list in the order of loading is read along its key: no temporary b-tree for the order."""
    page(listing, {}, limit=5)
    statements.clear()
    page(listing, {}, limit=5)
    (sql,) = statements
    plan = " ".join(row[3] for row in database.execute_sql(f"EXPLAIN QUERY PLAN {sql}").fetchall())
    assert "TEMP B-TREE FOR ORDER BY" not in plan
