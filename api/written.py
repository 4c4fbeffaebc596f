"""Records that SQLite writes: a template of their members, as SQL for their JSON.

A row then comes out as one value and needs no more work, where fetching each column alone takes longer than finding
it. The bytes are those of orjson, but for numbers of more than 15 digits, of which we store none.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from peewee import SQL, FloatField, IntegerField, fn

Template = Mapping[str, Any]
"""Members by name: a column (text or a number), one of what the functions here return, or a template in it."""


@dataclass(frozen=True, eq=False)
class Part:
    """A printf form of JSON, and what goes in it."""

    form: str
    values: tuple[Any, ...]


def plain(column: Any) -> Part:
    """Text that is never null and has nothing to escape: an id, one of some words."""
    return Part('"%s"', (column,))


def stored(column: Any) -> Part:
    """JSON as it is stored; a number is its own."""
    return Part("%s", (fn.IFNULL(column, NULL) if getattr(column, "null", True) else column,))


def truth(condition: Any) -> Part:
    """True or false."""
    return Part("%s", (fn.IIF(condition, SQL("'true'"), SQL("'false'")),))


def unless_null(column: Any, template: Template) -> Part:
    """A record in a record; null where the column is."""
    return Part("%s", (fn.IIF(column.is_null(), NULL, _printed(_part(template))),))


def written(template: Template, names: Collection[str] | None = None) -> Any:
    """An expression for a record as JSON; of the members with these names, if any are given."""
    kept = template if names is None else {name: template[name] for name in template if name in names}
    return _printed(_part(kept))


NULL = SQL("'null'")


def _part(member: Any) -> Part:
    if isinstance(member, Part):
        return member
    if isinstance(member, Mapping):
        parts = [_part(inner) for inner in member.values()]
        forms = [f"{_escaped(name)}:{part.form}" for name, part in zip(member, parts, strict=True)]
        return Part(f"{{{','.join(forms)}}}", tuple(value for part in parts for value in part.values))
    if isinstance(member, FloatField | IntegerField):
        return stored(member)
    return Part("%s", (fn.JSON_QUOTE(member),))


def _escaped(name: str) -> str:
    return orjson.dumps(name).decode().replace("%", "%%")


def _printed(part: Part) -> Any:
    form = part.form.replace("'", "''")
    return fn.PRINTF(SQL(f"'{form}'"), *part.values)
