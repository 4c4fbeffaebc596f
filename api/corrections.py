"""What a person knows better: recorded with who, when, before and after; it wins, lasts, and can be undone.

A correction of a quote is kept by its document and the stretch of its words, so a document that is loaded
again, or read by a newer extractor, gets it again: on the quote with the same id, else on the one that shares
most with that stretch. One that finds no quote is kept as orphaned. A merge is a redirect from one speaker's
id to another's, which every later load follows; a split is a correction of each of its quotes.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson

from api.errors import CorrectionRefused
from api.loader.names import folded
from api.loader.records import Span
from api.loader.records import Speaker as FoundSpeaker
from api.models import (
    CURRENT,
    REJECTED,
    SUPERSEDED,
    Appearance,
    Correction,
    Document,
    Quote,
    Redirect,
    Speaker,
    Voice,
)
from api.speakers import called, current_id, digest_id, learn, move, recount, relearn
from api.variants import groups_of, lead

MIN_OVERLAP = 0.5  # of the stretch that two quotes make up together, as the quote scorers of the field ask


def correct_quote(quote: Quote, changes: Mapping[str, Any], by: str) -> list[Correction]:
    """Record and make the changes of one quote; the write lock is held (``api.database.change``).

    ``changes`` has any of ``kind``, ``is_quote`` and ``speaker``: None, ``{"id"}`` or ``{"name", "kind"}``.
    Raises CorrectionRefused for a speaker that there is not.
    """
    made = []
    for name, value in changes.items():
        if name == "kind":
            action, before, after = "kind", {"kind": quote.kind}, {"kind": value}
        elif name == "is_quote":
            action, before, after = (
                "not_a_quote",
                {"is_quote": quote.current != REJECTED},
                {"is_quote": value},
            )
        else:
            action, before = "speaker", {"speaker": _reference(quote.speaker)}
            after = {"speaker": _wanted(value, quote)}
        made.append(_record(action, by, before, after, quote=quote))
        _apply(quote, after)
        quote = Quote.get_by_id(quote.pk)
    return made


def merge(old: Speaker, into: Speaker, by: str) -> Correction:
    """Make two speakers one: ``old``'s id redirects to ``into``'s from now on."""
    if old.pk == into.pk:
        raise CorrectionRefused(f"{old.id} cannot be merged into itself.")
    made = _record(
        "merge", by, {"speaker": _reference(old)}, {"speaker": _reference(into)}, speaker_id=old.id
    )
    Redirect.insert(old_id=old.id, new_id=into.id, by_hand=True).on_conflict_replace().execute()
    move(_keys(Appearance.speaker == old.pk), into.pk)
    relearn([old.pk, into.pk])
    recount([into.pk])
    return made


def split(speaker: Speaker, quotes: Sequence[str], name: str, kind: str, by: str) -> Correction:
    """Give some of a speaker's quotes to a new one; raises CorrectionRefused naming quotes that are not its own."""
    rows = list(Quote.select().where(Quote.id.in_(list(quotes)), Quote.speaker == speaker.pk))
    foreign = sorted(set(quotes) - {row.id for row in rows})
    if foreign:
        raise CorrectionRefused(f"Not quotes of {speaker.id}: {', '.join(foreign)}.")
    new_id = digest_id("s", "split", speaker.id, *sorted(quotes))
    after = {"speaker": {"id": new_id, "name": name, "kind": kind}}
    single = []
    for row in rows:
        single.append(_record("speaker", by, {"speaker": _reference(speaker)}, after, quote=row).id)
        _apply(row, after)
    whole = {**after, "corrections": single}
    return _record("split", by, {"speaker": _reference(speaker)}, whole, speaker_id=speaker.id)


def undo(correction: Correction, by: str) -> Correction:
    """Take a correction back; raises CorrectionRefused if it was taken back before, or is such an undoing itself."""
    if correction.undone_by_id is not None or correction.action == "undo":
        raise CorrectionRefused(f"{correction.id} cannot be undone: it is undone, or an undoing itself.")
    before, after = orjson.loads(correction.after), orjson.loads(correction.before)
    made = _record(
        "undo",
        by,
        {**before, "correction": correction.id},
        after,
        speaker_id=correction.speaker_id,
        quote_id=correction.quote_id,
        document_id=correction.document_id,
    )
    Correction.update(undone_by=made).where(Correction.pk == correction.pk).execute()
    if correction.action == "merge":
        _unmerge(correction.speaker_id, before["speaker"]["id"])
    elif correction.action == "split":
        for single in Correction.select().where(
            Correction.id.in_(before["corrections"]), Correction.undone_by.is_null()
        ):
            Correction.update(undone_by=made).where(Correction.pk == single.pk).execute()
            _anew(single)
    else:
        _anew(correction)
    return made


