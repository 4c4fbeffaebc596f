"""Dates as printed: where they stand and what they are in ISO 8601."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.loader.dates import dated, posted_at, printed_date
from api.loader.records import Comment, Span
from api.loader.relative import HINT

ISO = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d(:\d\d(:\d\d)?)?(Z|[+-]\d\d:\d\d)?)?)?)?")

PRINTED = [
    ("Sunday, July 29, 2012 at 12:37 pm", "2012-07-29T12:37", "noon is 12 pm"),
    ("August 3, 2012 at 12:05 am", "2012-08-03T00:05", "midnight is 12 am"),
    ("Monday, November 5 2012", "2012-11-05", "no comma before the year"),
    ("18. Jul, 2012", "2012-07-18", "day first with a full stop"),
    ("17.07, 2011 @ 1:05", "2011-07-17T01:05", "a comma before the year"),
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
    ("Thu, 08/09/2012 - 15:05", "2012-08-09T15:05", "the ninth of August was a Thursday"),
    ("Saturday, 8/9/2012", "2012-09-08", "the eighth of September was a Saturday"),
    ("Monday, 8/9/2012", "2012", "neither was a Monday"),
    ("Di., 6/11/2012", "2012-11-06", "a German weekday, shortened"),
    ("2/29/2011", None, "no February has it"),
    ("March 2012", "2012-03", "a month is no day"),
    ("5 Auguſt 2012", "2012-08-05", "a long s"),
    ("5 APRİL 2012", "2012-04-05", "a capital i with its dot"),
    ("Dienſtag, 5/6/2012", "2012-06-05", "a long s in a weekday"),
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
    ("by Ann12 July 19, 2013 3:01 AM", "July 19, 2013 3:01 AM", "after a number that ends a name"),
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


# line, the date in it, in ISO 8601; the language, what is special
LANGUAGES = [
    ("Ann Lee 03.11.2026 um 14:05 Uhr", "03.11.2026 um 14:05 Uhr", "2026-11-03T14:05", "de: um ... Uhr"),
    ("03.11.2026, 14.05 Uhr", "03.11.2026, 14.05 Uhr", "2026-11-03T14:05", "de: a dot in the time"),
    ("3.11.2026", "3.11.2026", "2026-11-03", "de: dotted, day first"),
    ("3. 11. 2026", "3. 11. 2026", "2026-11-03", "de: dotted with spaces"),
    ("03.11.26 - 9:05", "03.11.26 - 9:05", "2026", "de: two digits for the year tell nothing"),
    (
        "Dienstag, 3. November 2026 um 14 Uhr",
        "Dienstag, 3. November 2026 um 14 Uhr",
        "2026-11-03T14",
        "de: the hour alone",
    ),
    (
        "Di., 3. Nov. 2026, 14:05 Uhr",
        "Di., 3. Nov. 2026, 14:05 Uhr",
        "2026-11-03T14:05",
        "de: weekday shortened",
    ),
    ("14:05 Uhr, 3. November 2026", "14:05 Uhr, 3. November 2026", "2026-11-03T14:05", "de: the time first"),
    ("3. Jänner 2026", "3. Jänner 2026", "2026-01-03", "de: Austrian January"),
    ("vor 3 Stunden", "vor 3 Stunden", None, "de: hours ago"),
    ("Ann Lee vor einer Stunde", "vor einer Stunde", None, "de: an hour ago"),
    ("vor 2 Tagen", "vor 2 Tagen", None, "de: days ago"),
    ("vor wenigen Minuten", "vor wenigen Minuten", None, "de: a few minutes ago"),
    ("vor 5 Min.", "vor 5 Min", None, "de: shortened unit"),
    ("gestern um 14:05 Uhr", "gestern um 14:05 Uhr", None, "de: yesterday"),
    ("heute, 9:05", "heute, 9:05", None, "de: today"),
    ("gerade eben", "gerade eben", None, "de: just now"),
    ("vor 2 Jahren", "vor 2 Jahren", None, "de: years ago"),
    ("Ann Lee 03/11/2026 à 14:05", "03/11/2026 à 14:05", "2026-11-03T14:05", "fr: its word tells the order"),
    ("le 3 novembre 2026 à 14h05", "3 novembre 2026 à 14h05", "2026-11-03T14:05", "fr: h between"),
    ("mardi 3 nov. 2026 à 14 h 05", "mardi 3 nov. 2026 à 14 h 05", "2026-11-03T14:05", "fr: spaces around h"),
    ("1er février 2026, 8h", "1er février 2026, 8h", "2026-02-01T08", "fr: an hour alone"),
    ("il y a 3 heures", "il y a 3 heures", None, "fr: hours ago"),
    ("il y a une heure", "il y a une heure", None, "fr: an hour ago"),
    ("il y a 5 min", "il y a 5 min", None, "fr: shortened unit"),
    ("Ann Lee il y a 2 jours", "il y a 2 jours", None, "fr: days ago"),
    ("il y a quelques minutes", "il y a quelques minutes", None, "fr: a few"),
    ("hier à 14h05", "hier à 14h05", None, "fr: yesterday"),
    ("aujourd’hui à 9:05", "aujourd’hui à 9:05", None, "fr: today"),
    ("à l’instant", "à l’instant", None, "fr: just now"),
    (
        "3 de noviembre de 2026 a las 14:05",
        "3 de noviembre de 2026 a las 14:05",
        "2026-11-03T14:05",
        "es: a las",
    ),
    ("03/11/2026 a las 14:05", "03/11/2026 a las 14:05", "2026-11-03T14:05", "es: its words tell the order"),
    (
        "martes, 3 de noviembre de 2026, 14:05 h",
        "martes, 3 de noviembre de 2026, 14:05 h",
        "2026-11-03T14:05",
        "es: h after",
    ),
    ("3 nov 2026 14:05 hs", "3 nov 2026 14:05 hs", "2026-11-03T14:05", "es: hs after"),
    ("hace 3 horas", "hace 3 horas", None, "es: hours ago"),
    ("hace una hora", "hace una hora", None, "es: an hour ago"),
    ("hace 2 días", "hace 2 días", None, "es: days ago"),
    ("hace unos minutos", "hace unos minutos", None, "es: a few"),
    ("ayer a las 14:05", "ayer a las 14:05", None, "es: yesterday"),
    ("hoy a las 9:05", "hoy a las 9:05", None, "es: today"),
    ("3 novembre 2026 alle 14:05", "3 novembre 2026 alle 14:05", "2026-11-03T14:05", "it: alle"),
    ("3 novembre 2026 alle ore 14.05", "3 novembre 2026 alle ore 14.05", "2026-11-03T14:05", "it: alle ore"),
    ("martedì 3 novembre 2026 ore 14:05", "martedì 3 novembre 2026 ore 14:05", "2026-11-03T14:05", "it: ore"),
    ("03/11/2026 alle 14:05", "03/11/2026 alle 14:05", "2026-11-03T14:05", "it: its word tells the order"),
    ("3 ore fa", "3 ore fa", None, "it: hours ago"),
    ("un’ora fa", "un’ora fa", None, "it: an hour ago"),
    ("2 giorni fa", "2 giorni fa", None, "it: days ago"),
    ("pochi minuti fa", "pochi minuti fa", None, "it: a few"),
    ("ieri alle 14:05", "ieri alle 14:05", None, "it: yesterday"),
    ("oggi alle 9:05", "oggi alle 9:05", None, "it: today"),
    ("3 november 2026 om 14:05", "3 november 2026 om 14:05", "2026-11-03T14:05", "nl: om"),
    (
        "dinsdag 3 november 2026 om 14.05 uur",
        "dinsdag 3 november 2026 om 14.05 uur",
        "2026-11-03T14:05",
        "nl: uur",
    ),
    ("03-11-2026 om 14:05", "03-11-2026 om 14:05", "2026-11-03T14:05", "nl: its word tells the order"),
    ("3 uur geleden", "3 uur geleden", None, "nl: hours ago"),
    ("een uur geleden", "een uur geleden", None, "nl: an hour ago"),
    ("2 dagen geleden", "2 dagen geleden", None, "nl: days ago"),
    ("enkele minuten geleden", "enkele minuten geleden", None, "nl: a few"),
    ("gisteren om 14:05", "gisteren om 14:05", None, "nl: yesterday"),
    ("vandaag om 9:05", "vandaag om 9:05", None, "nl: today"),
    ("3 de novembro de 2026 às 14:05", "3 de novembro de 2026 às 14:05", "2026-11-03T14:05", "pt: às"),
    ("03/11/2026 às 14h05", "03/11/2026 às 14h05", "2026-11-03T14:05", "pt: its word tells the order"),
    ("há 3 horas", "há 3 horas", None, "pt: hours ago"),
    ("3 horas atrás", "3 horas atrás", None, "pt: hours ago, behind"),
    ("há 2 dias", "há 2 dias", None, "pt: days ago"),
    ("ontem às 14:05", "ontem às 14:05", None, "pt: yesterday"),
    ("7. Oktober um 15:02 Uhr", "7. Oktober um 15:02 Uhr", None, "de: no year"),
    ("30.02.2026", "30.02.2026", None, "no calendar has it"),
    ("31.12.2026 um 24:30 Uhr", "31.12.2026", "2026-12-31", "no clock has it"),
    ("Sie stand vor der Tür", None, None, "de: prose, before the door"),
    ("vor allem", None, None, "de: prose, above all"),
    ("Er lief vor 300 Zuschauern", None, None, "de: prose, before spectators"),
    ("il y a 3 ponts", None, None, "fr: prose, there are bridges"),
    ("hace frío", None, None, "es: prose, it is cold"),
    ("hace 3 puentes", None, None, "es: prose"),
    ("hier à la mairie", None, None, "fr: prose"),
    ("Version 3.11.2026.5", None, None, "a version"),
    ("Kapitel 3.11", None, None, "a chapter"),
    ("3,50 Euro", None, None, "a price"),
    ("10.25.12 at 4:20 pm", "10.25.12 at 4:20 pm", "2012-10-25T16:20", "dots, but only one order can be"),
    ("7.9.12 at 1:20", "7.9.12 at 1:20", "2012", "en: full stops and a short year tell nothing"),
    ("7.9.2012 1:20 PM", "7.9.2012 1:20 PM", "2012", "en: nor beside PM"),
    ("He was out 2012", None, None, "en: no shortened October"),
    ("5 ago 2012", "5 ago 2012", "2012-08-05", "es: a shortened August"),
    ("sent 8 h", None, None, "en: a length of time"),
]


@pytest.mark.parametrize("line, date, iso, why", LANGUAGES, ids=[why for *_, why in LANGUAGES])
def test_the_dates_of_other_languages(line, date, iso, why):
    span = printed_date(line)
    assert (span.of(line) if span else None) == date
    assert posted_at(date or line) == iso
    assert date is None or HINT.search(line)


ORDERS = [
    (["5/6/2012", "5/13/2012"], ["2012-05-06", "2012-05-13"], "a thirteenth tells of the others"),
    (["5/6/2012", "13/6/2012"], ["2012-06-05", "2012-06-13"], "and the other way"),
    (["07.08.12 at 13:24", "07.17.12 at 1:39"], ["2012-07-08T13:24", "2012-07-17T01:39"], "full stops too"),
    (["5/6/2012", "7/6/2012 à 8h15"], ["2012-06-05", "2012-06-07T08:15"], "a word of French tells"),
    (
        ["5/6/2012", "5/13/2012", "13/5/2012"],
        ["2012", "2012-05-13", "2012-05-13"],
        "they contradict one another",
    ),
    (["5/6/2012", "6/6/2012"], ["2012", "2012-06-06"], "none tells"),
]


@pytest.mark.parametrize("printed, iso, why", ORDERS, ids=[why for *_, why in ORDERS])
def test_dates_of_a_page_are_read_alike(printed, iso, why):
    comments = [Comment(Span(0, 9), (), posted_at=posted_at(one), posted_at_text=one) for one in printed]
    assert [comment.posted_at for comment in dated(comments)] == iso
    assert dated(dated(comments)) == dated(comments)


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
