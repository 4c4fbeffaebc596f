"""Keyset pages: the rows after a cursor, in the order of a sort key and then of loading.

A ``Listing`` says what a collection's rows are and how they may be filtered and sorted. The SQL of a
listing is built once for each shape of query (which filters, which sort, first page or later) and kept;
a request only binds its values. Each page is one statement.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

import orjson
from peewee import OP, SQL, EnclosedNodeList, Expression, Field, ModelSelect, Value
from peewee import Table as FullText

from api.database import database
from api.errors import QueryError

BOUNDED_COUNT = 10_000
Row = tuple[Any, ...]
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a value of a request goes in a statement that was built before: ``item`` of a list."""

    name: str
    item: int | None = None

    def of(self, values: Values) -> Any:
        """The value that belongs here."""
        value = values[self.name]
        return value if self.item is None else value[self.item]


def slot(name: str, item: int | None = None) -> Value:
    """A place for a value, as a part of a Peewee expression."""
    return Value(Slot(name, item), converter=False)


# A filter narrows a query; it gets the query, the filter's name and how many values it has (None: one).
Filter = Callable[[ModelSelect, str, int | None], ModelSelect]


def equal(column: Field) -> Filter:
    """Rows whose column is the value, or one of the values."""

    def narrowed(query: ModelSelect, name: str, count: int | None) -> ModelSelect:
        if count is None:
            return query.where(column == slot(name))
        return query.where(column.in_([slot(name, item) for item in range(count)]))

    return narrowed


def at_least(column: Field) -> Filter:
    """Rows whose column is the value or above it."""
    return lambda query, name, count: query.where(column >= slot(name))


def below(column: Field) -> Filter:
    """Rows whose column is known ("" is unknown) and below the value."""
    return lambda query, name, count: query.where(column < slot(name), column != "")


def present(column: Field) -> Filter:
    """Rows whose column is null or not, as a truth value says."""
    return lambda query, name, count: query.where((column.is_null(False)) == slot(name))


def matching(index: FullText, key: Field) -> Filter:
    """Rows that the full-text index finds; the value is the engine's expression (``api.search``)."""

    def narrowed(query: ModelSelect, name: str, count: int | None) -> ModelSelect:
        # a hidden column that is named like the table stands for all of it (SQLite FTS5, section 3)
        column = getattr(index.c, index._path[-1])
        return query.join(index, on=(index.c.rowid == key)).where(Expression(column, "MATCH", slot(name)))

    return narrowed


@dataclass(frozen=True, eq=False)
class Listing:
    """What a collection's rows are.

    ``rows`` gives the query of all rows, without order; ``key`` is its integer key and comes first among
    its columns. ``sorts`` names the columns that it can be sorted by besides ``loaded_at``, the order of
    loading. ``index`` is the full-text table, with the key as its rowid. ``keys`` names the column that holds the
    key in the table that a filter joins: a filter by one value is then read in that table's order.
    """

    name: str
    rows: Callable[[], ModelSelect]
    key: Field
    filters: Mapping[str, Filter]
    sorts: Mapping[str, Field] = field(default_factory=dict)
    index: FullText | None = None
    keys: Mapping[str, Field] = field(default_factory=dict)

    @property
    def sort_names(self) -> list[str]:
        """Every value of the parameter ``sort``."""
        return [sign + name for name in ("loaded_at", *self.sorts) for sign in ("", "-")]


@dataclass(frozen=True)
class Page:
    """Some rows of a listing; ``total`` is None unless it was asked for.

    A column behind those of the listing is the sort value, for the cursor alone.
    """

    rows: list[Row]
    next_cursor: str | None
    total: int | None
    total_relation: Literal["eq", "gte"] | None


def page(
    listing: Listing,
    filters: Values,
    *,
    sort: str = "loaded_at",
    limit: int = 50,
    cursor: str | None = None,
    count: str = "none",
) -> Page:
    """The page of ``listing`` that follows ``cursor``; raises QueryError for a cursor of another query."""
    asked = shape(filters)
    values = dict(filters)
    values["limit"] = limit + 1
    if cursor is not None:
        values["after"] = _position(cursor, listing, filters, sort)
    rows = _run(_statement(listing, asked, sort, cursor is not None), values)
    more = len(rows) > limit
    rows = rows[:limit]
    total, relation = _total(listing, asked, values, count)
    return Page(
        rows,
        _cursor(rows[-1], listing, filters, sort) if more else None,
        total,
        relation,
    )


def one(listing: Listing, column: Field, value: str) -> Row | None:
    """The row of ``listing`` whose (unique) column is ``value``, None where there is none."""
    rows = _run(_one_statement(listing, column.name), {"value": value})
    return rows[0] if rows else None


@lru_cache(maxsize=64)
def _one_statement(listing: Listing, column: str) -> tuple[str, Row]:
    field = listing.key.model._meta.fields[column]
    sql, parameters = listing.rows().where(field == slot("value")).sql()
    return sql, tuple(parameters)


def walk(listing: Listing, filters: Values, sort: str = "loaded_at", step: int = 500) -> Iterator[Row]:
    """All rows of a listing, page by page, in flat memory."""
    cursor: str | None = None
    while True:
        found = page(listing, filters, sort=sort, limit=step, cursor=cursor)
        yield from found.rows
        cursor = found.next_cursor
        if cursor is None:
            return


def shape(filters: Values) -> tuple[tuple[str, int | None], ...]:
    """What a statement for these filters depends on: their names, and how many values each has (None: one)."""
    return tuple(
        (name, len(value) if isinstance(value, list) else None) for name, value in sorted(filters.items())
    )


