"""The JSON of version 1: what each record looks like. Keys are only ever added.

Responses are not dumped through these (``records`` builds them from rows); a test holds the two equal.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

import marshmallow as ma
from marshmallow import fields


class Output(ma.Schema):
    """A schema of what we send: open for more keys, in the OpenAPI document too."""

    class Meta:
        unknown = ma.EXCLUDE


def string(description: str, example: str, **more: Any) -> fields.String:
    """A string that is always there."""
    return fields.String(required=True, metadata={"description": description, "example": example, **more})


def maybe(description: str, example: str, **more: Any) -> fields.String:
    """A string, or null."""
    return fields.String(
        required=True, allow_none=True, metadata={"description": description, "example": example, **more}
    )


def number(description: str, example: int) -> fields.Integer:
    """A whole number that is always there."""
    return fields.Integer(required=True, metadata={"description": description, "example": example})


def chance(description: str, example: float) -> fields.Float:
    """A calibrated probability in [0, 1]."""
    return fields.Float(
        required=True,
        validate=ma.validate.Range(0, 1),
        metadata={"description": description, "example": example},
    )


def nested(schema: type[ma.Schema] | str, description: str, *, null: bool = False) -> fields.Nested:
    """A record within a record."""
    return fields.Nested(schema, required=True, allow_none=null, metadata={"description": description})


def several(schema: type[ma.Schema], description: str) -> fields.List[Any]:
    """A list of records within a record."""
    return fields.List(fields.Nested(schema), required=True, metadata={"description": description})


def included(schema: str, description: str) -> fields.Nested:
    """A record within a record that only ``include`` brings; null where there is none."""
    return fields.Nested(schema, allow_none=True, metadata={"description": description})


def derived(
    name: str, schema: type[ma.Schema], *, without: Sequence[str] = (), sure: Sequence[str] | None = None
) -> type[ma.Schema]:
    """The schema of such records of which some members are left out, or only some are sure to be there."""
    found = {
        name: copy.deepcopy(field) for name, field in schema._declared_fields.items() if name not in without
    }
    if sure is not None:
        for member, field in found.items():
            field.required = member in sure
    return type(name, (Output,), {"__doc__": schema.__doc__, **found})


DOCUMENT = "d_offnzs3lhsazvga5"
QUOTE = "q_5gq3kz2hwq7m4c2a"
SPEAKER = "s_6k3ewzqwwk5gomob"
ARTICLE = "a_5gq3kz2hwq7m4c2a"
COMMENT = "c_5gq3kz2hwq7m4c2a"
CITATION = "l_5gq3kz2hwq7m4c2a"
SOURCE = "u_5gq3kz2hwq7m4c2a"


class SpanSchema(Output):
    """A stretch of the document's text: ``text[start:end]`` is ``text``."""

    start = number("Code points into the document's text, from 0.", 120)
    end = number("Half-open.", 130)
    text = string("As it stands there.", "It rained.")


class CoSpeakerSchema(Output):
    """Somebody who is quoted together with the speaker."""

    id = string("The speaker's id.", SPEAKER)
    name = string("The fullest name that the texts give.", "Ines Calloway")
    kind = string("`person`, `organization`, `group` or `unnamed`.", "person")


class DocumentSchema(Output):
    """One loaded text."""

    id = string("Made from the content: the same document has the same id everywhere.", DOCUMENT)
    name = string("The file or line that it was loaded from.", "night-bridge.html")
    sha256 = string("Digest of the content as loaded, hexadecimal.", "9f86d081884c7d65" * 4)
    media_type = string("`text/plain` or `text/html`.", "text/html")
    url = maybe("Its own address, canonical.", "https://example.org/night-bridge")
    site = maybe("The registered domain of its address.", "example.org")
    title = maybe("The title of its article.", "The night bridge")
    byline = maybe("Who wrote it.", "Ada Winslow")
    language = maybe("BCP 47, where the page says it.", "en")
    published_at = maybe("ISO 8601, no more precise than its source.", "2026-02-08")
    characters = number("Its length in code points.", 5120)
    retrieved_at = maybe(
        "When a web archive's crawler fetched it, ISO 8601; null where it is from no archive.",
        "2026-02-09T04:12:30Z",
    )
    loaded_at = string("When it was first loaded, UTC.", "2026-03-01T09:00:00Z", format="date-time")
    extractor = string("The version of the loader that its records are from.", "1")
    superseded_by = maybe("The id of a newer version of the same page.", "d_n5ai2uvxgpqbxudc")
    counts = nested("CountsSchema", "How many records it holds.")
    article = included("IncludedArticleSchema", "With `include=article`: its story.")


