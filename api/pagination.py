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
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import lru_cache, reduce
from typing import Any, Literal

import orjson
from peewee import OP, SQL, EnclosedNodeList, Expression, Field, ModelSelect, NodeList, Select, Value
from peewee import Table as FullText

from api.database import database, one_state
from api.errors import QueryError

BOUNDED_COUNT = 10_000
BETWEEN = b",\n"  # records: within one, a line feed is escaped
MANY = 2_000  # rows: more than these are not sorted for one page (about 7 ms)
Row = tuple[Any, ...]
Names = frozenset[str] | None
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


def hidden(column: Field) -> NodeList:
    """The column as an expression, for which no index is used: it would find too much, or sort too little.

    SQLite, The Next-Generation Query Planner, section 4.
    """
    return NodeList((SQL("+"), column))


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
class Often:
    """A filter that may find few rows, which are then sorted, or many: then another one of the flags takes its place.

    ``hits`` is the query of what it finds (by its name and how many values it has), one for each ``worth`` of the
    list's rows; ``sorts`` are those that its few are not in the order of, ``several`` whether by several values alone.
    """

    name: str
    other: str
    hits: Callable[[str, int | None], ModelSelect]
    worth: int
    sorts: frozenset[str]
    several: bool = False


@dataclass(frozen=True, eq=False)
class Listing:
    """What a collection's rows are.

    ``rows`` gives the query of all rows, without order: the integer key ``key``, by that name, and as ``record`` their
    JSON, of the members with the given names (None: all). ``sorts`` names the columns that it can be sorted by besides
    ``loaded_at``, the order of loading. ``index`` is the full-text table, with the key as its rowid.

    The rest says how a page is found without sorting more than that page. ``orders`` names, for a filter by one value
    and a sort, the columns (the last one the key) of the table that the filter joins, which is then read in its order.
    ``settled`` names the filters by one value that leave one value of a sort. ``flags`` names the filters that nearly
    all rows may pass: where there are no others, the keys of the page are picked first, from the query ``lean`` of
    rows without what is only shown. ``few`` names the filters that leave no more than can be sorted. ``by_sort`` has
    filters that are better asked otherwise for a sort; ``by_count`` those that may find few rows or many.
    """

    name: str
    rows: Callable[..., ModelSelect]
    key: Field
    filters: Mapping[str, Filter]
    sorts: Mapping[str, Field] = field(default_factory=dict)
    index: FullText | None = None
    orders: Mapping[tuple[str, str], Sequence[Field]] = field(default_factory=dict)
    settled: Mapping[str, frozenset[str]] = field(default_factory=dict)
    flags: frozenset[str] = frozenset()
    few: frozenset[str] = frozenset()
    lean: Callable[[], ModelSelect] | None = None
    by_sort: Mapping[str, Mapping[str, Filter]] = field(default_factory=dict)
    by_count: Sequence[Often] = ()

    @property
    def sort_names(self) -> list[str]:
        """Every value of the parameter ``sort``."""
        return [sign + name for name in ("loaded_at", *self.sorts) for sign in ("", "-")]


@dataclass(frozen=True)
class Page:
    """Some rows of a listing: their keys, and their records as they stand in a JSON array.

    ``total`` is None unless it was asked for.
    """

    keys: list[int]
    records: bytes
    next_cursor: str | None
    total: int | None
    total_relation: Literal["eq", "gte"] | None

    @property
    def rows(self) -> list[tuple[int, bytes]]:
        """The key and the record of each."""
        return list(zip(self.keys, self.records.split(BETWEEN), strict=True)) if self.keys else []


def page(
    listing: Listing,
    filters: Values,
    *,
    sort: str = "loaded_at",
    limit: int = 50,
    cursor: str | None = None,
    count: str = "none",
    names: Names = None,
) -> Page:
    """The page of ``listing`` that follows ``cursor``; raises QueryError for a cursor of another query."""
    values = _by_count(listing, filters, sort.removeprefix("-"))
    asked = shape(values)
    values["limit"] = limit + 1
    if cursor is not None:
        values["after"] = _position(cursor, listing, filters, sort)
    with nullcontext() if count == "none" else one_state():
        ((records, *positions),) = _run(_whole(listing, asked, sort, cursor is not None, names), values)
        total, relation = _total(listing, shape(filters), filters, count)
    keys, *sorted_by = [orjson.loads(f"[{column or ''}]") for column in positions]
    following = None
    if len(keys) > limit:
        last = [keys[limit - 1], *(column[limit - 1] for (column,) in sorted_by)]
        following = written_cursor(last, _query(listing, filters, sort))
        records = records[: records.rindex(BETWEEN)]
    return Page(keys[:limit], records or b"", following, total, relation)


