"""What every answer has: problems in one shape, validators, compression, CORS, an id; and who may write."""

import gzip
import io
import sqlite3

import pytest
from conftest import SHARED, close, needs_shared
from peewee import OperationalError
from records import every, stored

from api import create_app, keys
from api.config import Config
from api.loader import extraction
from api.loader.read import documents
from api.store import store
from api.v1.problems import ProblemSchema

MEMBERS = set(ProblemSchema().fields)
TEXT = {"text": "“It rained,” said Ann Lee."}


def check_problem(answer, status):
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    assert set(answer.json) == MEMBERS
    assert answer.json["status"] == status
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]
    assert answer.json["instance"].isascii()
    for fault in answer.json["errors"]:
        assert set(fault) == {"in", "pointer", "code", "detail"}
    return answer


GETS = [
    ("/nothing", 404, "no such address"),
    ("/v1/quotes/9223372036854775808", 404, "an id of 2^63"),
    ("/v1/quotes/%00", 404, "a NUL in the path"),
    ("/v1/documents/%ED%A0%80", 404, "a lone surrogate in the path"),
    ("/v1/documents/東京", 404, "a path that is not ASCII"),
    ("/read/nothing", 404, "a page of a document that is not there"),
    ("/v1/documents/d_nothing/text", 404, "the text of nothing"),
    ("/v1/documents/d_nothing/speakers", 404, "a list below nothing"),
    ("/v1/domains/nothing.example/sources", 404, "a list below no domain"),
    ("/v1/quotes?speaker=a&speaker=b", 422, "a parameter given twice"),
    ("/v1/quotes?q=%00", 422, "a NUL in a word"),
    ("/v1/quotes?q=!!!", 422, "no word"),
    ("/v1/speakers?q=!!!", 422, "no letter"),
    ("/v1/quotes?limit=0", 422, "no record a page"),
    ("/v1/quotes?limit=501", 422, "too many a page"),
    ("/v1/quotes?limit=99999999999999999999", 422, "a limit beyond 64 bits"),
    ("/v1/speakers?min_quotes=9223372036854775808", 422, "a count of 2^63"),
    ("/v1/quotes?min_confidence=nan", 422, "no number"),
    ("/v1/quotes?has_speaker=maybe", 422, "no truth value"),
    ("/v1/quotes?published_after=2026-13-01", 422, "no day"),
    ("/v1/quotes?sort=confidence", 422, "no sort"),
    ("/v1/quotes?kind=said", 422, "no kind"),
    ("/v1/sources?url=http://[", 422, "no URL"),
    ("/v1/citations?domain=..", 422, "no domain"),
    ("/v1/search", 422, "nothing to search for"),
    ("/v1/quotes?cursor=abc", 400, "a forged cursor"),
    ("/v1/search?q=a&cursor=abc", 400, "a forged cursor of a search"),
    ("/v1/quotes?" + "a" * 10_000, 422, "a long name"),
    ("/v1/quotes?q=" + "a" * 10_000, 422, "a long word"),
]


@pytest.mark.parametrize("address, status, why", GETS, ids=[why for *_, why in GETS])
def test_a_bad_read_is_a_problem(client, address, status, why):
    answer = check_problem(client.get(address), status)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("path", ["/v1/quotes", "/v1/search", "/v1/stats", "/v1/documents", "/v1/quotes/q_1"])
def test_an_unknown_parameter_is_refused(client, path):
    check_problem(client.get(f"{path}?speker=a"), 422)


def test_an_unknown_parameter_gets_a_suggestion(client):
    answer = check_problem(client.get("/v1/quotes?speker=a"), 422)
    assert answer.json["errors"] == [
        {"in": "query", "pointer": "speker", "code": "unknown", "detail": answer.json["detail"]}
    ]
    assert "Did you mean speaker?" in answer.json["detail"]


