"""Exports: every record that the list gives, in each format, with the same filters."""

import csv
import gzip
import io
import json

import jsonschema
import pytest

from api.v1.export import EXPORTS

EVERY = [(export.listing.name, format) for export in EXPORTS for format in export.formats]


def listed(client, name, **filters):
    data, cursor = [], None
    while True:
        page = client.get(
            f"/v1/{name}", query_string={**filters, **({"cursor": cursor} if cursor else {})}
        ).json
        data += page["data"]
        cursor = page["meta"]["next_cursor"]
        if cursor is None:
            return data


@pytest.mark.parametrize("name", [export.listing.name for export in EXPORTS])
def test_ndjson_and_json_are_the_list(client, name):
    lines = client.get(f"/v1/export/{name}").get_data(as_text=True).splitlines()
    assert [json.loads(line) for line in lines] == listed(client, name)
    assert client.get(f"/v1/export/{name}?format=json").json == listed(client, name)


@pytest.mark.parametrize("name", [export.listing.name for export in EXPORTS])
def test_a_table_has_a_row_a_record_and_a_cell_a_column(client, name):
    text = client.get(f"/v1/export/{name}?format=csv").get_data(as_text=True)
    head, *rows = csv.reader(io.StringIO(text, newline=""))
    assert len(rows) == len(listed(client, name))
    assert {len(row) for row in rows} == {len(head)}
    key = "domain" if name == "domains" else "id"
    assert [row[head.index(key)] for row in rows] == [record[key] for record in listed(client, name)]


def test_a_quote_in_a_table_names_its_speaker(client):
    text = client.get("/v1/export/quotes?format=csv&has_speaker=true").get_data(as_text=True)
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert rows and all(row["speaker_name"] for row in rows)


@pytest.mark.parametrize("name, format", EVERY)
def test_a_file_has_a_name_a_type_and_a_validator(client, name, format):
    response = client.get(f"/v1/export/{name}?format={format}")
    assert response.status_code == 200
    assert response.headers["Content-Disposition"].startswith(f'attachment; filename="{name}.')
    again = client.get(
        f"/v1/export/{name}?format={format}", headers={"If-None-Match": response.headers["ETag"]}
    )
    assert again.status_code == 304


@pytest.mark.parametrize("name", [export.listing.name for export in EXPORTS])
def test_a_file_is_zipped_for_who_takes_that(client, name):
    plain = client.get(f"/v1/export/{name}")
    packed = client.get(f"/v1/export/{name}", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip" and "Content-Encoding" not in plain.headers
    assert gzip.decompress(packed.data) == plain.data and len(packed.data) < len(plain.data)
    refused = client.get(f"/v1/export/{name}", headers={"Accept-Encoding": "gzip;q=0"})
    assert refused.data == plain.data


def test_filters_are_those_of_the_list(client):
    lines = client.get("/v1/export/sources?domain=wikipedia.org").get_data(as_text=True).splitlines()
    assert 0 < len(lines) < len(listed(client, "sources"))
    assert {json.loads(line)["domain"] for line in lines} == {"wikipedia.org"}


REFUSED = [
    ("quotes?format=bibtex", "a format of sources"),
    ("quotes?limit=3", "an export has no pages"),
    ("quotes?spaker=lee", "a misspelt filter"),
    ("quotes?q=%22", "no word to look for"),
]


@pytest.mark.parametrize("address, why", REFUSED, ids=[why for *_, why in REFUSED])
def test_what_an_export_cannot_mean_is_refused(client, address, why):
    response = client.get(f"/v1/export/{address}")
    assert (response.status_code, response.mimetype) == (422, "application/problem+json")


def test_annotations_find_the_words_in_the_text(client):
    page = json.loads(client.get("/v1/export/quotes?format=annotations").get_data(as_text=True))
    assert len(page["items"]) == len(listed(client, "quotes"))
    for item in page["items"]:
        for target in item["target"]:
            text = client.get(target["source"].removeprefix("http://localhost")).get_data(as_text=True)
            quote, place = target["selector"]
            assert text[place["start"] : place["end"]] == quote["exact"]


@pytest.mark.parametrize(
    "public, base", [("https://a.example/b/", "https://a.example/b"), ("/", "http://localhost")]
)
def test_addresses_in_an_export_are_the_public_ones(app, client, monkeypatch, public, base):
    monkeypatch.setitem(app.config, "PUBLIC_URL", public)
    page = client.get("/v1/export/quotes?format=annotations").json
    assert page["id"].startswith(f"{base}/v1/export/quotes?")
    for one in page["items"]:
        assert one["id"].startswith(f"{base}/v1/quotes/")
    assert f"{base}/v1/quotes" in client.get("/").text


IRI = {"type": "string", "pattern": r"^https?://[^\s<>\"{}|\\^`]+$"}
SELECTORS = {  # 4.2.4 and 4.2.5
    "TextQuoteSelector": {
        "required": ["type", "exact", "prefix", "suffix"],
        "properties": {name: {"type": "string"} for name in ("exact", "prefix", "suffix")},
    },
    "TextPositionSelector": {
        "required": ["type", "start", "end"],
        "properties": {name: {"type": "integer", "minimum": 0} for name in ("start", "end")},
    },
}
ANNOTATION = {  # W3C Web Annotation Data Model, 2017: 3.1, 3.2.4, 3.3.5, 4
    "required": ["id", "type", "target"],
    "properties": {
        "id": IRI,
        "type": {"const": "Annotation"},
        "motivation": {"const": "identifying"},
        "body": {
            "required": ["type", "value"],
            "properties": {
                "type": {"const": "TextualBody"},
                "value": {"type": "string", "minLength": 1},
                "format": {"const": "text/plain"},
            },
            "additionalProperties": False,
        },
        "target": {
            "type": "array",
            "minItems": 1,
            "items": {
                "required": ["source", "selector"],
                "properties": {
                    "source": IRI,
                    "selector": {
                        "type": "array",
                        "prefixItems": [
                            {**rules, "properties": {**rules["properties"], "type": {"const": name}}}
                            for name, rules in SELECTORS.items()
                        ],
                        "minItems": 2,
                        "maxItems": 2,
                    },
                },
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}
PAGE = {  # 5.2
    "required": ["@context", "id", "type", "items"],
    "properties": {
        "@context": {"const": "http://www.w3.org/ns/anno.jsonld"},
        "id": IRI,
        "type": {"const": "AnnotationPage"},
        "items": {"type": "array", "items": ANNOTATION},
    },
    "additionalProperties": False,
}


def test_annotations_have_what_the_model_requires_and_nothing_that_it_does_not_know(client):
    response = client.get("/v1/export/quotes?format=annotations&q=the")
    assert response.content_type == 'application/ld+json; profile="http://www.w3.org/ns/anno.jsonld"'
    page = json.loads(response.get_data())
    jsonschema.validate(page, PAGE, jsonschema.Draft202012Validator)
    assert len({item["id"] for item in page["items"]}) == len(page["items"]) > 10
