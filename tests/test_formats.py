"""The formats of the exports, read back by parsers that are not ours."""

import csv
import io
import json
from itertools import islice

import bibtexparser
import pytest
import rispy
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from hypothesis import given, settings
from hypothesis import strategies as st

from api.formats import (
    MEDIA_TYPES,
    SOURCE_COLUMNS,
    SOURCE_FORMATS,
    bibtex,
    csl_json,
    csv_table,
    ndjson,
    ris,
    selectors,
    source_csv,
    web_annotation,
    web_annotations,
)


def source(**fields):
    return {
        "id": "r_1",
        "url": "https://example.org/a?b=%7B1%7D&c_d=2",
        "host": "example.org",
        "domain": "example.org",
        "kind": "page",
        "label": "A long winter",
        "title": None,
        "citation_count": 2,
        "document_count": 1,
        "first_seen": "2024-01-02",
        "last_seen": "2024-03-04T10:00:00Z",
        "archived_at": None,
        **fields,
    }


AWKWARD = 'Ödön’s 50% & {odd} #1 _x_ $5 ~^ \\ "so" @misc{x, TY  - \n a } {{'
SOURCES = [
    source(),
    source(id="r_2", label=AWKWARD, archived_at="2024-05-01T12:00:00Z"),
    source(id="r_3", label=None, kind="video", first_seen=None, last_seen=None, archived_at="2012-03"),
    source(id="r_4", title="A title\r\nof two lines", kind="social", citation_count=1, archived_at="2012"),
    source(id="r 5,{}", label="", kind="pdf"),
]


def joined(chunks):
    return "".join(chunks)


# csv


def test_csv_is_read_back():
    text = joined(source_csv(SOURCES))
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert list(rows[0]) == list(SOURCE_COLUMNS)
    assert rows[1]["label"] == AWKWARD
    assert rows[3]["title"] == "A title\r\nof two lines"
    assert rows[2]["label"] == "" and rows[0]["citation_count"] == "2"


def test_csv_lines_end_as_rfc_4180_has_it():
    assert joined(csv_table([{"a": 'x "y", z', "b": 1}], ["a", "b"])) == 'a,b\r\n"x ""y"", z",1\r\n'


CELLS = [
    ("=1+1", "'=1+1", "a formula"),
    ("+1", "'+1", "a formula that begins with plus"),
    ("-1", "'-1", "text that begins with minus"),
    ("@SUM(A1)", "'@SUM(A1)", "a function"),
    ("\t=1", "'\t=1", "a tab before it"),
    ("\r=1", "'\r=1", "a line's end before it"),
    ("\n=1", "'\n=1", "another line's end before it"),
    ("＝1+1", "'＝1+1", "a full-width formula"),
    ("1=1", "1=1", "an equals sign inside"),
    ("'tis", "'tis", "an apostrophe"),
    (-1, "-1", "a number"),
    (0.5, "0.5", "a fraction"),
    (None, "", "nothing"),
    (True, "true", "a truth"),
    (["=1", None], '["=1",null]', "a list"),
    ({"a": "é"}, '{"a":"é"}', "an object"),
]


@pytest.mark.parametrize("value, cell, why", CELLS, ids=[why for *_, why in CELLS])
def test_csv_cell(value, cell, why):
    rows = list(csv.reader(io.StringIO(joined(csv_table([{"a": value}, {}], ["a", "b"])), newline="")))
    assert rows == [["a", "b"], [cell, ""], ["", ""]]


# no surrogates and no NUL: neither is stored
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)