def test_a_cursor_of_another_query_is_400(client):
    cursor = client.get("/v1/quotes?limit=1").json["meta"]["next_cursor"]
    assert client.get(f"/v1/quotes?limit=2&cursor={cursor}").status_code == 200
    check_problem(client.get(f"/v1/quotes?kind=direct&cursor={cursor}"), 400)
    check_problem(client.get(f"/v1/comments?cursor={cursor}"), 400)


@pytest.mark.parametrize("method, path", [("POST", "/v1/quotes"), ("PUT", "/v1/documents/x"), ("PATCH", "/")])
def test_405_says_what_is_allowed(client, method, path):
    answer = check_problem(client.open(path, method=method), 405)
    assert "GET" in answer.headers["Allow"]
    assert method not in answer.headers["Allow"].split(", ")


POSTS = [
    ({"json": {}}, 422, "neither text nor html"),
    ({"json": {"text": "a", "html": "b"}}, 422, "both"),
    ({"json": {"text": ""}}, 422, "no text"),
    ({"json": {"text": " \n"}}, 422, "blank text"),
    ({"json": {"text": 5}}, 422, "text that is a number"),
    ({"json": []}, 422, "a list"),
    ({"json": {"text": "a", "bogus": 1}}, 422, "an unknown field"),
    ({"json": {"text": "a", "url": "nowhere"}}, 422, "no URL"),
    ({"json": {"text": "a", "url": "ftp://example.org/a"}}, 422, "a URL of another kind"),
    ({"json": {"text": "a", "published_at": "2026-02-30"}}, 422, "a day that no calendar has"),
    ({"json": {"text": "a", "published_at": "yesterday"}}, 422, "no date"),
    ({"data": b"{", "content_type": "application/json"}, 400, "not JSON"),
    ({"data": b"\xff", "content_type": "application/json"}, 400, "not UTF-8"),
    ({"data": b'{"text":"a"}', "content_type": "text/plain"}, 415, "plain text"),
    ({"data": b'{"text":"a"}'}, 415, "no said type"),
    ({"json": TEXT, "headers": {"Content-Encoding": "gzip"}}, 415, "a body that is zipped"),
    ({"json": {"text": "a" * 1_000_001}}, 413, "a text over the limit"),
    ({"json": {"html": "<b>" * 1_400_000}}, 413, "a page over the limit"),
    ({"data": b" " * 17_000_000, "content_type": "application/json"}, 413, "a body over the limit"),
]


@pytest.mark.parametrize("body, status, why", POSTS, ids=[why for *_, why in POSTS])
def test_a_bad_body_is_a_problem(client, body, status, why):
    check_problem(client.post("/v1/extract", **body), status)


@pytest.mark.parametrize("name, value", [("url", "nowhere"), ("published_at", "2026-02-30"), ("title", "")])
def test_a_bad_member_of_a_body_is_pointed_at(client, name, value):
    answer = check_problem(client.post("/v1/extract", json={**TEXT, name: value}), 422)
    assert [(fault["in"], fault["pointer"]) for fault in answer.json["errors"]] == [("body", f"/{name}")]


@pytest.mark.parametrize("size, status", [(900, 200), (1001, 413), (5000, 413)])
def test_a_body_of_unknown_length_is_not_cut_at_the_limit(app, client, monkeypatch, size, status):
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1000)
    body = b'{"text": "It rained."}'.ljust(size)  # cut, it would still be JSON
    stream = {
        "wsgi.input": io.BytesIO(body),
        "wsgi.input_terminated": True,
        "CONTENT_TYPE": "application/json",
    }
    answer = client.post("/v1/extract", environ_overrides=stream)
    assert answer.status_code == status
    if status != 200:
        check_problem(answer, status)


