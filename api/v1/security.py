"""Who may write: ``Authorization: Bearer KEY`` (RFC 6750)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import flask
from werkzeug.http import generate_etag, parse_etags

from api import keys
from api.v1.problems import refuse

BEARER: list[dict[str, list[str]]] = [{"key": []}]


def needs(scope: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A view that only a key with ``scope`` (or admin) may call: 401 without a key of ours, 403 without the scope."""

    def guarded(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            kind, _, key = flask.request.headers.get("Authorization", "").partition(" ")
            holder = keys.holder(key.strip()) if kind.lower() == "bearer" and key.strip() else None
            if holder is None:
                refuse(401, _why(kind), www_authenticate='Bearer realm="Sourcebook"')
            elif not holder.scopes & {scope, "admin"}:
                refuse(403, f"This key may not {scope}.")
            else:
                flask.g.key_name = holder.name
            return view(*args, **kwargs)

        return checked

    return guarded


def _why(kind: str) -> str:
    if not keys.any_made():
        return "No key has been made, so nothing is written over HTTP; `flask keys create` makes one."
    if not kind:
        return "This needs a key: Authorization: Bearer KEY."
    return "This is no key of ours, or it was revoked."


IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag that the record had when you read it (RFC 9110 section 13.1.1).",
    "schema": {"type": "string"},
    "example": '"5f0c6e1a9b7d4e21"',
}


def unchanged_since(response: flask.Response) -> None:
    """Refuse a write to a record that is not as the client read it: 428 without an ETag, 412 with an old one."""
    given = flask.request.headers.get("If-Match")
    if given is None:
        refuse(428, "Send the record's ETag in If-Match, so that nobody's correction is written over.")
    etag = generate_etag(response.get_data())
    # the same record gzipped has its own ETag (RFC 9110 section 8.8.3.3)
    if given.strip() != "*" and not {etag, f"{etag}-gzip"} & parse_etags(given).as_set():
        refuse(412, "The record has changed since you read it: read it again, then correct it.")