class CountsSchema(Output):
    """How many records a document holds."""

    articles = number("Its story, and stories reposted in comments.", 1)
    comments = number("Readers' texts.", 4)
    quotes = number("Attributions.", 6)
    speakers = number("Speakers of its quotes.", 5)
    citations = number("Links.", 4)


class DocumentReferenceSchema(
    derived("WholeDocumentSchema", DocumentSchema, without=("article",), sure=())  # type: ignore[misc]
):
    """The document behind a record; with `include=document` all of it."""

    id = string("Its id.", DOCUMENT)
    title = maybe("Its title.", "The night bridge")
    url = maybe("Its own address, canonical.", "https://example.org/night-bridge")
    published_at = maybe("ISO 8601, no more precise than its source.", "2026-02-08")


class ArticleSchema(Output):
    """A document's story, or a story reposted in one of its comments."""

    id = string("Its id.", ARTICLE)
    kind = string("`main` or `repost`.", "main")
    title = maybe("Its title.", "The night bridge")
    byline = maybe("Who wrote it.", "Ada Winslow")
    published_at = maybe("ISO 8601, no more precise than its source.", "2026-02-08")
    text = string("Its words, a paragraph a line.", "The bridge opened at midnight.")
    spans = several(SpanSchema, "Where they stand.")
    word_count = number("Words of its text.", 640)
    document_id = string("Its document's id.", DOCUMENT)
    comment_id = maybe("The comment that it is reposted in.", COMMENT)
    document = nested(DocumentReferenceSchema, "Its document.")
    comment = included("IncludedCommentSchema", "With `include=comment`: the comment that it stands in.")


class SpeakerSchema(Output):
    """A person or body that mentions resolve to."""

    id = string("Its id.", SPEAKER)
    name = string("The fullest name that the texts give.", "Tomasz Brandt")
    kind = string("`person`, `organization`, `group` or `unnamed`.", "person")
    description = maybe("What the texts say of it.", "the harbour master")
    aliases = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "What else the texts call it.", "example": ["Brandt", "Mr. Brandt"]},
    )
    quote_count = number("Quotes of it.", 10)
    document_count = number("Documents with a quote of it.", 4)
    latest_quote = included(
        "QuoteSchema", "With `include=latest_quote`: the quote of it in the document published last."
    )


class SpeakerReferenceSchema(
    derived("WholeSpeakerSchema", SpeakerSchema, without=("latest_quote",), sure=())  # type: ignore[misc]
):
    """Who is behind a quote; with `include=speaker` all of the speaker's record."""

    id = string("The speaker's id.", SPEAKER)
    name = string("The fullest name that the texts give.", "Tomasz Brandt")
    kind = string("`person`, `organization`, `group` or `unnamed`.", "person")
    confidence = chance("How likely it is that this one spoke: of those at 0.9, nine in ten are right.", 0.94)


class QuoteSchema(Output):
    """Who said what."""

    id = string("Its id.", QUOTE)
    kind = string("`direct` (all in quotation marks), `indirect` (none) or `mixed`.", "direct")
    mode = string("`speech`, `writing` or `thought`, by its cue.", "speech")
    text = string("What was said: the spans' texts, joined by one space.", "It rained.")
    spans = several(SpanSchema, "Where it stands; several when it is broken by its cue. Marks are left out.")
    cue = nested(SpanSchema, "The words that report it.", null=True)
    mention = nested(SpanSchema, "The words for the one it is attributed to.", null=True)
    speaker = nested(
        SpeakerReferenceSchema, "Whom the mention stands for; null where it is not clear.", null=True
    )
    co_speakers = several(CoSpeakerSchema, "Those who are quoted together with the speaker.")
    context = nested(SpanSchema, "The sentences that hold it.")
    confidence = chance("How likely it is that the content is right: calibrated.", 0.97)
    is_quote = fields.Boolean(
        required=True,
        metadata={
            "description": "False where a person said that it is no quote: lists leave it out.",
            "example": True,
        },
    )
    corrected = fields.Boolean(
        required=True, metadata={"description": "A person has corrected it.", "example": False}
    )
    document_id = string("Its document's id.", DOCUMENT)
    article_id = maybe("The article that it stands in.", ARTICLE)
    comment_id = maybe("The comment that it stands in.", COMMENT)
    document = nested(DocumentReferenceSchema, "Its document.")
    article = included("IncludedArticleSchema", "With `include=article`: the article that it stands in.")
    comment = included("IncludedCommentSchema", "With `include=comment`: the comment that it stands in.")


