"""Parameters of a query: read as marshmallow reads them, though those that are not given are not asked for."""

import marshmallow as ma
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.v1 import export, search  # noqa: F401 - every schema is defined once these are imported
from api.v1.arguments import Query


def below(schema):
    for inner in schema.__subclasses__():
        yield inner
        yield from below(inner)


SCHEMAS = sorted(set(below(Query)), key=lambda schema: schema.__name__)
VALUES = [
    "1",
    "0",
    "500",
    "-1",
    "true",
    "direct",
    "speech,thought",
    "article",
    "2026-01-01",
    "-loaded_at",
    "nan",
    "",
    "a\0",
]
NAMES = st.sampled_from(sorted({"speker", *(name for schema in SCHEMAS for name in schema().parameters)}))


def outcome(load, data):
    try:
        return load(data)
    except ma.ValidationError as error:
        return error.messages


def test_there_are_schemas():
    assert len(SCHEMAS) > 20


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.__name__)
@settings(deadline=None)
@given(query=st.dictionaries(NAMES, st.sampled_from(VALUES) | st.text(max_size=5), max_size=4))
def test_a_query_is_read_as_marshmallow_reads_it(schema, query):
    schema = schema()
    query = {name: value for name, value in query.items() if name in schema.parameters or name == "speker"}
    assert outcome(schema.load, query) == outcome(super(Query, schema).load, query)


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.__name__)
def test_defaults_are_values_and_names_are_those_of_the_schema(schema):
    schema = schema()
    assert not any(map(callable, schema.defaults.values()))
    assert all(field.attribute is None for field in schema.fields.values())
