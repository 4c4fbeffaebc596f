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
NOTICE_CHARACTERS: Final = 400
_NOTICE: Final = re.compile(
    # To followers and subscribers.
    r"\b(?:follow|connect with) (?:us|me|@\w+),? (?:on|at|via)\b"
    r"|\b(?:like|find|join) (?:us|me|@\w+),? (?:on|at|via)\b[^.!?]{0,40}"
    r"(?:@\w|\b(?:twitter|facebook|google ?\+|instagram|youtube|linkedin|pinterest)\b)"
    r"|(?:^|[.!?]\W{1,3})(?:you can )?follow\b[^@.!?]{0,60}(?:@\w|\b(?:twitter|facebook|google ?\+|instagram)\b)"
    r"|^\W{0,3}(?:sign up|subscribe|register|get|receive|join)\b.{0,150}"
    r"\b(?:newsletters?|e-?mail alerts?|your inbox|rss feed|weekly roundup)\b"
    r"|\b(?:our|your)\b.{0,60}\bnewsletters?\b|\bdelivered to your (?:inbox|e-?mail)\b"
    r"|\b(?:abonnieren sie|abonniere|abonnez-vous|inscrivez-vous|suscríb[ae](?:te|se)|iscriviti)\b"
    r".{0,100}(?:newsletter|lettre|boletín)"
    r"|(?:^|[^\w\s]\W{0,2}|\bplease )click (?:here|below)\b"
    # Of rights.
    r"|^\W{0,3}©|(?:\bcopyright(?: by)?|©|\(c\))\W{0,4}(?:\(c\)\W?)?(?:19|20)\d\d\b"
    r"|\ball rights (?:are )?reserved\b|\balle rechte vorbehalten\b|\btous droits réservés\b"
    r"|\btodos los derechos reservados\b|\bmay not be published, broadcast\b|\bpersonal, non-commercial use only\b"
    # Of who wrote, and how to reach them.
    r"|^\W{0,3}(?:to contact|contact) (?:the )?(?:reporters?|editors?|writers?|authors?)\b"
    r"|^\W{0,3}write to\b[^@]{1,80}@\w|\b(?:can|may) be reached (?:at|by|via|on)\b.{0,60}@\w"
    r"|\bis an? .{0,80}\b(?:writer|reporter|editor|journalist|correspondent|columnist|blogger|contributor)\b.{0,150}@\w"
    r"|^\W{0,3}\((?:additional |with )?(?:reporting|writing|editing|compiled) by\b[^()]{1,400}\)\W{0,3}$"
    # Of pictures.
    r"|^\W{0,3}(?:photo(?:graph)?s?|images?|illustrations?|pictures?|fotos?|bild(?:er)?)"
    r"(?: (?:credits?|courtesy(?: of)?|by)\b|\s?[:©])(?:[^.!?:]{0,60}|\W{0,3}\w+)$"
    r"|^[^.!?:,]{0,60}/\s?"
    r"(?:ap|afp|epa|dpa|reuters|bloomberg|(?:the )?associated press|getty images|the new york times)$"
    # Of the page itself.
    r"|^\W{0,3}(?:story )?highlights\W{0,3}$",
    re.IGNORECASE,
)
_SET_APART: Final = re.compile(r"caption|credit|photographer|highlights(?![a-z])", re.IGNORECASE)
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


def is_notice(line: str) -> bool:
    """Whether a line is a page's word to its readers: who to follow, whose rights, whose picture.

    >>> is_notice("Follow Ann Lee on Twitter."), is_notice("Copyright 2013 Harrow News. All rights reserved.")
    (True, True)
    >>> is_notice("Copyright law was no help, Ann Lee said on Twitter.")
    False
    """
    return len(line) <= NOTICE_CHARACTERS and _NOTICE.search(line) is not None


def is_set_apart(tag: str, classes: str) -> bool:
    """Whether an element of that class is a caption, a credit or a list of a story's highlights.

    >>> is_set_apart("figcaption", ""), is_set_apart("p", "wp-caption-text"), is_set_apart("p", "lead")
    (True, True, False)
    """
    return tag == "figcaption" or _SET_APART.search(classes) is not None


def without_label(line: str) -> str:
    """A line without the "Related:", "Video:" or the like that it begins with.

    >>> without_label("RELATED: The dry years"), without_label("Rain: the facts")
    ('The dry years', 'Rain: the facts')
    """
    label = _LABEL.match(line)
    return line[label.end() :] if label else line
