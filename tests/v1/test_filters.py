"""Filters: what each keeps and what it leaves out; a parameter that means nothing is refused."""

from urllib.parse import parse_qs, urlsplit

import pytest
from conftest import opened_at
from invented import BRIDGE, DOCUMENTS, FERRY, PAGE, TIDES, VERSIONS
from records import COLLECTIONS, every, stored

import api.pagination
from api.database import database
from api.loader.names import folded
from api.store import document_id, store
from api.v1 import lists

DATES = {
    "published_at": lambda record: (record.get("document") or record)["published_at"] or "",
    "posted_at": lambda record: (record["posted_at"] or "")[:10],
    "name": lambda record: folded(record["name"]),
}


@pytest.fixture
def ours(application, tmp_path):
    """A client over invented documents, whose records are known."""
    opened_at(tmp_path / "ours.db")
    for found in (*DOCUMENTS, *VERSIONS):
        store(found)
    yield application.test_client()
    database.close()


def id_of(number):
    return document_id((*DOCUMENTS, *VERSIONS)[number].document)


def shown(record):
    """What tells a record in the cases below."""
    for name in ("text", "raw", "url", "domain", "name"):
        if record.get(name):
            return record[name].split(":")[-1] if name == "raw" else record[name]
    raise AssertionError(record)


RAIN, RAINED, NOT = "It will rain", "It rained", "It did not"
OPEN, NO, YES, ASK = "We open at six", "No", "Yes", "Ask Ann"
SAID = {RAIN, RAINED, NOT, OPEN, NO, YES, ASK}
PORT_SAYS = {OPEN, YES, ASK}

