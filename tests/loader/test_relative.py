"""Times printed as so long ago: no more is said than holds for every moment that they can mean."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.loader.dates import posted_at
from api.loader.read import documents
from api.loader.relative import AGO, COUNTS, DAYS, UNITS, day_ago
from api.loader.segment import segments

FETCHED = "2024-05-20T10:15:00Z"
PRINTED = [
    ("just now", FETCHED, "2024-05-20", "now"),
    ("vor 5 Minuten", FETCHED, "2024-05-20", "minutes"),
    ("il y a 3 heures", FETCHED, "2024-05-20", "hours within the day"),
    ("hace 3 horas", "2024-05-20T03:15:00Z", "2024-05", "hours that may be of the day before"),
    ("3 ore fa", "2024-05-01T03:15:00Z", "2024", "or of the month before"),
    ("3 uur geleden", "2024-01-01T03:15:00Z", None, "or of the year before"),
    ("há 2 dias", FETCHED, "2024-05", "days: two dates are called so"),
    ("vor wenigen Tagen", FETCHED, "2024-05", "a few are nine at most"),
    ("2 godziny temu", FETCHED, "2024-05-20", "hours in Polish"),
    ("5 минут назад", FETCHED, "2024-05-20", "minutes in Russian"),
    ("2 saat önce", FETCHED, "2024-05-20", "hours in Turkish"),
    ("3 timmar sedan", FETCHED, "2024-05-20", "hours in Swedish"),
    ("3小时前", FETCHED, "2024-05-20", "hours in Chinese, without gaps"),
    ("6日前", FETCHED, "2024-05", "days in Japanese"),
    ("昨天 22:17", FETCHED, "2024-05", "yesterday in Chinese"),
    ("2 hourſ ago", FETCHED, "2024-05-20", "a long s"),
    ("2 weeks ago", FETCHED, "2024", "from the end of April on"),
    ("3 months ago", FETCHED, "2024", "months"),
    ("2 Jahre", FETCHED, None, "no time at all"),
    ("vor 2 Jahren", FETCHED, None, "a year that may be one of two"),
    ("5000 years ago", FETCHED, None, "before any comment"),
    ("gestern um 14:05 Uhr", FETCHED, "2024-05", "yesterday where the page was made"),
    ("today at 3:02 pm", FETCHED, "2024-05", "today, in a zone that is not told"),
    ("3 hours ago", "2024-05-20", "2024-05", "a reference without a time"),
    ("3 hours ago", "2024-05", None, "a reference without a day"),
    ("3 hours ago", None, None, "no reference"),
    ("May 4, 2011, 3 hours ago", FETCHED, "2011-05-04", "a date comes first"),
]


@pytest.mark.parametrize("printed, reference, day, why", PRINTED, ids=[why for *_, why in PRINTED])
def test_what_is_certain(printed, reference, day, why):
    assert posted_at(printed, reference=reference) == day


def called(age, unit, name, rounded):
    """How a page calls an age, rounding down or to the nearest."""
    count = int(age / unit + (0.5 if rounded else 0))
    return f"{count} {name} ago"


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2030, 1, 1)),
    st.timedeltas(timedelta(0), timedelta(days=2000)),
    st.sampled_from(sorted(UNITS)),
    st.booleans(),
)
def test_it_is_never_wrong(now, age, name, rounded):
    printed = called(age, UNITS[name], name, rounded)
    if len(printed.split()[0]) > 4:
        return
    day = day_ago(printed, now.isoformat() + "Z")
    assert day is None or (now - age).isoformat().startswith(day)


@pytest.mark.parametrize("name", sorted({*UNITS, *COUNTS, *DAYS}))
def test_every_word_of_the_tables_is_found(name):
    if name in UNITS:
        line = f"3 {name} ago"
    elif name in COUNTS:
        line = f"{name} hours ago"
    else:
        line = f"{name} 14:05"
    assert AGO.fullmatch(line)


def test_a_page_of_an_archive_dates_its_comments_by_the_moment_it_was_fetched(tmp_path):
    comments = "".join(
        f'<div class="comment"><b class="author">{name}</b> <span class="date">{ago}</span><p>{words}</p></div>'
        for name, ago, words in (
            ("Ann Lee", "vor 3 Stunden", "Die Brücke war schon gestern zu, niemand hat es gesagt."),
            ("Ben Example", "vor 2 Tagen", "Im Frühjahr soll sie wieder offen sein, heißt es."),
        )
    )
    html = (
        "<html><body><article><h1>Die Brücke</h1><p>Die Brücke über den Fluss bleibt im Winter geschlossen, "
        f'sagte die Stadt.</p></article><div id="comments">{comments}</div></body></html>'
    ).encode()
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + html
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://example.org/bruecke\r\n"
        f"WARC-Date: {FETCHED}\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    ).encode()
    path = tmp_path / "a.warc"
    path.write_bytes(head + block + b"\r\n\r\n")
    (document,) = documents([path], 1 << 20, 1 << 20)
    found = segments(document).comments
    assert [(one.posted_at_text, one.posted_at) for one in found] == [
        ("vor 3 Stunden", "2024-05-20"),
        ("vor 2 Tagen", "2024-05"),
    ]
