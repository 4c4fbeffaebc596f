"""The words that name a link, on its line and on the lines beside it."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from api.loader.cite import citations
from api.loader.records import Text

A, B = "https://example.org/a", "https://example.org/b"


def cited(text):
    return citations(Text("a", text, "0" * 64))


LABELS = [
    # markup
    (f"As [the report]({A}) says", "the report", "Markdown"),
    (f"As [the *big* (new) report]({A}) says", "the *big* (new) report", "Markdown with marks inside"),
    (f"As [the [big] report]({A} 'title') says", "the [big] report", "Markdown with brackets inside"),
    (f"![a chart]({A})", "a chart", "a picture in Markdown"),
    (f"[]({A})", None, "Markdown without words"),
    (f'<a href="{A}" class="c">the <b>big</b>\n report &amp; more</a>', "the big report & more", "HTML"),
    (f"<img src='{A}'> A chart", None, "a picture in HTML"),
    (f"[url={A}]the [b]report[/b][/url] says", "the report", "BBCode"),
    (f"[url]{A}[/url]", None, "BBCode without words"),
    (f"[1]: {A}", None, "a reference in Markdown"),
    # after a link that opens its line
    (f"{A} Growth is slow", "Growth is slow", "a capital after it"),
    (f"{A} - Growth is slow", "Growth is slow", "after a hyphen"),
    (f"{A} — Growth is slow", "Growth is slow", "after a dash"),
    (f"{A} 10 ways to grow", "10 ways to grow", "a digit"),
    (f"{A} “Growth is slow”", "Growth is slow", "in quotation marks"),
    (f'{A} "Growth" is slow', '"Growth" is slow', "begins with a quotation mark"),
    (f"{A} Рост замедлился", "Рост замедлился", "another script's capital"),
    (f"{A} 経済成長", "経済成長", "a script without capitals"),
    (f"1. {A} Growth is slow", "Growth is slow", "after a list's number"),
    (f"- {A} Growth is slow", "Growth is slow", "after a list's mark"),
    (f"[3] {A} Growth is slow", "Growth is slow", "after a note's number"),
    (f"<{A}> Growth is slow", "Growth is slow", "after angle brackets"),
    (f"{A} is about growth", None, "a small letter after it"),
    (f"{A} - is about growth", None, "a small letter after a dash"),
    (f"{A}, Growth is slow", None, "the sentence goes on"),
    (f"{A}. Growth is slow", None, "another sentence"),
    (f"{A} I do not agree. Growth is not slow at all.", None, "prose of two sentences"),
    (f"{A} {'Growth is slow ' * 30}", None, "prose of 450 characters"),
    (f"Read {A} Growth is slow", None, "the link does not open the line"),
    # before a link
    (f"Annual report 2024: {A}", "Annual report 2024", "before a colon"),
    (f"Annual report 2024:{A}", "Annual report 2024", "before a colon, no space"),
    (f"Annual report 2024 - {A}", "Annual report 2024", "before a hyphen"),
    (f"Annual report 2024 – {A} (new)", "Annual report 2024", "before a dash"),
    (f"2) Annual report 2024: {A}", "Annual report 2024", "a list's number is dropped"),
    (f"* Annual report 2024: {A}", "Annual report 2024", "a list's mark is dropped"),
    (f"**Annual report:** <{A}>", "Annual report", "emphasis is dropped"),
    (f"“Growth is slow” {A}", "Growth is slow", "in quotation marks"),
    (f"See “Growth is slow,” {A}", "Growth is slow", "in quotation marks, after other words"),
    (f"'Growth is slow' ({A})", "Growth is slow", "in quotation marks, the link in brackets"),
    (f'Study: "Growth is slow": {A}', "Growth is slow", "in quotation marks, before a colon"),
    (f"They err. The new numbers: {A}", "The new numbers", "the last sentence"),
    (f"Good news 🎉 The new numbers: {A}", "The new numbers", "the last sentence, after emoji"),
    (f"Mr. Lee on growth: {A}", "Mr. Lee on growth", "no sentence ends in Mr."),
    (f"Source: {A}", None, "one word"),
    (f"“Growth” {A}", None, "one word in quotation marks"),
    (f"Read more: {A}", None, "words that only point to it"),
    (f"(see also: {A})", None, "words that only point to it, in brackets"),
    (f"Growth is slow {A}", None, "no colon and no dash"),
    (f"I read it on {A} and was not convinced.", None, "inside a sentence"),
    (f"Annual report:\n{A}", None, "on the line above"),
    (f"{'Growth is slow ' * 30}: {A}", None, "prose of 450 characters before it"),
]


@pytest.mark.parametrize("text, label, why", LABELS, ids=[why for *_, why in LABELS])
def test_label(text, label, why):
    assert cited(text)[0].label == label


def test_each_link_of_a_line_has_its_own_words():
    first, second = cited(f"The report: {A} The reply: {B}")
    assert (first.label, second.label) == ("The report", "The reply")
    first, second = cited(f"{A} The report {B}")
    assert (first.label, second.label) == ("The report", None)
    first, second = cited(f"{A} The report\n{B} The reply")
    assert (first.label, second.label) == ("The report", "The reply")


NEARBY = [
    (f"Growth Is Slow\n{A}", "Growth Is Slow", "above"),
    (f"Growth is slow this year\n{A}\nMore", "Growth is slow this year", "above, in small letters"),
    (f"Growth Is Slow:\n{A}", "Growth Is Slow", "above, with a colon, capitals"),
    (f"It is something to keep in mind:\n{A}", None, "above, words that lead to it"),
    (f"Growth is slow this year.\n{A}", None, "above, a sentence"),
    (f"Growth\n{A}", None, "above, one word"),
    (f"growth is slow\n{A}", None, "above, begins with a small letter"),
    (f"Growth Is Slow\n\n{A}", None, "above a blank line"),
    (f"Growth Is Slow\n- {A}", "Growth Is Slow", "above, in a list"),
    (f"Growth Is Slow\nsee {A}", None, "the link has no line of its own"),
    (f"{A}\nGrowth Is Slow", "Growth Is Slow", "below"),
    (f"They say so.\n{A}\nGrowth Is Slow", None, "below, but something stands above"),
    (f"{A}\n{B}", None, "another link below"),
    (f"{'Growth Is Slow ' * 30}\n{A}", None, "above, too long for a title"),
    (f"Growth Is Slow\n{A} A Title", None, "the link has a label on its line"),
]


@pytest.mark.parametrize("text, title, why", NEARBY, ids=[why for *_, why in NEARBY])
def test_label_nearby(text, title, why):
    assert cited(text)[0].label_nearby == title


@settings(deadline=None)
@example(["[", " - ", "“", ": ", A])
@given(
    st.lists(
        st.sampled_from(
            [A, B, " ", "\n", "“", "”", "A b", ": ", " - ", "](", "[", "1. ", "<a href=", ">", "x."]
        )
    )
)
def test_a_label_is_words_of_its_text(pieces):
    text = "".join(pieces)
    for citation in cited(text):
        for label in (citation.label, citation.label_nearby):
            assert label is None or label.strip() == label != ""
            assert label is None or all(word in text for word in label.split())
