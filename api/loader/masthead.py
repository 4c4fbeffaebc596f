"""What a page says of itself: title, byline, date, site, canonical address, language.

Read from its metadata first (JSON-LD, Open Graph, Dublin Core, microdata), each in an order of trust. Where that
has none, the date is the one that the page prints beside its article and htmldate holds for its publication, else the
first below the headline, where the byline is read too. A date keeps the precision of its source.
"""

from __future__ import annotations

import json
import re
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final
from urllib.parse import urlsplit

from htmldate import find_date
from lxml.html import HtmlElement

from api.loader.bylines import SAID_CHARACTERS, byline, names_of
from api.loader.dates import posted_at, printed_date
from api.loader.encoding import cleaned
from api.loader.rendering import absolute_url

TITLE_NAMES: Final = ("og:title", "twitter:title", "dc.title", "dcterms.title", "citation_title", "title")
BYLINE_NAMES: Final = (
    "author",
    "article:author",
    "og:article:author",
    "byl",
    "dc.creator",
    "dcterms.creator",
    "parsely-author",
    "sailthru.author",
    "citation_author",
    "twitter:creator",
)
DATE_NAMES: Final = (
    "article:published_time",
    "og:article:published_time",
    "article:published",
    "datepublished",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "dc.date.created",
    "dcterms.date",
    "dc.date",
    "date",
    "pubdate",
    "publishdate",
    "publish-date",
    "publication_date",
    "citation_publication_date",
    "citation_date",
)
SITE_NAMES: Final = ("og:site_name", "application-name")
ARTICLE_TYPES: Final = re.compile(r"(?:Article|BlogPosting|Report|WebPage|DiscussionForumPosting)\Z")

ISO_DATE: Final = re.compile(
    r"\s*(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2})"
    r"(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?)?)?\s*\Z",
    re.ASCII,
)
COMPACT_DATE: Final = re.compile(r"\s*(\d{4})(\d{2})(\d{2})\s*\Z", re.ASCII)
URL_DATE: Final = re.compile(r"/((?:19|20)\d\d)[/-](0?[1-9]|1[0-2])(?:[/-](0?[1-9]|[12]\d|3[01]))?(?=[/-])")
LANGUAGE: Final = re.compile(r"\s*([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{1,8})*\s*\Z")
TITLE_BREAK: Final = re.compile(r"\s+[-–—|:·•»«/]+\s+|\s*[|»«]\s*|(?<=\w):\s+")
HOME: Final = re.compile(r"(?:https?://[^/?#\s]+)?(?:/|/?index\.\w{3,5}|(?<=[^/?#]))\Z", re.IGNORECASE)
TITLE_CHARACTERS: Final = 1_000  # a longer one is left as it is
DATELINE_CHARACTERS: Final = 200  # a longer line is a paragraph
WEB: Final = "1991"  # when the first page was published
UPDATED: Final = re.compile(r"\b(?:updated?|modified)\b", re.IGNORECASE)
SENTENCE_END: Final = re.compile(r"[.!?…]\W*\Z")
WHITE_SPACE: Final = re.compile(r"\s+")
SHOWN_PIECES: Final = 160  # of an element that are looked at, those without words among them
LINKED_DATA_BYTES: Final = 2_000_000


@dataclass(frozen=True, slots=True)
class Masthead:
    """What the page says of itself; None where it says nothing."""

    title: str | None = None
    byline: str | None = None
    published_at: str | None = None
    site: str | None = None
    canonical_url: str | None = None
    language: str | None = None


def masthead(tree: HtmlElement, url: str | None = None) -> Masthead:
    """The page's own word on itself.

    The canonical address counts only where it is on the page's own host (or ``url`` is unknown):
    a page that hands its identity to another site is still read as itself.
    """
    named = _named(tree)
    linked = list(_linked_data(tree))
    language = _language(tree, named)
    return Masthead(
        title=_title(tree, named, linked),
        byline=_byline(tree, named, linked, language),
        published_at=_published_at(tree, named, linked, url),
        site=_first(named, SITE_NAMES),
        canonical_url=_canonical_url(tree, named, url),
        language=language,
    )


