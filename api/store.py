"""Records to rows: one document, one transaction, the same content once.

A row's ``id`` is a letter that tells the record and a digest of what it is made of, so that the same
documents loaded elsewhere get the same ids. Counts that lists show (quotes of a speaker, citations of a
domain) are kept by adding what a document brings and taking off what it took away.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import orjson
from peewee import fn

from api.corrections import best_overlap, quote_places, reapply
from api.database import change, database, insert, next_key
from api.errors import QueryError
from api.identity import Sighting, block_key, sightings
from api.loader import EXTRACTOR
from api.loader.canonical import address
from api.loader.context import context
from api.loader.names import folded
from api.loader.records import Citation as FoundCitation
from api.loader.records import Extraction, Span, Text
from api.models import (
    CURRENT,
    REJECTED,
    SUPERSEDED,
    Appearance,
    Article,
    Citation,
    Comment,
    Document,
    DocumentText,
    Domain,
    Fingerprint,
    Quote,
    Redirect,
    Source,
    Unsettled,
    Voice,
)
from api.speakers import (
    KnownSpeaker,
    digest_id,
    drop_redirects,
    fuller,
    known_speakers,
    relearn,
    settle,
    unsettle,
)
from api.variants import group, groups_of, lead

Outcome = Literal["stored", "replaced", "unchanged"]


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a document: ``id`` is its own from now on."""

    id: str
    outcome: Outcome


def document_id(document: Text) -> str:
    """The id of a document: the same for the same content, wherever it is loaded."""
    return digest_id("d", document.sha256)


def is_current(document: Text) -> bool:
    """Whether the document is stored as this extractor would store it: then it need not be read again."""
    return bool(
        Document.select()
        .where(Document.id == document_id(document), Document.extractor == EXTRACTOR)
        .exists()
    )


def store(found: Extraction, *, settled: bool = True) -> Stored:
    """Store one document's records; those of an older extractor are replaced. All of it, or nothing.

    Who of it is a speaker of other documents is found at once, or, for one of many documents, by
    ``settle_speakers`` at the end.
    """
    with change():
        stored = _store(found)
        if settled:
            settle()
        return stored


def settle_speakers() -> None:
    """Find who of the documents that were stored unsettled is whom; nothing to do where all is settled."""
    if Unsettled.select().exists():
        with change():
            settle()


def store_many(found: Iterable[Extraction], *, settled: bool = True) -> list[Stored]:
    """Store many documents in one transaction, which is quicker; one that fails leaves no trace of itself.

    Speakers are settled at the end, or as ``store`` has it. Raises what the first failure raised, once all
    others are stored.
    """
    stored: list[Stored] = []
    failure: Exception | None = None
    with change():
        for extraction in found:
            try:
                with database.savepoint():
                    stored.append(_store(extraction))
            except Exception as error:
                failure = failure or error
        if settled:
            settle()
    if failure is not None:
        raise failure
    return stored


def delete(id: str) -> bool:
    """Delete a document with all that it alone brought; False when there is none of that id."""
    with change():
        document = Document.get_or_none(Document.id == id)
        if document is None:
            return False
        quotes = list(quote_places(document.pk))
        _remove(document.pk)
        drop_redirects(quotes)
        _order_versions(document.url)
        settle()
        return True


def _store(found: Extraction) -> Stored:
    id = document_id(found.document)
    old = Document.get_or_none(Document.id == id)
    if old is None:
        rows = _Rows(found, id, next_key(Document), _now())
        rows.insert()
    else:
        if old.extractor == EXTRACTOR:
            return Stored(id, "unchanged")
        before = quote_places(old.pk)
        _remove(old.pk)
        rows = _Rows(found, id, old.pk, old.loaded_at)
        rows.insert()
        _redirect_quotes(before, quote_places(old.pk))
    _order_versions(rows.url)
    return Stored(id, "replaced" if old else "stored")


def _redirect_quotes(before: dict[str, Span], after: dict[str, Span]) -> None:
    """Send the ids of quotes that are gone to the quotes that stand in their places."""
    for id, place in before.items():
        following = None if id in after else best_overlap(place, after)
        if following is not None:
            Redirect.insert(old_id=id, new_id=following).on_conflict_replace().execute()
    Redirect.delete().where(Redirect.old_id.in_(list(after))).execute()


