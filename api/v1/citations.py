"""Citations: links as printed, each in its place."""

from __future__ import annotations

from typing import Any

import flask

from api.models import Citation
from api.v1.arguments import DatedArgs, Resource, V1Blueprint, ids, one_name, path, sort_field, words
from api.v1.facets import facet_field
from api.v1.lists import CITATIONS, answer, single
from api.v1.schemas import (
    ARTICLE,
    CITATION,
    COMMENT,
    DOCUMENT,
    SOURCE,
    CitationPage,
    CitationSchema,
    whole_or_part,
)
from api.v1.selection import shape

blp = V1Blueprint("citations", __name__, url_prefix="/v1/citations", description="Links, each in its place.")


CitationShape = shape("citations", CitationSchema)


class CitationFilters(CitationShape, DatedArgs):  # type: ignore[misc, valid-type]
    """The filters of citations, below a parent too."""

    domain = words("Of this domain, its subdomains included; a host or a URL names one too.", "wikipedia.org")
    url = words("Of this page, in any spelling of its URL.", "https://en.wikipedia.org/wiki/Bascule_bridge")
    q = words("Words of its source's label or URL.", "bridge")
    cited_in = one_name(("article", "comment"), "Standing in an article, or in a comment.", "comment")
    facet = facet_field("citations")
    sort = sort_field(CITATIONS.sort_names)


class CitationArgs(CitationFilters):
    """The parameters of the list of all citations."""

    source_id = ids("Of this source; several with commas.", SOURCE)
    document_id = ids("In this document; several with commas.", DOCUMENT)
    article_id = ids("In this article; several with commas.", ARTICLE)
    comment_id = ids("In this comment; several with commas.", COMMENT)


@blp.route("")
class Citations(Resource):
    """List citations."""

    @blp.doc(operationId="list_citations")
    @blp.arguments(CitationArgs, location="query")
    @blp.response(200, whole_or_part(CitationPage))
    @blp.alt_response(400, "BAD_REQUEST")
    def get(self, args: dict[str, Any]) -> flask.Response:
        """List citations

        In the order of loading, and of the text within a document.
        """
        return answer(CITATIONS, args)


@blp.route("/<citation_id>", parameters=[path("citation_id", "A citation's id.", CITATION)])
class OneCitation(Resource):
    """One citation."""

    @blp.doc(operationId="get_citation")
    @blp.arguments(CitationShape, location="query")
    @blp.response(200, whole_or_part(CitationSchema))
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, args: dict[str, Any], citation_id: str) -> flask.Response:
        """Get a citation

        With its source, its document and the sentence around it.
        """
        return single(CITATIONS, Citation.id, citation_id, args)