class CommentSchema(Output):
    """A reader's text."""

    id = string("Its id.", COMMENT)
    position = number("Its place among the document's comments, from 0.", 0)
    author = maybe("The name given with it.", "harbourwatcher")
    posted_at = maybe("ISO 8601, no more precise than printed, no zone invented.", "2026-03-03T10:12")
    posted_at_text = maybe("The date as printed.", "March 3, 2026 at 10:12 am")
    text = string("Its words, without name, date and votes; a paragraph a line.", "I was there.")
    span = nested(SpanSchema, "All of it.")
    body = several(SpanSchema, "Where its words stand.")
    parent_id = maybe("The comment that it answers.", "c_n5ai2uvxgpqbxudc")
    document_id = string("Its document's id.", DOCUMENT)
    document = nested(DocumentReferenceSchema, "Its document.")
    parent = included("IncludedCommentSchema", "With `include=parent`: the comment that it answers.")


class IncludedArticleSchema(
    derived("WholeArticleSchema", ArticleSchema, without=("document", "comment", "text", "spans"))  # type: ignore[misc]
):
    """An article within another record."""

    text = fields.String(
        metadata={"description": "Within a document alone: its words.", "example": "The bridge opened."}
    )
    spans = fields.List(
        fields.Nested(SpanSchema), metadata={"description": "Within a document alone: where they stand."}
    )


IncludedCommentSchema = derived("IncludedCommentSchema", CommentSchema, without=("document", "parent"))


class SourceSchema(Output):
    """A cited resource: one for each canonical URL."""

    id = string("Its id.", SOURCE)
    url = string("Canonical.", "https://en.wikipedia.org/wiki/Bascule_bridge")
    host = string("The URL's host.", "en.wikipedia.org")
    domain = string("The host's registered domain; the host itself where there is none.", "wikipedia.org")
    kind = string("`page`, `video`, `social`, `pdf` or `archive`.", "page")
    label = maybe("The words that name it where it is cited.", "Bascule bridge")
    citation_count = number("Links to it.", 3)
    document_count = number("Documents that cite it.", 2)
    first_seen = maybe("The earliest day of a document that cites it.", "2026-02-08")
    last_seen = maybe("The latest.", "2026-03-16")
    latest_citation = included(
        "CitationSchema",
        "With `include=latest_citation`: the link to it in the document published last.",
    )


class CitationSchema(Output):
    """One link as printed, in one place."""

    id = string("Its id.", CITATION)
    raw = string("The link as printed.", "en.wikipedia.org/wiki/Bascule_bridge")
    span = nested(SpanSchema, "Where it stands.")
    label = maybe("The words that name it on its line, or its anchor text.", "Bascule bridge")
    label_nearby = maybe("A title on the line above or below.", "How bridges open")
    truncated = fields.Boolean(
        required=True, metadata={"description": "The text breaks off inside the link.", "example": False}
    )
    archived_at = maybe("When the archived copy that it names was made.", "2024-05-01")
    context = nested(SpanSchema, "The sentence around it.")
    source_id = string("What it points to.", SOURCE)
    source = nested("SourceReferenceSchema", "What it points to.")
    document_id = string("Its document's id.", DOCUMENT)
    article_id = maybe("The article that it stands in.", ARTICLE)
    comment_id = maybe("The comment that it stands in.", COMMENT)
    document = nested(DocumentReferenceSchema, "Its document.")
    article = included("IncludedArticleSchema", "With `include=article`: the article that it stands in.")
    comment = included("IncludedCommentSchema", "With `include=comment`: the comment that it stands in.")