def _order_versions(url: str | None) -> None:
    """Of the documents of one page, the one loaded last is current; the others are superseded by the next."""
    if url is None:
        return
    versions = list(Document.select().where(Document.url == url).order_by(Document.pk))
    for at, version in enumerate(versions):
        _supersede(version, versions[at + 1].pk if at + 1 < len(versions) else None)


def _supersede(version: Document, newer: int | None) -> None:
    """Say which newer version there is of a document, None for none; only what is current is counted."""
    if version.superseded_by_id == newer:
        return
    if version.superseded_by_id is None:
        _count(version.pk, -1)
    Document.update(superseded_by=newer).where(Document.pk == version.pk).execute()
    state = CURRENT if newer is None else SUPERSEDED
    for table in (Article, Comment, Quote, Citation):
        table.update(current=state).where(table.document == version.pk, table.current != REJECTED).execute()
    lead(groups_of(version.pk))
    if newer is None:
        _count(version.pk, +1)
    else:
        _date(*_cited(version.pk))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def day(moment: str | None) -> str:
    """The day of an ISO 8601 date of any precision, its first where it names a month or a year; "" for none.

    >>> day("2025-04-03T10:00:00Z"), day("2025-04"), day("2025"), day(None)
    ('2025-04-03', '2025-04-01', '2025-01-01', '')
    """
    if moment is None or not re.match(r"\d{4}(-\d\d(-\d\d)?)?", moment):
        return ""
    return (moment[:10] + "-01-01"[len(moment[:10]) - 4 :]) if len(moment) < 10 else moment[:10]