@settings(deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_csv_loses_nothing_and_computes_nothing(cells):
    columns = [str(place) for place in range(len(cells))]
    text = joined(csv_table([dict(zip(columns, cells, strict=True))], columns))
    _, row = csv.reader(io.StringIO(text, newline=""))
    assert [cell.removeprefix("'") for cell in row] == [cell.removeprefix("'") for cell in cells]
    assert not any(cell[:1] in tuple("=+-@\t\r\n") for cell in row if cell)


# ndjson


@settings(deadline=None)
@given(
    st.lists(
        st.dictionaries(TEXTS, TEXTS | st.none() | st.booleans() | st.lists(TEXTS), max_size=3), max_size=4
    )
)
def test_ndjson_is_read_back_line_by_line(records):
    lines = joined(ndjson(records)).split("\n")
    assert lines.pop() == ""
    assert [json.loads(line) for line in lines] == records


# citation formats

NAMES = [
    "A long winter",
    " ".join(AWKWARD.split()),
    SOURCES[2]["url"],
    "A title of two lines",
    SOURCES[4]["url"],
]
UNTEXED = {
    r"\textbackslash{}": "\\",
    r"\textbraceleft{}": "{",
    r"\textbraceright{}": "}",
    r"\textasciitilde{}": "~",
    r"\textasciicircum{}": "^",
    **{f"\\{character}": character for character in "&%$#_"},
}


def untexed(text):
    for command, character in UNTEXED.items():
        text = text.replace(command, character)
    return text


def test_bibtex_is_read_by_bibtexparser():
    library = bibtexparser.parse_string(joined(bibtex(SOURCES)))
    assert not library.failed_blocks
    assert [entry.key for entry in library.entries] == ["r_1", "r_2", "r_3", "r_4", "r-5---"]
    assert {entry.entry_type for entry in library.entries} == {"misc"}
    assert [untexed(entry["title"])[1:-1] for entry in library.entries] == NAMES
    assert {entry["url"] for entry in library.entries} == {SOURCES[0]["url"]}
    assert [entry.get("urldate") and entry["urldate"] for entry in library.entries] == [
        None,
        "2024-05-01",
        "2012-03",
        "2012",
        None,
    ]


def test_ris_is_read_by_rispy():
    entries = rispy.loads(joined(ris(SOURCES)))
    assert [entry["title"] for entry in entries] == NAMES
    assert [entry["type_of_reference"] for entry in entries] == ["ELEC", "ELEC", "VIDEO", "ELEC", "ELEC"]
    assert {entry["urls"][0] for entry in entries} == {SOURCES[0]["url"]}
    assert [entry.get("access_date") for entry in entries] == [None, "2024/05/01", "2012/03", "2012", None]


@pytest.mark.filterwarnings("ignore::UserWarning:citeproc")
def test_csl_json_is_rendered_by_citeproc():
    items = json.loads(joined(csl_json(SOURCES)))
    assert [item["title"] for item in items] == NAMES
    assert [item["type"] for item in items] == ["webpage", "webpage", "motion_picture", "post", "webpage"]
    assert items[1]["accessed"] == {"date-parts": [[2024, 5, 1]]}
    assert "accessed" not in items[0]
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    bibliography = CitationStylesBibliography(style, CiteProcJSON(items), formatter.plain)
    for item in items:
        bibliography.register(Citation([CitationItem(item["id"])]))
    entries = [str(entry) for entry in bibliography.bibliography()]
    assert len(entries) == len(SOURCES)
    assert all(SOURCES[0]["url"] in entry for entry in entries)


NOTES = [
    (source(), "Cited 2 times in 1 document, 2024-01-02 to 2024-03-04.", "two days"),
    (source(citation_count=1, last_seen="2024-01-02"), "Cited 1 time in 1 document, 2024-01-02.", "one day"),
    (source(document_count=2, first_seen=None, last_seen=None), "Cited 2 times in 2 documents.", "no day"),
    (
        source(archived_at="2020-01-01T00:00:00Z"),
        "Cited 2 times in 1 document, 2024-01-02 to 2024-03-04; an archived copy of 2020-01-01.",
        "a copy",
    ),
]


@pytest.mark.parametrize("record, note, why", NOTES, ids=[why for *_, why in NOTES])
def test_the_note_says_how_often_and_when(record, note, why):
    assert json.loads(joined(csl_json([record])))[0]["note"] == note


@settings(deadline=None)
@given(TEXTS)
def test_no_name_breaks_a_record(label):
    records = [source(label=label), source(id="r_2")]
    library = bibtexparser.parse_string(joined(bibtex(records)))
    assert [entry.key for entry in library.entries] == ["r_1", "r_2"] and not library.failed_blocks
    assert [entry["id"] for entry in rispy.loads(joined(ris(records)))] == ["r_1", "r_2"]
    assert [item["id"] for item in json.loads(joined(csl_json(records)))] == ["r_1", "r_2"]


@pytest.mark.parametrize("name", SOURCE_FORMATS)
def test_a_format_is_a_stream(name):
    def endless():
        while True:
            yield source()

    chunks = list(islice(SOURCE_FORMATS[name](endless()), 3))
    assert all(isinstance(chunk, str) and chunk for chunk in chunks) and len(chunks) == 3
    assert joined(SOURCE_FORMATS[name]([])) in ("", "[]\n", ",".join(SOURCE_COLUMNS) + "\r\n")
    assert name in MEDIA_TYPES


# web annotations


def test_a_selector_finds_its_words_again():
    text = "🌧 He said: “It rained all day,” and left for good."
    start = text.index("It")
    quote, position = selectors(text, start, start + 17)
    assert text[position["start"] : position["end"]] == quote["exact"] == "It rained all day"
    assert quote["prefix"] == text[:start] and quote["suffix"] == "," + text[start + 18 :]
    assert text.count(quote["prefix"] + quote["exact"] + quote["suffix"]) == 1


def test_a_quote_is_an_annotation_of_the_text():
    text = "“It rained,” said Ann Lee, “all day.”"
    spans = [{"start": 1, "end": 10}, {"start": 28, "end": 35}]
    quote = {
        "id": "q_1",
        "spans": spans,
        "speaker": {"name": "Ann Lee"},
        "url": "https://api.example/v1/quotes/q_1",
    }
    annotation = web_annotation(quote, text, "https://api.example/v1/documents/d_1/text")
    assert annotation["id"] == "https://api.example/v1/quotes/q_1"
    assert annotation["type"] == "Annotation"
    assert annotation["body"]["value"] == "Ann Lee"
    exact = [target["selector"][0]["exact"] for target in annotation["target"]]
    assert exact == [text[span["start"] : span["end"]] for span in spans] == ["It rained", "all day"]
    assert {target["source"] for target in annotation["target"]} == {
        "https://api.example/v1/documents/d_1/text"
    }


def test_a_quote_of_no_known_speaker_has_no_body():
    annotation = web_annotation(
        {"id": "q_1", "spans": [{"start": 0, "end": 2}], "speaker": None},
        "It rained",
        "https://api.example/text",
    )
    assert "body" not in annotation and annotation["id"] == "https://api.example/text#q_1"


@pytest.mark.parametrize("count", [0, 1, 2])
def test_annotations_are_one_page_of_json_ld(count):
    page = json.loads(
        joined(
            web_annotations(({"id": f"https://a.example/{n}"} for n in range(count)), "https://a.example/")
        )
    )
    assert page["@context"] == "http://www.w3.org/ns/anno.jsonld"
    assert (page["type"], page["id"], len(page["items"])) == ("AnnotationPage", "https://a.example/", count)
