"""What the lists are counted by: the facets of each collection, and the parameter that asks for them.

The rows are those of the list, by the same filters, but without the tables and columns that are only shown; and
where nearly all rows may pass a filter, no index is used for it: reading all of the table's covering index beats
looking up half of the rows one by one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from marshmallow import fields, validate
from peewee import JOIN, SQL, Field, ModelSelect, NodeList, fn
from webargs.fields import DelimitedList

from api.facets import Facet, column, distinct
from api.models import Article, Citation, Comment, Document, Quote, Source, Speaker, Voice
from api.pagination import Listing, at_least, below, equal
from api.v1 import lists

CoVoice = Voice.alias("co_voice")
Cited = Citation.alias("cited")


def _hidden(field: Field) -> NodeList:
    """The column as an expression, which no index is used for (SQLite, Query Planner, section 7)."""
    return NodeList((SQL("+"), field))


def _of_document(table: Any) -> ModelSelect:
    """Rows with their documents, which are read only where a filter or a facet asks for them."""
    return table.select().join(Document, JOIN.LEFT_OUTER, on=table.document == Document.pk).switch(table)


def _citations() -> ModelSelect:
    return _of_document(Citation).join(Source, JOIN.LEFT_OUTER, on=Citation.source == Source.pk)


def _dates(field: Field) -> dict[str, Any]:
    return {"published_after": at_least(_hidden(field)), "published_before": below(_hidden(field))}


def _lean(listing: Listing, rows: Any, **filters: Any) -> Listing:
    return replace(listing, rows=rows, filters={**listing.filters, **filters})


DOCUMENTS = _lean(lists.DOCUMENTS, Document.select, **_dates(Document.published_on))
ARTICLES = _lean(
    lists.ARTICLES,
    lambda: _of_document(Article),
    kind=equal(_hidden(Article.kind)),
    **_dates(Article.published_on),
)
QUOTES = _lean(
    lists.QUOTES,
    lambda: _of_document(Quote),
    kind=equal(_hidden(Quote.kind)),
    mode=equal(_hidden(Quote.mode)),
    **_dates(Quote.published_on),
)
SPEAKERS = _lean(lists.SPEAKERS, Speaker.select, kind=equal(_hidden(Speaker.kind)))
COMMENTS = _lean(lists.COMMENTS, lambda: _of_document(Comment), **_dates(Comment.published_on))
CITATIONS = _lean(lists.CITATIONS, _citations, **_dates(Citation.published_on))
SOURCES = _lean(lists.SOURCES, Source.select)


def _co_speakers(query: ModelSelect) -> ModelSelect:
    """Those behind a quote beside its speaker; few, so there is an index of them."""
    query = query.join(CoVoice, on=CoVoice.quote == Quote.pk)
    return query.where(CoVoice.rank > SQL("0")).select(CoVoice.speaker, SQL("1"))


def _cited(on: Any, value: Any, key: Any) -> Any:
    """The values of a row are those of its citations."""
    return lambda query: distinct(value, key)(query.join(Cited, on=on))


SPEAKER = "SELECT id, name FROM speaker WHERE pk = ?"
DOCUMENT = "SELECT id, coalesce(title, name) FROM document WHERE pk = ?"
SOURCE = "SELECT id, coalesce(label, url) FROM source WHERE pk = ?"
DOMAIN = "SELECT domain, domain FROM domain WHERE pk = ?"
AUTHOR = "SELECT author, author FROM comment WHERE author_key = ? LIMIT 1"


def _site(listing: Listing) -> Facet:
    return Facet(listing, "site", (column(Document.site, ""),))


def _kind(listing: Listing, field: Field) -> Facet:
    return Facet(listing, "kind", (column(field, ""),))


def _document(listing: Listing, field: Field) -> Facet:
    return Facet(listing, "document_id", (column(field, 0),), DOCUMENT)


FACETS: Mapping[str, Mapping[str, Facet]] = {
    "documents": {
        "site": _site(DOCUMENTS),
        "domain": Facet(
            DOCUMENTS, "domain", (_cited(Cited.document == Document.pk, Cited.domain, Document.pk),), DOMAIN
        ),
    },
    "articles": {"kind": _kind(ARTICLES, Article.kind), "site": _site(ARTICLES)},
    "quotes": {
        "speaker": Facet(QUOTES, "speaker_id", (column(Quote.speaker, 0), _co_speakers), SPEAKER),
        "kind": _kind(QUOTES, Quote.kind),
        "mode": Facet(QUOTES, "mode", (column(Quote.mode, ""),)),
        "document": _document(QUOTES, Quote.document),
        "site": _site(QUOTES),
    },
    "speakers": {"kind": _kind(SPEAKERS, Speaker.kind)},
    "comments": {
        "author": Facet(COMMENTS, "author", (column(Comment.author_key, ""),), AUTHOR),
        "document": _document(COMMENTS, Comment.document),
        "site": _site(COMMENTS),
    },
    "citations": {
        "domain": Facet(CITATIONS, "domain", (column(Citation.domain, 0),), DOMAIN),
        "source": Facet(CITATIONS, "source_id", (column(Citation.source, 0),), SOURCE),
        "cited_in": Facet(
            CITATIONS,
            "cited_in",
            (column(fn.IIF(Citation.comment.is_null(), SQL("'article'"), SQL("'comment'")), ""),),
        ),
        "document": _document(CITATIONS, Citation.document),
        "site": _site(CITATIONS),
    },
    "sources": {
        "domain": Facet(SOURCES, "domain", (column(Source.domain, 0),), DOMAIN),
        "kind": _kind(SOURCES, Source.kind),
        "document": Facet(
            SOURCES, "document_id", (_cited(Cited.source == Source.pk, Cited.document, Source.pk),), DOCUMENT
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