class _Rows:
    """The rows of one document, built in the order in which they refer to one another."""

    def __init__(self, found: Extraction, id: str, pk: int, loaded_at: str) -> None:
        self.found = found
        self.text = found.document.text
        self.id = id
        self.pk = pk
        self.loaded_at = loaded_at
        self.article_pk = next_key(Article)
        self.comment_pk = next_key(Comment)
        main = next((article for article in found.segments.articles if article.kind == "main"), None)
        document = found.document
        self.title = document.title or (main.title if main else None)
        self.byline = document.byline or (main.byline if main else None)
        self.published_at = document.published_at or (main.published_at if main else None)
        self.published_on = day(self.published_at)
        self.url, self.site = _address(document.url)

    def insert(self) -> None:
        """Write everything, then add it to the counts."""
        insert(Document, [self.document()])
        insert(DocumentText, [{"document": self.pk, "text": self.text}])
        insert(Comment, self.comments())
        insert(Article, self.articles())
        speakers = known_speakers(self.id, self.found.speakers)
        appearance = next_key(Appearance)
        shown = list(self.appearances(speakers, appearance))
        insert(Appearance, shown)
        unsettle(row["block"] for row in shown)
        quotes = list(self.quotes(speakers))
        insert(Quote, quotes)
        insert(Voice, self.voices(quotes, speakers, appearance))
        insert(Citation, self.citations())
        group(quotes)
        reapply(self.pk, self.id)
        _count(self.pk, +1)

    def document(self) -> dict[str, Any]:
        document, parts = self.found.document, self.found.segments
        return {
            "pk": self.pk,
            "id": self.id,
            "sha256": document.sha256,
            "name": document.name,
            "media_type": document.media_type,
            "url": self.url,
            "site": self.site,
            "title": self.title,
            "byline": self.byline,
            "language": document.language,
            "published_at": self.published_at,
            "published_on": self.published_on,
            "characters": len(self.text),
            "retrieved_at": document.retrieved_at,
            "loaded_at": self.loaded_at,
            "extractor": EXTRACTOR,
            "article_count": len(parts.articles),
            "comment_count": len(parts.comments),
            "quote_count": len(self.found.quotes),
            "speaker_count": len({r.speaker for r in self.found.resolutions if r.speaker is not None}),
            "citation_count": len(self.found.citations),
        }

    def comments(self) -> Iterator[dict[str, Any]]:
        for position, comment in enumerate(self.found.segments.comments):
            yield {
                "pk": self.comment_pk + position,
                "id": digest_id("c", self.id, comment.span.start),
                "document": self.pk,
                "position": position,
                "parent": None if comment.parent is None else self.comment_pk + comment.parent,
                "author": comment.author,
                "author_key": folded(comment.author) if comment.author else None,
                "posted_at": comment.posted_at,
                "posted_at_text": comment.posted_at_text,
                "posted_on": day(comment.posted_at),
                "text": "\n".join(span.of(self.text) for span in comment.body),
                "span": self.span(comment.span),
                "body": self.spans(comment.body),
                "start": comment.span.start,
                "end": comment.span.end,
                "published_on": self.published_on,
            }

    def articles(self) -> Iterator[dict[str, Any]]:
        for position, article in enumerate(self.found.segments.articles):
            main = article.kind == "main"
            text = "\n".join(span.of(self.text) for span in article.spans)
            yield {
                "pk": self.article_pk + position,
                "id": digest_id("a", self.id, article.kind, position),
                "document": self.pk,
                "comment": None if article.comment is None else self.comment_pk + article.comment,
                "position": position,
                "kind": article.kind,
                "title": self.title if main else article.title,
                "byline": self.byline if main else article.byline,
                "published_at": self.published_at if main else article.published_at,
                "published_on": self.published_on,
                "text": text,
                "spans": self.spans(article.spans),
                "word_count": len(text.split()),
            }

    def appearances(self, speakers: Sequence[KnownSpeaker], first: int) -> Iterator[dict[str, Any]]:
        seen = {sighting.place[1]: sighting for sighting in sightings(self.id, self.found)}
        for position, speaker in enumerate(self.found.speakers):
            sighting = seen.get(position)
            yield {
                "pk": first + position,
                "block": sighting and block_key(sighting),
                "signs": sighting and _signs(sighting),
                "document": self.pk,
                "position": position,
                "speaker": speakers[position].pk,
                "own_id": speakers[position].own_id,
                "name": speaker.name,
                "kind": speaker.kind,
                "description": speaker.description,
                "aliases": orjson.dumps(speaker.aliases).decode(),
            }

    def quotes(self, speakers: Sequence[KnownSpeaker]) -> Iterator[dict[str, Any]]:
        pk = next_key(Quote)
        pairs = zip(self.found.quotes, self.found.resolutions, strict=True)
        for position, (quote, resolution) in enumerate(pairs):
            first, last = quote.spans[0].start, quote.spans[-1].end
            known = resolution.speaker is not None
            yield {
                "pk": pk + position,
                "id": digest_id("q", self.id, *quote.spans),
                "document": self.pk,
                **self.place(quote.spans[0]),
                "position": position,
                "kind": quote.kind,
                "mode": quote.mode,
                "text": " ".join(span.of(self.text) for span in quote.spans),
                "spans": self.spans(quote.spans),
                "start": first,
                "end": last,
                "cue": self.span(quote.cue),
                "mention": self.span(quote.mention),
                "context": self.span(context(self.text, first, last)),
                "confidence": round(quote.confidence, 4),
                "speaker": speakers[resolution.speaker].pk if resolution.speaker is not None else None,
                "speaker_confidence": round(resolution.confidence or 0.0, 4) if known else None,
                "published_on": self.published_on,
            }

    def voices(
        self, quotes: Sequence[dict[str, Any]], speakers: Sequence[KnownSpeaker], first: int
    ) -> Iterator[dict[str, Any]]:
        for quote, resolution in zip(quotes, self.found.resolutions, strict=True):
            if resolution.speaker is None:
                continue
            named: dict[int, int] = {}
            for at in (resolution.speaker, *resolution.co_speakers):
                named.setdefault(speakers[at].pk, first + at)
            for rank, (speaker, appearance) in enumerate(named.items()):
                yield {
                    "speaker": speaker,
                    "quote": quote["pk"],
                    "rank": rank,
                    "appearance": appearance,
                    "published_on": self.published_on,
                }

    def citations(self) -> Iterator[dict[str, Any]]:
        sources = _source_keys(self.found)
        for position, citation in enumerate(self.found.citations):
            source, domain = sources[citation.url]
            yield {
                "id": digest_id("l", self.id, *citation.span),
                "document": self.pk,
                **self.place(citation.span),
                "position": position,
                "source": source,
                "domain": domain,
                "raw": citation.raw,
                "span": self.span(citation.span),
                "context": self.span(context(self.text, *citation.span)),
                "label": citation.label,
                "label_nearby": citation.label_nearby,
                "truncated": citation.truncated,
                "archived_at": citation.archived_at,
                "published_on": self.published_on,
            }

    def place(self, span: Span) -> dict[str, int | None]:
        article, comment = self.found.place(span)
        return {
            "article": None if article is None else self.article_pk + article,
            "comment": None if comment is None else self.comment_pk + comment,
        }

    def span(self, span: Span | None) -> str | None:
        return None if span is None else orjson.dumps(self.record(span)).decode()

    def spans(self, spans: Iterable[Span]) -> str:
        return orjson.dumps([self.record(span) for span in spans]).decode()

    def record(self, span: Span) -> dict[str, Any]:
        return {"start": span.start, "end": span.end, "text": span.of(self.text)}


