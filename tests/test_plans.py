"""How the engine reads each list: by an index, in its order; never a long table read or sorted for one page."""

import re

import pytest
from webargs.fields import DelimitedList

from api.database import database
from api.models import Article, Citation, Comment, Document, Quote, Source
from api.pagination import Slot, _statement
from api.v1 import lists
from api.v1.export import EXPORTS
from tests.conftest import opened_at

LISTINGS = [found for found in vars(lists).values() if isinstance(found, lists.Listing)]
BESIDE = {"quotes": {"speaker"}}  # a name may be that of several speakers
NEVER_ALONE = {"host": "domain"}  # a host is asked for within its domain


def several(listing):
    """The filters that take more values than one."""
    for export in EXPORTS:
        if export.listing is listing:
            fields = export.args().fields
            return {name for name in fields if isinstance(fields[name], DelimitedList)} | BESIDE.get(
                listing.name, set()
            )
    return set()


def cases():
    """Every filter by one and, where it takes them, several values, with every sort, on the first and later pages."""
    for listing in LISTINGS:
        shapes = [()]
        for name in sorted(listing.filters.keys() - {"current"}):
            with_it = ((NEVER_ALONE[name], None),) if listing.filters.keys() & {NEVER_ALONE.get(name)} else ()
            shapes.append((*with_it, (name, 2 if name == "host" else None)))
            if name.removesuffix("_often") in several(listing) and name != "q_often":
                shapes.append(((name, 2),))
        for shape in shapes:
            for sort in listing.sort_names:
                for later in (False, True):
                    yield listing, shape, sort, later


CASES = list(cases())


def name_of(case):
    listing, shape, sort, later = case
    filters = ", ".join(f"{name}{'' if count is None else ' (several)'}" for name, count in shape)
    return f"{listing.name} by {sort}: {filters or 'all'}, {'later' if later else 'first'} page"


@pytest.fixture(scope="module", autouse=True)
def empty(tmp_path_factory):
    """A database without statistics: what a new one has."""
    opened_at(tmp_path_factory.mktemp("plans") / "empty.db")


def plan(listing, filters, sort, later):
    """The steps of a page's statement, each with whether it stands outside of all subqueries; and the statement."""
    sql, parameters = _statement(listing, (("current", None), *filters), sort, later)
    bound = [None if isinstance(item, Slot) else item for item in parameters]
    steps = database.execute_sql(f"EXPLAIN QUERY PLAN {sql}", bound).fetchall()
    return [(parent == 0, detail) for _, parent, _, detail in steps], sql


def names_few(listing, shape):
    return any(name in listing.few for name, _ in shape)


@pytest.mark.parametrize("case", CASES, ids=map(name_of, CASES))
def test_no_list_sorts_more_than_a_page_or_a_few(case):
    listing, shape, _, later = case
    steps, sql = plan(*case)
    if names_few(listing, shape):
        return
    sorts = [outside for outside, step in steps if "USE TEMP B-TREE" in step]
    assert all(sorts), steps
    if sorts:  # of rows whose keys were picked, no more than a page, or the rest of a tie and a page
        assert steps[0][1] == "SEARCH t1 USING INTEGER PRIMARY KEY (rowid=?)", steps
        assert len(re.findall(r"LIMIT \?", sql)) == (3 if later else 2), sql


@pytest.mark.parametrize("case", CASES, ids=map(name_of, CASES))
def test_no_list_reads_a_long_table_for_a_filter(case):
    _, shape, _, later = case
    steps, sql = plan(*case)
    tables = dict((alias, table) for table, alias in re.findall(r'"(\w+)" AS "(t\d+)"', sql))
    long = {found.key.model._meta.table_name for found in LISTINGS if found.lean}
    for _, step in steps:
        scanned = re.match(r"SCAN (t\d+)(?! VIRTUAL TABLE)", step)
        if not scanned or tables.get(scanned[1]) not in long:
            continue
        covering = re.search(r"USING COVERING INDEX \w+_(in_order|by_date)$", step)
        assert covering if shape else not later, (steps, sql)


SELECTIVE = [
    (lists.QUOTES, "speaker_id"),
    (lists.QUOTES, "document_id"),
    (lists.QUOTES, "article_id"),
    (lists.QUOTES, "comment_id"),
    (lists.QUOTES, "q"),
    (lists.COMMENTS, "author"),
    (lists.COMMENTS, "document_id"),
    (lists.COMMENTS, "parent_id"),
    (lists.COMMENTS, "q"),
    (lists.ARTICLES, "document_id"),
    (lists.ARTICLES, "q"),
    (lists.SOURCES, "domain"),
    (lists.SOURCES, "url"),
    (lists.SOURCES, "q"),
    (lists.CITATIONS, "domain"),
    (lists.CITATIONS, "source_id"),
    (lists.CITATIONS, "document_id"),
]


@pytest.mark.parametrize("later", [False, True], ids=["first page", "later page"])
@pytest.mark.parametrize("listing, name", SELECTIVE, ids=[f"{one.name} by {name}" for one, name in SELECTIVE])
def test_a_filter_is_found_by_its_index_in_the_order_of_loading(listing, name, later):
    steps, _ = plan(listing, ((name, None),), "loaded_at", later)
    own = steps[0][1]
    assert "VIRTUAL TABLE INDEX" in own or own.startswith("SEARCH"), steps
    assert not [step for _, step in steps if "TEMP B-TREE FOR ORDER BY" in step], steps


IN_ORDER = [
    (lists.QUOTES, "speaker_id", "-published_at"),
    (lists.QUOTES, "speaker", "published_at"),
    (lists.COMMENTS, "author", "-posted_at"),
    (lists.CITATIONS, "domain", "published_at"),
    (lists.CITATIONS, "source_id", "-published_at"),
    (lists.SOURCES, "domain", "-citation_count"),
    (lists.SOURCES, "domain", "url"),
    (lists.DOCUMENTS, "site", "-published_at"),
]


@pytest.mark.parametrize("listing, name, sort", IN_ORDER, ids=[f"{n} by {s}" for _, n, s in IN_ORDER])
def test_what_is_asked_for_most_is_found_and_sorted_by_one_index(listing, name, sort):
    steps, _ = plan(listing, ((name, None),), sort, False)
    assert not [step for _, step in steps if "TEMP B-TREE" in step], steps


@pytest.mark.parametrize("later", [False, True], ids=["first page", "later page"])
def test_all_of_a_list_is_read_from_the_table_itself(later):
    for listing in LISTINGS:
        steps, _ = plan(listing, (), "loaded_at", later)
        assert "INDEX" not in steps[0][1], steps


@pytest.mark.parametrize("table", [Article, Citation, Comment, Document, Quote, Source])
def test_one_record_is_found_by_its_id(table):
    found = database.execute_sql(
        f"EXPLAIN QUERY PLAN SELECT * FROM {table._meta.table_name} WHERE id = ?", ("x",)
    ).fetchall()
    assert found[0][3].startswith("SEARCH")
