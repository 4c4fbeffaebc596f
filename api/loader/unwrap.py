"""Heuristics that look through an address to the one meant: each is a row of a table, with its source.

``parsed`` (RFC 3986, WHATWG) never changes what an address points to. These do, on purpose: a translated,
archived, shared, mobile or AMP page is the page that its reader cites. A new rule is a row here and a case
in ``tests/loader/test_canonical.py``.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from api.errors import QueryError
from api.loader.hosts import ascii_host, has_listed_suffix, registered_domain
from api.loader.urls import Parts, parsed

__all__ = ["Target", "plain", "takes_target", "target"]


class Target(NamedTuple):
    """What a wrapper points to, and the date of the copy where the wrapper is an archive (ISO 8601)."""

    parts: Parts
    archived_at: str | None = None


class Parameter(NamedTuple):
    """A page whose query holds the target: on ``host`` and below it, where ``path`` matches whole."""

    host: str  # `google.*`: google under any public suffix
    path: str
    names: tuple[str, ...]
    source: str  # where the rule is from
    tail: str = ""  # what the page adds to the target

    def target(self, wrapper: Parts) -> Target | None:
        """The first parameter of ``names`` that holds an address."""
        if not re.fullmatch(self.path, wrapper.path):
            return None
        values = {
            name: value for name, _, value in (pair.partition("=") for pair in wrapper.query.split("&"))
        }
        for name in self.names:
            value = re.sub(rf"(?:{self.tail})\Z", "", _decoded(values.get(name, "")))
            if inner := _address(value, "https"):
                return Target(inner)
        return None


class Remainder(NamedTuple):
    """A page whose path, with its query, ends in the target: the group ``target`` of ``pattern``.

    The group ``stamp`` is the date of the copy. A target without a scheme has ``scheme``; where the pattern
    has a group ``secure``, ``http`` unless that took part.
    """

    host: str
    pattern: str
    scheme: str
    source: str

    def target(self, wrapper: Parts) -> Target | None:
        """The rest of the path if it is an address, as it stands or encoded once."""
        match = re.fullmatch(self.pattern, wrapper.resource)
        if not match:
            return None
        groups = match.groupdict()
        scheme = self.scheme if groups.get("secure", self.scheme) else "http"
        inner = _address(groups["target"], scheme) or _address(_decoded(groups["target"]), scheme)
        if inner is None:
            return None
        if "secure" in groups:
            inner = inner._replace(query=_without(inner.query, AMP_VIEWER))
        fragment = inner.fragment or wrapper.fragment
        return Target(inner._replace(fragment=fragment), iso_date(groups.get("stamp") or ""))


IN_QUERY = (
    Parameter("google.*", r"/url", ("q", "url"), "links in Google's results and mails: /url?q=, /url?url="),
    Parameter(
        "translate.google.*", r"/(?:translate(?:_\w+)?|website)?", ("u",), "Google Translate, until 2021"
    ),
    Parameter("facebook.com", r"/l\.php", ("u",), "Facebook link shim: l. and lm.facebook.com/l.php?u="),
    Parameter("facebook.com", r"/(?:sharer(?:/sharer)?|share)(?:\.php)?/?", ("u",), "Facebook share dialog"),
    Parameter("l.instagram.com", r"/", ("u",), "Instagram link shim"),
    Parameter("l.threads.net", r"/", ("u",), "Threads link shim"),
    Parameter("l.threads.com", r"/", ("u",), "Threads link shim"),
    Parameter("out.reddit.com", r"/.*", ("url",), "Reddit outbound links"),
    Parameter("duckduckgo.com", r"/l/?", ("uddg",), "DuckDuckGo's HTML results"),
    Parameter("vk.com", r"/away(?:\.php)?", ("to",), "VK's page for leaving it"),
    Parameter("safelinks.protection.outlook.com", r"/.*", ("url",), "Microsoft Defender Safe Links"),
    Parameter("t.umblr.com", r"/redirect", ("z",), "Tumblr's redirector"),
    Parameter("youtube.com", r"/redirect", ("q",), "links in YouTube's descriptions"),
    Parameter("twitter.com", r"/(?:intent/(?:tweet|post)|share)", ("url",), "X, web intents: share a post"),
    Parameter("x.com", r"/(?:intent/(?:tweet|post)|share)", ("url",), "X, web intents: share a post"),
    Parameter(
        "disq.us", r"/(?:url)?", ("url",), "links in Disqus comments: url=TARGET:key", tail=r":[\w-]{10,}"
    ),
    Parameter("steamcommunity.com", r"/linkfilter/?", ("u", "url"), "Steam's page for leaving it"),
    Parameter("linkedin.com", r"/(?:redir/redirect|safety/go)/?", ("url",), "LinkedIn's page for leaving it"),
)

_STAMPED = r"(?:(?:(?P<stamp>\d{1,14})(?:[a-z]{2}_)?|\d*\*)/)?"  # with a star it is a calendar, no copy
_SCHEME = r"https?:/{1,2}"

IN_PATH = (
    Remainder(
        "archive.org",
        rf"/(?:web|save)/(?:_embed/)?{_STAMPED}(?P<target>.+)",
        "http",
        "Wayback Machine's URLs",
    ),
    *(
        Remainder(
            f"archive.{suffix}",
            rf"/(?:(?P<stamp>\d{{4,14}}|\d{{4}}\.\d\d\.\d\d-\d{{6}})/|newest/|oldest/|o/\w+/)?(?P<target>{_SCHEME}.+)",
            "http",
            "archive.today and its mirrors, long form",
        )
        for suffix in ("today", "is", "ph", "md", "li", "vn", "fo")
    ),
    Remainder(
        "12ft.io", r"/(?:proxy\?q=|api/proxy\?q=)?(?P<target>.+)", "https", "12ft.io: its address before"
    ),
    Remainder(
        "cdn.ampproject.org",
        r"/(?:[a-z]{1,2}|ii/w\d+)/(?P<secure>s/)?(?P<target>.+)",
        "https",
        "AMP Cache URL format: /c/s/host/path, s for https",
    ),
    Remainder(
        "bing-amp.com", r"/c/(?P<secure>s/)?(?P<target>.+)", "https", "Bing's AMP cache, the same format"
    ),
    Remainder("google.*", r"/amp/(?P<secure>s/)?(?P<target>.+)", "https", "Google's AMP viewer"),
    Remainder("bing.com", r"/amp/(?P<secure>s/)?(?P<target>.+)", "https", "Bing's AMP viewer"),
    Remainder("href.li", r"/\?(?P<target>.+)", "https", "href.li, WordPress.com's referrer hider"),
)

# Dropped from every query; names in any case. Google Ads and Analytics (utm_, gclid, dclid, gbraid, wbraid),
# Meta (fbclid), Microsoft Advertising (msclkid), Yandex (yclid, _openstat), X (twclid), Mailchimp (mc_).
TRACKING = frozenset(
    [
        "fbclid",
        "gclid",
        "dclid",
        "gbraid",
        "wbraid",
        "msclkid",
        "yclid",
        "twclid",
        "mc_cid",
        "mc_eid",
        "_openstat",
    ]
)
TRACKING_PREFIX = "utm_"

# Dropped on their own site only, by registered domain: elsewhere the same name may choose the page.
TRACKING_ON = {
    "youtube.com": frozenset({"si"}),
    "spotify.com": frozenset({"si"}),
    "x.com": frozenset({"s", "t"}),
    "twitter.com": frozenset({"s", "t"}),
    "instagram.com": frozenset({"igsh", "igshid"}),
}

# Parameters that the AMP viewer adds for itself (amp.dev, "AMP Cache URL"); dropped with the cache.
AMP_VIEWER = frozenset({"amp_js_v", "amp_gsa", "amp_r", "usqp"})

MOBILE_LABELS = frozenset({"m", "mobile", "amp"})  # a first label that stands for `www`
MOBILE_HOSTS = {  # sites that have no `www` of their own
    "mobile.twitter.com": "twitter.com",
    "m.twitter.com": "twitter.com",
    "mobile.x.com": "x.com",
    "m.x.com": "x.com",
}
WIKIMEDIA = frozenset(  # the mobile host has its `m` second: en.m.wikipedia.org (Wikimedia, MobileFrontend)
    [
        "wikipedia.org",
        "wiktionary.org",
        "wikinews.org",
        "wikiquote.org",
        "wikisource.org",
        "wikibooks.org",
        "wikivoyage.org",
        "wikiversity.org",
        "wikimedia.org",
    ]
)

_BY_HOST: dict[str, list[Parameter | Remainder]] = {}
for _row in IN_QUERY:
    _BY_HOST.setdefault(_row.host, []).append(_row)
for _rest in IN_PATH:
    _BY_HOST.setdefault(_rest.host, []).append(_rest)
_PATH_HOSTS = frozenset(row.host for row in IN_PATH)

YOUTUBE = frozenset({"youtube.com", "youtube-nocookie.com", "youtu.be"})
_VIDEO_PATH = re.compile(r"/(?:shorts|embed|live|v|e)/(?!videoseries|live_stream)([\w-]+)/?")
_VIDEO_PARAMETER = re.compile(r"(?:^|&)v=([\w-]+)")
_SHORT_PATH = re.compile(r"/(?!watch\b)([\w-]+)")

_LEADING_SCHEME = re.compile(r"(?:https?|ftp):/+", re.IGNORECASE)
_MAX_WRAPPER = 16_384  # characters; a longer address is not looked through


def target(wrapper: Parts) -> Target | None:
    """The address inside ``wrapper`` by the tables, None where it wraps nothing."""
    if len(wrapper.path) + len(wrapper.query) > _MAX_WRAPPER:
        return None
    if wrapper.host.endswith(".translate.goog"):
        return _translated(wrapper)
    for key in _keys(wrapper.host):
        for row in _BY_HOST.get(key, ()):
            if found := row.target(wrapper):
                return found
    return None


def takes_target(host: str) -> bool:
    """Whether a path on ``host`` may go on with a whole address.

    >>> takes_target("web.archive.org"), takes_target("example.org")
    (True, False)
    """
    return any(key in _PATH_HOSTS for key in _keys(host))


def _keys(host: str) -> list[str]:
    """The host and the hosts above it, and the same with ``*`` for a public suffix, most exact first."""
    labels = host.split(".")
    keys = [".".join(labels[at:]) for at in range(len(labels) - 1)]
    suffix = registered_domain(host).partition(".")[2]
    if "google" in labels:  # the only name with `*` in the tables
        keys += [f"{key.removesuffix(suffix)}*" for key in keys if suffix and key.endswith(f".{suffix}")]
    return keys


def _address(text: str, scheme: str) -> Parts | None:
    """The address that ``text`` is, if it has a scheme of ours, or none and a host with a listed suffix."""
    has_scheme = _LEADING_SCHEME.match(text)
    try:
        inner = parsed(text if has_scheme else f"{scheme}://{text}")
    except QueryError:
        return None
    named = "." in inner.host or ":" in inner.host or inner.host == "localhost"
    return inner if (named if has_scheme else has_listed_suffix(inner.host)) else None


def _decoded(value: str) -> str:
    """A form value decoded once (WHATWG, application/x-www-form-urlencoded); non-ASCII stays encoded."""
    if not _LEADING_SCHEME.match(value):
        value = value.replace("+", "%20")
    return "".join(chr(byte) if 0x20 < byte < 0x7F else f"%{byte:02X}" for byte in unquote_to_bytes(value))


def _without(query: str, names: frozenset[str]) -> str:
    return "&".join(pair for pair in query.split("&") if pair.partition("=")[0] not in names)


def _translated(wrapper: Parts) -> Target | None:
    """The page behind ``*.translate.goog``, Google's proxy: ``--`` is a hyphen and ``-`` a dot."""
    host = (
        wrapper.host.removesuffix(".translate.goog").replace("--", "\n").replace("-", ".").replace("\n", "-")
    )
    pairs = wrapper.query.split("&")
    query = "&".join(pair for pair in pairs if not pair.startswith("_x_tr_"))
    scheme = "http" if "_x_tr_sch=http" in pairs else "https"
    try:
        return Target(Parts(scheme, ascii_host(host), wrapper.port, wrapper.path, query, wrapper.fragment))
    except QueryError:
        return None


