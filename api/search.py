"""Full-text queries: what a user types, as an expression that the engine takes whole.

    words             all of them
    "a phrase"        these words in this order
    -word -"a phrase" not these
    word*             words that begin so
    a OR b            either

The engine's own syntax never leaks: every term reaches it as a quoted string (SQLite FTS5, section 3.1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from api.database import database
from api.errors import QueryError

MAX_TERMS = 32
RANKED = (
    1000  # of each type, so many of the newest hits are ranked: BM25 over all of a common word takes seconds
)
SNIPPET_TOKENS = 24
ENTER, LEAVE = "\x02", "\x03"  # around what was found: no text that we store holds them

_TERM = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)(?:"|$)|(?P<word>[^\s"]+))(?P<star>\*?)')


def match_expression(query: str) -> str:
    """The FTS5 expression for what a user typed; raises QueryError when there is no word to look for.

    >>> match_expression('zoom.us "wealth fund" -sanction*')
    '("zoom.us" AND "wealth fund") NOT ("sanction" *)'
    >>> match_expression("tariffs OR duties trade")
    '(("tariffs" OR "duties") AND "trade")'
    """
    wanted: list[list[str]] = []
    unwanted: list[str] = []
    either = False
    for found in _TERM.finditer(query):
        word = found["word"]
        if word == "OR" and not found["minus"]:
            either = bool(wanted)
            continue
        words = (found["phrase"] or "") if word is None else word.rstrip("*")
        if not any(character.isalnum() for character in words):
            continue
        term = f'"{words.replace(chr(0), " ")}"' + (" *" if found["star"] or (word != words and word) else "")
        if found["minus"]:
            unwanted.append(term)
        elif either:
            wanted[-1].append(term)
        else:
            wanted.append([term])
        either = False
    if not wanted:
        raise QueryError("There is no word to look for.", "q")
    if sum(map(len, wanted)) + len(unwanted) > MAX_TERMS:
        raise QueryError(f"More than {MAX_TERMS} terms.", "q")
    groups = [group[0] if len(group) == 1 else f"({' OR '.join(group)})" for group in wanted]
    expression = f"({' AND '.join(groups)})"
    return f"{expression} NOT ({' OR '.join(unwanted)})" if unwanted else expression


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that was found; ``document`` is (id, title, url, published_at), None for a source.

    ``highlights`` are half-open and count code points of ``snippet``.
    """

    type: str
    id: str
    score: float
    snippet: str
    highlights: tuple[tuple[int, int], ...]
    document: tuple[str, str | None, str | None, str | None] | None


@dataclass(frozen=True, slots=True)
class Hits:
    """The hits from ``start`` on, of ``total`` that were ranked; ``cut``: there are older ones."""

    hits: list[Hit]
    total: int
    cut: bool


TYPES = ("quote", "comment", "article", "source")


def search(expression: str, types: Sequence[str], start: int, limit: int) -> Hits:
    """The best hits of an expression (``match_expression``) over the newest ``RANKED`` of each type."""
    ranked: list[tuple[float, str, int]] = []
    cut = False
    for type in types:
        rows = _ranked(type, expression)
        cut = cut or len(rows) > RANKED
        ranked += [(rank, type, pk) for pk, rank in rows[:RANKED]]
    ranked.sort()
    asked = ranked[start : start + limit]
    hits: dict[tuple[str, int], Hit] = {}
    for type in {type for _, type, _ in asked}:
        ranks = {pk: rank for rank, of, pk in asked if of == type}
        hits.update(((type, pk), hit) for pk, hit in _hits(type, ranks, expression))
    return Hits([hits[type, pk] for _, type, pk in asked], len(ranked), cut)


def _ranked(type: str, expression: str) -> list[tuple[int, float]]:
    index = f"{type}_index"
    live = "t.citation_count > 0" if type == "source" else "t.current = 1"
    sql = (
        f"SELECT {index}.rowid, bm25({index}) FROM {index} JOIN {type} t ON t.pk = {index}.rowid "
        f"WHERE {index} MATCH ? AND {live} ORDER BY {index}.rowid DESC LIMIT ?"
    )
    return list(database.execute_sql(sql, (expression, RANKED + 1)).fetchall())


def _hits(type: str, ranks: Mapping[int, float], expression: str) -> Iterator[tuple[int, Hit]]:
    """The hits of one type with these keys, in one statement."""
    index = f"{type}_index"
    columns, join = "NULL, NULL, NULL, NULL", ""
    if type != "source":
        columns, join = "d.id, d.title, d.url, d.published_at", "JOIN document d ON d.pk = t.document_id"
    sql = (
        f"SELECT t.pk, t.id, snippet({index}, -1, ?, ?, '…', {SNIPPET_TOKENS}), {columns} FROM {index} "
        f"JOIN {type} t ON t.pk = {index}.rowid {join} WHERE {index} MATCH ? "
        f"AND {index}.rowid IN ({', '.join('?' * len(ranks))})"
    )
    for row in database.execute_sql(sql, (ENTER, LEAVE, expression, *ranks)).fetchall():
        snippet, highlights = _marked(row[2])
        document = None if type == "source" else (row[3], row[4], row[5], row[6])
        yield row[0], Hit(type, row[1], round(-ranks[row[0]], 4), snippet, highlights, document)


def _marked(snippet: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """A snippet without its marks, and where they were.

    >>> _marked("the \\x02wealth\\x03 fund")
    ('the wealth fund', ((4, 10),))
    """
    words, places, at = [], [], 0
    for found in re.finditer(f"{ENTER}([^{LEAVE}]*){LEAVE}|[^{ENTER}]+", snippet):
        part = found[0] if found[1] is None else found[1]
        if found[1] is not None:
            places.append((at, at + len(part)))
        words.append(part)
        at += len(part)
    return "".join(words), tuple(places)
