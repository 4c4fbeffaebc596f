"""Hosts as the WHATWG URL Standard reads them, and their registered domains by the Public Suffix List."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from urllib.parse import unquote_to_bytes

import idna
import tldextract

from api.errors import QueryError

__all__ = ["ascii_host", "country_suffix", "has_listed_suffix", "registered_domain"]

# The list shipped with tldextract, private section on: no fetch, no cache folder.
_SUFFIXES = tldextract.TLDExtract(
    suffix_list_urls=(), cache_dir=None, fallback_to_snapshot=True, include_psl_private_domains=True
)
_PUBLIC_ONLY = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, fallback_to_snapshot=True)

_MAX_HOST = 253  # RFC 1035 section 2.3.4, without the root's dot
_MAX_SPELLING = 1024  # a host may be longer as printed (percent-encoded, Unicode), not by this much
_PLAIN = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*+")
# WHATWG, forbidden domain code points; and those that no reg-name holds (RFC 3986 section 3.2.2).
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f#%/:<>?@\[\\\]^|\"`{}]")
_NUMBER = re.compile(r"\d+|0[xX][0-9A-Fa-f]*")


@lru_cache(maxsize=1 << 16)
def ascii_host(spelling: str) -> str:
    """The host in ASCII: lower case, IDNA to ``xn--`` (UTS 46, non-transitional), IP addresses in one form.

    IPv6 comes without its brackets. Raises QueryError where the WHATWG host parser fails (its section 3.5);
    as there, IDNA's own length and hyphen checks are off, so that names that browsers open are read.

    >>> ascii_host("BÜCHER.example."), ascii_host("0x7f.1"), ascii_host("[2001:DB8:0:0::1]")
    ('xn--bcher-kva.example', '127.0.0.1', '2001:db8::1')
    """
    if len(spelling) > _MAX_SPELLING:
        raise QueryError(f"host of {len(spelling)} characters: {spelling[:40]!r}...", "url")
    if spelling.startswith("["):
        return _ipv6(spelling)
    host = spelling
    if not _PLAIN.fullmatch(host):
        host = _mapped(spelling)
    host = host.removesuffix(".")
    if not host.strip(".") or len(host) > _MAX_HOST or _FORBIDDEN.search(host):
        raise QueryError(f"not a host: {spelling!r}", "url")
    if _NUMBER.fullmatch(host[host.rfind(".") + 1 :]):
        return _ipv4(host)
    return host


def _mapped(spelling: str) -> str:
    """Percent-decoded, mapped by UTS 46 and put into Punycode, label by label."""
    try:
        host = unquote_to_bytes(spelling).decode("utf-8")
        if not host.isascii():
            host = idna.uts46_remap(host, std3_rules=False, transitional=False)
        return ".".join(_label(label) for label in host.lower().split("."))
    except (UnicodeError, idna.IDNAError) as error:
        raise QueryError(f"not a host: {spelling!r} ({error})", "url") from error


def _label(label: str) -> str:
    return label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")


def _ipv4(host: str) -> str:
    """Dotted decimal, from WHATWG's IPv4 parser: hexadecimal, octal and short forms too."""
    fields = host.split(".")
    try:
        numbers = [_ipv4_number(number) for number in fields]
    except ValueError as error:
        raise QueryError(f"not an IP address: {host!r}", "url") from error
    *head, last = numbers
    if len(numbers) > 4 or any(number > 255 for number in head) or last >= 256 ** (5 - len(numbers)):
        raise QueryError(f"not an IP address: {host!r}", "url")
    value = last + sum(number << (24 - 8 * place) for place, number in enumerate(head))
    return ".".join(str(value >> shift & 255) for shift in (24, 16, 8, 0))


def _ipv4_number(field: str) -> int:
    if not _NUMBER.fullmatch(field):
        raise ValueError(field)
    if field[:2] in ("0x", "0X"):
        return int(field[2:] or "0", 16)
    return int(field, 8 if len(field) > 1 and field[0] == "0" else 10)


def _ipv6(spelling: str) -> str:
    """The shortest form, RFC 5952, its last 32 bits never in dotted decimal (WHATWG)."""
    try:
        if spelling[-1] != "]" or "%" in spelling:  # no zones (WHATWG)
            raise ValueError(spelling)
        packed = ipaddress.IPv6Address(spelling[1:-1]).packed
    except ValueError as error:
        raise QueryError(f"not an IP address: {spelling!r}", "url") from error
    groups = ":".join(format(packed[at] << 8 | packed[at + 1], "x") for at in range(0, 16, 2))
    runs = [run.span() for run in re.finditer(r"(?<![^:])0(?::0)+(?![^:])", groups)]
    if not runs:
        return groups
    start, end = max(runs, key=lambda run: run[1] - run[0])
    return f"{groups[:start].rstrip(':')}::{groups[end:].lstrip(':')}"


@lru_cache(maxsize=1 << 16)
def registered_domain(host: str) -> str:
    """The public suffix of ``host`` and one label more; the host itself where that is not to be had.

    By the Public Suffix List's algorithm, private section included, except that a host without a listed
    suffix, a suffix alone and an IP address are their own. Any spelling of the host will do; raises
    QueryError for what is no host.

    >>> [registered_domain(host) for host in ("www.bbc.co.uk", "alice.github.io", "localhost")]
    ['bbc.co.uk', 'alice.github.io', 'localhost']
    """
    host = host if ":" in host and "[" not in host else ascii_host(host)
    if ":" in host:
        return host
    return _SUFFIXES.extract_str(host).top_domain_under_public_suffix or host


def has_listed_suffix(host: str) -> bool:
    """Whether ``host`` is a name under a suffix of the list (so not the suffix alone, not an IP address).

    >>> has_listed_suffix("iz.ru"), has_listed_suffix("index.html"), has_listed_suffix("10.4.0.1")
    (True, False, False)
    """
    split = _SUFFIXES.extract_str(host)
    return bool(split.suffix and split.domain)


def country_suffix(host: str) -> bool:
    """Whether ``host`` stands under a country's suffix of two labels (``co.uk``), registries' own only.

    >>> country_suffix("example.co.za"), country_suffix("example.za"), country_suffix("a.github.io")
    (True, False, False)
    """
    split = _PUBLIC_ONLY.extract_str(host)
    second, dot, country = split.suffix.rpartition(".")
    return bool(split.domain and dot and len(country) == 2 and "." not in second)
