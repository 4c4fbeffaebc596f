"""The lists of version 1: what each collection is filtered and sorted by, and how a page is answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import quote_plus

import flask
import orjson
from peewee import JOIN, SQL, Expression, Field, Model, ModelSelect, fn
from peewee import Table as FullText

from api.database import database
from api.envelope import VALIDATOR
from api.errors import QueryError
from api.facets import Facet, spreads
from api.loader.canonical import canonical_url, filter_host
from api.loader.hosts import registered_domain
from api.loader.names import folded
from api.models import (
    Alias,
    Article,
    Citation,
    Comment,
    Correction,
    Document,
    Domain,
    Quote,
    Source,
    Speaker,
    Voice,
)
from api.pagination import (
    BETWEEN,
    Filter,
    Listing,
    Often,
    Page,
    Row,
    at_least,
    below,
    equal,
    hidden,
    matching,
    one,
    page,
    present,
    slot,
)
from api.search import match_expression
from api.speakers import current_id
from api.v1 import records
from api.v1.problems import fault, problem
from api.v1.selection import ARGUMENTS as SELECTION
from api.v1.selection import fuller, wanted

Record = dict[str, Any]

QUOTE_INDEX = FullText("quote_index")
COMMENT_INDEX = FullText("comment_index")
ARTICLE_INDEX = FullText("article_index")
SOURCE_INDEX = FullText("source_index")


def _where(condition: Callable[[str], Any]) -> Filter:
    """A filter by a condition on the slot of that name."""
    return lambda query, name, count: query.where(condition(name))


def _voiced(query: ModelSelect, name: str, count: int | None) -> ModelSelect:
    """Quotes with one of these speakers, co-speakers included."""
    if count is None:
        return query.join(Voice, on=(Voice.quote == Quote.pk)).where(Voice.speaker == slot(name))
    return query.where(
        Quote.pk.in_(Voice.select(Voice.quote).where(equal_to_any(Voice.speaker, name, count)))
    )


def _found_in_text(query: ModelSelect, name: str, count: int | None) -> ModelSelect:
    """Documents with an article or a comment that the full-text index finds."""
    found = []
    for table, index in ((Article, ARTICLE_INDEX), (Comment, COMMENT_INDEX)):
        hits = table.select(table.document)
        found.append(matching(index, table.pk)(hits, name, None))
    return query.where(Document.pk.in_(found[0]) | Document.pk.in_(found[1]))


def _prefixed(name: str) -> Any:
    """Speakers with a name that begins so; the upper bound is the next string after all that do."""
    return Speaker.pk.in_(_called(name))


def _prefixed_among_all(name: str) -> Any:
    """The same, for a list in another order than that of loading, which is read until there is a page of them."""
    return hidden(Speaker.pk).in_(_called(name))


def _called(name: str) -> ModelSelect:
    low, high = slot(name, 0), slot(name, 1)
    return Alias.select(Alias.speaker).where(Alias.key >= low, Alias.key < high)


def _under(host: Field) -> Callable[[str], Any]:
    """The host, or one below it."""
    return lambda name: (host == slot(name, 0)) | Expression(host, "LIKE", slot(name, 1))


def _dated(day: Field) -> dict[str, Filter]:
    return {
        "published_after": at_least(hidden(day)),
        "published_before": below(hidden(day)),
        "site": equal(Document.site),
    }


def _by_date(day: Field) -> dict[str, dict[str, Filter]]:
    """In the order of the days, the list begins or ends where the filter says."""
    return {"published_at": {"published_after": at_least(day), "published_before": below(day)}}


Keys = Callable[[str, int | None], ModelSelect]


def _found(index: FullText) -> Keys:
    """The keys of what the full-text index finds."""
    column = getattr(index.c, index._path[-1])
    return lambda name, count: index.select(index.c.rowid).where(Expression(column, "MATCH", slot(name)))


def _on_site(name: str, count: int | None) -> ModelSelect:
    return Document.select(Document.pk).where(Document.site == slot(name))


def _said_by(name: str, count: int | None) -> ModelSelect:
    return Voice.select(Voice.quote).where(equal_to_any(Voice.speaker, name, count))


def _voiced_often(query: ModelSelect, name: str, count: int | None) -> ModelSelect:
    """As ``_voiced``, by what the list's own index has, and by the few quotes with co-speakers."""
    shared = Voice.select(SQL("1")).where(
        Voice.quote == Quote.pk, Voice.rank > SQL("0"), equal_to_any(hidden(Voice.speaker), name, count)
    )
    return query.where(equal_to_any(hidden(Quote.speaker), name, count) | fn.EXISTS(shared))


