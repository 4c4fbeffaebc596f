"""What is served is what the schemas say, and points at the characters that it stands for."""

import json
from dataclasses import replace

import pytest
from conftest import HARD, SHARED, as_document, needs_shared, seed_extractions
from peewee import Field
from records import COLLECTIONS, PAGES, differences, every, stored

from api.loader import extraction
from api.loader.read import documents
from api.pagination import walk
from api.store import document_id, store
from api.v1 import lists
from api.v1 import records as templates
from api.v1.schemas import ExtractionSchema, StatsSchema

PARENTS = {
    "documents": ("articles", "quotes", "speakers", "comments", "citations", "sources", "domains"),
    "articles": ("quotes", "citations"),
    "comments": ("replies", "quotes", "citations"),
    "speakers": ("quotes",),
    "sources": ("citations",),
    "domains": ("sources", "citations"),
}
BELOW = [(parent, child) for parent, children in PARENTS.items() for child in children]
KEY = {"domains": "domain"}


def texts(client):
    """The text of every document by its id, as served."""
    found = {}
    for document in stored(client, "documents"):
        answer = client.get(f"/v1/documents/{document['id']}/text")
        assert answer.content_type == "text/plain; charset=utf-8"
        found[document["id"]] = answer.data.decode()
    return found


def spans(value):
    """Every ``{"start", "end", "text"}`` in a record."""
    if isinstance(value, dict):
        if {"start", "end"} <= value.keys():
            yield value
        for inner in value.values():
            yield from spans(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from spans(inner)


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_a_list_is_what_its_schema_says(client, collection):
    answer = client.get(f"/v1/{collection}?limit=500&count=exact")
    assert list(differences(answer.json, PAGES[collection])) == []
    assert answer.json["data"]
    assert answer.json["meta"]["total"] == len(answer.json["data"])


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_a_single_record_is_the_one_in_the_list(client, collection):
    for record in stored(client, collection)[::7]:
        answer = client.get(f"/v1/{collection}/{record[KEY.get(collection, 'id')]}")
        assert answer.json == record


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_what_is_served_is_what_is_stored(client, collection):
    listing = getattr(lists, collection.upper())
    template = getattr(templates, collection.removesuffix("s").upper())
    own = {
        name: column.name
        for name, column in template.items()
        if isinstance(column, Field) and column.model is listing.key.model
    }
    rows = {row.pk: row for row in listing.key.model.select()}
    found = [(rows[key], json.loads(record)) for key, record in walk(listing, {"current": 0})]
    assert own and found
    for row, record in found:
        assert {name: record[name] for name in own} == {name: getattr(row, own[name]) for name in own}


@pytest.mark.parametrize("parent, child", BELOW, ids=["/".join(pair) for pair in BELOW])
def test_a_list_below_a_parent_is_what_its_schema_says(client, parent, child):
    seen = 0
    for record in stored(client, parent):
        answer = client.get(f"/v1/{parent}/{record[KEY.get(parent, 'id')]}/{child}?limit=500")
        schema = PAGES["comments" if child == "replies" else child]
        assert list(differences(answer.json, schema)) == []
        seen += len(answer.json["data"])
    assert seen or (parent, child) == ("comments", "citations")


def test_a_search_is_what_its_schema_says(client):
    answer = client.get("/v1/search?q=the&limit=500&count=exact")
    assert list(differences(answer.json, PAGES["search"])) == []
    assert {hit["type"] for hit in answer.json["data"]} >= {"quote", "comment", "article"}


def test_stats_are_what_is_listed(client):
    answer = client.get("/v1/stats")
    assert list(differences(answer.json, StatsSchema)) == []
    for collection in COLLECTIONS:
        assert answer.json[collection] == len(stored(client, collection)), collection


def test_an_extraction_is_what_its_schema_says(client):
    for found in seed_extractions():
        answer = client.post("/v1/extract", json={"text": found.document.text})
        assert list(differences(answer.json, ExtractionSchema)) == []


@pytest.mark.parametrize("collection", ["articles", "quotes", "comments", "citations"])
def test_every_span_is_the_text_that_it_stands_for(client, collection):
    served = texts(client)
    found = 0
    for record in stored(client, collection):
        text = served[record["document_id"]]
        for span in spans(record):
            assert text[span["start"] : span["end"]] == span["text"]
            assert span["start"] < span["end"]
            found += 1
    assert found


def test_a_text_with_every_hard_character_is_served_as_it_was(client):
    assert HARD in texts(client).values()
    assert "\r\n" in HARD and "\u0301" in HARD and any(ord(character) > 0xFFFF for character in HARD)
    (document,) = (id for id, text in texts(client).items() if text == HARD)
    quotes = list(every(client, f"/v1/documents/{document}/quotes"))
    assert any("\U0001f327" in quote["text"] for quote in quotes)
    for quote in quotes:
        assert quote["text"] == " ".join(span["text"] for span in quote["spans"])


def test_texts_are_those_that_were_loaded(client):
    served = texts(client)
    assert served == {document_id(found.document): found.document.text for found in seed_extractions()}


def test_counts_of_a_document_are_those_of_its_lists(client):
    for document in stored(client, "documents"):
        for child, count in document["counts"].items():
            listed = list(every(client, f"/v1/documents/{document['id']}/{child}"))
            assert len(listed) == count, child


def test_counts_of_a_speaker_are_those_of_its_quotes(client):
    for speaker in stored(client, "speakers"):
        quotes = list(every(client, f"/v1/speakers/{speaker['id']}/quotes"))
        assert len(quotes) == speaker["quote_count"]
        assert len({quote["document_id"] for quote in quotes}) == speaker["document_count"]
        for quote in quotes:
            behind = [quote["speaker"]["id"], *(one["id"] for one in quote["co_speakers"])]
            assert speaker["id"] in behind


def test_counts_of_a_domain_are_those_of_its_lists(client):
    for domain in stored(client, "domains"):
        citations = list(every(client, f"/v1/domains/{domain['domain']}/citations"))
        sources = list(every(client, f"/v1/domains/{domain['domain']}/sources"))
        assert len(citations) == domain["citation_count"]
        assert len(sources) == domain["source_count"]
        assert len({one["document_id"] for one in citations}) == domain["document_count"]
        assert {source["domain"] for source in sources} == {domain["domain"]}
        for source in sources:
            of_source = [one for one in citations if one["source_id"] == source["id"]]
            assert len(of_source) == source["citation_count"]


def test_parents_of_a_record_are_served(client):
    for quote in stored(client, "quotes"):
        for parent in ("document", "article", "comment"):
            if quote[f"{parent}_id"] is not None:
                assert client.get(f"/v1/{parent}s/{quote[f'{parent}_id']}").status_code == 200
        assert quote["document"]["id"] == quote["document_id"]


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_the_queries_of_a_list_do_not_grow_with_its_rows(client, statements, collection):
    counts = []
    for limit in (1, 500):
        client.get(f"/v1/{collection}?limit={limit}")
        statements.clear()
        rows = client.get(f"/v1/{collection}?limit={limit}&count=exact").json["data"]
        counts.append(sum(one not in ("BEGIN", "COMMIT") for one in statements))
        assert len(rows) >= limit or limit == 500
    assert counts[0] == counts[1]
    assert counts[1] <= 3  # the generation, the rows, the count


def test_the_queries_of_a_search_do_not_grow_with_its_hits(client, statements):
    counts = []
    client.get("/v1/search?q=the&type=quote")  # a connection reads an index's settings once
    for limit in (1, 2):
        statements.clear()
        client.get(f"/v1/search?q=the&type=quote&limit={limit}")
        counts.append(len(statements))
    assert counts[0] == counts[1]


@needs_shared
def test_every_span_of_the_real_documents_is_the_text_that_it_stands_for(empty):
    client = empty.test_client()
    for document in documents([SHARED / "seeds"], 2**26, 2**26):
        store(extraction(document))
    served = texts(client)
    for collection in ("articles", "quotes", "comments", "citations"):
        for record in stored(client, collection):
            for span in spans(record):
                assert served[record["document_id"]][span["start"] : span["end"]] == span["text"]


def test_columns_of_json_are_served_as_json(client):
    for quote in stored(client, "quotes"):
        assert json.loads(json.dumps(quote["spans"])) == quote["spans"]
        assert isinstance(quote["co_speakers"], list)


def test_a_document_of_a_web_archive_says_when_it_was_fetched(client):
    read = as_document("It rained.", url="https://example.org/rain")
    id = store(extraction(replace(read, retrieved_at="2024-05-02T10:15:00Z"))).id
    served = client.get(f"/v1/documents/{id}").json
    assert served["retrieved_at"] == "2024-05-02T10:15:00Z"
    assert served["url"] == "https://example.org/rain" and served["published_at"] is None
    others = (document for document in stored(client, "documents") if document["id"] != id)
    assert {document["retrieved_at"] for document in others} == {None}


def test_a_domain_is_known_in_capitals_too(client):
    domain = stored(client, "domains")[0]["domain"]
    assert client.get(f"/v1/domains/{domain.upper()}").json["domain"] == domain
    for child in ("sources", "citations"):
        capital, small = (client.get(f"/v1/domains/{name}/{child}").json for name in (domain.upper(), domain))
        assert capital["data"] == small["data"] != []
