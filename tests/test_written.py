"""What SQLite writes is the JSON that orjson would have written."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from peewee import FloatField, IntegerField, Model, SqliteDatabase, TextField

from api.written import plain, stored, truth, unless_null, written

memory = SqliteDatabase(":memory:")


class Row(Model):
    id = TextField()
    text = TextField(null=True)
    json = TextField(null=True)
    number = FloatField()
    count = IntegerField(null=True)

    class Meta:
        database = memory


TEMPLATE = {
    "id": plain(Row.id),
    "50% of a 'name'": Row.text,
    "json": stored(Row.json),
    "number": Row.number,
    "count": Row.count,
    "long": truth(Row.count > 3),
    "known": unless_null(Row.text, {"text": Row.text, "number": Row.number}),
    "inner": {"text": Row.text, "deeper": {"count": Row.count}},
}
GIVEN = {"id": "q_1", "text": "He said “no”", "json": b'[{"start":1}]'.decode(), "number": 0.5, "count": 3}


@pytest.fixture(scope="module", autouse=True)
def table():
    with memory.bind_ctx([Row]), memory.connection_context():
        memory.create_tables([Row])
        yield


def record(row, names=None):
    Row.delete().execute()
    Row.insert(row).execute()
    return Row.select(written(TEMPLATE, names)).tuples().get()[0].encode()


def expected(row):
    text, count = row["text"], row["count"]
    return {
        "id": row["id"],
        "50% of a 'name'": text,
        "json": None if row["json"] is None else orjson.Fragment(row["json"]),
        "number": row["number"],
        "count": count,
        "long": count is not None and count > 3,
        "known": None if text is None else {"text": text, "number": row["number"]},
        "inner": {"text": text, "deeper": {"count": count}},
    }


@given(
    st.text(st.characters(exclude_categories=["Cs"])) | st.none(),
    st.recursive(st.none() | st.booleans() | st.text(st.characters(exclude_categories=["Cs"])), st.lists),
    st.integers(-(2**63), 2**63 - 1) | st.none(),
)
def test_any_record_is_the_same_bytes(text, json, count):
    row = {**GIVEN, "text": text, "json": orjson.dumps(json).decode(), "count": count}
    found = record(row)
    assert found == orjson.dumps(expected(row))
    assert b"\n" not in found  # what parts the records of a page


@pytest.mark.parametrize("name", ["text", "json", "count"])
def test_null_is_null(name):
    row = {**GIVEN, name: None}
    assert record(row) == orjson.dumps(expected(row))


@pytest.mark.parametrize("code", [*range(0x20), 0x22, 0x25, 0x27, 0x5C, 0x7F, 0x85, 0x2028, 0x1F327], ids=hex)
def test_each_character_that_may_need_an_escape_comes_through(code):
    row = {**GIVEN, "text": f"a{chr(code)}b"}
    assert record(row) == orjson.dumps(expected(row))


def test_each_confidence_that_we_round_to_is_written_as_it_is():
    for at in range(10_001):
        row = {**GIVEN, "number": at / 10_000}
        assert record(row, {"number"}) == orjson.dumps({"number": at / 10_000})


def test_only_the_members_that_are_asked_for_are_there_in_the_order_of_the_template():
    assert record(GIVEN, {"count", "id", "nothing"}) == b'{"id":"q_1","count":3}'
