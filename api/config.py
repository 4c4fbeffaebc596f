"""Every setting: a line each, with its default and unit; ``SOURCEBOOK_<NAME>`` overrides it.

Only ``create_app`` and the gunicorn configuration read them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, get_type_hints

from api.errors import SettingError

PREFIX = "SOURCEBOOK_"


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one application."""

    database_url: str = "sqlite:///sourcebook.db"  # a path from the working directory; four slashes: absolute
    busy_timeout_s: float = 5.0  # how long a write waits for another one before 503
    cache_kib: int = 2048  # SQLite page cache of a connection, beside what is mapped; a thread has one
    mmap_mib: int = 1024  # how much of the database file may be mapped into memory
    max_document_mib: int = 64  # a longer file, page or record is refused
    max_request_kib: int = 16384  # the longest request body
    load_characters: int = 2_000_000  # a longer text is refused: minutes of one core
    extract_characters: int = 1_000_000  # the longest text of POST /v1/extract, which answers while you wait
    facet_s: float = 1.0  # how long the facets of a list may be counted, all together
    public_url: str = "/"  # where clients find us, for OpenAPI and exports; "/": as they asked
    host: str = "127.0.0.1"  # gunicorn's address
    port: int = 8000  # gunicorn's port; PORT, without the prefix, is read too
    workers: int = 2  # gunicorn's processes
    threads: int = 4  # gunicorn's threads a process
    timeout_s: int = 120  # when gunicorn ends a worker that does not answer

    @property
    def max_document_bytes(self) -> int:
        """``max_document_mib`` in bytes."""
        return self.max_document_mib * 2**20

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Config:
        """The settings as the environment has them; raises SettingError for what cannot be read.

        >>> Config.read({"SOURCEBOOK_WORKERS": "3"}).workers
        3
        >>> Config.read({"SOURCEBOOK_WORKERS": "many"})
        Traceback (most recent call last):
        api.errors.SettingError: SOURCEBOOK_WORKERS: 'many' is not a whole number above 0
        """
        hints = get_type_hints(cls)
        known = {field.name for field in fields(cls)}
        for name in environment:
            if name.startswith(PREFIX) and name.removeprefix(PREFIX).lower() not in known:
                raise SettingError(f"{name}: there is no such setting")
        values: dict[str, Any] = {}
        if environment.get("PORT"):
            values["port"] = _number("PORT", environment["PORT"], int)
        for name in known:
            value = environment.get(PREFIX + name.upper())
            if value:
                values[name] = (
                    value if hints[name] is str else _number(PREFIX + name.upper(), value, hints[name])
                )
        return cls(**values)


def _number(name: str, value: str, kind: type[int] | type[float]) -> int | float:
    try:
        number = kind(value)
    except ValueError:
        number = kind(0)
    if not 0 < number < 2**53:
        raise SettingError(f"{name}: {value!r} is not a {'whole ' if kind is int else ''}number above 0")
    return number
