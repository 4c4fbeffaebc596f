"""Smaller and fuller records: ``fields`` and ``include`` on every collection, by itself, in lists and in exports."""

import csv
import io
import json
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

import pytest
from records import COLLECTIONS, differences, every, stored

from api.models import Comment
from api.v1.schemas import PARTS
from api.v1.selection import INCLUSIONS

KEY = {"domains": "domain"}
INCLUDED = [(name, member) for name, members in INCLUSIONS.items() for member in members]
# member: the collection that serves what it holds
HOLDS = {
    "document": "documents",
    "article": "articles",
    "comment": "comments",
    "parent": "comments",
    "speaker": "speakers",
    "source": "sources",
    "latest_quote": "quotes",
    "latest_citation": "citations",
    "top_source": "sources",
}
LEFT_OUT = {"document", "text", "spans"}  # of articles and comments within another record


def key_of(collection):
    return KEY.get(collection, "id")


def members(collection):
    return [name for name, field in COLLECTIONS[collection]().fields.items() if field.required]


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_fields_leave_all_other_members_out(client, collection):
    whole = stored(client, collection)
    key = key_of(collection)
    for wanted in ([members(collection)[-1]], members(collection)[1:4], members(collection)):
        kept = {key, *wanted}
        parts = list(every(client, f"/v1/{collection}", fields=",".join(wanted), limit=7))
        assert parts == [{name: one[name] for name in one if name in kept} for one in whole]
        alone = client.get(f"/v1/{collection}/{whole[0][key]}", query_string={"fields": ",".join(wanted)})
        assert alone.json == parts[0]
        assert list(differences(parts[0], PARTS[COLLECTIONS[collection]])) == []


@pytest.mark.parametrize("collection, member", INCLUDED, ids=[" of ".join(pair[::-1]) for pair in INCLUDED])
def test_an_included_record_is_as_it_is_served_by_itself(client, collection, member):
    plain = stored(client, collection)
    fuller = list(every(client, f"/v1/{collection}", include=member, limit=9))
    assert [one | {member: None} for one in fuller] == [one | {member: None} for one in plain]
    held = 0
    for before, after in zip(plain, fuller, strict=True):
        assert list(differences(after, COLLECTIONS[collection])) == []
        if after[member] is None:
            assert before.get(member) is None and before.get(f"{member}_id") is None
            continue
        held += 1
        served = client.get(f"/v1/{HOLDS[member]}/{after[member]['id']}").json
        assert {**after[member], **served} == {**served, **(before.get(member) or {})}
        if f"{member}_id" in before:
            assert before[f"{member}_id"] == after[member]["id"]
        missing = served.keys() - after[member].keys()
        assert missing <= LEFT_OUT if member in ("article", "comment", "parent") else not missing
    assert held or member == "parent"  # the seeds have no replies
    key = fuller[0][key_of(collection)]
    alone = client.get(f"/v1/{collection}/{key}", query_string={"include": member})
    assert alone.json == fuller[0]


def test_what_is_latest_or_top_is_that_of_all(client):
    def day(record):
        return ((record["document"]["published_at"] or "") + "-01-01")[:10].removeprefix("-01-01")

    for speaker in every(client, "/v1/speakers", include="latest_quote"):
        quotes = list(every(client, f"/v1/speakers/{speaker['id']}/quotes"))
        assert speaker["latest_quote"] in quotes
        assert day(speaker["latest_quote"]) == max(map(day, quotes))
    for source in every(client, "/v1/sources", include="latest_citation"):
        citations = list(every(client, f"/v1/sources/{source['id']}/citations"))
        assert source["latest_citation"] in citations
        assert day(source["latest_citation"]) == max(map(day, citations))
    for domain in every(client, "/v1/domains", include="top_source"):
        sources = list(every(client, f"/v1/domains/{domain['domain']}/sources"))
        assert domain["top_source"] in sources
        counts = [source["citation_count"] for source in sources]
        assert domain["top_source"]["citation_count"] == max(counts)


def test_a_reply_holds_what_it_answers(client, app):
    first, second = Comment.select().order_by(Comment.pk).limit(2)
    Comment.update(parent=first).where(Comment.pk == second.pk).execute()
    found = client.get(f"/v1/comments/{second.id}?include=parent").json
    assert found["parent"]["id"] == found["parent_id"] == first.id
    assert found["parent"]["text"] == first.text


def test_what_is_included_costs_two_lookups_however_many_records(client, statements):
    for limit in (2, 500):
        statements.clear()
        client.get(f"/v1/quotes?limit={limit}&include=speaker,document,article,comment")
        assert len(statements) <= 2 + 2 * 4  # the generation, the page; for each, whom it is and what it is


