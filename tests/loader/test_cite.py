"""The citations of a document: its anchors and the links in its running text."""

import importlib.util
import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.loader.cite import citations
from api.loader.records import Anchor, Layout, Segments, Span, Text

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared"
needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="../shared is not here")


def document(text, *, url=None, anchors=()):
    """A document whose ``anchors`` are words of the text and where they lead."""
    spans = [(Span(text.index(words), text.index(words) + len(words)), href) for words, href in anchors]
    layout = Layout(Segments(), tuple(Anchor(*anchor) for anchor in spans)) if anchors else None
    return Text("a", text, "0" * 64, url=url, layout=layout)


def cited(text, **more):
    return citations(document(text, **more))


def test_a_citation_says_what_was_printed_and_what_it_points_to():
    text = "Old numbers: http://web.archive.org/web/20240501123000/http://m.example.co.uk:80/a.pdf#p2."
    [citation] = cited(text)
    assert citation.raw == citation.span.of(text) == text[13:-1]
    assert citation.url == "http://www.example.co.uk/a.pdf"
    assert (citation.host, citation.domain, citation.kind) == ("www.example.co.uk", "example.co.uk", "pdf")
    assert (citation.label, citation.archived_at) == ("Old numbers", "2024-05-01T12:30:00Z")


def test_raw_keeps_what_the_canonical_url_leaves_out():
    text = "https://ann:secret@example.org:99999/a-\nb%zz?utm_source=x#y and"
    [citation] = cited(text)
    assert citation.raw == "https://ann:secret@example.org:99999/a-\nb%zz?utm_source=x#y"
    assert citation.url == "https://example.org/a-b%25zz"


def test_an_anchor_is_its_words_and_its_href():
    text = "As the long report says."
    [citation] = cited(text, anchors=[("the long report", " https://example.org/a?utm_source=x ")])
    assert citation.span.of(text) == citation.label == "the long report"
    assert citation.raw == " https://example.org/a?utm_source=x "
    assert citation.url == "https://example.org/a"


ANCHORS = [
    ("https://example.org/a", "https://example.org/a", "an address"),
    ("//example.org/a", "https://example.org/a", "an address without a scheme"),
    ("www.example.org/a", "https://www.example.org/a", "an address as people type it"),
    ("/a", None, "a path, relative to nothing"),
    ("a.html", None, "a file, relative to nothing"),
    ("#a", None, "a place, relative to nothing"),
    ("", None, "nothing"),
    ("mailto:ann@example.org", None, "an e-mail address"),
    ("javascript:void(0)", None, "a script"),
    ("data:text/html,a", None, "data"),
    ("https://[", None, "no host"),
    ("https://1.2.3.4.5/", None, "no IP address"),
]


@pytest.mark.parametrize("href, url, why", ANCHORS, ids=[why for *_, why in ANCHORS])
def test_href_without_a_base(href, url, why):
    assert [citation.url for citation in cited("the words", anchors=[("words", href)])] == (
        [url] if url else []
    )


# RFC 3986, sections 5.4.1 and 5.4.2: relative references against http://a/b/c/d;p?q. The fragment is dropped,
# and so is a reference to the page itself.
RESOLVED = [
    ("g", "http://a/b/c/g"),
    ("./g", "http://a/b/c/g"),
    ("g/", "http://a/b/c/g/"),
    ("/g", "http://a/g"),
    ("//g", "http://g/"),
    ("?y", "http://a/b/c/d;p?y"),
    ("g?y", "http://a/b/c/g?y"),
    ("#s", None),
    ("g#s", "http://a/b/c/g"),
    ("g?y#s", "http://a/b/c/g?y"),
    (";x", "http://a/b/c/;x"),
    ("g;x", "http://a/b/c/g;x"),
    ("g;x?y#s", "http://a/b/c/g;x?y"),
    (".", "http://a/b/c/"),
    ("./", "http://a/b/c/"),
    ("..", "http://a/b/"),
    ("../", "http://a/b/"),
    ("../g", "http://a/b/g"),
    ("../..", "http://a/"),
    ("../../", "http://a/"),
    ("../../g", "http://a/g"),
    ("../../../g", "http://a/g"),
    ("../../../../g", "http://a/g"),
    ("/./g", "http://a/g"),
    ("/../g", "http://a/g"),
    ("g.", "http://a/b/c/g."),
    (".g", "http://a/b/c/.g"),
    ("g..", "http://a/b/c/g.."),
    ("..g", "http://a/b/c/..g"),
    ("./../g", "http://a/b/g"),
    ("./g/.", "http://a/b/c/g/"),
    ("g/./h", "http://a/b/c/g/h"),
    ("g/../h", "http://a/b/c/h"),
    ("g;x=1/./y", "http://a/b/c/g;x=1/y"),
    ("g;x=1/../y", "http://a/b/c/y"),
    ("g?y/./x", "http://a/b/c/g?y/./x"),
    ("g?y/../x", "http://a/b/c/g?y/../x"),
    ("g#s/./x", "http://a/b/c/g"),
    ("g:h", None),
]


@pytest.mark.parametrize("href, url", RESOLVED)
def test_href_against_the_documents_url(href, url):
    found = cited("the words", url="http://a/b/c/d;p?q", anchors=[("words", href)])
    assert [citation.url for citation in found] == ([url] if url else [])


