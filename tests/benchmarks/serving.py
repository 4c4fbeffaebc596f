"""The serving benchmark: ``python -m tests.benchmarks.serving FILE``, a file that ``generate`` made.

Our server as it is shipped, beside a bare Flask view under the same gunicorn that returns as many constant
bytes. Each round asks one after the other for a while; what is printed are medians of ratios: CPU seconds of all
server processes a request (from /proc), and requests a second. ``wrk`` makes the load and has to be installed.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode
from urllib.request import urlopen

from api.config import Config
from api.database import database, open_database
from api.pagination import written_cursor
from api.v1.lists import QUOTES
from tests.benchmarks.generate import COMMON, RARE

OURS, FLOOR = 8641, 8642  # ports
TICKS = os.sysconf("SC_CLK_TCK")
ROOT = Path(__file__).resolve().parents[2]
CONSTANT = """
import os
import flask
app = flask.Flask(__name__)
BODY = b"x" * 60_000

@app.get("/<int:size>")
def constant(size):
    return flask.Response(BODY[:size], mimetype="application/json")
"""


def questions() -> dict[str, str]:
    """What is asked for, by name: addresses that have a full page of answers."""

    def one(sql: str) -> str:
        return str(database.execute_sql(sql).fetchone()[0])

    speaker = "FROM speaker WHERE quote_count BETWEEN 100 AND 1000 ORDER BY pk LIMIT 1"
    middle = one("SELECT id FROM quote WHERE pk = (SELECT max(pk) / 2 FROM quote)")
    domain = one("SELECT domain FROM domain WHERE source_count BETWEEN 60 AND 1000 ORDER BY pk LIMIT 1")
    return {
        "one quote": f"/v1/quotes/{middle}",
        "quotes, first page": "/v1/quotes",
        "quotes of a speaker, by id": f"/v1/quotes?speaker_id={one('SELECT id ' + speaker)}",
        "quotes of a speaker, by name": f"/v1/quotes?speaker={quote(one('SELECT name ' + speaker))}",
        "sources of a domain": f"/v1/sources?domain={domain}",
        "search, rare word": f"/v1/quotes?q={RARE}",
        "search, word in 4%": f"/v1/quotes?q={COMMON}",
        "domains with counts": "/v1/domains?sort=-citation_count",
    }


@contextmanager
def server(port: int, *arguments: str, folder: str, **more: str) -> Iterator[int]:
    """gunicorn with our settings; the master's process id."""
    environment = {**os.environ, "PORT": str(port), "PYTHONPATH": f"{ROOT}:{folder}", **more}
    command = [sys.executable, "-m", "gunicorn", "--config", "python:api.server", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        for _ in range(600):
            try:
                urlopen(f"http://127.0.0.1:{port}/nothing")
            except OSError as error:
                if hasattr(error, "code"):  # any answer
                    break
            time.sleep(0.1)
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def family(master: int) -> list[int]:
    """The master and its workers."""
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    return [master, *map(int, children)]


def cpu_s(master: int) -> float:
    """CPU seconds of a server's processes so far."""
    total = 0
    for process in family(master):
        fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def memory_mb(master: int) -> float:
    """Proportional set size of a server's processes."""
    found = (Path(f"/proc/{process}/smaps_rollup").read_text() for process in family(master))
    return sum(int(re.search(r"^Pss: +(\d+)", text, re.M)[1]) for text in found) / 1024  # type: ignore[index]


def load(url: str, master: int, seconds: int, connections: int, *headers: str) -> tuple[float, float]:
    """CPU seconds a request, and requests a second."""
    options = [option for header in headers for option in ("-H", header)]
    before = cpu_s(master)
    said = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", *options, url],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    spent = cpu_s(master) - before
    requests = int(re.search(r"(\d+) requests in", said)[1])  # type: ignore[index]
    rate = float(re.search(r"Requests/sec: +([\d.]+)", said)[1])  # type: ignore[index]
    assert "Non-2xx" not in said or headers, f"{url}\n{said}"
    return spent / requests, rate


def main() -> None:
    """Measure and print a table in Markdown."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("file")
    arguments.add_argument("--rounds", type=int, default=7)
    arguments.add_argument("--seconds", type=int, default=3)
    arguments.add_argument("--connections", type=int, default=16)
    given = arguments.parse_args()
    address = f"sqlite:///{Path(given.file).resolve()}"
    opened = open_database(Config(database_url=address))
    asked = questions()
    opened.close()
    folder = tempfile.mkdtemp()
    Path(folder, "constant.py").write_text(CONSTANT)
    ours, floor = f"http://127.0.0.1:{OURS}", f"http://127.0.0.1:{FLOOR}"
    with (
        server(OURS, "wsgi:app", folder=folder, SOURCEBOOK_DATABASE_URL=address) as master,
        server(FLOOR, "constant:app", folder=folder) as bare,
    ):
        asked["quotes, page at the middle"] = "/v1/quotes?" + urlencode({"cursor": _cursor()})
        cost: dict[str, float] = {}
        print(f"{os.cpu_count()} cores, {given.connections} connections, {given.rounds} rounds")
        print("\n| request | bytes | ms CPU | CPU of floor | throughput of floor |\n|---|---|---|---|---|")
        for name, path in asked.items():
            size = len(urlopen(ours + path).read())
            rounds = []
            for _ in range(given.rounds):
                mine = load(ours + path, master, given.seconds, given.connections)
                least = load(f"{floor}/{size}", bare, given.seconds, given.connections)
                rounds.append((mine[0], mine[0] / least[0], mine[1] / least[1]))
            cost[name], cpu, throughput = (statistics.median(column) for column in zip(*rounds, strict=True))
            print(f"| {name} | {size} | {cost[name] * 1000:.2f} | {cpu:.2f} | {throughput:.2f} |", flush=True)
        list_path = asked["quotes of a speaker, by id"]
        tag = urlopen(ours + list_path).headers["ETag"]
        unchanged = [
            load(ours + list_path, master, given.seconds, given.connections, f"If-None-Match: {tag}")[0]
            for _ in range(given.rounds)
        ]
        print("\n| ratio of CPU | |\n|---|---|")
        ratio = statistics.median(unchanged) / cost["quotes of a speaker, by id"]
        print(f"| 304 against 200, quotes of a speaker | {ratio:.2f} |")
        deep = cost["quotes, page at the middle"] / cost["quotes, first page"]
        print(f"| page at the middle against the first | {deep:.2f} |")
        print(
            f"| word in 4% against rare word | {cost['search, word in 4%'] / cost['search, rare word']:.2f} |"
        )
        print(f"\nmemory of master and workers (PSS): {memory_mb(master):.0f} MB")


def _cursor() -> str:
    """A cursor at the middle quote."""
    middle = database.execute_sql("SELECT max(pk) / 2 FROM quote").fetchone()[0]
    database.close()
    return written_cursor([middle], [QUOTES.name, "loaded_at", [("current", 1)]])


if __name__ == "__main__":
    main()