CASES = [
    ("quotes", {}, SAID, "current versions alone"),
    ("quotes", {"versions": "all"}, SAID | {"It rains", "It has rained"}, "older versions on request"),
    ("quotes", {"speaker": "Ann Lee"}, {RAINED, ASK}, "a full name, as a co-speaker too"),
    ("quotes", {"speaker": "lee"}, {RAINED, OPEN, ASK}, "a surname of two who bear it"),
    ("quotes", {"speaker": "LÉE"}, {RAINED, OPEN, ASK}, "in any case and accent"),
    ("quotes", {"speaker": "the port"}, PORT_SAYS, "another name"),
    ("quotes", {"speaker": "nobody"}, set(), "a name that nobody bears"),
    ("quotes", {"speaker": "le"}, set(), "a part of a name"),
    ("quotes", {"has_speaker": "false"}, {NOT}, "without a speaker"),
    ("quotes", {"has_speaker": "true"}, SAID - {NOT}, "with a speaker"),
    ("quotes", {"kind": "direct"}, SAID, "of a kind"),
    ("quotes", {"kind": "indirect,mixed"}, set(), "of two kinds that there are none of"),
    ("quotes", {"kind": "indirect,direct"}, SAID, "of either of two kinds"),
    ("quotes", {"mode": "thought"}, set(), "of another mode"),
    ("quotes", {"mode": "speech"}, SAID, "of a mode"),
    ("quotes", {"q": "rain"}, {RAINED, RAIN}, "a word in any form"),
    ("quotes", {"q": "rain -will"}, {RAINED}, "not a word"),
    ("quotes", {"q": '"open at"'}, {OPEN}, "a phrase"),
    ("quotes", {"min_confidence": "0.9"}, SAID, "as sure as this"),
    ("quotes", {"min_confidence": "0.91"}, set(), "surer than all"),
    ("quotes", {"published_after": "2026-03-01"}, {ASK}, "from this day on"),
    ("quotes", {"published_after": "2026-03-02"}, set(), "after the last day"),
    ("quotes", {"published_before": "2026-01-06"}, {RAIN}, "before this day; unknown days are not"),
    ("quotes", {"published_before": "2026-01-05"}, set(), "the day itself is not before it"),
    (
        "quotes",
        {"published_after": "2026-01-05", "published_before": "2026-02-02"},
        {RAIN, RAINED, NOT},
        "between",
    ),
    ("quotes", {"site": "example.com"}, {RAIN}, "of a site"),
    ("quotes", {"site": "https://www.EXAMPLE.com/x"}, {RAIN}, "of a site, by any address on it"),
    ("quotes", {"site": "example.org"}, set(), "of a site without documents"),
    ("quotes", {"speaker": "port", "has_speaker": "true", "q": "six"}, {OPEN}, "several at once"),
    ("documents", {}, {"one", "two", "three", "four", "five", "latest"}, "current versions alone"),
    ("documents", {"versions": "all", "site": "example.com"}, {"early", "later", "latest"}, "all versions"),
    ("documents", {"q": "watcher"}, set(), "words of the text, not of authors"),
    ("documents", {"q": "nobody"}, {"five"}, "a word of a comment"),
    ("documents", {"q": "six"}, {"two"}, "a word of an article"),
    ("documents", {"domain": "example.net"}, {"two"}, "that cite a domain"),
    ("documents", {"domain": "tides.example.net"}, {"two"}, "that cite a host of it"),
    ("documents", {"speaker": "lee"}, {"one", "two", "five"}, "that quote somebody so called"),
    ("documents", {"published_before": "2026-01-01"}, {"four"}, "published before"),
    ("articles", {"q": '"at length"'}, {"four"}, "a phrase of it"),
    ("articles", {"kind": "repost"}, set(), "of a kind"),
    ("articles", {"kind": "main,repost"}, {"one", "two", "three", "four", "five", "latest"}, "of both kinds"),
    ("comments", {}, {f"I was there, see {BRIDGE} too.", "Nobody asked us."}, "current versions alone"),
    (
        "comments",
        {"author": "harbour WATCHER"},
        {f"I was there, see {BRIDGE} too.", "Nobody asked us."},
        "by",
    ),
    ("comments", {"author": "harbour"}, set(), "a part of an author's name"),
    ("comments", {"q": "asked"}, {"Nobody asked us."}, "a word of it"),
    ("speakers", {"q": "ann"}, {"Ann Lee"}, "the beginning of a name"),
    ("speakers", {"q": "LÉ"}, {"Ann Lee", "Judith Lee"}, "the beginning of a surname"),
    ("speakers", {"q": "esidents"}, set(), "the middle of a name"),
    ("speakers", {"kind": "group,organization"}, {"residents", "Port of Halvermouth"}, "of two kinds"),
    ("speakers", {"min_quotes": "3"}, {"Port of Halvermouth"}, "with so many quotes"),
    ("sources", {}, {BRIDGE, FERRY, TIDES}, "all of them"),
    ("sources", {"domain": "example.org"}, {BRIDGE, FERRY}, "of a domain and its subdomains"),
    ("sources", {"domain": "en.example.org"}, {BRIDGE}, "of one of its hosts"),
    ("sources", {"domain": "https://en.example.org/other"}, {BRIDGE}, "of a URL's host"),
    ("sources", {"domain": "example.com"}, set(), "of a domain that is not cited"),
    ("sources", {"domain": "n.example.org"}, set(), "a host that another one ends like"),
    ("sources", {"url": "HTTPS://EN.example.org:443/bridge#top"}, {BRIDGE}, "in any spelling"),
    ("sources", {"kind": "video"}, set(), "of another kind"),
    ("sources", {"kind": "page,video"}, {BRIDGE, FERRY, TIDES}, "of either kind"),
    ("sources", {"q": "ferries"}, {FERRY}, "a word of its label"),
    ("domains", {}, {"example.org", "example.net"}, "all of them"),
    ("domains", {"cited_in": "comment"}, {"example.org"}, "cited in comments"),
    ("domains", {"cited_in": "article"}, {"example.org", "example.net"}, "cited in articles"),
    ("citations", {"domain": "example.net"}, {"//tides.example.net/table"}, "of a domain"),
    ("citations", {"url": FERRY}, {"//example.org/ferry"}, "of a page"),
    ("citations", {"cited_in": "comment"}, {"//en.example.org/bridge"}, "in a comment"),
    ("citations", {"q": "tides"}, {"//tides.example.net/table"}, "a word of its source"),
    ("citations", {"published_after": "2026-02-02"}, set(), "of documents published later"),
]