def reapply(document: int, id: str) -> None:
    """Make the corrections of a document's quotes again, after its rows were written anew."""
    places = quote_places(document)
    for correction in _standing(Correction.document_id == id):
        quote_id = correction.quote_id if correction.quote_id in places else None
        if quote_id is None:
            quote_id = best_overlap(Span(correction.start, correction.end), places)
        Correction.update(orphaned=quote_id is None, quote_id=quote_id or correction.quote_id).where(
            Correction.pk == correction.pk
        ).execute()
        if quote_id is not None:
            _write(Quote.get(Quote.id == quote_id), orjson.loads(correction.after))
            _settle(document, ())  # its speakers are counted with all that the document brings


def quote_places(document: int) -> dict[str, Span]:
    """Where each quote of a document stands, from its first code point to its last."""
    rows = Quote.select(Quote.id, Quote.start, Quote.end).where(Quote.document == document).tuples()
    return {id: Span(start, end) for id, start, end in rows}


def best_overlap(place: Span, among: Mapping[str, Span]) -> str | None:
    """The id of the place that shares most with ``place``, None where none shares ``MIN_OVERLAP``.

    >>> best_overlap(Span(0, 10), {"a": Span(0, 9), "b": Span(20, 30)})
    'a'
    """
    shares = {id: _overlap(place, other) for id, other in among.items()}
    best = max(shares, key=lambda id: (shares[id], id), default=None)
    return best if best is not None and shares[best] >= MIN_OVERLAP else None


def _overlap(one: Span, other: Span) -> float:
    shared = min(one.end, other.end) - max(one.start, other.start)
    return max(0, shared) / (max(one.end, other.end) - min(one.start, other.start))


def _standing(condition: Any) -> Iterable[Correction]:
    """Corrections of quotes that are not undone, the oldest first."""
    of_quotes = Correction.action.in_(("speaker", "kind", "not_a_quote"))
    return list(
        Correction.select()
        .where(condition, of_quotes, Correction.undone_by.is_null())
        .order_by(Correction.pk)
    )


def _record(
    action: str,
    by: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    quote: Quote | None = None,
    **known: Any,
) -> Correction:
    if quote is not None:
        known = {
            "quote_id": quote.id,
            "document_id": quote.document.id,
            "start": quote.start,
            "end": quote.end,
            "speaker_id": (after.get("speaker") or {}).get("id"),
        }
    made: Correction = Correction.create(
        id=f"x_{secrets.token_hex(8)}",
        action=action,
        at=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        by=by,
        before=orjson.dumps(before).decode(),
        after=orjson.dumps(after).decode(),
        **known,
    )
    return made


def _reference(speaker: Speaker | None) -> dict[str, str] | None:
    return speaker and {"id": speaker.id, "name": speaker.name, "kind": speaker.kind}


def _wanted(value: Mapping[str, str] | None, quote: Quote) -> dict[str, str] | None:
    """The speaker that a correction names: one that there is, by id, or one by its name."""
    if value is None:
        return None
    if "id" in value:
        known = Speaker.get_or_none(Speaker.id == current_id(value["id"]))
        if known is None:
            raise CorrectionRefused(f"There is no speaker {value['id']}.")
        return _reference(known)
    found = FoundSpeaker(value["name"], value.get("kind", "person"))  # type: ignore[arg-type]
    known = list(called(found))
    if len(known) > 1:
        names = ", ".join(sorted(speaker.id for speaker in known))
        raise CorrectionRefused(f"{found.name} is the name of several: give the id of one of {names}.")
    if known:
        return _reference(known[0])
    return {
        "id": digest_id("s", "named", found.kind, folded(found.name)),
        "name": found.name,
        "kind": found.kind,
    }


def _apply(quote: Quote, after: Mapping[str, Any]) -> None:
    """Make a correction of a quote, and count anew what it changes."""
    before = _speakers_of(quote.pk)
    _write(quote, after)
    _settle(quote.document_id, [*before, *_speakers_of(quote.pk)])


def _write(quote: Quote, after: Mapping[str, Any]) -> None:
    """Write what a correction says over a quote's row; keep beside it what the loader had said."""
    row = Quote.pk == quote.pk
    if quote.extracted is None:
        Quote.update(extracted=orjson.dumps(_extracted(quote)).decode()).where(row).execute()
    if "kind" in after:
        Quote.update(kind=after["kind"], confidence=1.0).where(row).execute()
    elif "is_quote" in after:
        served = SUPERSEDED if quote.document.superseded_by_id else CURRENT
        state = served if after["is_quote"] else REJECTED
        Quote.update(current=state, confidence=1.0).where(row).execute()
    else:
        _give(quote, after["speaker"])


