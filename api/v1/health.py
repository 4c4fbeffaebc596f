"""Whether the service is up, and whether it can answer."""

from __future__ import annotations

import flask
from peewee import DatabaseError

from api.database import generation
from api.v1.arguments import Resource, V1Blueprint
from api.v1.problems import problem
from api.v1.schemas import HealthSchema

blp = V1Blueprint("health", __name__, url_prefix="/health", description="For those who run the service.")


@blp.route("")
class Health(Resource):
    """The process."""

    @blp.doc(operationId="get_health")
    @blp.response(200, HealthSchema)
    def get(self) -> flask.Response:
        """Say that the process is up

        The database is not asked.
        """
        return flask.jsonify({"status": "up"})


@blp.route("/ready")
class Ready(Resource):
    """The process and its database."""

    @blp.doc(operationId="get_readiness")
    @blp.response(200, HealthSchema)
    @blp.alt_response(503, "SERVICE_UNAVAILABLE")
    def get(self) -> flask.Response:
        """Say whether requests can be answered

        503 while the database cannot be read.
        """
        try:
            generation()
        except DatabaseError as error:
            return problem(503, f"The database cannot be read: {error}", headers={"Retry-After": "5"})
        return flask.jsonify({"status": "ready"})