class SourceReferenceSchema(
    derived("WholeSourceSchema", SourceSchema, without=("latest_citation",), sure=())  # type: ignore[misc]
):
    """What a citation points to; with `include=source` all of it."""

    id = string("The source's id.", SOURCE)
    url = string("Canonical.", "https://en.wikipedia.org/wiki/Bascule_bridge")
    host = string("The URL's host.", "en.wikipedia.org")
    domain = string("Its registered domain.", "wikipedia.org")
    kind = string("`page`, `video`, `social`, `pdf` or `archive`.", "page")


class DomainSchema(Output):
    """The sources that share a registered domain."""

    domain = string("The registered domain; the host where there is none.", "wikipedia.org")
    source_count = number("Sources of it.", 9)
    citation_count = number("Links to them.", 9)
    document_count = number("Documents that cite them.", 6)
    article_citation_count = number("Links in articles.", 7)
    comment_citation_count = number("Links in readers' comments.", 2)
    first_seen = maybe("The earliest day of a document that cites one.", "2026-02-08")
    last_seen = maybe("The latest.", "2026-03-16")
    top_source = included(
        "SourceSchema", "With `include=top_source`: the one of its sources that is cited most."
    )


class MetaSchema(Output):
    """About a page of a list."""

    limit = number("How many records a page has at most.", 50)
    next_cursor = maybe("For the parameter `cursor`; null on the last page.", "WyJhYmMiLDUwXQ")
    total = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "How many records there are, if `count` asked for it.", "example": 146},
    )
    total_relation = maybe("`eq`: that many; `gte`: that many or more.", "eq")


class LinksSchema(Output):
    """Where this page and the next one are."""

    self = string("This page.", "/v1/quotes?limit=50", format="uri-reference")
    next = maybe(
        "The next page; null on the last.",
        "/v1/quotes?limit=50&cursor=WyJhYmMiLDUwXQ",
        format="uri-reference",
    )


class SpeakerMatchSchema(Output):
    """A speaker that the filter `speaker` matched."""

    id = string("Its id.", SPEAKER)
    name = string("Its name.", "Tomasz Brandt")
    kind = string("`person`, `organization`, `group` or `unnamed`.", "person")
    description = maybe("What the texts say of it.", "the harbour master")
    quote_count = number("Quotes of it.", 10)


class QuoteMetaSchema(MetaSchema):
    """About a page of quotes."""

    speakers = fields.List(
        fields.Nested(SpeakerMatchSchema),
        metadata={"description": "With the filter `speaker`: every speaker that is called so."},
    )


class FacetValueSchema(Output):
    """One value, and how many of the records have it."""

    value = string("What the parameter takes.", SPEAKER)
    name = string("What to call it.", "Tomasz Brandt")
    count = number("How many of the list's records have it.", 10)


class FacetSchema(Output):
    """How the records of a list are spread over the values of one parameter."""

    parameter = string("The filter that takes the values.", "speaker_id")
    values = several(FacetValueSchema, "The commonest first; no more than twenty.")
    value_count = number("How many values there are in all.", 38)
    missing_count = number("How many records have none.", 4)
    relation = string(
        "`eq`: all records were counted. `gte`: time ran out, so each number is that many or more, and a "
        "value may be missing.",
        "eq",
    )


def page_of(schema: type[ma.Schema], meta: type[ma.Schema] = MetaSchema) -> type[ma.Schema]:
    """The schema of a page of such records."""
    name = schema.__name__.removesuffix("Schema")
    return type(
        f"{name}PageSchema",
        (Output,),
        {
            "__doc__": f"A page of {name.lower()} records.",
            "data": several(schema, "The records."),
            "meta": nested(meta, "About this page."),
            "links": nested(LinksSchema, "Where to go."),
        },
    )


def list_of(schema: type[ma.Schema], meta: type[ma.Schema] = MetaSchema) -> type[ma.Schema]:
    """The schema of a page of such records that may say how all of the list's are spread."""
    page = page_of(schema, meta)
    facets = fields.Dict(
        keys=fields.String(),
        values=fields.Nested(FacetSchema),
        metadata={"description": "With `facet`: for each of its names, how many of all the list's records."},
    )
    return type(page.__name__, (page,), {"__doc__": page.__doc__, "facets": facets})