@pytest.mark.parametrize("collection, query, kept, why", CASES, ids=[f"{c} {why}" for c, _, _, why in CASES])
def test_a_filter_keeps(ours, collection, query, kept, why):
    records = list(every(ours, f"/v1/{collection}", **query))
    names = [
        (record["title"] if collection in ("documents", "articles") else shown(record)) for record in records
    ]
    assert set(names) == kept
    if collection not in ("citations", "speakers"):  # of those, several are shown alike
        assert len(names) == len(kept)
    total = ours.get(f"/v1/{collection}", query_string={**query, "count": "exact"}).json["meta"]["total"]
    assert total == len(records)


IDS = [
    ("quotes", "document_id"),
    ("quotes", "article_id"),
    ("quotes", "speaker_id"),
    ("articles", "document_id"),
    ("comments", "document_id"),
    ("citations", "document_id"),
    ("citations", "article_id"),
    ("citations", "source_id"),
]


def value_of(record, name):
    if name == "speaker_id":
        return record["speaker"] and record["speaker"]["id"]
    return record[name]


@pytest.mark.parametrize("collection, name", IDS, ids=["by ".join(pair) for pair in IDS])
def test_a_filter_by_id_keeps_those_of_one_of_several_and_of_none(client, collection, name):
    records = stored(client, collection)
    values = sorted({value_of(record, name) for record in records} - {None})[:2]
    for asked in ([values[0]], values, [*values, "x_unknown"], ["x_unknown"], ["x_unknown", "x_other"]):
        kept = list(every(client, f"/v1/{collection}", **{name: ",".join(asked)}))
        behind = {record["id"] for record in kept}
        assert {record["id"] for record in records if value_of(record, name) in asked} <= behind
        if name != "speaker_id":  # co-speakers count too
            assert {value_of(record, name) for record in kept} <= set(asked)
        assert asked[0] != "x_unknown" or kept == []


@pytest.mark.parametrize("collection", ["speakers", "sources", "domains"])
def test_what_is_of_several_documents_is_filtered_by_any(ours, collection):
    both = {
        shown(record) for record in every(ours, f"/v1/{collection}", document_id=f"{id_of(1)},{id_of(2)}")
    }
    one, other = (
        {shown(record) for record in every(ours, f"/v1/{collection}", document_id=id_of(number))}
        for number in (1, 2)
    )
    assert one and other and both == one | other
    assert list(every(ours, f"/v1/{collection}", document_id="d_unknown")) == []
    assert list(every(ours, f"/v1/{collection}", document_id=f"d_unknown,{id_of(1)}"))


def test_the_speakers_that_a_name_matched_are_named(ours):
    answer = ours.get("/v1/quotes?speaker=lee&limit=1")
    assert {one["name"] for one in answer.json["meta"]["speakers"]} == {"Ann Lee", "Judith Lee"}
    assert ours.get("/v1/quotes?speaker=nobody").json["meta"]["speakers"] == []
    assert "speakers" not in ours.get("/v1/quotes").json["meta"]


def test_an_older_version_is_still_served_by_its_id(ours):
    (old,) = (
        one
        for one in every(ours, "/v1/documents", versions="all", site="example.com")
        if one["title"] == "early"
    )
    assert ours.get(f"/v1/documents/{old['id']}").json["superseded_by"] == id_of(6)
    assert ours.get(f"/v1/documents/{old['id']}").json["url"] == PAGE


