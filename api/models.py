"""The tables: what a row means, what may be null and why, and what the database itself keeps true.

Every record has an integer key ``pk``, in the order of loading, which no client ever sees, and an
``id`` that clients see: a letter that tells the record, and a digest of its content (``api.store``).
An index on a column ends in the key, so it serves lists in the order of loading too. Where a table's rows are
long, two indexes hold what nearly all rows may pass a filter by, one in the order of loading and one in that of the
dates: a rare value is looked for in a fifteenth of the table, and counts read nothing else.
Offsets are code points into ``DocumentText.text``, half-open. Lists of spans are JSON, as served.

    document ─┬─ document_text                    speaker ─┬─ alias
              ├─ article ──── comment                      ├─ appearance (in one document)
              ├─ quote ─┬─ voice ──────────────────────────┘
              └─ citation ── source ── domain     api_key    state
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from peewee import (
    SQL,
    BooleanField,
    Check,
    CompositeKey,
    Field,
    FloatField,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)
from peewee import AutoField as KeyField

from api.database import database

CURRENT, SUPERSEDED, REJECTED = 1, 0, -1
"""A quote's ``current``: served; of a document that a newer version supersedes; said to be no quote."""


class Table(Model):
    """What all tables share."""

    class Meta:
        database = database
        legacy_table_names = False


class Record(Table):
    """A table whose rows clients can ask for."""

    pk = KeyField()
    id = TextField(unique=True)


class Document(Record):
    """One loaded text; immutable but for ``superseded_by`` and what a newer extractor finds in it."""

    sha256 = TextField()  # of the content as loaded
    name = TextField()
    media_type = TextField()
    url = TextField(null=True, index=True)  # canonical; null where the source gave none
    site = TextField(null=True, index=True)  # the URL's registered domain
    title = TextField(null=True)  # null where the text names none
    byline = TextField(null=True)
    language = TextField(null=True)
    published_at = TextField(null=True)  # ISO 8601, no more precise than its source
    published_on = TextField(index=True)  # its day (the first of a month or year), "" where unknown
    characters = IntegerField()
    retrieved_at = TextField(null=True)  # ISO 8601: when a crawler fetched it; null where no archive tells
    loaded_at = TextField()  # ISO 8601, UTC
    extractor = TextField()
    superseded_by = ForeignKeyField("self", null=True, on_delete="SET NULL")  # a newer version of the page
    article_count = IntegerField(default=0)
    comment_count = IntegerField(default=0)
    quote_count = IntegerField(default=0)
    speaker_count = IntegerField(default=0)
    citation_count = IntegerField(default=0)

    class Meta:
        indexes = ((("site", "published_on"), False),)


class DocumentText(Table):
    """A document's text, apart from it so that lists of documents stay light."""

    document = ForeignKeyField(Document, primary_key=True, on_delete="CASCADE")
    text = TextField()


class Comment(Record):
    """A reader's text: ``start`` to ``end`` is all of it, ``text`` its words alone."""

    document = ForeignKeyField(Document, on_delete="CASCADE")
    position = IntegerField()  # from 0, within the document
    parent = ForeignKeyField("self", null=True, on_delete="SET NULL")  # the comment it answers
    author = TextField(null=True)
    author_key = TextField(null=True, index=True)  # folded, for lookups
    posted_at = TextField(null=True)  # ISO 8601, no more precise than printed
    posted_on = TextField()  # its day, for sorting; "" where unknown
    posted_at_text = TextField(null=True)  # as printed
    text = TextField()
    span = TextField()  # JSON
    body = TextField()  # JSON
    start = IntegerField()
    end = IntegerField()
    published_on = TextField()  # the document's
    current = IntegerField(default=CURRENT)

    class Meta:
        constraints = (Check('0 <= start AND start < "end"'), Check("position >= 0"))
        indexes = (
            (("author_key", "posted_on"), False),
            (("document", "posted_on"), False),
        )


class Article(Record):
    """The story of a document, or a story reposted in one of its comments."""

    document = ForeignKeyField(Document, on_delete="CASCADE")
    comment = ForeignKeyField(Comment, null=True, on_delete="CASCADE")  # where it is reposted
    position = IntegerField()
    kind = TextField()
    title = TextField(null=True)
    byline = TextField(null=True)
    published_at = TextField(null=True)  # its own date, else its document's if it is the main story
    published_on = TextField()  # the document's
    current = IntegerField(default=CURRENT)
    text = TextField()
    spans = TextField()  # JSON
    word_count = IntegerField()

    class Meta:
        constraints = (
            Check("kind IN ('main', 'repost')"),
            Check("(kind = 'repost') = (comment_id IS NOT NULL)"),
        )


