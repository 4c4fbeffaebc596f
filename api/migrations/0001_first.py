"""The first schema: the tables as ``api.models`` had them, and the full-text indexes beside them.

A full-text index holds no text of its own (SQLite FTS5, section 4.4.3): triggers keep it true to its table.
"""

from __future__ import annotations

from typing import Any

TABLES = """
CREATE TABLE "document" (
  "pk" INTEGER NOT NULL PRIMARY KEY,
  "id" TEXT NOT NULL,
  "sha256" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "media_type" TEXT NOT NULL,
  "url" TEXT,
  "site" TEXT,
  "title" TEXT,
  "byline" TEXT,
  "language" TEXT,
  "published_at" TEXT,
  "published_on" TEXT NOT NULL,
  "characters" INTEGER NOT NULL,
  "retrieved_at" TEXT,
  "loaded_at" TEXT NOT NULL,
  "extractor" TEXT NOT NULL,
  "superseded_by_id" INTEGER,
  "article_count" INTEGER NOT NULL,
  "comment_count" INTEGER NOT NULL,
  "quote_count" INTEGER NOT NULL,
  "speaker_count" INTEGER NOT NULL,
  "citation_count" INTEGER NOT NULL,
  FOREIGN KEY ("superseded_by_id") REFERENCES "document" ("pk") ON DELETE SET NULL
);
CREATE UNIQUE INDEX "document_id" ON "document" ("id");
CREATE INDEX "document_url" ON "document" ("url");
CREATE INDEX "document_site" ON "document" ("site");
CREATE INDEX "document_published_on" ON "document" ("published_on");
CREATE INDEX "document_superseded_by_id" ON "document" ("superseded_by_id");
CREATE INDEX "document_site_published_on" ON "document" ("site", "published_on");
CREATE TABLE "document_text" (
  "document_id" INTEGER NOT NULL PRIMARY KEY,
  "text" TEXT NOT NULL,
  FOREIGN KEY ("document_id") REFERENCES "document" ("pk") ON DELETE CASCADE
);
CREATE TABLE "comment" (
  "pk" INTEGER NOT NULL PRIMARY KEY,
  "id" TEXT NOT NULL,
  "document_id" INTEGER NOT NULL,
  "position" INTEGER NOT NULL,
  "parent_id" INTEGER,
  "author" TEXT,
  "author_key" TEXT,
  "posted_at" TEXT,
  "posted_on" TEXT NOT NULL,
  "posted_at_text" TEXT,
  "text" TEXT NOT NULL,
  "span" TEXT NOT NULL,
  "body" TEXT NOT NULL,
  "start" INTEGER NOT NULL,
  "end" INTEGER NOT NULL,
  "published_on" TEXT NOT NULL,
  "current" INTEGER NOT NULL,
  FOREIGN KEY ("document_id") REFERENCES "document" ("pk") ON DELETE CASCADE,
  FOREIGN KEY ("parent_id") REFERENCES "comment" ("pk") ON DELETE SET NULL,
  CHECK (0 <= start AND start < "end"),
  CHECK (position >= 0)
);
CREATE UNIQUE INDEX "comment_id" ON "comment" ("id");
CREATE INDEX "comment_document_id" ON "comment" ("document_id");
CREATE INDEX "comment_parent_id" ON "comment" ("parent_id");
CREATE INDEX "comment_author_key" ON "comment" ("author_key");
CREATE INDEX "comment_author_key_posted_on" ON "comment" ("author_key", "posted_on");
CREATE INDEX "comment_document_id_posted_on" ON "comment" ("document_id", "posted_on");
CREATE INDEX "comment_in_order" ON "comment"
  ("pk", "current", "posted_on", "published_on", "author_key", "document_id");
CREATE INDEX "comment_by_date" ON "comment"
  ("posted_on", "pk", "current", "published_on", "author_key", "document_id");
CREATE TABLE "article" (
  "pk" INTEGER NOT NULL PRIMARY KEY,
  "id" TEXT NOT NULL,
  "document_id" INTEGER NOT NULL,
  "comment_id" INTEGER,
  "position" INTEGER NOT NULL,
  "kind" TEXT NOT NULL,
  "title" TEXT,
  "byline" TEXT,
  "published_at" TEXT,
  "published_on" TEXT NOT NULL,
  "current" INTEGER NOT NULL,
  "text" TEXT NOT NULL,
  "spans" TEXT NOT NULL,
  "word_count" INTEGER NOT NULL,
  FOREIGN KEY ("document_id") REFERENCES "document" ("pk") ON DELETE CASCADE,
  FOREIGN KEY ("comment_id") REFERENCES "comment" ("pk") ON DELETE CASCADE,
  CHECK (kind IN ('main', 'repost')),
  CHECK ((kind = 'repost') = (comment_id IS NOT NULL))
);
CREATE UNIQUE INDEX "article_id" ON "article" ("id");
CREATE INDEX "article_document_id" ON "article" ("document_id");
CREATE INDEX "article_comment_id" ON "article" ("comment_id");
CREATE INDEX "article_in_order" ON "article" ("pk", "current", "published_on", "kind", "document_id");
CREATE INDEX "article_by_date" ON "article" ("published_on", "pk", "current", "kind", "document_id");
CREATE TABLE "speaker" (
  "pk" INTEGER NOT NULL PRIMARY KEY,
  "id" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "name_key" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "description" TEXT,
  "quote_count" INTEGER NOT NULL,
  "document_count" INTEGER NOT NULL,
  CHECK (kind IN ('person', 'organization', 'group', 'unnamed'))
);
CREATE UNIQUE INDEX "speaker_id" ON "speaker" ("id");
CREATE INDEX "speaker_name_key" ON "speaker" ("name_key");
CREATE INDEX "speaker_quote_count" ON "speaker" ("quote_count");
CREATE TABLE "alias" (
  "key" TEXT NOT NULL,
  "name" TEXT,
  "speaker_id" INTEGER NOT NULL,
  PRIMARY KEY ("key", "speaker_id"),
  FOREIGN KEY ("speaker_id") REFERENCES "speaker" ("pk") ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX "alias_speaker_id" ON "alias" ("speaker_id");
CREATE TABLE "appearance" (
  "pk" INTEGER NOT NULL PRIMARY KEY,
  "document_id" INTEGER NOT NULL,
  "position" INTEGER NOT NULL,
  "speaker_id" INTEGER NOT NULL,
  "own_id" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "description" TEXT,
  "aliases" TEXT NOT NULL,
  "block" TEXT,
  "signs" TEXT,
  FOREIGN KEY ("document_id") REFERENCES "document" ("pk") ON DELETE CASCADE,
  FOREIGN KEY ("speaker_id") REFERENCES "speaker" ("pk") ON DELETE CASCADE
);
CREATE INDEX "appearance_document_id" ON "appearance" ("document_id");
CREATE INDEX "appearance_speaker_id" ON "appearance" ("speaker_id");
CREATE INDEX "appearance_own_id" ON "appearance" ("own_id");
CREATE INDEX "appearance_block" ON "appearance" ("block");
CREATE UNIQUE INDEX "appearance_document_id_position" ON "appearance" ("document_id", "position");
CREATE INDEX "appearance_speaker_id_document_id" ON "appearance" ("speaker_id", "document_id");
CREATE TABLE "quote" (
  "pk" INTEGER NOT NULL PRIMARY KEY,
  "id" TEXT NOT NULL,
  "document_id" INTEGER NOT NULL,
  "article_id" INTEGER,
  "comment_id" INTEGER,
  "position" INTEGER NOT NULL,
  "kind" TEXT NOT NULL,
  "mode" TEXT NOT NULL,
  "text" TEXT NOT NULL,
  "spans" TEXT NOT NULL,
  "start" INTEGER NOT NULL,
  "end" INTEGER NOT NULL,
  "cue" TEXT,
  "mention" TEXT,
  "context" TEXT NOT NULL,
  "confidence" REAL NOT NULL,
  "speaker_id" INTEGER,
  "speaker_confidence" REAL,
  "published_on" TEXT NOT NULL,
  "current" INTEGER NOT NULL,
  "extracted" TEXT,
  "same_as" TEXT,
  "leads" INTEGER NOT NULL,
  FOREIGN KEY ("document_id") REFERENCES "document" ("pk") ON DELETE CASCADE,
  FOREIGN KEY ("article_id") REFERENCES "article" ("pk") ON DELETE CASCADE,
  FOREIGN KEY ("comment_id") REFERENCES "comment" ("pk") ON DELETE CASCADE,
  FOREIGN KEY ("speaker_id") REFERENCES "speaker" ("pk") ON DELETE SET NULL,
  CHECK (kind IN ('direct', 'indirect', 'mixed')),
  CHECK (mode IN ('speech', 'writing', 'thought')),
  CHECK (0 <= start AND start < "end"),
  CHECK (confidence BETWEEN 0 AND 1),
  CHECK (speaker_confidence BETWEEN 0 AND 1),
  CHECK ((speaker_id IS NULL) = (speaker_confidence IS NULL))
);
CREATE UNIQUE INDEX "quote_id" ON "quote" ("id");
CREATE INDEX "quote_document_id" ON "quote" ("document_id");
CREATE INDEX "quote_article_id" ON "quote" ("article_id");
CREATE INDEX "quote_comment_id" ON "quote" ("comment_id");
CREATE INDEX "quote_speaker_id" ON "quote" ("speaker_id");
CREATE INDEX "quote_same_as" ON "quote" ("same_as");
CREATE INDEX "quote_in_order" ON "quote"
  ("pk", "current", "published_on", "kind", "mode", "speaker_id", "confidence", "leads", "document_id");
CREATE INDEX "quote_by_date" ON "quote"
  ("published_on", "pk", "current", "kind", "mode", "speaker_id", "confidence", "leads", "document_id");
CREATE TABLE "unsettled" (
  "block" TEXT NOT NULL PRIMARY KEY
);
CREATE TABLE "voice" (
  "speaker_id" INTEGER NOT NULL,
  "quote_id" INTEGER NOT NULL,
  "rank" INTEGER NOT NULL,
  "appearance_id" INTEGER NOT NULL,
  "published_on" TEXT NOT NULL,
  PRIMARY KEY ("speaker_id", "quote_id"),
  FOREIGN KEY ("speaker_id") REFERENCES "speaker" ("pk") ON DELETE CASCADE,
  FOREIGN KEY ("quote_id") REFERENCES "quote" ("pk") ON DELETE CASCADE,
  FOREIGN KEY ("appearance_id") REFERENCES "appearance" ("pk") ON DELETE CASCADE,
  CHECK (rank >= 0)
) WITHOUT ROWID;
CREATE INDEX "voice_appearance_id" ON "voice" ("appearance_id");
CREATE UNIQUE INDEX "voice_quote_id_rank" ON "voice" ("quote_id", "rank");
CREATE INDEX "voice_speaker_id_published_on_quote_id" ON "voice" ("speaker_id", "published_on", "quote_id");
CREATE INDEX "voice_co_speaker" ON "voice" ("quote_id", "speaker_id") WHERE rank > 0;
CREATE TABLE "fingerprint" (
  "hash" INTEGER NOT NULL,
  "quote_id" INTEGER NOT NULL,
  PRIMARY KEY ("hash", "quote_id"),
  FOREIGN KEY ("quote_id") REFERENCES "quote" ("pk") ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX "fingerprint_quote_id" ON "fingerprint" ("quote_id");
CREATE TABLE "domain" (
  "pk" INTEGER NOT NULL PRIMARY KEY,
  "domain" TEXT NOT NULL,
  "source_count" INTEGER NOT NULL,
  "citation_count" INTEGER NOT NULL,
  "document_count" INTEGER NOT NULL,
  "article_citation_count" INTEGER NOT NULL,
  "comment_citation_count" INTEGER NOT NULL,
  "first_seen" TEXT,
  "last_seen" TEXT
);
CREATE UNIQUE INDEX "domain_domain" ON "domain" ("domain");
CREATE INDEX "domain_source_count" ON "domain" ("source_count");
CREATE INDEX "domain_citation_count" ON "domain" ("citation_count");
CREATE INDEX "domain_document_count" ON "domain" ("document_count");
CREATE TABLE "source" (
  "pk" INTEGER NOT NULL PRIMARY KEY,
  "id" TEXT NOT NULL,
  "url" TEXT NOT NULL,
  "host" TEXT NOT NULL,
  "domain_id" INTEGER NOT NULL,
  "kind" TEXT NOT NULL,
  "label" TEXT,
  "citation_count" INTEGER NOT NULL,
  "document_count" INTEGER NOT NULL,
  "first_seen" TEXT,
  "last_seen" TEXT,
  FOREIGN KEY ("domain_id") REFERENCES "domain" ("pk")
);
CREATE UNIQUE INDEX "source_id" ON "source" ("id");
CREATE UNIQUE INDEX "source_url" ON "source" ("url");
CREATE INDEX "source_host" ON "source" ("host");
CREATE INDEX "source_domain_id" ON "source" ("domain_id");
CREATE INDEX "source_citation_count" ON "source" ("citation_count");
CREATE INDEX "source_domain_id_citation_count" ON "source" ("domain_id", "citation_count");
CREATE INDEX "source_domain_id_url" ON "source" ("domain_id", "url");
CREATE TABLE "citation" (
  "pk" INTEGER NOT NULL PRIMARY KEY,
  "id" TEXT NOT NULL,
  "document_id" INTEGER NOT NULL,
  "article_id" INTEGER,
  "comment_id" INTEGER,
  "position" INTEGER NOT NULL,
  "source_id" INTEGER NOT NULL,
  "domain_id" INTEGER NOT NULL,
  "raw" TEXT NOT NULL,
  "span" TEXT NOT NULL,
  "context" TEXT NOT NULL,
  "label" TEXT,
  "label_nearby" TEXT,
  "truncated" INTEGER NOT NULL,
  "archived_at" TEXT,
  "published_on" TEXT NOT NULL,
  "current" INTEGER NOT NULL,
  FOREIGN KEY ("document_id") REFERENCES "document" ("pk") ON DELETE CASCADE,
  FOREIGN KEY ("article_id") REFERENCES "article" ("pk") ON DELETE CASCADE,
  FOREIGN KEY ("comment_id") REFERENCES "comment" ("pk") ON DELETE CASCADE,
  FOREIGN KEY ("source_id") REFERENCES "source" ("pk"),
  FOREIGN KEY ("domain_id") REFERENCES "domain" ("pk")
);
CREATE UNIQUE INDEX "citation_id" ON "citation" ("id");
CREATE INDEX "citation_document_id" ON "citation" ("document_id");
CREATE INDEX "citation_article_id" ON "citation" ("article_id");
CREATE INDEX "citation_comment_id" ON "citation" ("comment_id");
CREATE INDEX "citation_source_id" ON "citation" ("source_id");
CREATE INDEX "citation_domain_id" ON "citation" ("domain_id");
CREATE INDEX "citation_domain_id_published_on" ON "citation" ("domain_id", "published_on");
CREATE INDEX "citation_source_id_published_on" ON "citation" ("source_id", "published_on");
CREATE INDEX "citation_in_order" ON "citation"
  ("pk", "current", "published_on", "domain_id", "source_id", "comment_id", "document_id");
CREATE INDEX "citation_by_date" ON "citation"
  ("published_on", "pk", "current", "domain_id", "source_id", "comment_id", "document_id");
CREATE TABLE "correction" (
  "pk" INTEGER NOT NULL PRIMARY KEY,
  "id" TEXT NOT NULL,
  "action" TEXT NOT NULL,
  "at" TEXT NOT NULL,
  "by" TEXT NOT NULL,
  "document_id" TEXT,
  "quote_id" TEXT,
  "start" INTEGER,
  "end" INTEGER,
  "speaker_id" TEXT,
  "before" TEXT NOT NULL,
  "after" TEXT NOT NULL,
  "undone_by_id" INTEGER,
  "orphaned" INTEGER NOT NULL,
  FOREIGN KEY ("undone_by_id") REFERENCES "correction" ("pk"),
  CHECK (action IN ('speaker', 'kind', 'not_a_quote', 'merge', 'split', 'undo'))
);
CREATE UNIQUE INDEX "correction_id" ON "correction" ("id");
CREATE INDEX "correction_document_id" ON "correction" ("document_id");
CREATE INDEX "correction_quote_id" ON "correction" ("quote_id");
CREATE INDEX "correction_speaker_id" ON "correction" ("speaker_id");
CREATE INDEX "correction_undone_by_id" ON "correction" ("undone_by_id");
CREATE TABLE "redirect" (
  "old_id" TEXT NOT NULL PRIMARY KEY,
  "new_id" TEXT NOT NULL,
  "by_hand" INTEGER NOT NULL
);
CREATE INDEX "redirect_new_id" ON "redirect" ("new_id");
CREATE TABLE "api_key" (
  "pk" INTEGER NOT NULL PRIMARY KEY,
  "id" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "digest" TEXT NOT NULL,
  "scopes" TEXT NOT NULL,
  "created_at" TEXT NOT NULL,
  "revoked_at" TEXT
);
CREATE UNIQUE INDEX "api_key_id" ON "api_key" ("id");
CREATE UNIQUE INDEX "api_key_digest" ON "api_key" ("digest");
CREATE TABLE "state" (
  "pk" INTEGER NOT NULL PRIMARY KEY,
  "generation" INTEGER NOT NULL
);
INSERT INTO "state" ("pk", "generation") VALUES (1, 0)
"""

# index: (table, columns)
INDEXES = {
    "quote_index": ("quote", ("text",)),
    "comment_index": ("comment", ("text",)),
    "article_index": ("article", ("title", "text")),
    "source_index": ("source", ("label", "url")),
}
TOKENS = "porter unicode61 remove_diacritics 2"  # English stems; case and accents folded


def up(migrator: Any, db: Any) -> None:
    """Make everything."""
    for statement in TABLES.split(";\n"):
        db.execute_sql(statement)
    for index, (table, columns) in INDEXES.items():
        names = ", ".join(columns)
        old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("old", "new"))
        take = f"INSERT INTO {index}({index}, rowid, {names}) VALUES ('delete', old.pk, {old});"
        give = f"INSERT INTO {index}(rowid, {names}) VALUES (new.pk, {new});"
        db.execute_sql(
            f"CREATE VIRTUAL TABLE {index} USING fts5({names}, content='{table}', content_rowid='pk', "
            f"tokenize='{TOKENS}')"
        )
        for event, body in (
            ("INSERT", give),
            ("DELETE", take),
            (f"UPDATE OF {names}", take + give),
        ):
            name = f"{index}_{event.split()[0].lower()}"
            db.execute_sql(f"CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN {body} END")
