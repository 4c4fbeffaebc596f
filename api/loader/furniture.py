"""What stands in an article and is not of it: share bars, notes to subscribers, headings of lists of links."""

from __future__ import annotations

import re
from typing import Final

_FURNITURE: Final = re.compile(  # no two ways to read a line, lest a long one take for ever
    r"(?:share|tweet|print|e-?mail|like|pin|save|facebook|twitter|google|linkedin|pinterest|reddit|whatsapp"
    r"|stumbleupon|digg|delicious|tumblr|this|on|it|via|to|and|copy|link|more|send|follow|us|subscribe|rss|comments?"
    r"|reprints?|0|\W)+"
    r"|(?:(?:tags?|tagged|filed under|categories|category|topics|labels|posted in)\b.{0,160}"
    r"|(?:advertisement|sponsored(?: links?| stories| content)?|loading|continue reading|read more|skip to content"
    r"|story continues below.{0,30}))[\s.:…|]*",
    re.IGNORECASE,
)
_LIST_HEADING: Final = re.compile(
    r"(?:related|more|also|see also|read also|read next|you (?:may|might) (?:also )?(?:like|enjoy)|recommended"
    r"|most (?:read|popular))\b"
    r"(?: (?:posts?|stories|articles?|links?|reading|news|coverage|content|on this|like this))*(?: from .{1,40})?"
    r"\s?[:.…»]*",
    re.IGNORECASE,
)
_LABEL: Final = re.compile(
    r"\W{0,3}(?:related|more|also|see|see also|read|read more|read also|watch|list|video|photos?|gallery|analysis"
    r"|opinion)\s?:\s*",
    re.IGNORECASE,
)


def is_furniture(line: str) -> bool:
    """Whether a line is a share bar, a list of tags or another label of the page.

    >>> is_furniture("Share on Facebook"), is_furniture("Tags: rain, rivers"), is_furniture("Share prices fell.")
    (True, True, False)
    """
    return _FURNITURE.fullmatch(line) is not None


def is_list_heading(line: str) -> bool:
    """Whether a line stands above links to other articles.

    >>> is_list_heading("Related stories:"), is_list_heading("More on this"), is_list_heading("More came.")
    (True, True, False)
    """
    return _LIST_HEADING.fullmatch(line) is not None


def without_label(line: str) -> str:
    """A line without the "Related:", "Video:" or the like that it begins with.

    >>> without_label("RELATED: The dry years"), without_label("Rain: the facts")
    ('The dry years', 'Rain: the facts')
    """
    label = _LABEL.match(line)
    return line[label.end() :] if label else line