@pytest.mark.parametrize("bad", ["\\ud800", "\\u0000"])
def test_what_no_database_holds_is_replaced_one_for_one(client, writer, bad):
    body = f'{{"text": "a {bad} b", "title": "{bad}"}}'.encode()
    answer = client.post("/v1/documents", data=body, content_type="application/json", headers=writer)
    assert answer.status_code == 201
    assert client.get(f"{answer.headers['Location']}/text").text == "a \ufffd b"


def test_500_is_a_problem_and_says_nothing_of_the_inside(client, monkeypatch):
    def fail(*_):
        raise ZeroDivisionError("secret")

    monkeypatch.setattr("api.v1.search.generation", fail)
    answer = check_problem(client.get("/v1/stats"), 500)
    assert "secret" not in answer.text and "Traceback" not in answer.text
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_503_says_when_to_try_again(client, writer, monkeypatch):
    def fail(*_):
        raise OperationalError("database is locked")

    monkeypatch.setattr("api.v1.documents.store", fail)
    answer = check_problem(client.post("/v1/documents", json=TEXT, headers=writer), 503)
    assert int(answer.headers["Retry-After"]) > 0


def addresses(client):
    document = stored(client, "documents")[0]["id"]
    yield from ("/v1/quotes", "/v1/search?q=the", "/v1/stats", "/openapi.json", "/", "/docs")
    yield from (f"/v1/documents/{document}", f"/v1/documents/{document}/text", f"/read/{document}")


def test_a_server_that_nothing_was_prepared_for_makes_its_database_at_the_first_request(tmp_path):
    client = create_app(Config(database_url=f"sqlite:///{tmp_path / 'new.db'}")).test_client()
    assert client.get("/health").status_code == client.post("/v1/extract", json=TEXT).status_code == 200
    assert list(tmp_path.iterdir()) == []
    assert client.get("/v1/quotes").json["data"] == []
    close()


@pytest.mark.parametrize("path", ["/v1/quotes", "/v1/stats", "/", "/read/d_1", "/health/ready"])
def test_503_where_the_database_is_another_programs(tmp_path, path, caplog):
    theirs = tmp_path / "theirs.db"
    with sqlite3.connect(theirs) as connection:
        connection.execute("CREATE TABLE quote (id TEXT)")
    connection.close()
    before = theirs.read_bytes()
    client = create_app(Config(database_url=f"sqlite:///{theirs}")).test_client()
    answer = check_problem(client.get(path), 503)
    assert answer.headers["Retry-After"]
    assert "theirs.db" not in answer.text and "theirs.db" in caplog.text
    assert client.get("/health").status_code == client.get("/docs").status_code == 200
    assert theirs.read_bytes() == before and list(tmp_path.iterdir()) == [theirs]


def test_every_answer_to_a_read_has_a_validator_and_304_has_it_too(client):
    for address in addresses(client):
        answer = client.get(address)
        etag = answer.headers["ETag"]
        assert client.head(address).headers["ETag"] == etag
        for given in (etag, f"W/{etag}".replace("W/W/", "W/"), etag.removeprefix("W/"), f'"x", {etag}', "*"):
            again = client.get(address, headers={"If-None-Match": given})
            assert (again.status_code, again.headers["ETag"]) == (304, etag), (address, given)
            assert again.data == b""
        assert client.get(address, headers={"If-None-Match": '"x"'}).status_code == 200


def test_304_of_a_list_comes_before_any_query(client, statements):
    etag = client.get("/v1/quotes").headers["ETag"]
    assert etag.startswith('W/"')
    statements.clear()
    assert client.get("/v1/quotes", headers={"If-None-Match": etag}).status_code == 304
    assert [statement for statement in statements if "state" not in statement] == []


def test_a_change_makes_lists_new_and_leaves_records_alone(client, writer):
    quote = stored(client, "quotes")[0]["id"]
    before = [client.get(path).headers["ETag"] for path in ("/v1/quotes", f"/v1/quotes/{quote}")]
    assert client.post("/v1/documents", json=TEXT, headers=writer).status_code == 201
    after = [client.get(path).headers["ETag"] for path in ("/v1/quotes", f"/v1/quotes/{quote}")]
    assert before[0] != after[0] and before[1] == after[1]
    assert not after[1].startswith("W/")