def _among(column: Field, keys: Keys) -> Filter:
    """Rows whose column is one of these keys, which are many: the list is read in its order until a page is full."""
    return lambda query, name, count: query.where(hidden(column).in_(keys(name, count)))


def _often_found(index: FullText, *sorts: str) -> Often:
    """Words, which are found in the order of loading."""
    return Often("q", "q_often", _found(index), 1, frozenset(sorts))


def _often_on_site(*sorts: str) -> Often:
    """A site, whose documents are taken to have fifty records each."""
    return Often("site", "site_often", _on_site, 50, frozenset({"loaded_at", *sorts}))


def _often_said_by(name: str, *sorts: str) -> Often:
    """Several speakers, of a common surname."""
    return Often(name, f"{name}_often", _said_by, 1, frozenset({"loaded_at", *sorts}), several=True)


IN_DOCUMENT = frozenset({"document_id", "article_id", "comment_id"})
OFTEN = frozenset({"q_often", "site_often"})
DATES = frozenset({"published_after", "published_before"})


def of_document(table: Any) -> ModelSelect:
    """Rows with their documents, which are read only where a filter or a facet asks for them."""
    return table.select().join(Document, JOIN.LEFT_OUTER, on=table.document == Document.pk).switch(table)


def _lean_citations() -> ModelSelect:
    return of_document(Citation).join(Source, JOIN.LEFT_OUTER, on=Citation.source == Source.pk)


def equal_to_any(column: Field, name: str, count: int | None) -> Any:
    """The column is the value, or one of the values."""
    return column == slot(name) if count is None else column.in_([slot(name, at) for at in range(count)])


def _cited(key: Field, cited: Field) -> Filter:
    """Sources or domains that one of these documents cites."""
    return lambda query, name, count: query.where(
        key.in_(Citation.select(cited).where(equal_to_any(Citation.document, name, count)))
    )


