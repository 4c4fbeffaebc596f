"""gunicorn as it is shipped: really started, its own errors read from a raw socket."""

import json
import os
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def started(port, folder, **more):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SOURCEBOOK_")}
    environment |= {"PORT": str(port), "SOURCEBOOK_DATABASE_URL": f"sqlite:///{folder / 'served.db'}", **more}
    return subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--config", "python:api.server", "wsgi:app"],
        cwd=ROOT,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    port = free_port()
    server = started(port, tmp_path_factory.mktemp("server"), SOURCEBOOK_WORKERS="1")
    try:
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except ConnectionRefusedError:
                assert server.poll() is None, server.stderr.read()
                time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.communicate(timeout=60)


def answer(port, request):
    """Status, headers and body of what comes back for these bytes."""
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(request)
        received = b""
        while chunk := client.recv(65536):
            received += chunk
    head, _, body = received.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    return int(status.split()[1]), headers, body


GUNICORNS_OWN = {
    "a request line beyond 8190 bytes": (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
    "no request line": (b"NONSENSE\r\n\r\n", 400),
    "a header without a name": (b"GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", 400),
    "a header beyond 8190 bytes": (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 9000 + b"\r\n\r\n", 431),
}


@pytest.mark.parametrize("request_, status", GUNICORNS_OWN.values(), ids=GUNICORNS_OWN)
def test_errors_before_there_is_a_request_are_problems(port, request_, status):
    found, headers, body = answer(port, request_)
    assert found == status
    assert headers["content-type"] == "application/problem+json"
    problem = json.loads(body)
    assert problem["status"] == status
    assert problem["request_id"] == headers["x-request-id"]


POST = b"POST /v1/extract HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\n"
BODIES = {
    "chunks": (b'Transfer-Encoding: chunked\r\n\r\n9\r\n{"text": \r\n5\r\n"It"}\r\n0\r\n\r\n', 200),
    "a chunk of no size": (b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n", 400),
    "a chunk without its end": (b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}{}\r\n0\r\n\r\n", 400),
    "two lengths": (b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} ", 400),
    "a length beside chunks": (b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
}


@pytest.mark.parametrize("rest, status", BODIES.values(), ids=BODIES)
def test_a_body_that_is_sent_wrongly_is_the_clients_fault(port, rest, status):
    found, headers, body = answer(port, POST + rest)
    assert found == status
    assert status == 200 or headers["content-type"] == "application/problem+json"
    assert json.loads(body)


def test_the_longest_request_line_that_is_allowed_reaches_the_application(port):
    path = b"/v1/quotes?q=" + b"a" * 8000
    found, _, body = answer(port, b"GET " + path + b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert found == 422
    assert json.loads(body)["errors"][0]["pointer"] == "q"


def test_a_list_is_served(port):
    found, _, body = answer(port, b"GET /v1/quotes HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert found == 200
    assert json.loads(body)["data"] == []


def test_a_port_in_use_is_one_clear_line(port, tmp_path):
    server = started(port, tmp_path)
    said = server.communicate(timeout=120)[1]
    assert server.returncode != 0
    assert f"port {port} of 127.0.0.1 is in use" in said
    assert "Traceback" not in said


def test_a_setting_that_cannot_be_read_is_one_clear_line(tmp_path):
    server = started(free_port(), tmp_path, SOURCEBOOK_WORKERS="many")
    said = server.communicate(timeout=120)[1]
    assert server.returncode != 0
    assert said.strip() == "sourcebook: SOURCEBOOK_WORKERS: 'many' is not a whole number above 0"


def test_a_database_of_another_program_is_one_clear_line_and_left_alone(tmp_path):
    path = tmp_path / "served.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (a)")
    connection.close()
    before = path.read_bytes()
    server = started(free_port(), tmp_path)
    said = server.communicate(timeout=120)[1]
    assert server.returncode != 0
    assert (
        said.strip() == f"sourcebook: {path}: a database that another program made; nothing was changed in it"
    )
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]
