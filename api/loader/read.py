"""Bytes to text: files, folders, archives and lines, each document of them as a Text.

    paths ──documents──> Text | LoadError, one a document, in a stable order
    a page's or file's bytes ──text_of──> Text
    a line's object ──text_of_json──> Text

Plain text is served as it was decoded: nothing is taken out or put in but a byte order mark at the
start, and what a database refuses becomes U+FFFD one for one. A page's text is made by ``markup``.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import sys
import zipfile
import zlib
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from io import BufferedReader
from pathlib import Path
from typing import IO, Final, Literal, Protocol, cast

from api.errors import BadArchive, BadLine, EmptyDocument, LoadError, NoDocuments, TooLarge, Unreadable
from api.loader.archives import Held, warc_pages, zip_members
from api.loader.dates import posted_at
from api.loader.encoding import cleaned, decoded, is_blank
from api.loader.markup import declared_charset, looks_like_html, page
from api.loader.masthead import iso_date
from api.loader.records import Text

MediaType = Literal["text/plain", "text/html"]

STANDARD_INPUT: Final = "-"
GZIP_MAGIC: Final = b"\x1f\x8b"
WARC_MAGIC: Final = b"WARC/"
ZIP_MAGIC: Final = b"PK\x03\x04"
SNIFF_BYTES: Final = 4096
SUFFIXES: Final = (".txt", ".html", ".htm", ".xhtml", ".jsonl", ".ndjson", ".warc", ".zip")
PAGE_SUFFIXES: Final = (".html", ".htm", ".xhtml")
HTTP_URL: Final = re.compile(r"https?://[^\s/?#]+[^\s]*\Z", re.IGNORECASE)
LINE_FIELDS: Final = ("text", "html", "url", "title", "byline", "published_at")
LINE_ID: Final = re.compile(rb'\s*\{\s*"id"\s*:\s*"([^"\\]{1,200})"')


def documents(paths: Iterable[Path | str], max_bytes: int, max_characters: int) -> Iterator[Text | LoadError]:
    """Every document of ``paths``, or in its place the error that kept it from being read.

    Files in the order given, a folder's by name, at any depth; ``-`` is standard input. A document
    over ``max_bytes`` once decompressed is a TooLarge, and so is one whose text is over
    ``max_characters``. Memory holds one document at a time.
    """
    for path in paths:
        if str(path) == STANDARD_INPUT:
            found = _of_stream("stdin", sys.stdin.buffer, max_bytes)
        else:
            found = _of_path(Path(path), max_bytes)
        for document in found:
            try:
                yield document if isinstance(document, LoadError) else within(document, max_characters)
            except TooLarge as error:
                yield error


def within(document: Text, max_characters: int) -> Text:
    """``document``, whose text is not over ``max_characters``; raises TooLarge."""
    length = len(document.text)
    if length > max_characters:
        raise TooLarge(
            f"{document.name}: a text of {length} characters, over the limit of {max_characters}",
            id=document.id or document.name,
        )
    return document


def text_of(
    content: bytes,
    name: str,
    media_type: MediaType | None = None,
    url: str | None = None,
    id: str | None = None,
    charset: str | None = None,
) -> Text:
    """The Text of one document's bytes; ``media_type`` None looks at the bytes.

    ``charset`` is what the transport declared. Raises NotText, EmptyDocument.

    >>> text_of(b"Rain.\\r\\n", "a.txt").text
    'Rain.\\r\\n'
    """
    if media_type is None:
        media_type = "text/html" if looks_like_html(content[:SNIFF_BYTES]) else "text/plain"
    digest = hashlib.sha256(content).hexdigest()
    try:
        if media_type == "text/html":
            characters = decoded(content, name, charset or declared_charset(content[:SNIFF_BYTES]))
            return _page_text(characters, name, digest, url=url, id=id)
        return _plain_text(decoded(content, name, charset), name, digest, url=url, id=id)
    except LoadError as error:
        error.id = id or name
        raise


def text_of_json(line: Mapping[str, object], name: str) -> Text:
    """The Text of an object ``{"id"?, "text" | "html", "url"?, "title"?, "byline"?, "published_at"?}``.

    Offsets count in ``text`` as given: it is cleaned one for one. Raises BadLine for an object
    that is no document, EmptyDocument.

    >>> text_of_json({"id": 7, "text": "It rained."}, "a.jsonl:1").id
    '7'
    """
    id = _id(line.get("id"))
    try:
        return _text_of_fields(line, name, id)
    except LoadError as error:
        error.id = id or name
        raise


def _text_of_fields(line: Mapping[str, object], name: str, id: str | None) -> Text:
    said = {
        key: _string(line, key, name) for key in ("text", "html", "url", "title", "byline", "published_at")
    }
    text, html = said.pop("text"), said.pop("html")
    if (text is None) == (html is None):
        raise BadLine(f"{name}: a document has either text or html")
    url = said["url"]
    if url is not None and not HTTP_URL.match(url):
        raise BadLine(f"{name}: url is not an http(s) address: {url[:200]}")
    published = said["published_at"]
    if published is not None:
        said["published_at"] = iso_date(published) or posted_at(published)
        if said["published_at"] is None:
            raise BadLine(f"{name}: published_at is no date with a year: {published[:100]}")
    given = text if text is not None else cast(str, html)
    digest = hashlib.sha256(given.encode("utf-8", "surrogatepass")).hexdigest()
    make = _plain_text if text is not None else _page_text
    return make(given, name, digest, id=id, **said)


def _plain_text(
    characters: str,
    name: str,
    digest: str,
    *,
    url: str | None = None,
    id: str | None = None,
    title: str | None = None,
    byline: str | None = None,
    published_at: str | None = None,
) -> Text:
    text = cleaned(characters)
    if is_blank(text):
        raise EmptyDocument(f"{name}: there is no text in it", id=id)
    return Text(
        name=name,
        text=text,
        sha256=digest,
        id=id,
        url=url,
        title=title,
        byline=byline,
        published_at=published_at,
    )


def _page_text(
    characters: str,
    name: str,
    digest: str,
    *,
    url: str | None = None,
    id: str | None = None,
    title: str | None = None,
    byline: str | None = None,
    published_at: str | None = None,
) -> Text:
    """What the page says; what came with it goes before what it says of itself.

    NUL is no part of a page's words (HTML Standard, 13.2.6.4.7).
    """
    found = page(cleaned(characters.replace("\0", "")), url)
    if is_blank(found.text):
        raise EmptyDocument(f"{name}: there is no text in the page", id=id)
    return Text(
        name=name,
        text=found.text,
        sha256=digest,
        media_type="text/html",
        id=id,
        url=found.url or url,
        title=title or found.title,
        byline=byline or found.byline,
        published_at=published_at or found.published_at,
        language=found.language,
        layout=found.layout,
    )


def _id(value: object) -> str | None:
    """A line's id as a string; a number is taken as printed, anything else is none."""
    if isinstance(value, str):
        return cleaned(value) or None
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _string(line: Mapping[str, object], key: str, name: str) -> str | None:
    value = line.get(key)
    if value is None or (isinstance(value, str) and key in ("text", "html")):
        return value
    if not isinstance(value, str):
        raise BadLine(f"{name}: {key} is not a string")
    return cleaned(value).strip() or None


