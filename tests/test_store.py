"""Records to rows and away again: the same content once, ids from content alone, counts that are true."""

import itertools

import pytest
from conftest import MOST, as_document, opened_at, seed_extractions
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from invented import ANN, BRIDGE, DOCUMENTS, PORT, VERSIONS, invented

import api.store
from api.database import database, generation
from api.loader import extraction
from api.loader.read import documents, text_of
from api.models import TABLES, ApiKey, Document, Quote, State
from api.store import delete, document_id, is_current, store

CONTENT = [table for table in TABLES if table not in (State, ApiKey)]
EVERYTHING = (*DOCUMENTS, *VERSIONS)

# What each table holds, by what clients know: ids in place of keys.
SPEAKERS = """
    SELECT s.id, s.name, s.name_key, s.kind, s.description, s.quote_count, s.document_count,
      (SELECT json_group_array(json_array(key, name)) FROM
        (SELECT key, name FROM alias WHERE speaker_id = s.pk ORDER BY key))
    FROM speaker s ORDER BY s.id"""
SOURCES = """
    SELECT u.id, u.url, u.host, d.domain, u.kind, u.label, u.citation_count, u.document_count, u.first_seen,
      u.last_seen FROM source u JOIN domain d ON d.pk = u.domain_id ORDER BY u.id"""
DOMAINS = """
    SELECT domain, source_count, citation_count, document_count, article_citation_count,
      comment_citation_count, first_seen, last_seen FROM domain ORDER BY domain"""
QUOTES = """
    SELECT q.id, d.id, a.id, c.id, q.position, q.kind, q.mode, q.text, q.spans, q.cue, q.mention, q.context,
      q.confidence, s.id, q.speaker_confidence, q.published_on, q.current,
      (SELECT json_group_array(id) FROM (SELECT s.id FROM voice v JOIN speaker s ON s.pk = v.speaker_id
        WHERE v.quote_id = q.pk ORDER BY v.rank))
    FROM quote q JOIN document d ON d.pk = q.document_id LEFT JOIN article a ON a.pk = q.article_id
    LEFT JOIN comment c ON c.pk = q.comment_id LEFT JOIN speaker s ON s.pk = q.speaker_id ORDER BY q.id"""
CITATIONS = """
    SELECT l.id, d.id, a.id, c.id, u.id, l.raw, l.span, l.label, l.current FROM citation l
    JOIN document d ON d.pk = l.document_id JOIN source u ON u.pk = l.source_id
    LEFT JOIN article a ON a.pk = l.article_id LEFT JOIN comment c ON c.pk = l.comment_id ORDER BY l.id"""
OTHERS = (
    "SELECT id, sha256, name, title, published_on, extractor, quote_count FROM document ORDER BY id",
    "SELECT id, text, span, body, author, posted_at FROM comment ORDER BY id",
    "SELECT id, kind, title, text, spans, word_count FROM article ORDER BY id",
)


def contents():
    """Everything that is served, by the ids that clients know."""
    return [
        database.execute_sql(query).fetchall()
        for query in (SPEAKERS, SOURCES, DOMAINS, QUOTES, CITATIONS, *OTHERS)
    ]


def everything():
    """Every row of every table."""
    return {table.__name__: list(table.select().tuples()) for table in CONTENT}


