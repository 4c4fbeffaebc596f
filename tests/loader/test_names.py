"""Names: folding, parts, keys and what a given name tells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.loader.names import folded, gender_of_given, identity, is_given, name_keys, same_given, surname
from api.loader.records import Speaker

FOLDED = [
    ("DMITRIEV", "dmitriev", "capitals"),
    ("Élodie Dûpont", "elodie dupont", "accents"),
    ("J.K. Moss", "jk moss", "full stops of initials"),
    ("Jean-Luc Moss", "jean luc moss", "hyphen"),
    ("Ann O’Brien's", "ann obrien", "possessive and apostrophe"),
    ("the Rev. Ann Lee", "ann lee", "article and title"),
    ("Secretary of State Ann Lee", "ann lee", "title with its office"),
    ("Dean Moss", "dean moss", "a title that is a given name"),
    ("Dean Ann Moss", "ann moss", "the same as a title"),
    ("President", "president", "a bare title stays"),
    ("Bread & Water", "bread and water", "ampersand"),
    ("Кирилл Орлов", "кирилл орлов", "another script"),
    ("…", "", "no letters"),
]


@pytest.mark.parametrize("name, form, why", FOLDED, ids=[why for *_, why in FOLDED])
def test_folded(name, form, why):
    assert folded(name) == form


@given(st.text(max_size=60))
def test_folding_is_settled_for_case_and_names_of_any_letters(name):
    form = folded(name)
    assert form == " ".join(form.split())
    assert all(character.isalnum() or character in " _" for character in form)
    assert isinstance(name_keys(Speaker(name, "person")), tuple)


SURNAMES = [
    ("Kirill A. Orlov", "orlov", "given name and initial"),
    ("Orlov", "orlov", "alone"),
    ("Ludwig van Dorn", "van dorn", "particle"),
    ("Ann Lee Jr.", "lee", "generation"),
    ("Mr. Lee", "lee", "honorific"),
    ("—", None, "no letters"),
]


@pytest.mark.parametrize("name, family, why", SURNAMES, ids=[why for *_, why in SURNAMES])
def test_surname(name, family, why):
    assert surname(name) == family


IDENTITIES = [
    (Speaker("Kirill Orlov", "person"), "person:kirill orlov", "given and family"),
    (Speaker("Kirill A. Orlov", "person"), "person:kirill orlov", "an initial says nothing more"),
    (Speaker("KIRILL ORLOV", "person"), "person:kirill orlov", "capitals"),
    (Speaker("Sen. Ann Lee", "person"), "person:ann lee", "title"),
    (Speaker("Tom Moss Jr.", "person"), "person:tom moss jr", "the son is not the father"),
    (Speaker("Orlov", "person"), None, "surname alone"),
    (Speaker("A. Orlov", "person"), None, "initial alone"),
    (Speaker("President Orlov", "person"), None, "title and surname"),
    (Speaker("the Harbour Board", "organization"), "organization:harbour board", "a body"),
    (Speaker("a senior official", "unnamed"), None, "unnamed"),
    (Speaker("researchers", "group"), None, "group"),
]


@pytest.mark.parametrize("speaker, key, why", IDENTITIES, ids=[why for *_, why in IDENTITIES])
def test_identity(speaker, key, why):
    assert identity(speaker) == key


def test_keys_hold_aliases_and_surnames():
    keys = name_keys(Speaker("Ludwig van Dorn", "person", aliases=("L. A. van Dorn", "Lou")))
    assert {"ludwig van dorn", "van dorn", "dorn", "lou", "l a van dorn"} <= set(keys)


def test_keys_of_a_body_are_its_names():
    board = Speaker("Northern Harbour Board", "organization", aliases=("NHB",))
    assert name_keys(board) == ("nhb", "northern harbour board")


GENDERS = [("Donald", "male"), ("claire", "female"), ("ÉLODIE", "female"), ("Leslie", None), ("Zzyzx", None)]


@pytest.mark.parametrize("name, gender", GENDERS)
def test_gender_of_given(name, gender):
    assert gender_of_given(name) == gender


def test_given_names_are_known():
    assert is_given("Leslie") and is_given("Jean-Luc") and not is_given("Committee")


SAME = [
    ("Mike", "Michael", True),
    ("Michael", "Mike", True),
    ("M.", "Michael", True),
    ("Ann", "Ann", True),
    ("Mike", "Maria", False),
    ("", "Maria", False),
]


@pytest.mark.parametrize("one, other, same", SAME)
def test_same_given(one, other, same):
    assert same_given(one, other) is same
