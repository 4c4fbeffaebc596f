"""A record held against its schema: the same keys, values of the types that it says, nothing more."""

from datetime import date, datetime

from marshmallow import fields

from api.v1 import schemas
from api.v1.schemas import QuotePage

COLLECTIONS = {
    "documents": schemas.DocumentSchema,
    "articles": schemas.ArticleSchema,
    "quotes": schemas.QuoteSchema,
    "speakers": schemas.SpeakerSchema,
    "comments": schemas.CommentSchema,
    "citations": schemas.CitationSchema,
    "sources": schemas.SourceSchema,
    "domains": schemas.DomainSchema,
}
PAGES = {
    "documents": schemas.DocumentPage,
    "articles": schemas.ArticlePage,
    "quotes": QuotePage,
    "speakers": schemas.SpeakerPage,
    "comments": schemas.CommentPage,
    "citations": schemas.CitationPage,
    "sources": schemas.SourcePage,
    "domains": schemas.DomainPage,
    "search": schemas.HitPage,
}
TYPES = {fields.String: str, fields.Boolean: bool, fields.Date: str}


def differences(value, schema, where=""):
    """Each way in which a value is not what the schema says; none when it is, key by key."""
    schema = schema() if isinstance(schema, type) else schema
    if not isinstance(value, dict):
        yield f"{where}: {value!r} is no object"
        return
    known = {field.data_key or name: field for name, field in schema.fields.items()}
    for name in value.keys() - known.keys():
        yield f"{where}.{name}: not in the schema"
    for name, field in known.items():
        if name in value:
            yield from of_field(value[name], field, f"{where}.{name}")
        elif field.required:
            yield f"{where}.{name}: missing"


def of_field(value, field, where):
    if value is None:
        if not field.allow_none:
            yield f"{where}: null"
    elif isinstance(field, fields.Nested):
        yield from differences(value, field.schema, where)
    elif isinstance(field, fields.List):
        if not isinstance(value, list):
            yield f"{where}: {value!r} is no list"
            return
        for at, item in enumerate(value):
            yield from of_field(item, field.inner, f"{where}[{at}]")
    elif isinstance(field, fields.Dict):
        for name, item in value.items():
            yield from of_field(item, field.value_field, f"{where}.{name}")
    else:
        yield from of_type(value, field, where)
        for validator in field.validators:
            validator(value)


def of_type(value, field, where):
    if isinstance(field, fields.Integer):
        right = type(value) is int
    elif isinstance(field, fields.Float):
        right = type(value) in (int, float)
    elif type(field) is fields.Raw:
        right = True
    else:
        right = type(value) is next(kind for base, kind in TYPES.items() if isinstance(field, base))
    if not right:
        yield f"{where}: {value!r} is no {type(field).__name__}"
    if field.metadata.get("format") == "date-time":
        datetime.fromisoformat(value)
    if field.metadata.get("format") == "date":
        date.fromisoformat(value)


def every(client, path, **query):
    """Every record of a list, page by page."""
    query.setdefault("limit", 500)
    while True:
        answer = client.get(path, query_string=query)
        assert answer.status_code == 200, answer.text
        yield from answer.json["data"]
        query["cursor"] = answer.json["meta"]["next_cursor"]
        if query["cursor"] is None:
            return


def stored(client, collection):
    """Every record of a collection, once."""
    return list(every(client, f"/v1/{collection}"))
