"""Keys for writing over HTTP: made once, shown once, kept as a digest."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

from api.database import change
from api.models import ApiKey

SCOPES = ("read", "write", "admin")
PREFIX = "sb_"  # so that a scanner for leaked secrets can know one


def create(name: str, scopes: Iterable[str]) -> tuple[str, ApiKey]:
    """A new key, which nothing can show again, and its row."""
    key = PREFIX + secrets.token_urlsafe(32)
    with change():
        row = ApiKey.create(
            id=f"k_{secrets.token_hex(6)}",
            name=name,
            digest=_digest(key),
            scopes=",".join(scopes),
            created_at=_now(),
        )
    return key, row


def revoke(id: str) -> bool:
    """End a key; False when there is no such key in use."""
    with change():
        row = ApiKey.update(revoked_at=_now()).where(ApiKey.id == id, ApiKey.revoked_at.is_null())
        return bool(row.execute())


class Holder(NamedTuple):
    """Whose key it is, and what it may do."""

    name: str
    scopes: frozenset[str]


def holder(key: str) -> Holder | None:
    """Who holds a key; None for one that is unknown or revoked.

    The key is 256 random bits, so a plain digest cannot be searched and its look-up tells nothing by its time.
    """
    row = ApiKey.get_or_none(ApiKey.digest == _digest(key), ApiKey.revoked_at.is_null())
    return Holder(row.name, frozenset(row.scopes.split(","))) if row else None


def any_made() -> bool:
    """Whether there is a key in use."""
    return bool(ApiKey.select().where(ApiKey.revoked_at.is_null()).exists())


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
