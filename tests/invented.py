"""Extractions of our own making: who is quoted, what is linked and who comments, said in a line."""

from urllib.parse import urlsplit

from conftest import as_document

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
)

ANN = Speaker("Ann Lee", "person", ("Lee",), "a pilot")
JUDITH = Speaker("Judith Lee", "person", ("Ms. Lee", "Lee"), "the pilot of the late boat")
PORT = Speaker("Port of Halvermouth", "organization", ("the port",))
CROWD = Speaker("residents", "group")


def invented(name, quotes=(), links=(), comment="", **of_document):
    """A document with these quotes (words, speakers), links (label or None, URL) and comment, one a line."""
    lines = [f"{name} has a story."]
    lines += [f"“{words},” said {' and '.join(one.name for one in who) or 'she'}." for words, who in quotes]
    lines += [f"{label or 'At'} {url}" for label, url in links]
    story = "\n".join(lines)
    text = f"{story}\n{comment}" if comment else story
    document = as_document(text, f"{name}.txt")
    for field, value in of_document.items():
        object.__setattr__(document, field, value)
    speakers = list(dict.fromkeys(one for _, who in quotes for one in who))
    found, resolutions = [], []
    for words, who in quotes:
        start = text.index(f"“{words},”") + 1
        said = Span(start, start + len(words))
        cue = Span(said.end + 3, said.end + 7)
        found.append(Attribution("direct", (said,), cue=cue, confidence=0.9))
        keys = [speakers.index(one) for one in who]
        resolutions.append(Resolution(keys[0], 0.8, tuple(keys[1:])) if keys else Resolution(None))
    comments = ()
    if comment:
        span = Span(len(story) + 1, len(text))
        comments = (Comment(span, (span,), author="Harbour Watcher", posted_at="2026-03-03"),)
    return Extraction(
        document=document,
        segments=Segments((Article("main", (Span(0, len(story)),), title=name),), comments),
        quotes=tuple(found),
        resolutions=tuple(resolutions),
        speakers=tuple(speakers),
        citations=tuple(linked(text, label, url) for label, url in [*links, *in_comment(comment)]),
    )


def in_comment(comment):
    return [(None, word) for word in comment.split() if word.startswith("https://")]


def linked(text, label, url):
    start = text.rindex(url)
    host = urlsplit(url).hostname
    domain = ".".join(host.split(".")[-2:])
    return Citation(url, Span(start, start + len(url)), url, host, domain, label=label)


BRIDGE = "https://en.example.org/bridge"
FERRY = "https://example.org/ferry"
TIDES = "https://tides.example.net/table"

DOCUMENTS = (
    invented(
        "one", [("It rained", [ANN]), ("It did not", [])], [("A bridge", BRIDGE)], published_at="2026-02"
    ),
    invented("two", [("We open at six", [JUDITH, PORT])], [(None, BRIDGE), ("Tides", TIDES)]),
    invented("three", [("No", [CROWD]), ("Yes", [PORT])], [(None, FERRY)], f"I was there, see {BRIDGE} too."),
    invented("four", [], [("Ferries at length", FERRY), ("Bridge", BRIDGE)], published_at="2025-12-24"),
    invented("five", [("Ask Ann", [PORT, ANN])], [], "Nobody asked us.", published_at="2026-03-01T08:00:00Z"),
)
PAGE = "https://paper.example.com/story"
VERSIONS = (
    invented("early", [("It rains", [ANN])], [("Tides", TIDES)], url=PAGE, published_at="2026-01-02"),
    invented("later", [("It has rained", [ANN, PORT])], [(None, FERRY)], "So what?", url=PAGE),
    invented("latest", [("It will rain", [CROWD])], [(None, FERRY)], url=PAGE, published_at="2026-01-05"),
)