def iso_date(stamp: str) -> str | None:
    """An archive's timestamp in ISO 8601, as far as it is a date; None for none.

    >>> iso_date("20240501120000"), iso_date("2024.05.01-120000"), iso_date("201203"), iso_date("9")
    ('2024-05-01T12:00:00Z', '2024-05-01T12:00:00Z', '2012-03', None)
    """
    digits = "".join(filter(str.isdecimal, stamp))
    if digits[:2] not in ("19", "20"):
        return None
    for length, read, written in (
        (14, "%Y%m%d%H%M%S", "%Y-%m-%dT%H:%M:%SZ"),
        (12, "%Y%m%d%H%M", "%Y-%m-%dT%H:%MZ"),
        (8, "%Y%m%d", "%Y-%m-%d"),
        (6, "%Y%m", "%Y-%m"),
        (4, "%Y", "%Y"),
    ):
        if len(digits) >= length:
            try:
                return datetime.strptime(digits[:length], read).strftime(written)
            except ValueError:
                continue
    return None


def plain(wrapped: Parts) -> Parts:
    """The parts without what only says how the reader came: tracking, mobile host, AMP, player."""
    domain = registered_domain(wrapped.host)
    video = _video(wrapped, domain)
    if video:
        return video
    own = TRACKING_ON.get(domain, frozenset())
    query = wrapped.query
    if query:
        query = "&".join(pair for pair in query.split("&") if not _dropped(pair, own))
    return wrapped._replace(host=_desktop(wrapped.host, domain), path=_without_amp(wrapped.path), query=query)