# Each kept count beside the same counted anew, for rows where they are not equal.
LIVE = {
    "speaker": """
        SELECT s.id, quote_count, document_count, count(q.pk) AS quotes, count(DISTINCT q.document_id) AS documents
        FROM speaker s LEFT JOIN voice v ON v.speaker_id = s.pk
        LEFT JOIN quote q ON q.pk = v.quote_id AND q.current = 1
        GROUP BY s.pk HAVING (s.quote_count, s.document_count) IS NOT (quotes, documents)""",
    "source": """
        SELECT u.id, u.citation_count, u.document_count, u.first_seen, u.last_seen, count(l.pk) AS links,
          count(DISTINCT l.document_id) AS documents, min(nullif(l.published_on, '')) AS first,
          max(nullif(l.published_on, '')) AS last
        FROM source u LEFT JOIN citation l ON l.source_id = u.pk AND l.current = 1
        GROUP BY u.pk HAVING (u.citation_count, u.document_count, u.first_seen, u.last_seen)
          IS NOT (links, documents, first, last)""",
    "domain": """
        SELECT d.domain, d.source_count, d.citation_count, d.document_count, d.article_citation_count,
          d.comment_citation_count, d.first_seen, d.last_seen, count(DISTINCT l.source_id) AS sources,
          count(l.pk) AS links, count(DISTINCT l.document_id) AS documents,
          count(CASE WHEN l.comment_id IS NULL THEN l.article_id END) AS in_articles,
          count(l.comment_id) AS in_comments, min(nullif(l.published_on, '')) AS first,
          max(nullif(l.published_on, '')) AS last
        FROM domain d LEFT JOIN citation l ON l.domain_id = d.pk AND l.current = 1
        GROUP BY d.pk HAVING (d.source_count, d.citation_count, d.document_count, d.article_citation_count,
          d.comment_citation_count, d.first_seen, d.last_seen)
          IS NOT (sources, links, documents, in_articles, in_comments, first, last)""",
    "document": """
        SELECT * FROM (SELECT id, article_count, comment_count, quote_count, speaker_count, citation_count,
          (SELECT count(*) FROM article WHERE document_id = d.pk) AS articles,
          (SELECT count(*) FROM comment WHERE document_id = d.pk) AS comments,
          (SELECT count(*) FROM quote WHERE document_id = d.pk) AS quotes,
          (SELECT count(DISTINCT speaker_id) FROM quote WHERE document_id = d.pk) AS speakers,
          (SELECT count(*) FROM citation WHERE document_id = d.pk) AS citations FROM document d)
        WHERE (article_count, comment_count, quote_count, speaker_count, citation_count)
          IS NOT (articles, comments, quotes, speakers, citations)""",
    "superseded": """
        SELECT d.id, d.superseded_by_id, q.id, q.current FROM document d JOIN quote q ON q.document_id = d.pk
        WHERE (d.superseded_by_id IS NULL) <> (q.current = 1)""",
    "without records": """
        SELECT domain FROM domain d WHERE NOT EXISTS (SELECT 1 FROM source WHERE domain_id = d.pk)
        UNION ALL SELECT id FROM source u WHERE NOT EXISTS (SELECT 1 FROM citation WHERE source_id = u.pk)
        UNION ALL SELECT id FROM speaker s WHERE NOT EXISTS (SELECT 1 FROM appearance WHERE speaker_id = s.pk)""",
}


def check_counts():
    for what, query in LIVE.items():
        assert database.execute_sql(query).fetchall() == [], what


def check_indexes():
    """The full-text indexes hold what their tables hold (SQLite FTS5, section 6.7: an error where not)."""
    for name in ("quote", "comment", "article", "source"):
        database.execute_sql(f"INSERT INTO {name}_index({name}_index, rank) VALUES ('integrity-check', 1)")


@pytest.fixture(autouse=True)
def fresh(empty):
    """Every test begins with an empty database and leaves one whose counts are true."""
    yield
    check_counts()
    check_indexes()
    assert database.execute_sql("PRAGMA foreign_key_check").fetchall() == []


def store_all(found):
    return [store(one) for one in found]


# --- the same content once


def test_the_same_content_twice_is_one_document():
    first = store(DOCUMENTS[0])
    before = everything()
    again = store(DOCUMENTS[0])
    assert (first.outcome, again.outcome) == ("stored", "unchanged")
    assert again.id == first.id
    assert everything() == before


def test_the_same_bytes_under_another_name_are_the_same_document(tmp_path):
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_bytes("“It rained,” said Ann Lee.\r\n".encode())
    one, other = documents([tmp_path], MOST, MOST)
    assert one.name != other.name
    assert document_id(one) == document_id(other)
    store(extraction(one))
    assert is_current(other)
    assert store(extraction(other)).outcome == "unchanged"
    assert Document.select().count() == 1


def test_one_byte_more_is_another_document():
    words = "“It rained,” said Ann Lee."
    assert document_id(as_document(words)) != document_id(as_document(words + "\n"))


def test_a_packed_file_is_the_document_that_it_holds(tmp_path):
    import gzip

    content = "“It rained,” said Ann Lee.".encode()
    (tmp_path / "a.txt").write_bytes(content)
    (tmp_path / "b.txt.gz").write_bytes(gzip.compress(content))
    one, other = documents([tmp_path], MOST, MOST)
    assert document_id(one) == document_id(other)


# --- a newer extractor


def test_a_newer_extractor_replaces_the_records_and_keeps_ids(monkeypatch):
    store_all(DOCUMENTS)
    row = Document.get(Document.id == document_id(DOCUMENTS[2].document))
    before = contents()
    monkeypatch.setattr(api.store, "EXTRACTOR", "next")
    assert not is_current(DOCUMENTS[2].document)
    assert [one.outcome for one in store_all(DOCUMENTS)] == ["replaced"] * len(DOCUMENTS)
    assert is_current(DOCUMENTS[2].document)
    after = contents()
    assert [one[5] for one in after[5]] == ["next"] * len(DOCUMENTS)
    assert after[:5] == before[:5]
    again = Document.get(Document.id == row.id)
    assert (again.pk, again.loaded_at) == (row.pk, row.loaded_at)


