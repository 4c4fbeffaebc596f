"""Facets: how the records of a filtered list are spread over the values of one column, within a time.

Counting is done in a table of the connection's own memory, by one ``INSERT ... ON CONFLICT``: SQLite would sort
all rows for a ``GROUP BY`` that no index serves, which takes four times as long. When time runs out, what has been
counted is a lower bound. What was counted in full is kept until something changes.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import orjson
from peewee import SQL, ModelSelect, OperationalError, Select, fn

from api.database import database, generation
from api.pagination import Listing, Row, Values, bound, narrowed, shape, slot

ALL = {"current": 1}  # the filters of a list without any
TOP = 20  # values of a facet that are named
FIRST = 20_000  # rows that are counted in the first step
STEPS = 10_000  # of SQLite's machine between looks at the clock: about a millisecond
KEPT = 1_000  # facets that are kept

_TABLE = "CREATE TEMP TABLE IF NOT EXISTS facet (value PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID"
_COUNT = "INSERT INTO facet (value, n) {} ON CONFLICT DO UPDATE SET n = n + 1"
_TOP = "SELECT value, n FROM facet WHERE value NOT IN (0, '') ORDER BY n DESC, value LIMIT ?"

ONE = SQL("1")
Value = Callable[[ModelSelect], Select]


@dataclass(frozen=True, eq=False)
class Facet:
    """A column whose values are counted.

    ``listing`` has the filters of the list, but a query of its rows that reads no more than it has to. Each of
    ``values`` selects, from a narrowed query, the value of each row (0 or "" where there is none) and 1; what several
    select is added up. ``label`` is SQL for what the filter ``parameter`` takes and for a name, by the value. ``kept``
    is SQL for the values and counts of a list without filters, where they are kept. ``hint`` tells the engine of an
    index: what stands in the SQL, and what is to stand there. ``stepwise`` is false where to find some rows takes as
    long as to find all.
    """

    listing: Listing
    parameter: str
    values: Sequence[Value]
    label: str | None = None
    kept: str | None = None
    hint: tuple[str, str] = ("", "")
    stepwise: bool = True


@dataclass(frozen=True)
class Spread:
    """What was counted: the commonest values as (what the filter takes, name, count); ``eq`` if all rows were."""

    parameter: str
    values: Sequence[tuple[str, str, int]] = ()
    value_count: int = 0
    missing_count: int = 0
    relation: Literal["eq", "gte"] = "gte"


def column(field: Any, none: int | str) -> Value:
    """The value of a row is that of a column, ``none`` where it is null."""
    return lambda query: query.select(fn.COALESCE(field, SQL(repr(none))), ONE)


def distinct(field: Any, key: Any) -> Value:
    """The values of a row, known by its key, are those of a column of a table joined to it, each once."""

    def selected(query: ModelSelect) -> Select:
        pairs = query.select(field.alias("value"), key.alias("of")).distinct()
        return Select([pairs], [pairs.c.value, ONE])

    return selected


_now = time.monotonic
_kept: OrderedDict[bytes, Spread] = OrderedDict()


def spreads(facets: Mapping[str, Facet], filters: Values, seconds: float) -> dict[str, Spread]:
    """What is counted of each facet within so many seconds in all."""
    end = _now() + seconds
    found = {}
    now = generation()
    quickest = sorted(facets, key=lambda name: not _is_kept(facets[name], filters))
    for left, name in zip(range(len(facets), 0, -1), quickest, strict=True):
        facet = facets[name]
        key = orjson.dumps([database.database, now, facet.listing.name, name, sorted(filters.items())])
        spread = _kept.get(key)
        if spread is None:
            start = _now()
            # most take little, so the first may take half
            share = 1 if _is_kept(facet, filters) else min(left, 2)
            spread = _spread(facet, filters, start + max(0.0, end - start) / share)
            if spread.relation == "eq":
                _keep(key, spread)
        found[name] = spread
    return {name: found[name] for name in facets}


def _keep(key: bytes, spread: Spread) -> None:
    _kept[key] = spread
    while len(_kept) > KEPT:
        _kept.popitem(last=False)


def _spread(facet: Facet, filters: Values, end: float) -> Spread:
    """As many rows as there is time for, counted."""
    database.execute_sql(_TABLE)
    database.execute_sql("DELETE FROM facet")
    every = False
    try:
        with _until(end):
            _fill(facet, filters)
        every = True
    except OperationalError:
        if _now() < end:
            raise
    return _read(facet, "eq" if every else "gte")


def _fill(facet: Facet, filters: Values) -> None:
    """Count all rows, step by step, each three times as long as all before: when it is stopped, only one is lost."""
    if _is_kept(facet, filters):
        database.execute_sql(f"INSERT INTO facet (value, n) {facet.kept}")
        return
    for at in range(len(facet.values)):
        sql, parameters = _statement(facet, at, shape(filters))
        seen, rows, counted = 0, 1, 1
        while counted == rows:
            rows = (3 * seen or FIRST) if facet.stepwise else -1
            values = bound(parameters, {**filters, "rows": rows, "seen": seen})
            counted = database.execute_sql(sql, values).rowcount
            seen += counted


def _is_kept(facet: Facet, filters: Values) -> bool:
    return facet.kept is not None and filters == ALL


def _read(facet: Facet, relation: Literal["eq", "gte"]) -> Spread:
    """What has been counted."""
    top = database.execute_sql(_TOP, (TOP,)).fetchall()
    ((count, missing),) = database.execute_sql(
        "SELECT count(*) FILTER (WHERE value NOT IN (0, '')), "
        "coalesce(sum(n) FILTER (WHERE value IN (0, '')), 0) FROM facet"
    ).fetchall()
    values = [(*_label(facet, value), n) for value, n in top]
    return Spread(facet.parameter, values, count, missing, relation)


def _label(facet: Facet, value: Any) -> Row:
    if facet.label is None:
        return value, value
    return tuple(database.execute_sql(facet.label, (value,)).fetchone())


@lru_cache(maxsize=1024)
def _statement(facet: Facet, at: int, filters: Sequence[tuple[str, int | None]]) -> tuple[str, Sequence[Any]]:
    query = narrowed(facet.listing, facet.listing.rows(), filters)
    sql, parameters = facet.values[at](query).limit(slot("rows")).offset(slot("seen")).sql()
    return _COUNT.format(sql.replace(*facet.hint)) if facet.hint[0] else _COUNT.format(sql), tuple(parameters)


@contextmanager
def _until(end: float) -> Iterator[None]:
    """Stop what the connection runs when it is that late (OperationalError)."""
    connection = database.connection()
    connection.set_progress_handler(lambda: _now() > end, STEPS)
    try:
        yield
    finally:
        connection.set_progress_handler(None, STEPS)
