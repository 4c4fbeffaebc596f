"""The same words elsewhere, and one of each on request."""

import pytest
from conftest import opened_at
from hypothesis import given
from hypothesis import strategies as st
from invented import ANN, invented

from api.database import database
from api.loader.sameness import fingerprints, same, words
from api.store import delete, store

LONG = "We will open the barrier before the spring tides arrive and not one day later"

SAME = [
    (
        LONG,
        "we will open the barrier, before the spring tides arrive — and not one day later!",
        "punctuation",
    ),
    (LONG, "open the barrier before the spring tides arrive", "shortened"),
    ("Il était très tôt hier", "IL ETAIT TRES TOT HIER", "case and accents"),
    ("We’re sure it will hold", "We're sure it will hold", "the apostrophe"),
]
OTHER = [
    (LONG, "We will shut the harbour after the autumn floods and not one hour sooner", "other words"),
    ("Yes we did", "Yes we did", "too short to be one quote"),
    ("not in my back yard", "in my yard at the back", "the same words in another order"),
]


@pytest.mark.parametrize("one, other, why", SAME, ids=[why for *_, why in SAME])
def test_the_same_words_are_found_and_known(one, other, why):
    assert fingerprints(words(one)) & fingerprints(words(other))
    assert same(words(one), words(other))


@pytest.mark.parametrize("one, other, why", OTHER, ids=[why for *_, why in OTHER])
def test_other_words_are_not_the_same(one, other, why):
    assert not same(words(one), words(other))


@given(st.lists(st.sampled_from("abcdefghijklmnopqrstuvwxyz"), min_size=9, max_size=40), st.data())
def test_a_shared_run_of_nine_words_is_always_found(run, data):
    before, after = (tuple(data.draw(st.lists(st.sampled_from("0123456789"), max_size=9))) for _ in range(2))
    assert fingerprints(tuple(run)) & fingerprints((*before, *run, *after))


@pytest.fixture
def client(application, tmp_path):
    opened_at(tmp_path / "variants.db")
    for name, said in (("one", LONG), ("two", SAME[1][1]), ("three", OTHER[0][1])):
        store(invented(name, [(said, [ANN])]))
    yield application.test_client()
    database.close()


def test_variants_are_listed_and_one_of_each_on_request(client):
    first, second, other = client.get("/v1/quotes").json["data"]
    for quote in (first, second):
        assert client.get(f"/v1/quotes/{quote['id']}/variants").json["data"] == [first, second]
    assert client.get(f"/v1/quotes/{other['id']}/variants").json["data"] == [other]
    assert client.get("/v1/quotes?distinct=true").json["data"] == [first, other]
    assert client.get("/v1/quotes?distinct=false").json["data"] == [first, second, other]


def test_when_the_first_goes_the_next_one_leads(client):
    first, second, other = client.get("/v1/quotes").json["data"]
    delete(first["document_id"])
    for address, left in (("?distinct=true", [second, other]), (f"/{second['id']}/variants", [second])):
        found = client.get(f"/v1/quotes{address}").json["data"]
        assert [quote["id"] for quote in found] == [quote["id"] for quote in left]