def test_what_a_newer_extractor_no_longer_finds_is_gone(monkeypatch):
    document = DOCUMENTS[1].document
    store(DOCUMENTS[1])
    monkeypatch.setattr(api.store, "EXTRACTOR", "next")
    bare = DOCUMENTS[1].__class__(document, DOCUMENTS[1].segments, (), (), (), ())
    store(bare)
    assert [len(rows) for rows in contents()[:5]] == [0, 0, 0, 0, 0]


# --- removal


def test_deleting_what_is_not_there_is_false_and_changes_nothing():
    store(DOCUMENTS[0])
    before = everything()
    assert not delete("d_nothing")
    assert everything() == before


@pytest.mark.parametrize("gone", range(len(DOCUMENTS)))
def test_deleting_a_document_is_as_if_it_had_never_been_loaded(gone):
    store_all(one for at, one in enumerate(DOCUMENTS) if at != gone)
    before = contents()
    store(DOCUMENTS[gone])
    assert contents() != before
    assert delete(document_id(DOCUMENTS[gone].document))
    assert contents() == before


def test_deleting_everything_leaves_nothing():
    ids = [stored.id for stored in store_all(EVERYTHING)]
    assert all(map(delete, ids))
    assert not any(everything().values())


def test_deleting_every_seed_leaves_nothing():
    ids = [stored.id for stored in store_all(seed_extractions())]
    check_counts()
    for id in ids[::2] + ids[1::2]:
        assert delete(id)
        check_counts()
    assert not any(everything().values())


# --- all or nothing


@pytest.mark.parametrize("stage", ["comments", "articles", "appearances", "quotes", "voices", "citations"])
def test_a_failure_in_the_middle_leaves_nothing(stage, monkeypatch):
    store(DOCUMENTS[0])
    before, count = everything(), generation()

    def fail(*_):
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(api.store._Rows, stage, fail)
        with pytest.raises(ZeroDivisionError):
            store(DOCUMENTS[2])
    assert (everything(), generation()) == (before, count)
    assert store(DOCUMENTS[2]).outcome == "stored"


def test_a_failure_while_replacing_keeps_the_old_records(monkeypatch):
    store_all(DOCUMENTS)
    before = everything()
    monkeypatch.setattr(api.store, "EXTRACTOR", "next")

    def fail(*_):
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(api.store._Rows, "citations", fail)
        with pytest.raises(ZeroDivisionError):
            store(DOCUMENTS[0])
    assert everything() == before


def test_every_change_is_a_new_generation():
    seen = [generation()]
    id = store(DOCUMENTS[0]).id
    seen.append(generation())
    delete(id)
    seen.append(generation())
    assert sorted(set(seen)) == seen


# --- the order of loading


ORDERS = list(itertools.islice(itertools.permutations(range(len(DOCUMENTS))), 0, 120, 17))


@pytest.mark.parametrize("order", ORDERS, ids=str)
def test_the_order_of_loading_changes_nothing_that_is_served(order, tmp_path):
    store_all(DOCUMENTS)
    wanted = contents()
    opened_at(tmp_path / "other.db")
    store_all(DOCUMENTS[at] for at in order)
    assert contents() == wanted


def test_the_order_of_loading_the_seeds_changes_nothing_that_is_served(tmp_path):
    seeds = seed_extractions()
    store_all(seeds)
    wanted = contents()
    for order in (seeds[::-1], seeds[1::2] + seeds[::2]):
        opened_at(tmp_path / f"{order[0].document.name.replace('/', '_')}.db")
        store_all(order)
        for had, want in zip(contents(), wanted, strict=True):
            assert had == want


def test_a_speaker_has_the_fullest_description_whoever_comes_first(tmp_path):
    plain = ANN.__class__(ANN.name, ANN.kind, ANN.aliases, "a pilot")
    told = ANN.__class__(ANN.name, ANN.kind, ("Captain Lee",), "a pilot of the harbour")
    for order in ((plain, told), (told, plain)):
        opened_at(tmp_path / f"{order[0].description}.db")
        for at, who in enumerate(order):
            store(invented(f"number {at}", [("It rained", [who])]))
        (row,) = contents()[0]
        assert row[4] == "a pilot of the harbour"
        assert "Captain Lee" in row[7]


