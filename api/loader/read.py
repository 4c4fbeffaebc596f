"""Bytes to text: encodings, formats and what a page's markup says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from api.errors import LoadError
from api.loader.records import Text


def documents(path: Path) -> Iterator[Text | LoadError]:
    """Every document of a file or folder, or in its place the error that kept it from being read."""
    raise NotImplementedError
