"""Who said what: plain cases exactly, our own articles and the development split by their scores."""

from __future__ import annotations

import os

import pytest
from attributed import article, document, quotes, score
from hypothesis import given, settings
from hypothesis import strategies as st

from api.loader.attribute import attributions, preload
from api.loader.records import Article, BlockQuote, Comment, Layout, Segments, Span, Text

PLAIN = [  # text, kind, content, cue, mention, why
    (
        "“It rained all night,” said Ann Lee.",
        "direct",
        ["It rained all night,"],
        "said",
        "Ann Lee",
        "inverted",
    ),
    (
        "“It rained all night,” Ann Lee said.",
        "direct",
        ["It rained all night,"],
        "said",
        "Ann Lee",
        "cue last",
    ),
    (
        "Ann Lee said, “It rained all night.”",
        "direct",
        ["It rained all night."],
        "said",
        "Ann Lee",
        "cue first",
    ),
    (
        "“It rained,” Ann Lee said, “and then the roof gave way.”",
        "direct",
        ["It rained,", "and then the roof gave way."],
        "said",
        "Ann Lee",
        "a quote broken by its cue is one",
    ),
    (
        "Ann Lee said that it had rained.",
        "indirect",
        ["that it had rained"],
        "said",
        "Ann Lee",
        "that-clause",
    ),
    ("Ann Lee said it had rained.", "indirect", ["it had rained"], "said", "Ann Lee", "clause without that"),
    (
        "It had rained all night, Ann Lee said.",
        "indirect",
        ["It had rained all night"],
        "said",
        "Ann Lee",
        "content first",
    ),
    (
        "According to the harbour board, it rained all night.",
        "indirect",
        ["it rained all night"],
        "According to",
        "the harbour board",
        "according to",
    ),
    (
        "Mayor Ann Lee called the plan “a gift to the banks” on Tuesday.",
        "mixed",
        ["the plan “a gift to the banks”"],
        "called",
        "Mayor Ann Lee",
        "mixed",
    ),
    (
        '"It rained all night," said Ann Lee.',
        "direct",
        ["It rained all night,"],
        "said",
        "Ann Lee",
        "straight marks",
    ),
    (
        "«It rained all night,» said Ann Lee.",
        "direct",
        ["It rained all night,"],
        "said",
        "Ann Lee",
        "guillemets",
    ),
    (
        "'It rained all night,' said Ann Lee.",
        "direct",
        ["It rained all night,"],
        "said",
        "Ann Lee",
        "single marks",
    ),
    (
        "‘It rained all night,’ said Ann Lee.",
        "direct",
        ["It rained all night,"],
        "said",
        "Ann Lee",
        "curly singles",
    ),
    ("“It rained all night, said Ann Lee.", None, None, "said", "Ann Lee", "an unclosed mark"),
    (
        "“‘Rain’ is a weak word for it,” she said.",
        "direct",
        ["‘Rain’ is a weak word for it,"],
        "said",
        "she",
        "nested",
    ),
]


@pytest.mark.parametrize("text, kind, content, cue, mention, why", PLAIN, ids=[why for *_, why in PLAIN])
def test_plain(text, kind, content, cue, mention, why):
    (quote,) = quotes(text)
    if kind:
        assert quote.kind == kind
        assert [span.of(text) for span in quote.spans] == content
    assert quote.cue.of(text) == cue
    assert quote.mention.of(text) == mention


NOTHING = [  # text, why
    ("", "no text"),
    ("   \n\n\t", "white space"),
    ("The film “Night Crossing” opened on Friday.", "a title"),
    ("The bridge was built in 1911 and closed in 1968.", "no one speaks"),
    ("“”  ‘’ «»", "marks around nothing"),
    (
        "Вчера шёл дождь, и река поднялась на два метра выше обычного, но мост стоит и дорога открыта.",
        "another language",
    ),
    (
        "Der Fluss stieg gestern um zwei Meter, und die alte Brücke steht noch, aber die Straße bleibt zu.",
        "German",
    ),
]


@pytest.mark.parametrize("text, why", NOTHING, ids=[why for _, why in NOTHING])
def test_nothing_is_invented(text, why):
    assert quotes(text) == ()


def test_a_long_quotation_in_another_language_is_direct_speech_of_nobody():
    text = "Мэр сказал: «Вчера шёл дождь, и река поднялась на два метра выше обычного». Мост стоит и дорога открыта."
    (quote,) = quotes(text)
    assert (quote.kind, quote.cue, quote.mention) == ("direct", None, None)
    assert quote.spans[0].of(text).startswith("Вчера")


@pytest.mark.parametrize("link", ["https://skerry.example.com/minutes/81", "www.skerry.example.com"])
def test_a_link_is_nobody_who_speaks(link):
    text = f"“It rained all night and the river rose,” said {link} on Monday.\nIt was cold, according to ({link})."
    found = quotes(text)
    assert found and all(quote.mention is None for quote in found)


def test_a_quote_without_a_speaker_has_no_mention():
    text = "I remember it well.\n“Row me over the river, row me home before the light is gone.”\nApr 2, 2025 new video"
    (quote,) = (each for each in quotes(text) if each.kind == "direct")
    assert quote.mention is None


def test_transcripts():
    text = "LEE: It rained all night and the roof gave way.\nPARK: Are you sure?\nLEE (laughing): I was under it.\n"
    found = [(each.mention.of(text), each.cue.of(text), each.spans[0].of(text)) for each in quotes(text)]
    assert found == [
        ("LEE", ":", "It rained all night and the roof gave way."),
        ("PARK", ":", "Are you sure?"),
        ("LEE", ":", "I was under it."),
    ]