def narrowed(listing: Listing, query: ModelSelect, asked: Sequence[tuple[str, int | None]]) -> ModelSelect:
    """The query, with the filters of such a shape."""
    for name, count in asked:
        query = listing.filters[name](query, name, count)
    return query


@lru_cache(maxsize=4096)
def _statement(
    listing: Listing, shape: Sequence[tuple[str, int | None]], sort: str, later: bool
) -> tuple[str, Row]:
    """The SQL of a page, with slots among its parameters."""
    name = sort.removeprefix("-")
    query = narrowed(listing, listing.rows(), shape)
    key = _walked(listing, shape)
    order: tuple[Any, ...] = (key,)
    position: tuple[Value, ...] = (slot("after", 0),)
    if name != "loaded_at":
        order, position = (listing.sorts[name], listing.key), (slot("after", 1), slot("after", 0))
        query = query.select_extend(order[0])
    if later:
        query = query.where(_beyond(order, position, sort.startswith("-")))
    ordering = [column.desc() if sort.startswith("-") else column.asc() for column in order]
    sql, parameters = query.order_by(*ordering).limit(slot("limit")).sql()
    return sql, tuple(parameters)


def _walked(listing: Listing, shape: Sequence[tuple[str, int | None]]) -> Field:
    """The column by which a list is read in the order of loading.

    It is that of the index which finds the rows: the engine does not see that one equal to it is in the same
    order, and would sort all that it finds for the sake of one page.
    """
    if listing.index and "q" in dict(shape):
        return listing.index.c.rowid
    return next(
        (listing.keys[name] for name, count in shape if count is None and name in listing.keys), listing.key
    )


def _beyond(order: Sequence[Any], position: Sequence[Value], descending: bool) -> Any:
    """A condition that holds for what comes after ``position``."""
    first, at = order[0], position[0]
    if len(order) == 1:
        return first < at if descending else first > at
    # a row value: SQLite and PostgreSQL both walk an index with it
    left, right = EnclosedNodeList(order), EnclosedNodeList(position)
    return Expression(left, OP.LT if descending else OP.GT, right)


@lru_cache(maxsize=1024)
def _count_statement(
    listing: Listing, shape: Sequence[tuple[str, int | None]], bounded: bool
) -> tuple[str, Row]:
    query = narrowed(listing, listing.rows(), shape).select(SQL("1").alias("one"))
    if bounded:
        query = query.limit(BOUNDED_COUNT + 1)
    sql, parameters = query.sql()
    return f"SELECT count(*) FROM ({sql})", tuple(parameters)


def _total(
    listing: Listing, shape: Sequence[tuple[str, int | None]], values: Values, count: str
) -> tuple[int | None, Literal["eq", "gte"] | None]:
    if count == "none":
        return None, None
    total = _run(_count_statement(listing, shape, count == "bounded"), values)[0][0]
    if count == "bounded" and total > BOUNDED_COUNT:
        return BOUNDED_COUNT, "gte"
    return total, "eq"


def _run(statement: tuple[str, Row], values: Values) -> list[Row]:
    sql, parameters = statement
    rows: list[Row] = database.execute_sql(sql, bound(parameters, values)).fetchall()
    return rows


def bound(parameters: Sequence[Any], values: Values) -> list[Any]:
    """The parameters of a statement, with values in its slots."""
    return [item.of(values) if isinstance(item, Slot) else item for item in parameters]


def _query(listing: Listing, filters: Values, sort: str) -> list[Any]:
    return [listing.name, sort, sorted(filters.items())]


def _cursor(row: Row, listing: Listing, filters: Values, sort: str) -> str:
    position = [row[0]] if sort.removeprefix("-") == "loaded_at" else [row[0], row[-1]]
    return written_cursor(position, _query(listing, filters, sort))


def _position(cursor: str, listing: Listing, filters: Values, sort: str) -> list[Any]:
    """The key, and the sort value if there is one, that the cursor stands for."""
    position = read_cursor(cursor, _query(listing, filters, sort))
    if len(position) != (1 if sort.removeprefix("-") == "loaded_at" else 2) or type(position[0]) is not int:
        raise QueryError(NO_CURSOR, "cursor")
    return position


NO_CURSOR = "This is no cursor of ours."


def written_cursor(position: Sequence[int | str | float], query: Any) -> str:
    """A position in the answer to ``query`` (any JSON) as the opaque string that clients give back."""
    body = orjson.dumps([_digest(query), *position])
    return base64.urlsafe_b64encode(body).rstrip(b"=").decode()


def read_cursor(cursor: str, query: Any) -> list[Any]:
    """The position that a cursor stands for; raises QueryError for one that is not ours or not of ``query``.

    >>> read_cursor(written_cursor([7, "a"], ["quotes"]), ["quotes"])
    [7, 'a']
    """
    try:
        found = orjson.loads(base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError) as error:
        raise QueryError(NO_CURSOR, "cursor") from error
    if not isinstance(found, list) or len(found) < 2 or not all(map(_is_bindable, found)):
        raise QueryError(NO_CURSOR, "cursor")
    if found[0] != _digest(query):
        raise QueryError("This cursor belongs to a query with other filters or another sort.", "cursor")
    return found[1:]


def _is_bindable(value: Any) -> bool:
    if type(value) is int:
        return -(2**63) <= value < 2**63
    return type(value) in (float, str)


def _digest(query: Any) -> str:
    return hashlib.blake2b(orjson.dumps(query), digest_size=6).hexdigest()
