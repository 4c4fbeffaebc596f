"""The OpenAPI document: committed as the code makes it, complete, sound, and never breaking what was there."""

import copy
import json

import pytest
from conftest import ROOT
from openapi_diff import breaks
from openapi_spec_validator import validate

METHODS = {"get", "post", "put", "patch", "delete"}
COMMITTED = ROOT / "openapi" / "v1.json"


@pytest.fixture(scope="module")
def document(application):
    """The document as the code makes it."""
    return application.test_client().get("/openapi.json").json


def operations(document):
    for path, item in document["paths"].items():
        for method in METHODS & item.keys():
            yield f"{method} {path}", item, item[method]


def test_the_committed_document_is_the_codes(document):
    assert COMMITTED.exists(), "flask openapi write"
    assert json.loads(COMMITTED.read_text("utf-8")) == document


def test_write_takes_no_argument_and_writes_it(application, document, tmp_path, monkeypatch):
    monkeypatch.setattr("api.cli.OPENAPI", tmp_path / "v1.json")
    runner = application.test_cli_runner()
    assert runner.invoke(args=["openapi", "write", "elsewhere.json"]).exit_code == 2
    assert runner.invoke(args=["openapi", "write"]).exit_code == 0
    assert json.loads((tmp_path / "v1.json").read_text("utf-8")) == document


def test_it_is_openapi(document):
    validate(document)
    assert document["openapi"].startswith("3.1")


def test_every_operation_is_complete(document):
    ids = []
    for where, _, operation in operations(document):
        ids.append(operation["operationId"])
        assert operation["summary"] and operation["description"] and operation["tags"], where
        assert any(status.startswith("4") or status == "default" for status in operation["responses"]), where
        written = not where.startswith("get ") and "extract" not in where
        assert bool(operation.get("security")) == written, where
        if written:
            assert {"401", "403"} <= operation["responses"].keys(), where
    assert len(ids) == len(set(ids))


def test_every_parameter_has_a_description_and_an_example(document):
    missing = []
    for where, item, operation in operations(document):
        for one in (*item.get("parameters", ()), *operation.get("parameters", ())):
            if not one.get("description") or ("example" not in one and "example" not in one["schema"]):
                missing.append(f"{where}: {one['name']}")
    assert {line.rsplit(": ", 1)[1] for line in missing} <= {
        "cursor"
    }  # an example would be refused: it is opaque


def test_every_field_has_a_description_and_an_example(document):
    missing = []
    for name, schema in document["components"]["schemas"].items():
        for field, value in schema.get("properties", {}).items():
            nested = "$ref" in json.dumps(value)
            if not value.get("description") or not (nested or "example" in value or "examples" in value):
                missing.append(f"{name}.{field}")
    assert [one for one in missing if not one.startswith("Correction")] == []


def removed(document, *path):
    for name in path[:-1]:
        document = document[name]
    del document[path[-1]]


LIST = ("paths", "/v1/quotes", "get")


def parameter(document, name):
    (found,) = (one for one in document["paths"]["/v1/quotes"]["get"]["parameters"] if one["name"] == name)
    return found


EDITS = {
    "a path gone": lambda d: removed(d, "paths", "/v1/quotes"),
    "a method gone": lambda d: removed(d, "paths", "/v1/documents", "post"),
    "a parameter gone": lambda d: d["paths"]["/v1/quotes"]["get"]["parameters"].remove(parameter(d, "q")),
    "a parameter required": lambda d: parameter(d, "q").update(required=True),
    "a parameter of another type": lambda d: parameter(d, "q")["schema"].update(type="integer"),
    "a maximum lower": lambda d: parameter(d, "limit")["schema"].update(maximum=100),
    "an enum narrower": lambda d: parameter(d, "count")["schema"].update(enum=["none"]),
    "a response gone": lambda d: removed(d, *LIST, "responses", "200"),
    "a field gone": lambda d: removed(d, "components", "schemas", "Quote", "properties", "text"),
    "a field no longer sure": lambda d: d["components"]["schemas"]["Quote"]["required"].remove("text"),
    "a field of another type": lambda d: d["components"]["schemas"]["Quote"]["properties"]["text"].update(
        type="integer"
    ),
    "a body's field gone": lambda d: removed(
        d, "components", "schemas", "GivenDocument", "properties", "url"
    ),
    "a body's field required": lambda d: d["components"]["schemas"]["GivenDocument"].update(required=["url"]),
}


@pytest.mark.parametrize("edit", EDITS)
def test_a_break_is_seen(document, edit):
    changed = copy.deepcopy(document)
    EDITS[edit](changed)
    assert list(breaks(document, changed))


def test_an_addition_is_no_break(document):
    changed = copy.deepcopy(document)
    changed["components"]["schemas"]["Quote"]["properties"]["more"] = {"type": "string"}
    changed["paths"]["/v1/more"] = changed["paths"]["/v1/quotes"]
    changed["paths"]["/v1/quotes"]["get"]["parameters"].append({"in": "query", "name": "more", "schema": {}})
    assert list(breaks(document, changed)) == []
    assert list(breaks(document, document)) == []
