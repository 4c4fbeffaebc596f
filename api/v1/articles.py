"""Articles: the stories, and those reposted in comments."""

from __future__ import annotations

from typing import Any

import flask

from api.models import Article
from api.v1.arguments import DatedArgs, Resource, V1Blueprint, ids, one_of, path, sort_field, words
from api.v1.citations import CitationFilters
from api.v1.facets import facet_field
from api.v1.lists import ARTICLES, CITATIONS, answer, below_parent, single
from api.v1.quotes import QuoteFilters, quotes_below
from api.v1.schemas import (
    ARTICLE,
    DOCUMENT,
    ArticlePage,
    ArticleSchema,
    CitationPage,
    QuotePage,
    whole_or_part,
)
from api.v1.selection import shape

blp = V1Blueprint(
    "articles", __name__, url_prefix="/v1/articles", description="Stories, and stories reposted in comments."
)


ArticleShape = shape("articles", ArticleSchema)


class ArticleFilters(ArticleShape, DatedArgs):  # type: ignore[misc, valid-type]
    """The filters of articles, below a document too."""

    q = words('Words of its title or text; "phrases", -exclusions, prefix*, OR.', "barrier")
    kind = one_of(("main", "repost"), "Of this kind.", "main")
    facet = facet_field("articles")
    sort = sort_field(ARTICLES.sort_names)


class ArticleArgs(ArticleFilters):
    """The parameters of the list of all articles."""

    document_id = ids("Of this document; several with commas.", DOCUMENT)


@blp.route("")
class Articles(Resource):
    """List articles."""

    @blp.doc(operationId="list_articles")
    @blp.arguments(ArticleArgs, location="query")
    @blp.response(200, whole_or_part(ArticlePage))
    @blp.alt_response(400, "BAD_REQUEST")
    def get(self, args: dict[str, Any]) -> flask.Response:
        """List articles

        In the order of loading.
        """
        return answer(ARTICLES, args)


@blp.route("/<article_id>", parameters=[path("article_id", "An article's id.", ARTICLE)])
class OneArticle(Resource):
    """One article."""

    @blp.doc(operationId="get_article")
    @blp.arguments(ArticleShape, location="query")
    @blp.response(200, whole_or_part(ArticleSchema))
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, args: dict[str, Any], article_id: str) -> flask.Response:
        """Get an article

        With its text and where it stands.
        """
        return single(ARTICLES, Article.id, article_id, args)


@blp.route("/<article_id>/quotes", parameters=[path("article_id", "An article's id.", ARTICLE)])
class ArticleQuotes(Resource):
    """List the quotes of an article."""

    @blp.doc(operationId="list_article_quotes")
    @blp.arguments(QuoteFilters, location="query")
    @blp.response(200, whole_or_part(QuotePage))
    @blp.alt_response(400, "BAD_REQUEST")
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, args: dict[str, Any], article_id: str) -> flask.Response:
        """List the quotes of an article

        In the order of the text.
        """
        return quotes_below(args, article_id=article_id)


@blp.route("/<article_id>/citations", parameters=[path("article_id", "An article's id.", ARTICLE)])
class ArticleCitations(Resource):
    """List the links of an article."""

    @blp.doc(operationId="list_article_citations")
    @blp.arguments(CitationFilters, location="query")
    @blp.response(200, whole_or_part(CitationPage))
    @blp.alt_response(400, "BAD_REQUEST")
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, args: dict[str, Any], article_id: str) -> flask.Response:
        """List the links of an article

        In the order of the text.
        """
        return below_parent(CITATIONS, args, article_id=article_id)
