"""Errors over HTTP: one shape, RFC 9457 ``application/problem+json``, whoever raises them."""

from __future__ import annotations

import http
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn, cast
from urllib.parse import quote

import flask
import marshmallow as ma
import orjson
from flask_smorest import Api
from flask_smorest.utils import prepare_response
from marshmallow import fields
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from api.envelope import REQUEST_ID

MEDIA_TYPE = "application/problem+json"

TITLES = {
    308: "Moved",
    400: "Bad request",
    401: "Not authorized",
    403: "Forbidden",
    404: "Not found",
    405: "Method not allowed",
    406: "Not acceptable",
    409: "Conflict",
    412: "Precondition failed",
    413: "Content too large",
    414: "URI too long",
    415: "Unsupported media type",
    422: "Validation failed",
    428: "Precondition required",
    429: "Too many requests",
    500: "Internal error",
    503: "Not available",
}
TYPES = {422: "validation", 404: "not-found", 503: "unavailable"}


class FaultSchema(ma.Schema):
    """One thing that is wrong with a request."""

    in_ = fields.String(
        data_key="in",
        required=True,
        metadata={"description": "Where: `query`, `body`, `path` or `header`.", "example": "query"},
    )
    pointer = fields.String(
        required=True,
        metadata={
            "description": "What: a parameter's name, or a JSON pointer (RFC 6901).",
            "example": "speker",
        },
    )
    code = fields.String(
        required=True, metadata={"description": "A word that a program can act on.", "example": "unknown"}
    )
    detail = fields.String(
        required=True,
        metadata={"description": "What is wrong, in words.", "example": "There is no parameter speker."},
    )


class ProblemSchema(ma.Schema):
    """An error (RFC 9457)."""

    type = fields.String(
        required=True,
        metadata={
            "description": "The kind of problem.",
            "format": "uri-reference",
            "example": "/problems/validation",
        },
    )
    title = fields.String(
        required=True, metadata={"description": "The kind in words.", "example": "Validation failed"}
    )
    status = fields.Integer(required=True, metadata={"description": "The HTTP status.", "example": 422})
    detail = fields.String(
        required=True,
        metadata={"description": "What went wrong this time.", "example": "There is no parameter speker."},
    )
    instance = fields.String(
        required=True,
        metadata={"description": "What was asked for.", "format": "uri-reference", "example": "/v1/quotes"},
    )
    request_id = fields.String(
        required=True,
        metadata={
            "description": "The request's id, as in the header `X-Request-Id`.",
            "example": "5f0c6e1a9b7d4e21",
        },
    )
    errors = fields.List(
        fields.Nested(FaultSchema),
        required=True,
        metadata={"description": "Each fault that was found; empty where the detail says it all."},
    )


def fault(where: str, pointer: str, code: str, detail: str) -> dict[str, str]:
    """One entry of a problem's ``errors``."""
    return {"in": where, "pointer": pointer, "code": code, "detail": detail}


def problem_bytes(status: int, detail: str, instance: str, request_id: str, errors: list[Any]) -> bytes:
    """The body of a problem."""
    title = TITLES.get(status, http.HTTPStatus(status).phrase)
    name = TYPES.get(status, title.lower().replace(" ", "-"))
    return orjson.dumps(
        {
            "type": f"/problems/{name}",
            "title": title,
            "status": status,
            "detail": detail,
            "instance": instance,
            "request_id": request_id,
            "errors": errors,
        }
    )


def problem(
    status: int,
    detail: str,
    errors: list[dict[str, str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> flask.Response:
    """A problem as the answer to the current request."""
    body = problem_bytes(
        status,
        detail,
        quote(flask.request.path, safe="/%:@-._~!$&'()*+,;="),
        flask.request.environ.get(REQUEST_ID, ""),
        errors or [],
    )
    response = flask.Response(body, status, mimetype=MEDIA_TYPE)
    response.headers.update(headers or {})
    return response


def refuse(status: int, detail: str, *errors: dict[str, str], **headers: str) -> NoReturn:
    """End the request with a problem; ``headers`` in Python spelling (``retry_after``)."""
    flask.abort(
        problem(
            status, detail, list(errors), {name.replace("_", "-").title(): v for name, v in headers.items()}
        )
    )


class ProblemApi(Api):
    """flask-smorest with problem+json for every error, in the answers and in the OpenAPI document."""

    ERROR_SCHEMA = ProblemSchema

    def handle_http_exception(self, error: HTTPException) -> flask.Response:
        """Any HTTP error as a problem, with the headers that it asks for (``Allow``, ``Retry-After``)."""
        if error.response is not None:
            return cast("flask.Response", error.response)
        status = error.code or 500
        data = getattr(error, "data", None) or {}
        errors = list(_faults(data.get("messages") or data.get("errors") or {}))
        detail = errors[0]["detail"] if errors else (error.description or TITLES.get(status, error.name))
        headers = dict(data.get("headers") or {})
        if isinstance(error, MethodNotAllowed) and error.valid_methods:
            headers["Allow"] = ", ".join(sorted(error.valid_methods))
        return problem(status, detail, errors, headers)

    def _register_responses(self) -> None:
        """Every status's response in the OpenAPI document, with problem+json as its content."""
        for status in http.HTTPStatus:
            response: dict[str, Any] = {"description": TITLES.get(status, status.phrase)}
            if status >= 400:
                response["schema"] = self.ERROR_SCHEMA
            prepare_response(response, self.spec, MEDIA_TYPE)
            # Python 3.13 gave 413 the name that RFC 9110 gives it
            name = "CONTENT_TOO_LARGE" if status == 413 else status.name
            self.spec.components.response(name, response, lazy=True)
        default = {"description": "Any other error", "schema": self.ERROR_SCHEMA}
        prepare_response(default, self.spec, MEDIA_TYPE)
        self.spec.components.response("DEFAULT_ERROR", default, lazy=True)

    def _register_pagination_header(self) -> None:
        """None: pages are in the body."""

    def _register_etag_headers(self) -> None:
        """None of flask-smorest's: ours are described where they are sent."""


def _faults(messages: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """webargs' messages, location by location, as faults."""
    for location, found in messages.items():
        where = {"json": "body", "query": "query"}.get(location, location)
        yield from _walk(where, "" if where == "body" else None, found)


def _walk(where: str, pointer: str | None, found: Any) -> Iterator[dict[str, str]]:
    if isinstance(found, Mapping):
        for name, inner in found.items():
            deeper = f"{pointer}/{name}" if where == "body" else (pointer or str(name))
            if name == ma.exceptions.SCHEMA:  # marshmallow's name for the whole
                deeper = pointer or ""
            yield from _walk(where, deeper, inner)
    elif isinstance(found, list):
        for message in found:
            yield from _walk(where, pointer, message)
    else:
        detail = str(found)
        code = "unknown" if detail.startswith(("There is no", "Unknown")) else "invalid"
        code = "missing" if detail.startswith("Missing") else code
        yield fault(
            where, pointer or "", code, f"{pointer}: {detail}" if pointer and code != "unknown" else detail
        )