DOCUMENTS = Listing(
    "documents",
    records.document_rows,
    Document.pk,
    {
        "current": _where(lambda name: Document.superseded_by.is_null() >= slot(name)),
        **_dated(Document.published_on),
        "q": _found_in_text,
        "domain": _where(
            lambda name: Document.pk.in_(
                Citation.select(Citation.document).where(Citation.domain == slot(name))
            )
        ),
        "host": _where(
            lambda name: Document.pk.in_(
                Citation.select(Citation.document)
                .join(Source, on=(Citation.source == Source.pk))
                .where(_under(Source.host)(name))
            )
        ),
        "speaker": lambda query, name, count: query.where(
            Document.pk.in_(
                Quote.select(Quote.document)
                .join(Voice, on=(Voice.quote == Quote.pk))
                .where(equal_to_any(Voice.speaker, name, count))
            )
        ),
    },
    {"published_at": Document.published_on},
    orders={("site", "published_at"): (Document.published_on, Document.pk)},
    few=frozenset({"q", "domain", "host", "speaker"}),
    by_sort=_by_date(Document.published_on),
)
ARTICLES = Listing(
    "articles",
    records.article_rows,
    Article.pk,
    {
        "current": at_least(Article.current),
        **_dated(Article.published_on),
        "document_id": equal(Article.document),
        "kind": equal(hidden(Article.kind)),
        "q": matching(ARTICLE_INDEX, Article.pk),
    },
    {"published_at": Article.published_on},
    ARTICLE_INDEX,
    settled={"published_at": frozenset({"document_id"})},
    flags=DATES | {"kind"},
    few=frozenset({"q", "site", "document_id"}),
    lean=lambda: of_document(Article),
    by_sort=_by_date(Article.published_on),
)
QUOTES = Listing(
    "quotes",
    records.quote_rows,
    Quote.pk,
    {
        "current": at_least(Quote.current),
        **_dated(Quote.published_on),
        "speaker": _voiced,
        "speaker_id": _voiced,
        "has_speaker": present(Quote.speaker),
        "kind": equal(hidden(Quote.kind)),
        "mode": equal(hidden(Quote.mode)),
        "document_id": equal(Quote.document),
        "article_id": equal(Quote.article),
        "comment_id": equal(Quote.comment),
        "min_confidence": at_least(Quote.confidence),
        "distinct": equal(Quote.leads),
        "same_as": equal(Quote.same_as),
        "id": equal(Quote.id),
        "q": matching(QUOTE_INDEX, Quote.pk),
        "speaker_often": _voiced_often,
        "speaker_id_often": _voiced_often,
        "q_often": _among(Quote.pk, _found(QUOTE_INDEX)),
        "site_often": _among(Quote.document, _on_site),
    },
    {"published_at": Quote.published_on},
    QUOTE_INDEX,
    {
        **{(name, "loaded_at"): (Voice.quote,) for name in ("speaker", "speaker_id")},
        **{(name, "published_at"): (Voice.published_on, Voice.quote) for name in ("speaker", "speaker_id")},
    },
    settled={"published_at": IN_DOCUMENT},
    flags=DATES
    | {
        "has_speaker",
        "kind",
        "mode",
        "min_confidence",
        "distinct",
        *OFTEN,
        "speaker_often",
        "speaker_id_often",
    },
    few=frozenset({"q", "site", "speaker", "speaker_id", *IN_DOCUMENT, "same_as", "id"}),
    lean=lambda: of_document(Quote),
    by_sort=_by_date(Quote.published_on),
    by_count=(
        _often_found(QUOTE_INDEX, "published_at"),
        _often_on_site("published_at"),
        _often_said_by("speaker", "published_at"),
        _often_said_by("speaker_id", "published_at"),
    ),
)
SPEAKERS = Listing(
    "speakers",
    records.speaker_rows,
    Speaker.pk,
    {
        "current": _where(lambda name: hidden(Speaker.quote_count) >= slot(name)),
        "q": _where(_prefixed),
        "kind": equal(hidden(Speaker.kind)),
        "min_quotes": at_least(Speaker.quote_count),
        "document_id": lambda query, name, count: query.where(
            Speaker.pk.in_(
                Voice.select(Voice.speaker)
                .join(Quote, on=(Voice.quote == Quote.pk))
                .where(equal_to_any(Quote.document, name, count))
            )
        ),
    },
    {"name": Speaker.name_key, "quote_count": Speaker.quote_count},
    by_sort={
        "name": {"min_quotes": at_least(hidden(Speaker.quote_count)), "q": _where(_prefixed_among_all)},
        "quote_count": {"q": _where(_prefixed_among_all)},
    },
    few=frozenset({"document_id"}),
)
COMMENTS = Listing(
    "comments",
    records.comment_rows,
    Comment.pk,
    {
        "current": at_least(Comment.current),
        **_dated(Comment.published_on),
        "author": equal(Comment.author_key),
        "document_id": equal(Comment.document),
        "parent_id": equal(Comment.parent),
        "q": matching(COMMENT_INDEX, Comment.pk),
        "q_often": _among(Comment.pk, _found(COMMENT_INDEX)),
        "site_often": _among(Comment.document, _on_site),
    },
    {"posted_at": Comment.posted_on},
    COMMENT_INDEX,
    orders={
        ("author", "posted_at"): (Comment.posted_on, Comment.pk),
        ("document_id", "posted_at"): (Comment.posted_on, Comment.pk),
    },
    flags=DATES | OFTEN,
    few=frozenset({"q", "site", "document_id", "parent_id"}),
    lean=lambda: of_document(Comment),
    by_count=(_often_found(COMMENT_INDEX, "posted_at"), _often_on_site("posted_at")),
)
SOURCES = Listing(
    "sources",
    records.source_rows,
    Source.pk,
    {
        "current": _where(lambda name: hidden(Source.citation_count) >= slot(name)),
        "domain": equal(Source.domain),
        "host": _where(_under(Source.host)),
        "url": equal(Source.url),
        "kind": equal(Source.kind),
        "document_id": _cited(Source.pk, Citation.source),
        "q": matching(SOURCE_INDEX, Source.pk),
    },
    {"citation_count": Source.citation_count, "url": Source.url},
    SOURCE_INDEX,
    few=frozenset({"q", "url", "document_id"}),
)
CITATIONS = Listing(
    "citations",
    records.citation_rows,
    Citation.pk,
    {
        "current": at_least(Citation.current),
        **_dated(Citation.published_on),
        "domain": equal(Citation.domain),
        "site_often": _among(Citation.document, _on_site),
        "host": _where(_under(Source.host)),
        "url": equal(Source.url),
        "source_id": equal(Citation.source),
        "document_id": equal(Citation.document),
        "article_id": equal(Citation.article),
        "comment_id": equal(Citation.comment),
        "cited_in": _where(
            lambda name: fn.IIF(Citation.comment.is_null(), "article", "comment") == slot(name)
        ),
        "q": _where(
            lambda name: Citation.source.in_(
                matching(SOURCE_INDEX, Source.pk)(Source.select(Source.pk), name, None)
            )
        ),
    },
    {"published_at": Citation.published_on},
    settled={"published_at": IN_DOCUMENT},
    orders={
        ("domain", "published_at"): (Citation.published_on, Citation.pk),
        ("source_id", "published_at"): (Citation.published_on, Citation.pk),
    },
    flags=DATES | {"cited_in", "site_often"},
    few=frozenset({"q", "site", "url", "source_id", *IN_DOCUMENT}),
    lean=_lean_citations,
    by_sort=_by_date(Citation.published_on),
    by_count=(_often_on_site("published_at"),),
)
DOMAINS = Listing(
    "domains",
    records.domain_rows,
    Domain.pk,
    {
        "current": _where(lambda name: hidden(Domain.citation_count) >= slot(name)),
        "domain": equal(Domain.pk),
        "document_id": _cited(Domain.pk, Citation.domain),
        "cited_in_article": at_least(Domain.article_citation_count),
        "cited_in_comment": at_least(Domain.comment_citation_count),
    },
    {
        "domain": Domain.domain,
        "source_count": Domain.source_count,
        "citation_count": Domain.citation_count,
        "document_count": Domain.document_count,
    },
    few=frozenset({"domain", "document_id"}),
)

