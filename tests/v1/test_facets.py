"""Facets: the counts are those that a walk through all pages gives, and their values filter for what was counted."""

from collections import Counter

import pytest
from invented import DOCUMENTS, VERSIONS
from records import PAGES, differences, every, stored

from api import facets, keys
from api.store import delete, store
from api.v1.facets import FACETS

PAIRS = [(collection, name) for collection, found in FACETS.items() for name in found]


def sites(client):
    return {one["id"]: one["site"] for one in every(client, "/v1/documents", versions="all")}


def values_of(client):
    """By collection and facet: the values that one record has, as the filter takes them."""
    site = sites(client)

    def of_document(record):
        return [site[record["document_id"]]]

    def citing(collection, value):
        found = {}
        for citation in every(client, "/v1/citations", versions="all"):
            found.setdefault(value(citation), set()).add(
                citation["document_id"] if collection == "sources" else citation["source"]["domain"]
            )
        return lambda record: sorted(found.get(record["id"], ()))

    document = {"document": lambda record: [record["document_id"]], "site": of_document}
    kind = {"kind": lambda record: [record["kind"]]}
    return {
        "documents": {
            "site": lambda record: [record["site"]],
            "domain": citing("documents", lambda citation: citation["document_id"]),
        },
        "articles": {**kind, "site": of_document},
        "quotes": {
            **kind,
            **document,
            "mode": lambda record: [record["mode"]],
            "speaker": lambda record: [
                record["speaker"] and record["speaker"]["id"],
                *(one["id"] for one in record["co_speakers"]),
            ],
        },
        "speakers": kind,
        "comments": {**document, "author": lambda record: [record["author"]]},
        "citations": {
            **document,
            "domain": lambda record: [record["source"]["domain"]],
            "source": lambda record: [record["source_id"]],
            "cited_in": lambda record: ["comment" if record["comment_id"] else "article"],
        },
        "sources": {
            **kind,
            "domain": lambda record: [record["domain"]],
            "document": citing("sources", lambda citation: citation["source_id"]),
        },
    }


def counted(client, collection, name, **query):
    """What a walk through all pages counts."""
    values = values_of(client)[collection][name]
    counts = Counter(
        value for record in every(client, f"/v1/{collection}", **query) for value in values(record)
    )
    return counts, counts.pop(None, 0)


def asked(client, address, **query):
    answer = client.get(address, query_string={"limit": 1, **query})
    assert answer.status_code == 200, answer.text
    return answer.json["facets"]


def check(facet, counts, missing):
    assert facet["relation"] == "eq"
    assert (facet["value_count"], facet["missing_count"]) == (len(counts), missing)
    found = [(one["value"], one["count"]) for one in facet["values"]]
    assert len(found) == min(len(counts), facets.TOP)
    assert [counts[value] for value, _ in found] == [count for _, count in found]
    assert [count for _, count in found] == [count for _, count in counts.most_common(len(found))]


FILTERS = {
    "documents": [{}, {"q": "bridge"}, {"domain": "wikipedia.org"}, {"speaker": "brandt"}],
    "articles": [{}, {"q": "bridge"}, {"published_after": "2026-02-01"}],
    "quotes": [
        {},
        {"kind": "direct"},
        {"kind": "direct,mixed", "has_speaker": "true"},
        {"q": "barrier"},
        {"speaker": "brandt"},
        {"min_confidence": "0.6", "mode": "speech", "published_after": "2026-02-01"},
        {"site": "example.org", "published_before": "2026-03-01"},
        {"distinct": "true", "versions": "all"},
    ],
    "speakers": [{}, {"q": "b"}, {"kind": "person", "min_quotes": "2"}],
    "comments": [{}, {"q": "bridge"}, {"versions": "all", "published_after": "2026-01-01"}],
    "citations": [{}, {"domain": "wikipedia.org"}, {"q": "bridge"}, {"cited_in": "comment"}],
    "sources": [{}, {"domain": "wikipedia.org"}, {"q": "bridge"}, {"kind": "page"}],
}
CASES = [(collection, name, query) for collection, name in PAIRS for query in FILTERS[collection]]


@pytest.mark.parametrize("collection, name, query", CASES, ids=lambda value: str(value or "all"))
def test_a_facet_counts_what_a_walk_counts(client, collection, name, query):
    facet = asked(client, f"/v1/{collection}", facet=name, **query)[name]
    check(facet, *counted(client, collection, name, **query))


@pytest.mark.parametrize("collection, name", PAIRS, ids=[" of ".join(pair[::-1]) for pair in PAIRS])
def test_a_value_filters_for_what_was_counted(client, collection, name):
    facet = asked(client, f"/v1/{collection}", facet=name)[name]
    for value in facet["values"][:5]:
        query = {facet["parameter"]: value["value"], "count": "exact", "limit": 1}
        assert client.get(f"/v1/{collection}", query_string=query).json["meta"]["total"] == value["count"], (
            value
        )
        assert value["name"]


