"""A page, and the text that is served of it loaded as plain text: the same records, but for what only markup knows.

What legitimately differs, and is left out below:

* titles, bylines and dates of the page's head, links behind words, ``<blockquote>``, who answers whom: markup alone;
* the text has menus and footers too: the story begins with the menu, the last comment goes on to the end;
* a line "5 months ago" is dated by its element's attribute;
* comments that nothing but markup sets apart: the pages of ``MARKED`` are those that print name and date on
  lines of their own;
* the tagger reads the lines around a quote, and they are not the same: what is doubtful differs, confidences and
  mentions too.
"""

from functools import cache
from pathlib import Path

import pytest
from conftest import ROOT

from api.loader import extraction
from api.loader.read import text_of

PAGES = sorted([*(Path(__file__).parent / "pages").glob("*.html"), ROOT / "seeds" / "night-bridge.html"])
NAMES = [path.stem for path in PAGES]
MARKED = ["wordpress", "wordpress_flat", "blogger_flat", "coral", "lines", "reddit", "rows", "night-bridge"]
SURE = 0.9


@cache
def both(name):
    """What is found in the page, and in its text."""
    path = next(path for path in PAGES if path.stem == name)
    of_page = extraction(
        text_of(path.read_bytes(), path.name, "text/html", url="https://courier.example.com/a")
    )
    of_text = extraction(text_of(of_page.document.text.encode(), f"{name}.txt", "text/plain"))
    return of_page, of_text


@pytest.mark.parametrize("name", NAMES)
def test_the_text_is_the_same(name):
    of_page, of_text = both(name)
    assert of_text.document.text == of_page.document.text


def story(found):
    """The paragraphs of the page's article, its headline aside."""
    return [
        span
        for article in found.segments.articles[:1]
        for span in article.spans
        if "." in span.of(found.document.text)
    ]


def quotes(found, places, least):
    """The quotes inside the places; of direct ones also who speaks, whose mention is plain."""
    for quote, resolution in zip(found.quotes, found.resolutions, strict=True):
        if quote.confidence >= least and any(place.holds(quote.spans[0]) for place in places) and quote.cue:
            speaker = resolution.speaker if quote.kind == "direct" else None
            yield (
                quote.spans,
                quote.kind,
                quote.mode,
                None if speaker is None else found.speakers[speaker].name,
            )


@pytest.mark.parametrize("name", NAMES)
def test_what_the_one_is_sure_of_in_the_story_the_other_finds(name):
    of_page, of_text = both(name)
    places = story(of_page)
    sure = set(quotes(of_page, places, SURE))
    assert sure <= set(quotes(of_text, places, 0))
    assert set(quotes(of_text, places, SURE)) <= set(quotes(of_page, places, 0))
    assert bool(sure) == (name != "hackernews")  # where there is no story


@pytest.mark.parametrize("name", NAMES)
def test_links_that_are_printed_are_the_same(name):
    of_page, of_text = both(name)
    text = of_page.document.text
    printed, read = (
        {(link.span, link.url) for link in found.citations if link.span.of(text).startswith("http")}
        for found in (of_page, of_text)
    )
    assert printed == read
    assert {link.span for link in of_text.citations} <= {link.span for link in of_page.citations}


@pytest.mark.parametrize("name", MARKED)
def test_comments_that_print_who_and_when_are_the_same(name):
    of_page, of_text = (found.segments.comments for found in both(name))
    text = both(name)[0].document.text
    assert [one.author for one in of_text] == [one.author for one in of_page]
    for read, marked in zip(of_text[:-1], of_page[:-1], strict=True):
        assert read.posted_at_text == marked.posted_at_text
        assert read.posted_at == marked.posted_at or "ago" in marked.posted_at_text
        assert read.body[0] == marked.body[0]
        assert read.span.of(text).endswith(marked.body[-1].of(text)) or read.span.end == marked.span.end
    assert of_text[-1].body[0].of(text).startswith(of_page[-1].body[0].of(text).split("\n")[0])


def test_there_is_something_to_compare():
    assert sum(len(both(name)[1].quotes) for name in NAMES) > 50
    assert sum(len(both(name)[1].citations) for name in NAMES) > 0