def test_a_place_on_the_page_is_no_citation_however_it_is_spelt():
    url = "https://example.org/a?utm_source=x"
    assert not cited("the words", url=url, anchors=[("words", "https://example.org/a#b")])
    assert cited("the words", url=url, anchors=[("words", "https://example.org/b#b")])


def test_a_link_in_an_anchors_words_is_the_anchors():
    text = "See https://example.org/a… and https://example.org/b too."
    first, second = cited(text, anchors=[("https://example.org/a…", "https://example.org/a-long-way")])
    assert (first.url, first.label, first.truncated) == ("https://example.org/a-long-way", None, False)
    assert second.url == "https://example.org/b"


def test_a_link_in_the_words_of_an_anchor_that_leads_nowhere_is_read():
    [citation] = cited(
        "See https://example.org/a now", anchors=[("https://example.org/a", "javascript:go()")]
    )
    assert citation.url == "https://example.org/a"


def test_an_anchor_without_words_has_no_place():
    empty = Layout(Segments(), (Anchor(Span(3, 3), "https://example.org/a"),))
    assert not citations(replace(document("the words"), layout=empty))


def test_anchors_and_links_come_in_the_texts_order():
    text = "https://example.org/1 words https://example.org/3 more"
    found = cited(text, anchors=[("more", "https://example.org/4"), ("words", "https://example.org/2")])
    assert [citation.url[-1] for citation in found] == ["1", "2", "3", "4"]


@settings(deadline=None)
@given(
    st.text(max_size=200), st.lists(st.tuples(st.integers(0, 200), st.integers(0, 30), st.text(max_size=20)))
)
def test_any_text_with_any_anchors_is_read(text, anchors):
    spans = [(min(start, len(text)), min(start + length, len(text)), href) for start, length, href in anchors]
    layout = Layout(Segments(), tuple(Anchor(Span(start, end), href) for start, end, href in spans))
    for citation in citations(replace(document(text), layout=layout, url="https://example.com/a")):
        assert 0 <= citation.span.start < citation.span.end <= len(text)


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["https://", "example.org", "/", "a", "[", "]", "@", ":", "%", "é", " ", "javascript:"]
        )
    )
)
def test_raw_is_always_what_is_printed(pieces):
    text = "".join(pieces)
    assert all(citation.raw == citation.span.of(text) for citation in cited(text))


@needs_shared
def test_scores_on_the_development_cases(tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("score_links", SHARED / "tools" / "score_links.py")
    scorer = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "score_links", scorer)  # its dataclasses look themselves up
    spec.loader.exec_module(scorer)
    gold = SHARED / "data" / "links" / "cases.jsonl"
    lines = [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines()]
    predicted = tmp_path / "predicted.jsonl"
    predicted.write_text(
        "".join(
            json.dumps(
                {"id": line["id"], "urls": [as_predicted(citation) for citation in cited(line["text"])]}
            )
            + "\n"
            for line in lines
        )
    )
    report = scorer.score(gold, predicted)["all"].report()
    floors = {"extent_f1": 0.99, "canonical": 0.99, "domain": 0.99, "label": 0.98, "end_to_end_f1": 0.98}
    assert {name: report[name] for name, floor in floors.items() if report[name] < floor} == {}
    truncated = [citation.truncated for line in lines for citation in cited(line["text"])]
    assert truncated == [link.get("truncated", False) for line in lines for link in line["urls"]]


def as_predicted(citation):
    return {
        "start": citation.span.start,
        "end": citation.span.end,
        "canonical": citation.url,
        "domain": citation.domain,
        "label": citation.label,
    }


# The real document's links: the domain, the beginning of the label.
REAL = [
    ("geopoliticaleconomy.com", None),
    ("adexchanger.com", None),
    ("adexchanger.com", None),
    ("emarketer.com", None),
    ("spendesk.com", None),
    ("datareportal.com", None),
    ("iz.ru", None),
    ("kommersant.ru", "USA. Relations"),
    ("newsweek.com", None),
    ("reuters.com", None),
    ("yahoo.com", None),
    ("intellinews.com", None),
    ("ft.com", "The ex-Goldman"),
    ("reuters.com", None),
    ("nato.int", "NATO Foreign"),
    ("nato.int", "Meeting of"),
    ("rt.com", None),
    ("youtube.com", None),
    ("ft.com", None),
    ("globaleuronews.com", None),
]


@needs_shared
def test_the_real_document():
    [path] = (SHARED / "seeds").glob("*.txt")
    text = path.read_text(encoding="utf-8")
    found = cited(text)
    assert [citation.domain for citation in found] == [domain for domain, _ in REAL]
    for citation, (_, label) in zip(found, REAL, strict=True):
        assert (citation.label or "").startswith(label or "") and bool(citation.label) == bool(label)
        assert not set(citation.raw) & set(" \n")
    assert [citation.truncated for citation in found] == [False] * 19 + [True]
    assert [citation.kind for citation in found if citation.kind != "page"] == ["video"]
    assert [citation.label_nearby for citation in found if citation.label_nearby] == [
        next(line for line in text.splitlines() if "WEST sounds" in line)
    ]
