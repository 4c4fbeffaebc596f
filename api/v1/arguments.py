"""What a request may ask: the parameters that every list shares, read strictly.

A parameter that does not exist, or is given twice, is refused: a filter that is silently ignored is the
worst fault that an API of this kind can have.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from functools import wraps
from typing import Any

import flask
import marshmallow as ma
from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields, validate
from webargs.fields import DelimitedList
from webargs.flaskparser import FlaskParser

from api.v1.problems import fault, problem

View = Callable[..., flask.Response]

MAX_LIMIT = 500
MAX_WORDS = 500  # characters of a search


class Parser(FlaskParser):
    """webargs, strict about the query."""

    DEFAULT_UNKNOWN_BY_LOCATION = {  # noqa: RUF012, as webargs has it
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": ma.RAISE,
        "json": ma.RAISE,
    }

    def __init__(self) -> None:
        super().__init__()
        self._bare: dict[Any, dict[str, Any]] = {}

    def parse(
        self, argmap: Any, req: flask.Request | None = None, *, location: str | None = None, **kwargs: Any
    ) -> Any:
        """The arguments; what a query without parameters comes to is worked out once for each schema.

        A query is read here, and what is wrong with one by webargs, which asks more and says it in its way.
        """
        request = req or self.get_default_request()
        if location != "query":
            return super().parse(argmap, req, location=location, **kwargs)
        if not request.query_string:
            if argmap not in self._bare:
                self._bare[argmap] = super().parse(argmap, req, location=location, **kwargs)
            return dict(self._bare[argmap])
        try:
            return argmap.load(self.load_querystring(request, argmap))
        except ma.ValidationError:
            return super().parse(argmap, req, location=location, **kwargs)

    def load_querystring(self, request: flask.Request, schema: ma.Schema) -> Any:
        """The query's parameters; each may stand there once."""
        twice = [name for name, values in request.args.lists() if len(values) > 1]
        if twice:
            raise ma.ValidationError({name: ["Given more than once."] for name in twice})
        return request.args.to_dict()

    def load_json(self, request: flask.Request, schema: ma.Schema) -> Any:
        """The body; 415 if it is said to be something else."""
        if not request.is_json and (request.mimetype or request.get_data()):
            flask.abort(415, f"The body is {request.mimetype or 'of no said type'}, not application/json.")
        coding = request.headers.get("Content-Encoding", "identity")
        if coding.lower() != "identity":
            flask.abort(415, f"The body is coded as {coding[:40]}: send it as it is.")
        if request.content_length is None and len(request.get_data()) >= (request.max_content_length or 0):
            flask.abort(413)  # werkzeug cuts a chunked body at the limit, and says nothing
        try:
            return super().load_json(request, schema)
        except RecursionError:
            flask.abort(400, "The body is nested too deeply.")


class Resource(MethodView):
    """What answers at an address: a view for each method, looked up once; one without parameters refuses any."""

    init_every_request = False

    def __init__(self) -> None:
        self.views: dict[str, View] = {}
        for method in self.methods or ():
            view = getattr(self, method.lower())
            self.views[method] = view if _takes_parameters(view) else _without_parameters(view)
        if "GET" in self.views:
            self.views.setdefault("HEAD", self.views["GET"])

    def dispatch_request(self, **parent: str) -> flask.Response:
        """The answer of the request's method."""
        return self.views[flask.request.environ["REQUEST_METHOD"]](**parent)


def _takes_parameters(view: View) -> bool:
    parameters = getattr(view, "_apidoc", {}).get("arguments", {}).get("parameters", ())
    return any(parameter["in"] == "query" for parameter in parameters)


def _without_parameters(view: View) -> View:
    """The view, where none is given; the others' schemas see to theirs."""

    def refusing(**parent: str) -> flask.Response:
        given = flask.request.args
        if not given:
            return view(**parent)
        faults = [fault("query", name, "unknown", f"There is no parameter {name}.") for name in given]
        return problem(422, faults[0]["detail"], faults)

    return refusing


class V1Blueprint(Blueprint):
    """A blueprint whose views answer with responses, and whose arguments are read by our parser.

    Of flask-smorest's decorators what they document is kept; around a view that needs nothing from them they would
    take longer than one record's statement.
    """

    ARGUMENTS_PARSER = Parser()

    def arguments(self, schema: type[ma.Schema] | ma.Schema, location: str = "json") -> Any:
        """A view's arguments; the schema is made once, not for every request (a sixth of a list's time)."""
        made = schema() if isinstance(schema, type) else schema
        documented = _for_documentation(super().arguments(made, location=location))

        def decorated(view: View) -> View:
            @wraps(documented(view))
            def with_arguments(resource: Any, **parent: str) -> flask.Response:
                return view(resource, self.ARGUMENTS_PARSER.parse(made, location=location), **parent)

            return with_arguments

        return decorated

    def response(self, *args: Any, **kwargs: Any) -> Any:
        """What a view answers."""
        return _for_documentation(super().response(*args, **kwargs))

    def alt_response(self, *args: Any, **kwargs: Any) -> Any:
        """What a view may answer instead."""
        return _for_documentation(super().alt_response(*args, **kwargs))

    def doc(self, **kwargs: Any) -> Any:
        """More about a view."""
        return _for_documentation(super().doc(**kwargs))


