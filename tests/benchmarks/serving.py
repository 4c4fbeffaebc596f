"""The serving benchmark: ``python -m tests.benchmarks.serving FILE``, a file that ``generate`` made.

Our server as it is shipped, beside a bare Flask view under the same gunicorn that returns as many constant
bytes, and, with ``--datasette PROGRAM``, beside Datasette's table pages of the same file. Each round asks one after
the other for a while; what is printed are medians of ratios: CPU seconds of all server processes a request (from
/proc), and requests a second. ``wrk`` makes the load and has to be installed.
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
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode
from urllib.request import urlopen

from api.config import Config
from api.database import database, open_database
from api.pagination import written_cursor
from api.v1.lists import QUOTES
from tests.benchmarks.generate import COMMON, RARE

OURS, FLOOR, DATASETTE = 8641, 8642, 8643  # ports
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
SOME_SPEAKER = "FROM speaker WHERE quote_count BETWEEN 100 AND 1000 ORDER BY pk LIMIT 1"
SOME_DOMAIN = "FROM domain WHERE source_count BETWEEN 60 AND 1000 ORDER BY pk LIMIT 1"
LEAN = """
import gc
from api.server import *

def when_ready(server):
    gc.freeze()
"""  # our settings, without the tagger's weights


def url(port: int, path: str) -> str:
    """The address of a path."""
    return f"http://127.0.0.1:{port}{path}"


def questions() -> dict[str, str]:
    """What is asked for, by name: addresses that have a full page of answers."""

    def one(sql: str) -> str:
        return str(database.execute_sql(sql).fetchone()[0])

    middle = one("SELECT id FROM quote WHERE pk = (SELECT max(pk) / 2 FROM quote)")
    domain = one(f"SELECT domain {SOME_DOMAIN}")
    return {
        "one quote": f"/v1/quotes/{middle}",
        "quotes, first page": "/v1/quotes",
        "quotes of a speaker, by id": f"/v1/quotes?speaker_id={one(f'SELECT id {SOME_SPEAKER}')}",
        "quotes of a speaker, by name": f"/v1/quotes?speaker={quote(one(f'SELECT name {SOME_SPEAKER}'))}",
        "sources of a domain": f"/v1/sources?domain={domain}",
        "search, rare word": f"/v1/quotes?q={RARE}",
        "search, word in 4%": f"/v1/quotes?q={COMMON}",
        "domains with counts": "/v1/domains?sort=-citation_count",
        "quotes, page at the middle": "/v1/quotes?" + urlencode({"cursor": _cursor()}),
    }


def another_each_time() -> dict[str, list[str]]:
    """The same for a thousand records in turn, so that no answer is asked for twice in a short time."""

    def column(sql: str) -> list[str]:
        return [str(row[0]) for row in database.execute_sql(sql).fetchall()]

    quotes = column("SELECT id FROM quote WHERE pk % (SELECT max(pk) / 1000 FROM quote) = 7")
    speakers = column("SELECT id FROM speaker WHERE quote_count > 50 ORDER BY id LIMIT 1000")
    return {
        "one quote, another each time": [f"/v1/quotes/{id}" for id in quotes],
        "quotes of a speaker, another each time": [f"/v1/quotes?speaker_id={id}" for id in speakers],
    }


def datasette_pages() -> dict[str, str]:
    """Datasette's pages for some of the questions: its own SQL, without the counts and facets that it adds."""
    lean = "_size=50&_nocount=1&_nofacet=1&_nosuggest=1"
    table = Path(str(database.database)).stem
    speaker, domain = (
        database.execute_sql(sql).fetchone()[0]
        for sql in (f"SELECT pk {SOME_SPEAKER}", f"SELECT pk {SOME_DOMAIN}")
    )
    return {
        "quotes of a speaker, by id": f"/{table}/quote.json?speaker_id={speaker}&{lean}",
        "sources of a domain": f"/{table}/source.json?domain_id={domain}&{lean}",
    }


def _cursor() -> str:
    """A cursor at the middle quote."""
    middle = database.execute_sql("SELECT max(pk) / 2 FROM quote").fetchone()[0]
    return written_cursor([middle], [QUOTES.name, "loaded_at", [("current", 1)]])


def server(
    port: int, application: str, *arguments: str, folder: str, **more: str
) -> AbstractContextManager[int]:
    """gunicorn with our settings, those of the arguments before them; the master's process id."""
    environment = {**os.environ, "PORT": str(port), "PYTHONPATH": f"{ROOT}:{folder}", **more}
    command = [sys.executable, "-m", "gunicorn", "--config", "python:api.server", *arguments, application]
    return _running(command, port, environment)


def datasette(program: str, file: str) -> AbstractContextManager[int]:
    """Datasette at the file; its process id."""
    command = [program, "serve", file, "--port", str(DATASETTE)]
    return _running(command, DATASETTE, dict(os.environ), stdout=subprocess.DEVNULL)  # a line a request


@contextmanager
def _running(command: Sequence[str], port: int, environment: Mapping[str, str], **more: Any) -> Iterator[int]:
    process = subprocess.Popen(command, cwd=ROOT, env=environment, **more)
    try:
        for _ in range(600):
            try:
                urlopen(url(port, "/nothing"))
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


def memory_mb(master: int, file: str) -> float:
    """Proportional set size of a server's processes, without pages of the database's file.

    Those are the kernel's, which takes them back when it needs to.
    """
    total, counted = 0, True
    for process in family(master):
        for line in Path(f"/proc/{process}/smaps").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1]) * counted
            elif "-" in line.partition(" ")[0]:  # the head of a mapping, which ends in the file's name
                counted = file not in line
    return total / 1024


