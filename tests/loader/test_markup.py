"""Pages to text, and what their markup says: one page for each comment system, written by us."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api.errors import LoadError
from api.loader import extraction
from api.loader.markup import page
from api.loader.read import text_of
from api.loader.records import Text
from api.loader.segment import segments

PAGES = Path(__file__).parent / "pages"
ADDRESS = "https://courier.example.com/2024/05/harrow-mill-bridge?from=feed"

AUTHORS = ("Mara Quill", "Tobias Venn", "Ines Okafor", "river_rat77")
WORDS = (
    "I walk that way to work every day. The cracks have been there since the flood, and nobody looked.",
    "See the photographs at my album.",
    "The photographs are from the other bridge, I think.",
    "No, the railing is the green one. That is Harrow Mill.",
    "A rope ferry would cost next to nothing. Why is it not even planned?",
)
FLAT = (None, None, None, None)
CHAIN = (None, 0, 1, None)
DAY_AND_TIME = ("2024-05-02T10:15", "2024-05-02T11:40", "2024-05-02T12:05", "2024-05-03T07:30")
TEN_DAYS_LATER = (*DAY_AND_TIME[:3], "2024-05-13T07:30")
BRITISH = ("2 May 2024 at 10:15", "2 May 2024 at 11:40", "2 May 2024 at 12:05", "3 May 2024 at 07:30")
OLD_THEME = tuple(
    f"May {day}, 2024 at {time}"
    for day, time in (("2nd", "10:15 am"), ("2nd", "11:40 am"), ("2nd", "12:05 pm"), ("3rd", "7:30 am"))
)
AMERICAN = tuple(
    f"May {day}, 2024 at {time}"
    for day, time in ((2, "10:15 am"), (2, "11:40 am"), (2, "12:05 pm"), (3, "7:30 am"))
)
IN_CAPITALS = tuple(date.replace(" at", "").replace("am", "AM").replace("pm", "PM") for date in AMERICAN)
ON_DAYS = tuple(date.partition(" at")[0] for date in AMERICAN)
DAYS_ALONE = tuple(date[:10] for date in DAY_AND_TIME)
DAYS = (2, 3, 4, 5)
REDDIT = tuple(f"2024-05-02T1{hour}:15:00+00:00" for hour in range(4))

# A page's name: the parents, the dates as printed, and in ISO 8601.
SYSTEMS = {
    "wordpress": (CHAIN, AMERICAN, DAY_AND_TIME),
    "wordpress_flat": (FLAT, OLD_THEME, DAY_AND_TIME),
    "disqus": (CHAIN, ("2 months ago",) * 4, DAY_AND_TIME),
    "disqus_plain": (FLAT, (None,) * 4, (None,) * 4),
    "blogger": ((None, 0, 0, None), BRITISH, DAY_AND_TIME),
    "blogger_flat": (FLAT, BRITISH, DAY_AND_TIME),
    "coral": (
        CHAIN,
        tuple(f"{hours} hours ago" for hours in (2, 3, 4, 5)),
        ("2024-05-02T08:15:00Z", "2024-05-02T09:15:00Z", "2024-05-02T07:15:00Z", "2024-05-03T07:15:00Z"),
    ),
    "vbulletin": (
        FLAT,
        ("05-02-2024, 10:15 AM", "05-02-2024, 11:40 AM", "05-02-2024, 12:05 PM", "05-13-2024, 07:30 AM"),
        TEN_DAYS_LATER,
    ),
    "hackernews": (
        CHAIN,
        ("2 hours ago", "1 hour ago", "40 minutes ago", "15 minutes ago"),
        tuple(f"{time}:00" for time in DAY_AND_TIME),
    ),
    "reddit": (CHAIN, tuple(f"{months} months ago" for months in (5, 4, 3, 2)), REDDIT),
    "reddit_elements": (CHAIN, tuple(f"{months}mo ago" for months in (5, 4, 3, 2)), REDDIT),
    "movabletype": (
        FLAT,
        ("May 2, 2024 10:15 AM", "May 2, 2024 11:40 AM", "May 2, 2024 12:05 PM", "May 3, 2024 7:30 AM"),
        DAY_AND_TIME,
    ),
    "drupal": (
        CHAIN,
        (*(f"Thu, 05/02/2024 - {time}" for time in ("10:15", "11:40", "12:05")), "Mon, 05/13/2024 - 07:30"),
        TEN_DAYS_LATER,
    ),
    "lines": (
        FLAT,
        tuple(f"May {day}, 2024 10:15 am" for day in DAYS),
        tuple(f"2024-05-0{day}T10:15" for day in DAYS),
    ),
    "typepad_lines": (
        FLAT,
        tuple(f"May {day}, 2024 at 10:15 AM" for day in DAYS),
        tuple(f"2024-05-0{day}T10:15" for day in DAYS),
    ),
    "xenforo": (FLAT, tuple(f"May {day}, 2024" for day in DAYS), tuple(f"2024-05-0{day}" for day in DAYS)),
    "rows": (FLAT, tuple(date.replace(" at", ",") for date in BRITISH), DAY_AND_TIME),
    # What no system is: markup as people wrote it by hand, and themes that name little of it.
    "terms": (FLAT, AMERICAN, DAY_AND_TIME),
    "words_named": (FLAT, ON_DAYS, DAYS_ALONE),
    "posted_by": (FLAT, IN_CAPITALS, DAY_AND_TIME),
    "bare_text": (FLAT, ON_DAYS, DAYS_ALONE),
    "pairs_of_rows": (FLAT, tuple(date.replace(" at", "") for date in BRITISH), DAY_AND_TIME),
    "footers": (FLAT, IN_CAPITALS, DAY_AND_TIME),
    "alternating": (FLAT, (None,) * 4, (None,) * 4),
    "with_trackbacks": (FLAT, ON_DAYS, DAYS_ALONE),
    "name_headings": (FLAT, ON_DAYS, DAYS_ALONE),
    "journal": (CHAIN, tuple(date.replace(" at", "") for date in BRITISH), DAY_AND_TIME),
}
NONE = ("none", "none_teasers", "none_furniture")


def read(name):
    return text_of((PAGES / f"{name}.html").read_bytes(), f"{name}.html", url=ADDRESS)


def lines(text, spans):
    return [line for span in spans for line in span.of(text).split("\n") if line]


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_comment_with_author_date_words_and_parent(system):
    document = read(system)
    parents, printed, dates = SYSTEMS[system]
    comments = document.layout.segments.comments
    words = [
        [line for span in one.body for line in span.of(document.text).split("\n") if line] for one in comments
    ]
    assert words == [[WORDS[0], WORDS[1]], *([line] for line in WORDS[2:])]
    assert tuple(one.author for one in comments) == AUTHORS
    assert tuple(one.posted_at_text for one in comments) == printed
    assert tuple(one.posted_at for one in comments) == dates
    assert tuple(one.parent for one in comments) == parents


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_comments_span_holds_its_words_name_and_date_and_nobody_elses(system):
    document = read(system)
    comments = document.layout.segments.comments
    for comment in comments:
        shown = comment.span.of(document.text)
        assert comment.author in shown
        assert (comment.posted_at_text or "") in shown
        assert all(comment.span.holds(span) for span in comment.body)
    assert all(one.span.end <= other.span.start for one, other in pairwise(comments))


@pytest.mark.parametrize("system", [*SYSTEMS, *NONE])
def test_the_article_without_comments_or_furniture(system):
    document = read(system)
    if system == "hackernews":  # a link and its discussion: there is no story on the page
        assert document.layout.segments.articles == ()
        return
    (article,) = document.layout.segments.articles
    paragraphs = lines(document.text, article.spans)
    assert [line.split()[0] for line in paragraphs[-3:]] == ["The", "Inspectors", "The"]
    assert paragraphs[:-3] in ([article.title], [])
    assert article.title == document.title == "Harrow Mill bridge stays closed"


@pytest.mark.parametrize("name", NONE)
def test_pages_without_comments_are_given_none(name):
    assert read(name).layout.segments.comments == ()


def test_what_the_page_says_of_itself():
    document = read("wordpress")
    assert document.byline == "Jon Adeyemi"
    assert document.published_at == "2024-05-01T08:00:00+02:00"
    assert document.url == "https://courier.example.com/2024/05/harrow-mill-bridge"
    assert document.language == "en"


def test_links_are_those_of_the_article_and_of_comments_words():
    document = read("wordpress")
    anchors = [(anchor.span.of(document.text), anchor.href) for anchor in document.layout.anchors]
    assert anchors == [
        ("the minutes", "https://council.example.org/minutes/0412"),
        ("my album", "https://photos.example.net/lenne/3"),
    ]


RENDERINGS = [
    ("<p>a  b\n c</p><p>d", "a b c\n\nd", "white space collapses, paragraphs stand apart"),
    ("<div>a<br>b</div><div>c", "a\nb\nc", "breaks and blocks end lines"),
    ("a&nbsp;&amp;&hellip;&#x2014;b", "a &…—b", "entities are characters"),
    ("<q>so <q>he</q> said</q>.", "“so ‘he’ said”.", "quotations are marked, nested ones singly"),
    ("<q>“so”</q>", "“so”", "a quotation with marks of its own gets no others"),
    ("a<script>b</script><style>c</style><noscript>d</noscript>e", "ae", "scripts show nothing"),
    ('a<p hidden>b<p style="display: none">c<span class="sr-only">d</span>', "a", "hidden text is not shown"),
    ('<body style="visibility:hidden"><p>a<p hidden>b', "a", "a page that its script shows"),
    ("<table><tr><td>1<td>2<tr><td>3", "1\t2\n3", "cells and rows"),
    ("<pre>a\n  b</pre>c", "a\n  b\nc", "preformatted text keeps its lines"),
    ("soft\u00adhyphen zero\u200bwidth", "softhyphen zerowidth", "hints to a layout go"),
    ("a <b> b </b> c", "a b c", "one space where elements meet"),
    ("<!-- a -->b<!-- c -->d", "bd", "remarks show nothing"),
    ("<title>a</title><main><p>b</p></main>", "b", "a head that ends nowhere"),
    ("x<textarea>y</textarea><select><option>z</select>", "x", "forms show nothing"),
]


@pytest.mark.parametrize("html, text, why", RENDERINGS, ids=[why for *_, why in RENDERINGS])
def test_rendering(html, text, why):
    assert page(html).text == text


def test_block_quotations_with_their_source():
    inline = '<p>It <q cite="/minutes">rained</q>.</p>'
    block = '<blockquote cite="https://example.org/a"><p>So it did.</p></blockquote>'
    found = page(inline + block, "https://example.com/b")
    quotes = [(quote.span.of(found.text), quote.cite) for quote in found.layout.block_quotes]
    assert quotes == [("rained", "https://example.com/minutes"), ("So it did.", "https://example.org/a")]


def test_a_forums_post_is_no_quotation_but_what_it_quotes_is():
    posts = read("vbulletin")
    assert posts.layout.block_quotes == ()
    html = (PAGES / "vbulletin.html").read_text()
    quoting = html.replace(
        "The photographs are from", "<blockquote>It rained.</blockquote>The photographs are from"
    )
    document = text_of(quoting.encode(), "quoting.html", url=ADDRESS)
    assert [block.span.of(document.text) for block in document.layout.block_quotes] == ["It rained."]


ADDRESSES = [
    ('<link rel="canonical" href="/b">', "https://example.com/b", "a relative one"),
    ('<link rel="canonical" href="https://other.example.org/b">', "https://example.com/a", "another site's"),
    (
        '<meta property="og:url" content="https://www.example.com/c">',
        "https://www.example.com/c",
        "Open Graph's",
    ),
    ("", "https://example.com/a", "none declared"),
]


@pytest.mark.parametrize("head, url, why", ADDRESSES, ids=[why for *_, why in ADDRESSES])
def test_canonical_address(head, url, why):
    assert page(f"<head>{head}</head><p>Rain.", "https://example.com/a").url == url


LINKED = '<script type="application/ld+json">{}</script>'
DATES = [
    (
        '<meta property="article:published_time" content="2024-05-02T10:00:00Z">',
        "2024-05-02T10:00:00Z",
        "a time",
    ),
    ('<meta name="date" content="2024-05">', "2024-05", "a month stays a month"),
    (LINKED.format('{"@type": "NewsArticle", "datePublished": "2024-05-02"}'), "2024-05-02", "linked data"),
    (LINKED.format('{"@type": "NewsArticle", broken'), None, "broken linked data"),
    ('<meta name="date" content="٢٠٢٤-٠٥-٠٢">', None, "digits that ISO 8601 does not have"),
    ('<time itemprop="datePublished" datetime="2024-05-02">May</time>', "2024-05-02", "microdata"),
    ("<p>It rained on 2 May 2024.</p>", None, "none is guessed from the words"),
]


@pytest.mark.parametrize("html, date, why", DATES, ids=[why for *_, why in DATES])
def test_published_at(html, date, why):
    assert page(html + "<p>Rain.").published_at == date


def test_linked_data_that_utf_8_refuses():
    article = r'{"@type": "Article", "headline": "Rain\ud800", "author": "Ann\ud800 Lee"}'
    found = page(LINKED.format(article) + "<p>It rained.</p>")
    assert (found.title, found.byline) == ("Rain\ufffd", "Ann\ufffd Lee")


STORY = "<h1>Bridge shut</h1>{}<article>" + "<p>The bridge at Harrow Mill stays shut for the winter.</p>" * 12
DATELINES = [
    ("<p class=date>October 5, 2012 3:45 pm</p>{}", "2012-10-05T15:45", "a line of its own"),
    ("<p class=byline>By Ann Lee on Friday, 5 Oct 2012 | 3 comments</p>{}", "2012-10-05", "beside a name"),
    (
        "<p>Updated: May 7, 2012</p><p>Published: Friday, 4 May 2012, 3:05 PM EDT</p>{}",
        "2012-05-04T15:05",
        "of two",
    ),
    ("<p>Updated: May 7, 2012</p>{}", "2012-05-07", "no other"),
    ("<p>The mill on August 14, 1935 (Ann Lee)</p>{}", None, "an old photograph"),
    ("<p class=date>5/6/2012</p>{}", "2012", "a day in May or in June"),
    ("<p class=date>25/6/2012</p>{}", "2012-06-25", "only one of them can be a day"),
    ("<p class=date>It was opened on October 5, 2012, and shut.</p>{}", None, "a sentence"),
    (
        "{}<ol class=comments><li class=comment><b>Ann</b> October 5, 2012<p>So it is.</ol>",
        None,
        "a comment's",
    ),
]


@pytest.mark.parametrize("html, date, why", DATELINES, ids=[why for *_, why in DATELINES])
def test_the_date_that_a_page_prints_beside_its_article(html, date, why):
    before, _, after = html.partition("{}")
    found = page(STORY.format(before) + "</article>" + after)
    assert found.layout.segments.articles and found.published_at == date


TAGS = (
    "<p> </p> <div class=comment> </div> <li id=comment-7> <ul> </ul> <q> </q> <blockquote> <a href=/x> </a> "
    "<b class=author> </b> <time> </time> <table> <tr> <td> </table> <pre> </pre> <br> <script> </script>"
)
WORDS_AND_WHITE_SPACE = [
    "Ann Lee",
    " ",
    "\n",
    "May 2, 2024",
    "It rained all day. ",
    "Reply",
    "“so”",
    "&amp;",
    "😀",
    "e\u0301",
]
MARKUP = st.lists(
    st.sampled_from([*TAGS.replace("> <", ">\0<").split("\0"), *WORDS_AND_WHITE_SPACE]), max_size=40
)


@given(MARKUP)
@example(["<pre>", "It rained all day. ", "\n", "May 2, 2024"])
def test_every_span_lies_in_the_text_and_shows_no_white_space_around(pieces):
    try:
        document = text_of("".join(pieces).encode(), "a.html", "text/html")
    except LoadError:
        return
    layout = document.layout
    spans = [anchor.span for anchor in layout.anchors] + [quote.span for quote in layout.block_quotes]
    spans += [span for article in layout.segments.articles for span in article.spans]
    spans += [span for one in layout.segments.comments for span in (one.span, *one.body)]
    for span in spans:
        assert 0 <= span.start < span.end <= len(document.text)
        assert span.of(document.text) == span.of(document.text).strip()
    for at, comment in enumerate(layout.segments.comments):
        assert comment.parent is None or comment.parent < at


def test_a_link_keeps_what_the_page_prints_and_resolves_it():
    page = (
        "<html><head><title>The harbour</title><base href='https://example.org/a/'></head><body><article>"
        "<h1>The harbour</h1><p>We read the <a href='../report.pdf?utm_source=x'>long report</a> of its many boats, "
        "which was said to be good reading for a long winter evening by all who saw it.</p></article></body></html>"
    )
    (citation,) = extraction(text_of(page.encode(), "harbour.html", "text/html")).citations
    assert (citation.raw, citation.url) == ("../report.pdf?utm_source=x", "https://example.org/report.pdf")


BYLINES = [  # what an element of the class "byline" holds, byline, why
    ("By Ann Lee, 9:39AM BST 05 Oct 2011", "Ann Lee", "a time after the name"),
    ("9:39AM BST 05 Oct 2011", None, "a time alone"),
    ("Von Jean-Luc Moreau – 3. Mai 2024", "Jean-Luc Moreau", "a date in German"),
    ("June May", "June May", "names that are months"),
    ("By Ida von Harrow", "Ida von Harrow", "a word for 'by' inside a name"),
    ("Von Trier", "Von Trier", "a word for 'by' that opens a name"),
    ("Von der Leyen", "Von der Leyen", "a word for 'by' before a particle"),
    ("| By Ann Goldsby Lee", "Ann Goldsby Lee", "a name that ends on 'by', below a mark"),
    ("By Ann Lee, Rivers ReporterPublished: 5 October 2012", "Ann Lee", "a label of the date"),
    ("Published: 5 October 2012", None, "a label and its date alone"),
    ("<b>By Ann Lee</b><i>Harrow Mill</i>", "Ann Lee", "a place in an element of its own"),
    ("<b>Ann</b> <b>Lee</b>", "Ann Lee", "a name in two elements"),
    ("By <a>Ann Lee</a> and <a>Tom Reyes</a>, <i>Harrow News</i>", "Ann Lee and Tom Reyes", "two links"),
    ("Ann Lee, USA TODAY 8:42 a.m. EDT October 3, 2014", "Ann Lee", "a paper that ends like a date"),
    ("The writer has had more than one say in this", None, "a sentence"),
    ("Author: ferry_fan", "ferry_fan", "a label"),
    ("dİ Ann Lee", "dİ Ann Lee", "an i with its dot in a word for 'by'"),
]


@pytest.mark.parametrize("printed, byline, why", BYLINES, ids=[why for *_, why in BYLINES])
def test_byline(printed, byline, why):
    assert page(f"<h1>Rain</h1><div class=byline>{printed}</div><p>It rained.</p>").byline == byline


def test_a_byline_may_open_with_its_date():
    html = "<h1>Rain</h1><div class=byline>May 3, 2012 <b>By Ann Lee</b></div><p>It rained.</p><a rel=author>Bo</a>"
    assert page(html).byline == "Ann Lee"


@pytest.mark.parametrize("language, byline", [("de", "Ann"), ("en", "Von Ann")])
def test_a_word_for_by_is_one_in_its_language(language, byline):
    assert page(f"<html lang={language}><div class=byline>Von Ann</div><p>It rained.").byline == byline


TITLES = [
    ("<title>Bridge shut - Harrow News</title><h1>Bridge shut</h1>", "Bridge shut", "a heading is one side"),
    (
        "<title>Harrow News » Bridge shut</title><h1>Harrow News</h1><h2>Bridge shut</h2>",
        "Bridge shut",
        "the site's name stands above",
    ),
    (
        "<title>Bridge shut | Harrow News</title><h1><a href='/'>Harrow News</a></h1>",
        "Bridge shut",
        "the site's name leads home",
    ),
    (
        "<meta property=og:title content='Bridge shut | Harrow News'>"
        "<meta property=og:site_name content='Harrow News'>",
        "Bridge shut",
        "the site's name as the page gives it",
    ),
    (
        LINKED.format('{"@type": "Article", "name": "Bridges", "headline": "what spans a river"}')
        + "<h1>Bridges</h1>",
        "Bridges",
        "of what linked data says, the heading",
    ),
    ("<title>Rain - and no end</title><h1>Rain - and no end</h1>", "Rain - and no end", "a dash of its own"),
    ("<title>Rain | No end</title>", "Rain | No end", "nothing tells which side is the site's"),
    ("<title>| Harrow News</title><h1>Harrow News</h1>", "Harrow News", "nothing but the site's name"),
    ("<title>Well-known - Harrow</title><h2>Well</h2>", "Well-known - Harrow", "a hyphen is no break"),
]


@pytest.mark.parametrize("head, title, why", TITLES, ids=[why for *_, why in TITLES])
def test_a_title_goes_without_the_name_of_its_site(head, title, why):
    assert page(f"{head}<p>It rained.").title == title


PROSE = "<p>The bridge at Harrow Mill stays shut for the winter, the council said on Monday.</p>"
LINKS = "".join(
    f"<li><a href=/{number}>{words}</a></li>" for number, words in enumerate(["Rain", "Snow", "Ice"])
)
AROUND = [
    ("<p>Share this</p><p>Reprints</p>", "a share bar"),
    (f"<ul>{LINKS}</ul>", "a list of links"),
    ("<p>Related stories:</p><p><a href=/7>The mill that never was</a></p>", "a heading and one link"),
    ("<p>VIDEO: <a href=/7>The mill from above</a></p>", "a label and a link"),
]


@pytest.mark.parametrize("furniture, why", AROUND, ids=[why for _, why in AROUND])
def test_an_article_goes_without_what_is_not_of_it(furniture, why):
    found = page(f"<article><h1>Bridge shut</h1>{PROSE * 4}{furniture}{PROSE * 4}</article>")
    (article,) = found.layout.segments.articles
    lines = {span.of(found.text) for span in article.spans}
    assert lines == {"Bridge shut", page(PROSE).text}


def test_a_linked_line_among_others_stays_in_its_article():
    line = "<p><a href=/7>The council's letter to the mill</a></p>"
    found = page(f"<article><h1>Bridge shut</h1>{PROSE * 4}{line}{PROSE * 4}</article>")
    (article,) = found.layout.segments.articles
    assert "The council's letter to the mill" in {span.of(found.text) for span in article.spans}


def test_a_menu_that_says_what_the_article_does_is_not_of_it():
    menu = "<ul><li>World<li>Harrow<li>Sport<li>Money<li>Books</ul>"
    found = page(f"{menu}<article><h1>Bridge shut</h1><h2>Harrow</h2>{PROSE * 8}</article>")
    (article,) = found.layout.segments.articles
    starts = [span.start for span in article.spans if span.of(found.text) == "Harrow"]
    assert found.text.index("Harrow") not in starts


LINES = [  # below a headline, byline, why
    ("By Ann Lee", "Ann Lee", "alone"),
    ("Posted by: ANN LEE, Harrow News | May 3, 2012", "ANN LEE", "a paper and a date"),
    ("by Ann Lee on May 3, 2012 at 3:45 pm", "Ann Lee", "a date behind it"),
    ("May 3, 2012 3:45 pm EDT — By Ann Lee in Bridges", "Ann Lee", "a date before it"),
    ("Submitted by ferry_fan on May 3, 2012", "ferry_fan", "a nickname"),
    ("Posted by Ann Lee at 5:32 PM", "Ann Lee", "a time of day"),
    ("By Ann Lee Associated Press", "Ann Lee", "an agency behind a space"),
    ("By Reuters and Ann Lee", "Ann Lee", "an agency beside a person"),
    ("By Associated Press", "Associated Press", "an agency alone"),
    ("By the Associated Press", "the Associated Press", "an agency with its article"),
    ("By Ann Lee, Jo Vale and Tom Reyes, Staff Writers", "Ann Lee, Jo Vale and Tom Reyes", "three names"),
    (
        "By Ann Lee, Harrow Vale, Tom Reyes",
        "Ann Lee, Harrow Vale, Tom Reyes",
        "no given name among given names",
    ),
    ("By Ann Lee @annlee", "Ann Lee", "a handle"),
    ("By Ann Lee ann.lee@harrow.example", "Ann Lee", "an e-mail address"),
    ("By Ann Lee, Political Editor, Springfield", "Ann Lee", "a role and a place"),
    ("By Ann Lee Senior Rivers Correspondent", "Ann Lee", "an unknown word in a role"),
    ("By Harrow City News Editor", "Harrow City News Editor", "a role alone"),
    ("By Ann Lee, Jr., Harrow News", "Ann Lee, Jr.", "a suffix"),
    ("By Ann Lee Published: May 3, 2012", "Ann Lee", "a label of the date"),
    ("By Von Trier", "Von Trier", "a name that opens like a byline"),
    ("Story by Ann Lee Photos by Bo Ray", "Ann Lee", "whose pictures they are"),
    ("By A. B. Lee", "A. B. Lee", "an initial that is a word"),
    ("By Ann Lee Special to the Harrow Press", "Ann Lee", "a paper that she wrote for"),
    ("By May Lee", "May Lee", "a name that is a month"),
    ("By the river", None, "no name"),
    ("By Monday it was gone", None, "a day"),
    ("By Tom Reyes, who was there, it was all told otherwise.", None, "a sentence"),
]


@pytest.mark.parametrize("line, byline, why", LINES, ids=[why for *_, why in LINES])
def test_the_byline_that_is_printed_below_a_headline(line, byline, why):
    found = page(STORY.format(f"<p>{line}</p>") + "<p>By Tom Reyes</p></article>")
    assert found.byline == byline
    story = (
        "The bridge at Harrow Mill stays shut for the winter, and nobody knows for how long, the council said. "
        * 3
    )
    (article,) = segments(Text("a.txt", f"Bridge shut\n{line}\n{story}", "0" * 64)).articles
    assert article.byline == byline


@pytest.mark.parametrize("line, byline", [("By Ann Lee", "Ann Lee"), ("It rained.", None)])
def test_a_headline_is_no_byline(line, byline):
    html = STORY.format(f"<p>{line}</p>").replace("Bridge shut", "By George, the bridge is shut")
    assert page(html).byline == byline


@pytest.mark.parametrize("language, byline", [("de", "Ann Lee"), ("en", None)])
def test_a_line_of_another_language_is_a_byline_there(language, byline):
    assert page(f"<html lang={language}>" + STORY.format("<p>Von Ann Lee</p>")).byline == byline


AUTHORS_SAID = [
    (
        "<meta name=author content='By: Ann Langton'>",
        "Ann Langton",
        "a label, and a name that ends like a word",
    ),
    ("<meta name=author content='Bo Ray'>", "Bo Ray", "metadata goes first"),
    ("<meta name=author content='Alk Mann , Tom Reyes'>", "Alk Mann, Tom Reyes", "a list"),
    ("<meta name=author content='Harrow 12'>", "Harrow 12", "a body with a number"),
    (
        LINKED.format('{"@type": "Article", "author": ["Ann Lee, Editor", "Bo Ray"]}'),
        "Ann Lee, Bo Ray",
        "linked data",
    ),
]


@pytest.mark.parametrize("head, byline, why", AUTHORS_SAID, ids=[why for *_, why in AUTHORS_SAID])
def test_the_byline_of_a_page_s_metadata(head, byline, why):
    assert page(head + STORY.format("<p>By Tom Reyes</p>")).byline == byline
