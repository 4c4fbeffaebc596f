"""Corrections: what a person says wins, lasts, is recorded, and can be undone."""

import pytest
from conftest import opened_at
from invented import ANN, JUDITH, invented

import api.store
from api import keys
from api.database import database
from api.store import delete, store

RAIN = invented("rain", [("It rained all day long", [ANN]), ("It may well rain again", [ANN])])
SNOW = invented("snow", [("It snowed all night long", [JUDITH])])


@pytest.fixture
def desk(application, tmp_path):
    """A client over two documents, and the header of a key that may write."""
    opened_at(tmp_path / "desk.db")
    for found in (RAIN, SNOW):
        store(found)
    key, _ = keys.create("desk", ("write",))
    yield application.test_client(), {"Authorization": f"Bearer {key}"}
    database.close()


def quotes(client, **filters):
    return client.get("/v1/quotes", query_string=filters).json["data"]


def correct(desk, quote, **changes):
    client, key = desk
    address = f"/v1/quotes/{quote['id']}"
    etag = client.get(address).headers["ETag"]
    return client.patch(address, json=changes, headers={**key, "If-Match": etag})


def counts(client):
    return {speaker["name"]: speaker["quote_count"] for speaker in client.get("/v1/speakers").json["data"]}


def test_a_corrected_quote_says_so_and_has_confidence_one(desk):
    client, _ = desk
    quote = quotes(client)[0]
    answer = correct(desk, quote, kind="mixed", speaker={"name": "Judith Lee"}).json
    assert (answer["kind"], answer["confidence"], answer["corrected"]) == ("mixed", 1, True)
    assert (answer["speaker"]["name"], answer["speaker"]["confidence"]) == ("Judith Lee", 1)
    assert counts(client) == {"Ann Lee": 1, "Judith Lee": 2}
    recorded = client.get("/v1/corrections").json["data"]
    assert {(one["action"], one["by"], one["quote_id"]) for one in recorded} == {
        ("kind", "desk", quote["id"]),
        ("speaker", "desk", quote["id"]),
    }
    assert {"kind": "direct"} in [one["before"] for one in recorded]


def test_the_second_of_two_who_correct_at_once_is_told(desk):
    client, key = desk
    address = f"/v1/quotes/{quotes(client)[0]['id']}"
    etag = client.get(address).headers["ETag"]
    first, second = (
        client.patch(address, json={"kind": kind}, headers={**key, "If-Match": etag})
        for kind in ("mixed", "indirect")
    )
    assert (first.status_code, second.status_code) == (200, 412)
    assert client.get(address).json["kind"] == "mixed"
    assert client.patch(address, json={"kind": "direct"}, headers=key).status_code == 428


def test_what_is_no_quote_is_left_out_and_can_come_back(desk):
    client, key = desk
    quote = quotes(client)[0]
    assert correct(desk, quote, is_quote=False).json["is_quote"] is False
    assert quote["id"] not in {one["id"] for one in quotes(client)}
    assert (counts(client)["Ann Lee"], client.get("/v1/stats").json["quotes"]) == (1, 2)
    made = client.get("/v1/corrections").json["data"][0]
    assert client.post(f"/v1/corrections/{made['id']}/undo", headers=key).json["action"] == "undo"
    assert client.get(f"/v1/quotes/{quote['id']}").json == quote
    assert client.post(f"/v1/corrections/{made['id']}/undo", headers=key).status_code == 409


def test_a_correction_outlives_a_newer_extractor_and_a_second_load(desk, monkeypatch):
    client, _ = desk
    quote = quotes(client)[0]
    correct(desk, quote, speaker={"name": "Judith Lee"})
    monkeypatch.setattr(api.store, "EXTRACTOR", "newer")
    for found in (RAIN, SNOW):
        assert store(found).outcome == "replaced"
    delete(quote["document_id"])
    assert client.get("/v1/corrections").json["data"][0]["orphaned"] is False
    store(RAIN)
    assert client.get(f"/v1/quotes/{quote['id']}").json["speaker"]["name"] == "Judith Lee"
    assert counts(client) == {"Ann Lee": 1, "Judith Lee": 2}


def shifted(found, by):
    """The same document with its first quote's end moved, as another extractor might see it."""
    first, *others = found.quotes
    span = first.spans[0]
    moved = type(first)(first.kind, (type(span)(span.start, span.end + by),), first.cue, first.mention)
    return type(found)(
        found.document, found.segments, (moved, *others), found.resolutions, found.speakers, found.citations
    )


def test_a_correction_follows_its_words_and_the_old_id_redirects(desk, monkeypatch):
    client, _ = desk
    quote = quotes(client)[0]
    correct(desk, quote, kind="mixed")
    monkeypatch.setattr(api.store, "EXTRACTOR", "newer")
    store(shifted(RAIN, -5))
    answer = client.get(f"/v1/quotes/{quote['id']}")
    assert answer.status_code == 308
    moved = client.get(answer.headers["Location"]).json
    assert (moved["text"], moved["kind"], moved["corrected"]) == ("It rained all day", "mixed", True)