CORRECTIONS = Listing(
    "corrections",
    records.correction_rows,
    Correction.pk,
    {
        "current": _where(lambda name: Correction.pk >= slot(name)),
        "quote": equal(Correction.quote_id),
        "speaker": equal(Correction.speaker_id),
        "document": equal(Correction.document_id),
        "action": equal(Correction.action),
        "orphaned": equal(Correction.orphaned),
    },
)

PARENTS: Mapping[str, type[Model]] = {
    "document_id": Document,
    "article_id": Article,
    "comment_id": Comment,
    "parent_id": Comment,
    "speaker_id": Speaker,
    "source_id": Source,
}
NOTHING: Mapping[str, Any] = {}
PAGE_ARGUMENTS = ("limit", "cursor", "count", "sort")
NO_FILTERS = (*PAGE_ARGUMENTS, *SELECTION, "facet")


def answer(listing: Listing, args: Mapping[str, Any], **meta: Any) -> flask.Response:
    """The page of ``listing`` that the arguments ask for; ``meta`` is added to the page's own.

    Arguments are as the schemas give them, ids of parents as clients know them.
    """
    filters = asked(args)
    paging = {name: args[name] for name in PAGE_ARGUMENTS if name in args}
    found = page(listing, filters, **paging, names=wanted(listing.name, args))
    if "include" in args:
        found = replace(found, records=BETWEEN.join(fuller(listing.name, found.rows, args["include"])))
    facets = _facets(args["facet"], filters) if "facet" in args else None
    return page_response(found, args["limit"], meta, facets)