def part_of(schema: type[ma.Schema]) -> type[ma.Schema]:
    """The schema of such records as ``fields`` leaves them: only what tells a record apart is sure."""
    key = "id" if "id" in schema._declared_fields else "domain"
    return derived(f"{schema.__name__.removesuffix('Schema')}PartSchema", schema, sure=(key,))


DocumentPart = part_of(DocumentSchema)
ArticlePart = part_of(ArticleSchema)
QuotePart = part_of(QuoteSchema)
SpeakerPart = part_of(SpeakerSchema)
CommentPart = part_of(CommentSchema)
CitationPart = part_of(CitationSchema)
SourcePart = part_of(SourceSchema)
DomainPart = part_of(DomainSchema)

DocumentPage = list_of(DocumentSchema)
ArticlePage = list_of(ArticleSchema)
QuotePage = list_of(QuoteSchema, QuoteMetaSchema)
SpeakerPage = list_of(SpeakerSchema)
CommentPage = list_of(CommentSchema)
CitationPage = list_of(CitationSchema)
SourcePage = list_of(SourceSchema)
DomainPage = page_of(DomainSchema)

# what ``fields`` makes of an answer
PARTS: Mapping[type[ma.Schema], type[ma.Schema]] = {
    DocumentSchema: DocumentPart,
    ArticleSchema: ArticlePart,
    QuoteSchema: QuotePart,
    SpeakerSchema: SpeakerPart,
    CommentSchema: CommentPart,
    CitationSchema: CitationPart,
    SourceSchema: SourcePart,
    DomainSchema: DomainPart,
    DocumentPage: list_of(DocumentPart),
    ArticlePage: list_of(ArticlePart),
    QuotePage: list_of(QuotePart, QuoteMetaSchema),
    SpeakerPage: list_of(SpeakerPart),
    CommentPage: list_of(CommentPart),
    CitationPage: list_of(CitationPart),
    SourcePage: list_of(SourcePart),
    DomainPage: page_of(DomainPart),
}


def whole_or_part(schema: type[ma.Schema]) -> dict[str, Any]:
    """For the OpenAPI document: what is answered, or what ``fields`` leaves of it."""
    return {"anyOf": [schema, PARTS[schema]]}


class BareSpanSchema(Output):
    """A stretch of the text."""

    start = number("Code points into the text, from 0.", 120)
    end = number("Half-open.", 130)


class FoundArticleSchema(Output):
    """An article that was found."""

    kind = string("`main` or `repost`.", "main")
    title = maybe("Its title.", "The night bridge")
    spans = several(BareSpanSchema, "Where it stands.")


class FoundCommentSchema(BareSpanSchema):
    """A comment that was found."""

    author = maybe("The name given with it.", "harbourwatcher")
    posted_at = maybe("ISO 8601, no more precise than printed.", "2026-03-03T10:12")
    posted_at_text = maybe("The date as printed.", "March 3, 2026 at 10:12 am")


class FoundCoSpeakerSchema(Output):
    """Somebody who is quoted together with the speaker."""

    name = string("The fullest name that the text gives.", "Tomasz Brandt")
    kind = string("`person`, `organization`, `group` or `unnamed`.", "person")


class FoundSpeakerSchema(FoundCoSpeakerSchema):
    """Who is behind a quote that was found."""

    confidence = chance("How likely it is that this one spoke.", 0.94)


class FoundQuoteSchema(Output):
    """A quote that was found."""

    kind = string("`direct`, `indirect` or `mixed`.", "direct")
    mode = string("`speech`, `writing` or `thought`.", "speech")
    spans = several(BareSpanSchema, "Where it stands.")
    cue = nested(BareSpanSchema, "The words that report it.", null=True)
    mention = nested(BareSpanSchema, "The words for the one it is attributed to.", null=True)
    speaker = nested(
        FoundSpeakerSchema, "Whom the mention stands for; null where it is not clear.", null=True
    )
    co_speakers = several(FoundCoSpeakerSchema, "Those who are quoted together with the speaker.")
    confidence = chance("How likely it is that the content is right.", 0.97)


