"""The sample documents: what holds of every record, and what a reader finds in them (``tests/seeds/``).

A file there names a document of ``seeds/`` and lists, as exact substrings, its quotes (the pieces of each
one's content, its kind and speaker), its comments' first words, its links, and the last words of its story.
"""

import json
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from api.errors import LoadError
from api.loader import extraction
from api.loader.read import documents

SEEDS = Path(__file__).resolve().parents[1] / "seeds"
GOLD = {
    path.stem: json.loads(path.read_text("utf-8"))
    for path in Path(__file__).with_name("seeds").glob("*.json")
}

# Shares over all seeds, pinned just below what the loader reaches.
FLOORS = {
    "direct pieces, exact": 0.94,
    "their speakers": 0.88,
    "indirect and mixed pieces, mostly": 0.9,
    "speakers given, right": 0.92,
    "comments' starts": 0.9,
}


@cache
def extractions():
    """Every seed's extraction by the name of its gold: the line's id, or the file's name to its first dot."""
    found = {}
    for document in documents([SEEDS], 2**26, 2**26):
        assert not isinstance(document, LoadError), document
        found[document.id or document.name.split(".")[0]] = extraction(document)
    return found


each_seed = pytest.mark.parametrize("seed", sorted(GOLD))


def letters(text):
    return "".join(character for character in text if character.isalnum())


def pieces(found):
    """Every piece of a quote's content: its span, its quote's kind, and the speaker's name or None."""
    for quote, resolution in zip(found.quotes, found.resolutions, strict=True):
        speaker = None if resolution.speaker is None else found.speakers[resolution.speaker].name
        for span in quote.spans:
            yield span, quote.kind, speaker


def places(text, piece):
    """The characters of ``piece`` in ``text`` that are letters or digits."""
    start = text.index(piece)
    return {at for at in range(start, start + len(piece)) if text[at].isalnum()}


def characters(text, span):
    return {at for at in range(*span) if text[at].isalnum()}


def named(quote, speaker):
    """Whether ``speaker`` is whom the gold names, or one of the other names that it takes."""
    return speaker in (quote["speaker"], *quote.get("also", ()))


def all_spans(found):
    for quote in found.quotes:
        yield from quote.spans
        yield from filter(None, (quote.cue, quote.mention))
    for article in found.segments.articles:
        yield from article.spans
    for comment in found.segments.comments:
        yield comment.span
        yield from comment.body
    for citation in found.citations:
        yield citation.span


def test_the_folder_holds_these_documents_and_no_other():
    assert sorted(extractions()) == sorted(GOLD)


@each_seed
def test_every_span_lies_in_the_text(seed):
    found = extractions()[seed]
    for span in all_spans(found):
        assert 0 <= span.start < span.end <= len(found.document.text)


@each_seed
def test_quotes_do_not_overlap_and_are_in_order(seed):
    found = extractions()[seed]
    for quote in found.quotes:
        assert list(quote.spans) == sorted(quote.spans)
    starts = [quote.spans[0].start for quote in found.quotes]
    assert starts == sorted(starts)
    spans = sorted(span for quote in found.quotes for span in quote.spans)
    assert all(before.end <= after.start for before, after in pairwise(spans))


@each_seed
def test_quotes_and_links_stand_in_a_part_of_the_document(seed):
    found = extractions()[seed]
    for span in [quote.spans[0] for quote in found.quotes]:
        assert found.place(span) != (None, None), span.of(found.document.text)


@each_seed
def test_comments_follow_one_another_and_hold_their_bodies(seed):
    found = extractions()[seed]
    comments = found.segments.comments
    assert all(before.span.end <= after.span.start for before, after in pairwise(comments))
    assert all(comment.span.holds(part) for comment in comments for part in comment.body)
    assert all(comment.parent is None or comment.parent < at for at, comment in enumerate(comments))


@each_seed
def test_links_are_as_printed(seed):
    found = extractions()[seed]
    text = found.document.text
    for citation in found.citations:
        if found.document.layout is None:
            assert citation.span.of(text) == citation.raw
    by_raw = {citation.raw: citation for citation in found.citations}
    assert sorted(by_raw) == sorted(gold["raw"] for gold in GOLD[seed]["citations"])
    for gold in GOLD[seed]["citations"]:
        citation = by_raw[gold["raw"]]
        for name, value in gold.items():
            assert getattr(citation, name) == value
        assert citation.truncated is gold.get("truncated", False)


@each_seed
def test_the_story_ends_where_the_readers_begin(seed):
    gold, found = GOLD[seed], extractions()[seed]
    text = found.document.text
    (story,) = (article for article in found.segments.articles if article.kind == "main")
    assert text[story.spans[0].start : story.spans[-1].end].rstrip().endswith(gold["article_ends"])
    if gold["comments"]:
        first = text.index(gold["comments"][0], story.spans[-1].end)
        assert found.segments.comments[0].span.start == first
    else:
        assert not found.segments.comments


@pytest.mark.parametrize("seed", sorted(name for name, gold in GOLD.items() if "authors" in gold))
def test_signed_comments(seed):
    gold, found = GOLD[seed], extractions()[seed]
    comments = found.segments.comments
    assert [comment.author for comment in comments] == gold["authors"]
    assert [(comment.posted_at or "")[:16] for comment in comments] == gold["posted"]
    if "parents" in gold:
        assert [comment.parent for comment in comments] == gold["parents"]


@each_seed
def test_a_story_reposted_by_a_reader(seed):
    found = extractions()[seed]
    reposts = [article for article in found.segments.articles if article.kind == "repost"]
    text = found.document.text
    wanted = GOLD[seed].get("reposts", [])
    assert len(reposts) == len(wanted)
    for article, words in zip(reposts, wanted, strict=True):
        assert text.startswith(words, article.spans[0].start)
        assert article.comment is not None


def shares():
    """What ``FLOORS`` bounds: hits and totals by measure."""
    hits = {name: [] for name in FLOORS}
    for seed, gold in GOLD.items():
        found = extractions()[seed]
        text = found.document.text
        given = list(pieces(found))
        for quote in gold["quotes"]:
            for piece in quote["pieces"]:
                wanted = places(text, piece)
                span, kind, speaker = max(
                    given, key=lambda one: len(characters(text, one[0]) & wanted), default=(None, None, None)
                )
                had = characters(text, span) if span else set()
                if quote["kind"] == "direct":
                    right = had == wanted and kind == "direct"
                    hits["direct pieces, exact"].append((seed, piece, right))
                    hits["their speakers"].append(
                        (seed, f"{piece} -- {speaker}", right and named(quote, speaker))
                    )
                else:
                    right = 2 * len(had & wanted) > len(had | wanted)
                    hits["indirect and mixed pieces, mostly"].append((seed, piece, right))
                if had & wanted and speaker is not None:
                    hits["speakers given, right"].append(
                        (seed, f"{piece} -- {speaker}", named(quote, speaker))
                    )
        starts = {comment.span.start for comment in found.segments.comments}
        hits["comments' starts"] += (
            (seed, words, any(text.startswith(words, start) for start in starts))
            for words in gold["comments"]
        )
    return hits


@pytest.mark.parametrize("measure", FLOORS)
def test_what_a_reader_finds(measure):
    hits = shares()[measure]
    missed = [(seed, words) for seed, words, right in hits if not right]
    assert 1 - len(missed) / len(hits) >= FLOORS[measure], missed