def _facets(facets: Mapping[str, Facet], filters: Mapping[str, Any]) -> dict[str, Record]:
    """As FacetSchema, by name."""
    found = spreads(facets, filters, flask.current_app.config["FACET_S"])
    return {
        name: {
            "parameter": spread.parameter,
            "values": [dict(zip(("value", "name", "count"), value, strict=True)) for value in spread.values],
            "value_count": spread.value_count,
            "missing_count": spread.missing_count,
            "relation": spread.relation,
        }
        for name, spread in found.items()
    }


def page_response(
    found: Page,
    limit: int,
    meta: Mapping[str, Any] | None = None,
    facets: Mapping[str, Record] | None = None,
) -> flask.Response:
    """A page of any list: its body, the ``Link`` to the next one, and its validator."""
    following = _following(found.next_cursor)
    rest: Record = {
        **({} if facets is None else {"facets": facets}),
        "meta": {
            "limit": limit,
            "next_cursor": found.next_cursor,
            "total": found.total,
            "total_relation": found.total_relation,
            **(meta or {}),
        },
        "links": {"self": flask.request.full_path.rstrip("?"), "next": following},
    }
    body = b'{"data":[%b],%b' % (found.records, orjson.dumps(rest)[1:])
    response = flask.Response(body, mimetype="application/json")
    if validator := flask.request.environ[VALIDATOR]:
        response.headers["ETag"] = validator
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


def single(listing: Listing, column: Field, value: str, args: Mapping[str, Any] = NOTHING) -> flask.Response:
    """The record whose column is ``value``, in the shape that the arguments ask for; a 404 where there is none."""
    row = one(listing, column, value, wanted(listing.name, args))
    if row is None:
        moved = current_id(value)
        if moved != value:
            return moved_to(value, moved)
        return missing(listing.name.removesuffix("s"), value)
    found = fuller(listing.name, [row], args["include"])[0] if "include" in args else row[1]
    return flask.Response(found, mimetype="application/json")


def moved_to(old: str, id: str) -> flask.Response:
    """A redirect from a retired id to what replaced it (308: RFC 9110 section 15.4.9), the query kept."""
    address = flask.request.path.replace(f"/{old}", f"/{id}", 1)
    query = flask.request.query_string.decode()
    headers = {"Location": f"{address}?{query}" if query else address}
    return problem(308, f"{old} is now {id}.", headers=headers)


def missing(what: str, value: str) -> flask.Response:
    """A 404 that says what there is none of."""
    return problem(404, f"There is no {what} {value}.")


def below_parent(
    listing: Listing,
    args: Mapping[str, Any],
    meta: Mapping[str, Any] | None = None,
    **parent: str,
) -> flask.Response:
    """The page of ``listing`` below one parent, named ``document_id`` and so on; a 404 if that is not there."""
    ((name, value),) = parent.items()
    if not keys(PARENTS[name], value):
        moved = current_id(value)
        if moved != value:
            return moved_to(value, moved)
        return missing(name.removesuffix("_id").replace("parent", "comment"), value)
    return answer(listing, {**args, **parent}, **(meta or {}))


