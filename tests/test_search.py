"""Full-text queries: whatever is typed is words to the engine, never its syntax."""

import sqlite3

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from invented import ANN, invented

import api.search
from api.database import database
from api.errors import QueryError
from api.search import MAX_TERMS, RANKED, TYPES, match_expression, search
from api.store import store

SYNTAX = [
    "zoom.us",
    "NOTE: x",
    'say "',
    "foo AND",
    "foo NOT",
    "NEAR(a b)",
    "a^b",
    "{a b}: c",
    "text : rained",
]
SYNTAX += [
    "-",
    "*",
    '"',
    '""',
    '"" ""',
    "a* *",
    "(",
    ")",
    "a + b",
    "''",
    "; DROP TABLE quote",
    "\\",
    "$1",
    "%",
]


def found(query, types=("quote",), start=0, limit=50):
    return [hit.snippet for hit in search(match_expression(query), types, start, limit).hits]


@pytest.fixture
def rain(empty):
    """Four quotes about weather."""
    said = ("It rained all day", "The rain in the harbour, 東京 too", "A dry day", "Café society was dry")
    store(invented("one", [(words, [ANN]) for words in said], [("Rain charts", "https://example.org/rain")]))


CASES = [
    ("rained", 2, "a word in any form of it"),
    ("RAINED", 2, "in any case"),
    ("cafe", 1, "without accents"),
    ("CAFÉ", 1, "with accents"),
    ("rain day", 1, "all of several words"),
    ('"all day"', 1, "a phrase"),
    ('"day all"', 0, "a phrase in another order"),
    ("rain -harbour", 1, "not a word"),
    ('day -"all day"', 1, "not a phrase"),
    ("harb*", 1, "the beginning of a word"),
    ("harb", 0, "not the beginning without the star"),
    ("harbour OR society", 2, "either of two"),
    ("day OR", 2, "nothing on the other side"),
    ("東京", 1, "a word in other letters"),
    ("'", None, "no word"),
    ("-rain", None, "only what is not wanted"),
    ("OR", None, "only an operator"),
    ("   ", None, "only spaces"),
]


@pytest.mark.parametrize("query, count, why", CASES, ids=[why for *_, why in CASES])
def test_a_query_finds(rain, query, count, why):
    if count is None:
        with pytest.raises(QueryError):
            match_expression(query)
    else:
        assert len(found(query)) == count


@pytest.mark.parametrize("query", SYNTAX)
def test_the_syntax_of_the_engine_is_only_words(rain, query):
    try:
        expression = match_expression(query)
    except QueryError as error:
        assert error.parameter == "q"
    else:
        search(expression, TYPES, 0, 10)


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    """An index to try expressions on."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE t USING fts5(text, tokenize='porter unicode61')")
    yield connection
    connection.close()


@settings(deadline=None)
@given(
    st.text(alphabet=st.one_of(st.sampled_from('ab "*-()^:{}+ORANDNEAR\x00'), st.characters()), max_size=60)
)
@example('a"b')
@example("a\x00b")
@example('"a\x00"*')
def test_any_query_is_an_expression_or_refused(engine, query):
    query = query.encode("utf-8", "replace").decode()
    try:
        expression = match_expression(query)
    except QueryError:
        return
    engine.execute("SELECT * FROM t WHERE t MATCH ?", (expression,)).fetchall()


def test_too_many_terms_are_refused():
    match_expression(" ".join("a" * MAX_TERMS))
    with pytest.raises(QueryError, match=str(MAX_TERMS)):
        match_expression(" ".join("a" * (MAX_TERMS + 1)))


def test_highlights_are_the_words_that_were_looked_for(rain):
    (hit,) = search(match_expression("society"), ["quote"], 0, 10).hits
    assert [hit.snippet[start:end] for start, end in hit.highlights] == ["society"]
    (hit,) = search(match_expression("東京"), ["quote"], 0, 10).hits
    assert [hit.snippet[start:end] for start, end in hit.highlights] == ["東京"]


def test_hits_come_best_first_and_from_every_type(rain):
    hits = search(match_expression("rain"), TYPES, 0, 50).hits
    assert {hit.type for hit in hits} == {"quote", "article", "source"}
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert [hit.document is None for hit in hits] == [hit.type == "source" for hit in hits]


def test_pages_of_hits_are_the_whole(rain):
    whole = found("rain", TYPES)
    assert [one for start in range(len(whole)) for one in found("rain", TYPES, start, 1)] == whole


def test_only_the_newest_are_ranked_and_it_says_so(rain, monkeypatch):
    assert not search(match_expression("day"), ["quote"], 0, 10).cut
    monkeypatch.setattr(api.search, "RANKED", 1)
    hits = search(match_expression("day"), ["quote"], 0, 10)
    assert hits.cut and hits.total == 1
    assert hits.hits[0].snippet == "A dry day"
    assert RANKED > 1


def test_what_is_not_current_is_not_found(rain):
    database.execute_sql("UPDATE quote SET current = 0 WHERE text LIKE '%harbour%'")
    assert found("harbour") == []
