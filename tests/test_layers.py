"""Imports point down: a module of a level knows only what is below it, and the loader nothing but text."""

import ast
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

API = Path(__file__).resolve().parents[1] / "api"

# The layout list of the design, top to bottom; what shares a level may know one another.
LEVELS = [
    {"api"},
    {"api.cli", "api.server"},
    {"api.pages", "api.health"},
    {"api.v1"},
    {"api.envelope", "api.formats"},
    {"api.search", "api.pagination", "api.facets", "api.written"},
    {"api.jobs"},
    {"api.store"},
    {"api.corrections"},
    {"api.variants", "api.speakers", "api.keys"},
    {"api.identity"},
    {"api.models", "api.migrations"},
    {"api.database"},
    {"api.loader"},
    {"api.config"},
    {"api.errors"},
]
# What the loader may use of the standard library is anything but a clock, the network and processes.
IMPURE = {"time", "socket", "ssl", "urllib.request", "http", "subprocess", "threading", "asyncio", "random"}
WEB = {"flask", "flask_smorest", "werkzeug", "marshmallow", "webargs", "peewee", "playhouse", "sqlite3"}
NETWORK = {"requests", "httpx", "urllib3", "aiohttp"}


def modules():
    for path in sorted(API.rglob("*.py")):
        parts = path.relative_to(API.parent).with_suffix("").parts
        if parts[:3] != ("api", "loader", "model"):  # how the weights were made, not what runs
            yield ".".join(parts).removesuffix(".__init__"), path


def imported(path, name):
    """Every module that ``path`` imports, at the top or below, dotted as deep as it is a module of ours."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}: a relative import"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in NAMES else node.module


PATHS = dict(modules())
NAMES = set(PATHS)
EDGES = {name: set(imported(path, name)) for name, path in PATHS.items()}


def level(name):
    """The place in ``LEVELS`` of the longest part of the name that has one."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        for depth, names in enumerate(LEVELS):
            if ".".join(parts[:end]) in names and (end > 1 or name == "api"):
                return depth
    raise AssertionError(f"{name} has no level")


def test_every_module_has_a_level():
    assert all(level(name) is not None for name in NAMES)


@pytest.mark.parametrize("name", sorted(NAMES))
def test_imports_point_down(name):
    for other in EDGES[name] & NAMES:
        assert level(name) <= level(other), f"{name} imports {other}, which is above it"


@pytest.mark.parametrize("name", sorted(NAMES))
def test_imports_stand_at_the_top(name):
    tree = ast.parse(PATHS[name].read_text("utf-8"))
    top = {id(node) for node in tree.body} | {
        id(inner) for node in tree.body if isinstance(node, ast.If) for inner in node.body
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            assert id(node) in top, f"{name}, line {node.lineno}"


@pytest.mark.parametrize("name", sorted(name for name in NAMES if name.startswith("api.loader")))
def test_the_loader_is_pure(name):
    for other in EDGES[name]:
        assert other not in IMPURE, f"{name} imports {other}"
        assert other.split(".")[0] not in WEB | NETWORK, f"{name} imports {other}"
        if other in NAMES:
            assert other.startswith(("api.loader", "api.errors")), f"{name} imports {other}"


@pytest.mark.parametrize("name", sorted(name for name in NAMES if name.startswith("api.loader")))
def test_the_loader_asks_no_clock(name):
    calls = {
        node.func.attr
        for node in ast.walk(ast.parse(PATHS[name].read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert not calls & {"now", "today", "utcnow", "time_ns", "perf_counter"}


def test_there_are_no_cycles():
    own = {name: edges & NAMES - {name} for name, edges in EDGES.items()}
    try:
        list(TopologicalSorter(own).static_order())
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_what_is_imported_is_pinned_or_in_the_standard_library():
    """Every package that the code imports is a line of requirements.txt, by its own name."""
    pins = (API.parent / "requirements.txt").read_text("utf-8").lower()
    names = {"playhouse": "peewee", "flask_smorest": "flask-smorest", "flask_swagger_ui": "flask-swagger-ui"}
    names |= {"charset_normalizer": "charset-normalizer", "click": "flask", "markupsafe": "flask"}
    for name, edges in EDGES.items():
        for other in edges:
            package = other.split(".")[0]
            if package == "api" or package in sys.stdlib_module_names:
                continue
            pin = names.get(package, package)
            assert f"\n{pin}==" in f"\n{pins}", f"{name} imports {package}"


def test_every_module_says_what_it_is():
    for name, path in PATHS.items():
        assert ast.get_docstring(ast.parse(path.read_text("utf-8"))), name
