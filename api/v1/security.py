"""Who may write: ``Authorization: Bearer KEY`` (RFC 6750)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import flask

from api import keys
from api.v1.problems import refuse

BEARER = [{"key": []}]


def needs(scope: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A view that only a key with ``scope`` (or admin) may call: 401 without a key of ours, 403 without the scope."""

    def guarded(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            kind, _, key = flask.request.headers.get("Authorization", "").partition(" ")
            scopes = keys.scopes_of(key.strip()) if kind.lower() == "bearer" and key.strip() else None
            if scopes is None:
                refuse(401, _why(kind), www_authenticate='Bearer realm="Sourcebook"')
            elif not scopes & {scope, "admin"}:
                refuse(403, f"This key may not {scope}.")
            return view(*args, **kwargs)

        return checked

    return guarded


def _why(kind: str) -> str:
    if not keys.any_made():
        return "No key has been made, so nothing is written over HTTP; `flask keys create` makes one."
    if not kind:
        return "This needs a key: Authorization: Bearer KEY."
    return "This is no key of ours, or it was revoked."
