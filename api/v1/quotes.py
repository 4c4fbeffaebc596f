"""Quotes: who said what."""

from __future__ import annotations

from typing import Any

import flask
from marshmallow import ValidationError, fields, validate, validates_schema

from api.corrections import correct_quote
from api.database import change
from api.models import Quote
from api.v1.arguments import (
    DatedArgs,
    Input,
    PageArgs,
    Resource,
    V1Blueprint,
    ids,
    no_nul,
    one_of,
    path,
    sort_field,
    words,
)
from api.v1.facets import facet_field
from api.v1.lists import CORRECTIONS, QUOTES, answer, below_parent, named, single
from api.v1.schemas import (
    ARTICLE,
    COMMENT,
    DOCUMENT,
    QUOTE,
    SPEAKER,
    CorrectionPage,
    QuotePage,
    QuoteSchema,
    whole_or_part,
)
from api.v1.security import BEARER, IF_MATCH, needs, unchanged_since
from api.v1.selection import shape

blp = V1Blueprint("quotes", __name__, url_prefix="/v1/quotes", description="Who said what.")


QuoteShape = shape("quotes", QuoteSchema)


class QuoteFilters(QuoteShape, DatedArgs):  # type: ignore[misc, valid-type]
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
    distinct = fields.Boolean(
        truthy={"true", "1"},
        falsy={"false", "0"},
        metadata={"description": "One of each group with the same words: the first loaded.", "example": True},
    )
    min_confidence = fields.Float(
        validate=validate.Range(0, 1),
        metadata={"description": "Whose content's confidence is this or higher.", "example": 0.5},
    )
    facet = facet_field("quotes")
    sort = sort_field(QUOTES.sort_names)


class QuoteArgs(QuoteFilters):
    """The parameters of the list of all quotes."""

    speaker_id = ids("Of this speaker; several with commas.", SPEAKER)
    document_id = ids("Of this document; several with commas.", DOCUMENT)
    article_id = ids("In this article; several with commas.", ARTICLE)
    comment_id = ids("In this comment; several with commas.", COMMENT)


class GivenSpeaker(Input):
    """A speaker in a correction: one that there is, or one by name."""

    id = fields.String(
        validate=[validate.Length(1, 100), no_nul],
        metadata={"description": "A speaker's id.", "example": SPEAKER},
    )
    name = fields.String(
        validate=[validate.Length(1, 300), validate.Regexp(r".*\w"), no_nul],
        metadata={"description": "Or a full name.", "example": "Tomasz Brandt"},
    )
    kind = fields.String(
        validate=validate.OneOf(("person", "organization", "group", "unnamed")),
        metadata={"description": "With a name: what it is; a person if not given.", "example": "person"},
    )

    @validates_schema
    def one_of_two(self, data: dict[str, Any], **kwargs: Any) -> None:
        """Either ``id`` or ``name``."""
        if ("id" in data) == ("name" in data):
            raise ValidationError({"id": ["Give either id or name."]})


class QuoteCorrection(Input):
    """What is to be different about a quote."""

    speaker = fields.Nested(
        GivenSpeaker, allow_none=True, metadata={"description": "Who spoke; null if nobody can tell."}
    )
    kind = fields.String(
        validate=validate.OneOf(("direct", "indirect", "mixed")),
        metadata={"description": "What kind it is.", "example": "mixed"},
    )
    is_quote = fields.Boolean(metadata={"description": "False if it is no quote at all.", "example": True})

    @validates_schema
    def not_empty(self, data: dict[str, Any], **kwargs: Any) -> None:
        """Something to correct."""
        if not data:
            raise ValidationError({"kind": ["Give speaker, kind or is_quote."]})


def quotes_answer(args: dict[str, Any]) -> flask.Response:
    """The page of quotes that the arguments ask for, with the speakers that a name matched."""
    filters, meta = named(quote_filters(args))
    return answer(QUOTES, filters, **meta)


def quotes_below(args: dict[str, Any], **parent: str) -> flask.Response:
    """The page of quotes below one parent; a 404 if that is not there."""
    filters, meta = named(quote_filters(args))
    return below_parent(QUOTES, filters, meta, **parent)


