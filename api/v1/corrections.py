"""Corrections: what people knew better, append-only."""

from __future__ import annotations

from typing import Any

import flask
from marshmallow import fields, validate

from api.corrections import undo
from api.database import change
from api.models import Correction
from api.v1.arguments import PageArgs, Resource, V1Blueprint, no_nul, one_of, path
from api.v1.lists import CORRECTIONS, answer, missing, single
from api.v1.schemas import CORRECTION, DOCUMENT, QUOTE, SPEAKER, CorrectionPage, CorrectionSchema
from api.v1.security import BEARER, needs

blp = V1Blueprint(
    "corrections", __name__, url_prefix="/v1/corrections", description="What people knew better."
)

ACTIONS = ("speaker", "kind", "not_a_quote", "merge", "split", "undo")


def _id(description: str, example: str) -> fields.String:
    return fields.String(
        validate=[validate.Length(1, 100), no_nul], metadata={"description": description, "example": example}
    )


class CorrectionArgs(PageArgs):
    """The parameters of the list of corrections."""

    quote_id = _id("Of this quote.", QUOTE)
    speaker_id = _id("That names, merges or splits this speaker.", SPEAKER)
    document_id = _id("Of quotes of this document.", DOCUMENT)
    action = one_of(ACTIONS, "Of this kind; several with commas.", "speaker")
    orphaned = fields.Boolean(
        truthy={"true", "1"},
        falsy={"false", "0"},
        metadata={"description": "Whose quote is not there any more.", "example": True},
    )


@blp.route("")
class Corrections(Resource):
    """All corrections."""

    @blp.doc(operationId="list_corrections")
    @blp.arguments(CorrectionArgs, location="query")
    @blp.response(200, CorrectionPage)
    @blp.alt_response(400, "BAD_REQUEST")
    def get(self, args: dict[str, Any]) -> flask.Response:
        """List corrections

        The oldest first; those that were undone say so.
        """
        filters = {name.removesuffix("_id"): value for name, value in args.items()}
        return answer(CORRECTIONS, filters)


@blp.route("/<correction_id>", parameters=[path("correction_id", "A correction's id.", CORRECTION)])
class OneCorrection(Resource):
    """One correction."""

    @blp.doc(operationId="get_correction")
    @blp.response(200, CorrectionSchema)
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, correction_id: str) -> flask.Response:
        """Get a correction

        Who made it, when, and what was there before.
        """
        return single(CORRECTIONS, Correction.id, correction_id)


@blp.route("/<correction_id>/undo", parameters=[path("correction_id", "A correction's id.", CORRECTION)])
class UndoCorrection(Resource):
    """A correction taken back."""

    @blp.doc(operationId="undo_correction", security=BEARER)
    @needs("write")
    @blp.response(200, CorrectionSchema)
    @blp.alt_response(401, "UNAUTHORIZED")
    @blp.alt_response(403, "FORBIDDEN")
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(409, "CONFLICT")
    def post(self, correction_id: str) -> flask.Response:
        """Undo a correction

        Recorded as a correction of its own. Needs a key with the scope `write`.
        """
        with change():
            correction = Correction.get_or_none(Correction.id == correction_id)
            if correction is None:
                return missing("correction", correction_id)
            made = undo(correction, flask.g.key_name)
        return single(CORRECTIONS, Correction.id, made.id)