def _of_path(path: Path, max_bytes: int) -> Iterator[Text | LoadError]:
    if path.is_dir():
        yield from _of_folder(path, max_bytes)
    else:
        yield from _of_file(path, path.name, max_bytes)


def _of_folder(folder: Path, max_bytes: int) -> Iterator[Text | LoadError]:
    """The documents of a folder, by name; hidden files and unknown suffixes are passed over."""
    found = False
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for file in sorted(files):
            if not file.startswith(".") and _kind(file):
                found = True
                path = Path(parent, file)
                yield from _of_file(path, path.relative_to(folder).as_posix(), max_bytes)
    if not found:
        known = ", ".join(SUFFIXES)
        yield NoDocuments(
            f"{folder}: there is no document in this folder ({known}, or gzipped)", id=str(folder)
        )


def _kind(file_name: str) -> str | None:
    """The suffix that tells a file's format, ``.gz`` aside; None for one that we do not read."""
    suffix = Path(file_name.lower().removesuffix(".gz")).suffix
    return suffix if suffix in SUFFIXES else None


def _of_file(path: Path, name: str, max_bytes: int) -> Iterator[Text | LoadError]:
    try:
        with path.open("rb") as file:
            yield from _of_stream(name, file, max_bytes)
    except OSError as error:
        yield Unreadable(f"{path}: {error.strerror or error}", id=name)


