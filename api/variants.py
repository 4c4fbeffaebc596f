"""The same words elsewhere: quotes that repeat one another form a group, of which one leads.

A new quote is compared with those that share a fingerprint with it, never with all: adding a document
regroups nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from api.database import database
from api.loader.sameness import fingerprints, same, words
from api.models import Quote

MARKS = 200  # fingerprints of a quote; a speech has more, and is found by these
CANDIDATES = 24  # quotes that one is compared with, and that are looked at for each fingerprint


def group(quotes: Sequence[Mapping[str, Any]]) -> None:
    """Put new rows of quotes (``pk``, ``id``, ``text``) into the groups of those with the same words."""
    joined: set[str] = set()
    for quote in quotes:
        said = words(quote["text"])
        marks = sorted(fingerprints(said))[:MARKS]
        if not marks:
            continue
        first = _first_with(said, marks)
        if first is not None:
            Quote.update(same_as=first).where((Quote.pk == quote["pk"]) | (Quote.id == first)).execute()
            joined.add(first)
        # at once, since a document can repeat itself
        database.connection().executemany(
            "INSERT INTO fingerprint (hash, quote_id) VALUES (?, ?)", [(mark, quote["pk"]) for mark in marks]
        )
    lead(joined)


def _first_with(said: tuple[str, ...], marks: Sequence[int]) -> str | None:
    """The id of the first quote of the group with these words."""
    # of each fingerprint so many at most: a common phrase must not make loading slower and slower
    each = f"SELECT quote_id FROM (SELECT quote_id FROM fingerprint WHERE hash = ? LIMIT {CANDIDATES})"
    found = database.execute_sql(
        f"SELECT q.id, q.same_as, q.text FROM (SELECT quote_id, count(*) AS shared FROM "
        f"({' UNION ALL '.join([each] * len(marks))}) "
        f"GROUP BY quote_id ORDER BY shared DESC, quote_id LIMIT {CANDIDATES}) "
        "JOIN quote q ON q.pk = quote_id ORDER BY shared DESC, q.pk",
        marks,
    )
    for id, first, text in found.fetchall():
        if same(said, words(text)):
            return str(first or id)
    return None


def groups_of(document: int) -> list[str]:
    """The groups that a document's quotes are in."""
    rows = Quote.select(Quote.same_as).where(Quote.document == document, Quote.same_as.is_null(False))
    return [row[0] for row in rows.distinct().tuples()]


def lead(groups: Iterable[str]) -> None:
    """Let the first served quote of each group lead it; what is alone is in no group."""
    for first in groups:
        members = list(
            Quote.select(Quote.pk, Quote.current).where(Quote.same_as == first).order_by(Quote.pk).tuples()
        )
        served = [pk for pk, current in members if current == 1]
        leader = served[0] if served else None
        Quote.update(leads=Quote.pk == leader).where(Quote.same_as == first).execute()
        if len(members) == 1:
            Quote.update(same_as=None, leads=True).where(Quote.same_as == first).execute()