def _signs(sighting: Sighting) -> str:
    return orjson.dumps([sorted(sighting.company), sorted(sighting.places), sorted(sighting.topics)]).decode()


def _address(url: str | None) -> tuple[str | None, str | None]:
    """The canonical form of a document's own URL, and its registered domain."""
    if url is None:
        return None, None
    try:
        found = address(url)
    except QueryError:  # a URL that points nowhere is no reason to lose the document
        return url, None
    return found.url, found.domain


# --- sources and domains


def _source_keys(found: Extraction) -> dict[str, tuple[int, int]]:
    """The keys of each cited URL's source and domain; new ones are made, known ones learn a fuller label."""
    cited: dict[str, FoundCitation] = {}
    labels: dict[str, str | None] = {}
    for citation in found.citations:
        cited.setdefault(citation.url, citation)
        labels[citation.url] = fuller(labels.get(citation.url), citation.label)
    domains = _domain_keys(citation.domain for citation in cited.values())
    known = {row.url: row for row in Source.select().where(Source.url.in_(list(cited)))}
    made: list[dict[str, Any]] = []
    pk = next_key(Source)
    for url, citation in cited.items():
        if url in known:
            label = fuller(known[url].label, labels[url])
            if label != known[url].label:
                Source.update(label=label).where(Source.pk == known[url].pk).execute()
            continue
        made.append(
            {
                "pk": pk + len(made),
                "id": digest_id("u", url),
                "url": url,
                "host": citation.host,
                "domain": domains[citation.domain],
                "kind": citation.kind,
                "label": labels[url],
            }
        )
    insert(Source, made)
    keys = {row.url: (row.pk, row.domain_id) for row in known.values()}
    return keys | {row["url"]: (row["pk"], row["domain"]) for row in made}


def _domain_keys(names: Iterable[str]) -> dict[str, int]:
    wanted = list(dict.fromkeys(names))
    keys = dict(Domain.select(Domain.domain, Domain.pk).where(Domain.domain.in_(wanted)).tuples())
    pk = next_key(Domain)
    made = {name: pk + at for at, name in enumerate(name for name in wanted if name not in keys)}
    insert(Domain, ({"pk": pk, "domain": name} for name, pk in made.items()))
    return keys | made


# --- removal and counts


def _remove(document: int) -> None:
    """Delete a document's rows, and the speakers, sources and domains that no other document has."""
    speakers = _column(Appearance.select(Appearance.speaker).where(Appearance.document == document))
    shown = Appearance.select(Appearance.block).where(Appearance.document == document)
    unsettle(row[0] for row in shown.distinct().tuples())
    sources, domains = _cited(document)
    newer = Document.get_by_id(document).superseded_by_id
    for older in list(Document.select().where(Document.superseded_by == document)):
        _supersede(older, newer)
    if newer is None:
        _count(document, -1)
    groups = groups_of(document)
    quotes = Quote.select(Quote.pk).where(Quote.document == document)
    for table in (Voice, Fingerprint):
        table.delete().where(table.quote.in_(quotes)).execute()
    for table in (Citation, Quote, Article, Comment, Appearance, DocumentText):
        table.delete().where(table.document == document).execute()
    Document.delete().where(Document.pk == document).execute()
    lead(groups)
    relearn(speakers)
    left = Citation.select(Citation.source).where(Citation.source.in_(sources))
    Source.delete().where(Source.pk.in_(sources), Source.pk.not_in(left)).execute()
    left = Source.select(Source.domain).where(Source.domain.in_(domains))
    Domain.delete().where(Domain.pk.in_(domains), Domain.pk.not_in(left)).execute()
    _label(sources)
    _date(sources, domains)


