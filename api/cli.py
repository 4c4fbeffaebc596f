"""The command line: ``flask load``, ``extract``, ``keys``, ``openapi``; parse, call, report."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

import click
import flask
import orjson
from flask.cli import AppGroup, with_appcontext
from tqdm import tqdm

from api import keys
from api.config import Config
from api.database import prepare
from api.errors import LoadError, StoreError
from api.loader import extraction
from api.loader.read import documents
from api.loader.records import Text
from api.loader.report import report
from api.models import ApiKey
from api.store import is_current, settle_speakers, store

OPENAPI = Path(__file__).parent.parent / "openapi" / "v1.json"

P = ParamSpec("P")
R = TypeVar("R")


def register(app: flask.Flask, config: Config) -> None:
    """Our commands on ``app``'s command line."""
    app.cli.add_command(_load(config))
    app.cli.add_command(_extract(config))
    app.cli.add_command(key_commands)
    app.cli.commands["openapi"].add_command(write_openapi)  # type: ignore[attr-defined]


def _with_database(command: Callable[P, R]) -> Callable[P, R]:
    """The command, over a database at the newest schema; what keeps that from being used is said in one line."""

    @wraps(command)
    def prepared(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            prepare()
        except StoreError as error:
            sys.exit(f"sourcebook: {error}")
        return command(*args, **kwargs)

    return prepared


def _load(config: Config) -> click.Command:
    @click.command("load")
    @click.argument("paths", nargs=-1, required=True, metavar="PATH...")
    @click.option("--quiet", is_flag=True, help="Say nothing of documents that went well.")
    @_with_database
    def load(paths: tuple[str, ...], quiet: bool) -> None:
        """Load files, folders, or standard input (-) into the database.

        What is there already is not loaded again. A document that fails does not stop the others; the exit
        status then is 1.
        """
        outcomes: Counter[str] = Counter()
        failed: list[LoadError] = []
        bar = tqdm(unit=" documents", disable=not sys.stderr.isatty(), leave=False, file=sys.stderr)
        with bar:
            for document in _read(paths, config):
                started = time.perf_counter()
                bar.update()
                if isinstance(document, LoadError):
                    failed.append(document)
                    tqdm.write(f"failed: {document}", file=sys.stderr)
                    continue
                if is_current(document):
                    outcomes["unchanged"] += 1
                    continue
                found = extraction(document)
                outcomes[store(found, settled=False).outcome] += 1
                if not quiet:
                    tqdm.write(
                        f"{document.url or document.name}: {len(found.quotes)} quotes, "
                        f"{len(found.segments.comments)} comments, {len(found.citations)} links, "
                        f"{time.perf_counter() - started:.2f} s",
                        file=sys.stderr,
                    )
        settle_speakers()
        parts = [f"{count} {outcome}" for outcome, count in sorted(outcomes.items())]
        click.echo(", ".join([*parts, f"{len(failed)} failed"]), err=True)
        if failed:
            sys.exit(1)

    return load


def _extract(config: Config) -> click.Command:
    @click.command("extract")
    @click.argument("paths", nargs=-1, required=True, metavar="PATH...")
    def extract(paths: tuple[str, ...]) -> None:
        """Print what is found in files, folders, or standard input (-) as JSON Lines; nothing is stored."""
        failed = False
        for document in _read(paths, config):
            if isinstance(document, LoadError):
                failed = True
                line = orjson.dumps({"id": document.id, "error": str(document)})
            else:
                line = orjson.dumps(report(extraction(document)))
            sys.stdout.buffer.write(line + b"\n")
        sys.stdout.buffer.flush()
        if failed:
            sys.exit(1)

    return extract


def _read(paths: tuple[str, ...], config: Config) -> Iterator[Text | LoadError]:
    return documents(paths, config.max_document_bytes, config.load_characters)


key_commands = AppGroup("keys", help="Keys for writing over HTTP.")


@key_commands.command("create")
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, type=click.Choice(keys.SCOPES), default=("read", "write"))
@_with_database
def create_key(name: str, scopes: tuple[str, ...]) -> None:
    """Make a key called NAME and print it; it is not shown again."""
    key, row = keys.create(name, scopes)
    click.echo(f"{row.id}: keep this key, it is not shown again.", err=True)
    click.echo(key)


@key_commands.command("list")
@_with_database
def list_keys() -> None:
    """List the keys: id, name, scopes, when made, when revoked."""
    for row in ApiKey.select().order_by(ApiKey.pk):
        revoked = f"  revoked {row.revoked_at}" if row.revoked_at else ""
        click.echo(f"{row.id}  {row.name}  {row.scopes}  {row.created_at}{revoked}")


@key_commands.command("revoke")
@click.argument("id")
@_with_database
def revoke_key(id: str) -> None:
    """End the key with this ID."""
    if not keys.revoke(id):
        raise click.ClickException(f"There is no key {id} in use.")
    click.echo(f"{id} is revoked.", err=True)


@click.command("write")
@with_appcontext
def write_openapi() -> None:
    """Write the OpenAPI document to openapi/v1.json."""
    api = flask.current_app.extensions["flask-smorest"]["apis"][""]["ext_obj"]
    OPENAPI.write_text(json.dumps(api.spec.to_dict(), indent=2, ensure_ascii=False) + "\n")
    click.echo(f"{OPENAPI.name} written", err=True)
