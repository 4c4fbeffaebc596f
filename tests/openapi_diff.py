"""What of an OpenAPI document would break a client of the one before; ours, since no tool at hand sees it all."""

NARROWING = (
    ("maximum", 1),
    ("maxLength", 1),
    ("maxItems", 1),
    ("minimum", -1),
    ("minLength", -1),
    ("minItems", -1),
)


def breaks(old, new):
    """Yield each break as a line: what is gone, newly required, of another type, or narrower than it was."""
    for path, methods in old["paths"].items():
        for method, was in methods.items():
            if method == "parameters":
                continue
            now = new["paths"].get(path, {}).get(method)
            where = f"{method} {path}"
            if now is None:
                yield f"{where}: gone"
                continue
            yield from _parameters(where, _all(old, path, was), _all(new, path, now))
            yield from _request(where, old, new, was, now)
            yield from _responses(where, old, new, was, now)


def _resolved(document, part):
    while "$ref" in part:
        value = document
        for name in part["$ref"].removeprefix("#/").split("/"):
            value = value[name]
        part = value
    return part


def _all(document, path, operation):
    every = [*document["paths"][path].get("parameters", []), *operation.get("parameters", [])]
    return {(one["in"], one["name"]): one for one in (_resolved(document, part) for part in every)}


def _parameters(where, old, new):
    for key, was in old.items():
        if key not in new:
            yield f"{where}: parameter {key[1]} gone"
        else:
            yield from _narrower(f"{where}: {key[1]}", was["schema"], new[key]["schema"])
    for key, now in new.items():
        if now.get("required") and not old.get(key, {}).get("required"):
            yield f"{where}: parameter {key[1]} required"


def _request(where, old_document, new_document, old, new):
    was, now = (_content(*pair) for pair in ((old_document, old), (new_document, new)))
    for media_type, schema in was.items():
        if media_type not in now:
            yield f"{where}: no {media_type} body"
        else:
            yield from _schema(
                f"{where} body", old_document, new_document, schema, now[media_type], sent=True
            )


def _content(document, holder):
    content = _resolved(document, holder.get("requestBody", {})).get("content", {})
    return {name: value.get("schema", {}) for name, value in content.items()}


def _responses(where, old_document, new_document, old, new):
    for status, was in old["responses"].items():
        if status not in new["responses"]:
            yield f"{where}: no {status}"
            continue
        contents = [
            _resolved(document, part).get("content", {})
            for document, part in ((old_document, was), (new_document, new["responses"][status]))
        ]
        for media_type, value in contents[0].items():
            if media_type not in contents[1]:
                yield f"{where}: {status} no {media_type}"
                continue
            now = contents[1][media_type].get("schema", {})
            yield from _schema(f"{where} {status}", old_document, new_document, value.get("schema", {}), now)


def _schema(where, old_document, new_document, old, new, sent=False, seen=()):
    if old.get("$ref") in seen:
        return
    seen = (*seen, old["$ref"]) if "$ref" in old else seen
    old, new = _resolved(old_document, old), _resolved(new_document, new)
    yield from _narrower(where, old, new, sent)
    for name, was in old.get("properties", {}).items():
        if name not in new.get("properties", {}):
            yield f"{where}: field {name} gone"
        else:
            now = new["properties"][name]
            yield from _schema(f"{where}.{name}", old_document, new_document, was, now, sent, seen)
    required = set(old.get("required", ())), set(new.get("required", ()))
    for name in sorted(required[1] - required[0] if sent else required[0] - required[1]):
        yield f"{where}: field {name} {'required' if sent else 'no longer sure'}"
    variants = {one.get("$ref"): one for one in new.get("anyOf", ())}
    for one in old.get("anyOf", ()):
        if one.get("$ref") not in variants:
            yield f"{where}: {one.get('$ref')} gone"
        else:
            yield from _schema(where, old_document, new_document, one, one, sent, seen)
    if "items" in old and "items" in new:
        yield from _schema(f"{where}[]", old_document, new_document, old["items"], new["items"], sent, seen)


def _narrower(where, old, new, sent=True):
    if old.get("type") != new.get("type"):
        yield f"{where}: type {old.get('type')} to {new.get('type')}"
    if set(old.get("enum", ())) - set(new.get("enum", old.get("enum", ()))) or (
        "enum" in new and "enum" not in old
    ):
        yield f"{where}: enum narrower"
    for name, sign in NARROWING if sent else ():
        if name in new and (name not in old or sign * new[name] < sign * old[name]):
            yield f"{where}: {name} narrower"