def test_a_read_on_condition_of_another_record_is_412(client):
    quote = stored(client, "quotes")[0]["id"]
    check_problem(client.get(f"/v1/quotes/{quote}", headers={"If-Match": '"x"'}), 412)
    assert client.get(f"/v1/quotes/{quote}", headers={"If-Match": "*"}).status_code == 200  # of any record
    both = {"If-Match": "*", "If-None-Match": "*"}
    assert client.get(f"/v1/quotes/{quote}", headers=both).status_code == 304


def test_gzip_is_the_same_body_and_another_strong_validator(client):
    for address in addresses(client):
        plain, packed = client.get(address), client.get(address, headers={"Accept-Encoding": "gzip"})
        assert "Accept-Encoding" in packed.headers["Vary"] and "Accept-Encoding" in plain.headers["Vary"]
        if len(plain.data) < 1000:
            assert "Content-Encoding" not in packed.headers
            continue
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == plain.data
        etag = packed.headers["ETag"]
        assert (etag == plain.headers["ETag"]) == etag.startswith("W/")
        headers = {"Accept-Encoding": "gzip", "If-None-Match": etag}
        assert client.get(address, headers=headers).status_code == 304


def test_head_is_get_without_the_body(client):
    for address in addresses(client):
        get, head = client.get(address), client.head(address)
        assert head.data == b"" and head.status_code == 200
        for name in ("Content-Type", "Content-Length", "ETag", "Link"):
            assert head.headers.get(name) == get.headers.get(name)


def test_a_browser_may_read_from_anywhere(client):
    headers = {"Origin": "https://example.org", "Access-Control-Request-Method": "GET"}
    answer = client.options("/v1/quotes", headers=headers)
    assert answer.status_code in (200, 204)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "GET" in answer.headers["Access-Control-Allow-Methods"]
    assert "If-None-Match" in answer.headers["Access-Control-Allow-Headers"]
    assert "ETag" in client.get("/v1/quotes").headers["Access-Control-Expose-Headers"]


@pytest.mark.parametrize(
    "given, kept", [("0b5c-4f.a_1", True), ("a b", False), ("é", False), ("a" * 65, False)]
)
def test_the_id_of_a_request_is_kept_if_it_is_one(client, given, kept):
    answer = client.get("/v1/stats", headers={"X-Request-Id": given})
    assert (answer.headers["X-Request-Id"] == given) is kept
    assert answer.headers["X-Request-Id"]


# --- who may write


def bearer(key):
    return {"Authorization": f"Bearer {key}"}


@pytest.mark.parametrize("header", [{}, bearer("sb_x"), bearer(""), {"Authorization": "Basic eDp5"}])
def test_a_write_without_a_good_key_is_401_and_changes_nothing(client, header):
    for _ in range(2):  # without any key made, and with one
        before = client.get("/v1/stats").json
        document = stored(client, "documents")[0]["id"]
        for answer in (
            client.post("/v1/documents", json=TEXT, headers=header),
            client.post("/v1/documents", data=b"{", headers=header),
            client.delete(f"/v1/documents/{document}", headers=header),
        ):
            check_problem(answer, 401)
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert client.get("/v1/stats").json == before
        keys.create("somebody", ("write",))
        client.get("/v1/stats")


def test_a_revoked_key_is_401_and_one_without_the_scope_403(client):
    key, row = keys.create("desk", ("write",))
    keys.revoke(row.id)
    check_problem(client.post("/v1/documents", json=TEXT, headers=bearer(key)), 401)
    key, _ = keys.create("reader", ("read",))
    check_problem(client.post("/v1/documents", json=TEXT, headers=bearer(key)), 403)
    key, _ = keys.create("chief", ("admin",))
    assert client.post("/v1/documents", json=TEXT, headers=bearer(key)).status_code == 201