def iso_date(printed: str) -> str | None:
    """A machine's date in ISO 8601, as precise as it was; None for one that is no date.

    >>> iso_date("2024-05-02 10:30:00+0200"), iso_date("2024/5"), iso_date("2024-02-30")
    ('2024-05-02T10:30:00+02:00', '2024-05', None)
    """
    match = ISO_DATE.match(printed) or COMPACT_DATE.match(printed)
    if match is None:
        return None
    parts: list[str | None] = [*match.groups(), None, None, None, None][:7]
    year, month, day, hour, minute, second, zone = parts
    assert year is not None  # every form has one
    if not 1000 <= int(year) <= 2999 or not 1 <= int(month or 1) <= 12:
        return None
    if not 1 <= int(day or 1) <= monthrange(int(year), int(month or 1))[1]:
        return None
    date = "-".join([year, *(part.zfill(2) for part in (month, day) if part)])
    if hour is None or minute is None or int(hour) > 23 or int(minute) > 59:
        return date
    if zone and zone != "Z":
        zone = f"{zone[:3]}:{zone[-2:]}"
    return f"{date}T{hour}:{minute}" + (f":{second}" if second else "") + (zone or "")


def _named(tree: HtmlElement) -> Mapping[str, str]:
    """The page's named metadata, lower-cased names, the first of a name counting."""
    named: dict[str, str] = {}
    for meta in tree.iter("meta"):
        content = (meta.get("content") or "").strip()
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            name = meta.get(attribute)
            if name and content:
                named.setdefault(name.strip().lower(), content)
    return named


