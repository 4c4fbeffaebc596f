"""Version 1 of the JSON: its resources, and how its OpenAPI document is made."""

from __future__ import annotations

import flask
from flask_smorest import Blueprint

from api.v1 import (
    articles,
    citations,
    comments,
    corrections,
    documents,
    domains,
    export,
    health,
    quotes,
    search,
    sources,
    speakers,
)
from api.v1.problems import ProblemApi

BLUEPRINTS: tuple[Blueprint, ...] = (
    documents.blp,
    articles.blp,
    quotes.blp,
    speakers.blp,
    comments.blp,
    citations.blp,
    sources.blp,
    domains.blp,
    search.blp,
    search.stats_blp,
    export.blp,
    documents.extract_blp,
    corrections.blp,
    health.blp,
)

DESCRIPTION = """Sourcebook turns documents into records: **who said what** (quotes by speaker), **who answered**
(readers' comments) and **what was cited** (links by domain). Every record points at the exact characters that
it came from: offsets are Unicode code points, half-open, into `/v1/documents/{id}/text`.

* **Pages**: `data`, `meta`, `links`. Go on with `meta.next_cursor` until it is null.
* **Filters**: several are AND; commas are OR. An unknown parameter is refused.
* **Errors**: `application/problem+json` (RFC 9457), everywhere.
* **Stability**: keys are added to version 1, never renamed or removed.
"""


def register(app: flask.Flask, public_url: str) -> ProblemApi:
    """Version 1 on ``app``, with its OpenAPI document at ``/openapi.json``."""
    app.config.update(
        API_TITLE="Sourcebook",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/",
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={
            "info": {
                "description": DESCRIPTION,
                "license": {"name": "See NOTICE in the repository"},
                "contact": {"name": "The Sourcebook maintainers", "url": "https://example.org/sourcebook"},
            },
            "servers": [{"url": public_url, "description": "This server."}],
            "security": [],
        },
    )
    api = ProblemApi(app)
    api.spec.components.security_scheme(
        "key",
        {
            "type": "http",
            "scheme": "bearer",
            "description": "Made by `flask keys create`; only writes need one.",
        },
    )
    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint)
    return api