def test_an_included_record_is_kept_beside_fields(client):
    found = client.get("/v1/quotes?fields=text&include=article,document&limit=1").json["data"][0]
    assert list(found) == ["id", "text", "document", "article"]


@pytest.mark.parametrize("query", ["fields=text,kind&include=speaker", "include=document&sort=-published_at"])
def test_the_link_to_the_next_page_keeps_the_shape(client, query):
    pages, address = [], f"/v1/quotes?{query}&limit=30"
    while address:
        pages.append(client.get(address).json)
        address = pages[-1]["links"]["next"]
    assert len(pages) > 2
    for page, following in pairwise(pages):
        asked = parse_qs(urlsplit(page["links"]["next"]).query)
        assert asked | parse_qs(query) == asked
        assert page["data"][0].keys() == following["data"][0].keys()


def test_a_cursor_goes_on_with_another_shape(client):
    cursor = client.get("/v1/quotes?limit=3").json["meta"]["next_cursor"]
    part = client.get(f"/v1/quotes?limit=3&fields=text&cursor={cursor}").json["data"]
    assert part == [
        {"id": one["id"], "text": one["text"]}
        for one in client.get(f"/v1/quotes?limit=3&cursor={cursor}").json["data"]
    ]


def test_lists_below_a_parent_take_them_too(client):
    speaker = client.get("/v1/speakers?sort=-quote_count&limit=1&fields=quote_count").json["data"][0]
    address = f"/v1/speakers/{speaker['id']}/quotes?fields=text&include=speaker&limit=500"
    found = client.get(address).json["data"]
    assert len(found) == speaker["quote_count"] > 1
    assert all(list(one) == ["id", "text", "speaker"] and one["speaker"]["quote_count"] for one in found)


REFUSED = [
    ("quotes?fields=txt", "fields", "There is no field txt. There are: id, kind, mode, text,"),
    ("quotes?fields=", "fields", ""),
    ("quotes?fields=text,article", "fields", "There is no field article."),
    ("quotes?include=speakers", "include", "There are: document, speaker, article, comment."),
    ("domains?fields=id", "fields", "There are: domain, source_count,"),
    ("domains?include=sources", "include", "There is no record to include sources. There are: top_source."),
    ("quotes/q_x?fields=txt", "fields", "There is no field txt."),
    ("speakers/s_x/quotes?include=text", "include", "There is no record to include text."),
    ("export/quotes?fields=txt", "fields", "There is no field txt."),
    (
        "export/quotes?format=csv&include=speaker",
        "include",
        "include goes with format=ndjson, json, not with csv.",
    ),
    ("export/quotes?format=annotations&fields=text", "fields", "not with annotations."),
    ("export/sources?format=bibtex&fields=url", "fields", "fields goes with format=csv, ndjson, json,"),
]


@pytest.mark.parametrize("address, name, detail", REFUSED, ids=[address for address, *_ in REFUSED])
def test_a_shape_that_there_is_not_is_refused_with_those_that_there_are(client, address, name, detail):
    answer = client.get(f"/v1/{address}")
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    (fault,) = answer.json["errors"]
    assert fault["in"] == "query" and fault["pointer"].strip("/").split("/")[0] == name
    assert detail in fault["detail"]


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_an_export_has_the_shape_of_the_list(client, collection):
    query = {"fields": ",".join(members(collection)[1:3])}
    if collection in INCLUSIONS:
        query["include"] = ",".join(INCLUSIONS[collection])
    listed = list(every(client, f"/v1/{collection}", **query))
    lines = client.get(f"/v1/export/{collection}", query_string=query).get_data(as_text=True).splitlines()
    assert [json.loads(line) for line in lines] == listed
    assert client.get(f"/v1/export/{collection}", query_string={**query, "format": "json"}).json == listed


def test_a_table_has_the_columns_of_the_fields(client):
    address = "/v1/export/quotes?format=csv&fields=co_speakers,text,speaker"
    rows = list(csv.reader(io.StringIO(client.get(address).get_data(as_text=True), newline="")))
    head = ["id", "text", "speaker_id", "speaker_name", "speaker_kind", "speaker_confidence", "co_speakers"]
    assert rows[0] == head
    listed = stored(client, "quotes")
    assert [row[0] for row in rows[1:]] == [one["id"] for one in listed]
    assert [json.loads(row[-1]) for row in rows[1:]] == [one["co_speakers"] for one in listed]