class Speaker(Record):
    """The person or body that mentions resolve to, over all documents."""

    name = TextField()
    name_key = TextField(index=True)  # folded, for sorting
    kind = TextField()
    description = TextField(null=True)
    quote_count = IntegerField(default=0, index=True)
    document_count = IntegerField(default=0)

    class Meta:
        constraints = (Check("kind IN ('person', 'organization', 'group', 'unnamed')"),)


class Alias(Table):
    """A folded form by which a speaker may be asked for: full name, surname, other names."""

    key = TextField()
    name = TextField(null=True)  # as printed; null where no text calls the speaker so
    speaker = ForeignKeyField(Speaker, on_delete="CASCADE")

    class Meta:
        primary_key = CompositeKey("key", "speaker")
        without_rowid = True


class Appearance(Table):
    """A speaker as one document shows it; ``Speaker`` is what all its appearances come to."""

    pk = KeyField()
    document = ForeignKeyField(Document, on_delete="CASCADE")
    position = IntegerField()
    speaker = ForeignKeyField(Speaker, on_delete="CASCADE")
    own_id = TextField(index=True)  # the id that its name alone gives; ``Redirect`` tells who took it over
    name = TextField()
    kind = TextField()
    description = TextField(null=True)
    aliases = TextField()  # JSON, as printed
    block = TextField(
        null=True, index=True
    )  # what it is compared within (``api.identity``); null for no name
    signs = TextField(null=True)  # JSON: company, places, topics, as in ``api.identity.Sighting``

    class Meta:
        indexes = ((("document", "position"), True), (("speaker", "document"), False))


class Quote(Record):
    """An attribution as stored. ``text`` is its spans' texts joined by one space.

    ``speaker`` is null where it is not clear who spoke, and ``mention`` where the text names nobody.
    """

    document = ForeignKeyField(Document, on_delete="CASCADE")
    article = ForeignKeyField(Article, null=True, on_delete="CASCADE")
    comment = ForeignKeyField(Comment, null=True, on_delete="CASCADE")
    position = IntegerField()
    kind = TextField()
    mode = TextField()
    text = TextField()
    spans = TextField()  # JSON
    start = IntegerField()  # of the first span
    end = IntegerField()  # of the last
    cue = TextField(null=True)  # JSON
    mention = TextField(null=True)  # JSON
    context = TextField()  # JSON: the sentences that hold it
    confidence = FloatField()
    speaker = ForeignKeyField(Speaker, null=True, on_delete="SET NULL")
    speaker_confidence = FloatField(null=True)
    published_on = TextField()  # the document's
    current = IntegerField(default=CURRENT)  # see CURRENT
    extracted = TextField(null=True)  # JSON: what the loader said, where a person has corrected it
    same_as = TextField(
        null=True, index=True
    )  # the id of the first of those with the same words; null when alone
    leads = BooleanField(default=True)  # the first served of those with the same words, or alone

    class Meta:
        constraints = (
            Check("kind IN ('direct', 'indirect', 'mixed')"),
            Check("mode IN ('speech', 'writing', 'thought')"),
            Check('0 <= start AND start < "end"'),
            Check("confidence BETWEEN 0 AND 1"),
            Check("speaker_confidence BETWEEN 0 AND 1"),
            Check("(speaker_id IS NULL) = (speaker_confidence IS NULL)"),
        )


class Unsettled(Table):
    """A block whose speakers are to be told apart anew, since documents came or went."""

    block = TextField(primary_key=True)


class Voice(Table):
    """Who is behind a quote: the speaker (rank 0) and its co-speakers, in the order of the text."""

    speaker = ForeignKeyField(Speaker, on_delete="CASCADE", index=False)
    quote = ForeignKeyField(Quote, on_delete="CASCADE", index=False)
    rank = IntegerField()
    appearance = ForeignKeyField(Appearance, on_delete="CASCADE")  # whom the document shows
    published_on = TextField()  # the quote's document's

    class Meta:
        primary_key = CompositeKey("speaker", "quote")
        constraints = (Check("rank >= 0"),)
        without_rowid = True
        indexes = ((("quote", "rank"), True), (("speaker", "published_on", "quote"), False))


class Fingerprint(Table):
    """What a quote's words are found by, so that the same words elsewhere are found without a search."""

    hash = IntegerField()
    quote = ForeignKeyField(Quote, on_delete="CASCADE")

    class Meta:
        primary_key = CompositeKey("hash", "quote")
        without_rowid = True


class Domain(Table):
    """Sources that share a registered domain, counted."""

    pk = KeyField()
    domain = TextField(unique=True)
    source_count = IntegerField(default=0, index=True)
    citation_count = IntegerField(default=0, index=True)
    document_count = IntegerField(default=0, index=True)
    article_citation_count = IntegerField(default=0)  # of those, in articles and in comments
    comment_citation_count = IntegerField(default=0)
    first_seen = TextField(null=True)  # the earliest and latest date of a document that cites it
    last_seen = TextField(null=True)


