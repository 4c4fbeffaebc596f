"""What the lists are counted by: the facets of each collection, and the parameter that asks for them.

The rows are those of the list, by the same filters, but without the tables and columns that are only shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from marshmallow import fields, validate
from peewee import SQL, Field, ModelSelect, fn
from webargs.fields import DelimitedList

from api.facets import Facet, column, distinct
from api.models import Article, Citation, Comment, Document, Quote, Source, Speaker, Voice
from api.pagination import Listing
from api.v1 import lists

CoVoice = Voice.alias("co_voice")
Cited = Citation.alias("cited")


def _lean(listing: Listing, rows: Callable[[], ModelSelect] | None = None) -> Listing:
    return replace(listing, rows=rows or listing.lean or listing.rows)


DOCUMENTS = _lean(lists.DOCUMENTS, Document.select)
ARTICLES = _lean(lists.ARTICLES)
QUOTES = _lean(lists.QUOTES)
SPEAKERS = _lean(lists.SPEAKERS, Speaker.select)
COMMENTS = _lean(lists.COMMENTS)
CITATIONS = _lean(lists.CITATIONS)
SOURCES = _lean(lists.SOURCES, Source.select)


def _co_speakers(query: ModelSelect) -> ModelSelect:
    """Those behind a quote beside its speaker; few, so there is an index of them."""
    query = query.join(CoVoice, on=CoVoice.quote == Quote.pk)
    return query.where(CoVoice.rank > SQL("0")).select(CoVoice.speaker, SQL("1"))


def _cited(on: Any, value: Any, key: Any) -> Any:
    """The values of a row are those of its citations."""
    return lambda query: distinct(value, key)(query.join(Cited, on=on))


# by the index of co-speakers, which the engine does not choose (0.04 s of CPU against 0.16 s over 850,000 quotes)
CO_SPEAKERS = (' AS "co_voice"', ' AS "co_voice" INDEXED BY voice_co_speaker')
SPEAKER = "SELECT id, name FROM speaker WHERE pk = ?"
DOCUMENT = "SELECT id, coalesce(title, name) FROM document WHERE pk = ?"
SOURCE = "SELECT id, coalesce(label, url) FROM source WHERE pk = ?"
DOMAIN = "SELECT domain, domain FROM domain WHERE pk = ?"
AUTHOR = "SELECT author, author FROM comment WHERE author_key = ? LIMIT 1"


def _site(listing: Listing, counts: str) -> Facet:
    kept = (
        f"SELECT coalesce(site, ''), sum({counts}) FROM document WHERE superseded_by_id IS NULL "
        f"GROUP BY 1 HAVING sum({counts}) > 0"
    )
    return Facet(listing, "site", (column(Document.site, ""),), kept=kept)


def _kind(listing: Listing, field: Field) -> Facet:
    return Facet(listing, "kind", (column(field, ""),))


def _document(listing: Listing, field: Field, counts: str) -> Facet:
    kept = f"SELECT pk, {counts} FROM document WHERE superseded_by_id IS NULL AND {counts} > 0"
    return Facet(listing, "document_id", (column(field, 0),), DOCUMENT, kept)


def _kept(table: str, counts: str) -> str:
    return f"SELECT pk, {counts} FROM {table} WHERE {counts} > 0"


FACETS: Mapping[str, Mapping[str, Facet]] = {
    "documents": {
        "site": _site(DOCUMENTS, "1"),
        "domain": Facet(
            DOCUMENTS,
            "domain",
            (_cited(Cited.document == Document.pk, Cited.domain, Document.pk),),
            DOMAIN,
            _kept("domain", "document_count"),
            stepwise=False,
        ),
    },
    "articles": {"kind": _kind(ARTICLES, Article.kind), "site": _site(ARTICLES, "article_count")},
    "quotes": {
        "speaker": Facet(
            QUOTES,
            "speaker_id",
            (_co_speakers, column(Quote.speaker, 0)),
            SPEAKER,
            "SELECT pk, quote_count FROM speaker WHERE quote_count > 0 "
            "UNION ALL SELECT 0, count(*) FROM quote WHERE current = 1 AND +speaker_id IS NULL",
            CO_SPEAKERS,
        ),
        "kind": _kind(QUOTES, Quote.kind),
        "mode": Facet(QUOTES, "mode", (column(Quote.mode, ""),)),
        "document": _document(QUOTES, Quote.document, "quote_count"),
        "site": _site(QUOTES, "quote_count"),
    },
    "speakers": {"kind": _kind(SPEAKERS, Speaker.kind)},
    "comments": {
        "author": Facet(COMMENTS, "author", (column(Comment.author_key, ""),), AUTHOR),
        "document": _document(COMMENTS, Comment.document, "comment_count"),
        "site": _site(COMMENTS, "comment_count"),
    },
    "citations": {
        "domain": Facet(
            CITATIONS, "domain", (column(Citation.domain, 0),), DOMAIN, _kept("domain", "citation_count")
        ),
        "source": Facet(
            CITATIONS, "source_id", (column(Citation.source, 0),), SOURCE, _kept("source", "citation_count")
        ),
        "cited_in": Facet(
            CITATIONS,
            "cited_in",
            (column(fn.IIF(Citation.comment.is_null(), SQL("'article'"), SQL("'comment'")), ""),),
        ),
        "document": _document(CITATIONS, Citation.document, "citation_count"),
        "site": _site(CITATIONS, "citation_count"),
    },
    "sources": {
        "domain": Facet(
            SOURCES, "domain", (column(Source.domain, 0),), DOMAIN, _kept("domain", "source_count")
        ),
        "kind": _kind(SOURCES, Source.kind),
        "document": Facet(
            SOURCES,
            "document_id",
            (_cited(Cited.source == Source.pk, Cited.document, Source.pk),),
            DOCUMENT,
            stepwise=False,
        ),
    },
}


class FacetNames(DelimitedList):
    """The names of facets, as the facets."""

    def __init__(self, facets: Mapping[str, Facet], **kwargs: Any) -> None:
        known = validate.OneOf(list(facets), error="There is no facet {input}. There are: {choices}.")
        super().__init__(fields.String(validate=known), **kwargs)
        self.facets = facets

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        return {name: self.facets[name] for name in super()._deserialize(value, attr, data, **kwargs)}


def facet_field(collection: str) -> FacetNames:
    """The parameter ``facet`` of a collection; in Python the facets by their names."""
    facets = FACETS[collection]
    return FacetNames(
        facets,
        validate=validate.Length(1, len(facets)),
        metadata={
            "description": "How many of all the list's records there are for each value of these, commas between: "
            "in `facets`, beside `data`. `links.next` leaves it out, since it would be the same.",
            "example": list(facets)[:2],
        },
    )
