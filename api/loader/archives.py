"""Pages out of web archives and zip files, one at a time.

    .warc, .warc.gz ──warc_pages──> Held | BadArchive        .zip ──zip_members──> (name, open file) | BadArchive

FastWARC reads records; it stops for good at the first broken one and hands out cut ones as whole, so that
here a broken record is an error of its own and reading goes on at the next one that can be found.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Final, Literal

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from api.errors import BadArchive, LoadError, TooLarge

GZIP_MEMBER: Final = re.compile(rb"\x1f\x8b\x08")
RECORD_START: Final = re.compile(rb"WARC/1\.\d\r?\n(?:WARC|Content)-")
SCAN_BYTES: Final = 1 << 20
OVERLAP_BYTES: Final = 32  # more than a record's first bytes, so that none is cut in two by the scan

MEDIA_TYPES: Final[dict[str, Literal["text/html", "text/plain"]]] = {
    "text/html": "text/html",
    "application/xhtml+xml": "text/html",
    "text/plain": "text/plain",
}
# ISO 28500:2017 section 5.4, after W3C's profile of ISO 8601: from the year on, always in UTC
WARC_DATE: Final = re.compile(
    r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01])(T([01]\d|2[0-3]):[0-5]\d(:([0-5]\d|60)(\.\d{1,9})?)?Z)?)?)?"
)
BOMB_BYTES: Final = 1 << 20
BOMB_RATIO: Final = 200  # of unpacked to packed; pages and prose reach 20, repeated ones 60


@dataclass(frozen=True, slots=True)
class Held:
    """One page as an archive holds it; ``retrieved_at`` is when it was fetched."""

    content: bytes
    name: str
    media_type: Literal["text/html", "text/plain"]
    url: str | None = None
    id: str | None = None
    charset: str | None = None
    retrieved_at: str | None = None


def warc_pages(name: str, stream: IO[bytes], max_bytes: int) -> Iterator[Held | LoadError]:
    """The pages and plain texts of a WARC file's responses, in order (ISO 28500).

    Only answers of status 2xx; other records and media types are passed over. In the place of a
    record that is broken or cut off stands one BadArchive, and of one over ``max_bytes`` a TooLarge.
    A stream that cannot be wound back ends at its first broken record.
    """
    winds = stream.seekable()
    compressed = False
    if winds:
        compressed = stream.read(2) == b"\x1f\x8b"
        stream.seek(0)
    said = False
    while True:
        last = stream.tell() if winds else 0
        try:
            for record in ArchiveIterator(stream, auto_decode="all"):
                last = record.stream_pos
                held = _held(record, name, max_bytes)
                if held is not None:
                    yield held
                said = False
            return
        except (OSError, ValueError, EOFError, RuntimeError) as error:
            if not said:
                yield BadArchive(f"{name}: a broken record at or after byte {last} ({error})", id=name)
            said = True
        following = (
            _next_record(stream, last + 1, GZIP_MEMBER if compressed else RECORD_START) if winds else None
        )
        if following is None:
            return
        stream.seek(following)


def _held(record: WarcRecord, name: str, max_bytes: int) -> Held | LoadError | None:
    """The record's page; None for one that is none. Raises OSError for one that is cut off."""
    if not record.headers.get("WARC-Type"):
        raise OSError("no header")
    media_type = _media_type(record)
    if media_type is None:
        return None
    url = (record.headers.get("WARC-Target-URI") or "").strip("<>") or None
    id = (record.headers.get("WARC-Record-ID") or "").strip("<>") or None
    content = record.reader.read(max_bytes + 1)
    if len(content) > max_bytes:
        return TooLarge(f"{url or name}: over {max_bytes} bytes, the limit for one document", id=id)
    encoded = record.is_http_parsed and any(
        record.http_headers.get(header) for header in ("Content-Encoding", "Transfer-Encoding")
    )
    if (not encoded and len(content) < record.content_length) or RECORD_START.search(content):
        raise OSError("cut off")
    return Held(
        content=content,
        name=url or name,
        media_type=media_type,
        url=url,
        id=id,
        charset=record.http_charset if record.is_http_parsed else None,
        retrieved_at=_date(record.headers.get("WARC-Date") or ""),
    )


def _date(said: str) -> str | None:
    return said if WARC_DATE.fullmatch(said) else None


def _media_type(record: WarcRecord) -> Literal["text/html", "text/plain"] | None:
    if record.record_type == WarcRecordType.conversion:  # a crawl's extracted text, one of a page
        return MEDIA_TYPES.get((record.headers.get("Content-Type") or "").partition(";")[0].strip())
    if record.record_type != WarcRecordType.response or not record.is_http_parsed:
        return None
    status = record.http_headers.status_code
    if status is None or not 200 <= int(status) < 300:
        return None
    return MEDIA_TYPES.get((record.http_content_type or "").lower())


def _next_record(stream: IO[bytes], start: int, mark: re.Pattern[bytes]) -> int | None:
    """Where the next thing that looks like a record's start is, or None."""
    stream.seek(start)
    held = b""
    while chunk := stream.read(SCAN_BYTES):
        held += chunk
        if match := mark.search(held):
            return start + match.start()
        start += max(len(held) - OVERLAP_BYTES, 0)
        held = held[-OVERLAP_BYTES:]
    return None


def zip_members(name: str, stream: IO[bytes]) -> Iterator[tuple[str, IO[bytes]] | LoadError]:
    """The files of a zip archive, each open to read until the next is asked for, in the archive's order.

    In the place of one that cannot be opened, or unpacks to more than pages ever do, stands its error.
    """
    try:
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        yield BadArchive(f"{name}: not a zip archive that can be read ({error})", id=name)
        return
    for member in archive.infolist():
        if member.is_dir():
            continue
        place = f"{name}/{member.filename}"
        if member.file_size > BOMB_BYTES and member.file_size > BOMB_RATIO * member.compress_size:
            yield TooLarge(
                f"{place}: unpacks to {member.file_size} bytes from {member.compress_size}", id=place
            )
            continue
        try:
            with archive.open(member) as file:
                yield place, file
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, zlib.error) as error:
            yield BadArchive(f"{place}: broken, or locked ({error})", id=place)