class Source(Record):
    """A distinct cited resource: one for each canonical URL."""

    url = TextField(unique=True)
    host = TextField(index=True)
    domain = ForeignKeyField(Domain)
    kind = TextField()
    label = TextField(null=True)  # the longest of its citations' labels
    citation_count = IntegerField(default=0, index=True)
    document_count = IntegerField(default=0)
    first_seen = TextField(null=True)
    last_seen = TextField(null=True)

    class Meta:
        indexes = ((("domain", "citation_count"), False), (("domain", "url"), False))


class Citation(Record):
    """One link as printed, in one place."""

    document = ForeignKeyField(Document, on_delete="CASCADE")
    article = ForeignKeyField(Article, null=True, on_delete="CASCADE")
    comment = ForeignKeyField(Comment, null=True, on_delete="CASCADE")
    position = IntegerField()
    source = ForeignKeyField(Source)
    domain = ForeignKeyField(Domain)
    raw = TextField()
    span = TextField()  # JSON
    context = TextField()  # JSON: the sentence or line around it
    label = TextField(null=True)
    label_nearby = TextField(null=True)
    truncated = BooleanField()
    archived_at = TextField(null=True)
    published_on = TextField()  # the document's
    current = IntegerField(default=CURRENT)

    class Meta:
        indexes = ((("domain", "published_on"), False), (("source", "published_on"), False))


# table: the columns that many rows share, besides the key and ``current``; the first is its date
_SHARED: Mapping[type[Record], Sequence[Field]] = {
    Article: (Article.published_on, Article.kind, Article.document),
    Comment: (Comment.posted_on, Comment.published_on, Comment.author_key, Comment.document),
    Quote: (
        Quote.published_on,
        *(Quote.kind, Quote.mode, Quote.speaker, Quote.confidence, Quote.leads, Quote.document),
    ),
    Citation: (
        Citation.published_on,
        *(Citation.domain, Citation.source, Citation.comment, Citation.document),
    ),
}
for _table, (_date, *_columns) in _SHARED.items():
    _name = _table._meta.table_name
    _table.add_index(_table.pk, _table.current, _date, *_columns, name=f"{_name}_in_order")
    _table.add_index(_date, _table.pk, _table.current, *_columns, name=f"{_name}_by_date")
Voice.add_index(Voice.quote, Voice.speaker, where=SQL("rank > 0"), name="voice_co_speaker")


class Correction(Record):
    """What a person knew better; append-only, but for ``undone_by`` and ``orphaned``.

    A correction of a quote is kept by the document's id and the stretch of its words, so that it outlives
    the quote's row: a document loaded again, or read by a newer extractor, gets it again.
    """

    action = TextField()
    at = TextField()  # ISO 8601, UTC
    by = TextField()  # the name of the key
    document_id = TextField(null=True, index=True)
    quote_id = TextField(null=True, index=True)
    start = IntegerField(null=True)  # the quote's first and last code point
    end = IntegerField(null=True)
    speaker_id = TextField(null=True, index=True)  # the speaker that was merged, split or named
    before = TextField()  # JSON
    after = TextField()  # JSON
    undone_by = ForeignKeyField("self", null=True)
    orphaned = BooleanField(default=False)  # the quote is not there any more

    class Meta:
        constraints = (Check("action IN ('speaker', 'kind', 'not_a_quote', 'merge', 'split', 'undo')"),)


class Redirect(Table):
    """An id that a merge or a newer extractor retired, and what replaced it."""

    old_id = TextField(primary_key=True)
    new_id = TextField(index=True)
    by_hand = BooleanField(default=False)  # a merge that a person made


class ApiKey(Table):
    """A key for writes; only a digest of it is kept."""

    pk = KeyField()
    id = TextField(unique=True)
    name = TextField()
    digest = TextField(unique=True)  # SHA-256 of the key, which is 256 random bits
    scopes = TextField()  # comma-separated: read, write, admin
    created_at = TextField()
    revoked_at = TextField(null=True)


class State(Table):
    """One row: ``generation`` grows with every change to what is served."""

    pk = KeyField()
    generation = IntegerField()


TABLES: tuple[type[Table], ...] = (
    Document,
    DocumentText,
    Comment,
    Article,
    Speaker,
    Alias,
    Appearance,
    Quote,
    Unsettled,
    Voice,
    Fingerprint,
    Domain,
    Source,
    Citation,
    Correction,
    Redirect,
    ApiKey,
    State,
)