def named(args: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The arguments with the name of a speaker turned into keys, and what ``meta`` says of the match."""
    filters = dict(args)
    if "speaker" not in filters:
        return filters, {}
    rows = speakers_called(filters.pop("speaker"))
    filters["speaker"] = [row[0] for row in rows]
    columns = ("id", "name", "kind", "description", "quote_count")
    return filters, {"speakers": [dict(zip(columns, row[1:], strict=True)) for row in rows]}


def _following(cursor: str | None) -> str | None:
    if cursor is None:
        return None
    asked_for = [
        f"{name}={quote_plus(value)}"
        for name, value in flask.request.args.items()
        if name not in ("cursor", "facet")
    ]
    return f"{flask.request.path}?{'&'.join((*asked_for, f'cursor={cursor}'))}"


def asked(args: Mapping[str, Any]) -> dict[str, Any]:
    """The filters of a request as the listings take them: keys for ids, folded names, canonical addresses."""
    filters: dict[str, Any] = {"current": 1}
    for name, value in args.items():
        if name in NO_FILTERS:
            continue
        if name == "versions":
            if value == "all":
                filters["current"] = 0
        elif name in PARENTS:
            filters[name] = _current_keys(PARENTS[name], value)
        elif name in READINGS:
            filters.update(READINGS[name](value))
        elif isinstance(value, list) and len(value) == 1:
            filters[name] = value[0]
        else:
            filters[name] = value
    return filters


def keys(table: type[Model], ids: str | Sequence[str]) -> int | list[int]:
    """The keys of the rows with these ids, those that there are; a lone one by itself."""
    wanted = [ids] if isinstance(ids, str) else list(ids)
    # written out, since this runs for every list below a parent and Peewee takes longer to say it than SQLite to do it
    sql = f"SELECT pk FROM {table._meta.table_name} WHERE id IN ({', '.join('?' * len(wanted))}) ORDER BY pk"
    found = [row[0] for row in database.execute_sql(sql, wanted).fetchall()]
    return found[0] if len(found) == 1 else found


def _current_keys(table: type[Model], ids: str | Sequence[str]) -> int | list[int]:
    """The keys of the rows with these ids; of an id that is retired, of the row that replaced it."""
    found = keys(table, ids)
    wanted = [ids] if isinstance(ids, str) else list(ids)
    if (len(found) if isinstance(found, list) else 1) == len(wanted):
        return found
    return keys(table, list(map(current_id, wanted)))


def domain_key(domain: str) -> int:
    """The key of a registered domain, 0 where we have none of that name."""
    row = database.execute_sql("SELECT pk FROM domain WHERE domain = ?", (domain,)).fetchone()
    return row[0] if row else 0


def speakers_called(name: str) -> list[Row]:
    """Key, id, name, kind, description and quote count of the speakers so called, the most quoted first."""
    sql = (
        "SELECT s.pk, s.id, s.name, s.kind, s.description, s.quote_count FROM alias JOIN speaker s "
        "ON s.pk = alias.speaker_id WHERE alias.key = ? AND s.quote_count > 0 "
        "ORDER BY s.quote_count DESC, s.pk LIMIT 100"
    )
    return list(database.execute_sql(sql, (folded(name),)).fetchall())


def _read_words(value: str) -> dict[str, Any]:
    return {"q": match_expression(value)}


def _read_prefix(value: str) -> dict[str, Any]:
    prefix = folded(value)
    if not prefix:
        raise QueryError("There is no letter or digit to look for.", "q")
    return {"q": [prefix, prefix + "\U0010ffff"]}


def _read_domain(value: str) -> dict[str, Any]:
    key = domain_key(value)
    if key:  # spelt as we spell it
        return {"domain": key}
    host = filter_host(value)
    registered = registered_domain(host)
    return {
        "domain": domain_key(registered),
        **({"host": [host, f"%.{host}"]} if host != registered else {}),
    }


def _read_date(name: str) -> Callable[[date], dict[str, Any]]:
    return lambda value: {name: value.isoformat()}


READINGS: Mapping[str, Callable[[Any], dict[str, Any]]] = {
    "q": _read_words,
    "domain": _read_domain,
    "url": lambda value: {"url": canonical_url(value)},
    "site": lambda value: {"site": registered_domain(filter_host(value))},
    "author": lambda value: {"author": folded(value)},
    "published_after": _read_date("published_after"),
    "published_before": _read_date("published_before"),
    "prefix": _read_prefix,
}


def refused(error: QueryError) -> flask.Response:
    """A query that means nothing, as the client sees it."""
    status = 400 if error.parameter == "cursor" else 422
    return problem(status, str(error), [fault("query", error.parameter, "invalid", str(error))])
