"""How the engine reads each list: by an index, in its order; never a table sorted on the side."""

import pytest

from api.database import database
from api.models import Article, Citation, Comment, Document, Quote, Source
from api.pagination import Slot, _statement
from api.v1 import lists
from tests.conftest import opened_at

LISTINGS = [found for found in vars(lists).values() if isinstance(found, lists.Listing)]
SORTED = [(listing, sort) for listing in LISTINGS for sort in listing.sort_names]


@pytest.fixture(scope="module", autouse=True)
def empty(tmp_path_factory):
    """A database without statistics: what a new one has."""
    opened_at(tmp_path_factory.mktemp("plans") / "empty.db")


def plan(listing, filters, sort, later):
    """The steps of a page's statement."""
    sql, parameters = _statement(listing, filters, sort, later)
    bound = [None if isinstance(item, Slot) else item for item in parameters]
    return [row[3] for row in database.execute_sql(f"EXPLAIN QUERY PLAN {sql}", bound).fetchall()]


@pytest.mark.parametrize("later", [False, True], ids=["first page", "later page"])
@pytest.mark.parametrize("listing, sort", SORTED, ids=[f"{one.name} by {sort}" for one, sort in SORTED])
def test_no_list_sorts_on_the_side(listing, sort, later):
    steps = plan(listing, (("current", None),), sort, later)
    assert not [step for step in steps if "TEMP B-TREE FOR ORDER BY" in step], steps


@pytest.mark.parametrize("later", [False, True], ids=["first page", "later page"])
@pytest.mark.parametrize(
    "listing, name, count",
    [
        (lists.QUOTES, "speaker_id", None),
        (lists.QUOTES, "document_id", None),
        (lists.QUOTES, "article_id", None),
        (lists.QUOTES, "comment_id", None),
        (lists.QUOTES, "kind", None),
        (lists.QUOTES, "mode", None),
        (lists.QUOTES, "q", None),
        (lists.COMMENTS, "author", None),
        (lists.COMMENTS, "document_id", None),
        (lists.COMMENTS, "q", None),
        (lists.ARTICLES, "document_id", None),
        (lists.ARTICLES, "q", None),
        (lists.SOURCES, "domain", None),
        (lists.SOURCES, "url", None),
        (lists.SOURCES, "q", None),
        (lists.CITATIONS, "domain", None),
        (lists.CITATIONS, "source_id", None),
        (lists.CITATIONS, "document_id", None),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_a_filter_is_found_by_its_index_in_the_order_of_loading(listing, name, count, later):
    steps = plan(listing, (("current", None), (name, count)), "loaded_at", later)
    own = steps[0]
    assert "VIRTUAL TABLE INDEX" in own or own.startswith("SEARCH"), steps
    assert not [step for step in steps if "TEMP B-TREE FOR ORDER BY" in step], steps


@pytest.mark.parametrize("table", [Article, Citation, Comment, Document, Quote, Source])
def test_one_record_is_found_by_its_id(table):
    found = database.execute_sql(
        f"EXPLAIN QUERY PLAN SELECT * FROM {table._meta.table_name} WHERE id = ?", ("x",)
    ).fetchall()
    assert found[0][3].startswith("SEARCH")


def test_sources_of_a_domain_are_sorted_by_an_index():
    for sort in ("-citation_count", "url"):
        steps = plan(lists.SOURCES, (("current", None), ("domain", None)), sort, True)
        assert not [step for step in steps if "TEMP B-TREE FOR ORDER BY" in step], steps
