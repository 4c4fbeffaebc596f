"""Exports: a whole list as a file, streamed in flat memory, with the filters of the list.

One route a collection, made from ``EXPORTS``; the formats themselves are in ``api.formats``.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import flask
import marshmallow as ma
import orjson
from marshmallow import fields, validate

from api.database import one_state
from api.envelope import VALIDATOR
from api.formats import MEDIA_TYPES, SOURCE_FORMATS, csv_table, web_annotation, web_annotations
from api.models import Document, DocumentText
from api.pagination import Listing, walk
from api.v1 import lists, records
from api.v1.arguments import Resource, V1Blueprint
from api.v1.articles import ArticleArgs
from api.v1.citations import CitationArgs
from api.v1.comments import CommentArgs
from api.v1.documents import DocumentArgs
from api.v1.domains import DomainArgs, domain_filters
from api.v1.quotes import QuoteArgs, quote_filters
from api.v1.selection import fuller_all, wanted
from api.v1.sources import SourceArgs
from api.v1.speakers import SpeakerArgs, speaker_filters

blp = V1Blueprint("export", __name__, url_prefix="/v1/export", description="Whole lists as files.")

Record = dict[str, Any]
Chunks = Iterator[str]

FILE = "The records as a file."
FORMATS = {
    "json": "an array",
    "ndjson": "an object a line",
    "csv": "a table",
    "annotations": "W3C Web Annotations",
    "bibtex": "BibTeX",
    "ris": "RIS",
    "csl-json": "CSL-JSON",
}
EVERY = ("ndjson", "csv", "json")
WHOLE = ("ndjson", "json")  # formats of records as they are
TYPES = {**MEDIA_TYPES, "json": "application/json"}
SUFFIXES = {"annotations": "jsonld", "bibtex": "bib", "csl-json": "json"}
OF_DOCUMENT = ("document_id", "document.title", "document.url", "document.published_at")


def _given(args: Record) -> Record:
    return args


@dataclass(frozen=True)
class Export:
    """How a collection is exported; ``columns`` are those of the table, dotted where a record lies in a record."""

    listing: Listing
    args: type[ma.Schema]
    columns: Sequence[str]
    filters: Callable[[Record], Record] = _given
    formats: Sequence[str] = EVERY


EXPORTS = (
    Export(
        lists.DOCUMENTS,
        DocumentArgs,
        (
            *(name for name in records.DOCUMENT if name not in ("superseded_by", "counts")),
            *(f"counts.{name}" for name in ("articles", "comments", "quotes", "citations")),
        ),
        lambda args: lists.named(args)[0],
    ),
    Export(
        lists.ARTICLES,
        ArticleArgs,
        ("id", "kind", "title", "byline", "published_at", "text", "word_count", "comment_id", *OF_DOCUMENT),
    ),
    Export(
        lists.QUOTES,
        QuoteArgs,
        (
            *("id", "text", "kind", "mode", "confidence"),
            *(f"speaker.{name}" for name in ("id", "name", "kind", "confidence")),
            *("spans", "cue", "mention", "article_id", "comment_id", "corrected"),
            *OF_DOCUMENT,
        ),
        lambda args: lists.named(quote_filters(args))[0],
        (*EVERY, "annotations"),
    ),
    Export(
        lists.SPEAKERS,
        SpeakerArgs,
        tuple(records.SPEAKER),
        speaker_filters,
    ),
    Export(
        lists.COMMENTS,
        CommentArgs,
        ("id", "position", "author", "posted_at", "posted_at_text", "text", "parent_id", *OF_DOCUMENT),
    ),
    Export(
        lists.CITATIONS,
        CitationArgs,
        (
            *("id", "raw", "label", "label_nearby", "archived_at"),
            *("truncated", "source_id", "source.url", "source.domain", "article_id", "comment_id"),
            *OF_DOCUMENT,
        ),
    ),
    Export(
        lists.SOURCES,
        SourceArgs,
        tuple(records.SOURCE),
        formats=(*EVERY, "bibtex", "ris", "csl-json"),
    ),
    Export(lists.DOMAINS, DomainArgs, tuple(records.DOMAIN), domain_filters),
)


def _chunks(export: Export, found: Iterable[bytes], format: str, members: Sequence[str] | None) -> Chunks:
    if format == "json":
        return _array(found)
    if format == "ndjson":
        return (f"{record.decode()}\n" for record in found)
    parsed: Iterator[Record] = map(orjson.loads, found)
    if format == "csv":
        columns = _columns(export.columns, members)
        return csv_table((_flat(record, columns) for record in parsed), _heads(columns))
    if format == "annotations":
        return web_annotations(_annotations(parsed), own_address() + flask.request.full_path)
    return SOURCE_FORMATS[format](parsed)


def _of_one_state(chunks: Chunks) -> Generator[str, None, None]:
    """The chunks, all of what they are made from read from one state of the database."""
    with one_state():
        yield from chunks


def _columns(columns: Sequence[str], members: Sequence[str] | None) -> list[str]:
    """The columns of the members that were asked for, in the table's order; those that have none of their own last.

    >>> _columns(["id", "speaker.name", "speaker.id", "kind"], ["context", "speaker"])
    ['id', 'speaker.name', 'speaker.id', 'context']
    """
    if members is None:
        return list(columns)
    kept = [column for column in columns if column.partition(".")[0] in {columns[0], *members}]
    shown = {column.partition(".")[0] for column in kept}
    return kept + [member for member in dict.fromkeys(members) if member not in shown]


def _heads(columns: Sequence[str]) -> list[str]:
    return [column.replace(".", "_") for column in columns]


def _flat(record: Record, columns: Sequence[str]) -> Record:
    """The cells of a record, those of a record in it under both names."""
    cells = {}
    for column, head in zip(columns, _heads(columns), strict=True):
        outer, _, inner = column.partition(".")
        value = record[outer]
        cells[head] = value if not inner else (value or {}).get(inner)
    return cells


def _array(found: Iterable[bytes]) -> Chunks:
    yield "["
    for place, record in enumerate(found):
        yield ("," if place else "") + record.decode()
    yield "]\n"


def own_address() -> str:
    """Where we are found: as the settings have it, else as this request has; without the last slash."""
    public: str = flask.current_app.config["PUBLIC_URL"]
    return (public if "://" in public else flask.request.host_url).rstrip("/")


def _annotations(found: Iterable[Record]) -> Iterator[Record]:
    """Each quote as an annotation of its document's text; a document's quotes come one after the other."""
    id, text = "", ""
    base = own_address()
    for quote in found:
        if quote["document_id"] != id:
            id = quote["document_id"]
            row = DocumentText.select(DocumentText.text).join(Document).where(Document.id == id)
            text = row.tuples().get()[0]
        told = {**quote, "url": f"{base}/v1/quotes/{quote['id']}"}
        yield web_annotation(told, text, f"{base}/v1/documents/{id}/text")


def _suits(data: Record) -> None:
    """Refuse a shape of records that the format has no place for."""
    formats = {"fields": ("csv", *WHOLE), "include": WHOLE}
    for name, given in (("fields", "members"), ("include", "include")):
        if given in data and data["format"] not in formats[name]:
            raise ma.ValidationError(
                f"{name} goes with format={', '.join(formats[name])}, not with {data['format']}.", name
            )


def _schema(export: Export) -> ma.Schema:
    """The filters of the list, and the format."""
    format = fields.String(
        load_default="ndjson",
        validate=validate.OneOf(export.formats),
        metadata={
            "description": "; ".join(f"`{name}`: {FORMATS[name]}" for name in export.formats) + ".",
            "example": "csv",
        },
    )
    name = export.listing.name.title().removesuffix("s")

    @ma.validates_schema
    def suits(self: ma.Schema, data: Record, **kwargs: Any) -> None:
        _suits(data)

    schema: type[ma.Schema] = type(f"{name}ExportArgs", (export.args,), {"format": format, "suits": suits})
    return schema(exclude=[name for name in ("limit", "cursor", "count", "facet") if name in schema().fields])


def _documented(formats: Sequence[str]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The 200 of the OpenAPI document, with a content for each format."""

    def decorated(view: Callable[..., Any]) -> Callable[..., Any]:
        for format in formats:
            content_type = TYPES[format].partition(";")[0]
            schema = (
                {"type": "array", "items": {"type": "object"}} if "json" in format else {"type": "string"}
            )
            if format == "annotations":
                schema = {"type": "object"}
            schema = {"type": "string"} if format == "ndjson" else schema
            view = blp.response(200, schema, content_type=content_type, description=FILE)(view)
        return view

    return decorated


