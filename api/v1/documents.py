"""Documents: loaded texts, what each holds, and the way in and out."""

from __future__ import annotations

from typing import Any

import flask
import orjson
from marshmallow import ValidationError, fields, validate, validates_schema

from api.errors import LoadError, TooLarge
from api.loader import extraction
from api.loader.masthead import iso_date
from api.loader.names import folded
from api.loader.read import HTTP_URL, text_of_json, within
from api.loader.records import Text
from api.loader.report import report
from api.models import Document, DocumentText
from api.pagination import walk
from api.store import delete, store
from api.v1.arguments import DatedArgs, Input, Resource, V1Blueprint, path, sort_field, words
from api.v1.articles import ArticleFilters
from api.v1.citations import CitationFilters
from api.v1.comments import CommentFilters
from api.v1.domains import DomainArgs, domains_answer
from api.v1.facets import facet_field
from api.v1.lists import (
    ARTICLES,
    CITATIONS,
    COMMENTS,
    DOCUMENTS,
    QUOTES,
    SOURCES,
    answer,
    below_parent,
    keys,
    missing,
    named,
    single,
)
from api.v1.problems import fault, problem
from api.v1.quotes import QuoteFilters, quotes_below
from api.v1.schemas import (
    DOCUMENT,
    ArticlePage,
    ChangesSchema,
    CitationPage,
    CommentPage,
    DocumentPage,
    DocumentSchema,
    DomainPage,
    ExtractionSchema,
    QuotePage,
    SourcePage,
    SpeakerPage,
    whole_or_part,
)
from api.v1.security import BEARER, needs
from api.v1.selection import shape
from api.v1.sources import SourceFilters
from api.v1.speakers import SpeakerFilters, speakers_answer

blp = V1Blueprint("documents", __name__, url_prefix="/v1/documents", description="Loaded texts.")
extract_blp = V1Blueprint(
    "extract", __name__, url_prefix="/v1/extract", description="Try it on a text of your own."
)

DOCUMENT_PATH = path("document_id", "A document's id.", DOCUMENT)
PAGE = "<p>“It rained,” said Ann Lee.</p>"
MARKUP = 4  # a page may be so many times as long as the longest text; a longer one is not read


DocumentShape = shape("documents", DocumentSchema)


class DocumentArgs(DocumentShape, DatedArgs):  # type: ignore[misc, valid-type]
    """The parameters of the list of documents."""

    q = words('Words of its article or comments; "phrases", -exclusions, prefix*, OR.', "barrier")
    domain = words("That cite this registered domain; a host or a URL names one too.", "wikipedia.org")
    speaker = words("That quote somebody who is called so.", "brandt")
    facet = facet_field("documents")
    sort = sort_field(DOCUMENTS.sort_names)


def _over_http(value: str) -> None:
    """Refuse what is no web address."""
    if not HTTP_URL.match(value):
        raise ValidationError("Not an http(s) address.")


def _in_the_calendar(value: str) -> None:
    """Refuse a date that no calendar has; marshmallow's own fields know days only."""
    if iso_date(value) is None:
        raise ValidationError("No calendar has this day.")


class GivenDocument(Input):
    """A document in a request: its text, or the page's HTML."""

    text = fields.String(metadata={"description": "Plain text.", "example": "“It rained,” said Ann Lee."})
    html = fields.String(metadata={"description": "A page.", "example": PAGE})
    url = fields.String(
        validate=[validate.Length(1, 8000), _over_http],
        metadata={"description": "Its own address.", "example": "https://example.org/night-bridge"},
    )
    title = fields.String(
        validate=validate.Length(1, 1000),
        metadata={"description": "Its title.", "example": "The night bridge"},
    )
    published_at = fields.String(
        validate=[
            validate.Regexp(
                r"^\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?)?)?(?![\s\S])"
            ),
            _in_the_calendar,
        ],
        metadata={"description": "ISO 8601, as precise as it is known.", "example": "2026-02-08"},
    )

    @validates_schema
    def one_of_two(self, data: dict[str, Any], **kwargs: Any) -> None:
        """Either ``text`` or ``html``."""
        if ("text" in data) == ("html" in data):
            raise ValidationError({"text": ["Give either text or html."]})


def _read(given: dict[str, Any], most: int) -> Text:
    length = len(given.get("html") or "")
    if length > MARKUP * most:
        raise TooLarge(f"request: a page of {length} characters, over the limit of {MARKUP * most}")
    return within(text_of_json(given, "request"), most)


def _refused(error: LoadError) -> flask.Response:
    status = 413 if isinstance(error, TooLarge) else 422
    return problem(status, str(error), [fault("body", "/text", type(error).__name__, str(error))])


