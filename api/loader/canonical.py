"""What a link points to: its canonical URL, host, registered domain and kind."""

from __future__ import annotations

import re
from typing import NamedTuple

from api.errors import QueryError
from api.loader.hosts import ascii_host, registered_domain
from api.loader.records import SourceKind
from api.loader.unwrap import plain, target
from api.loader.urls import Parts, parsed, shown

__all__ = ["Address", "address", "canonical_url", "filter_host", "registered_domain", "source_kind"]

_MAX_DEPTH = 16  # wrappers inside wrappers; a longer chain is left as it is
_MAX_PASSES = 9  # two do, unless entities and percent-encoding are nested on purpose


class Address(NamedTuple):
    """All that a link's spelling says; ``archived_at`` as in ``Citation``."""

    url: str
    host: str
    domain: str
    kind: SourceKind
    archived_at: str | None = None


class Kind(NamedTuple):
    """A row of ``KINDS``: on ``host`` and below it (any host if empty), where ``path`` is in the path."""

    kind: SourceKind
    host: str
    path: str
    source: str


_ANY = r""
KINDS = (  # the first that fits
    Kind(
        "archive", "archive.org", _ANY, "Internet Archive, what is left of it once copies are looked through"
    ),
    *(
        Kind("archive", f"archive.{suffix}", _ANY, "archive.today's short form: the page cannot be known")
        for suffix in ("today", "is", "ph", "md", "li", "vn", "fo")
    ),
    Kind("archive", "perma.cc", _ANY, "Perma.cc record"),
    Kind("archive", "webcitation.org", _ANY, "WebCite"),
    Kind("archive", "ghostarchive.org", _ANY, "Ghostarchive"),
    Kind("archive", "megalodon.jp", _ANY, "Web Gyotaku"),
    Kind("archive", "webarchive.nationalarchives.gov.uk", _ANY, "UK Government Web Archive"),
    Kind("pdf", "", r"(?i)\.pdf\Z", "RFC 8118: the file name's usual ending"),
    Kind("pdf", "arxiv.org", r"^/pdf/", "arXiv: /pdf/ID without an ending"),
    Kind("video", "", r"(?i)\.(?:mp4|m4v|webm|mov|mkv|avi|ogv|m3u8)\Z", "the file name's usual ending"),
    *(
        Kind("video", host, path, "a video's own page there")
        for host, path in (
            ("youtube.com", _ANY),
            ("youtube-nocookie.com", _ANY),
            ("vimeo.com", _ANY),
            ("dailymotion.com", _ANY),
            ("dai.ly", _ANY),
            ("rumble.com", _ANY),
            ("odysee.com", _ANY),
            ("bitchute.com", _ANY),
            ("rutube.ru", _ANY),
            ("twitch.tv", _ANY),
            ("tiktok.com", _ANY),
            ("bilibili.com", r"^/video/"),
            ("nicovideo.jp", r"^/watch/"),
            ("ted.com", r"^/talks/"),
            ("c-span.org", r"^/video/"),
            ("facebook.com", r"^/(?:watch\b|reel/|[^/]+/videos/)"),
            ("fb.watch", _ANY),
            ("instagram.com", r"^/(?:reel|reels|tv)/"),
            ("vk.com", r"^/(?:video|clip)-?\d"),
            ("vkvideo.ru", _ANY),
            ("bbc.co.uk", r"^/iplayer/"),
        )
    ),
    *(
        Kind("social", host, _ANY, "a network whose pages are its members' posts")
        for host in [
            "x.com",
            "twitter.com",
            "facebook.com",
            "fb.com",
            "instagram.com",
            "threads.net",
            "threads.com",
            "bsky.app",
            "t.me",
            "telegram.me",
            "vk.com",
            "ok.ru",
            "reddit.com",
            "redd.it",
            "linkedin.com",
            "tumblr.com",
            "pinterest.com",
            "truthsocial.com",
            "gab.com",
            "gettr.com",
            "minds.com",
            "weibo.com",
            "mastodon.social",
            "discord.com",
            "discord.gg",
            "snapchat.com",
        ]
    ),
    Kind("social", "", r"^/@[\w.]+(?:@[\w.-]+)?/\d{15,}\Z", "Mastodon: /@member/ID, on any host"),
)
_KINDS_OF: dict[str, list[Kind]] = {}
for _row in KINDS:
    _KINDS_OF.setdefault(_row.host, []).append(_row)