def _cited(document: int) -> tuple[list[int], list[int]]:
    """The keys of the sources and of the domains that a document cites."""
    cited = Citation.document == document
    return _column(Citation.select(Citation.source).where(cited)), _column(
        Citation.select(Citation.domain).where(cited)
    )


def _label(sources: Sequence[int]) -> None:
    """The fullest label of each source anew (``fuller``), from the citations that are left."""
    for pk in sources:
        labels = Citation.select(Citation.label).where(Citation.source == pk, Citation.label.is_null(False))
        fullest = labels.order_by(fn.LENGTH(Citation.label).desc(), Citation.label).limit(1).scalar()
        Source.update(label=fullest).where(Source.pk == pk).execute()


def _column(query: Any) -> list[int]:
    return [row[0] for row in query.distinct().tuples()]


# Each takes the document three times; `{sign}` is + or -. A document's own rows are few, and found by index.
COUNTS = (
    """UPDATE speaker SET quote_count = quote_count {sign} (
        SELECT count(*) FROM voice JOIN quote ON quote.pk = voice.quote_id
        WHERE quote.document_id = :document AND quote.current >= 0 AND voice.speaker_id = speaker.pk),
      document_count = document_count {sign} 1
      WHERE pk IN (SELECT voice.speaker_id FROM quote JOIN voice ON voice.quote_id = quote.pk
        WHERE quote.document_id = :document AND quote.current >= 0)""",
    # a domain's sources that are cited for the first time, or now no longer: before the sources' own counts
    """UPDATE domain SET source_count = source_count {sign} (
        SELECT count(*) FROM source WHERE source.domain_id = domain.pk AND source.pk IN (
          SELECT source_id FROM citation WHERE document_id = :document)
        AND document_count = {alone}),
      citation_count = citation_count {sign} (SELECT count(*) FROM citation
        WHERE document_id = :document AND domain_id = domain.pk),
      comment_citation_count = comment_citation_count {sign} (SELECT count(*) FROM citation
        WHERE document_id = :document AND domain_id = domain.pk AND comment_id IS NOT NULL),
      article_citation_count = article_citation_count {sign} (SELECT count(*) FROM citation
        WHERE document_id = :document AND domain_id = domain.pk AND comment_id IS NULL
        AND article_id IS NOT NULL),
      document_count = document_count {sign} 1,
      first_seen = min(coalesce(first_seen, :day), coalesce(:day, first_seen)),
      last_seen = max(coalesce(last_seen, :day), coalesce(:day, last_seen))
      WHERE pk IN (SELECT domain_id FROM citation WHERE document_id = :document)""",
    """UPDATE source SET citation_count = citation_count {sign} (SELECT count(*) FROM citation
        WHERE document_id = :document AND source_id = source.pk),
      document_count = document_count {sign} 1,
      first_seen = min(coalesce(first_seen, :day), coalesce(:day, first_seen)),
      last_seen = max(coalesce(last_seen, :day), coalesce(:day, last_seen))
      WHERE pk IN (SELECT source_id FROM citation WHERE document_id = :document)""",
)


def _count(document: int, sign: int) -> None:
    """Add what a document holds to the kept counts, or take it off again."""
    published = Document.get_by_id(document).published_on or None
    for statement in COUNTS:
        sql = statement.format(sign="+" if sign > 0 else "-", alone=0 if sign > 0 else 1)
        database.connection().execute(sql, {"document": document, "day": published})


def _date(sources: Sequence[int], domains: Sequence[int]) -> None:
    """First and last seen anew, from the citations that are left."""
    for table, column, keys in ((Source, Citation.source, sources), (Domain, Citation.domain, domains)):
        seen = Citation.select(
            fn.MIN(fn.NULLIF(Citation.published_on, "")), fn.MAX(fn.NULLIF(Citation.published_on, ""))
        )
        for pk in keys:
            first, last = seen.where(column == pk, Citation.current).tuples().get()
            table.update(first_seen=first, last_seen=last).where(table.pk == pk).execute()