@blp.route("")
class Documents(Resource):
    """All documents."""

    @blp.doc(operationId="list_documents")
    @blp.arguments(DocumentArgs, location="query")
    @blp.response(200, whole_or_part(DocumentPage))
    @blp.alt_response(400, "BAD_REQUEST")
    def get(self, args: dict[str, Any]) -> flask.Response:
        """List documents

        In the order of loading; their texts are at `/v1/documents/{id}/text`.
        """
        return answer(DOCUMENTS, named(args)[0])

    @blp.doc(operationId="create_document", security=BEARER)
    @needs("write")
    @blp.arguments(GivenDocument)
    @blp.response(201, DocumentSchema)
    @blp.alt_response(200, schema=DocumentSchema, description="It was there already", success=True)
    @blp.alt_response(401, "UNAUTHORIZED")
    @blp.alt_response(403, "FORBIDDEN")
    @blp.alt_response(413, "CONTENT_TOO_LARGE")
    @blp.alt_response(415, "UNSUPPORTED_MEDIA_TYPE")
    def post(self, given: dict[str, Any]) -> flask.Response:
        """Load a document

        The same content twice is one document. Needs a key with the scope `write`.
        """
        try:
            document = _read(given, flask.current_app.config["LOAD_CHARACTERS"])
        except LoadError as error:
            return _refused(error)
        stored = store(extraction(document))
        response = single(DOCUMENTS, Document.id, stored.id)
        response.status_code = 200 if stored.outcome == "unchanged" else 201
        response.headers["Location"] = f"/v1/documents/{stored.id}"
        return response


@blp.route("/<document_id>", parameters=[DOCUMENT_PATH])
class OneDocument(Resource):
    """One document."""

    @blp.doc(operationId="get_document")
    @blp.arguments(DocumentShape, location="query")
    @blp.response(200, whole_or_part(DocumentSchema))
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, args: dict[str, Any], document_id: str) -> flask.Response:
        """Get a document

        What its source says of it, and how many records it holds.
        """
        return single(DOCUMENTS, Document.id, document_id, args)

    @blp.doc(operationId="delete_document", security=BEARER)
    @needs("write")
    @blp.response(204)
    @blp.alt_response(401, "UNAUTHORIZED")
    @blp.alt_response(403, "FORBIDDEN")
    @blp.alt_response(404, "NOT_FOUND")
    def delete(self, document_id: str) -> flask.Response:
        """Delete a document

        With all its records, and the speakers and sources that no other document has. Needs a key with the
        scope `write`.
        """
        if not delete(document_id):
            return missing("document", document_id)
        return flask.Response(status=204)


@blp.route("/<document_id>/text", parameters=[DOCUMENT_PATH])
class DocumentTextResource(Resource):
    """A document's text."""

    @blp.doc(operationId="get_document_text")
    @blp.response(200, {"type": "string", "example": "It rained."}, content_type="text/plain")
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, document_id: str) -> flask.Response:
        """Get a document's text

        Offsets of every record count in it, in Unicode code points.
        """
        row = (
            DocumentText.select(DocumentText.text)
            .join(Document)
            .where(Document.id == document_id)
            .tuples()
            .first()
        )
        if row is None:
            return missing("document", document_id)
        return flask.Response(row[0], mimetype="text/plain")


@blp.route("/<document_id>/articles", parameters=[DOCUMENT_PATH])
class DocumentArticles(Resource):
    """A document's articles."""

    @blp.doc(operationId="list_document_articles")
    @blp.arguments(ArticleFilters, location="query")
    @blp.response(200, whole_or_part(ArticlePage))
    @blp.alt_response(400, "BAD_REQUEST")
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, args: dict[str, Any], document_id: str) -> flask.Response:
        """List the articles of a document

        Its story first.
        """
        return below_parent(ARTICLES, args, document_id=document_id)


@blp.route("/<document_id>/quotes", parameters=[DOCUMENT_PATH])
class DocumentQuotes(Resource):
    """A document's quotes."""

    @blp.doc(operationId="list_document_quotes")
    @blp.arguments(QuoteFilters, location="query")
    @blp.response(200, whole_or_part(QuotePage))
    @blp.alt_response(400, "BAD_REQUEST")
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, args: dict[str, Any], document_id: str) -> flask.Response:
        """List the quotes of a document

        In the order of the text.
        """
        return quotes_below(args, document_id=document_id)


