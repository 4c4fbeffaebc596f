"""Records as files that other programs read: streams of text, one record in memory at a time.

    csv       any records          RFC 4180, UTF-8 without a mark, CRLF; cells made safe for spreadsheets
    ndjson    any records          one JSON object a line, nothing changed: the exact export
    bibtex    sources              @misc, which every BibTeX knows; UTF-8, what TeX reads as commands escaped
    ris       sources              ELEC and VIDEO, CRLF
    csl-json  sources              a JSON array of CSL 1.0.2 items
    annotations  quotes            W3C Web Annotation Data Model, an AnnotationPage

A **source** is ``{"id", "url", "host", "domain", "kind", "label", "title"?, "citation_count",
"document_count", "first_seen", "last_seen", "archived_at"?}``. Its name is its title, else its label, else
its URL. The access date of a citation format is that of the archived copy cited (nothing else was ever
fetched); when and how often it was cited stands in the note.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson

__all__ = [
    "MEDIA_TYPES",
    "SOURCE_COLUMNS",
    "SOURCE_FORMATS",
    "bibtex",
    "csl_json",
    "csv_table",
    "ndjson",
    "ris",
    "selectors",
    "source_csv",
    "web_annotation",
    "web_annotations",
]

Record = Mapping[str, Any]

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8; header=present",  # RFC 7111
    "ndjson": "application/x-ndjson",
    "bibtex": "application/x-bibtex; charset=utf-8",
    "ris": "application/x-research-info-systems; charset=utf-8",
    "csl-json": "application/vnd.citationstyles.csl+json",
    "annotations": 'application/ld+json; profile="http://www.w3.org/ns/anno.jsonld"',
}

SOURCE_COLUMNS = (
    "id",
    "url",
    "host",
    "domain",
    "kind",
    "label",
    "title",
    "citation_count",
    "document_count",
    "first_seen",
    "last_seen",
    "archived_at",
)

_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")  # OWASP, "CSV Injection": a cell so begun may be computed
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_CONTEXT = 32  # code points before and after a quote in its selector


def csv_table(records: Iterable[Record], columns: Sequence[str]) -> Iterator[str]:
    """The records as CSV (RFC 4180), a chunk a line, the line of names first.

    A key that a record lacks, and None, is an empty cell; true and false are words; a list or an object is
    its JSON. A text cell that a spreadsheet would compute (it begins with ``=``, ``+``, ``-``, ``@``, a tab
    or a line's end) gets an apostrophe before it: to undo it, drop an apostrophe that one of these follows,
    or take NDJSON, where nothing is changed.

    >>> [line.strip() for line in csv_table([{"id": "r_1", "label": "=1+1"}], ["id", "label"])]
    ['id,label', "r_1,'=1+1"]
    """
    line = io.StringIO()
    writer = csv.writer(line, lineterminator="\r\n")
    for row in _rows(records, columns):
        writer.writerow(row)
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def _rows(records: Iterable[Record], columns: Sequence[str]) -> Iterator[Sequence[Any]]:
    yield columns
    for record in records:
        yield [_cell(record.get(column)) for column in columns]


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return f"'{value}" if _FORMULA.match(value) else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, (int, float)):
        return value
    return _json(value)


def _json(value: Any) -> str:
    return orjson.dumps(value).decode("utf-8")


def ndjson(records: Iterable[Record]) -> Iterator[str]:
    """The records as JSON, one a line, unchanged.

    >>> list(ndjson([{"id": "u_1", "label": None}]))
    ['{"id":"u_1","label":null}\\n']
    """
    for record in records:
        yield _json(record) + "\n"


def source_csv(sources: Iterable[Record]) -> Iterator[str]:
    """Sources as CSV with ``SOURCE_COLUMNS``."""
    return csv_table(sources, SOURCE_COLUMNS)


def bibtex(sources: Iterable[Record]) -> Iterator[str]:
    """Sources as BibTeX entries, an entry a chunk.

    ``@misc`` and not biblatex's ``@online``: classic BibTeX and older parsers drop what is no standard type.
    The domain is the ``organization``, not ``howpublished``, which Zotero reads as another URL.
    The URL stands as it is (it is ASCII without braces); in all other fields TeX's characters are escaped.
    """
    for source in sources:
        fields = {
            "title": f"{{{_tex(_name(source))}}}",
            "organization": _tex(source["domain"]),
            "url": source["url"],
            "urldate": _day(source),
            "note": _tex(_note(source)),
        }
        lines = "".join(f",\n  {name} = {{{value}}}" for name, value in fields.items() if value)
        yield f"@misc{{{_key(source['id'])}{lines}\n}}\n\n"


_TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",  # not \{: BibTeX counts braces, escaped or not
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{character: f"\\{character}" for character in "&%$#_"},
}
_TEX_SPECIAL = re.compile("[" + re.escape("".join(_TEX)) + "]")


def _tex(text: str) -> str:
    return _TEX_SPECIAL.sub(lambda match: _TEX[match[0]], _one_line(text))


def _key(id: str) -> str:
    """A citation key: what BibTeX, RIS and CSL all take."""
    return re.sub(r"[^A-Za-z0-9_:.-]", "-", id)


def ris(sources: Iterable[Record]) -> Iterator[str]:
    """Sources as RIS records, a record a chunk; lines end in CRLF, as the format has it."""
    for source in sources:
        fields = (
            ("TY", "VIDEO" if source["kind"] == "video" else "ELEC"),
            ("ID", _key(source["id"])),
            ("TI", _one_line(_name(source))),
            ("T2", _one_line(source["domain"])),
            ("UR", source["url"]),
            ("Y2", _day(source).replace("-", "/")),
            ("N1", _one_line(_note(source))),
        )
        yield "".join(f"{tag}  - {value}\r\n" for tag, value in fields if value) + "ER  - \r\n\r\n"


_CSL_TYPES = {"video": "motion_picture", "social": "post"}  # what Zotero exports for them; else webpage


def csl_json(sources: Iterable[Record]) -> Iterator[str]:
    """Sources as a JSON array of CSL items, an item a chunk.

    >>> "".join(csl_json([]))
    '[]\\n'
    """
    before = "["
    for source in sources:
        yield before + _json(_csl_item(source))
        before = ",\n"
    yield "]\n" if before != "[" else "[]\n"


def _csl_item(source: Record) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": _key(source["id"]),
        "type": _CSL_TYPES.get(source["kind"], "webpage"),
        "title": _one_line(_name(source)),
        "container-title": _one_line(source["domain"]),
        "URL": source["url"],
        "note": _one_line(_note(source)),
    }
    if day := _day(source):
        item["accessed"] = {"date-parts": [[int(part) for part in day.split("-")]]}
    return item


def _name(source: Record) -> str:
    return str(source.get("title") or source.get("label") or source["url"])


def _day(source: Record) -> str:
    """The day of the archived copy, as precise as it is; empty without one."""
    return str(source.get("archived_at") or "").partition("T")[0]


def _note(source: Record) -> str:
    """How often and when the source was cited, and from which copy."""
    times, documents = source["citation_count"], source["document_count"]
    note = f"Cited {times} {'time' if times == 1 else 'times'}"
    note += f" in {documents} {'document' if documents == 1 else 'documents'}"
    first, last = (str(source.get(name) or "").partition("T")[0] for name in ("first_seen", "last_seen"))
    if first:
        note += f", {first}" if first == last or not last else f", {first} to {last}"
    if day := _day(source):
        note += f"; an archived copy of {day}"
    return note + "."


def _one_line(text: str) -> str:
    """``text`` without line breaks and control characters, which end a field or a record."""
    return " ".join(_CONTROL.sub(" ", text).split())


SOURCE_FORMATS: dict[str, Callable[[Iterable[Record]], Iterator[str]]] = {
    "csv": source_csv,
    "ndjson": ndjson,
    "bibtex": bibtex,
    "ris": ris,
    "csl-json": csl_json,
}


def selectors(text: str, start: int, end: int) -> list[dict[str, Any]]:
    """How ``text[start:end]`` is found again: by its words, with those around them, and by its place.

    W3C Web Annotation Data Model, sections 4.2.4 and 4.2.5; positions are code points.

    >>> selectors("He said: it rained, and left.", 9, 18)[0]
    {'type': 'TextQuoteSelector', 'exact': 'it rained', 'prefix': 'He said: ', 'suffix': ', and left.'}
    """
    return [
        {
            "type": "TextQuoteSelector",
            "exact": text[start:end],
            "prefix": text[max(0, start - _CONTEXT) : start],
            "suffix": text[end : end + _CONTEXT],
        },
        {"type": "TextPositionSelector", "start": start, "end": end},
    ]


def web_annotation(quote: Record, text: str, text_url: str) -> dict[str, Any]:
    """One quote as a Web Annotation of the document's text, which ``text_url`` serves.

    ``quote`` is ``{"id", "spans": [{"start", "end"}, ...], "speaker": {"name"} or None, "url"?}``; each span
    is a target of its own, the speaker's name the body. ``url`` is the quote's own address, the
    annotation's id.
    """
    speaker = quote.get("speaker")
    annotation: dict[str, Any] = {
        "id": quote.get("url") or f"{text_url}#{quote['id']}",
        "type": "Annotation",
        "motivation": "identifying",
    }
    if speaker:
        annotation["body"] = {"type": "TextualBody", "value": speaker["name"], "format": "text/plain"}
    annotation["target"] = [
        {"source": text_url, "selector": selectors(text, span["start"], span["end"])}
        for span in quote["spans"]
    ]
    return annotation


def web_annotations(annotations: Iterable[Record], page_url: str) -> Iterator[str]:
    """Annotations as one AnnotationPage in JSON-LD, an annotation a chunk."""
    head = {"@context": "http://www.w3.org/ns/anno.jsonld", "id": page_url, "type": "AnnotationPage"}
    yield _json(head)[:-1] + ',"items":['
    for place, annotation in enumerate(annotations):
        yield ("," if place else "") + _json(annotation)
    yield "]}\n"