def _extracted(quote: Quote) -> dict[str, Any]:
    voices = Voice.select(Voice.appearance, Voice.rank).where(Voice.quote == quote.pk).order_by(Voice.rank)
    return {
        "kind": quote.kind,
        "confidence": quote.confidence,
        "speaker_confidence": quote.speaker_confidence,
        "voices": [row[0] for row in voices.tuples()],
    }


def _give(quote: Quote, speaker: Mapping[str, str] | None) -> None:
    """Make ``speaker`` the only one behind a quote."""
    Voice.delete().where(Voice.quote == quote.pk).execute()
    pk = None
    if speaker is not None:
        found = FoundSpeaker(speaker["name"], speaker["kind"])  # type: ignore[arg-type]
        pk = learn(speaker["id"], found)
        appearance = _appearance(quote.document_id, pk, speaker)
        _voice(quote, pk, 0, appearance)
    Quote.update(speaker=pk, speaker_confidence=None if pk is None else 1.0).where(
        Quote.pk == quote.pk
    ).execute()


def _voice(quote: Quote, speaker: int, rank: int, appearance: int) -> None:
    Voice.insert(
        speaker=speaker,
        quote=quote.pk,
        rank=rank,
        appearance=appearance,
        published_on=quote.published_on,
    ).execute()


def _appearance(document: int, speaker: int, named: Mapping[str, str]) -> int:
    """The key of the speaker's appearance in the document; made where the loader saw none."""
    known = Appearance.get_or_none(Appearance.document == document, Appearance.own_id == named["id"])
    if known is not None:
        return int(known.pk)
    last = Appearance.select(Appearance.position).where(Appearance.document == document)
    position = max((row[0] for row in last.tuples()), default=-1) + 1
    return int(
        Appearance.insert(
            document=document,
            position=position,
            speaker=speaker,
            own_id=named["id"],
            name=named["name"],
            kind=named["kind"],
            aliases="[]",
        ).execute()
    )


def _anew(correction: Correction) -> None:
    """Put a quote back to what the loader said, then make the corrections again that still stand."""
    quote = Quote.get_or_none(Quote.id == current_id(correction.quote_id))
    if quote is None or quote.extracted is None:
        return
    affected = _speakers_of(quote.pk)
    said = orjson.loads(quote.extracted)
    Voice.delete().where(Voice.quote == quote.pk).execute()
    rows = {row.pk: row for row in Appearance.select().where(Appearance.pk.in_(said["voices"]))}
    for rank, pk in enumerate(said["voices"]):
        _voice(quote, rows[pk].speaker_id, rank, pk)
    Quote.update(
        kind=said["kind"],
        confidence=said["confidence"],
        current=SUPERSEDED if quote.document.superseded_by_id else CURRENT,
        speaker=rows[said["voices"][0]].speaker_id if said["voices"] else None,
        speaker_confidence=said["speaker_confidence"],
        extracted=None,
    ).where(Quote.pk == quote.pk).execute()
    for standing in _standing(Correction.quote_id == correction.quote_id):
        _write(Quote.get_by_id(quote.pk), orjson.loads(standing.after))
    _settle(quote.document_id, [*affected, *_speakers_of(quote.pk)])


def _speakers_of(quote: int) -> list[int]:
    return [row[0] for row in Voice.select(Voice.speaker).where(Voice.quote == quote).tuples()]


def _settle(document: int, speakers: Iterable[int]) -> None:
    """The counts of a document and of speakers, and who leads its groups, after a quote of it changed."""
    lead(groups_of(document))
    recount(speakers)
    served = Quote.select().where(Quote.document == document, Quote.current != REJECTED)
    voiced = served.where(Quote.speaker.is_null(False)).select(Quote.speaker).distinct()
    Document.update(quote_count=served.count(), speaker_count=voiced.count()).where(
        Document.pk == document
    ).execute()


def _keys(condition: Any) -> list[int]:
    return [row[0] for row in Appearance.select(Appearance.pk).where(condition).tuples()]


def _unmerge(old_id: str, new_id: str) -> None:
    Redirect.delete().where(Redirect.old_id == old_id).execute()
    into = Speaker.get_or_none(Speaker.id == current_id(new_id))
    if into is None:
        return
    shown = Appearance.select().where(Appearance.speaker == into.pk)
    mine = [row for row in shown if current_id(row.own_id) == old_id]
    if not mine:
        return
    for row in mine:
        pk = learn(
            old_id, FoundSpeaker(row.name, row.kind, tuple(orjson.loads(row.aliases)), row.description)
        )
    move([row.pk for row in mine], pk)
    relearn([into.pk, pk])
    recount([into.pk, pk])
