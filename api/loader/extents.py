"""Where the links in running text begin and end.

The rules are those a reader goes by: punctuation that ends the sentence is the sentence's, a bracket belongs
to the link when its opening one does, a new scheme begins a new link unless a wrapper takes it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from api.errors import QueryError
from api.loader.hosts import ascii_host, country_suffix, has_listed_suffix
from api.loader.records import Span
from api.loader.unwrap import takes_target
from api.loader.urls import SCHEME

__all__ = ["Extent", "extents"]

# White space, controls, quotation marks that no address holds, East Asian punctuation, em dash, ellipsis,
# marks of writing direction; the same as entities; BBCode's tags; dots in brackets.
_STOP = re.compile(
    r"[\s\x00-\x1f\x7f<>\"`“”„‟«»‹›…—―\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffc"
    r"。、，．；：！？「」『』（）【】《》〈〉〔〕｢｣]"
    r"|&(?:lt|gt|quot|apos|nbsp|hellip|[lr][sd]quo|#0*(?:34|39|60|62|160)|#[xX]0*(?:22|27|3[cCeE]|[aA]0));"
    r"|\[(?:/[a-zA-Z]+\]|(?:url|img|quote)\b|\.{3}\])"
)
_CLOSING = frozenset(".,;:!?'*_|\\^([{")  # outside at a link's end, as is ...
_CLOSING_CATEGORIES = frozenset(
    {"Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So", "Cf"}
)  # ... emoji
_PAIRS = {")": "(", "]": "[", "}": "{"}
_BRACKET = re.compile(r"[()\[\]{}]")
# A mark before a link whose pair ends it; `<link|label>` is chat programs'.
_CLOSED_BY = {
    "'": re.compile(r"'(?!\w)"),
    "‘": re.compile(r"’(?!\w)"),
    "‚": re.compile(r"‘(?!\w)"),
    "*": re.compile(r"\*(?!\w)"),
    "|": re.compile(r"\|(?!\w)"),
    "<": re.compile(r"\|"),
}
_ENTITY_END = re.compile(r"&\w+;\Z")

_RUN = re.compile(r"[\w.\-]++")  # among these, hosts without a scheme are looked for
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?+"
_NAME = re.compile(rf"(?:{_LABEL}\.)+(?:[^\W\d_]{{2,24}}|xn--[a-zA-Z0-9-]{{2,59}})")
_WWW = re.compile(r"www\d{0,2}\.", re.IGNORECASE)
_INNER_WWW = re.compile(r"(?<=\.)www\d{0,2}\.", re.IGNORECASE)
_AUTHORITY = re.compile(
    r"(?:[^/\\?#\s@<>\"]{1,255}@)?+(\[[0-9A-Fa-f:.]{2,45}\]|[\w.\-%·\u200b\u00ad]++)(:\d*)?"
)
_EAST_ASIAN = r"\u3005-\u30ff\u3400-\u9fff\uac00-\ud7af"
_GLUED_BEFORE = re.compile(rf".*[{_EAST_ASIAN}](?=[a-zA-Z0-9])", re.DOTALL)
_GLUED_AFTER = re.compile(rf"(?<=[a-zA-Z0-9])[{_EAST_ASIAN}].*\Z", re.DOTALL)
_PORT = re.compile(r":\d{2,5}(?![\w.])")
_PATH_START = re.compile(r"(?::\d{2,5})?(?:/|\?[\w.-]+=|#[!/])")
_MAX_HOST = 253
_GENERIC = {"com", "org", "net", "edu", "gov", "int", "mil", "eu"}  # under these a host alone is a link

# A name of a file or a product: no host, although its ending is a top-level domain.
_FILE_NAME = re.compile(
    r"(?:app|changelog|config|conftest|index|init|install|lib|license|main|makefile|manage|mod|package|readme"
    r"|script|settings|setup|tests?|utils)"
    r"\.(?:ai|as|bat|cab|cc|com|do|gz|js|lua|md|ml|mov|ms|pl|pm|ps|py|rb|rs|sc|sh|so|st|tex|zip)"
    r"|(?:ado|asp|ml|vb)\.net|dot\.com",
    re.IGNORECASE,
)

_BEFORE_REFUSED = frozenset("@/\\&#%~+$=")  # the run is a part of something else
_ATTRIBUTE = re.compile(r"(?:url|href|src)=\Z", re.IGNORECASE)
_NOT_WEB = re.compile(
    r"(?:mailto|javascript|data|tel|sms|sip|xmpp|urn|doi|file|about|blob|view-source):\Z", re.IGNORECASE
)
_ADDRESS_AFTER = re.compile(r"(?:\+[\w.+-]{0,64})?@")
_DEFANGED = re.compile(r"\[(?:\.|dot|:)\]|\((?:\.|dot)\)|\{\.\}", re.IGNORECASE)
_DEFANGED_BEFORE = re.compile(rf"(?:{_DEFANGED.pattern})\Z", re.IGNORECASE)

_ENCLOSED = re.compile(r"[^\s<>\"]+(?:[ \t]*\r?\n[ \t]*[^\s<>\"]+)+(?=>)")  # RFC 3986 appendix C
_MAX_ENCLOSED = 4096
_BREAK = re.compile(r"\r?\n(?=([a-z0-9][^\s<>\"]*)([^\n]{0,80}))")
_ADDRESS_LIKE = re.compile(r"[/_=%&?~-]|\.[a-z]{2,5}\b|\d{5}|\d[a-z]|[a-z]\d")
_ELLIPSIS = re.compile(r"…|\[…\]|\.{3,}(?=\w)|\[\.{3}\]")
_DOTS = re.compile(r"\.{3}")
_SLUG = re.compile(r"(?:[a-z0-9]+-){4,}[a-z]+\Z")


class Extent(NamedTuple):
    """Where a link stands; ``truncated``: the text breaks off inside it, or leaves the rest of it out."""

    span: Span
    truncated: bool = False


def extents(text: str) -> Iterator[Extent]:
    """Where the links in running text are, in order, never overlapping. Linear in the text's length.

    A link has a scheme (also misspelt), or begins with ``www.``, or is a host with a path, or a host under
    com, org, net, edu, gov, int, mil, eu or a country's suffix of two labels. No e-mail address, file name or
    defanged address is one.

    >>> text = "See (https://example.org/a_(b)), www.example.com/x... or mail jo@example.com."
    >>> [extent.span.of(text) for extent in extents(text)]
    ['https://example.org/a_(b)', 'www.example.com/x']
    """
    scan = _Scan(text)
    for scheme in SCHEME.finditer(text):
        if scheme.start() >= scan.at:
            yield from scan.without_scheme(scheme.start())
        if scheme.start() >= scan.at:
            yield from scan.with_scheme(scheme)
    yield from scan.without_scheme(len(text))


class _Scan:
    """One pass over a text; ``at`` is where it has come to, so that nothing is read twice."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self._stop_known = (0, -1)

    def with_scheme(self, scheme: re.Match[str]) -> Iterator[Extent]:
        """The link that begins with ``scheme``, if a host follows it."""
        host_at = scheme.end()
        while again := SCHEME.match(self.text, host_at):  # pasted twice
            host_at = again.end()
        self.at = host_at
        authority = _AUTHORITY.match(self.text, host_at)
        if not authority:
            return
        end = self._host_end(authority)
        self.at = max(self.at, end)
        if _DEFANGED.match(self.text, end):
            self.at = self._stop(end)
            return
        if not _is_host(self.text[authority.start(1) : end] if authority[1][0] != "[" else authority[1]):
            return
        if end == authority.end(1):
            end = self._after_host(end, authority.end())
        yield self._link(scheme.start(), host_at, end)

    def _host_end(self, authority: re.Match[str]) -> int:
        """Where the host ends: before what is glued to it and the dots that end a sentence."""
        host = authority[1]
        scheme = SCHEME.search(self.text, authority.start(1), authority.end() + 3)
        if scheme and scheme.start() < authority.end(1):
            return scheme.start()
        after = None if host.isascii() else _GLUED_AFTER.search(host)
        if after and has_listed_suffix(host[: after.start()]):
            host = host[: after.start()]
        if self.text[authority.end(1) : authority.end(1) + 1] not in ("/", "\\", "?", "#", ":"):
            host = _without_sentence(host.rstrip(".-_%\u200b\u00ad"))
        return authority.start(1) + len(host)

    def _after_host(self, end: int, with_port: int) -> int:
        """Where path and query end; ``end`` where the host is all."""
        if self.text[with_port - 1] != ":":
            end = with_port
        if self.text[end : end + 1] in ("/", "\\", "?", "#"):
            return self._stop(end)
        return end

    def without_scheme(self, limit: int) -> Iterator[Extent]:
        """The links before ``limit`` that are a host or begin with one."""
        while self.at < limit and (run := _RUN.search(self.text, self.at, limit)):
            self.at = run.end()
            found = self._bare(*run.span()) if "." in run[0] else None
            if found:
                start, end, has_path = found
                yield self._link(start, end, self._stop(end) if has_path else end)

    def _bare(self, start: int, end: int) -> tuple[int, int, bool] | None:
        """Start and end of the host among the run's characters, and whether a path follows."""
        text = self.text
        run = text[start:end].rstrip("._-")
        bare = run.lstrip("._-*")
        start += len(run) - len(bare)
        if len(bare) > _MAX_HOST * 2:
            return None
        for glued in (_GLUED_BEFORE.match(bare), _INNER_WWW.search(bare)):
            if glued:
                cut = glued.end() if glued.re is _GLUED_BEFORE else glued.start()
                bare, start = bare[cut:], start + cut
        if after := _GLUED_AFTER.search(bare):
            bare = bare[: after.start()]
        host = bare
        if self._refused(start, start + len(host)) or not _NAME.fullmatch(host) or len(host) > _MAX_HOST:
            return None
        path = _PATH_START.match(text, start + len(host))
        if not path:
            host = _without_sentence(host)
        if _WWW.match(host):
            known = host.count(".") > 1 and (path or has_listed_suffix(host))
        else:
            known = _is_bare_host(host, bool(path))
        if not known:
            return None
        end = start + len(host)
        port = _PORT.match(text, end)
        return start, port.end() if port else end, bool(path)

    def _refused(self, start: int, end: int) -> bool:
        """Whether what stands around makes it an e-mail address, a path, a part of another address."""
        text = self.text
        before = text[max(0, start - 16) : start]
        last = before[-1:]
        inside = last in _BEFORE_REFUSED or (last.isalnum() and last.isascii())
        return bool(
            (inside and not _ATTRIBUTE.search(before))
            or _NOT_WEB.search(before)
            or _DEFANGED_BEFORE.search(before)
            or _DEFANGED.match(text, end)
            or _ADDRESS_AFTER.match(text, end)
        )

    def _stop(self, at: int) -> int:
        """Where the characters that may be a link's end, at ``at`` or after."""
        known_from, known = self._stop_known
        if not known_from <= at <= known:
            match = _STOP.search(self.text, at)
            known = match.start() if match else len(self.text)
            self._stop_known = (at, known)
        return known

    def _link(self, start: int, body: int, end: int) -> Extent:
        """The link from ``start``, whose characters go on at most to ``end``; its host ends at ``body``."""
        enclosed = self._enclosed(start)
        if enclosed:
            end = enclosed
        else:
            stop, end = end, self._closed(start, body, end)
            while end == stop and (joined := self._over_break(end)):
                stop = self._stop(joined)
                end = self._closed(start, joined, stop)
        self.at = max(end, self.at)
        return Extent(Span(start, end), self._is_cut(start, end))

    def _enclosed(self, start: int) -> int | None:
        """The end of a link between ``<`` and ``>`` that is broken over lines."""
        if self.text[start - 1 : start] != "<" and self.text[max(0, start - 5) : start].upper() != "<URL:":
            return None
        match = _ENCLOSED.match(self.text, start, start + _MAX_ENCLOSED)
        return match.end() if match and len(SCHEME.findall(match[0])) == 1 else None

    def _over_break(self, end: int) -> int | None:
        """Where the link goes on in the next line, if it was broken there."""
        last = self.text[end - 1]
        if last not in "-/":
            return None
        match = _BREAK.match(self.text, end)
        if not match or SCHEME.match(match[1]) or _WWW.match(match[1]):
            return None
        host = match[1].partition("/")[0]
        if "." in host and _NAME.fullmatch(host) and _is_bare_host(host, "/" in match[1]):
            return None
        if last == "/" and not _ADDRESS_LIKE.search(match[1]) and match[2].strip():
            return None  # a line of prose
        return match.end()

    def _closed(self, start: int, body: int, end: int) -> int:
        """Where the link ends: before a new scheme, what closes around it, and closing punctuation."""
        text = self.text
        end = self._before_glued(start, body, end)
        mark = _CLOSED_BY.get(text[start - 1 : start])
        if mark and (match := mark.search(text, body, end)):
            end = match.start()
        end = self._balanced(body, end)
        while end > body and _is_closing(text[end - 1]):
            if text[end - 1] == ";" and _ENTITY_END.search(text, max(body, end - 10), end):
                break
            end -= 1
        if text[start - 2 : start] == "~~" and text[end - 2 : end] == "~~":
            end -= 2
        return end

    def _before_glued(self, start: int, body: int, end: int) -> int:
        """``end``, or where another link is glued on; one that a wrapper takes is not."""
        inner = start
        at = body
        while scheme := SCHEME.search(self.text, at, end):
            if not self._is_target(inner, scheme.start()):
                return scheme.start()
            inner, at = scheme.span()
        return end

    def _is_target(self, start: int, at: int) -> bool:
        """Whether what begins at ``at`` is a value in the link from ``start``, or what its wrapper wraps."""
        before = self.text[max(start, at - 3) : at]
        if before[-1] in "=?" or before.lower() == "%3d":
            return True
        if before[-1] not in "/:":
            return False
        scheme = SCHEME.match(self.text, start)
        host = _RUN.match(self.text, scheme.end() if scheme else start, at)
        return "?" in self.text[start:at] or bool(host and takes_target(host[0].lower()))

    def _balanced(self, body: int, end: int) -> int:
        """``end``, or the first closing bracket whose opening one is not in the link."""
        open_: list[str] = []
        for match in _BRACKET.finditer(self.text, body, end):
            bracket = match[0]
            if bracket not in _PAIRS:
                open_.append(bracket)
            elif open_ and open_[-1] == _PAIRS[bracket]:
                open_.pop()
            else:
                return match.start()
        return end

    def _is_cut(self, start: int, end: int) -> bool:
        """Whether the rest of the link is left out: an ellipsis stands for it, or the text ends in it.

        The text's end is a judgement: a long slug of words without an ending, whose last word is nowhere
        else in the text, is more often cut than whole.
        """
        text = self.text
        has_path = "/" in text[start:end].partition("://")[2]
        if _ELLIPSIS.match(text, end):
            return has_path
        if _DOTS.match(text, end):
            return has_path and text[end - 1] in "/-_=&?%"
        if end < len(text) or not text[:start].strip():
            return False
        slug = _SLUG.search(text[max(start, end - 200) : end])
        if not slug:
            return text[end - 1] in "-=&%"
        last = slug[0].rpartition("-")[2]
        return not re.search(rf"(?i)\b{last}\b", text[:start])