def test_a_correction_without_its_quote_is_kept_as_orphaned(desk, monkeypatch):
    client, _ = desk
    correct(desk, quotes(client)[0], kind="mixed")
    monkeypatch.setattr(api.store, "EXTRACTOR", "newer")
    store(shifted(RAIN, -19))
    (orphan,) = client.get("/v1/corrections?orphaned=true").json["data"]
    assert orphan["action"] == "kind"


def test_a_merge_moves_the_quotes_redirects_and_holds_for_later_loads(desk):
    client, key = desk
    ids = {speaker["name"]: speaker["id"] for speaker in client.get("/v1/speakers").json["data"]}
    made = client.post(
        f"/v1/speakers/{ids['Judith Lee']}/merge", json={"into": ids["Ann Lee"]}, headers=key
    ).json
    assert counts(client)["Ann Lee"] == 3
    moved = client.get(f"/v1/speakers/{ids['Judith Lee']}/quotes?limit=1")
    assert (moved.status_code, moved.headers["Location"]) == (
        308,
        f"/v1/speakers/{ids['Ann Lee']}/quotes?limit=1",
    )
    delete(quotes(client, q="snowed")[0]["document_id"])
    store(SNOW)
    assert quotes(client, q="snowed")[0]["speaker"]["id"] == ids["Ann Lee"]
    client.post(f"/v1/corrections/{made['id']}/undo", headers=key)
    assert counts(client) == {"Ann Lee": 2, "Judith Lee": 1}
    assert quotes(client, q="snowed")[0]["speaker"]["id"] == ids["Judith Lee"]


def test_a_split_gives_quotes_to_somebody_new_and_is_undone_whole(desk):
    client, key = desk
    first, _ = quotes(client, speaker="Ann Lee")
    address = f"/v1/speakers/{first['speaker']['id']}/split"
    made = client.post(address, json={"quotes": [first["id"]], "name": "Otto Example"}, headers=key).json
    assert counts(client) == {"Ann Lee": 1, "Judith Lee": 1, "Otto Example": 1}
    assert (
        client.post(address, json={"quotes": [first["id"]], "name": "Otto"}, headers=key).status_code == 409
    )
    client.post(f"/v1/corrections/{made['id']}/undo", headers=key)
    assert counts(client) == {"Ann Lee": 2, "Judith Lee": 1}


REFUSED = [
    ({}, 422, "nothing to correct"),
    ({"speaker": {"id": "s_none"}}, 409, "a speaker that there is not"),
    ({"speaker": {"id": "s_a", "name": "Ann"}}, 422, "a speaker by two names"),
    ({"kind": "rumour"}, 422, "a kind that there is not"),
]


@pytest.mark.parametrize("changes, status, why", REFUSED, ids=[why for *_, why in REFUSED])
def test_a_correction_that_means_nothing_is_refused_and_changes_nothing(desk, changes, status, why):
    client, _ = desk
    quote = quotes(client)[0]
    assert correct(desk, quote, **changes).status_code == status
    assert client.get(f"/v1/quotes/{quote['id']}").json == quote
    assert client.get("/v1/corrections").json["data"] == []


def test_a_speaker_is_not_merged_into_itself(desk):
    client, key = desk
    id = quotes(client)[0]["speaker"]["id"]
    assert client.post(f"/v1/speakers/{id}/merge", json={"into": id}, headers=key).status_code == 409


def test_a_correction_answers_with_the_validator_for_the_next_one(desk):
    client, key = desk
    quote = quotes(client)[0]
    first = correct(desk, quote, kind="mixed")
    assert first.headers["ETag"] == client.get(f"/v1/quotes/{quote['id']}").headers["ETag"]
    headers = {**key, "If-Match": first.headers["ETag"]}
    again = client.patch(f"/v1/quotes/{quote['id']}", json={"kind": "direct"}, headers=headers)
    assert again.status_code == 200 and again.json["kind"] == "direct"


def test_a_filter_follows_an_id_that_a_merge_retired(desk):
    client, key = desk
    speakers = client.get("/v1/speakers").json["data"]
    one, other = (next(s["id"] for s in speakers if s["name"] == name) for name in ("Ann Lee", "Judith Lee"))
    before = quotes(client, speaker_id=f"{one},{other}")
    assert client.post(f"/v1/speakers/{one}/merge", json={"into": other}, headers=key).status_code == 200
    for id in (one, other, f"{one},{other}"):
        assert [quote["id"] for quote in quotes(client, speaker_id=id)] == [quote["id"] for quote in before]
