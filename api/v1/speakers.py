"""Speakers: one person or body behind all its names."""

from __future__ import annotations

from typing import Any

import flask
from flask.views import MethodView
from marshmallow import fields, validate

from api.models import Speaker
from api.v1.arguments import PageArgs, V1Blueprint, ids, one_of, path, sort_field, words
from api.v1.lists import SPEAKERS, answer, single
from api.v1.quotes import QuoteFilters, quotes_below
from api.v1.records import speaker_record
from api.v1.schemas import DOCUMENT, SPEAKER, QuotePage, SpeakerPage, SpeakerSchema

KINDS = ("person", "organization", "group", "unnamed")

blp = V1Blueprint("speakers", __name__, url_prefix="/v1/speakers", description="Who is quoted.")


class SpeakerFilters(PageArgs):
    """The filters of speakers, below a document too."""

    q = words("Whose name, another name or surname begins so, in any case, with or without accents.", "bran")
    kind = one_of(KINDS, "Of this kind; several with commas.", "person")
    min_quotes = fields.Integer(
        validate=validate.Range(1, 2**31),
        metadata={"description": "With so many quotes or more.", "example": 2},
    )
    sort = sort_field(SPEAKERS.sort_names)


class SpeakerArgs(SpeakerFilters):
    """The parameters of the list of all speakers."""

    document_id = ids("Quoted in this document.", DOCUMENT)


def speakers_answer(args: dict[str, Any]) -> flask.Response:
    """The page of speakers that the arguments ask for; ``q`` is a prefix here, not a full-text query."""
    return answer(SPEAKERS, speaker_record, {"prefix" if name == "q" else name: args[name] for name in args})


@blp.route("")
class Speakers(MethodView):
    """List speakers."""

    @blp.doc(operationId="list_speakers")
    @blp.arguments(SpeakerArgs, location="query")
    @blp.response(200, SpeakerPage)
    @blp.alt_response(400, "BAD_REQUEST")
    def get(self, args: dict[str, Any]) -> flask.Response:
        """List speakers

        `sort=-quote_count` begins with the most quoted.
        """
        return speakers_answer(args)


@blp.route("/<speaker_id>", parameters=[path("speaker_id", "A speaker's id.", SPEAKER)])
class OneSpeaker(MethodView):
    """One speaker."""

    @blp.doc(operationId="get_speaker")
    @blp.response(200, SpeakerSchema)
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, speaker_id: str) -> flask.Response:
        """Get a speaker

        With the other names that the texts give it.
        """
        return single(SPEAKERS, speaker_record, Speaker.id, speaker_id)


@blp.route("/<speaker_id>/quotes", parameters=[path("speaker_id", "A speaker's id.", SPEAKER)])
class SpeakerQuotes(MethodView):
    """List the quotes of a speaker."""

    @blp.doc(operationId="list_speaker_quotes")
    @blp.arguments(QuoteFilters, location="query")
    @blp.response(200, QuotePage)
    @blp.alt_response(400, "BAD_REQUEST")
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, args: dict[str, Any], speaker_id: str) -> flask.Response:
        """List the quotes of a speaker

        Those shared with another speaker included.
        """
        return quotes_below(args, speaker_id=speaker_id)