def _is_closing(character: str) -> bool:
    """Whether a link does not end in it: closing marks, and any mark or emoji outside of ASCII."""
    if character.isascii():
        return character in _CLOSING
    return unicodedata.category(character) in _CLOSING_CATEGORIES or character == "\ufe0f"  # emoji's


def _is_host(spelling: str) -> bool:
    """Whether a scheme may be followed by it: a name, an IP address; not ``www`` alone."""
    if spelling.lower().rstrip(".") in ("", "www") or not (spelling[0].isalnum() or spelling[0] == "["):
        return False
    try:
        return ".." not in ascii_host(spelling)
    except QueryError:
        return False


def _without_sentence(host: str) -> str:
    """The host without the first word of a sentence that is glued to it: ``www.example.com.Then``."""
    before, _, top = host.rpartition(".")
    glued = top.istitle() and before[-1:].islower() and has_listed_suffix(before.lower())
    return before if glued and before.count(".") else host


def _is_bare_host(host: str, has_path: bool) -> bool:
    """Whether a host without scheme and ``www`` is a link, by its suffix, its path and its capitals."""
    before, _, top = host.rpartition(".")
    glued = before[-1:].islower() and top.istitle()  # `the end.In the morning`
    if not before or glued or _FILE_NAME.fullmatch(host):
        return False
    if has_path:
        return has_listed_suffix(host)
    return not host.isupper() and (top.lower() in _GENERIC or country_suffix(host))
