"""What people look at: the start page, the reader view and the docs; HTML, with no script but Swagger UI's.

Every asset is our own, under an address that changes with its content: the pages work with the network cut.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from textwrap import shorten
from typing import Any

from flask import Blueprint, Flask, Response, abort, render_template, request, url_for
from markupsafe import Markup
from peewee import JOIN, fn

from api.models import Article, Citation, Comment, Document, DocumentText, Domain, Quote, Source, Speaker
from api.pages.reader import is_web, reading
from api.v1.export import own_address
from api.v1.search import stats

__all__ = ["blueprint", "register"]

LATEST = 20  # documents on the start page
OPENING = 400  # characters of a text among which its first words are
TOP = 6  # speakers and domains there
YEAR_S = 31_536_000

OURS = Path(__file__).parent / "static"
SWAGGER = Path(str(files("flask_swagger_ui"))) / "dist"
ASSETS = {
    name: (folder, sha256((folder / name).read_bytes()).hexdigest()[:16])
    for folder, names in (
        (OURS, ("pages.css", "docs.css", "docs.js", "icon.svg")),
        (SWAGGER, ("swagger-ui.css", "swagger-ui-bundle.js")),
    )
    for name in names
}
MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
POLICY = (
    "default-src 'none'; script-src {}; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

blueprint = Blueprint("pages", __name__, template_folder="templates")


def register(app: Flask) -> None:
    """Serve the pages from ``app``."""
    app.register_blueprint(blueprint)


@blueprint.get("/")
def start() -> str:
    """What Sourcebook is and holds, three first uses, the latest documents."""
    stored = stats()
    speakers = list(
        Speaker.select()
        .where(Speaker.quote_count > 0, Speaker.kind != "unnamed")
        .order_by(Speaker.quote_count.desc(), Speaker.pk)
        .limit(TOP)
    )
    domains = list(
        Domain.select()
        .where(Domain.citation_count > 0)
        .order_by(Domain.citation_count.desc(), Domain.pk)
        .limit(TOP)
    )
    latest = (
        Document.select(Document, fn.SUBSTR(DocumentText.text, 1, OPENING).alias("opening"))
        .join(DocumentText)
        .where(Document.superseded_by.is_null())
        .order_by(Document.pk.desc())
        .limit(LATEST)
        .objects()
    )
    return render_template(
        "start.html",
        base=own_address(),
        counts=[
            (name.capitalize(), stored[name], f"/v1/{name}")
            for name in ("documents", "quotes", "speakers", "comments", "sources")
        ],
        speakers=speakers,
        domains=domains,
        surname=speakers[0].name.split()[-1].lower() if speakers else "calloway",
        documents=[(document, heading(document, document.opening)) for document in latest],
    )


@blueprint.get("/read/<document_id>")
def read(document_id: str) -> str:
    """One document's text as it stands, with its records marked."""
    document = Document.get_or_none(Document.id == document_id)
    if document is None:
        abort(404, f"There is no document {document_id}.")
    text = DocumentText.get_by_id(document.pk).text
    comments = _comments(document)
    citations = _citations(document)
    found = reading(text, _articles(document), comments, _quotes(document), citations)
    return render_template(
        "read.html",
        document=document,
        heading=heading(document, text[:OPENING]),
        source=document.url if document.url and is_web(document.url) else None,
        reading=found,
        html=Markup(found.html),
        comment_count=len(comments),
        citation_count=len(citations),
    )


@blueprint.get("/docs")
def docs() -> str:
    """Swagger UI over our own description."""
    return render_template("docs.html")


@blueprint.get("/docs/assets/<version>/<name>")
def asset(version: str, name: str) -> Response:
    """A file that a page needs; the address changes with the content, so it may be kept for ever."""
    folder, current = ASSETS.get(name, (OURS, ""))
    if version != current:
        abort(404, f"There is no asset {name} in version {version}.")
    response = Response((folder / name).read_bytes(), mimetype=MEDIA_TYPES[Path(name).suffix])
    response.cache_control.max_age = YEAR_S
    response.cache_control.public = True
    response.cache_control.immutable = True
    return response


