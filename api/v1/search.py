"""Full-text search over quotes, comments, articles and sources; and what is stored in all."""

from __future__ import annotations

from typing import Any

import flask
import orjson
from marshmallow import fields, validate
from peewee import fn

from api.database import generation
from api.errors import QueryError
from api.loader import EXTRACTOR
from api.models import Document, Domain, Source, Speaker
from api.pagination import BETWEEN, NO_CURSOR, Page, read_cursor, written_cursor
from api.search import RANKED, TYPES, Hit, match_expression, search
from api.v1.arguments import MAX_WORDS, PageArgs, Resource, V1Blueprint, no_nul, one_of
from api.v1.lists import page_response
from api.v1.schemas import HitPage, StatsSchema

blp = V1Blueprint("search", __name__, url_prefix="/v1/search", description="Words, wherever they stand.")
stats_blp = V1Blueprint("stats", __name__, url_prefix="/v1/stats", description="What is stored.")


class SearchArgs(PageArgs):
    """The parameters of a search."""

    q = fields.String(
        required=True,
        validate=[validate.Length(1, MAX_WORDS), no_nul],
        metadata={
            "description": 'Words to look for; "phrases", -exclusions, prefix*, OR.',
            "example": "barrier",
        },
    )
    type = one_of(TYPES, "Records of this type; several with commas.", "quote")


@blp.route("")
class Search(Resource):
    """A search."""

    @blp.doc(operationId="search")
    @blp.arguments(SearchArgs, location="query")
    @blp.response(200, HitPage)
    @blp.alt_response(400, "BAD_REQUEST")
    def get(self, args: dict[str, Any]) -> flask.Response:
        """Search

        The best first, by BM25 over the newest hits of each type.
        """
        types = sorted(set(args.get("type") or TYPES))
        expression, limit = match_expression(args["q"]), args["limit"]
        query = ["search", expression, types]
        start = _start(args.get("cursor"), query)
        found = search(expression, types, start, limit)
        following = written_cursor([start + limit], query) if start + limit < found.total else None
        total = None if args["count"] == "none" else found.total
        records = BETWEEN.join(orjson.dumps(_record(hit)) for hit in found.hits)
        page = Page([], records, following, total, None if total is None else "gte" if found.cut else "eq")
        return page_response(page, limit, {"ranked": RANKED})


def _start(cursor: str | None, query: Any) -> int:
    if cursor is None:
        return 0
    position = read_cursor(cursor, query)
    if len(position) != 1 or type(position[0]) is not int or not 0 <= position[0] <= RANKED * len(TYPES):
        raise QueryError(NO_CURSOR, "cursor")
    return int(position[0])


def _record(hit: Hit) -> dict[str, Any]:
    """As HitSchema."""
    return {
        "type": hit.type,
        "id": hit.id,
        "href": f"/v1/{hit.type}s/{hit.id}",
        "score": hit.score,
        "snippet": {
            "text": hit.snippet,
            "highlights": [{"start": start, "end": end} for start, end in hit.highlights],
        },
        "document": hit.document
        and dict(zip(("id", "title", "url", "published_at"), hit.document, strict=True)),
    }


@stats_blp.route("")
class Stats(Resource):
    """Counts of everything."""

    @stats_blp.doc(operationId="get_stats")
    @stats_blp.response(200, StatsSchema)
    def get(self) -> flask.Response:
        """Count what is stored

        Older versions of a page are left out.
        """
        return flask.jsonify(stats())


def stats() -> dict[str, Any]:
    """As StatsSchema; sums of counts that are kept, so it takes no longer as the records grow."""
    of_documents = (
        Document.select(
            fn.COUNT(Document.pk),
            *(
                fn.COALESCE(fn.SUM(column), 0)
                for column in (
                    Document.article_count,
                    Document.quote_count,
                    Document.comment_count,
                    Document.citation_count,
                )
            ),
        )
        .where(Document.superseded_by.is_null())
        .tuples()
        .get()
    )
    counts = dict(
        zip(("documents", "articles", "quotes", "comments", "citations"), of_documents, strict=True)
    )
    return {
        **counts,
        "speakers": Speaker.select().where(Speaker.quote_count > 0).count(),
        "sources": Source.select().where(Source.citation_count > 0).count(),
        "domains": Domain.select().where(Domain.citation_count > 0).count(),
        "generation": generation(),
        "extractor": EXTRACTOR,
    }