def _by_count(listing: Listing, filters: Values, sort: str) -> dict[str, Any]:
    """The filters, those that find many rows named otherwise."""
    values = dict(filters)
    for often in listing.by_count:
        if (
            often.name in values
            and sort in often.sorts
            and (isinstance(values[often.name], list) or not often.several)
            and values.keys() <= listing.flags | {often.name, "current"}
        ):
            hits = _run(_hits_statement(often, dict(shape(values))[often.name]), values)[0][0]
            if hits * often.worth > MANY:
                values[often.other] = values.pop(often.name)
    return values


@lru_cache(maxsize=64)
def _hits_statement(often: Often, count: int | None) -> tuple[str, Row]:
    sql, parameters = often.hits(often.name, count).limit(MANY // often.worth + 1).sql()
    return f"SELECT count(*) FROM ({sql})", tuple(parameters)


def one(listing: Listing, column: Field, value: str, names: Names = None) -> tuple[int, bytes] | None:
    """The row of ``listing`` whose (unique) column is ``value``, None where there is none."""
    rows: list[Any] = _run(_one_statement(listing, column.name, names), {"value": value})
    return rows[0] if rows else None


@lru_cache(maxsize=1024)
def _one_statement(listing: Listing, column: str, names: Names) -> tuple[str, Row]:
    field = listing.key.model._meta.fields[column]
    sql, parameters = listing.rows(names).where(field == slot("value")).sql()
    return f"SELECT key, CAST(record AS BLOB) FROM ({sql})", tuple(parameters)


def walk(
    listing: Listing, filters: Values, sort: str = "loaded_at", step: int = 500, names: Names = None
) -> Iterator[tuple[int, bytes]]:
    """All rows of a listing, page by page, in flat memory."""
    cursor: str | None = None
    while True:
        found = page(listing, filters, sort=sort, limit=step, cursor=cursor, names=names)
        yield from found.rows
        cursor = found.next_cursor
        if cursor is None:
            return


def shape(filters: Values) -> tuple[tuple[str, int | None], ...]:
    """What a statement for these filters depends on: their names, and how many values each has (None: one)."""
    return tuple(
        (name, len(value) if isinstance(value, list) else None) for name, value in sorted(filters.items())
    )


def narrowed(
    listing: Listing, query: ModelSelect, asked: Sequence[tuple[str, int | None]], sort: str = "loaded_at"
) -> ModelSelect:
    """The query, with the filters of such a shape."""
    filters = {**listing.filters, **listing.by_sort.get(sort, {})}
    for name, count in asked:
        query = filters[name](query, name, count)
    return query


@lru_cache(maxsize=4096)
def _whole(
    listing: Listing, asked: Sequence[tuple[str, int | None]], sort: str, later: bool, names: Names
) -> tuple[str, Row]:
    """The SQL of a page in one row: its records, their keys with commas between, and their sort values as an array.

    Python lets other threads in at each row that it fetches; on a busy machine they wake and wait by turns, which
    takes several times as long as the page.
    """
    sql, parameters = _statement(listing, asked, sort, later, names)
    columns = "CAST(group_concat(record, char(44, 10)) AS BLOB), group_concat(key)"
    if sort.removeprefix("-") != "loaded_at":
        columns += ", json_group_array(sort)"
    return f"SELECT {columns} FROM ({sql})", parameters


def _statement(
    listing: Listing, asked: Sequence[tuple[str, int | None]], sort: str, later: bool, names: Names = None
) -> tuple[str, Row]:
    """The SQL of the rows of a page, with slots among its parameters."""
    name = sort.removeprefix("-")
    order, position = _order(listing, asked, name)
    ordering = [column.desc() if sort.startswith("-") else column.asc() for column in order]

    def page_of(query: ModelSelect, *conditions: Any) -> ModelSelect:
        query = narrowed(listing, query, asked, name)
        query = query.where(*conditions) if conditions else query
        return query.order_by(*ordering).limit(slot("limit"))

    rows = listing.rows(names)
    conditions = _beyond(listing, order, position, sort.startswith("-")) if later else [()]
    sorted_here = isinstance(order[0], NodeList)  # then the record of every row would be written first
    if len(conditions) > 1 or sorted_here or (listing.lean and _flagged(listing, asked)):
        lean = (listing.lean or listing.rows)()
        parts = [page_of(lean.select(listing.key.alias("key")), *condition) for condition in conditions]
        keys = reduce(
            lambda one, other: one.union_all(other), [Select([part], [part.c.key]) for part in parts]
        )
        query = rows.where(listing.key.in_(keys)).order_by(*ordering).limit(slot("limit"))
    else:
        query = page_of(rows, *conditions[0])
    if name != "loaded_at":
        query = query.select_extend(listing.sorts[name].alias("sort"))
    sql, parameters = query.sql()
    if listing.lean and order == (listing.key,) and {filter for filter, _ in asked} <= {"current"}:
        # by the key alone the table itself is read in order; the engine would take the index of what many rows share
        sql = sql.replace(' AS "t1"', ' AS "t1" NOT INDEXED', 1)
    return sql, tuple(parameters)


def _flagged(listing: Listing, asked: Sequence[tuple[str, int | None]]) -> bool:
    """Whether only filters are asked for that nearly all rows may pass: any order of theirs may be a long one."""
    names = {name for name, _ in asked} - {"current"}
    return bool(names) and names <= listing.flags


def _order(
    listing: Listing, asked: Sequence[tuple[str, int | None]], name: str
) -> tuple[Sequence[Any], Sequence[Value]]:
    """The columns that a list is read in the order of, and the slots of a position in it.

    They are those of the index which finds the rows: the engine does not see that one equal to it is in the same
    order, and would sort all that it finds for the sake of one page.
    """
    key, at = slot("after", 0), slot("after", 1)
    ones = {filter for filter, count in asked if count is None}
    several = {filter for filter, _ in asked} - ones
    for filter in sorted(ones):
        if (filter, name) in listing.orders:
            found = listing.orders[filter, name]
            return found, (at, key)[-len(found) :]
    if name == "loaded_at" and listing.index and "q" in ones:
        return (listing.index.c.rowid,), (key,)
    columns: Sequence[Any] = (listing.key,)
    slots: Sequence[Value] = (key,)
    if name != "loaded_at" and not listing.settled.get(name, frozenset()) & ones:
        columns, slots = (listing.sorts[name], listing.key), (at, key)
        if listing.sorts[name].unique:
            columns, slots = columns[:1], slots[:1]
    if listing.few & (several if len(columns) == 1 else ones | several):
        return [hidden(column) for column in columns], slots
    return columns, slots


def _beyond(
    listing: Listing, order: Sequence[Any], position: Sequence[Value], descending: bool
) -> list[tuple[Any, ...]]:
    """Conditions for what comes after ``position``, each of which an index serves.

    By a sort value and a table's own key there are two, for the rest of those with the same value and for those after
    them: SQLite does not see that an index ends in the key, so of a row value it would use the first part alone and
    pass over all that are equal in it; most sources are cited once.
    """
    first, at, sign = order[0], position[0], OP.LT if descending else OP.GT
    if len(order) == 1:
        return [(Expression(first, sign, at),)]
    if order[-1] is not listing.key:
        return [(Expression(EnclosedNodeList(order), sign, EnclosedNodeList(position)),)]
    return [(first == at, Expression(order[1], sign, position[1])), (Expression(first, sign, at),)]


@lru_cache(maxsize=1024)
def _count_statement(
    listing: Listing, shape: Sequence[tuple[str, int | None]], bounded: bool
) -> tuple[str, Row]:
    query = narrowed(listing, (listing.lean or listing.rows)(), shape).select(SQL("1").alias("one"))
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
