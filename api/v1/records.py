"""Rows to JSON: the columns of each collection, and the record that they make.

Columns that hold JSON go out as they are stored. Every list is one statement.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from orjson import Fragment
from peewee import JOIN, SQL, ModelSelect

from api.models import (
    REJECTED,
    Article,
    Citation,
    Comment,
    Correction,
    Document,
    Domain,
    Quote,
    Source,
    Speaker,
)
from api.pagination import Row

Record = dict[str, Any]


def _json(value: str | None) -> Fragment | None:
    return None if value is None else Fragment(value)


def _named(names: Sequence[str], values: Row) -> Record:
    return dict(zip(names, values))  # noqa: B905 - to be strict takes twice the time of all the rest


def _document_reference(row: Row) -> Record:
    """From the columns of DOCUMENT."""
    return {"id": row[0], "title": row[1], "url": row[2], "published_at": row[3]}


DOCUMENT = (Document.id, Document.title, Document.url, Document.published_at)

Newer = Document.alias("newer")
Parent = Comment.alias("parent")

DOCUMENT_COLUMNS = [
    "id",
    "name",
    "sha256",
    "media_type",
    "url",
    "site",
    "title",
    "byline",
    "language",
    "published_at",
    "characters",
    "retrieved_at",
    "loaded_at",
    "extractor",
]


def document_rows() -> ModelSelect:
    """Documents, with the id of the newer version."""
    return Document.select(
        Document.pk,
        *(getattr(Document, name) for name in DOCUMENT_COLUMNS),
        Newer.id,
        Document.article_count,
        Document.comment_count,
        Document.quote_count,
        Document.speaker_count,
        Document.citation_count,
    ).join(Newer, JOIN.LEFT_OUTER, on=Document.superseded_by == Newer.pk)


def document_record(row: Row) -> Record:
    """As DocumentSchema."""
    at = len(DOCUMENT_COLUMNS) + 1
    return {
        **_named(DOCUMENT_COLUMNS, row[1:at]),
        "superseded_by": row[at],
        "counts": _named(("articles", "comments", "quotes", "speakers", "citations"), row[at + 1 : at + 6]),
    }


ARTICLE_COLUMNS = ["id", "kind", "title", "byline", "published_at", "text", "word_count"]


def article_rows() -> ModelSelect:
    """Articles with their documents."""
    return (
        Article.select(
            Article.pk,
            *(getattr(Article, name) for name in ARTICLE_COLUMNS),
            Article.spans,
            Comment.id,
            *DOCUMENT,
        )
        .join(Document, on=Article.document == Document.pk)
        .switch(Article)
        .join(Comment, JOIN.LEFT_OUTER, on=Article.comment == Comment.pk)
    )


def article_record(row: Row) -> Record:
    """As ArticleSchema."""
    return {
        **_named(ARTICLE_COLUMNS, row[1:8]),
        "spans": _json(row[8]),
        "document_id": row[10],
        "comment_id": row[9],
        "document": _document_reference(row[10:14]),
    }


# what a quote's co-speakers look like, from the index of its voices
CO_SPEAKERS = SQL(
    "(SELECT json_group_array(json_object('id', s.id, 'name', s.name, 'kind', s.kind)) FROM voice v "
    "JOIN speaker s ON s.pk = v.speaker_id WHERE v.quote_id = t1.pk AND v.rank > 0)"
)


def quote_rows() -> ModelSelect:
    """Quotes with their speakers and documents."""
    return (
        Quote.select(
            Quote.pk,
            Quote.id,
            Quote.kind,
            Quote.mode,
            Quote.text,
            Quote.spans,
            Quote.cue,
            Quote.mention,
            Quote.context,
            Quote.confidence,
            Quote.speaker_confidence,
            Speaker.id,
            Speaker.name,
            Speaker.kind,
            Article.id,
            Comment.id,
            *DOCUMENT,
            CO_SPEAKERS,
            Quote.current,
            Quote.extracted.is_null(False),
        )
        .join(Document, on=Quote.document == Document.pk)
        .switch(Quote)
        .join(Speaker, JOIN.LEFT_OUTER, on=Quote.speaker == Speaker.pk)
        .switch(Quote)
        .join(Article, JOIN.LEFT_OUTER, on=Quote.article == Article.pk)
        .switch(Quote)
        .join(Comment, JOIN.LEFT_OUTER, on=Quote.comment == Comment.pk)
    )


QUOTE_TEXT = 4  # the column of its words


def quote_record(row: Row) -> Record:
    """As QuoteSchema."""
    (_, id, kind, mode, text, spans, cue, mention, context, confidence, sure) = row[:11]
    who, name, who_kind, article, comment, document, title, url, published_at = row[11:20]
    co_speakers, current, corrected = row[20:23]
    return {
        "id": id,
        "kind": kind,
        "mode": mode,
        "text": text,
        "spans": Fragment(spans),
        "cue": None if cue is None else Fragment(cue),
        "mention": None if mention is None else Fragment(mention),
        "speaker": None if who is None else {"id": who, "name": name, "kind": who_kind, "confidence": sure},
        "co_speakers": Fragment(co_speakers),
        "context": Fragment(context),
        "confidence": confidence,
        "is_quote": current != REJECTED,
        "corrected": bool(corrected),
        "document_id": document,
        "article_id": article,
        "comment_id": comment,
        "document": {"id": document, "title": title, "url": url, "published_at": published_at},
    }


# the printed names of a speaker but the one that it is shown by
ALIASES = SQL(
    "(SELECT json_group_array(name) FROM (SELECT a.name FROM alias a WHERE a.speaker_id = t1.pk "
    "AND a.name IS NOT NULL AND a.name <> t1.name ORDER BY a.key))"
)
SPEAKER_COLUMNS = ["id", "name", "kind", "description", "quote_count", "document_count"]


def speaker_rows() -> ModelSelect:
    """Speakers with their other names."""
    return Speaker.select(Speaker.pk, *(getattr(Speaker, name) for name in SPEAKER_COLUMNS), ALIASES)


def speaker_record(row: Row) -> Record:
    """As SpeakerSchema."""
    return {**_named(SPEAKER_COLUMNS, row[1:7]), "aliases": _json(row[7])}


COMMENT_COLUMNS = ["id", "position", "author", "posted_at", "posted_at_text", "text"]


def comment_rows() -> ModelSelect:
    """Comments with their documents."""
    return (
        Comment.select(
            Comment.pk,
            *(getattr(Comment, name) for name in COMMENT_COLUMNS),
            Comment.span,
            Comment.body,
            Parent.id,
            *DOCUMENT,
        )
        .join(Document, on=Comment.document == Document.pk)
        .switch(Comment)
        .join(Parent, JOIN.LEFT_OUTER, on=Comment.parent == Parent.pk)
    )


def comment_record(row: Row) -> Record:
    """As CommentSchema."""
    return {
        **_named(COMMENT_COLUMNS, row[1:7]),
        "span": _json(row[7]),
        "body": _json(row[8]),
        "parent_id": row[9],
        "document_id": row[10],
        "document": _document_reference(row[10:14]),
    }


SOURCE_COLUMNS = [
    "id",
    "url",
    "host",
    "kind",
    "label",
    "citation_count",
    "document_count",
    "first_seen",
    "last_seen",
]


def source_rows() -> ModelSelect:
    """Sources with their domains."""
    return Source.select(Source.pk, *(getattr(Source, name) for name in SOURCE_COLUMNS), Domain.domain).join(
        Domain, on=Source.domain == Domain.pk
    )


def source_record(row: Row) -> Record:
    """As SourceSchema."""
    return {**_named(SOURCE_COLUMNS, row[1:10]), "domain": row[10]}


CITATION_COLUMNS = ["id", "raw", "label", "label_nearby", "archived_at"]


def citation_rows() -> ModelSelect:
    """Citations with their sources and documents."""
    return (
        Citation.select(
            Citation.pk,
            *(getattr(Citation, name) for name in CITATION_COLUMNS),
            Citation.truncated,
            Citation.span,
            Citation.context,
            Source.id,
            Source.url,
            Source.host,
            Domain.domain,
            Source.kind,
            Article.id,
            Comment.id,
            *DOCUMENT,
        )
        .join(Document, on=Citation.document == Document.pk)
        .switch(Citation)
        .join(Source, on=Citation.source == Source.pk)
        .join(Domain, on=Source.domain == Domain.pk)
        .switch(Citation)
        .join(Article, JOIN.LEFT_OUTER, on=Citation.article == Article.pk)
        .switch(Citation)
        .join(Comment, JOIN.LEFT_OUTER, on=Citation.comment == Comment.pk)
    )


def citation_record(row: Row) -> Record:
    """As CitationSchema."""
    source = _named(("id", "url", "host", "domain", "kind"), row[9:14])
    return {
        **_named(CITATION_COLUMNS, row[1:6]),
        "truncated": bool(row[6]),
        "span": _json(row[7]),
        "context": _json(row[8]),
        "source_id": source["id"],
        "source": source,
        "document_id": row[16],
        "article_id": row[14],
        "comment_id": row[15],
        "document": _document_reference(row[16:20]),
    }


CORRECTION_COLUMNS = ["id", "action", "at", "by", "document_id", "quote_id", "speaker_id"]
Undoing = Correction.alias("undoing")


def correction_rows() -> ModelSelect:
    """Corrections, with what undid them."""
    return Correction.select(
        Correction.pk,
        *(getattr(Correction, name) for name in CORRECTION_COLUMNS),
        Correction.before,
        Correction.after,
        Correction.orphaned,
        Undoing.id,
    ).join(Undoing, JOIN.LEFT_OUTER, on=Correction.undone_by == Undoing.pk)


def correction_record(row: Row) -> Record:
    """As CorrectionSchema."""
    return {
        **_named(CORRECTION_COLUMNS, row[1:8]),
        "before": _json(row[8]),
        "after": _json(row[9]),
        "orphaned": bool(row[10]),
        "undone_by": row[11],
    }


DOMAIN_COLUMNS = [
    "domain",
    "source_count",
    "citation_count",
    "document_count",
    "article_citation_count",
    "comment_citation_count",
    "first_seen",
    "last_seen",
]


def domain_rows() -> ModelSelect:
    """Domains with their counts."""
    return Domain.select(Domain.pk, *(getattr(Domain, name) for name in DOMAIN_COLUMNS))


def domain_record(row: Row) -> Record:
    """As DomainSchema."""
    return _named(DOMAIN_COLUMNS, row[1:9])
