"""Input that was made, or has gone wrong, to break a reader: a sound text or a clear error each.

Sizes are such that quadratic work would hang the suite.
"""

from __future__ import annotations

import pytest

from api.errors import EmptyDocument, LoadError, NotText, TooLarge
from api.loader.markup import page
from api.loader.read import documents, text_of, text_of_json

DEEP = 100_000
MANY = 4_000


@pytest.mark.parametrize("tag", ["div", "b", "blockquote", "q", "ul><li", "table><tr><td", "pre", "font"])
def test_a_hundred_thousand_levels(tag):
    found = page(f"<{tag}>" * (DEEP // (1 + tag.count("<"))) + "It rained.")
    assert "It rained." in found.text


def test_what_follows_deep_nesting_is_read():
    found = page("<div>" * DEEP + "</div>" * DEEP + "<p>It rained on the hill.</p>")
    assert found.text == "It rained on the hill."


def test_a_thread_as_deep_as_it_gets():
    comment = "<div class=comment><b class=author>Ann Lee</b> <time>May 2, 2024</time><p>It rained.</p>"
    comments = page(comment * 2_000).layout.segments.comments
    assert len(comments) > 100
    assert all(one.parent == at - 1 for at, one in enumerate(comments) if at)


SIBLINGS = [
    ("<p>It rained on us all day.</p>", "paragraphs"),
    ("<a href=https://example.org/>rain</a> ", "links"),
    ("<i></i>", "empty elements"),
    ("<div class='comment-{0} reply{0}' id=c{0}x>May 2, 2024</div>", "class names, each another"),
    ("<table><td>", "tables in tables"),
    ("<p hidden>rain</p>", "hidden ones"),
    ("<script type=application/ld+json>[[[[</script>", "broken linked data"),
    ("&amp", "entities without an end"),
    ("<", "tags without an end"),
    ("<!--", "remarks without an end"),
]


@pytest.mark.parametrize("piece, why", SIBLINGS, ids=[why for *_, why in SIBLINGS])
def test_many_siblings(piece, why):
    found = page("".join(piece.format(number) for number in range(MANY)) + "<p>It rained.")
    assert found.text != "" or piece == "<!--"


def test_very_many_lines_of_very_many_classes():
    classes = " ".join(f"lead-{number}" for number in range(20 * MANY))
    lines = "It rained on us all day and all night.<br>" * MANY
    found = page(
        f"<title>It rained and rained</title><h1>It rained and rained</h1><div class='{classes}'>{lines}</div>"
    )
    assert len(found.layout.segments.articles[0].spans) == 1 + MANY


def test_a_comment_of_very_many_lines_and_links():
    lines = "It rained.<br><a class=reply-link>Reply</a><br><span class=text>Sun</span>" * MANY
    found = page(
        f"<ul><li class=comment id=comment-1><b class=author>Ann</b> May 2, 2024<div class=body>{lines}</div></li>"
        "<li class=comment id=comment-2><b class=author>Bo</b> May 3, 2024<p>So it did.</p></li></ul>"
    )
    assert [one.author for one in found.layout.segments.comments] == ["Ann", "Bo"]


@pytest.mark.parametrize("media_type", ["text/plain", "text/html"])
def test_one_line_of_many_megabytes(media_type):
    line = b"It rained \xe2\x80\x9call day\xe2\x80\x9d on us, Ann Lee said on May 2, 2024. " * 100_000
    assert len(text_of(line, "a.txt", media_type).text) > 5_000_000


def test_a_text_over_the_limit_is_refused_and_the_next_one_loads(tmp_path):
    (tmp_path / "a.txt").write_text("It rained. " * 100_000)
    (tmp_path / "b.html").write_text("<p>" + "<b>It rained.</b> " * 5_000)
    (tmp_path / "c.html").write_text("<p>It rained." + "<br>" * 50_000)
    *long, good = documents([tmp_path], 2_000_000, 50_000)
    assert [(type(one), one.id) for one in long] == [(TooLarge, "a.txt"), (TooLarge, "b.html")]
    assert "1100000 characters, over the limit of 50000" in str(long[0])
    assert good.text == "It rained."


def test_an_element_with_very_many_attributes():
    found = page("<p " + " ".join(f"a{number}=1" for number in range(MANY // 4)) + ">It rained.")
    assert found.text == "It rained."


def test_a_page_padded_with_nul_is_read_and_nul_is_no_part_of_its_words():
    words = b"<h1>Rain</h1>" + bytes(400) + b"<p>It rai\0ned, said Ann Lee of Leeds.</p>"
    assert text_of(words, "a.html").text == "Rain\n\nIt rained, said Ann Lee of Leeds."
    assert text_of_json({"html": "<p>It rai\0ned."}, "a").text == "It rained."
    with pytest.raises(NotText):
        text_of(b"".join(bytes((0, letter)) for letter in b"<p>It rained." * 9) + b"<b>", "a.html")


ODD = [
    ("a\u202etxt.exe\u202c b", "bidirectional overrides"),
    ("ze\u200bro\u200dwidth\ufeff", "zero-width characters"),
    ("e" + "\u0301" * 5_000, "a heap of combining marks"),
    ("😀👩‍👩‍👧 𝔘𝔫𝔦", "astral characters and joiners"),
    ("a\u2028b\u2029c\x85d\x0ce", "line ends of every kind"),
    ("\ufffe\uffff\U0010ffff", "non-characters"),
]


@pytest.mark.parametrize("text, why", ODD, ids=[why for *_, why in ODD])
def test_odd_characters_stay_in_plain_text(text, why):
    assert text_of(text.encode(), "a.txt", "text/plain").text == text


def test_an_address_that_is_none_is_no_link():
    found = page(
        '<p>It <a href="http://[::1">rained</a> <a href="javascript:x()">all</a> <a href="//">day</a>.'
    )
    assert found.layout.anchors == ()
    assert (
        page('<base href="http://[::1"><link rel=canonical href="http://]">a <a href="b">b</a>').text == "a b"
    )


BROKEN = [
    (b"\x00" * 1000, NotText, "nothing but NUL"),
    ("\u200b\u200d\ufeff".encode(), EmptyDocument, "nothing to see"),
    (b"\x1f\x8b\x08\x00", NotText, "a gzip's first bytes"),
]


@pytest.mark.parametrize("content, error, why", BROKEN, ids=[why for *_, why in BROKEN])
def test_broken_content(content, error, why):
    with pytest.raises(error):
        text_of(content, "a.txt", "text/plain")


def test_a_batch_goes_on_past_each_bad_file(tmp_path):
    for number, (content, *_) in enumerate(BROKEN):
        (tmp_path / f"{number}.txt").write_bytes(content)
    (tmp_path / "good.txt").write_text("It rained.")
    *bad, good = documents([tmp_path], 2_000, 2_000)
    assert [isinstance(one, LoadError) for one in bad] == [True] * len(BROKEN)
    assert good.text == "It rained."


@pytest.mark.parametrize(
    "line",
    ["google+ " * 30 + "x", "|" * 50_000 + "x", "more" + " from a" * 40 + " " + "x" * 60],
    ids=["a word with and without its mark", "bars", "headings"],
)
def test_a_line_almost_of_furniture(line):
    prose = "<p>The river rose over the road in the night, and nobody on the hill slept, she said.</p>" * 5
    assert line in page(f"{prose}<p>{line}</p>{prose}").text


@pytest.mark.parametrize(
    "head",
    [
        f"<meta name=author content='Ann{' ' * 50_000}Lee'>",
        f"<meta name=author content='Ann Lee {'on Monday ' * 40}x'>",
        f"<title>{'|' * 200_000}</title>",
        f"<script type=application/ld+json>[{'0,' * 500_000}0]</script>",
    ],
    ids=["a gap in a byline", "days in a byline", "bars in a title", "linked data"],
)
def test_metadata_without_end(head):
    assert page(f"{head}<p>It rained on the hill.</p>").text == "It rained on the hill."


def test_bylines_in_bylines_with_very_many_words():
    words = "<b>1</b>" * (5 * MANY)
    html = "<div class=byline>1" * 400 + words + "</div>" * 400 + "<p class=byline>Ann Lee</p>"
    assert page(html).byline == "Ann Lee"


def test_names_of_a_forum_each_in_a_class_of_its_own():
    post = "<div class='r{1}'><b class='author k{0}'>Ann Lee</b> it rained here all day</div>"
    posts = "".join(post.format(at // 2, at) for at in range(MANY))
    forum = page(f"<meta name=generator content=vBulletin><p>May 3, 2012</p>{posts}")
    assert forum.text.count("Ann Lee") == MANY