def test_posting_twice_is_one_document_and_deleting_takes_it_away(client, writer):
    before = client.get("/v1/stats").json
    first = client.post("/v1/documents", json=TEXT, headers=writer)
    again = client.post("/v1/documents", json=TEXT, headers=writer)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    path = first.headers["Location"]
    assert client.get(path).json == first.json
    assert client.get(f"{path}/text").text == TEXT["text"]
    (quote,) = every(client, f"{path}/quotes")
    assert (quote["text"], quote["speaker"]["name"]) == ("It rained,", "Ann Lee") or quote[
        "text"
    ] == "It rained"
    assert client.delete(path, headers=writer).status_code == 204
    check_problem(client.delete(path, headers=writer), 404)
    check_problem(client.get(path), 404)
    check_problem(client.get(f"/v1/quotes/{quote['id']}"), 404)
    after = client.get("/v1/stats").json
    assert {**after, "generation": 0} == {**before, "generation": 0}


def test_extract_stores_nothing(client):
    before = client.get("/v1/stats").json
    assert client.post("/v1/extract", json=TEXT).json["quotes"]
    assert client.get("/v1/stats").json == before


# --- the real document


@pytest.fixture
def real(empty):
    """A client over the documents of ../shared/seeds."""
    for document in documents([SHARED / "seeds"], 2**26, 2**26):
        store(extraction(document))
    return empty.test_client()


@needs_shared
def test_the_real_article_ends_where_the_readers_begin(real):
    (article,) = (one for one in stored(real, "articles") if one["kind"] == "main")
    assert article["text"].startswith("A Russian economic official")
    assert article["text"].rstrip().endswith("he told CNN.")


@needs_shared
def test_the_real_quotes_are_found_with_their_speaker(real):
    quotes = [one for one in stored(real, "quotes") if one["article_id"] and not one["comment_id"]]
    direct = [one for one in quotes if one["kind"] == "direct"]
    assert [one["text"][:22] for one in direct] == [
        "I would say that today",
        "Therefore, the process",
        "At this point, we are ",
        "I think there is an un",
    ]
    assert {one["speaker"]["name"] for one in direct} == {"Kirill Dmitriev"}
    assert sum(one["mention"]["text"] == "he" for one in direct) == 3
    parts = ("went well", "the talks made progress", "a major issue", "in the US to ask", "Russia was ready")
    indirect = [one for one in quotes if one["kind"] != "direct" and one["speaker"]]
    right = [one for one in indirect if one["speaker"]["name"] == "Kirill Dmitriev"]
    assert sum(any(part in one["text"] for one in right) for part in parts) >= 3
    asked = list(every(real, "/v1/quotes", speaker="dmitriev"))
    assert {one["id"] for one in direct} <= {one["id"] for one in asked}


@needs_shared
def test_the_song_of_a_reader_has_no_speaker(real):
    (song,) = (one for one in stored(real, "quotes") if one["text"].startswith("Common people now"))
    assert song["kind"] == "direct" and song["speaker"] is None


@needs_shared
def test_the_real_links_are_all_there(real):
    links = stored(real, "citations")
    assert len(links) == 20
    domains = [one["source"]["domain"] for one in links]
    assert "kommersant.ru" in domains and "youtube.com" in domains
    assert not {"translate.goog", "youtu.be"} & set(domains)
    assert [one["truncated"] for one in links] == [False] * 19 + [True]
    assert all(one["raw"] == one["span"]["text"] for one in links)
    assert len(list(every(real, "/v1/sources", domain="ft.com"))) == 2


def test_a_body_nested_too_deeply_is_a_problem(client):
    body = "[" * 5000 + "]" * 5000
    answer = client.post("/v1/extract", data=body, content_type="application/json")
    check_problem(answer, 400)
