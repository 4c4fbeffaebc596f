"""What every answer is put into, also where Flask is not asked: its id, headers for all, 304."""

import pytest
from peewee import OperationalError

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept-Encoding",
    "Access-Control-Allow-Origin": "*",
}


def unchanged(client, path, **headers):
    etag = client.get(path).headers["ETag"]
    return etag, client.get(path, headers={"If-None-Match": etag, **headers})


@pytest.mark.parametrize(
    "path", ["/v1/quotes", "/v1/quotes?kind=direct&limit=3", "/v1/search?q=%C3%A9t%C3%A9"]
)
def test_304_has_what_every_answer_has_and_no_body(client, path):
    etag, answer = unchanged(client, path, **{"X-Request-Id": "ours-1"})
    assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", etag)
    assert answer.headers["X-Request-Id"] == "ours-1"
    assert {name: answer.headers[name] for name in EVERYWHERE} == EVERYWHERE


@pytest.mark.parametrize("path", ["/", "/v1/quotes", "/v1/quotes/q_nothing", "/nothing"])
def test_each_header_stands_once(client, path):
    names = [name for name, _ in client.get(path).headers]
    assert len(names) == len(set(names))
    assert {*EVERYWHERE, "X-Request-Id"} <= set(names)


def test_304_asks_the_database_for_its_generation_alone(client, statements):
    etag = client.get("/v1/quotes").headers["ETag"]
    statements.clear()
    assert client.get("/v1/quotes", headers={"If-None-Match": etag}).status_code == 304
    assert statements == ["SELECT generation FROM state"]


def test_a_database_that_cannot_be_read_is_left_to_the_view(client, monkeypatch):
    def fail():
        raise OperationalError("database is locked")

    monkeypatch.setattr("api.envelope.generation", fail)
    answer = client.get("/v1/quotes", headers={"If-None-Match": 'W/"1"'})
    assert answer.status_code == 200
    assert not answer.headers["ETag"].startswith("W/")  # of the bytes, since no generation is known