def _of_stream(name: str, stream: IO[bytes], max_bytes: int) -> Iterator[Text | LoadError]:
    """The documents of an open file, gzipped or not; a broken archive ends with its error."""
    buffered = cast("BufferedReader", stream)  # what open(), standard input and a zip's members are
    try:
        zipped = buffered.peek(2).startswith(GZIP_MAGIC)
        if zipped and _kind(name) != ".warc":  # whose records are zipped one by one
            with gzip.open(buffered) as unpacked:
                yield from _of_format(name)(name, BufferedReader(unpacked), max_bytes)
        else:
            yield from _of_format(name)(name, buffered, max_bytes)
    except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile) as error:
        yield BadArchive(f"{name}: broken or cut off ({error})", id=name)


class Stream(Protocol):
    """An open file's bytes, buffered."""

    def peek(self, size: int, /) -> bytes:
        """Bytes that come next, at least one unless there are none, without taking them."""

    def read(self, size: int, /) -> bytes:
        """The next bytes, at most so many."""

    def readline(self, size: int, /) -> bytes:
        """The next bytes up to a line's end, at most so many."""


Reader = Callable[[str, Stream, int], Iterator[Text | LoadError]]


def _of_format(name: str) -> Reader:
    kind = _kind(name)
    if kind is None:
        return _of_any
    return {".warc": _of_warc, ".zip": _of_zip, ".jsonl": _of_lines, ".ndjson": _of_lines}.get(kind, _of_one)


def _of_any(name: str, stream: Stream, max_bytes: int) -> Iterator[Text | LoadError]:
    """Documents of a stream whose name tells nothing: its first bytes do."""
    head = stream.peek(SNIFF_BYTES).removeprefix(BOM_UTF8).lstrip()
    by_magic = ((WARC_MAGIC, _of_warc), (ZIP_MAGIC, _of_zip), (b"{", _of_lines))
    reader = next((reader for magic, reader in by_magic if head.startswith(magic)), _of_one)
    yield from reader(name, stream, max_bytes)


def _of_warc(name: str, stream: Stream, max_bytes: int) -> Iterator[Text | LoadError]:
    for held in warc_pages(name, cast("IO[bytes]", stream), max_bytes):
        yield held if isinstance(held, LoadError) else _of_held(held)


def _of_held(held: Held) -> Text | LoadError:
    try:
        text = text_of(held.content, held.name, held.media_type, held.url, held.id, held.charset)
    except LoadError as error:
        return error
    return replace(text, retrieved_at=held.retrieved_at)


def _of_zip(name: str, stream: Stream, max_bytes: int) -> Iterator[Text | LoadError]:
    """The documents of a zip's files, those that we do not read passed over; zips in it are not opened."""
    found = False
    for member in zip_members(name, cast("IO[bytes]", stream)):
        if isinstance(member, LoadError):
            found = True
            yield member
        elif _kind(member[0]) not in (None, ".zip") and not member[0].rpartition("/")[2].startswith("."):
            found = True
            yield from _of_stream(*member, max_bytes)
    if not found:
        yield NoDocuments(f"{name}: no document in this archive ({', '.join(SUFFIXES)})", id=name)


def _of_one(name: str, stream: Stream, max_bytes: int) -> Iterator[Text | LoadError]:
    content = stream.read(max_bytes + 1)
    if len(content) > max_bytes:
        yield TooLarge(f"{name}: over {max_bytes} bytes, the limit for one document", id=name)
        return
    kind = _kind(name)
    media_type: MediaType | None = None
    if kind:
        media_type = "text/html" if kind in PAGE_SUFFIXES else "text/plain"
    try:
        yield text_of(content, name, media_type)
    except LoadError as error:
        yield error


def _of_lines(name: str, stream: Stream, max_bytes: int) -> Iterator[Text | LoadError]:
    """A document a line of JSON; a line over ``max_bytes`` is passed over without being held."""
    number = 0
    while line := stream.readline(max_bytes + 1):
        number += 1
        place = f"{name}:{number}"
        if len(line) > max_bytes and not line.endswith(b"\n"):
            while (rest := stream.readline(1 << 20)) and not rest.endswith(b"\n"):
                pass
            match = LINE_ID.match(line[:1024])
            id = match.group(1).decode("utf-8", "replace") if match else place
            yield TooLarge(f"{place}: over {max_bytes} bytes, the limit for one document", id=id)
        elif line.strip():
            yield _of_line(line, place)


def _of_line(line: bytes, place: str) -> Text | LoadError:
    try:
        value = json.loads(line.decode("utf-8-sig"))
        if not isinstance(value, dict):
            return BadLine(f"{place}: not a JSON object", id=place)
        return text_of_json(value, place)
    except (ValueError, RecursionError) as error:
        return BadLine(f"{place}: not JSON ({str(error)[:200]})", id=place)
    except LoadError as error:
        return error
