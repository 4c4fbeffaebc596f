"""Keys: shown once, kept as a digest, ended for good."""

import re

import pytest

from api import keys
from api.database import database
from api.models import ApiKey

pytestmark = pytest.mark.usefixtures("empty")


def test_a_key_is_nowhere_in_the_database():
    key, row = keys.create("desk", ("read", "write"))
    assert re.fullmatch(r"sb_[\w-]{43}", key)
    rows = database.execute_sql("SELECT * FROM api_key").fetchall()
    assert len(rows) == 1
    assert not any(key in str(value) or key[3:] in str(value) for value in rows[0])
    assert row.id in rows[0]


def test_a_key_has_its_scopes_and_no_other():
    key, _ = keys.create("desk", ("read",))
    assert keys.holder(key).scopes == {"read"}


def test_no_two_keys_are_alike():
    made = {keys.create("desk", ("read",))[0] for _ in range(20)}
    assert len(made) == 20
    assert len({row.id for row in ApiKey.select()}) == 20


@pytest.mark.parametrize("key", ["", "sb_", "sb_" + "a" * 43, "é", "\ud800", "x" * 100_000])
def test_another_string_is_no_key(key):
    keys.create("desk", ("read",))
    assert keys.holder(key) is None


def test_a_revoked_key_is_none():
    key, row = keys.create("desk", ("admin",))
    other, _ = keys.create("other", ("write",))
    assert keys.revoke(row.id)
    assert keys.holder(key) is None
    assert keys.holder(other).scopes == {"write"}


def test_revoking_twice_or_nothing_is_false():
    _, row = keys.create("desk", ("admin",))
    assert keys.revoke(row.id)
    assert not keys.revoke(row.id)
    assert not keys.revoke("k_nothing")


def test_any_made_counts_those_in_use():
    assert not keys.any_made()
    _, row = keys.create("desk", ("read",))
    assert keys.any_made()
    keys.revoke(row.id)
    assert not keys.any_made()
