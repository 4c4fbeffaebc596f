"""Readers' comments in markup that real pages have and our own pages of each system do not."""

from __future__ import annotations

import pytest

from api.loader.markup import page

ARTICLE = "<h1>The bridge</h1>" + "<p>The bridge closes in May, and nobody knows for how long.</p>" * 4

COMMENTS = [  # markup below the article, (author, date, words) of each comment, why
    (
        "<ol id='commentlist'>"
        "<li id='comment-9'><p>It never opened.</p><p><cite>Comment by <a href='http://a.example'>Ann Lee</a> "
        "&#8212; 17.07, 2011 @ <a href='#comment-9'>13:04</a></cite></p></li>"
        "<li id='comment-10'><p>My wife said that it did, once.</p><p><cite>Comment by Tom &#8212; 17.07, 2011 @ "
        "<a href='#comment-10'>13:10</a></cite></p></li></ol>",
        [("Ann Lee", None, "It never opened."), ("Tom", None, "My wife said that it did, once.")],
        'numbered, signed after the words, and "My wife said" names nobody',
    ),
    (
        "<div class='comment' id='comment_3'><div class='comment-title'><a href='/u/3'>Rowan</a> &middot; "
        "<span class='comment-timestamp'>2020-05-19T17:52:00Z</span></div>"
        "<div class='comment-content'>Who pays for it?</div></div>"
        "<div class='comment' id='comment_4'><div class='comment-title'><a href='/u/4'>Jo</a> &middot; "
        "<span class='comment-timestamp'>2020-05-19T18:02:00Z</span></div>"
        "<div class='comment-content'>We all do.</div></div>",
        [
            ("Rowan", "2020-05-19T17:52:00Z", "Who pays for it?"),
            ("Jo", "2020-05-19T18:02:00Z", "We all do."),
        ],
        "dates printed in ISO 8601",
    ),
    (
        "<article class='comment comment--recommended' id='cid-5'><h4 class='comment-meta__name'>Ann-Marie Roy</h4>"
        "<a class='comment-meta__date'>3 May 2024</a><div class='comment__body'><p>Close it now.</p></div></article>"
        "<article class='comment comment--indented' id='cid-6'><h4 class='comment-meta__name'>J.-P. Moss</h4>"
        "<a class='comment-meta__date'>4 May 2024</a><div class='comment__body'><p>Or never.</p></div></article>",
        [("Ann-Marie Roy", "3 May 2024", "Close it now."), ("J.-P. Moss", "4 May 2024", "Or never.")],
        "a recommended comment is no recommended page, and names keep their hyphens",
    ),
    (
        "<ol class='commentlist'><li class='comment' id='comment-1'><cite class='fn'>Ann</cite> "
        "<span class='comment-date'>3 May 2024</span><p>Close it now.</p></li>"
        "<li class='comment' id='comment-2'><cite class='fn'>Pingback von Bridges</cite> "
        "<span class='comment-date'>4 May 2024</span><p>[…] as we wrote in April […]</p></li></ol>",
        [("Ann", "3 May 2024", "Close it now.")],
        "a page that links here is no reader",
    ),
    (
        "<div class='comment odd' id='li-comment-7'><p><a class='url' rel='external nofollow' href='http://a.example'>"
        "Ed Hart</a> <a class='comment-link' href='#comment-7'>1 year</a></p><p>Thank you.</p></div>"
        "<div class='comment even' id='li-comment-8'><p><a class='url' rel='external nofollow' href='http://b.example'>"
        "Jo</a> <a class='comment-link' href='#comment-8'>1 year</a></p><p>Not at all.</p></div>",
        [("Ed Hart", None, "Thank you."), ("Jo", None, "Not at all.")],
        "a writer's own address is a name, a link to the comment is not its words",
    ),
    (
        "<ol class='commentlist'><li class='comment' id='comment-1'><cite class='fn'>Ann</cite> "
        "<a href='#comment-1'>3 May 2024</a><p>Close it now.</p></li>"
        "<li class='comment' id='comment-2'><cite class='fn'>Tom</cite> "
        "<a href='#comment-2'>4 May 2024</a><p><a href='#comment-1'>@Ann</a> is wrong about this.</p></li></ol>",
        [("Ann", "3 May 2024", "Close it now."), ("Tom", "4 May 2024", "@Ann is wrong about this.")],
        "a link to another comment is the writer's word",
    ),
    (
        "<div id='c12'><p>Opening hours of our archive, by Ann Lee.</p></div>"
        "<div id='c13'><p>Directions to the archive, by Ann Lee.</p></div>",
        [],
        "an id of a letter and a number alone is no comment's",
    ),
]


@pytest.mark.parametrize("markup, expected, why", COMMENTS, ids=[why for *_, why in COMMENTS])
def test_comments(markup: str, expected: list[tuple[str, str | None, str]], why: str) -> None:
    found = page(f"<html><body><div id='main'>{ARTICLE}</div><div>{markup}</div></body></html>")
    comments = found.layout.segments.comments
    words = ["\n".join(span.of(found.text) for span in one.body) for one in comments]
    assert [(one.author, one.posted_at_text) for one in comments] == [each[:2] for each in expected]
    assert words == [each[2] for each in expected]


def test_what_holds_most_of_the_page_is_no_furniture() -> None:
    """Blogger's posts and comments stand in an element of the classes "widget Blog"."""
    comment = (
        "<li class='comment' id='c{0}'><cite class='user'>Ann {0}</cite><span class='datetime'>May {0}, 2019</span>"
        "<p class='comment-content'>Close it now.</p></li>"
    )
    items = "".join(comment.format(number) for number in (3, 4, 5))
    found = page(
        f"<body><div class='widget Blog'>{ARTICLE}<div id='comments'><ol>{items}</ol></div></div>"
        "<div class='widget'><ul><li>Older posts</li></ul></div></body>"
    )
    assert [one.author for one in found.layout.segments.comments] == ["Ann 3", "Ann 4", "Ann 5"]