@blueprint.after_request
def guard(response: Response) -> Response:
    """The response, its header saying what it may load: nothing from elsewhere, no script but the docs'."""
    scripts = "'self'" if request.endpoint == "pages.docs" else "'none'"
    response.headers["Content-Security-Policy"] = POLICY.format(scripts)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def heading(document: Document, opening: str) -> str:
    """What to call a document: its title, else its first words, else its name."""
    line = next(iter(opening.strip().splitlines()), "")
    return document.title or shorten(line, 90, placeholder=" …") or document.name


@blueprint.app_template_global("asset")
def asset_url(name: str) -> str:
    """The address of a page's file, with the digest of its content in it."""
    return url_for("pages.asset", version=ASSETS[name][1], name=name)


@blueprint.app_template_filter("counted")
def counted(count: int, word: str) -> str:
    """A number and its word.

    >>> counted(1, "quote"), counted(1200, "link")
    ('1 quote', '1,200 links')
    """
    return f"{count:,} {word}{'' if count == 1 else 's'}"


@blueprint.app_template_filter("range")
def confidence_range(ends: tuple[float, float]) -> str:
    """The least and the greatest of some confidences, once if they are printed alike.

    >>> confidence_range((0.5, 0.978)), confidence_range((0.9, 0.9))
    ('0.50–0.98', '0.90')
    """
    return "–".join(dict.fromkeys(f"{end:.2f}" for end in ends))


@blueprint.app_template_filter("shortened")
def shortened(url: str, most: int = 60) -> str:
    """A link without its scheme, cut in its middle where it is long.

    >>> shortened("https://example.org/a-rather-long-path", 20)
    'example.or…long-path'
    """
    bare = url.split("://", 1)[-1]
    return bare if len(bare) <= most else f"{bare[: most // 2]}…{bare[1 - most // 2 :]}"


def _articles(document: Document) -> list[Any]:
    rows = Article.select().where(Article.document == document).order_by(Article.position)
    return [
        {"id": row.id, "kind": row.kind, "title": row.title, "spans": json.loads(row.spans)} for row in rows
    ]


def _comments(document: Document) -> list[Any]:
    rows = list(Comment.select().where(Comment.document == document).order_by(Comment.position))
    ids = {row.pk: row.id for row in rows}
    return [
        {
            "id": row.id,
            "span": json.loads(row.span),
            "body": json.loads(row.body),
            "author": row.author,
            "posted_at": row.posted_at,
            "posted_at_text": row.posted_at_text,
            "parent_id": ids.get(row.parent_id),
        }
        for row in rows
    ]


def _quotes(document: Document) -> list[Any]:
    rows = (
        Quote.select(Quote, Speaker)
        .join(Speaker, JOIN.LEFT_OUTER)
        .where(Quote.document == document)
        .order_by(Quote.position)
    )
    return [
        {
            "id": row.id,
            "kind": row.kind,
            "text": row.text,
            "spans": json.loads(row.spans),
            "cue": json.loads(row.cue or "null"),
            "mention": json.loads(row.mention or "null"),
            "speaker": _speaker(row),
            "confidence": row.confidence,
        }
        for row in rows
    ]


def _speaker(quote: Quote) -> Mapping[str, Any] | None:
    if quote.speaker is None:
        return None
    speaker = quote.speaker
    return {
        "id": speaker.id,
        "name": speaker.name,
        "kind": speaker.kind,
        "confidence": quote.speaker_confidence,
    }


def _citations(document: Document) -> list[Any]:
    rows = (
        Citation.select(Citation, Source, Domain)
        .join(Source)
        .switch(Citation)
        .join(Domain)
        .where(Citation.document == document)
        .order_by(Citation.position)
    )
    return [
        {
            "id": row.id,
            "raw": row.raw,
            "span": json.loads(row.span),
            "label": row.label or row.label_nearby,
            "url": row.source.url,
            "domain": row.domain.domain,
            "truncated": row.truncated,
        }
        for row in rows
    ]