class FoundCitationSchema(BareSpanSchema):
    """A link that was found."""

    raw = string("As printed.", "en.wikipedia.org/wiki/Bascule_bridge")
    label = maybe("The words that name it.", "Bascule bridge")
    url = string("Canonical.", "https://en.wikipedia.org/wiki/Bascule_bridge")
    domain = string("The registered domain.", "wikipedia.org")
    truncated = fields.Boolean(
        required=True, metadata={"description": "The text breaks off inside it.", "example": False}
    )


class ExtractionSchema(Output):
    """Everything that was found in one text."""

    id = string("The document's own id, or its name.", "request")
    text = fields.String(
        required=True, metadata={"description": "What offsets count in.", "example": "It rained."}
    )
    articles = several(FoundArticleSchema, "Its articles.")
    comments = several(FoundCommentSchema, "Its comments.")
    quotes = several(FoundQuoteSchema, "Its quotes.")
    citations = several(FoundCitationSchema, "Its links.")


class HighlightSchema(Output):
    """Words that were found."""

    start = number("Code points into the snippet's text.", 4)
    end = number("Half-open.", 11)


class SnippetSchema(Output):
    """The best stretch of what was found."""

    text = fields.String(
        required=True, metadata={"description": "Its words.", "example": "The barrier held."}
    )
    highlights = several(HighlightSchema, "The words that were looked for.")


class HitSchema(Output):
    """A record that was found."""

    type = string("`quote`, `comment`, `article` or `source`.", "quote")
    id = string("Its id.", QUOTE)
    href = string("Where it is.", f"/v1/quotes/{QUOTE}", format="uri-reference")
    score = fields.Float(required=True, metadata={"description": "BM25: higher is better.", "example": 4.2})
    snippet = nested(SnippetSchema, "Why it was found.")
    document = nested(DocumentReferenceSchema, "Its document; null for a source.", null=True)


class HitMetaSchema(MetaSchema):
    """About a page of hits."""

    ranked = number("Of each type, so many of the newest hits are ranked; older ones are not shown.", 1000)


class HitPage(page_of(HitSchema)):  # type: ignore[misc]
    """A page of hits, the best first."""

    meta = nested(HitMetaSchema, "About this page.")


class StatsSchema(Output):
    """What is stored."""

    documents = number("Loaded texts, older versions left out.", 12)
    articles = number("Stories, and stories reposted in comments.", 13)
    quotes = number("Attributions.", 86)
    speakers = number("Who is quoted.", 38)
    comments = number("Readers' texts.", 16)
    citations = number("Links.", 28)
    sources = number("Distinct pages that they point to.", 24)
    domains = number("Their registered domains.", 6)
    generation = number("Grows with every change: what was read at an equal one is still true.", 12)
    extractor = string("The version of the loader.", "1")


class HealthSchema(Output):
    """How the service is."""

    status = string("`up` or `ready`.", "ready")


CORRECTION = "x_5f0c6e1a9b7d4e21"


class CorrectionSchema(Output):
    """What a person knew better."""

    id = string("Its id.", CORRECTION)
    action = string("`speaker`, `kind`, `not_a_quote`, `merge`, `split` or `undo`.", "speaker")
    at = string("When, UTC.", "2026-03-01T09:00:00Z", format="date-time")
    by = string("The name of the key that made it.", "desk")
    document_id = maybe("The quote's document.", DOCUMENT)
    quote_id = maybe("The quote.", QUOTE)
    speaker_id = maybe("The speaker that was named, merged or split.", SPEAKER)
    before = fields.Dict(
        required=True, metadata={"description": "What was there.", "example": {"kind": "indirect"}}
    )
    after = fields.Dict(
        required=True, metadata={"description": "What is there now.", "example": {"kind": "mixed"}}
    )
    orphaned = fields.Boolean(
        required=True,
        metadata={"description": "The document no longer holds the quote; it is kept.", "example": False},
    )
    undone_by = maybe("The correction that took it back.", CORRECTION)


CorrectionPage = page_of(CorrectionSchema)


class ChangesSchema(Output):
    """What changed from the version before."""

    document_id = string("The newer version.", DOCUMENT)
    previous_id = maybe("The version before; null where there is none.", "d_n5ai2uvxgpqbxudc")
    gone = several(QuoteSchema, "Quotes that only the version before holds.")
    new = several(QuoteSchema, "Quotes that only this version holds.")
