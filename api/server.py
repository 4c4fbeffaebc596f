"""The gunicorn configuration: ``gunicorn --config python:api.server wsgi:app``.

The names that gunicorn knows are its settings (its own documentation lists them); the rest makes its own
errors look like ours and its failures say what to do. Options on the command line come before what is here.
"""

from __future__ import annotations

import errno
import gc
import os
import secrets
import socket
import struct
import sys
from typing import Any

import gunicorn.util
from gunicorn.arbiter import Arbiter
from gunicorn.http.body import ChunkedReader
from gunicorn.http.errors import ParseException
from gunicorn.http.parser import RequestParser
from gunicorn.workers.gthread import TConn, ThreadWorker

from api.config import Config
from api.database import open_database, prepare
from api.errors import SettingError, StoreError
from api.loader.attribute import preload
from api.v1.problems import MEDIA_TYPE, TITLES, problem_bytes

SLOW_CLIENT_S = 15  # how long a thread waits for the rest of a request before 408
SLOW_READER_S = 60  # how long a thread waits for a client to take more of an answer

try:
    settings = Config.read()
except SettingError as error:
    sys.exit(f"sourcebook: {error}")

bind = f"[{settings.host}]:{settings.port}" if ":" in settings.host else f"{settings.host}:{settings.port}"
workers = settings.workers
threads = settings.threads
# Threads, though a process for each request takes less CPU time: an export that streams for minutes, or a client
# that sends nothing, must not hold a whole process; and connections are kept between requests.
worker_class = "api.server.Worker"
timeout = settings.timeout_s
graceful_timeout = 30
keepalive = 15  # longer than the idle time of a browser's next click, shorter than proxies keep theirs
preload_app = True  # weights and code are read once, and shared by the workers
control_socket_disable = True  # it would be made below the home directory, which may not be writable
limit_request_line = 8190  # gunicorn's highest; our longest sound address has 8,000 characters
loglevel = "warning"  # a line a start and none a request: what fails is logged


class SlowClient(Exception):
    """A client sent a part of a request and then nothing for a while."""


class Chunks:
    """The reader of a chunked body; a broken one is a ValueError, which Werkzeug knows for the client's fault."""

    def __init__(self, reader: ChunkedReader) -> None:
        self.reader = reader

    def read(self, size: int) -> bytes:
        """The next bytes, none at the end."""
        try:
            return bytes(self.reader.read(size))
        except ParseException as error:
            raise ValueError(str(error)) from error


class Requests(RequestParser):  # type: ignore[misc]
    """The requests of one connection."""

    def __next__(self) -> Any:
        """The next one; raises SlowClient where the rest of it does not come."""
        try:
            request = super().__next__()
        except BlockingIOError as error:  # how a socket with a timeout in the kernel says it
            raise SlowClient(f"No complete request within {SLOW_CLIENT_S} seconds.") from error
        if isinstance(request.body.reader, ChunkedReader):
            request.body.reader = Chunks(request.body.reader)
        return request


class Worker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's threads, each with an end to its patience."""

    def handle(self, conn: TConn) -> Any:
        """Answer the connection's next request."""
        if conn.parser is None and not self.cfg.is_ssl:
            # gunicorn makes the socket block, which undoes Python's timeouts and not the kernel's
            conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", SLOW_CLIENT_S, 0))
            conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", SLOW_READER_S, 0))
            conn.parser = Requests(self.cfg, conn.sock, conn.client)
        return super().handle(conn)

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """What gunicorn answers by itself: before there is a request, or when answering fails."""
        if isinstance(exc, SlowClient):
            write_problem(client, 408, "Request Timeout", str(exc))
        else:
            super().handle_error(req, client, addr, exc)


def write_problem(client: socket.socket, status: int, reason: str, message: str) -> None:
    """Send one of gunicorn's own errors as problem+json."""
    request_id = secrets.token_hex(8)
    body = problem_bytes(status, message or TITLES.get(status, reason), "/", request_id, [])
    head = (
        f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\nContent-Type: {MEDIA_TYPE}\r\n"
        f"Content-Length: {len(body)}\r\nX-Request-Id: {request_id}\r\nAccess-Control-Allow-Origin: *\r\n\r\n"
    )
    gunicorn.util.write_nonblock(client, head.encode("latin1") + body)


gunicorn.util.write_error = write_problem  # gunicorn chooses the status and offers no other way to the body


def on_starting(server: Arbiter) -> None:
    """Refuse at once, and in one line, an address or a database that cannot be used; make the database."""
    if "GUNICORN_FD" not in os.environ:  # else a new master that takes over the old one's sockets
        _check_free(server.cfg.address)
    try:
        opened = open_database(settings)
        prepare()
    except StoreError as error:
        sys.exit(f"sourcebook: {error}")
    opened.close()  # each worker that is forked off opens its own


def _check_free(addresses: list[Any]) -> None:
    for address in addresses:
        if not isinstance(address, tuple):
            continue
        host, port = address[:2]
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                if error.errno == errno.EADDRINUSE:
                    sys.exit(f"sourcebook: port {port} of {host} is in use; PORT=8001 takes another")
                sys.exit(f"sourcebook: {host}:{port} cannot be served at: {error.strerror}")


def when_ready(server: Arbiter) -> None:
    """Read the tagger's weights, before the workers are forked off and share them; say where to look."""
    preload()
    gc.collect()
    gc.freeze()  # what all share is left alone by the collector, or each worker would copy it
    for listener in server.LISTENERS:
        print(
            f"sourcebook: serving at {listener}, documentation at {listener}/docs",
            file=sys.stderr,
            flush=True,
        )


def worker_exit(server: Arbiter, worker: Worker) -> None:
    """End the worker at once: its model's threads stayed in the master, and C++ would wait for them for ever."""
    os._exit(0)
