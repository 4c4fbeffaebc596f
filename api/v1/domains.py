"""Domains: sources that share a registered domain."""

from __future__ import annotations

from typing import Any

import flask

from api.models import Domain
from api.v1.arguments import PageArgs, Resource, V1Blueprint, ids, one_name, path, sort_field
from api.v1.citations import CitationFilters
from api.v1.lists import CITATIONS, DOMAINS, SOURCES, answer, domain_key, missing, single
from api.v1.schemas import DOCUMENT, CitationPage, DomainPage, DomainSchema, SourcePage, whole_or_part
from api.v1.selection import shape
from api.v1.sources import SourceFilters

blp = V1Blueprint("domains", __name__, url_prefix="/v1/domains", description="Whose pages were cited.")

DOMAIN = "wikipedia.org"


DomainShape = shape("domains", DomainSchema)


class DomainArgs(DomainShape, PageArgs):  # type: ignore[misc, valid-type]
    """The parameters of the list of domains."""

    cited_in = one_name(("article", "comment"), "Cited in an article, or in a comment.", "article")
    document_id = ids("Cited in this document.", DOCUMENT)
    sort = sort_field(DOMAINS.sort_names)


def domains_answer(args: dict[str, Any]) -> flask.Response:
    """The page of domains that the arguments ask for."""
    return answer(DOMAINS, domain_filters(args))


def domain_filters(args: dict[str, Any]) -> dict[str, Any]:
    """The arguments as the listing takes them: ``cited_in`` asks for a count above zero."""
    filters = dict(args)
    if "cited_in" in filters:
        filters[f"cited_in_{filters.pop('cited_in')}"] = 1
    return filters


@blp.route("")
class Domains(Resource):
    """List domains."""

    @blp.doc(operationId="list_domains")
    @blp.arguments(DomainArgs, location="query")
    @blp.response(200, whole_or_part(DomainPage))
    @blp.alt_response(400, "BAD_REQUEST")
    def get(self, args: dict[str, Any]) -> flask.Response:
        """List domains

        `sort=-citation_count` begins with the most cited.
        """
        return domains_answer(args)


@blp.route("/<domain>", parameters=[path("domain", "A registered domain.", DOMAIN)])
class OneDomain(Resource):
    """One domain."""

    @blp.doc(operationId="get_domain")
    @blp.arguments(DomainShape, location="query")
    @blp.response(200, whole_or_part(DomainSchema))
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, args: dict[str, Any], domain: str) -> flask.Response:
        """Get a domain

        With counts of its sources, and of the links to them in articles and in comments.
        """
        return single(DOMAINS, Domain.domain, domain.lower(), args)


@blp.route("/<domain>/sources", parameters=[path("domain", "A registered domain.", DOMAIN)])
class DomainSources(Resource):
    """List the sources of a domain."""

    @blp.doc(operationId="list_domain_sources")
    @blp.arguments(SourceFilters, location="query")
    @blp.response(200, whole_or_part(SourcePage))
    @blp.alt_response(400, "BAD_REQUEST")
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, args: dict[str, Any], domain: str) -> flask.Response:
        """List the sources of a domain

        One for each page that was cited.
        """
        return (
            answer(SOURCES, {**args, "domain": domain})
            if domain_key(domain.lower())
            else missing("domain", domain)
        )


@blp.route("/<domain>/citations", parameters=[path("domain", "A registered domain.", DOMAIN)])
class DomainCitations(Resource):
    """List the citations of a domain."""

    @blp.doc(operationId="list_domain_citations")
    @blp.arguments(CitationFilters(exclude=("domain",)), location="query")
    @blp.response(200, whole_or_part(CitationPage))
    @blp.alt_response(400, "BAD_REQUEST")
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, args: dict[str, Any], domain: str) -> flask.Response:
        """List the citations of a domain

        Each with the sentence around it.
        """
        return (
            answer(CITATIONS, {**args, "domain": domain})
            if domain_key(domain.lower())
            else missing("domain", domain)
        )
