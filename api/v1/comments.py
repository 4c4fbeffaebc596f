"""Comments: readers' texts."""

from __future__ import annotations

from typing import Any

import flask

from api.models import Comment
from api.v1.arguments import DatedArgs, Resource, V1Blueprint, ids, path, sort_field, words
from api.v1.citations import CitationFilters
from api.v1.facets import facet_field
from api.v1.lists import CITATIONS, COMMENTS, answer, below_parent, single
from api.v1.quotes import QuoteFilters, quotes_below
from api.v1.schemas import (
    COMMENT,
    DOCUMENT,
    CitationPage,
    CommentPage,
    CommentSchema,
    QuotePage,
    whole_or_part,
)
from api.v1.selection import shape

blp = V1Blueprint("comments", __name__, url_prefix="/v1/comments", description="Who answered.")


CommentShape = shape("comments", CommentSchema)


class CommentFilters(CommentShape, DatedArgs):  # type: ignore[misc, valid-type]
    """The filters of comments, below a document too."""

    q = words('Words that it holds; "phrases", -exclusions, prefix*, OR.', "bridge")
    author = words("By this author, in any case, with or without accents.", "harbourwatcher")
    facet = facet_field("comments")
    sort = sort_field(COMMENTS.sort_names)


class CommentArgs(CommentFilters):
    """The parameters of the list of all comments."""

    document_id = ids("Under this document; several with commas.", DOCUMENT)


@blp.route("")
class Comments(Resource):
    """List comments."""

    @blp.doc(operationId="list_comments")
    @blp.arguments(CommentArgs, location="query")
    @blp.response(200, whole_or_part(CommentPage))
    @blp.alt_response(400, "BAD_REQUEST")
    def get(self, args: dict[str, Any]) -> flask.Response:
        """List comments

        In the order of loading, and of the text within a document.
        """
        return answer(COMMENTS, args)


@blp.route("/<comment_id>", parameters=[path("comment_id", "A comment's id.", COMMENT)])
class OneComment(Resource):
    """One comment."""

    @blp.doc(operationId="get_comment")
    @blp.arguments(CommentShape, location="query")
    @blp.response(200, whole_or_part(CommentSchema))
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, args: dict[str, Any], comment_id: str) -> flask.Response:
        """Get a comment

        With its author and date where the text has them.
        """
        return single(COMMENTS, Comment.id, comment_id, args)


@blp.route("/<comment_id>/replies", parameters=[path("comment_id", "A comment's id.", COMMENT)])
class CommentReplies(Resource):
    """List the replies to a comment."""

    @blp.doc(operationId="list_comment_replies")
    @blp.arguments(CommentFilters, location="query")
    @blp.response(200, whole_or_part(CommentPage))
    @blp.alt_response(400, "BAD_REQUEST")
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, args: dict[str, Any], comment_id: str) -> flask.Response:
        """List the replies to a comment

        Those right below it.
        """
        return below_parent(COMMENTS, args, parent_id=comment_id)


@blp.route("/<comment_id>/quotes", parameters=[path("comment_id", "A comment's id.", COMMENT)])
class CommentQuotes(Resource):
    """List the quotes of a comment."""

    @blp.doc(operationId="list_comment_quotes")
    @blp.arguments(QuoteFilters, location="query")
    @blp.response(200, whole_or_part(QuotePage))
    @blp.alt_response(400, "BAD_REQUEST")
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, args: dict[str, Any], comment_id: str) -> flask.Response:
        """List the quotes of a comment

        In the order of the text.
        """
        return quotes_below(args, comment_id=comment_id)


@blp.route("/<comment_id>/citations", parameters=[path("comment_id", "A comment's id.", COMMENT)])
class CommentCitations(Resource):
    """List the links of a comment."""

    @blp.doc(operationId="list_comment_citations")
    @blp.arguments(CitationFilters, location="query")
    @blp.response(200, whole_or_part(CitationPage))
    @blp.alt_response(400, "BAD_REQUEST")
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, args: dict[str, Any], comment_id: str) -> flask.Response:
        """List the links of a comment

        In the order of the text.
        """
        return below_parent(CITATIONS, args, comment_id=comment_id)