@blp.route("/<document_id>/speakers", parameters=[DOCUMENT_PATH])
class DocumentSpeakers(Resource):
    """A document's speakers."""

    @blp.doc(operationId="list_document_speakers")
    @blp.arguments(SpeakerFilters, location="query")
    @blp.response(200, whole_or_part(SpeakerPage))
    @blp.alt_response(400, "BAD_REQUEST")
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, args: dict[str, Any], document_id: str) -> flask.Response:
        """List the speakers of a document

        Their counts are over all documents.
        """
        if not keys(Document, document_id):
            return missing("document", document_id)
        return speakers_answer({**args, "document_id": document_id})


@blp.route("/<document_id>/comments", parameters=[DOCUMENT_PATH])
class DocumentComments(Resource):
    """A document's comments."""

    @blp.doc(operationId="list_document_comments")
    @blp.arguments(CommentFilters, location="query")
    @blp.response(200, whole_or_part(CommentPage))
    @blp.alt_response(400, "BAD_REQUEST")
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, args: dict[str, Any], document_id: str) -> flask.Response:
        """List the comments of a document

        In the order of the text.
        """
        return below_parent(COMMENTS, args, document_id=document_id)


@blp.route("/<document_id>/citations", parameters=[DOCUMENT_PATH])
class DocumentCitations(Resource):
    """A document's links."""

    @blp.doc(operationId="list_document_citations")
    @blp.arguments(CitationFilters, location="query")
    @blp.response(200, whole_or_part(CitationPage))
    @blp.alt_response(400, "BAD_REQUEST")
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, args: dict[str, Any], document_id: str) -> flask.Response:
        """List the links of a document

        In the order of the text.
        """
        return below_parent(CITATIONS, args, document_id=document_id)


@blp.route("/<document_id>/sources", parameters=[DOCUMENT_PATH])
class DocumentSources(Resource):
    """What a document cites."""

    @blp.doc(operationId="list_document_sources")
    @blp.arguments(SourceFilters, location="query")
    @blp.response(200, whole_or_part(SourcePage))
    @blp.alt_response(400, "BAD_REQUEST")
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, args: dict[str, Any], document_id: str) -> flask.Response:
        """List the sources of a document

        Each once; their counts are over all documents.
        """
        return below_parent(SOURCES, args, document_id=document_id)


@blp.route("/<document_id>/domains", parameters=[DOCUMENT_PATH])
class DocumentDomains(Resource):
    """The domains that a document cites."""

    @blp.doc(operationId="list_document_domains")
    @blp.arguments(DomainArgs(exclude=("document_id",)), location="query")
    @blp.response(200, whole_or_part(DomainPage))
    @blp.alt_response(400, "BAD_REQUEST")
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, args: dict[str, Any], document_id: str) -> flask.Response:
        """List the domains that a document cites

        Their counts are over all documents.
        """
        if not keys(Document, document_id):
            return missing("document", document_id)
        return domains_answer({**args, "document_id": document_id})


@blp.route("/<document_id>/changes", parameters=[DOCUMENT_PATH])
class DocumentChanges(Resource):
    """What changed between two versions of a page."""

    @blp.doc(operationId="get_document_changes")
    @blp.response(200, ChangesSchema)
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, document_id: str) -> flask.Response:
        """Compare a document with the version before

        Quotes that are gone, and quotes that are new, by their words.
        """
        document = Document.get_or_none(Document.id == document_id)
        if document is None:
            return missing("document", document_id)
        before = Document.get_or_none(Document.superseded_by == document)
        now, then = _quotes_by_words(document), _quotes_by_words(before) if before else {}
        gone = [quote for words, quote in then.items() if words not in now]
        new = [quote for words, quote in now.items() if words not in then] if before else []
        found = {"document_id": document.id, "previous_id": before and before.id, "gone": gone, "new": new}
        return flask.jsonify(found)


def _quotes_by_words(document: Document) -> dict[str, dict[str, Any]]:
    rows = walk(QUOTES, {"current": 0, "document_id": document.pk})
    quotes = [orjson.loads(row[1]) for row in rows]
    return {folded(quote["text"]): quote for quote in quotes}


@extract_blp.route("")
class Extract(Resource):
    """Extraction without storing."""

    @extract_blp.doc(operationId="extract")
    @extract_blp.arguments(GivenDocument)
    @extract_blp.response(200, ExtractionSchema)
    @extract_blp.alt_response(413, "CONTENT_TOO_LARGE")
    @extract_blp.alt_response(415, "UNSUPPORTED_MEDIA_TYPE")
    def post(self, given: dict[str, Any]) -> flask.Response:
        """Extract the records of a text

        Nothing is stored. Offsets count in `text`, in Unicode code points.
        """
        try:
            document = _read(given, flask.current_app.config["EXTRACT_CHARACTERS"])
        except LoadError as error:
            return _refused(error)
        return flask.jsonify(report(extraction(document)))