def _linked_data(tree: HtmlElement) -> Iterator[Mapping[str, object]]:
    """The article-like objects of the page's JSON-LD, in order; what is not JSON is passed over."""
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "") or not script.text:
            continue
        if len(script.text) > LINKED_DATA_BYTES:
            continue
        try:
            waiting: list[object] = [json.loads(script.text, strict=False)]
        except (ValueError, RecursionError):
            continue
        while waiting:
            value = waiting.pop()
            if isinstance(value, list):
                waiting += reversed(value)
            elif isinstance(value, dict):
                if any(ARTICLE_TYPES.search(str(kind)) for kind in _listed(value.get("@type"))):
                    yield value
                waiting += [value[key] for key in ("mainEntity", "@graph") if key in value]


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _first(named: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    for name in names:
        if name in named:
            return _tidy(named[name])
    return None


def _tidy(words: str) -> str | None:
    return WHITE_SPACE.sub(" ", cleaned(words)).strip() or None


def _title(tree: HtmlElement, named: Mapping[str, str], linked: list[Mapping[str, object]]) -> str | None:
    headings, sites = _headings(tree, _first(named, SITE_NAMES))
    shown = {words for _, words in headings}
    for article in linked:
        said = [_tidy(words) for key in ("headline", "name") if isinstance(words := article.get(key), str)]
        if article.get("headline") and said and said[0]:
            return next((words for words in said if words in shown), said[0])
    if title := _first(named, TITLE_NAMES):
        return _without_site(title, headings, sites)
    found = [words for element in tree.iter("title") if (words := _tidy(element.text_content()))]
    whole = found[0] if found else ""
    title = _without_site(whole, headings, sites)
    main = [words for tag, words in headings if tag == "h1" and words.casefold() not in sites]
    return main[0] if title == whole and len(main) == 1 else title or None


def _headings(tree: HtmlElement, site: str | None) -> tuple[list[tuple[str, str]], set[str]]:
    """The page's headings, tag and words of each, and what its site is called: there, or in one that leads home."""
    headings: list[tuple[str, str]] = []
    sites = {site.casefold()} if site else set()
    for element in tree.iter("h1", "h2", "h3"):
        if words := _tidy(element.text_content()):
            headings.append((str(element.tag), words))
            if any(HOME.match((link.get("href") or "").strip()) for link in element.iter("a")):
                sites.add(words.casefold())
    return headings, sites


def _without_site(title: str, headings: list[tuple[str, str]], sites: set[str]) -> str:
    """``title`` without the site's name before or after it.

    What is left is one of the page's headings, the later one where both sides are (the site's stands above the
    article's); or what is cut off is the site's name.
    """
    places: dict[str, int] = {}
    for index, (_, words) in enumerate(headings):
        places.setdefault(words.casefold(), index)
    if title.casefold() in places or len(title) > TITLE_CHARACTERS:
        return title
    named = []
    for cut in TITLE_BREAK.finditer(title):
        before, after = title[: cut.start()], title[cut.end() :]
        for kept, rest in ((before, after), (after, before)):
            heads = kept.casefold() in places and kept.casefold() not in sites
            if kept and rest and (heads or rest.casefold() in sites):
                named.append(kept)
    return max(named, key=lambda kept: places.get(kept.casefold(), -1), default=title)


def _byline(
    tree: HtmlElement, named: Mapping[str, str], linked: list[Mapping[str, object]], language: str | None
) -> str | None:
    for article in linked:
        names = [
            names_of(name, language) for author in _listed(article.get("author")) if (name := _person(author))
        ]
        if known := [name for name in names if name]:
            return ", ".join(known)
    for key in BYLINE_NAMES:
        said = names_of(_tidy(named.get(key, "")) or "", language)
        if said and "://" not in said and not said.startswith("@"):
            return said
    for element in tree.iter("a", "span", "p", "div", "address", "cite"):
        marked = {*(element.get("rel") or "").split(), *(element.get("class") or "").lower().split()}
        is_byline = marked & {"author", "byline"} or element.get("itemprop") == "author"
        shown = _shown(element) if is_byline and not _in_comment(element) else ""
        if said := names_of(shown, language) or byline(shown.replace("\n", " "), language):
            return said
    return None


def _shown(element: HtmlElement) -> str:
    """The element's first words, those of each element in it on a line of their own."""
    pieces = (piece.lstrip()[:SAID_CHARACTERS] for piece in islice(element.itertext(), SHOWN_PIECES))
    return "\n".join(words for piece in pieces if (words := _tidy(piece)))


def _in_comment(element: HtmlElement) -> bool:
    return any("comment" in (parent.get("class") or "") for parent in element.iterancestors())


def _person(author: object) -> str | None:
    if isinstance(author, dict):
        author = author.get("name")
    return _tidy(author) if isinstance(author, str) and "://" not in author else None


def _published_at(
    tree: HtmlElement, named: Mapping[str, str], linked: list[Mapping[str, object]], url: str | None
) -> str | None:
    for article in linked:
        if isinstance(printed := article.get("datePublished"), str) and (date := iso_date(printed)):
            return date
    for name in DATE_NAMES:
        if date := iso_date(named.get(name, "")):
            return date
    for element in tree.iter("time", "abbr", "span", "meta"):
        published = element.get("itemprop") == "datePublished" or element.get("pubdate") is not None
        if published or "published" in (element.get("class") or "").split():
            printed = element.get("datetime") or element.get("content") or element.get("title") or ""
            if (date := iso_date(printed)) and not _in_comment(element):
                return date
    return _url_date(url)


def dateline(tree: HtmlElement, lines: Iterable[str], opening: Iterable[str]) -> str | None:
    """The date of publication that ``lines`` of the page print, no more precise than there; None without one.

    htmldate tells which of the page's dates it is; where it knows none, it is the first below the headline, in
    ``opening``. Of one that can be two days ("5/6/2012") it is the year.
    """
    known = find_date(tree, extensive_search=False, original_date=True)
    if known is None:
        dates = [(posted_at(printed) or "", line) for line, printed in _printed_dates(opening)]
        days = [(date, line) for date, line in dates if date > WEB and len(date) >= len("2012-10-05")]
        published = [date for date, line in days if not UPDATED.search(line)]
        return next(iter([*published, *(date for date, _ in days)]), None)
    for _, printed in _printed_dates(line for line in lines if known[2:4] in line):
        found = posted_at(printed) or ""
        if found.startswith(known) or (found == known[:4] and _is_ambiguous(printed, known)):
            return found
    return None


def _printed_dates(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Lines that are no sentences, and the first date that each prints."""
    for line in lines:
        span = printed_date(line) if len(line) <= DATELINE_CHARACTERS else None
        if span and not SENTENCE_END.search(line, span.end):
            yield line, span.of(line)


def _is_ambiguous(printed: str, known: str) -> bool:
    """Whether ``printed`` is day and month of ``known`` in numbers, in either order."""
    _, month, day = known.split("-")
    return sorted(map(int, re.findall(r"\d+", printed)[:2])) == sorted((int(month), int(day)))


def _url_date(url: str | None) -> str | None:
    """The date in an address, as blogs and newspapers write it.

    >>> _url_date("https://example.org/2012/10/rain-falls/"), _url_date("https://example.org/v/2012")
    ('2012-10', None)
    """
    match = URL_DATE.search(urlsplit(url).path) if url else None
    return "-".join(part.zfill(2) for part in match.groups() if part) if match else None


def _canonical_url(tree: HtmlElement, named: Mapping[str, str], url: str | None) -> str | None:
    links = (link for link in tree.iter("link") if "canonical" in (link.get("rel") or "").lower().split())
    for address in [*(link.get("href") for link in links), named.get("og:url")]:
        canonical = absolute_url(url, address)
        if canonical and (url is None or _site(canonical) == _site(url)):
            return canonical
    return None


def _site(url: str) -> str:
    """An address's host, less the label that means no other site."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.").removeprefix("m.").removeprefix("amp.")


def _language(tree: HtmlElement, named: Mapping[str, str]) -> str | None:
    """The page's language as ISO 639, region left out."""
    for said in (
        tree.get("lang"),
        tree.get("xml:lang"),
        named.get("content-language"),
        named.get("og:locale"),
    ):
        if said and (match := LANGUAGE.match(said.split(",")[0])):
            return match.group(1).lower()
    return None
