"""Sourcebook: documents in, records out. ``create_app`` is the one place that wires things together."""

from __future__ import annotations

import gzip
import logging
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import flask
import orjson
from flask.json.provider import JSONProvider
from peewee import OperationalError
from werkzeug.http import generate_etag
from werkzeug.routing import MapAdapter

from api import cli, pages, v1
from api.config import Config
from api.database import open_database
from api.envelope import Envelope
from api.errors import CorrectionRefused, QueryError, StoreError
from api.v1.lists import refused
from api.v1.problems import problem

GZIP_FROM = 1000  # bytes; a shorter body is not worth it
GZIP_LEVEL = 3  # a third of the time of 5, a tenth more bytes


class OrjsonProvider(JSONProvider):
    """Flask's JSON by orjson."""

    def dumps(self, obj: object, **kwargs: object) -> str:
        """A string of JSON."""
        option = orjson.OPT_INDENT_2 if kwargs.get("indent") else None
        return orjson.dumps(obj, option=option).decode()

    def loads(self, s: str | bytes, **kwargs: object) -> object:
        """What the JSON says; numbers beyond 64 bits and lone surrogates are a ValueError."""
        return orjson.loads(s)

    def response(self, *args: object, **kwargs: object) -> flask.Response:
        """A response with one value as JSON."""
        return flask.Response(
            orjson.dumps(self._prepare_response_obj(args, kwargs)), mimetype="application/json"
        )


class Application(flask.Flask):
    """Flask, of whose functions none is a coroutine."""

    json_provider_class = OrjsonProvider

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function: Flask looks whether it is a coroutine, ten times a request."""
        return func

    def create_url_adapter(self, request: flask.Request | None) -> MapAdapter | None:
        """What finds the view of a request: we answer at any host, so which one it is need not be worked out twice."""
        if request is None:
            return super().create_url_adapter(None)
        return MapAdapter(
            self.url_map,
            request.host,
            request.root_path,
            "",
            request.scheme,
            request.path,
            request.method,
            request.query_string.decode("utf-8", "replace"),
        )


def create_app(config: Config | None = None) -> flask.Flask:
    """The application; its database is made, or brought to the newest schema, when it is first used."""
    config = config or Config.read()
    app = Application(__name__, static_folder=None)
    app.url_map.strict_slashes = False
    app.config.update(
        MAX_CONTENT_LENGTH=config.max_request_kib * 1024,
        LOAD_CHARACTERS=config.load_characters,
        EXTRACT_CHARACTERS=config.extract_characters,
        FACET_S=config.facet_s,
        PUBLIC_URL=config.public_url,
    )
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    logging.getLogger("peewee.migrations").setLevel(logging.WARNING)  # a new schema is nothing to report
    open_database(config)
    v1.register(app, config.public_url)
    app.register_blueprint(pages.blueprint)
    cli.register(app, config)
    app.after_request(_finish)
    app.register_error_handler(QueryError, refused)
    app.register_error_handler(CorrectionRefused, _conflict)
    app.register_error_handler(OperationalError, _busy)
    app.register_error_handler(StoreError, _unusable)
    app.wsgi_app = Envelope(app.wsgi_app)  # type: ignore[method-assign]
    return app


def _finish(response: flask.Response) -> flask.Response:
    """Validators and compression of what was read."""
    environ = flask.request.environ
    if response.status_code != 200 or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
        return response
    if response.direct_passthrough:
        return response
    zipped = "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "") and _takes_gzip(response)
    if response.is_streamed:
        if zipped:
            _compress_stream(response)
        return response
    if "ETag" not in response.headers:
        response.set_etag(generate_etag(response.get_data()))
    if zipped:
        _compress(response)
    if environ.get("HTTP_IF_MATCH", "").strip() == "*":  # there is something; werkzeug reads a tag called *
        environ = {name: value for name, value in environ.items() if name != "HTTP_IF_MATCH"}
    if "HTTP_IF_NONE_MATCH" in environ or "HTTP_IF_MATCH" in environ:
        response.make_conditional(environ)
        if response.status_code == 412:
            _as_problem(response, problem(412, "This is not what If-Match names."))
    return response


def _as_problem(response: flask.Response, refusal: flask.Response) -> None:
    """Put a problem's body in place of the response's."""
    response.set_data(refusal.get_data())
    response.headers["Content-Type"] = refusal.headers["Content-Type"]
    response.headers.pop("Content-Encoding", None)


def _takes_gzip(response: flask.Response) -> bool:
    """Whether the answer may be zipped: the client takes that, and nobody has done so."""
    return not response.content_encoding and bool(flask.request.accept_encodings["gzip"])


def _compress_stream(response: flask.Response) -> None:
    """gzip a body of unknown length as it comes; its validator is weak."""
    response.response = _zipped(response.iter_encoded())
    response.content_encoding = "gzip"


def _zipped(chunks: Iterator[bytes]) -> Iterator[bytes]:
    packing = zlib.compressobj(GZIP_LEVEL, wbits=31)  # 31: with gzip's header and trailer
    for chunk in chunks:
        if packed := packing.compress(chunk):
            yield packed
    yield packing.flush()


def _compress(response: flask.Response) -> None:
    """gzip the body; another representation has another strong validator."""
    body = response.get_data()
    if len(body) < GZIP_FROM:
        return
    response.set_data(gzip.compress(body, GZIP_LEVEL, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    etag, weak = response.get_etag()
    if etag and not weak:
        response.set_etag(f"{etag}-gzip")


def _conflict(error: CorrectionRefused) -> flask.Response:
    """A correction that contradicts what is there."""
    return problem(409, str(error))


def _busy(error: OperationalError) -> flask.Response:
    """A write that waited too long for another one."""
    if "locked" not in str(error):
        raise error
    return problem(503, "Another write is going on; try again.", headers={"Retry-After": "1"})


def _unusable(error: StoreError) -> flask.Response:
    """A database that cannot be used as it is; clients need not know where it lies."""
    logging.error("sourcebook: %s", error)
    return problem(503, "The database cannot be used; the log says why.", headers={"Retry-After": "5"})
