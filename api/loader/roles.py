"""What an element's class names and id say of it: a comment, its author, its date, its words, none of it.

Names are read as the words that make them up ("commentAuthorName" is comment, author, name), so that one
table covers the usual systems and the themes that nobody has listed. KNOWN has the names that do not
speak for themselves, by system.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from lxml.html import HtmlElement


class Role:
    """What an element is to a comment: bits, plain numbers since they are tested by the million."""

    NONE: Final = 0
    ITEM: Final = 1  # may be one comment, all of it or its words
    AREA: Final = 2  # holds comments
    AUTHOR: Final = 4
    DATE: Final = 8
    BODY: Final = 16  # the comment's own words
    ASIDE: Final = 32  # votes, reply links, badges, forms: nobody's words
    ELSEWHERE: Final = 64  # lists of other pages' comments and other furniture
    REPLIES: Final = 128  # holds the answers to the comment before it
    NOTICE: Final = 256  # a trackback: another page that links here, no reader's text


def _words(spaced: str) -> frozenset[str]:
    return frozenset(spaced.split())


COMMENT: Final = _words(
    "comment comments commment cmt cmts cmnt com hcomment usercomment usercomments kommentar kommentare "
    "kommentarer commentaire commentaires comentario comentarios comentari commento commenti reactie "
    "reacties komentar komentarz komentarze yorum response responses reply replies talkback talkbacks "
    "feedback dsq idc fyre coral disqus annotation shout"
)
NOT_ONE: Final = _words(  # beside a comment's word: many comments, or no comment at all
    "list area section container count counts counter total num number link links add write post form "
    "respond nav navigation policy rules closed disabled sort sorting login input textarea button btn "
    "title heading header hd thread threads group feed wrapper region module tab tabs pagination paging "
    "pager page pages all children child bar tools toolbar notice info note message icon bubble view "
    "submit subscribe subscription preview editor allowed guidelines terms template status more show "
    "hide toggle open off on no bg ad ads meta metadata footer foot info byline"
)
NOT_AREA: Final = _words(  # beside many comments' word: a switch, a link or a number
    "open closed on off no has link links count counts number num rss feed form respond policy rules"
)
AUTHOR: Final = _words(
    "author authors user username usernames name nick nickname poster commenter commentator commentor "
    "byline fn screenname autor auteur utente member persona who login creator writer handle "
    "displayname"
)
NOT_AUTHOR: Final = _words(
    "avatar image img photo pic picture icon score title badge rank flair info details actions link "
    "links content text body count posts date time bio about description comment-text by reply "
    "generated input menu type level status location karma moderator staff join joined fans followers "
    "friends likes"
)
DATE: Final = _words(
    "date time timestamp datetime posted published ago datum when age created dateline timeago postdate "
    "heure fecha"
)
NOT_DATE: Final = _words(
    "update updated edited by author user name read reading up upcoming real line content"
)
BODY: Final = _words(
    "body content text message msg entry copy bodytext words description markup html contents texte "
    "inhalt quote-body usertext excerpt paragraph commtext"
)
NOT_BODY: Final = _words(
    "footer header meta author date time avatar action actions count number title head foot bar user cell "
    "attribution tools buttons controls counter sm xs lg xl small large muted center right left gray "
    "base white black red green blue"
)
ASIDE: Final = _words(
    "reply replying respond vote votes voting rating ratings rate like likes karma score flag report "
    "share sharing permalink perma actions action tools controls avatar gravatar userpic edit badge "
    "badges awaiting moderation signature sig buttons button menu toolbar social spam abuse recommend "
    "thumbs points answer number index form cancel delete collapse expand toolbox postprofile profile "
    "userinfo memberinfo reputation quotelink"
)
NOT_ASIDE: Final = _words(
    "text body content message author name date time list children thread container replies"
)
ELSEWHERE: Final = _words(
    "recent latest widget sidebar newest popular trending related teaser ticker recommended activity "
    "promo preview aggregator archive-list mostcommented lastcomments tweet tweets similar"
)
AROUND: Final = _words("content main wrap wrapper page primary with has no right left layout container body")
AREA_WORDS: Final = _words(
    "list area section container thread threads group feed wrapper region module holder stream all box block"
)
REPLIES: Final = _words("children child replies nested answers indented subcomments")
NOTICES: Final = _words("pingback pingbacks trackback trackbacks ping pings linkback webmention")

KINDS: Final = (
    (Role.AUTHOR, AUTHOR, NOT_AUTHOR),
    (Role.DATE, DATE, NOT_DATE),
    (Role.BODY, BODY, NOT_BODY),
    (Role.ASIDE, ASIDE, NOT_ASIDE),
    (Role.REPLIES, REPLIES, frozenset[str]()),
)

# Names that do not speak for themselves, or that would say something else by their words.
KNOWN: Final[Mapping[str, int]] = {
    # Hacker News
    "comtr": Role.ITEM,
    "comhead": Role.NONE,
    "hnuser": Role.AUTHOR,
    "commtext": Role.BODY,
    "togg": Role.ASIDE,
    "navs": Role.ASIDE,
    # Reddit
    "usertext-body": Role.BODY,
    "md": Role.BODY,
    "tagline": Role.NONE,
    "flat-list": Role.ASIDE,
    "userattrs": Role.ASIDE,
    "shreddit-comment": Role.ITEM,
    "faceplate-timeago": Role.DATE,
    "live-timestamp": Role.DATE,
    # Disqus
    "post-message": Role.BODY,
    "time-ago": Role.DATE,
    "post-byline": Role.NONE,
    "disqus_thread": Role.AREA,
    # Blogger
    "comments-block": Role.AREA,
    "comment-footer": Role.NONE,
    "comment-timestamp": Role.DATE,
    "comment-thread": Role.AREA,
    "comment-actions": Role.ASIDE,
    # WordPress
    "says": Role.ASIDE,
    "posted-by": Role.AUTHOR,
    "posted-on": Role.DATE,
    "ljuser": Role.AUTHOR,
    "answer": Role.ITEM,  # to a question
    "vcard": Role.AUTHOR,
    "url": Role.AUTHOR,  # the writer's own address
    "bypostauthor": Role.NONE,
    "commentmetadata": Role.DATE,
    "comment-metadata": Role.DATE,
    "comment-meta": Role.NONE,
    "commentlist": Role.AREA,
    "comment-list": Role.AREA,
    "edit-link": Role.ASIDE,
    "comment-awaiting-moderation": Role.ASIDE,
    # Coral
    "coral-comment": Role.ITEM,
    "coral-username": Role.AUTHOR,
    "coral-comment-username": Role.AUTHOR,
    "coral-timestamp": Role.DATE,
    "coral-comment-content": Role.BODY,
    "coral-content": Role.BODY,
    "coral": Role.NONE,
    # vBulletin, phpBB, SMF, MyBB, XenForo, Invision: their posts are comments on the first
    "postbit": Role.ITEM,
    "postbitlegacy": Role.ITEM,
    "postcontainer": Role.ITEM,
    "post_wrapper": Role.ITEM,
    "post_block": Role.ITEM,
    "has-profile": Role.ITEM,
    "message--post": Role.ITEM,
    "crawler-post": Role.ITEM,
    "bigusername": Role.AUTHOR,
    "username_container": Role.NONE,
    "postcontent": Role.BODY,
    "postbody": Role.NONE,
    "posthead": Role.NONE,
    "bbwrapper": Role.BODY,
    "post_body": Role.BODY,
    "post_date": Role.DATE,
    "post_author": Role.AUTHOR,
    "usertitle": Role.ASIDE,
    "message-userextras": Role.ASIDE,
    "message-attribution-opposite": Role.ASIDE,
    "postcounter": Role.ASIDE,
    "nodecontrols": Role.ASIDE,
    "postfoot": Role.ASIDE,
    "popupbody": Role.ASIDE,
    "userinfo_extra": Role.ASIDE,
    "onlinestatus": Role.ASIDE,
    "rank": Role.ASIDE,
    # Drupal
    "submitted": Role.NONE,
    "indented": Role.REPLIES,
    # Livefyre, IntenseDebate
    "fyre-comment-article": Role.ITEM,
    "fyre-widget": Role.AREA,
    "idc-c": Role.ITEM,
    "idc-c-t": Role.BODY,
}
ITEM_TYPES: Final = ("/Comment", "/UserComments", "/Answer")  # schema.org itemtype endings
ITEM_PROPS: Final[Mapping[str, int]] = {
    "comment": Role.ITEM,
    "author": Role.AUTHOR,
    "creator": Role.AUTHOR,
    "datecreated": Role.DATE,
    "datepublished": Role.DATE,
    "commenttime": Role.DATE,
    "commenttext": Role.BODY,
    "text": Role.BODY,
}

FORUM_NAMES: Final = frozenset(
    (
        "postbit",
        "postbitlegacy",
        "postcontainer",
        "post_wrapper",
        "post_block",
        "has-profile",
        "message--post",
        "messageUserBlock",
    )
)

FUSED: Final = re.compile(
    r"(comments?|cmn?ts?|kommentare?|commentaires?|comentarios?|reply|post|user)(?=[a-z]{3,})"
)
CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
UTILITY: Final = re.compile(r"(?:text|font|content)-(?:\d|[a-z]+-\d)")  # style sheets of the Tailwind kind
CONTROL_PATH: Final = re.compile(r"ctl\d+_(?:\w+_)?")  # ASP.NET writes all controls around one into its id
SPLIT: Final = re.compile(r"[^A-Za-z]+")
NUMBERED: Final = re.compile(
    r"(?<![a-z0-9])(?![a-z]\d+(?![a-z0-9]))(?=[a-f]{0,12}\d)[0-9a-f]{8,}(?:-[0-9a-f]{4,})*|\d+[a-z0-9]*",
    re.IGNORECASE,
)
NUMBER: Final = re.compile(r"\d")
LONGEST_NAME: Final = 80  # characters; what is longer is no name
COMMENT_ID: Final = re.compile(
    r"(?:[a-z]{2,4}[-_])?(?:id)?(?:comment|cmt|cmnt|kommentar|commentaire|comentario|reply|response|c|com)"
    r"(?:id)?[-_]?#\Z",
    re.IGNORECASE,
)


@lru_cache(maxsize=1 << 14)
def name_words(name: str) -> tuple[str, ...]:
    """The words that a class name or id is made of.

    >>> name_words("commentAuthorName"), name_words("js-comment_text2"), name_words("commentlist")
    (('comment', 'author', 'name'), ('js', 'comment', 'text'), ('comment', 'list'))
    """
    parts = SPLIT.split(CAMEL.sub(" ", CONTROL_PATH.sub("", name)))
    return tuple(word for part in parts if part for word in FUSED.sub(r"\1 ", part.lower(), count=1).split())


@lru_cache(maxsize=1 << 14)
def name_roles(name: str) -> int:
    """What one class name or id says.

    >>> name_roles("comment-author") == Role.AUTHOR, name_roles("respond-form") == Role.ASIDE
    (True, True)
    """
    known = KNOWN.get(name.lower())
    if known is not None:
        return known
    if UTILITY.match(name):
        return Role.NONE
    words = frozenset(name_words(name))
    own = (
        frozenset(name_words(name.partition("__")[2].partition("--")[0])) or words
    )  # block__element--modifier
    if words & NOTICES and not any(word.endswith("s") for word in words & COMMENT):
        return Role.NOTICE
    unmodified = frozenset(name_words(name.partition("--")[0]))
    role: int = Role.ELSEWHERE if unmodified & ELSEWHERE and not words & AROUND else Role.NONE
    for kind, of_kind, not_of_kind in KINDS:
        if own & of_kind and not own & not_of_kind:
            role |= kind
    if name_words(name)[-1:] and name_words(name)[-1] in COMMENT:
        role &= ~Role.AUTHOR  # a user's comment is no comment's user
    if words & COMMENT and not role & (Role.AUTHOR | Role.DATE | Role.ASIDE | Role.ELSEWHERE):
        if own & AREA_WORDS or (any(word.endswith("s") for word in own & COMMENT) and not own & NOT_AREA):
            role |= Role.AREA
        if not own & NOT_ONE:
            role |= Role.ITEM
    if words <= COMMENT and words:
        role = (role & ~Role.ASIDE) | Role.ITEM
    if words & COMMENT and name_words(name)[-1] == "answer":
        role = (role & ~Role.ASIDE) | Role.ITEM  # "comment-answer" is one, "answer-link" is not
    return role


def id_shape(id: str) -> str:
    """An id with its numbers made ``#``: what the ids of one kind have in common.

    >>> id_shape("comment-1234"), id_shape("li-comment-6a00d83"), id_shape("IDComment77")
    ('comment-#', 'li-comment-#', 'IDComment#')
    """
    return NUMBERED.sub("#", id)


def is_comment_id(id: str) -> bool:
    """Whether an id is one that systems give to single comments.

    >>> is_comment_id("div-comment-12"), is_comment_id("c4711"), is_comment_id("comments")
    (True, True, False)
    """
    return COMMENT_ID.match(id_shape(id)) is not None


def is_area_id(id: str | None) -> bool:
    """Whether an id is that of the page's own comments, which have no number.

    >>> is_area_id("comments"), is_area_id("recent-comments"), is_area_id("comments-2")
    (True, False, False)
    """
    return _id_roles(id) & (Role.AREA | Role.ELSEWHERE) == Role.AREA


def _id_roles(id: str | None) -> int:
    """What an id says that has no number."""
    return Role.NONE if not id or len(id) > LONGEST_NAME or NUMBER.search(id) else name_roles(id)


def names(element: HtmlElement) -> Iterator[str]:
    """The element's class names and its id, and its tag where that is a custom element's."""
    classes = element.get("class")
    if classes:
        yield from (name for name in classes.split() if len(name) <= LONGEST_NAME)
    id = element.get("id")
    if id and len(id) <= LONGEST_NAME:
        yield id
    if "-" in str(element.tag):
        yield str(element.tag)


def _says_comments(id: str | None) -> bool:
    """Whether an id without a number speaks of comments, and not of those on other pages."""
    own = _id_roles(id)
    return bool(own & (Role.AREA | Role.ITEM)) and not own & Role.ELSEWHERE


def roles(element: HtmlElement) -> int:
    """All that an element's attributes say of it."""
    role: int = Role.NONE
    for name in names(element):
        role |= name_roles(name)
    if role & Role.ELSEWHERE and _says_comments(element.get("id")):
        role &= ~Role.ELSEWHERE  # its class may be a matter of style
    prop = element.get("itemprop")
    if prop:
        role |= ITEM_PROPS.get(prop.lower(), Role.NONE)
    kind = element.get("itemtype")
    if kind and kind.endswith(ITEM_TYPES):
        role |= Role.ITEM
    if element.tag == "time":
        role |= Role.DATE
    return role