@pytest.mark.parametrize("collection", COLLECTIONS)
@pytest.mark.parametrize("limit", [1, 4])
def test_the_links_of_pages_lead_through_all_records(client, collection, limit):
    seen, address = [], f"/v1/{collection}?limit={limit}&count=bounded"
    while address:
        answer = client.get(address)
        assert answer.json["links"]["self"] == address
        assert answer.json["meta"]["limit"] == limit
        seen += answer.json["data"]
        address = answer.json["links"]["next"]
        link = answer.headers.get("Link")
        assert link == (f'<{address}>; rel="next"' if address else None)
        cursor = parse_qs(urlsplit(address or "").query).get("cursor", [None])[0]
        assert cursor == answer.json["meta"]["next_cursor"]
    assert seen == stored(client, collection)


def sorts():
    for collection in COLLECTIONS:
        listing = getattr(lists, collection.upper())
        yield from ((collection, sort) for sort in listing.sort_names)


SORTS = list(sorts())


@pytest.mark.parametrize("collection, sort", SORTS, ids=[" by ".join(pair) for pair in SORTS])
def test_a_sort_gives_every_record_in_its_order(client, collection, sort):
    records = list(every(client, f"/v1/{collection}", sort=sort, limit=3))
    key = "domain" if collection == "domains" else "id"
    everything = [record[key] for record in stored(client, collection)]
    assert sorted(record[key] for record in records) == sorted(everything)
    name = sort.removeprefix("-")
    if name == "loaded_at":
        wanted = everything[::-1] if sort.startswith("-") else everything
        assert [record[key] for record in records] == wanted
    else:
        values = [DATES.get(name, lambda record: record[name])(record) for record in records]
        if name in ("published_at", "posted_at"):
            values = [(value + "-01-01")[:10] if 0 < len(value) < 10 else value[:10] for value in values]
        assert values == sorted(values, reverse=sort.startswith("-"))


OFTEN = [
    (listing.name, often, sort)
    for listing in (lists.QUOTES, lists.COMMENTS, lists.CITATIONS)
    for often in listing.by_count
    for sort in listing.sort_names
    if sort.removeprefix("-") in often.sorts
]


@pytest.mark.parametrize("more", [{}, {"published_after": "2026-02-01"}], ids=["alone", "and a date"])
@pytest.mark.parametrize(
    "collection, often, sort", OFTEN, ids=[f"{name} by {sort}, {often.name}" for name, often, sort in OFTEN]
)
def test_what_finds_many_is_the_same_list_read_otherwise(
    client, monkeypatch, statements, collection, often, sort, more
):
    commonest = client.get("/v1/speakers?sort=-quote_count&limit=20&fields=name").json["data"]
    value = {
        "q": "the",
        "site": "example.org",
        "speaker": "brandt",
        "speaker_id": ",".join(one["id"] for one in commonest),
    }[often.name]
    query = {often.name: value, "sort": sort, "limit": 3, **more}
    few = list(every(client, f"/v1/{collection}", **query))
    total = client.get(f"/v1/{collection}", query_string={**query, "count": "exact"}).json["meta"]["total"]
    monkeypatch.setattr(api.pagination, "MANY", 0)
    api.pagination._hits_statement.cache_clear()
    statements.clear()
    assert list(every(client, f"/v1/{collection}", **query)) == few
    assert len(few) == total > 3
    assert any("ORDER BY" in one and "+ " in one and " IN (" in one for one in statements)
    api.pagination._hits_statement.cache_clear()


def test_count_says_how_many(client):
    everything = len(stored(client, "quotes"))
    for count, wanted in (
        ("none", (None, None)),
        ("bounded", (everything, "eq")),
        ("exact", (everything, "eq")),
    ):
        meta = client.get(f"/v1/quotes?limit=1&count={count}").json["meta"]
        assert (meta["total"], meta["total_relation"]) == wanted
    assert client.get("/v1/quotes?limit=1").json["meta"]["total"] is None
