"""What the records of each collection look like, and the queries of all of them: a key, and the record as JSON.

Columns that hold JSON go out as they are stored. Every list is one statement.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from peewee import JOIN, SQL, Model, ModelSelect

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
from api.written import Template, plain, stored, truth, unless_null, written

Names = Collection[str] | None
"""Of the members that are wanted; None for all."""


def _row(table: type[Model], template: Template, names: Names) -> tuple[Any, Any]:
    """The columns of a row."""
    return table._meta.primary_key.alias("key"), written(template, names).alias("record")


Newer = Document.alias("newer")
Parent = Comment.alias("parent")
Undoing = Correction.alias("undoing")

OF_DOCUMENT = {
    "id": plain(Document.id),
    "title": Document.title,
    "url": Document.url,
    "published_at": Document.published_at,
}

DOCUMENT = {
    "id": plain(Document.id),
    "name": Document.name,
    "sha256": plain(Document.sha256),
    "media_type": Document.media_type,
    "url": Document.url,
    "site": Document.site,
    "title": Document.title,
    "byline": Document.byline,
    "language": Document.language,
    "published_at": Document.published_at,
    "characters": Document.characters,
    "retrieved_at": Document.retrieved_at,
    "loaded_at": Document.loaded_at,
    "extractor": Document.extractor,
    "superseded_by": Newer.id,
    "counts": {
        "articles": Document.article_count,
        "comments": Document.comment_count,
        "quotes": Document.quote_count,
        "speakers": Document.speaker_count,
        "citations": Document.citation_count,
    },
}


def document_rows(names: Names = None) -> ModelSelect:
    """Documents, with the id of the newer version."""
    return Document.select(*_row(Document, DOCUMENT, names)).join(
        Newer, JOIN.LEFT_OUTER, on=Document.superseded_by == Newer.pk
    )


ARTICLE = {
    "id": plain(Article.id),
    "kind": plain(Article.kind),
    "title": Article.title,
    "byline": Article.byline,
    "published_at": Article.published_at,
    "text": Article.text,
    "word_count": Article.word_count,
    "spans": stored(Article.spans),
    "document_id": plain(Document.id),
    "comment_id": Comment.id,
    "document": OF_DOCUMENT,
}


def article_rows(names: Names = None) -> ModelSelect:
    """Articles with their documents."""
    return (
        Article.select(*_row(Article, ARTICLE, names))
        .join(Document, on=Article.document == Document.pk)
        .switch(Article)
        .join(Comment, JOIN.LEFT_OUTER, on=Article.comment == Comment.pk)
    )


# what a quote's co-speakers look like, from the index of its voices
CO_SPEAKERS = SQL(
    "(SELECT json_group_array(json_object('id', s.id, 'name', s.name, 'kind', s.kind)) FROM voice v "
    "JOIN speaker s ON s.pk = v.speaker_id WHERE v.quote_id = t1.pk AND v.rank > 0)"
)
QUOTE = {
    "id": plain(Quote.id),
    "kind": plain(Quote.kind),
    "mode": plain(Quote.mode),
    "text": Quote.text,
    "spans": stored(Quote.spans),
    "cue": stored(Quote.cue),
    "mention": stored(Quote.mention),
    "speaker": unless_null(
        Speaker.id,
        {
            "id": plain(Speaker.id),
            "name": Speaker.name,
            "kind": plain(Speaker.kind),
            "confidence": Quote.speaker_confidence,
        },
    ),
    "co_speakers": stored(CO_SPEAKERS),
    "context": stored(Quote.context),
    "confidence": Quote.confidence,
    "is_quote": truth(Quote.current != REJECTED),
    "corrected": truth(Quote.extracted.is_null(False)),
    "document_id": plain(Document.id),
    "article_id": Article.id,
    "comment_id": Comment.id,
    "document": OF_DOCUMENT,
}


def quote_rows(names: Names = None) -> ModelSelect:
    """Quotes with their speakers and documents."""
    return (
        Quote.select(*_row(Quote, QUOTE, names))
        .join(Document, on=Quote.document == Document.pk)
        .switch(Quote)
        .join(Speaker, JOIN.LEFT_OUTER, on=Quote.speaker == Speaker.pk)
        .switch(Quote)
        .join(Article, JOIN.LEFT_OUTER, on=Quote.article == Article.pk)
        .switch(Quote)
        .join(Comment, JOIN.LEFT_OUTER, on=Quote.comment == Comment.pk)
    )


# the printed names of a speaker but the one that it is shown by
ALIASES = SQL(
    "(SELECT json_group_array(name) FROM (SELECT a.name FROM alias a WHERE a.speaker_id = t1.pk "
    "AND a.name IS NOT NULL AND a.name <> t1.name ORDER BY a.key))"
)
SPEAKER = {
    "id": plain(Speaker.id),
    "name": Speaker.name,
    "kind": plain(Speaker.kind),
    "description": Speaker.description,
    "quote_count": Speaker.quote_count,
    "document_count": Speaker.document_count,
    "aliases": stored(ALIASES),
}


def speaker_rows(names: Names = None) -> ModelSelect:
    """Speakers with their other names."""
    return Speaker.select(*_row(Speaker, SPEAKER, names))


COMMENT = {
    "id": plain(Comment.id),
    "position": Comment.position,
    "author": Comment.author,
    "posted_at": Comment.posted_at,
    "posted_at_text": Comment.posted_at_text,
    "text": Comment.text,
    "span": stored(Comment.span),
    "body": stored(Comment.body),
    "parent_id": Parent.id,
    "document_id": plain(Document.id),
    "document": OF_DOCUMENT,
}


def comment_rows(names: Names = None) -> ModelSelect:
    """Comments with their documents."""
    return (
        Comment.select(*_row(Comment, COMMENT, names))
        .join(Document, on=Comment.document == Document.pk)
        .switch(Comment)
        .join(Parent, JOIN.LEFT_OUTER, on=Comment.parent == Parent.pk)
    )


SOURCE = {
    "id": plain(Source.id),
    "url": Source.url,
    "host": Source.host,
    "kind": Source.kind,
    "label": Source.label,
    "citation_count": Source.citation_count,
    "document_count": Source.document_count,
    "first_seen": Source.first_seen,
    "last_seen": Source.last_seen,
    "domain": Domain.domain,
}


def source_rows(names: Names = None) -> ModelSelect:
    """Sources with their domains."""
    return Source.select(*_row(Source, SOURCE, names)).join(Domain, on=Source.domain == Domain.pk)


CITATION = {
    "id": plain(Citation.id),
    "raw": Citation.raw,
    "label": Citation.label,
    "label_nearby": Citation.label_nearby,
    "archived_at": Citation.archived_at,
    "truncated": truth(Citation.truncated),
    "span": stored(Citation.span),
    "context": stored(Citation.context),
    "source_id": plain(Source.id),
    "source": {
        "id": plain(Source.id),
        "url": Source.url,
        "host": Source.host,
        "domain": Domain.domain,
        "kind": Source.kind,
    },
    "document_id": plain(Document.id),
    "article_id": Article.id,
    "comment_id": Comment.id,
    "document": OF_DOCUMENT,
}


def citation_rows(names: Names = None) -> ModelSelect:
    """Citations with their sources and documents."""
    return (
        Citation.select(*_row(Citation, CITATION, names))
        .join(Document, on=Citation.document == Document.pk)
        .switch(Citation)
        .join(Source, on=Citation.source == Source.pk)
        .join(Domain, on=Source.domain == Domain.pk)
        .switch(Citation)
        .join(Article, JOIN.LEFT_OUTER, on=Citation.article == Article.pk)
        .switch(Citation)
        .join(Comment, JOIN.LEFT_OUTER, on=Citation.comment == Comment.pk)
    )


CORRECTION = {
    "id": plain(Correction.id),
    "action": plain(Correction.action),
    "at": Correction.at,
    "by": Correction.by,
    "document_id": Correction.document_id,
    "quote_id": Correction.quote_id,
    "speaker_id": Correction.speaker_id,
    "before": stored(Correction.before),
    "after": stored(Correction.after),
    "orphaned": truth(Correction.orphaned),
    "undone_by": Undoing.id,
}


def correction_rows(names: Names = None) -> ModelSelect:
    """Corrections, with what undid them."""
    return Correction.select(*_row(Correction, CORRECTION, names)).join(
        Undoing, JOIN.LEFT_OUTER, on=Correction.undone_by == Undoing.pk
    )


DOMAIN = {
    "domain": Domain.domain,
    "source_count": Domain.source_count,
    "citation_count": Domain.citation_count,
    "document_count": Domain.document_count,
    "article_citation_count": Domain.article_citation_count,
    "comment_citation_count": Domain.comment_citation_count,
    "first_seen": Domain.first_seen,
    "last_seen": Domain.last_seen,
}


def domain_rows(names: Names = None) -> ModelSelect:
    """Domains with their counts."""
    return Domain.select(*_row(Domain, DOMAIN, names))
