"""Speakers as rows: found by what their names give, fed by each document's appearances, merged by redirects.

A speaker's name, description and other names are what all its appearances come to, whatever their order.
"""

from __future__ import annotations

import hashlib
from base64 import b32encode
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import orjson

from api.database import database, insert, next_key
from api.identity import Sighting, cluster_keys
from api.loader.names import folded, identity, name_keys
from api.loader.records import Speaker as FoundSpeaker
from api.models import Alias, Appearance, Document, Quote, Redirect, Speaker, Unsettled, Voice

MOVED_AT_ONCE = 500  # appearances; a statement takes some thousand values at most


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
    own_ids: list[str] = []
    own: dict[tuple[str, str], int] = {}
    for speaker in found:
        shared = identity(speaker)
        if shared is None:
            ordinal = own[speaker.name, speaker.kind] = own.get((speaker.name, speaker.kind), -1) + 1
            own_ids.append(digest_id("s", id, speaker.kind, speaker.name, ordinal))
        else:
            own_ids.append(digest_id("s", speaker.kind, shared))
    retired = Redirect.select(Redirect.old_id).where(Redirect.old_id.in_(own_ids)).tuples()
    current = {old_id: current_id(old_id) for (old_id,) in retired}
    ids = [current.get(own_id, own_id) for own_id in own_ids]
    keys = learn_all(ids, found, [id == own_id for id, own_id in zip(ids, own_ids, strict=True)])
    return [KnownSpeaker(pk, own_id) for pk, own_id in zip(keys, own_ids, strict=True)]


def called(found: FoundSpeaker) -> Iterable[Speaker]:
    """The speakers of the same kind with just this name."""
    return list(Speaker.select().where(Speaker.name_key == folded(found.name), Speaker.kind == found.kind))


def current_id(id: str) -> str:
    """What replaced a retired id, the id itself where nothing did."""
    while (following := Redirect.get_or_none(Redirect.old_id == id)) is not None:
        id = following.new_id
    return id


def drop_redirects(ids: Sequence[str]) -> None:
    """Drop the redirects that lead to these ids, which are gone; those that people made stay."""
    while ids:
        leading = Redirect.select(Redirect.old_id).where(Redirect.new_id.in_(list(ids)), ~Redirect.by_hand)
        ids = [row[0] for row in leading.tuples()]
        Redirect.delete().where(Redirect.old_id.in_(ids)).execute()


def learn(own_id: str, found: FoundSpeaker) -> int:
    """The key of the speaker that goes by this id now; made, or told what the document newly says of it."""
    id = current_id(own_id)
    return learn_all([id], [found], [id == own_id])[0]


def learn_all(ids: Sequence[str], found: Sequence[FoundSpeaker], own: Sequence[bool]) -> list[int]:
    """The keys of the speakers with these ids, in their order; each as ``learn`` has it.

    ``own``: whether it goes by an id of its own. The name of one that was merged into another is another
    name of that one, which keeps the name that it has.
    """
    known = {speaker.id: speaker for speaker in Speaker.select().where(Speaker.id.in_(set(ids)))}
    pk, made = next_key(Speaker), len(known)
    for id, speaker, is_own in zip(ids, found, own, strict=True):
        row = known.get(id)
        if row is None:
            row = known[id] = Speaker(pk=pk + len(known) - made, id=id, kind=speaker.kind, name="")
        name = fuller(row.name, speaker.name) if is_own or not row.name else row.name
        description = fuller(row.description, speaker.description)
        if (name, description) != (row.name, row.description):
            row.name, row.name_key, row.description = name, folded(name), description
    rows = list(known.values())
    insert(Speaker, (row.__data__ for row in rows[made:]))
    for row in rows[:made]:
        if row.is_dirty():
            row.save(only=row.dirty_fields)
    keys = [known[id].pk for id in ids]
    _learn_names(keys, found)
    return keys


def fuller(one: str | None, other: str | None) -> Any:
    """The longer of two names, descriptions or labels; of equal ones the first in order of letters."""
    return min(filter(None, (one, other)), key=lambda words: (-len(words), words), default=None)


# the first of the printed forms, in order of letters
LEARN_NAME = """INSERT INTO alias ("key", speaker_id, name) VALUES (?, ?, ?)
  ON CONFLICT ("key", speaker_id) DO UPDATE SET
    name = coalesce(min(alias.name, excluded.name), alias.name, excluded.name)"""


def _learn_names(keys: Sequence[int], found: Sequence[FoundSpeaker]) -> None:
    rows = []
    for pk, speaker in zip(keys, found, strict=True):
        printed = {folded(name): name for name in sorted((speaker.name, *speaker.aliases), reverse=True)}
        rows += [(key, pk, printed.get(key)) for key in {*name_keys(speaker), *printed} if key]
    database.cursor().executemany(LEARN_NAME, rows)


