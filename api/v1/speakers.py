"""Speakers: one person or body behind all its names."""

from __future__ import annotations

from typing import Any

import flask
from marshmallow import fields, validate

from api.corrections import merge, split
from api.database import change
from api.models import Correction, Speaker
from api.v1.arguments import (
    Input,
    PageArgs,
    Resource,
    V1Blueprint,
    ids,
    no_nul,
    one_of,
    path,
    sort_field,
    words,
)
from api.v1.facets import facet_field
from api.v1.lists import CORRECTIONS, SPEAKERS, answer, missing, single
from api.v1.quotes import QuoteFilters, quotes_below
from api.v1.schemas import (
    DOCUMENT,
    QUOTE,
    SPEAKER,
    CorrectionSchema,
    QuotePage,
    SpeakerPage,
    SpeakerSchema,
    whole_or_part,
)
from api.v1.security import BEARER, needs
from api.v1.selection import shape

KINDS = ("person", "organization", "group", "unnamed")

blp = V1Blueprint("speakers", __name__, url_prefix="/v1/speakers", description="Who is quoted.")


SpeakerShape = shape("speakers", SpeakerSchema)


class SpeakerFilters(SpeakerShape, PageArgs):  # type: ignore[misc, valid-type]
    """The filters of speakers, below a document too."""

    q = words("Whose name, another name or surname begins so, in any case, with or without accents.", "bran")
    kind = one_of(KINDS, "Of this kind; several with commas.", "person")
    min_quotes = fields.Integer(
        validate=validate.Range(1, 2**31),
        metadata={"description": "With so many quotes or more.", "example": 2},
    )
    facet = facet_field("speakers")
    sort = sort_field(SPEAKERS.sort_names)


class SpeakerArgs(SpeakerFilters):
    """The parameters of the list of all speakers."""

    document_id = ids("Quoted in this document.", DOCUMENT)


def speakers_answer(args: dict[str, Any]) -> flask.Response:
    """The page of speakers that the arguments ask for; ``q`` is a prefix here, not a full-text query."""
    return answer(SPEAKERS, speaker_filters(args))


def speaker_filters(args: dict[str, Any]) -> dict[str, Any]:
    """The arguments as the listing takes them: ``q`` is a prefix of names."""
    return {"prefix" if name == "q" else name: args[name] for name in args}


@blp.route("")
class Speakers(Resource):
    """List speakers."""

    @blp.doc(operationId="list_speakers")
    @blp.arguments(SpeakerArgs, location="query")
    @blp.response(200, whole_or_part(SpeakerPage))
    @blp.alt_response(400, "BAD_REQUEST")
    def get(self, args: dict[str, Any]) -> flask.Response:
        """List speakers

        `sort=-quote_count` begins with the most quoted.
        """
        return speakers_answer(args)


@blp.route("/<speaker_id>", parameters=[path("speaker_id", "A speaker's id.", SPEAKER)])
class OneSpeaker(Resource):
    """One speaker."""

    @blp.doc(operationId="get_speaker")
    @blp.arguments(SpeakerShape, location="query")
    @blp.response(200, whole_or_part(SpeakerSchema))
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, args: dict[str, Any], speaker_id: str) -> flask.Response:
        """Get a speaker

        With the other names that the texts give it.
        """
        return single(SPEAKERS, Speaker.id, speaker_id, args)


class MergeGiven(Input):
    """Into whom."""

    into = fields.String(
        required=True,
        validate=[validate.Length(1, 100), no_nul],
        metadata={"description": "The id of the speaker that stays.", "example": SPEAKER},
    )


class SplitGiven(Input):
    """Which quotes are somebody else's."""

    quotes = fields.List(
        fields.String(validate=[validate.Length(1, 100), no_nul]),
        required=True,
        validate=validate.Length(1, 1000),
        metadata={"description": "Ids of quotes of this speaker.", "example": [QUOTE]},
    )
    name = fields.String(
        required=True,
        validate=[validate.Length(1, 300), validate.Regexp(r".*\w"), no_nul],
        metadata={"description": "Whose they are.", "example": "Judith Brandt"},
    )
    kind = fields.String(
        load_default="person",
        validate=validate.OneOf(KINDS),
        metadata={"description": "What it is.", "example": "person"},
    )


@blp.route("/<speaker_id>/merge", parameters=[path("speaker_id", "A speaker's id.", SPEAKER)])
class MergeSpeaker(Resource):
    """Two speakers made one."""

    @blp.doc(operationId="merge_speaker", security=BEARER)
    @needs("write")
    @blp.arguments(MergeGiven)
    @blp.response(200, CorrectionSchema)
    @blp.alt_response(401, "UNAUTHORIZED")
    @blp.alt_response(403, "FORBIDDEN")
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(409, "CONFLICT")
    def post(self, given: dict[str, Any], speaker_id: str) -> flask.Response:
        """Merge a speaker into another

        This one's id redirects to the other's from then on, in documents loaded later too. Needs a key with
        the scope `write`.
        """
        with change():
            old, into = (Speaker.get_or_none(Speaker.id == id) for id in (speaker_id, given["into"]))
            if old is None or into is None:
                return missing("speaker", speaker_id if old is None else given["into"])
            made = merge(old, into, flask.g.key_name)
        return single(CORRECTIONS, Correction.id, made.id)


@blp.route("/<speaker_id>/split", parameters=[path("speaker_id", "A speaker's id.", SPEAKER)])
class SplitSpeaker(Resource):
    """One speaker made two."""

    @blp.doc(operationId="split_speaker", security=BEARER)
    @needs("write")
    @blp.arguments(SplitGiven)
    @blp.response(200, CorrectionSchema)
    @blp.alt_response(401, "UNAUTHORIZED")
    @blp.alt_response(403, "FORBIDDEN")
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(409, "CONFLICT")
    def post(self, given: dict[str, Any], speaker_id: str) -> flask.Response:
        """Split a speaker

        Some of its quotes become somebody else's. Needs a key with the scope `write`.
        """
        with change():
            speaker = Speaker.get_or_none(Speaker.id == speaker_id)
            if speaker is None:
                return missing("speaker", speaker_id)
            made = split(speaker, given["quotes"], given["name"], given["kind"], flask.g.key_name)
        return single(CORRECTIONS, Correction.id, made.id)


@blp.route("/<speaker_id>/quotes", parameters=[path("speaker_id", "A speaker's id.", SPEAKER)])
class SpeakerQuotes(Resource):
    """List the quotes of a speaker."""

    @blp.doc(operationId="list_speaker_quotes")
    @blp.arguments(QuoteFilters, location="query")
    @blp.response(200, whole_or_part(QuotePage))
    @blp.alt_response(400, "BAD_REQUEST")
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, args: dict[str, Any], speaker_id: str) -> flask.Response:
        """List the quotes of a speaker

        Those shared with another speaker included.
        """
        return quotes_below(args, speaker_id=speaker_id)
