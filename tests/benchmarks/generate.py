"""A store of realistic size for the serving benchmark: ``python -m tests.benchmarks.generate FILE``.

Invented news: 20,000 documents with 50 quotes, 20 comments and 15 links each, that is a million quotes, 400,000
comments and 300,000 citations of 200,000 sources in 8,000 domains; 30,000 speakers, each surname shared by
twenty of them. Speakers, domains and words have Zipf's frequencies. A document depends on its number alone,
so a run that was stopped goes on where it was, and every machine gets the same file.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import random
import sys
import time
from bisect import bisect
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from api.config import Config
from api.database import database, open_database, prepare
from api.loader.records import (
    Article,
    Attribution,
    Citation,
    Comment,
    Extraction,
    Resolution,
    Segments,
    Span,
    Speaker,
    Text,
)
from api.models import Document
from api.store import store_many

DOCUMENTS = 20_000
QUOTES, COMMENTS, LINKS = 50, 20, 15  # a document
SPEAKERS, SOURCES, DOMAINS = 30_000, 200_000, 8_000
GIVEN = 20  # given names: so many speakers share a surname
CAST = 12  # speakers a document
BATCH = 100  # documents a transaction
COMMON, RARE = "harbour", "zeppelin"  # in 4% of the quotes, and in one of ten thousand
FIRST_DAY = date(2015, 1, 1)


class Zipf:
    """Numbers from 0 to ``size`` - 1, the lower ones the more often: that of rank n with weight 1/n."""

    def __init__(self, size: int) -> None:
        self.sums = list(itertools.accumulate(1 / rank for rank in range(1, size + 1)))

    def draw(self, chance: random.Random) -> int:
        """One of them."""
        return bisect(self.sums, chance.random() * self.sums[-1])


def invented_words(count: int, seed: str) -> list[str]:
    """So many different words of two to four syllables."""
    chance = random.Random(seed)
    found: dict[str, None] = {}
    while len(found) < count:
        syllables = (chance.choice("bdfgklmnprstvw") + chance.choice("aeiou") for _ in range(9))
        word = "".join(itertools.islice(syllables, chance.choice((2, 3, 3, 4)))) + chance.choice("nrslt")
        found.setdefault(word)
    return list(found)


SPEAKER_RANKS, DOMAIN_RANKS, WORD_RANKS = Zipf(SPEAKERS), Zipf(DOMAINS), Zipf(20_000)
GIVEN_NAMES = [word.title() for word in invented_words(GIVEN, "given")]
SURNAMES = [word.title() for word in invented_words(SPEAKERS // GIVEN, "surnames")]
WORDS = invented_words(20_000, "words")


def speaker(number: int) -> Speaker:
    """The speaker of that rank."""
    given, family = GIVEN_NAMES[number % GIVEN], SURNAMES[number // GIVEN]
    return Speaker(f"{given} {family}", "person", (family,), f"the {WORDS[number % 997]} of {family}ville")


class Page:
    """A text as it grows."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.parts: list[str] = []
        self.length = 0

    def add(self, words: str) -> Span:
        """Append words; where they stand comes back."""
        self.parts.append(words)
        self.length += len(words)
        return Span(self.length - len(words), self.length)

    def words(self, least: int, most: int) -> str:
        """A sentence's words, the first one capital."""
        count = self.chance.randint(least, most)
        return " ".join(self.chance.choices(WORDS, cum_weights=WORD_RANKS.sums, k=count)).capitalize()