def test_several_facets_stand_beside_the_page(client):
    answer = client.get("/v1/quotes?facet=mode,speaker&limit=3&count=exact").json
    assert list(answer["facets"]) == ["mode", "speaker"]
    assert sum(one["count"] for one in answer["facets"]["mode"]["values"]) == answer["meta"]["total"]
    assert answer["data"] == client.get("/v1/quotes?limit=3").json["data"]
    assert "facets" not in client.get("/v1/quotes?limit=3").json


@pytest.mark.parametrize("collection", FACETS)
def test_an_answer_with_facets_is_what_its_schema_says(client, collection):
    answer = client.get(f"/v1/{collection}", query_string={"facet": ",".join(FACETS[collection])}).json
    assert answer["facets"].keys() == FACETS[collection].keys()
    assert list(differences(answer, PAGES[collection])) == []


def test_a_list_below_a_parent_is_counted_by_itself(client):
    (first, *_) = stored(client, "documents")
    facet = asked(client, f"/v1/documents/{first['id']}/quotes", facet="speaker")["speaker"]
    check(facet, *counted(client, "quotes", "speaker", document_id=first["id"]))


def test_the_next_page_does_not_count_again_but_may(client):
    first = client.get("/v1/quotes?facet=kind&limit=2&kind=direct").json
    assert "facet" not in first["links"]["next"] and "kind=direct" in first["links"]["next"]
    again = client.get(first["links"]["next"] + "&facet=kind").json
    assert again["facets"] == first["facets"]


REFUSED = [
    ("quotes?facet=speakers", "There is no facet speakers. There are: speaker, kind, mode, document, site."),
    ("quotes?facet=", "facet: Length must be between 1 and 5."),
    ("domains?facet=kind", "There is no parameter facet."),
    ("export/quotes?facet=kind", "There is no parameter facet."),
]


@pytest.mark.parametrize("address, detail", REFUSED, ids=[address for address, _ in REFUSED])
def test_a_facet_that_there_is_not_is_refused(client, address, detail):
    answer = client.get(f"/v1/{address}")
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert answer.json["errors"][0]["detail"].startswith(detail)


def test_without_time_nothing_is_claimed(client, monkeypatch):
    monkeypatch.setattr(facets, "STEPS", 1)
    monkeypatch.setitem(client.application.config, "FACET_S", 0)
    found = asked(client, "/v1/quotes", facet="speaker,kind", kind="direct")
    for facet in found.values():
        assert facet["relation"] == "gte" and facet["values"] == []
    assert client.get("/v1/quotes").status_code == 200  # the connection goes on


def test_what_there_was_time_for_is_a_lower_bound(client, monkeypatch, statements):
    """The clock runs out when the second step begins."""
    monkeypatch.setattr(facets, "FIRST", 20)
    monkeypatch.setattr(facets, "STEPS", 1)
    monkeypatch.setattr(
        facets, "_now", lambda: 9.0 * any("LIMIT 60 OFFSET 20" in statement for statement in statements)
    )
    facet = asked(client, "/v1/quotes", facet="document", min_confidence="0")["document"]
    counts, missing = counted(client, "quotes", "document")
    assert facet["relation"] == "gte" and facet["missing_count"] == missing == 0
    assert all(one["count"] <= counts[one["value"]] for one in facet["values"])
    assert sum(one["count"] for one in facet["values"]) == 20 < sum(counts.values())


def test_a_change_is_counted(client, app):
    before = asked(client, "/v1/quotes", facet="document")["document"]
    delete(before["values"][0]["value"])
    after = asked(client, "/v1/quotes", facet="document")["document"]
    assert after["value_count"] == before["value_count"] - 1
    check(after, *counted(client, "quotes", "document"))


@pytest.mark.parametrize("collection, name", PAIRS, ids=[" of ".join(pair[::-1]) for pair in PAIRS])
def test_kept_counts_leave_out_what_lists_leave_out(empty, collection, name):
    """Older versions of a page, and quotes that a person said are none."""
    for found in (*DOCUMENTS, *VERSIONS):
        store(found)
    client = empty.test_client()
    key, _ = keys.create("tests", ("read", "write"))
    for quote in stored(client, "quotes")[::3]:
        address = f"/v1/quotes/{quote['id']}"
        headers = {"Authorization": f"Bearer {key}", "If-Match": client.get(address).headers["ETag"]}
        assert client.patch(address, json={"is_quote": False}, headers=headers).status_code == 200
    facet = asked(client, f"/v1/{collection}", facet=name)[name]
    check(facet, *counted(client, collection, name))
