"""What of a page is its article: nothing of the story is lost, and what only stands beside it is left out."""

import pytest

from api.loader.furniture import is_notice, is_set_apart
from api.loader.markup import page
from api.loader.placing import blocks
from api.loader.records import Span
from api.loader.rendering import parsed, rendering

WORDS = [
    "rain",
    "river",
    "mill",
    "bridge",
    "council",
    "winter",
    "ferry",
    "harbour",
    "orchard",
    "market",
    "garden",
]
STORY = [
    f"The {one} beside the {other} stays shut until spring, the people of Harrow were told on Monday."
    for one, other in zip(WORDS, [*WORDS[1:], WORDS[0]], strict=True)
]
PARAGRAPHS = "".join(f"<p>{line}</p>" for line in STORY)
TITLE = "<title>Harrow waits for spring - Harrow News</title>"
HEADLINE = "<h1>Harrow waits for spring</h1>"
LEAD = "“It will be a long one,” said Ann Lee, who keeps the ferry and has kept it for thirty winters."


@pytest.fixture
def choosing(monkeypatch):
    """Let trafilatura find these paragraphs and no others: what it misses differs by page and version."""

    def choose(paragraphs):
        monkeypatch.setattr("api.loader.story._extracted", lambda tree, without: paragraphs)

    return choose


def article(html):
    """The lines of a page's article."""
    found = page(html)
    return [span.of(found.text) for one in found.layout.segments.articles for span in one.spans]


RAIL = "".join(f"<div class=module><h2><a href=/{word}>The {word}</a></h2></div>" for word in WORDS)
LOST = [
    (
        f"<div class=text><article><p>{LEAD}</p></article></div><div class=rail>{RAIL}</div>"
        f"<div class=text><article>{PARAGRAPHS}</article></div>",
        "a part of its own",
    ),
    (f"<div class=text>{LEAD}{PARAGRAPHS}</div>", "no paragraph around it"),
    (f"<div class=text>{PARAGRAPHS}<p><a name=ferry>{LEAD}</a></p>{PARAGRAPHS}</div>", "a name in it"),
    (
        f"<div class=text><div class=ad><a href=/sale>Sale</a></div>{LEAD}<br><br>{'<br><br>'.join(STORY)}</div>",
        "lines of one block",
    ),
    (f"<header><p class=article-lead>{LEAD}</p></header><div class=text>{PARAGRAPHS}</div>", "a standfirst"),
]


@pytest.mark.parametrize("body, why", LOST, ids=[why for _, why in LOST])
def test_a_paragraph_is_not_lost(body, why, choosing):
    choosing(STORY)
    lines = article(f"{TITLE}<body><div id=page>{HEADLINE}{body}</div>")
    assert LEAD in lines
    assert set(STORY) <= set(lines)


BESIDE = "The harvest was the best in memory, said the mayor of a town on the other side of the hills."
AROUND = [
    ("<div class=slides><p>{}</p></div>{h}{p}", "above the headline"),
    ("{h}<div class=text>{p}</div><div class=more><div class=teaser>{}</div></div>", "below the story"),
    ("{h}<div class=text>{p}<figure><figcaption>{}</figcaption></figure>{p}</div>", "a caption"),
    ("{h}<div class=text>{p}<div class=wp-caption><p>{}</p></div>{p}</div>", "a caption by its class"),
    ("{h}<div class=text>{p}<ul class=story-highlights><li>{}</li></ul>{p}</div>", "a story's highlights"),
]


@pytest.mark.parametrize("html, why", AROUND, ids=[why for _, why in AROUND])
def test_what_stands_beside_a_story_is_not_of_it(html, why, choosing):
    choosing([*STORY, BESIDE])
    lines = article(TITLE + html.format(BESIDE, h=HEADLINE, p=PARAGRAPHS))
    assert BESIDE not in lines
    assert lines[0] == "Harrow waits for spring"
    assert set(STORY) <= set(lines)


def test_a_caption_with_a_quotation_stays(choosing):
    choosing([*STORY, LEAD])
    caption = f"<figure><figcaption>{LEAD}</figcaption></figure>"
    assert LEAD in article(f"{TITLE}{HEADLINE}<div class=text>{PARAGRAPHS}{caption}{PARAGRAPHS}</div>")


ENDS = [
    ("<div class=text><p>{}</p><p>She rowed home.</p></div>", "after a long paragraph"),
    (
        "<div class=text><div class=part>{}</div><div class=ad>Sale</div><div class=part>She rowed home.</div></div>",
        "in a part of its own",
    ),
]


@pytest.mark.parametrize("body, why", ENDS, ids=[why for _, why in ENDS])
def test_a_short_end_stays(body, why, choosing):
    choosing([*STORY, "She rowed home."])
    assert "She rowed home." in article(TITLE + HEADLINE + body.format(" ".join(STORY)))