def _dropped(pair: str, own: frozenset[str]) -> bool:
    name, _, value = pair.partition("=")
    lowered = name.lower()
    return (
        lowered.startswith(TRACKING_PREFIX)
        or lowered in TRACKING
        or lowered in own
        or (name == "amp" and value in ("", "1"))  # WordPress, AMP plugin: `?amp` and `?amp=1`
    )


def _video(wrapped: Parts, domain: str) -> Parts | None:
    """The one address of a YouTube video, whichever player or share link shows it."""
    if domain not in YOUTUBE:
        return None
    found = _VIDEO_PATH.fullmatch(wrapped.path)
    if not found and wrapped.path.rstrip("/") in ("/watch", ""):
        found = _VIDEO_PARAMETER.search(wrapped.query)
    if not found and domain == "youtu.be":
        found = _SHORT_PATH.match(wrapped.path)
    if found:
        return Parts("https", "www.youtube.com", "", "/watch", f"v={found[1]}", "")
    return wrapped._replace(host="www.youtube.com") if domain == "youtu.be" else None


def _desktop(host: str, domain: str) -> str:
    if host == domain:
        return host
    if host in MOBILE_HOSTS:
        return MOBILE_HOSTS[host]
    first, _, rest = host.partition(".")
    if domain in WIKIMEDIA and rest.startswith("m."):
        return f"{first}.{rest[2:]}"
    if first not in MOBILE_LABELS:
        return host
    return rest if rest.startswith("www.") else f"www.{rest}"


def _without_amp(path: str) -> str:
    """The path without a last segment ``amp``; its closing slash is kept."""
    bare = path.removesuffix("/")
    if not bare.endswith("/amp"):
        return path
    end = len(bare)
    while bare.startswith("/amp", end - 4) and end >= 4:
        end -= 4
    return bare[:end] + path[len(bare) :] or "/"