def relearn(speakers: Sequence[int]) -> None:
    """Make what is known of these speakers anew from the appearances that are left."""
    for pk in speakers:
        public = Speaker.get_by_id(pk).id
        left = list(Appearance.select().where(Appearance.speaker == pk))
        left.sort(key=lambda row: (row.own_id != public, row.pk))  # its own names come first
        Alias.delete().where(Alias.speaker == pk).execute()
        if not left:
            Speaker.delete().where(Speaker.pk == pk).execute()
            if current_id(public) == public:
                drop_redirects([public])
            continue
        Speaker.update(name=left[0].name, description=None).where(Speaker.pk == pk).execute()
        own = [row.own_id == public for row in left]
        learn_all([public] * len(left), [_found(row) for row in left], own)


def recount(speakers: Iterable[int]) -> None:
    """Count anew the quotes and documents of these speakers, those of superseded documents left out."""
    for pk in set(speakers):
        served = "FROM voice JOIN quote ON quote.pk = voice.quote_id WHERE voice.speaker_id = ? AND quote.current = 1"
        database.execute_sql(
            f"UPDATE speaker SET quote_count = (SELECT count(*) {served}), "
            f"document_count = (SELECT count(DISTINCT quote.document_id) {served}) WHERE pk = ?",
            (pk, pk, pk),
        )


def move(appearances: Sequence[int], speaker: int) -> None:
    """Give everything of these appearances to a speaker."""
    for at in range(0, len(appearances), MOVED_AT_ONCE):
        keys = list(appearances[at : at + MOVED_AT_ONCE])
        leading = Voice.select(Voice.quote).where(Voice.appearance.in_(keys), Voice.rank == 0)
        Quote.update(speaker=speaker).where(Quote.pk.in_(leading)).execute()
        # a quote of both, as speaker and co-speaker, is now once the speaker's
        moved = Voice.select(Voice.quote).where(Voice.appearance.in_(keys))
        own = Voice.select(Voice.quote).where(Voice.speaker == speaker, Voice.appearance.not_in(keys))
        both = [row[0] for row in own.where(Voice.quote.in_(moved)).tuples()]
        Voice.delete().where(Voice.quote.in_(both), Voice.speaker == speaker).execute()
        Voice.update(speaker=speaker).where(Voice.appearance.in_(keys)).execute()
        Voice.update(rank=0).where(Voice.quote.in_(both), Voice.speaker == speaker).execute()
        Appearance.update(speaker=speaker).where(Appearance.pk.in_(keys)).execute()


def unsettle(blocks: Iterable[str | None]) -> None:
    """Note that documents with sightings in these blocks came or went."""
    rows = [{"block": block} for block in sorted({block for block in blocks if block is not None})]
    if rows:
        Unsettled.insert_many(rows).on_conflict_ignore().execute()


def settle() -> None:
    """Tell the speakers of all unsettled blocks apart anew, by name and company (``api.identity``).

    The outcome is that of all documents together, whatever the order they came in.
    """
    for (block,) in list(Unsettled.select(Unsettled.block).tuples()):
        _settle_block(block)
        Unsettled.delete().where(Unsettled.block == block).execute()


def _settle_block(block: str) -> None:
    rows = list(
        Appearance.select(Appearance, Document.id.alias("document_public"))
        .join(Document)
        .where(Appearance.block == block)
        .objects()
    )
    keys = cluster_keys([_sighting(row) for row in rows])
    wanted = {row.pk: digest_id("s", keys[row.document_public, row.position]) for row in rows}
    changed = [row for row in rows if row.own_id != wanted[row.pk]]
    if not changed:
        return
    groups: dict[str, list[Appearance]] = {}
    for row in changed:
        groups.setdefault(wanted[row.pk], []).append(row)
    affected: set[int] = set()
    for id, members in sorted(groups.items()):
        Redirect.delete().where(Redirect.old_id == id, ~Redirect.by_hand).execute()
        affected |= {member.speaker_id for member in members}
        keys_of = [member.pk for member in members]
        pk = learn(id, _found(members[0]))
        affected.add(pk)
        move(keys_of, pk)
        Appearance.update(own_id=id).where(Appearance.pk.in_(keys_of)).execute()
    for row in changed:
        _retire(row.own_id, wanted[row.pk])
    relearn(sorted(affected))
    recount(affected)


def _retire(old: str, new: str) -> None:
    """Let an id that nobody goes by any more lead to the one that took over, and a merge by hand go on."""
    if Appearance.select().where(Appearance.own_id == old).exists() or current_id(old) == current_id(new):
        return
    if Redirect.select().where(Redirect.old_id == old).exists():
        old, new = new, old  # merged by hand under its old id: the new one goes where that goes
    Redirect.insert(old_id=old, new_id=new).on_conflict_ignore().execute()


def _sighting(row: Any) -> Sighting:
    company, places, topics = orjson.loads(row.signs)
    return Sighting(
        (row.document_public, row.position),
        _found(row),
        frozenset(company),
        frozenset(places),
        frozenset(topics),
    )


def _found(row: Appearance) -> FoundSpeaker:
    return FoundSpeaker(row.name, row.kind, tuple(orjson.loads(row.aliases)), row.description)
