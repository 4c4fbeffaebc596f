"""The reader view's text: every character once and in order, whatever the records say."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.pages.reader import PALETTE, Mark, marked, reading

TEXT = "“It rained,” said Ann Lee, “all day.”\r\nA reader: see https://example.org/a<b>&amp; 😀\n\n\tEnd"


def plain(markup):
    """What a browser would show of ``markup``: tags away, references undone."""
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


def span(start, end):
    return {"start": start, "end": end}


def spans_of(text, *pieces):
    return [span(text.index(piece), text.index(piece) + len(piece)) for piece in pieces]


def quote(text, *pieces, id="q_1", kind="direct", speaker="Ann Lee", cue=None, mention=None, confidence=0.9):
    return {
        "id": id,
        "kind": kind,
        "text": " ".join(pieces),
        "spans": spans_of(text, *pieces),
        "cue": spans_of(text, cue)[0] if cue else None,
        "mention": spans_of(text, mention)[0] if mention else None,
        "speaker": {"id": f"s_{speaker}", "name": speaker, "kind": "person", "confidence": 0.8}
        if speaker
        else None,
        "confidence": confidence,
    }


def comment(text, piece, id="c_1", author=None, parent_id=None):
    (whole,) = spans_of(text, piece)
    return {
        "id": id,
        "span": whole,
        "body": [whole],
        "author": author,
        "posted_at": None,
        "posted_at_text": None,
        "parent_id": parent_id,
    }


def citation(text, raw, url, **more):
    (whole,) = spans_of(text, raw)
    return {
        "id": "l_1",
        "raw": raw,
        "span": whole,
        "label": None,
        "url": url,
        "domain": "example.org",
        "truncated": False,
    } | more


marks = st.builds(
    lambda start, length, rank: Mark(start, start + length, rank, f"<m{rank}>", f"<m{rank}>", f"</m{rank}>"),
    st.integers(-3, 30),
    st.integers(0, 20),
    st.integers(0, 4),
)


@given(st.text(alphabet="ab<>&\"'\r\n\t 😀é", max_size=30), st.lists(marks, max_size=12))
def test_every_character_stands_once_and_in_order(text, some):
    assert plain(marked(text, some)) == text


@given(st.text(alphabet="ab\n", max_size=30), st.lists(marks, max_size=12))
def test_elements_nest(text, some):
    depth = []
    for closing, name in re.findall(r"<(/?)(\w+)>", marked(text, some)):
        if closing:
            assert depth.pop() == name
        else:
            depth.append(name)
    assert not depth


@given(st.text(alphabet="ab\n", min_size=1, max_size=30), st.lists(marks, max_size=12))
def test_every_character_is_inside_its_marks_and_no_others(text, some):
    held = []
    inside = []
    for closing, name, character in re.findall(r"<(/?)m(\d)>|([^<>])", marked(text, some)):
        if character:
            held.append(sorted(inside))
        elif closing:
            inside.remove(name)
        else:
            inside.append(name)
    assert held == [sorted(str(m.rank) for m in some if m.start <= at < m.end) for at in range(len(text))]


def test_the_text_survives_its_records():
    url = "https://example.org/a"
    found = reading(
        TEXT,
        articles=[{"id": "a_1", "kind": "main", "title": None, "spans": [span(0, TEXT.index("\r"))]}],
        comments=[comment(TEXT, TEXT[TEXT.index("A reader") :])],
        quotes=[quote(TEXT, "It rained,", "all day.", cue="said", mention="Ann Lee")],
        citations=[citation(TEXT, url, url)],
    )
    assert plain(found.html) == TEXT


def test_a_broken_quote_has_one_anchor_and_one_footnote():
    found = reading(TEXT, quotes=[quote(TEXT, "It rained,", "all day.", cue="said", mention="Ann Lee")])
    assert found.html.count('id="q_1"') == 1
    assert found.html.count("<mark") == 2
    assert found.html.count('href="#note-1"') == 1
    assert found.html.index('href="#note-1"') > found.html.index("all day.")
    assert [(note.cue, note.mention) for note in found.notes] == [("said", "Ann Lee")]


def test_markup_in_a_document_is_text():
    text = '<script>alert("x")</script> said Ann Lee & </div>'
    name = 'Ann "<b>" Lee'
    found = reading(
        text, quotes=[quote(text, "<script>", speaker=name)], comments=[comment(text, text, author=name)]
    )
    assert "<script" not in found.html and "<b>" not in found.html
    assert "Ann &quot;&lt;b&gt;&quot; Lee" in found.html
    assert plain(found.html) == text


@pytest.mark.parametrize(
    "url, linked, why",
    [
        ('https://example.org/?a=1&b="2"', True, "a web page"),
        ("javascript:alert(1)", False, "a script"),
        ("data:text/html,x", False, "a page within the address"),
    ],
    ids=lambda value: value if isinstance(value, str) and " " in value else None,
)
def test_what_a_link_may_point_to(url, linked, why):
    found = reading(TEXT, citations=[citation(TEXT, "https://example.org/a", url)])
    assert (f'href="{html.escape(url)}"' in found.html) is linked


def test_a_quote_over_two_paragraphs_is_marked_in_both():
    text = "“One.\n\n“Two.” He left."
    found = reading(text, quotes=[quote(text, "One.\n\n“Two.")])
    assert found.html.count("<p") == 2
    assert found.html.count("<mark") == 2
    assert plain(found.html) == text


def test_speakers_keep_their_colour_and_the_palette_begins_again():
    text = " ".join(f"w{number:02}" for number in range(PALETTE + 2))
    quotes = [quote(text, f"w{n:02}", id=f"q_{n}", speaker=f"Speaker {n}") for n in range(PALETTE + 2)]
    found = reading(text, quotes=[*quotes, quote(text, " w13", id="q_again", speaker="Speaker 1")])
    assert [voice.colour for voice in found.voices] == [f"s{n % PALETTE}" for n in range(PALETTE + 2)]
    assert {note.colour for note in found.notes if note.quote["speaker"]["name"] == "Speaker 1"} == {"s1"}


def test_an_unknown_speaker_is_shown_as_such():
    text = "A song. A speech."
    found = reading(text, quotes=[quote(text, "A song.", speaker=None), quote(text, "A speech.", id="q_2")])
    assert [voice.speaker and voice.speaker["name"] for voice in found.voices] == ["Ann Lee", None]
    assert "speaker not known" in found.html and 'data-note="1?"' in found.html


def test_a_comment_takes_the_white_space_after_it_but_not_the_next_line():
    text = "Story.\nFirst.\n\nSecond."
    found = reading(
        text,
        articles=[{"id": "a_1", "kind": "main", "title": None, "spans": [span(0, 6)]}],
        comments=[
            comment(text, "First.", author="Ann Lee"),
            comment(text, "Second.", id="c_2", parent_id="c_1"),
        ],
    )
    assert [plain(part) for part in re.split(r"<section[^>]*>", found.html)] == [
        "Story.\n",
        "First.\n\n",
        "Second.",
    ]
    assert 'aria-label="Comment 1 · Ann Lee"' in found.html
    assert 'aria-label="Comment 2 · answers 1"' in found.html and "depth-1" in found.html


def test_sources_are_listed_by_domain():
    text = "https://b.example.org/1 https://a.example.com/2 https://b.example.org/3"
    found = reading(
        text,
        citations=[
            citation(text, raw, raw, domain=raw.split(".", 1)[1].split("/")[0]) for raw in text.split()
        ],
    )
    assert [(domain, len(group)) for domain, group in found.domains] == [
        ("example.com", 1),
        ("example.org", 2),
    ]


def test_a_long_document_takes_a_like_number_of_pieces():
    text = "“It rained all day,” said Ann Lee.\n" * 2000
    line = text.index("\n") + 1
    quotes = [
        quote(text, "It rained all day,", id=f"q_{n}") | {"spans": [span(n * line + 1, n * line + 19)]}
        for n in range(2000)
    ]
    found = reading(text, quotes=quotes)
    assert plain(found.html) == text
    assert found.html.count("<mark") == 2000 and found.html.count("<p>") == 2000
