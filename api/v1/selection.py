"""Smaller and fuller records: ``fields`` leaves members out, ``include`` brings other records in.

What is left out is not read; what is included is looked up by one statement more a page and kind of record, however
many records share it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

import marshmallow as ma
import orjson
from marshmallow import fields, validate
from peewee import SQL, Model, ModelSelect
from webargs.fields import DelimitedList

from api.database import database
from api.models import Article, Citation, Comment, Document, Quote, Source, Speaker
from api.pagination import Row
from api.v1 import records
from api.v1.arguments import Input

Record = dict[str, Any]
BATCH = 500  # rows of an export that are made fuller at once
ARGUMENTS = ("members", "include")


@dataclass(frozen=True)
class Inclusion:
    """A record that another one may hold, with the members ``names`` (None: all).

    ``links`` is SQL for the pairs of their keys, by those of its holders.
    """

    table: type[Model]
    rows: Callable[..., ModelSelect]
    links: str
    names: frozenset[str] | None = None


def _behind(holder: type[Model], column: str) -> str:
    """The pairs of keys where the holder's row has a column for the other's key."""
    table = holder._meta.table_name
    return f'SELECT pk, "{column}" FROM "{table}" WHERE pk IN (SELECT value FROM json_each(?))'


def _document(holder: type[Model]) -> Inclusion:
    return Inclusion(Document, records.document_rows, _behind(holder, "document_id"))


def _article(links: str, *without: str) -> Inclusion:
    names = frozenset(records.ARTICLE) - {"document", *without}
    return Inclusion(Article, records.article_rows, links, names)


def _comment(holder: type[Model], column: str = "comment_id") -> Inclusion:
    links = _behind(holder, column)
    return Inclusion(Comment, records.comment_rows, links, frozenset(records.COMMENT) - {"document"})


MAIN_ARTICLE = (
    "SELECT document_id, min(pk) FROM article WHERE kind = 'main' "
    "AND document_id IN (SELECT value FROM json_each(?)) GROUP BY document_id"
)
# CROSS JOIN: the index of voices is read from its end, not the quotes through
LATEST_QUOTE = (
    "SELECT value, (SELECT v.quote_id FROM voice v CROSS JOIN quote q ON q.pk = v.quote_id WHERE v.speaker_id = value "
    "AND q.current = 1 ORDER BY v.published_on DESC, v.quote_id DESC LIMIT 1) FROM json_each(?)"
)
LATEST_CITATION = (
    "SELECT value, (SELECT c.pk FROM citation c WHERE c.source_id = value AND +c.current = 1 "
    "ORDER BY c.published_on DESC, c.pk DESC LIMIT 1) FROM json_each(?)"
)
TOP_SOURCE = (
    "SELECT value, (SELECT s.pk FROM source s WHERE s.domain_id = value AND +s.citation_count > 0 "
    "ORDER BY s.citation_count DESC, s.pk LIMIT 1) FROM json_each(?)"
)
LONG = ("text", "spans")  # of an article: too much to be sent with each of its quotes
# collection: member of its records: what it holds
INCLUSIONS: Mapping[str, Mapping[str, Inclusion]] = {
    "documents": {"article": _article(MAIN_ARTICLE)},
    "articles": {"document": _document(Article), "comment": _comment(Article)},
    "quotes": {
        "document": _document(Quote),
        "speaker": Inclusion(Speaker, records.speaker_rows, _behind(Quote, "speaker_id")),
        "article": _article(_behind(Quote, "article_id"), *LONG),
        "comment": _comment(Quote),
    },
    "speakers": {"latest_quote": Inclusion(Quote, records.quote_rows, LATEST_QUOTE)},
    "comments": {"document": _document(Comment), "parent": _comment(Comment, "parent_id")},
    "citations": {
        "document": _document(Citation),
        "source": Inclusion(Source, records.source_rows, _behind(Citation, "source_id")),
        "article": _article(_behind(Citation, "article_id"), *LONG),
        "comment": _comment(Citation),
    },
    "sources": {"latest_citation": Inclusion(Citation, records.citation_rows, LATEST_CITATION)},
    "domains": {"top_source": Inclusion(Source, records.source_rows, TOP_SOURCE)},
}


def shape(collection: str, schema: type[ma.Schema]) -> type[ma.Schema]:
    """The parameters ``fields`` and, where records may hold others, ``include``.

    In Python ``fields`` is ``members``, since a schema has fields of its own.
    """
    names = [name for name, field in schema().fields.items() if field.required]
    found: dict[str, fields.Field[Any]] = {"members": _members(names)}
    if collection in INCLUSIONS:
        found["include"] = _include_names(list(INCLUSIONS[collection]))
    return type(f"{schema.__name__.removesuffix('Schema')}Shape", (Input,), found)


def _members(names: Sequence[str]) -> DelimitedList:
    return DelimitedList(
        fields.String(validate=_known(names, "field")),
        data_key="fields",
        validate=validate.Length(1, 50),
        metadata={
            "description": "Only these members of each record, commas between; what tells it apart comes always.",
            "example": names[1:3],
        },
    )


def _include_names(names: Sequence[str]) -> DelimitedList:
    return DelimitedList(
        fields.String(validate=_known(names, "record to include")),
        validate=validate.Length(1, 20),
        metadata={
            "description": "With these records in each, commas between: the member of that name holds what is "
            "served of it by itself; null where there is none.",
            "example": names[:1],
        },
    )


def _known(names: Sequence[str], what: str) -> validate.OneOf:
    return validate.OneOf(names, error=f"There is no {what} {{input}}. There are: {{choices}}.")


def wanted(collection: str, args: Mapping[str, Any]) -> frozenset[str] | None:
    """The names of the members that the arguments ask for; None for all."""
    if "members" not in args:
        return None
    return frozenset(
        (*args["members"], *args.get("include", ()), "domain" if collection == "domains" else "id")
    )


def fuller(collection: str, rows: Sequence[tuple[int, bytes]], members: Iterable[str]) -> list[bytes]:
    """The records of the rows, with other records in these members."""
    found = [orjson.loads(record) for _, record in rows]
    for member in dict.fromkeys(members):
        _include(found, [key for key, _ in rows], member, INCLUSIONS[collection][member])
    return list(map(orjson.dumps, found))


def fuller_all(collection: str, rows: Iterable[tuple[int, bytes]], members: Iterable[str]) -> Iterator[bytes]:
    """As ``fuller``, for more rows than fit in memory."""
    rest = iter(rows)
    while batch := list(islice(rest, BATCH)):
        yield from fuller(collection, batch, members)


def _include(holders: list[Record], keys: list[int], member: str, inclusion: Inclusion) -> None:
    """Put the included record into each holder; what the holder's member said already stays."""
    links = dict(database.execute_sql(inclusion.links, (orjson.dumps(keys).decode(),)).fetchall())
    others = sorted({key for key in links.values() if key is not None})
    sql, before = _statement(inclusion)
    rows = database.execute_sql(sql, (*before, orjson.dumps(others).decode())).fetchall() if others else ()
    included = {key: orjson.loads(record) for key, record in rows}
    for holder, key in zip(holders, keys, strict=True):
        other = included.get(links.get(key))
        holder[member] = other and {**other, **(holder.get(member) or {})}


@lru_cache(maxsize=64)
def _statement(inclusion: Inclusion) -> tuple[str, Row]:
    """The SQL, and the parameters before that of the keys."""
    keys = SQL("(SELECT value FROM json_each(?))")
    sql, before = inclusion.rows(inclusion.names).where(inclusion.table.pk.in_(keys)).sql()
    return sql, tuple(before)