def address(spelling: str) -> Address:
    """The page that ``spelling`` points to, looked through to the one its reader means.

    Scheme, host, percent-encoding and so on in one form (``urls``); translators, AMP caches, redirectors,
    share links and archives looked through, tracking dropped (``unwrap``). Never fetches. Idempotent in
    ``url``: every result is one that the rules leave alone. Raises QueryError, with ``parameter`` "url",
    where there is no http, https or ftp address, or no host.

    >>> address("https://www-kommersant-ru.translate.goog/theme/248?_x_tr_sl=auto").url
    'https://www.kommersant.ru/theme/248'
    >>> address("web.archive.org/web/20240501/https://youtu.be/aBcDeFgHiJk?si=x")[:3]
    ('https://www.youtube.com/watch?v=aBcDeFgHiJk', 'www.youtube.com', 'youtube.com')
    """
    printed = found = _settled(spelling)
    archived_at = None
    for _ in range(_MAX_DEPTH):
        inner = target(found)
        if inner is None:
            return _address(found, archived_at)
        archived_at = archived_at or inner.archived_at
        found = _settled(str(inner.parts))
    return _address(printed, None)


def _settled(text: str) -> Parts:
    """The parts that ``parsed`` and ``plain`` leave alone: what makes a canonical URL its own."""
    for _ in range(_MAX_PASSES):
        found = plain(parsed(text))
        if str(found) == text:
            return found
        text = str(found)
    raise QueryError(f"encoded over and over: {shown(text)!r}", "url")


def _address(found: Parts, archived_at: str | None) -> Address:
    return Address(str(found), found.host, registered_domain(found.host), _kind(found), archived_at)


def canonical_url(url: str) -> str:
    """The one URL of the page that any spelling of it points to; see ``address``, also for what it raises.

    >>> canonical_url("HTTPS://M.Example.com:443/a/../story/amp?utm_source=x&id=7#comments")
    'https://www.example.com/story?id=7'
    """
    return address(url).url


def source_kind(url: str) -> SourceKind:
    """What stands at a canonical URL, by ``KINDS``: "page" where no rule fits. Raises as ``address`` does.

    >>> source_kind("https://example.org/report.PDF"), source_kind("https://archive.is/AbCdE")
    ('pdf', 'archive')
    """
    return _kind(parsed(url))


def _kind(found: Parts) -> SourceKind:
    labels = found.host.split(".")
    hosts = ["", *(".".join(labels[at:]) for at in range(len(labels) - 1))]
    rows = [row for host in hosts for row in _KINDS_OF.get(host, ()) if re.search(row.path, found.path)]
    return min(rows, key=KINDS.index).kind if rows else "page"


def filter_host(spelling: str) -> str:
    """The host that a user's spelling of a domain filter means: a host, any case, or a whole URL.

    ``www.`` is dropped unless it is the registered domain itself (``www.gov.uk``). A source matches when its
    domain or host is the result or its host ends in ``.`` and the result. Raises QueryError, with
    ``parameter`` "domain", for what names no host.

    >>> filter_host("FT.com"), filter_host("https://www.ft.com/content/x"), filter_host("News.BBC.co.uk")
    ('ft.com', 'ft.com', 'news.bbc.co.uk')
    """
    text = spelling.strip().lstrip("*.")
    try:
        if ":" in text and "/" not in text and "[" not in text and text.count(":") > 1:
            return ascii_host(f"[{text}]")
        if "@" in text.partition("?")[0] and "//" not in text:
            raise QueryError(f"an e-mail address: {spelling[:80]!r}", "domain")
        host = address(text).host
        if host.startswith(("*", ".")):  # what is no letter stood before them
            return filter_host(host)
    except QueryError as error:
        raise QueryError(f"no domain: {shown(spelling)!r}", "domain") from error
    bare = host.removeprefix("www.")
    return host if host == registered_domain(host) else bare
