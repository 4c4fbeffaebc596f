"""Speakers as rows: found by what their names give, fed by each document's appearances, merged by redirects.

A speaker's name, description and other names are what all its appearances come to, whatever their order.
"""

from __future__ import annotations

import hashlib
from base64 import b32encode
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import orjson
from peewee import fn

from api.database import database
from api.loader.names import folded, identity, name_keys
from api.loader.records import Speaker as FoundSpeaker
from api.models import Alias, Appearance, Redirect, Speaker


def digest_id(letter: str, *parts: object) -> str:
    """An id: a letter that tells the record, and 80 bits of a digest of what it is made of."""
    digest = hashlib.blake2b("\0".join(map(str, parts)).encode("utf-8", "replace"), digest_size=10).digest()
    return f"{letter}_{b32encode(digest).decode().lower()}"


class KnownSpeaker(NamedTuple):
    """A speaker's key, and the id that its name alone gives: another than its own after a merge."""

    pk: int
    own_id: str


def known_speakers(id: str, found: Sequence[FoundSpeaker]) -> list[KnownSpeaker]:
    """The document's speakers; new ones are made, known ones learn what is new."""
    keys: list[KnownSpeaker] = []
    own: dict[tuple[str, str], int] = {}
    for speaker in found:
        shared = identity(speaker)
        if shared is None:
            ordinal = own[speaker.name, speaker.kind] = own.get((speaker.name, speaker.kind), -1) + 1
            public = digest_id("s", id, speaker.kind, speaker.name, ordinal)
        else:
            public = digest_id("s", speaker.kind, shared)
        keys.append(KnownSpeaker(learn(current_id(public), speaker), public))
    return keys


def current_id(id: str) -> str:
    """What replaced a retired id, the id itself where nothing did."""
    while (following := Redirect.get_or_none(Redirect.old_id == id)) is not None:
        id = following.new_id
    return id


def learn(public: str, found: FoundSpeaker) -> int:
    """The key of the speaker with this id; made, or told what the document newly says of it."""
    known = Speaker.get_or_none(Speaker.id == public)
    if known is None:
        row = {"name": found.name, "name_key": folded(found.name), "description": found.description}
        pk = Speaker.insert(id=public, kind=found.kind, **row).execute()
    else:
        pk = known.pk
        name = fuller(known.name, found.name)
        description = fuller(known.description, found.description)
        if (name, description) != (known.name, known.description):
            Speaker.update(name=name, name_key=folded(name), description=description).where(
                Speaker.pk == pk
            ).execute()
    _learn_names(pk, found)
    return int(pk)


def fuller(one: str | None, other: str | None) -> Any:
    """The longer of two names, descriptions or labels; of equal ones the first in order of letters."""
    return min(filter(None, (one, other)), key=lambda words: (-len(words), words), default=None)


def _learn_names(pk: int, found: FoundSpeaker) -> None:
    printed = {folded(name): name for name in sorted((found.name, *found.aliases), reverse=True)}
    rows = [
        {"key": key, "speaker": pk, "name": printed.get(key)} for key in {*name_keys(found), *printed} if key
    ]
    for row in rows:
        Alias.insert(**row).on_conflict(
            conflict_target=(Alias.key, Alias.speaker),
            update={Alias.name: fn.COALESCE(fn.MIN(Alias.name, row["name"]), Alias.name, row["name"])},
        ).execute()


def relearn(speakers: Sequence[int]) -> None:
    """Make what is known of these speakers anew from the appearances that are left."""
    for pk in speakers:
        left = list(Appearance.select().where(Appearance.speaker == pk).order_by(Appearance.pk))
        Alias.delete().where(Alias.speaker == pk).execute()
        if not left:
            Speaker.delete().where(Speaker.pk == pk).execute()
            continue
        Speaker.update(name=left[0].name, description=None).where(Speaker.pk == pk).execute()
        public = Speaker.get_by_id(pk).id
        for row in left:
            aliases = tuple(orjson.loads(row.aliases))
            learn(public, FoundSpeaker(row.name, row.kind, aliases, row.description))


def recount(speakers: Iterable[int]) -> None:
    """Count anew the quotes and documents of these speakers, those of superseded documents left out."""
    for pk in set(speakers):
        served = "FROM voice JOIN quote ON quote.pk = voice.quote_id WHERE voice.speaker_id = ? AND quote.current = 1"
        database.execute_sql(
            f"UPDATE speaker SET quote_count = (SELECT count(*) {served}), "
            f"document_count = (SELECT count(DISTINCT quote.document_id) {served}) WHERE pk = ?",
            (pk, pk, pk),
        )
