"""Quotes: who said what."""

from __future__ import annotations

from typing import Any

import flask
from flask.views import MethodView
from marshmallow import fields, validate

from api.models import Quote
from api.v1.arguments import DatedArgs, V1Blueprint, ids, one_of, path, sort_field, words
from api.v1.lists import QUOTES, answer, below_parent, named, single
from api.v1.records import quote_record
from api.v1.schemas import ARTICLE, COMMENT, DOCUMENT, QUOTE, SPEAKER, QuotePage, QuoteSchema

blp = V1Blueprint("quotes", __name__, url_prefix="/v1/quotes", description="Who said what.")


class QuoteFilters(DatedArgs):
    """The filters of quotes, below a parent too."""

    q = words('Words that it holds; "phrases", -exclusions, prefix*, OR.', "barrier")
    kind = one_of(("direct", "indirect", "mixed"), "Of this kind; several with commas.", "direct")
    mode = one_of(
        ("speech", "writing", "thought"), "Said, written or thought; several with commas.", "speech"
    )
    speaker = words(
        "Of every speaker who is called so: a full name, another name or a surname alone, "
        "in any case, with or without accents. `meta.speakers` says who matched.",
        "brandt",
    )
    has_speaker = fields.Boolean(
        truthy={"true", "1"},
        falsy={"false", "0"},
        metadata={"description": "With a speaker (`true`), or without one (`false`).", "example": True},
    )
    min_confidence = fields.Float(
        validate=validate.Range(0, 1),
        metadata={"description": "Whose content's confidence is this or higher.", "example": 0.5},
    )
    sort = sort_field(QUOTES.sort_names)


class QuoteArgs(QuoteFilters):
    """The parameters of the list of all quotes."""

    speaker_id = ids("Of this speaker; several with commas.", SPEAKER)
    document_id = ids("Of this document; several with commas.", DOCUMENT)
    article_id = ids("In this article; several with commas.", ARTICLE)
    comment_id = ids("In this comment; several with commas.", COMMENT)


def quotes_answer(args: dict[str, Any]) -> flask.Response:
    """The page of quotes that the arguments ask for, with the speakers that a name matched."""
    filters, meta = named(args)
    return answer(QUOTES, quote_record, filters, **meta)


def quotes_below(args: dict[str, Any], **parent: str) -> flask.Response:
    """The page of quotes below one parent; a 404 if that is not there."""
    filters, meta = named(args)
    return below_parent(QUOTES, quote_record, filters, meta, **parent)


@blp.route("")
class Quotes(MethodView):
    """All quotes."""

    @blp.doc(operationId="list_quotes")
    @blp.arguments(QuoteArgs, location="query")
    @blp.response(200, QuotePage)
    @blp.alt_response(400, "BAD_REQUEST")
    def get(self, args: dict[str, Any]) -> flask.Response:
        """List quotes

        In the order of loading, and of the text within a document.
        """
        return quotes_answer(args)


@blp.route("/<quote_id>", parameters=[path("quote_id", "A quote's id.", QUOTE)])
class OneQuote(MethodView):
    """One quote."""

    @blp.doc(operationId="get_quote")
    @blp.response(200, QuoteSchema)
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, quote_id: str) -> flask.Response:
        """Get a quote

        With its document, speaker and the sentences that hold it.
        """
        return single(QUOTES, quote_record, Quote.id, quote_id)
