"""Which speakers of different documents are one."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.identity import Sighting, block_key, cluster_keys, sightings
from api.loader.records import Article, Attribution, Extraction, Segments, Span, Speaker, Text
from api.loader.resolve import resolved

FUND = frozenset({"northern harbour fund", "anna weiss"})
CLUB = frozenset({"riverside rowing club"})


def seen(document, name, company=(), kind="person", description=None, aliases=(), places=(), topics=()):
    speaker = Speaker(name, kind, tuple(aliases), description)
    return Sighting((document, 0), speaker, frozenset(company), frozenset(places), frozenset(topics))


def groups(*found):
    keys = cluster_keys(found)
    by_key = {}
    for document, _ in sorted(keys):
        by_key.setdefault(keys[document, 0], []).append(document)
    return sorted(by_key.values())


ONE = [
    ("Kirill Orlov", "Kirill A. Orlov", "a middle initial"),
    ("Kirill Orlov", "KIRILL ORLOV", "capitals"),
    ("Kirill Orlov", "ORLOV", "a lone surname in capitals"),
    ("Kirill Orlov", "Mr. Orlov", "honorific and surname"),
    ("Kirill Orlov", "K. Orlov", "an initial for the given name"),
    ("Michael Moss", "Mike Moss", "a short form of the given name"),
    ("José Lima", "Jose Lima", "accents"),
]


@pytest.mark.parametrize("one, other, why", ONE, ids=[why for *_, why in ONE])
def test_names_of_one_in_the_same_company(one, other, why):
    assert groups(seen("a", one, FUND), seen("b", other, FUND)) == [["a", "b"]]


TWO = [
    (seen("a", "Kirill Orlov", FUND), seen("b", "Anna Orlov", FUND), "another given name"),
    (seen("a", "Kirill Orlov", FUND), seen("b", "Kirill Orlov", CLUB), "a full name in unrelated company"),
    (seen("a", "Kirill Orlov", FUND), seen("b", "Orlov", CLUB), "a surname in unrelated company"),
    (seen("a", "Kirill A. Orlov", FUND), seen("b", "Kirill B. Orlov", FUND), "two middle initials"),
    (
        seen("a", "Tom Moss", FUND, description="R-Texas"),
        seen("b", "Tom Moss", FUND, description="D-Ohio"),
        "two parties",
    ),
    (seen("a", "Orlov", FUND), seen("b", "Orlov", FUND), "surnames alone"),
    (seen("a", "Kirill Orlov", FUND), seen("b", "A. Orlov", FUND), "another initial"),
    (seen("a", "Avalon", FUND), seen("b", "Avalon", FUND, kind="organization"), "a person and a body"),
]


@pytest.mark.parametrize(
    "one, other, why",
    TWO,
    ids=[why for *_, why in TWO],
)
def test_names_of_two(one, other, why):
    assert groups(one, other) == [["a"], ["b"]]


def test_a_surname_that_two_may_bear_joins_neither():
    both = FUND | CLUB
    found = groups(seen("a", "Kirill Orlov", FUND), seen("b", "Anna Orlov", CLUB), seen("c", "Orlov", both))
    assert ["c"] in found and len(found) == 3


def test_a_surname_joins_the_one_whose_company_it_keeps():
    found = groups(seen("a", "Kirill Orlov", FUND), seen("b", "Anna Orlov", CLUB), seen("c", "Orlov", CLUB))
    assert found == [["a"], ["b", "c"]]


SPOKEN_FOR = [
    (
        {"description": "head of the Avalon lighthouse"},
        {"description": "Avalon official"},
        "a described word",
    ),
    ({"places": ["avalon", "lyonesse"]}, {"places": ["avalon", "lyonesse", "ys"]}, "two places"),
    ({"topics": ["trawler", "herring", "fishery"]}, {"topics": ["trawler", "herring", "fishery"]}, "topics"),
]


@pytest.mark.parametrize("one, other, why", SPOKEN_FOR, ids=[why for *_, why in SPOKEN_FOR])
def test_texts_that_speak_for_one(one, other, why):
    assert groups(seen("a", "Kirill Orlov", **one), seen("b", "Kirill Orlov", **other)) == [["a", "b"]]


NOT_ENOUGH = [
    ({"description": "the chairman"}, {"description": "a former chairman"}, "a role alone"),
    ({"places": ["avalon"]}, {"places": ["avalon"]}, "one place"),
    ({"topics": ["trawler", "herring"]}, {"topics": ["trawler", "herring"]}, "two topics"),
]


@pytest.mark.parametrize("one, other, why", NOT_ENOUGH, ids=[why for *_, why in NOT_ENOUGH])
def test_what_is_not_enough(one, other, why):
    assert groups(seen("a", "Kirill Orlov", **one), seen("b", "Kirill Orlov", **other)) == [["a"], ["b"]]


def test_bodies():
    full = seen("a", "the Northern Harbour Fund", kind="organization", aliases=["NHF"])
    assert groups(full, seen("b", "Northern Harbour Fund", kind="organization")) == [["a", "b"]]
    assert groups(full, seen("b", "NHF", kind="organization")) == [["a", "b"]]
    assert groups(seen("a", "the court", kind="organization"), seen("b", "Court", kind="organization")) == [
        ["a"],
        ["b"],
    ]


NAMES = st.sampled_from(
    ["Kirill Orlov", "Kirill A. Orlov", "Kirill B. Orlov", "Orlov", "K. Orlov", "Anna Orlov", "Mr. Orlov"]
)
SIGHTINGS = st.lists(
    st.tuples(
        NAMES, st.frozensets(st.sampled_from(["tom moss", "ann lee", "old fund", "new club"]), max_size=2)
    ),
    max_size=12,
)


@given(SIGHTINGS, st.randoms(use_true_random=False))
def test_the_order_of_loading_does_not_matter(found, shuffler: random.Random):
    every = [seen(f"d{at}", name, company) for at, (name, company) in enumerate(found)]
    shuffled = list(every)
    shuffler.shuffle(shuffled)
    assert cluster_keys(every) == cluster_keys(shuffled)


@given(SIGHTINGS)
def test_other_blocks_are_left_alone(found):
    every = [seen(f"d{at}", name, company) for at, (name, company) in enumerate(found)]
    strangers = [seen("x", "Ann Moss", FUND), seen("y", "Moss", FUND)]
    assert {block_key(one) for one in every}.isdisjoint(block_key(one) for one in strangers)
    together = cluster_keys([*every, *strangers])
    assert together == cluster_keys(every) | cluster_keys(strangers)


def extraction(text, mention):
    start = text.index(mention)
    document = Text("x", text, "0")
    parts = Segments((Article("main", (Span(0, len(text)),)),))
    quotes = (Attribution("direct", (Span(1, 5),), None, Span(start, start + len(mention))),)
    speakers, resolutions = resolved(document, parts, quotes)
    return Extraction(document, parts, quotes, resolutions, speakers, ())


def test_sightings_of_documents():
    full = extraction(
        "“Well begun,” said Kirill Orlov, head of the Northern Harbour Fund in Lisbon.", "Kirill Orlov"
    )
    lone = extraction("“Well done,” Orlov told the Northern Harbour Fund.", "Orlov")
    found = [*sightings("a", full), *sightings("b", lone)]
    assert [one.speaker.name for one in found] == ["Kirill Orlov", "Orlov"]
    assert "northern harbour fund" in found[0].company & found[1].company
    assert len(set(cluster_keys(found).values())) == 1