def test_articles_and_comments_are_read_apart():
    text = "“It rained all night,” said Ann Lee. SHARE “Who asked her?” said Bob Roe."
    share = text.index("SHARE")
    parts = Segments(
        (Article("main", (Span(0, share),)),),
        (Comment(Span(share + 6, len(text)), (Span(share + 6, len(text)),)),),
    )
    found = attributions(Text("x", text, "0"), parts)
    assert [each.mention.of(text) for each in found] == ["Ann Lee", "Bob Roe"]
    assert attributions(Text("x", text, "0"), Segments()) == ()


def test_a_repost_is_not_read_twice():
    text = "Look at this: “It rained all night,” said Ann Lee."
    repost = Span(text.index("“"), len(text))
    parts = Segments(
        (Article("repost", (repost,), comment=0),), (Comment(Span(0, len(text)), (Span(0, len(text)),)),)
    )
    assert len(attributions(Text("x", text, "0"), parts)) == 1


def test_a_marked_up_quotation_is_direct():
    text = "The mayor was blunt about it.\nNobody should have to drive two hours in the rain to see doctors.\nShe left."
    words = text.split("\n")[1]
    block = BlockQuote(Span(text.index(words), text.index(words) + len(words)))
    parts = Segments((Article("main", (Span(0, len(text)),)),))
    found = attributions(Text("x", text, "0", layout=Layout(parts, block_quotes=(block,))), parts)
    assert (words, "direct") in [(each.spans[0].of(text), each.kind) for each in found]


ODD = "\r\n “It rained\xa0all\u200b night,”\r\n said Ann \U0001f6f6 Lee\ufffd.\r\nE\u0301lise said it rained.\r\n"


def test_offsets_hold_in_odd_text():
    found = quotes(ODD)
    assert [each.kind for each in found] == ["direct", "indirect"]
    assert found[0].spans[0].of(ODD) == "It rained\xa0all\u200b night,"
    assert found[1].mention.of(ODD) == "E\u0301lise"


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(["“", "”", '"', "'", " said ", "Ann", "it rained", ". ", "\n", "é", "\u200b", "雨"]),
        max_size=30,
    )
)
def test_any_text(pieces):
    text = "".join(pieces)
    found = quotes(text)
    assert list(found) == sorted(found, key=lambda each: each.spans)
    for each in found:
        assert 0 <= each.confidence <= 1
        for span in (*each.spans, *filter(None, (each.cue, each.mention))):
            assert 0 <= span.start < span.end <= len(text)
            assert span.of(text) == span.of(text).strip()
        assert all(one.end <= other.start for one, other in zip(each.spans, each.spans[1:], strict=False))


ARTICLES = [  # name, least match, least end to end: just below what was reached
    ("ferry", 0.9, 0.9),
    ("museum", 0.95, 0.95),
    ("strike", 0.9, 0.9),
    ("wind", 0.6, 0.5),
    ("verse", 0.9, 0.7),
]


@pytest.mark.parametrize("name, match, end_to_end", ARTICLES, ids=[name for name, *_ in ARTICLES])
def test_our_articles(name, match, end_to_end):
    gold = article(name)
    reached = score([(gold.quotes, quotes(gold.text))])
    assert reached.match >= match
    assert reached.end_to_end >= end_to_end


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_what_was_loaded_before_a_fork_serves_its_children():
    preload()
    expected = quotes(PLAIN[0][0])
    child = os.fork()
    if child == 0:
        os._exit(0 if quotes(PLAIN[0][0]) == expected else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


LARGE = [  # a document of about 1 MB or 100,000 marks; its most quotes, why
    ("no line break and no space", "a" * 1_000_000, 0),
    ("100,000 opening marks", "“" * 100_000, 0),
    ("20,000 straight marks around words", '"a" ' * 10_000, 10_000),
    ("Russian", "Вчера шёл дождь, и река поднялась на два метра. " * 20_000, 0),
    ("ideographs", "昨日は雨が降りました。" * 90_000, 0),
    ("blank lines", "\n \r\n" * 250_000, 0),
]


@pytest.mark.parametrize("why, text, most", LARGE, ids=[why for why, *_ in LARGE])
def test_large(why, text, most):
    """Time that grew with the square of the length would not end here."""
    found = attributions(*document(text))
    assert len(found) <= most


COUNCIL = """The council met on Tuesday to talk about the bridge.

Speaking to reporters after the vote, Mayor Ann Lindqvist said the decision was hard.

“We have looked at every option there is, and we looked at them twice. There was no money for a new bridge.

“There was no money for repairs either. So we had to choose.

“In the end we chose the people who cross it every morning,” she said.

Her rival, Tom Abara, was not convinced. “This is a mistake.

“And they know it.”

The bridge closes in May."""


def test_a_quote_of_several_paragraphs_is_one():
    spoken = [each for each in quotes(COUNCIL) if each.kind == "direct"]
    assert [len(each.spans) for each in spoken] == [3, 2]
    assert [each.cue and each.cue.of(COUNCIL) for each in spoken] == ["said", "was not convinced"]


def test_a_quote_that_follows_a_sentence_is_not_given_to_the_speaker_of_another_paragraph():
    assert quotes(COUNCIL)[-1].mention.of(COUNCIL) == "Her rival, Tom Abara"


def test_a_line_of_numbers_between_marks_is_nobodys_words():
    listed = "The board put up “Nine: Oct. 9, 2010 - 7:56 AM EST - 12 - 14” on Monday."
    spoken = "The board put up “Nine of them: we say it once, and we say it again” on Monday."
    assert quotes(listed) == ()
    assert [each.kind for each in quotes(spoken)] == ["direct"]