UNLIKE = [
    (f"<div class=text>{PARAGRAPHS}</div><div class=side><p>{BESIDE}</p></div>", "in another place"),
    (f"<div class=text>{PARAGRAPHS}<p class=note>{BESIDE}</p></div>", "of another class"),
    (f"<div class=text>{PARAGRAPHS}<p><a href=/more>{BESIDE}</a></p></div>", "a link"),
    (f"<div class=text>{PARAGRAPHS}<p>The harvest of the year</p></div>", "no sentence"),
]


@pytest.mark.parametrize("body, why", UNLIKE, ids=[why for _, why in UNLIKE])
def test_what_was_not_found_and_stands_otherwise_is_not_of_it(body, why, choosing):
    choosing(STORY)
    assert article(TITLE + HEADLINE + body) == ["Harrow waits for spring", *STORY]


def test_of_many_teasers_a_few_found_do_not_bring_in_the_rest(choosing):
    teasers = "".join(f"<li>{line}</li>" for line in STORY)
    choosing(STORY[:4])
    assert article(f"{TITLE}{HEADLINE}<ul>{teasers}</ul>") == ["Harrow waits for spring", *STORY[:4]]


def test_a_heading_within_a_story_is_no_headline():
    again = "<h2>Harrow waits for spring</h2>"
    lines = article(f"{TITLE}<div class=text>{PARAGRAPHS}{again}<p>{LEAD}</p></div>")
    assert set(STORY) <= set(lines)


NOTICES = [
    ("Follow Ann Lee on Twitter @annlee.", True),
    ("Ann Lee writes about ferries. Follow her on Twitter.", True),
    ("Connect With Us on Twitter", True),
    ("Sign up for the weekly Harrow newsletter", True),
    ("Abonnieren Sie jetzt unseren Newsletter.", True),
    ("To read the council's letter, click here.", True),
    ("Copyright 2013 Harrow Press. All rights reserved.", True),
    ("© 2013 Harrow Press", True),
    ("This material may not be published, broadcast, rewritten or redistributed.", True),
    ("Ann Lee is a staff writer. E-mail: lee@example.org", True),
    ("Ann Lee can be reached at lee@example.org.", True),
    ("To contact the reporter on this story: Ann Lee in Harrow", True),
    ("(Reporting by Ann Lee; Editing by Bo Ray)", True),
    ("Photo: Ann Lee", True),
    ("Photograph by Ann Lee", True),
    ("Ann Lee/Getty Images", True),
    ("You can follow Ann Lee on Twitter.", True),
    ("Kick off your day with the Harrow newsletter.", True),
    ("Copyright (c) 2014 Harrow Press", True),
    ("Please click here for the council's letter.", True),
    ("Like us on Facebook!", True),
    ("Customers were told to click below and to type their number, she said.", False),
    ("People like us on the coast were not asked.", False),
    ("She asked her readers to follow her on Instagram.", False),
    ("Boatmen like Ann Lee on Twitter were furious.", False),
    ("She will join Bo Ray on YouTube for the talk.", False),
    ("Copyright law has not changed since 1998, she said.", False),
    ("(c) The council may not sell the bridge before 2014.", False),
    ("The daily email newsletter has forty thousand readers.", False),
    ("Ann Lee follows the river to the sea.", False),
    ("Followers of Ann Lee met on Monday.", False),
    ("People like Ann Lee on Harrow's council were not asked.", False),
    ("Copyright was what they argued about in court.", False),
    ("Ann Lee is a writer who lives by the river.", False),
    ("Photos of the bridge were shown in court.", False),
    ("Subscribe, they were told, or pay at the gate.", False),
    ("She signed up for the ferry.", False),
    ("The ferry can be reached by a path along the river.", False),
    ("Get off the bridge, they told the boys.", False),
]


@pytest.mark.parametrize("line, expected", NOTICES, ids=[line for line, _ in NOTICES])
def test_a_notice(line, expected):
    assert is_notice(line) == expected


@pytest.mark.parametrize("line", [line for line, is_one in NOTICES if is_one])
def test_an_article_goes_without_notices(line):
    assert line not in article(
        f"{TITLE}{HEADLINE}<div class=text>{PARAGRAPHS}<p>{line}</p>{PARAGRAPHS}</div>"
    )


def test_a_notice_with_a_quotation_stays():
    line = "“Follow Ann Lee on Twitter,” said her brother."
    assert line in article(f"{TITLE}{HEADLINE}<div class=text>{PARAGRAPHS}<p>{line}</p>{PARAGRAPHS}</div>")


@pytest.mark.parametrize(
    "classes, expected", [("photo_credit", True), ("highlight python", False), ("", False)]
)
def test_what_is_set_apart(classes, expected):
    assert is_set_apart("p", classes) == expected


def test_the_block_of_a_line():
    shown = rendering(parsed("<div>One<p>Two <b>bold</b></p>Three</div>"))
    lines = [
        Span(at, at + len(line))
        for line in ("One", "Two bold", "Three")
        if (at := shown.text.index(line)) >= 0
    ]
    assert [shown.elements[block].tag for block in blocks(shown, lines)] == ["div", "p", "div"]
