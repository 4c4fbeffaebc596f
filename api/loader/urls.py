"""Web addresses taken apart and put into one spelling: RFC 3986 section 6.2.2-6.2.3, WHATWG's host rules.

What is here changes how an address is written, never what it points to; the heuristics that look through
translators, archives and redirectors are in ``unwrap``.
"""

from __future__ import annotations

import re
from html.entities import html5
from typing import NamedTuple
from urllib.parse import quote

from api.errors import QueryError
from api.loader.hosts import ascii_host

__all__ = ["LINK_START", "SCHEME", "Parts", "parsed", "percent_normal"]

DEFAULT_PORTS = {"http": "80", "https": "443", "ftp": "21"}  # WHATWG, special schemes; no others are links

# A scheme as people type it: `http//`, `https:www.`, `https;//`, `htps://`, backslashes; then as it is meant.
_SCHEME_SPELLINGS = r"(?:https?|(?<![^\W_])(?:ftp|h{0,2}t{1,3}ps?))"
SCHEME = re.compile(rf"({_SCHEME_SPELLINGS})(?:[:;]{{1,2}}[/\\]++|[/\\]{{2,}}+|:(?=www\.))", re.IGNORECASE)
LINK_START = re.compile(rf"{SCHEME.pattern}|www\.", re.IGNORECASE)
_SCHEME_ALONE = re.compile(rf"({_SCHEME_SPELLINGS}):(?![\d/\\])", re.IGNORECASE)  # WHATWG: `https:host`
_OTHER_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+-]*:(?!\d+(?:[/\\?#]|\Z))")  # not host:port

_TRIMMED = "".join(map(chr, range(0x21)))  # WHATWG URL parser, step 1
_INVISIBLE = re.compile(r"[\t\r\n\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_ESCAPED = re.compile(r"\\([/_()*&~#\[\]])")  # JSON's `\/`, Markdown's `\_`
_AUTHORITY = re.compile(r"[^/?#]*+")
_BEFORE_QUERY = re.compile(r"[^?#]*+")
_PORT = re.compile(r":([^:\]]*)\Z")

_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PATH_ODD = re.compile(r"%[0-9A-Fa-f]{2}|[^A-Za-z0-9\-._~!$&'()*+,;=:@/]")  # RFC 3986 section 3.3, pchar
_QUERY_ODD = re.compile(r"%[0-9A-Fa-f]{2}|[^A-Za-z0-9\-._~!$&'()*+,;=:@/?]")  # sections 3.4 and 3.5


class Parts(NamedTuple):
    """An address in its one spelling; ``host`` has no IPv6 brackets, ``port`` is empty for the default."""

    scheme: str
    host: str
    port: str
    path: str
    query: str
    fragment: str

    @property
    def resource(self) -> str:
        """Path and query, as a request has them."""
        return f"{self.path}?{self.query}" if self.query else self.path

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = f":{self.port}" if self.port else ""
        fragment = f"#{self.fragment}" if self.fragment else ""
        return f"{self.scheme}://{host}{port}{self.resource}{fragment}"


def parsed(spelling: str) -> Parts:
    """The parts of an address however it is spelt, each in its one spelling.

    Entities are undone, no scheme means ``https``, user, password, an impossible port and a fragment that
    is only a place on the page are dropped (``#!`` and ``#/`` say which page: kept). Raises QueryError for
    another scheme and where there is no host.

    >>> str(parsed("HTTP://user:pw@EXAMPLE.com:80/a/./b/../%7Ec%2f?q=é&amp;r#top"))
    'http://example.com/a/~c%2F?q=%C3%A9&r'
    """
    text = _undone(_INVISIBLE.sub("", spelling.strip(_TRIMMED)))
    scheme, at = _scheme(text)
    if "\\" in text:
        cut = _end(_BEFORE_QUERY, text, 0)
        text = _ESCAPED.sub(r"\1", text[:cut]).replace("\\", "/") + text[cut:]
        scheme, at = _scheme(text)
    end = _end(_AUTHORITY, text, at)
    host, port = _host_and_port(text[at:end], scheme, spelling)
    rest, _, fragment = text[end:].partition("#")
    path, _, query = rest.partition("?")
    return Parts(
        scheme,
        host,
        port,
        without_dot_segments(percent_normal(path, _PATH_ODD)) or "/",
        percent_normal(query, _QUERY_ODD),
        percent_normal(fragment, _QUERY_ODD) if fragment[:1] in ("!", "/") else "",
    )


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    """Where the match of a pattern that always matches ends."""
    match = pattern.match(text, at)
    return match.end() if match else at


def _scheme(text: str) -> tuple[str, int]:
    """The scheme as meant, and where the host begins; one typed twice is read once."""
    scheme, at = "https", 0
    while match := SCHEME.match(text, at):
        scheme, at = _meant(match[1]), match.end()
    if at:
        return scheme, at
    if match := _SCHEME_ALONE.match(text):
        return _meant(match[1]), match.end()
    if match := _OTHER_SCHEME.match(text):
        raise QueryError(f"not a web address: {match[0]}...", "url")
    return scheme, len(text) - len(text.lstrip("/\\")) if text.startswith(("//", "\\\\")) else 0


def _meant(scheme: str) -> str:
    scheme = scheme.lower()
    if scheme == "ftp":
        return scheme
    return "https" if scheme.endswith("s") else "http"


def _host_and_port(authority: str, scheme: str, spelling: str) -> tuple[str, str]:
    """Host and port without user and password (RFC 3986 section 3.2); a port no machine can have is none."""
    host = authority[authority.rfind("@") + 1 :]
    port = ""
    if match := _PORT.search(host):
        host, port = host[: match.start()], match[1]
    if not host.startswith("["):
        host = host.partition(":")[0]
    if not host:
        raise QueryError(f"no host: {shown(spelling)!r}", "url")
    if not (port.isascii() and port.isdecimal() and len(port.lstrip("0")) <= 5 and int(port) < 1 << 16):
        return ascii_host(host), ""
    port = str(int(port))
    return ascii_host(host), "" if port == DEFAULT_PORTS[scheme] else port


def shown(spelling: str) -> str:
    """The beginning of ``spelling`` for a message, without user and password.

    >>> shown("https://ann:secret@example.com/")
    'https://example.com/'
    """
    return re.sub(r"//[^/?#@\s]*@", "//", spelling[:200])[:80]


def percent_normal(text: str, odd: re.Pattern[str]) -> str:
    """Percent-encoding in one way: unreserved characters bare, ``%hh`` in capitals, the ``odd`` as UTF-8.

    RFC 3986 section 6.2.2.1 and 6.2.2.2. A ``%`` that encodes nothing is a character and becomes ``%25``.
    """
    return odd.sub(_encoded, text)


def _encoded(match: re.Match[str]) -> str:
    found = match[0]
    if len(found) == 1:
        return quote(found, safe="", errors="replace") if found.isascii() else quote(_scalar(found), safe="")
    character = chr(int(found[1:], 16))
    return character if character in _UNRESERVED else found.upper()


def _scalar(character: str) -> str:
    """The character, or U+FFFD for half of a surrogate pair, which UTF-8 cannot hold (WHATWG)."""
    return "\ufffd" if "\ud800" <= character <= "\udfff" else character


def without_dot_segments(path: str) -> str:
    """The path with ``.`` and ``..`` carried out (RFC 3986 section 5.2.4); empty segments are kept.

    >>> without_dot_segments("/a/b/c/./../../g"), without_dot_segments("/a//..")
    ('/a/g', '/a/')
    """
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


def _undone(text: str) -> str:
    """HTML entities undone, again until none is left, in one pass from left to right."""
    if not _ENTITY.search(text):
        return text
    done: list[str] = []
    starts: list[int] = []  # of every ampersand in ``done``
    for character in text:
        done.append(character)
        if character == "&":
            starts.append(len(done) - 1)
        while done and done[-1] == ";" and starts and len(done) - starts[-1] <= 34:
            meaning = _entity("".join(done[starts[-1] :]))
            if meaning is None:
                break
            del done[starts.pop() :]
            done.extend(meaning)
            starts.extend(len(done) - len(meaning) + at for at, c in enumerate(meaning) if c == "&")
    return "".join(done)


def _entity(text: str) -> str | None:
    if not _ENTITY.fullmatch(text):
        return None
    name = text[1:]
    if name[0] != "#":
        return html5.get(name)
    number = int(name[2:-1], 16) if name[1] in "xX" else int(name[1:-1])
    return chr(number) if 0x20 < number < 0x110000 else None
