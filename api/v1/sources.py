"""Sources: what was cited, one for each canonical URL."""

from __future__ import annotations

from typing import Any

import flask

from api.models import Source
from api.v1.arguments import PageArgs, Resource, V1Blueprint, ids, one_of, path, sort_field, words
from api.v1.citations import CitationFilters
from api.v1.facets import facet_field
from api.v1.lists import CITATIONS, SOURCES, answer, below_parent, single
from api.v1.schemas import DOCUMENT, SOURCE, CitationPage, SourcePage, SourceSchema, whole_or_part
from api.v1.selection import shape

blp = V1Blueprint("sources", __name__, url_prefix="/v1/sources", description="What was cited.")


SourceShape = shape("sources", SourceSchema)


class SourceFilters(SourceShape, PageArgs):  # type: ignore[misc, valid-type]
    """The filters of sources, below a domain too."""

    url = words("This page, in any spelling of its URL.", "https://en.wikipedia.org/wiki/Bascule_bridge")
    kind = one_of(("page", "video", "social", "pdf", "archive"), "Of this kind; several with commas.", "page")
    q = words("Words of its label or URL.", "bridge")
    facet = facet_field("sources")
    sort = sort_field(SOURCES.sort_names)


class SourceArgs(SourceFilters):
    """The parameters of the list of all sources."""

    domain = words("Of this domain, its subdomains included; a host or a URL names one too.", "wikipedia.org")
    document_id = ids("Cited in this document.", DOCUMENT)


@blp.route("")
class Sources(Resource):
    """List sources."""

    @blp.doc(operationId="list_sources")
    @blp.arguments(SourceArgs, location="query")
    @blp.response(200, whole_or_part(SourcePage))
    @blp.alt_response(400, "BAD_REQUEST")
    def get(self, args: dict[str, Any]) -> flask.Response:
        """List sources

        `sort=-citation_count` begins with the most cited.
        """
        return answer(SOURCES, args)


@blp.route("/<source_id>", parameters=[path("source_id", "A source's id.", SOURCE)])
class OneSource(Resource):
    """One source."""

    @blp.doc(operationId="get_source")
    @blp.arguments(SourceShape, location="query")
    @blp.response(200, whole_or_part(SourceSchema))
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, args: dict[str, Any], source_id: str) -> flask.Response:
        """Get a source

        With its counts.
        """
        return single(SOURCES, Source.id, source_id, args)


@blp.route("/<source_id>/citations", parameters=[path("source_id", "A source's id.", SOURCE)])
class SourceCitations(Resource):
    """List the citations of a source."""

    @blp.doc(operationId="list_source_citations")
    @blp.arguments(CitationFilters, location="query")
    @blp.response(200, whole_or_part(CitationPage))
    @blp.alt_response(400, "BAD_REQUEST")
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, args: dict[str, Any], source_id: str) -> flask.Response:
        """List the citations of a source

        Each with the sentence around it.
        """
        return below_parent(CITATIONS, args, source_id=source_id)