def document(number: int) -> Extraction:
    """The document of that number, as the loader would have read it."""
    chance = random.Random(number)
    page = Page(chance)
    title = page.words(4, 8)
    page.add(title + "\n")
    cast = list(dict.fromkeys(SPEAKER_RANKS.draw(chance) for _ in range(CAST)))
    # every speaker has a quote somewhere, however rare it is
    cast += [rank for rank in range(number * 3 % SPEAKERS, number * 3 % SPEAKERS + 3) if rank not in cast]
    article_start = page.length
    found = [_quote(page, cast, [speaker(rank) for rank in cast]) for _ in range(QUOTES)]
    article = Span(article_start, page.length)
    comments = tuple(_comment(page, index) for index in range(COMMENTS))
    citations = tuple(_citation(page, number * LINKS + index) for index in range(LINKS))
    text = "".join(page.parts)
    published = FIRST_DAY + timedelta(days=number * 4000 // DOCUMENTS + chance.randrange(30))
    return Extraction(
        Text(
            name=f"{number}.html",
            text=text,
            sha256=hashlib.sha256(text.encode()).hexdigest(),
            media_type="text/html",
            url=f"https://{_domain(DOMAIN_RANKS.draw(chance))}/news/{number}",
            title=title,
            byline=f"{chance.choice(GIVEN_NAMES)} {chance.choice(SURNAMES)}",
            published_at=published.isoformat(),
            language="en",
        ),
        Segments((Article("main", (article,), title),), comments),
        tuple(attribution for attribution, _ in found),
        tuple(resolution for _, resolution in found),
        tuple(speaker(rank) for rank in cast),
        citations,
    )


def _quote(page: Page, cast: Sequence[int], speakers: Sequence[Speaker]) -> tuple[Attribution, Resolution]:
    chance = page.chance
    page.add(page.words(5, 15) + ". “")
    words = page.words(8, 30)
    if chance.random() < 0.04:
        words += f" {COMMON}"
    if chance.random() < 0.0001:
        words += f" {RARE}"
    content = page.add(words)
    page.add(",” ")
    cue = page.add(chance.choice(("said", "told", "wrote", "insisted")))
    page.add(" ")
    who = chance.randrange(len(cast))
    mention = page.add(speakers[who].name)
    page.add(".\n" if chance.random() < 0.3 else ". ")
    attribution = Attribution(
        "direct" if chance.random() < 0.7 else "mixed", (content,), cue, mention, "speech", 0.9
    )
    if chance.random() < 0.1:
        return attribution, Resolution(None)
    other = chance.randrange(len(cast))
    return attribution, Resolution(who, 0.95, (other,) if chance.random() < 0.02 and other != who else ())


def _comment(page: Page, index: int) -> Comment:
    chance = page.chance
    start = page.length
    author = f"{WORDS[WORD_RANKS.draw(chance)]}{chance.randrange(50)}"
    page.add(f"\n{author}\n")
    body = page.add(page.words(10, 60))
    parent = chance.randrange(index) if index and chance.random() < 0.3 else None
    posted = f"{FIRST_DAY + timedelta(days=chance.randrange(4000))}"
    return Comment(Span(start, page.length), (body,), author, posted, posted, parent)


def _domain(rank: int) -> str:
    return f"{WORDS[rank % 4000]}{rank}.example"


def _citation(page: Page, number: int) -> Citation:
    """Two of three links point to a source that no other one did; the third one to any of them."""
    turn, place = divmod(number, 3)
    source = (turn * 2 + place) % SOURCES if place < 2 else page.chance.randrange(SOURCES)
    chance = random.Random(f"source {source}")
    domain = _domain(DOMAIN_RANKS.draw(chance))
    url = f"https://{domain}/{WORDS[source % 20_000]}/{source}"
    label = " ".join(WORDS[WORD_RANKS.draw(chance)] for _ in range(4)).capitalize()
    page.add(f"\n{label}: ")
    span = page.add(url)
    return Citation(url, span, url, domain, domain, "page", label)


def _documents(first: int, count: int) -> Iterator[Extraction]:
    return (document(number) for number in range(first, count))


def main() -> None:
    """Fill the file up to the number of documents."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("file", help="the SQLite file; one that is there is filled up")
    arguments.add_argument("--documents", type=int, default=DOCUMENTS)
    given = arguments.parse_args()
    opened = open_database(Config(database_url=f"sqlite:///{given.file}", cache_kib=262_144))
    prepare()
    started, stored = time.perf_counter(), Document.select().count()
    remaining = _documents(stored, given.documents)
    while batch := list(itertools.islice(remaining, BATCH)):
        stored += len(store_many(batch))
        elapsed = time.perf_counter() - started
        print(f"\r{stored} documents, {elapsed:.0f} s", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    database.execute_sql("ANALYZE")
    opened.close()


if __name__ == "__main__":
    main()
