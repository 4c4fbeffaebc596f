"""Dates as printed: where they stand and what they are in ISO 8601."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.loader.dates import posted_at, printed_date

ISO = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d(:\d\d(:\d\d)?)?(Z|[+-]\d\d:\d\d)?)?)?)?")

PRINTED = [
    ("Sunday, July 29, 2012 at 12:37 pm", "2012-07-29T12:37", "noon is 12 pm"),
    ("August 3, 2012 at 12:05 am", "2012-08-03T00:05", "midnight is 12 am"),
    ("Monday, November 5 2012", "2012-11-05", "no comma before the year"),
    ("18. Jul, 2012", "2012-07-18", "day first with a full stop"),
    ("17 / July / 2012", "2012-07-17", "slashes around a named month"),
    ("9-Oct-12 7:01 AM", "2012-10-09T07:01", "hyphens and a short year"),
    ("Aug 9, 2012 9:38 AM EDT", "2012-08-09T09:38", "letters for a zone are no offset"),
    ("October 26th, 2012 at 4:09 am", "2012-10-26T04:09", "an ordinal"),
    ("1 November 2012 9:37PM", "2012-11-01T21:37", "no space before PM"),
    ("Wed, 14 Nov 2012 08:15:30 GMT", "2012-11-14T08:15:30Z", "an HTTP date"),
    ("2012-10-25T12:37:09+02:00", "2012-10-25T12:37:09+02:00", "ISO 8601 itself"),
    ("2012-10-25 12:37", "2012-10-25T12:37", "ISO 8601 with a space"),
    ("2012/10/25", "2012-10-25", "year first with slashes"),
    ("11:35 am on October 3, 2012", "2012-10-03T11:35", "the time first"),
    ("3 pm, 4 June 2019", "2019-06-04T15", "an hour alone stays an hour"),
    ("Thu, 10/25/2012 - 16:20", "2012-10-25T16:20", "only the second number can be a day"),
    ("25.10.2012 at 16:20", "2012-10-25T16:20", "only the first number can be a day"),
    ("10.25.12 at 4:20 pm", "2012-10-25T16:20", "two digits for the year"),
    ("5/6/2012", "2012", "day and month cannot be told apart"),
    ("6/6/2012", "2012-06-06", "day and month are the same"),
    ("March 2012", "2012-03", "a month is no day"),
    ("2012", "2012", "a year alone"),
    ("3. Oktober 2012, 14:05", "2012-10-03T14:05", "German"),
    ("1er août 2012", "2012-08-01", "French"),
    ("3 de octubre de 2012", "2012-10-03", "Spanish"),
    ("Posted by Ann on May 4, 2011 at 7:00 pm | Reply", "2011-05-04T19:00", "words around it"),
    ("May 4, 1971", "1971-05-04", "the last century"),
    ("2 hours ago", None, "a relative time"),
    ("Updated 2 hours ago, May 4, 2011", None, "a relative time comes first"),
    ("yesterday at 3:02 pm", None, "a relative day"),
    ("October 7 at 3:02 pm", None, "no year printed"),
    ("February 30, 2012", None, "no calendar has it"),
    ("31/31/2012", None, "no month has it"),
    ("3:02 pm", None, "a time without a day"),
    ("in 2012 the bridge fell", None, "a year in a sentence"),
    ("version 1.2.2012.5", None, "a version number"),
    ("", None, "nothing"),
]


@pytest.mark.parametrize("printed, iso, why", PRINTED, ids=[why for *_, why in PRINTED])
def test_posted_at(printed, iso, why):
    assert posted_at(printed) == iso


@pytest.mark.parametrize("day_first, iso", [(True, "2012-06-05"), (False, "2012-05-06"), (None, "2012")])
def test_posted_at_is_told_the_order_of_two_numbers(day_first, iso):
    assert posted_at("5/6/2012", day_first) == iso


PLACES = [
    ("Ann Lee says: October 26th, 2012 at 4:09 am", "October 26th, 2012 at 4:09 am", "after a name"),
    ("by Ann Lee on Aug 9, 2012 9:38 AM EDT up reply", "Aug 9, 2012 9:38 AM EDT", "with its zone"),
    ("Ann Lee | Monday, 5 November 2012 | Reply", "Monday, 5 November 2012", "with its weekday"),
    ("18. Jul, 2012 / Ann says:", "18. Jul, 2012", "before a name"),
    ("Ann Lee10/8/12 2:59 PM", "10/8/12 2:59 PM", "glued to a name"),
    ("To her dismay 5, 2012 and 2013", None, "a word that ends like a month"),
    ("Ann On Sunday, October 7 at 3:02 pm", "Sunday, October 7 at 3:02 pm", "without a year"),
    ("Ann Lee 2 hours ago Reply", "2 hours ago", "relative"),
    ("Ann Lee, 11:35 am on Friday, 3 August 2012", "11:35 am on Friday, 3 August 2012", "time first"),
    ("Ann Lee 11:35 am", "11:35 am", "a time alone"),
    ("It fell by 3.5 points", None, "a number"),
    ("She may 1 day go", None, "no date in it"),
    ("See 1.2.3.4 and 12/11/10/9", None, "numbers of other kinds"),
]


@pytest.mark.parametrize("line, date, why", PLACES, ids=[why for *_, why in PLACES])
def test_printed_date(line, date, why):
    span = printed_date(line)
    assert (span.of(line) if span else None) == date


@given(st.text())
def test_any_text_gives_iso_8601_or_none(text):
    date = posted_at(text)
    assert date is None or ISO.fullmatch(date)


PIECES = [
    "May",
    "4",
    ",",
    " ",
    "2011",
    "/",
    ".",
    "-",
    "10",
    "25",
    "at",
    ":",
    "30",
    "pm",
    "ago",
    "2 hours",
    "T",
]


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_a_date_found_is_the_date_read(text):
    span = printed_date(text)
    assert span is None or 0 <= span.start < span.end <= len(text)
    date = posted_at(text)
    assert date is None or ISO.fullmatch(date)