def load(target: Sequence[str], master: int, seconds: int, connections: int) -> tuple[float, float]:
    """CPU seconds a request, and requests a second; ``target`` is an address, and options of wrk before it."""
    before = cpu_s(master)
    said = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", *target],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    spent = cpu_s(master) - before
    requests = int(re.search(r"(\d+) requests in", said)[1])  # type: ignore[index]
    rate = float(re.search(r"Requests/sec: +([\d.]+)", said)[1])  # type: ignore[index]
    assert "Non-2xx" not in said or "-H" in target, f"{target}\n{said}"
    return spent / requests, rate


def script(folder: str, name: str, paths: Sequence[str]) -> str:
    """A file that has wrk ask for one path after the other."""
    listed = ", ".join(f'"{path}"' for path in paths)
    file = Path(folder, f"{name}.lua")
    file.write_text(
        f"local paths, at = {{{listed}}}, 0\n"
        "request = function() at = at % #paths + 1; return wrk.format(nil, paths[at]) end\n"
    )
    return str(file)


class Benchmark:
    """Rounds against our server and others beside it."""

    def __init__(self, given: argparse.Namespace) -> None:
        self.given = given
        self.address = f"sqlite:///{Path(given.file).resolve()}"
        opened = open_database(Config(database_url=self.address))
        self.asked = questions()
        self.others = another_each_time()
        self.tables = datasette_pages()
        opened.close()
        self.folder = tempfile.mkdtemp()
        Path(self.folder, "constant.py").write_text(CONSTANT)
        Path(self.folder, "lean.py").write_text(LEAN)
        self.cost: dict[str, float] = {}  # seconds of our CPU

    def server(self, port: int, application: str, *arguments: str) -> AbstractContextManager[int]:
        """One of gunicorn's, at the file."""
        more = ("--worker-class", self.given.worker_class) if self.given.worker_class else ()
        return server(
            port, application, *more, *arguments, folder=self.folder, SOURCEBOOK_DATABASE_URL=self.address
        )

    def load(self, target: Sequence[str], master: int) -> tuple[float, float]:
        """As the function."""
        return load(target, master, self.given.seconds, self.given.connections)

    def run(self) -> None:
        """Everything, printed as it is known."""
        given = self.given
        print(f"{os.cpu_count()} cores, {given.connections} connections, {given.rounds} rounds")
        with self.server(OURS, "wsgi:app") as master, self.server(FLOOR, "constant:app") as bare:
            self.beside_constant_bytes(master, bare)
            self.among_themselves(master)
            if given.datasette:
                self.beside_datasette(master)
            print(f"| MB of master and workers | {memory_mb(master, given.file):.0f} |")
        with self.server(OURS, "wsgi:app", "--config", "python:lean") as master:
            for target in self.targets().values():
                self.load(target, master)
            print(f"| the same without the tagger | {memory_mb(master, given.file):.0f} |")

    def targets(self) -> dict[str, list[str]]:
        """What wrk is told, by the name of the request."""
        fixed = {name: [url(OURS, path)] for name, path in self.asked.items()}
        scripts = {
            name: ["-s", script(self.folder, str(at), paths), url(OURS, paths[0])]
            for at, (name, paths) in enumerate(self.others.items())
        }
        return {**fixed, **scripts}

    def beside_constant_bytes(self, master: int, bare: int) -> None:
        """The first table."""
        print("\n| request | bytes | ms CPU | CPU of floor | throughput of floor |\n|---|---|---|---|---|")
        for name, target in self.targets().items():
            size = len(urlopen(target[-1]).read())
            rounds = []
            for _ in range(self.given.rounds):
                mine, least = self.load(target, master), self.load([url(FLOOR, f"/{size}")], bare)
                rounds.append((mine[0], mine[0] / least[0], mine[1] / least[1]))
            self.cost[name], cpu, throughput = map(statistics.median, zip(*rounds, strict=True))
            print(
                f"| {name} | {size} | {self.cost[name] * 1000:.2f} | {cpu:.2f} | {throughput:.2f} |",
                flush=True,
            )

    def among_themselves(self, master: int) -> None:
        """What of our requests costs how much of another one."""
        name = "quotes of a speaker, by id"
        target = url(OURS, self.asked[name])
        tag = urlopen(target).headers["ETag"]
        unchanged = ["-H", f"If-None-Match: {tag}", target]
        spent = statistics.median(self.load(unchanged, master)[0] for _ in range(self.given.rounds))
        print("\n| ratio of CPU | |\n|---|---|")
        print(f"| 304 against 200, {name} | {spent / self.cost[name]:.2f} |")
        for name, other in (
            ("quotes, page at the middle", "quotes, first page"),
            ("search, word in 4%", "search, rare word"),
        ):
            print(f"| {name}, against {other} | {self.cost[name] / self.cost[other]:.2f} |")

    def beside_datasette(self, master: int) -> None:
        """Its CPU against ours."""
        with datasette(self.given.datasette, self.given.file) as theirs:
            for name, path in self.tables.items():
                ratios = [
                    self.load([url(DATASETTE, path)], theirs)[0]
                    / self.load([url(OURS, self.asked[name])], master)[0]
                    for _ in range(self.given.rounds)
                ]
                print(f"| Datasette against ours, {name} | {statistics.median(ratios):.2f} |", flush=True)


def main() -> None:
    """Measure and print tables in Markdown."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("file")
    arguments.add_argument("--rounds", type=int, default=7)
    arguments.add_argument("--seconds", type=int, default=3)
    arguments.add_argument("--connections", type=int, default=16)
    arguments.add_argument("--worker-class", help="of both servers: sync, gevent ... in place of ours")
    arguments.add_argument("--datasette", help="the program, from an environment of its own")
    Benchmark(arguments.parse_args()).run()


if __name__ == "__main__":
    main()