def _for_documentation(decorator: Callable[[View], Any]) -> Callable[[View], View]:
    """A decorator that leaves the view as it is, with what the given one notes for the OpenAPI document."""

    def decorated(view: View) -> View:
        view._apidoc = decorator(view)._apidoc  # type: ignore[attr-defined]
        return view

    return decorated


class Input(ma.Schema):
    """A schema of what clients send: unknown names are refused, with the nearest known one."""

    class Meta:
        unknown = ma.RAISE

    def handle_error(self, error: ma.ValidationError, data: Any, *, many: bool, **kwargs: Any) -> None:
        """Name what was perhaps meant."""
        known = [field.data_key or name for name, field in self.fields.items()]
        messages = error.messages_dict
        for name, found in messages.items():
            if found == ["Unknown field."]:
                near = difflib.get_close_matches(str(name), known, 1, 0.5)
                hint = f" Did you mean {near[0]}?" if near else f" There are: {', '.join(sorted(known))}."
                messages[name] = [f"There is no parameter {name}.{hint}"]


def no_nul(value: str) -> None:
    """Refuse what no database column can hold."""
    if "\0" in value:
        raise ma.ValidationError("A NUL character.")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ma.ValidationError("A lone surrogate.") from error


def words(description: str, example: str, **more: Any) -> fields.String:
    """A parameter of free text."""
    return fields.String(
        validate=[validate.Length(1, MAX_WORDS), no_nul],
        metadata={"description": description, "example": example, **more},
    )


def one_of(names: tuple[str, ...], description: str, example: str) -> DelimitedList:
    """A parameter of one or several of ``names``, comma-separated."""
    return DelimitedList(
        fields.String(validate=validate.OneOf(names)),
        validate=validate.Length(1, 20),
        metadata={"description": description, "example": [example]},
    )


def one_name(names: tuple[str, ...], description: str, example: str) -> fields.String:
    """A parameter of one of ``names``."""
    return fields.String(
        validate=validate.OneOf(names), metadata={"description": description, "example": example}
    )


def path(name: str, description: str, example: str) -> dict[str, Any]:
    """A parameter of the path, for the OpenAPI document."""
    return {"name": name, "in": "path", "description": description, "example": example}


def ids(description: str, example: str) -> DelimitedList:
    """A parameter of one or several ids, comma-separated."""
    return DelimitedList(
        fields.String(validate=[validate.Length(1, 100), no_nul]),
        validate=validate.Length(1, 50),
        metadata={"description": description, "example": [example]},
    )


class Query(Input):
    """A schema of a query's parameters, which reads those that are given: marshmallow asks every field.

    A test holds it to what marshmallow would read.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        fields = self.load_fields.items()
        self.parameters = {field.data_key or name: (name, field) for name, field in fields}
        self.required = {name for name, field in fields if field.required}
        self.defaults = {
            name: field.load_default for name, field in fields if field.load_default is not ma.missing
        }
        self.plain = not any(self._hooks.values())  # nothing looks at the whole

    def load(self, data: Any, **kwargs: Any) -> Any:
        """As of any schema. What is wrong is told by marshmallow's own, which goes on to the last fault."""
        if not self.plain:
            return super().load(data, **kwargs)
        given = dict(self.defaults)
        try:
            for parameter, value in data.items():
                name, field = self.parameters[parameter]
                given[name] = field.deserialize(value, parameter, data)
        except (KeyError, ma.ValidationError):
            return super().load(data, **kwargs)
        return given if self.required <= given.keys() else super().load(data, **kwargs)


class PageArgs(Query):
    """The parameters of every list."""

    limit = fields.Integer(
        load_default=50,
        validate=validate.Range(1, MAX_LIMIT),
        metadata={"description": "How many records a page has at most.", "example": 50},
    )
    cursor = fields.String(
        validate=[validate.Length(1, 1000), no_nul],
        metadata={
            "description": "Where to go on: `meta.next_cursor` of the page before, with the same filters and sort.",
        },
    )
    count = fields.String(
        load_default="none",
        validate=validate.OneOf(("none", "bounded", "exact")),
        metadata={
            "description": "Whether `meta.total` is given: `bounded` stops at 10,000 and then says `gte`.",
            "example": "bounded",
        },
    )


class DatedArgs(PageArgs):
    """The parameters of lists of records with a document behind them."""

    published_after = fields.Date(
        metadata={"description": "Of documents published on this day or later.", "example": "2026-01-01"}
    )
    published_before = fields.Date(
        metadata={"description": "Of documents published before this day.", "example": "2027-01-01"}
    )
    site = words("Of documents whose own address is on this registered domain.", "example.org")
    versions = fields.String(
        load_default="current",
        validate=validate.OneOf(("current", "all")),
        metadata={
            "description": "`all`: with what older versions of a page hold; they are left out otherwise.",
            "example": "current",
        },
    )


def sort_field(names: list[str], default: str = "loaded_at") -> fields.String:
    """The parameter ``sort``."""
    return fields.String(
        load_default=default,
        validate=validate.OneOf(names),
        metadata={
            "description": "The order; `-` for descending. Equal ones are in the order of loading.",
            "example": default,
        },
    )