def _view(export: Export) -> type[Resource]:
    name = export.listing.name

    class View(Resource):
        @blp.doc(operationId=f"export_{name}", summary=f"Export {name}")
        @blp.arguments(_schema(export), location="query")
        @_documented(export.formats)
        def get(self, args: Record) -> flask.Response:
            """Export

            All records that the filters keep, as a file, streamed.
            """
            args = dict(args)
            format = args.pop("format")
            sort = args.pop("sort")
            filters = lists.asked(export.filters(args))
            rows = walk(export.listing, filters, sort, names=wanted(name, args))
            found: Iterable[bytes] = (record for _, record in rows)
            if "include" in args:
                found = fuller_all(name, rows, args["include"])
            chunks = _of_one_state(_chunks(export, found, format, args.get("members")))
            head = next(chunks, "")  # a fault in the query is a problem now, not a broken file later
            response = flask.Response(
                flask.stream_with_context(chain([head], chunks)), content_type=TYPES[format]
            )
            response.call_on_close(chunks.close)
            if validator := flask.request.environ[VALIDATOR]:
                response.headers["ETag"] = validator
            file = f"{name}.{SUFFIXES.get(format, format)}"
            response.headers["Content-Disposition"] = f'attachment; filename="{file}"'
            return response

    View.__name__ = f"Export{name.title()}"
    return View


for _export in EXPORTS:
    blp.route(f"/{_export.listing.name}", endpoint=f"export_{_export.listing.name}")(_view(_export))