# --- versions of a page


def test_the_version_loaded_last_is_the_current_one():
    store_all(VERSIONS)
    current = Document.select(Document.name).where(Document.superseded_by.is_null()).tuples()
    assert [name for (name,) in current] == ["latest.txt"]
    assert {quote.text for quote in Quote.select().where(Quote.current == 1)} == {"It will rain"}


def test_deleting_the_newest_version_brings_back_the_one_before():
    store_all(VERSIONS[:2])
    before = contents()
    store(VERSIONS[2])
    delete(document_id(VERSIONS[2].document))
    assert contents() == before


def test_deleting_a_version_between_two_leaves_the_newest_current():
    store_all(VERSIONS)
    delete(document_id(VERSIONS[1].document))
    check_counts()
    current = Document.select(Document.name).where(Document.superseded_by.is_null()).tuples()
    assert [name for (name,) in current] == ["latest.txt"]


# --- any sequence of loading and deleting


class Loading(RuleBasedStateMachine):
    """Documents come, go and are read again by a newer extractor; the counts stay true."""

    version = itertools.count()

    def __init__(self):
        super().__init__()
        self.there = {}
        api.store.EXTRACTOR = str(next(self.version))

    @rule(found=st.sampled_from(EVERYTHING))
    def load(self, found):
        outcome = store(found).outcome
        version = self.there.get(found.document.name)
        wanted = "stored"
        if version is not None:
            wanted = "unchanged" if version == api.store.EXTRACTOR else "replaced"
        assert outcome == wanted
        self.there[found.document.name] = api.store.EXTRACTOR

    @rule(found=st.sampled_from(EVERYTHING))
    def remove(self, found):
        assert delete(document_id(found.document)) == (found.document.name in self.there)
        self.there.pop(found.document.name, None)

    @rule()
    def upgrade(self):
        api.store.EXTRACTOR = str(next(self.version))

    @invariant()
    def counts_are_true(self):
        check_counts()
        assert {row.name for row in Document.select()} == set(self.there)

    def teardown(self):
        check_indexes()
        for found in EVERYTHING:
            delete(document_id(found.document))
        assert not any(everything().values())


def test_counts_are_true_after_any_sequence(monkeypatch):
    monkeypatch.setattr(api.store, "EXTRACTOR", api.store.EXTRACTOR)  # put back afterwards
    run_state_machine_as_test(
        Loading,
        settings=settings(
            max_examples=20,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


# --- text that is hard to count


def test_every_span_is_the_text_that_it_stands_for():
    import json

    for found in seed_extractions():
        store(found)
        text = found.document.text
        row = Document.get(Document.id == document_id(found.document))
        columns = {
            "quote": ("spans", "cue", "mention", "context"),
            "comment": ("span", "body"),
            "article": ("spans",),
            "citation": ("span", "context"),
        }
        for table, names in columns.items():
            for name in names:
                query = f"SELECT {name} FROM {table} WHERE document_id = ? AND {name} IS NOT NULL"
                for (value,) in database.execute_sql(query, (row.pk,)).fetchall():
                    spans = json.loads(value)
                    for span in spans if isinstance(spans, list) else [spans]:
                        assert text[span["start"] : span["end"]] == span["text"]


def test_a_document_of_ten_thousand_links_is_stored_whole():
    links = [(None, f"https://example.org/{at:05}") for at in range(10_000)]
    store(invented("links", links=links))
    assert [row[1:4] for row in contents()[2]] == [(10_000, 10_000, 1)]
    assert [row[6] for row in contents()[1]] == [1] * 10_000


def test_a_text_of_another_encoding_is_stored_as_it_reads():
    document = text_of("“Es regnete”, sagte Zoë Ångström.".encode("utf-16"), "a.txt", "text/plain")
    store(extraction(document))
    assert document.text in [row[0] for row in database.execute_sql("SELECT text FROM document_text")]


def test_speakers_are_apart_by_kind():
    namesake = ANN.__class__("Ann Lee", "organization")
    store(invented("one", [("It rained", [ANN]), ("It did", [namesake])]))
    assert len({row[0] for row in contents()[0]}) == 2


def test_a_quote_of_two_counts_for_both_and_is_one_quote():
    store(invented("one", [("It rained", [ANN, PORT])], [(None, BRIDGE)]))
    assert sorted(row[1:2] + row[5:7] for row in contents()[0]) == [
        ("Ann Lee", 1, 1),
        ("Port of Halvermouth", 1, 1),
    ]
    assert len(contents()[3]) == 1
