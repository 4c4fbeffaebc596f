"""What every answer is put into, around Flask: an id, the headers of all answers, and 304 before any other work.

Here and not in Flask's hooks, since an unchanged list is what is asked for most, and Flask alone takes five times as
long to find that out.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment
from zlib import crc32

from peewee import DatabaseError

from api.database import generation
from api.errors import StoreError
from api.loader import EXTRACTOR

# what is in the WSGI environment for those inside
REQUEST_ID = "sourcebook.request_id"
VALIDATOR = "sourcebook.validator"

# of a proxy: anything else would go unread into our log and headers
GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
# a record by its id is no list: its ETag is made of its bytes
LIST = re.compile(r"/v1/(?![a-z]+/[^/]+/?$)|/v1/export/")
READS = ("GET", "HEAD", "OPTIONS")
ALL = (("X-Content-Type-Options", "nosniff"), ("Vary", "Accept-Encoding"))
OF_READS = (
    *ALL,
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", "ETag, Link, Retry-After, X-Request-Id"),
)
OF_OPTIONS = (
    *OF_READS,
    ("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS"),
    ("Access-Control-Allow-Headers", "Authorization, If-None-Match"),
)
HEADERS = {"GET": OF_READS, "HEAD": OF_READS, "OPTIONS": OF_OPTIONS}


class Envelope:
    """A WSGI application around another one."""

    def __init__(self, inner: WSGIApplication) -> None:
        self.inner = inner

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """The inner answer with our headers; or that nothing has changed since the client asked."""
        given = environ.get("HTTP_X_REQUEST_ID", "")
        request_id = given if GIVEN_ID.fullmatch(given) else secrets.token_hex(8)
        environ[REQUEST_ID] = request_id
        method = environ["REQUEST_METHOD"]
        ours = [("X-Request-Id", request_id), *HEADERS.get(method, ALL)]

        def start(status: str, headers: list[tuple[str, str]], *failure: Any) -> Any:
            return start_response(status, headers + ours, *failure)

        if method in ("GET", "HEAD") and LIST.match(environ["PATH_INFO"]):
            validator = environ[VALIDATOR] = _validator(environ)
            if validator and validator in environ.get("HTTP_IF_NONE_MATCH", ""):
                start("304 NOT MODIFIED", [("ETag", validator)])
                return []
        return self.inner(environ, start)


def _validator(environ: WSGIEnvironment) -> str | None:
    """The weak ETag of a list: what code made it, how many changes the database has seen, what was asked.

    None where the database cannot be read: whoever needs it will find that out, and can say it.
    """
    try:
        seen = generation()
    except (DatabaseError, StoreError):
        return None
    address = crc32(f"{environ['PATH_INFO']}?{environ['QUERY_STRING']}".encode())
    return f'W/"{EXTRACTOR}-{seen}-{address:08x}"'
