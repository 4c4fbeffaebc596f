"""Readers' comments as a page's markup has them, in their thread."""

from __future__ import annotations

from dataclasses import dataclass

from api.loader.records import Comment
from api.loader.rendering import Rendering


@dataclass(frozen=True, slots=True)
class Threads:
    """A page's comments, and the indices of the elements that hold them and nothing else."""

    comments: tuple[Comment, ...] = ()
    elements: tuple[int, ...] = ()


def threads(page: Rendering) -> Threads:
    """The page's comments, in order of the text."""
    return Threads()