def quote_filters(args: dict[str, Any]) -> dict[str, Any]:
    """The arguments without ``distinct=false``, which asks for nothing."""
    return {name: value for name, value in args.items() if (name, value) != ("distinct", False)}


@blp.route("")
class Quotes(Resource):
    """All quotes."""

    @blp.doc(operationId="list_quotes")
    @blp.arguments(QuoteArgs, location="query")
    @blp.response(200, whole_or_part(QuotePage))
    @blp.alt_response(400, "BAD_REQUEST")
    def get(self, args: dict[str, Any]) -> flask.Response:
        """List quotes

        In the order of loading, and of the text within a document.
        """
        return quotes_answer(args)


@blp.route("/<quote_id>", parameters=[path("quote_id", "A quote's id.", QUOTE)])
class OneQuote(Resource):
    """One quote."""

    @blp.doc(operationId="get_quote")
    @blp.arguments(QuoteShape, location="query")
    @blp.response(200, whole_or_part(QuoteSchema))
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, args: dict[str, Any], quote_id: str) -> flask.Response:
        """Get a quote

        With its document, speaker and the sentences that hold it.
        """
        return single(QUOTES, Quote.id, quote_id, args)

    @blp.doc(operationId="correct_quote", security=BEARER, parameters=[IF_MATCH])
    @needs("write")
    @blp.arguments(QuoteCorrection)
    @blp.response(200, QuoteSchema)
    @blp.alt_response(401, "UNAUTHORIZED")
    @blp.alt_response(403, "FORBIDDEN")
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(409, "CONFLICT")
    @blp.alt_response(412, "PRECONDITION_FAILED")
    @blp.alt_response(428, "PRECONDITION_REQUIRED")
    def patch(self, changes: dict[str, Any], quote_id: str) -> flask.Response:
        """Correct a quote

        Its speaker, its kind, or that it is no quote. What a person says wins over the loader, lasts, and can
        be undone (`/v1/corrections`). Needs the quote's ETag in `If-Match`, and a key with the scope `write`.
        """
        with change():
            quote = Quote.get_or_none(Quote.id == quote_id)
            if quote is None:
                return single(QUOTES, Quote.id, quote_id)
            unchanged_since(single(QUOTES, Quote.id, quote_id))
            correct_quote(quote, changes, flask.g.key_name)
        corrected = single(QUOTES, Quote.id, quote_id)
        if corrected.status_code == 200:  # else it is no quote any more
            corrected.add_etag()  # for the next correction
        return corrected


@blp.route("/<quote_id>/variants", parameters=[path("quote_id", "A quote's id.", QUOTE)])
class QuoteVariants(Resource):
    """The same words elsewhere."""

    @blp.doc(operationId="list_quote_variants")
    @blp.arguments(QuoteFilters, location="query")
    @blp.response(200, whole_or_part(QuotePage))
    @blp.alt_response(400, "BAD_REQUEST")
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, args: dict[str, Any], quote_id: str) -> flask.Response:
        """List the variants of a quote

        Quotes with the same words, shortened or punctuated otherwise, this one among them.
        """
        quote = Quote.get_or_none(Quote.id == quote_id)
        if quote is None:
            return single(QUOTES, Quote.id, quote_id)
        alone = {"id": quote_id} if quote.same_as is None else {"same_as": quote.same_as}
        return quotes_answer({**args, **alone})


@blp.route("/<quote_id>/corrections", parameters=[path("quote_id", "A quote's id.", QUOTE)])
class QuoteCorrections(Resource):
    """A quote's corrections."""

    @blp.doc(operationId="list_quote_corrections")
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, CorrectionPage)
    @blp.alt_response(400, "BAD_REQUEST")
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, args: dict[str, Any], quote_id: str) -> flask.Response:
        """List the corrections of a quote

        The oldest first.
        """
        if not Quote.select().where(Quote.id == quote_id).exists():
            return single(QUOTES, Quote.id, quote_id)
        return answer(CORRECTIONS, {**args, "quote": quote_id})
