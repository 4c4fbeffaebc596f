"""Dates as pages print them, and the same in ISO 8601."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from api.loader.records import Comment, Span
from api.loader.relative import AGO, AT, CLOCK, day_ago, spelling

# Names of months, January first: English, German, French, Spanish, Italian, Portuguese, Dutch.
MONTHS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar jänner janvier enero gennaio janeiro januari",
            "february feb februar février févr fév febrero febbraio fevereiro februari",
            "march mar märz mär mars marzo março maart mrt",
            "april apr avril avr abril aprile",
            "may mai mayo maggio maio mei",
            "june jun juni juin junio giugno junho",
            "july jul juli juillet juil julio luglio julho",
            "august aug août agosto augustus",
            "september sept sep septembre septiembre setiembre settembre setembro",
            "october oct oktober okt octobre octubre ottobre outubro",
            "november nov novembre noviembre novembro",
            "december dec dezember dez décembre déc diciembre dicembre dezembro",
        ),
        start=1,
    )
    for name in names.split()
}
# Shortened months that are words of other languages too ("out", "set", "ago"): only between a day and a year.
SHORT_MONTHS: dict[str, int] = dict(
    ene=1, gen=1, fev=2, abr=4, mag=5, giu=6, lug=7, ago=8, set=9, ott=10, out=10, dic=12
)
# Names of weekdays, Monday first; what is shorter than three letters, or not English, only with a mark behind it.
WEEKDAYS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "monday mon montag lundi lunes lunedì maandag segunda segunda-feira",
            "tuesday tues tue dienstag mardi martes martedì dinsdag terça terça-feira",
            "wednesday wed mittwoch mercredi miércoles mercoledì woensdag quarta quarta-feira",
            "thursday thurs thur thu donnerstag jeudi jueves giovedì donderdag quinta quinta-feira",
            "friday fri freitag vendredi viernes venerdì vrijdag sexta sexta-feira",
            "saturday sat samstag samedi sábado sabato zaterdag",
            "sunday sun sonntag dimanche domingo domenica zondag",
        )
    )
    for name in names.split()
}
SHORT_WEEKDAYS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "mo lun ma",
            "di mar",
            "mi mer mié wo",
            "do jeu jue gio",
            "fr ven vie vr",
            "sa sam sáb sab za",
            "so dim dom zo",
        )
    )
    for name in names.split()
}
_END = r"(?![^\W\d_])"  # no letter follows
_GAP = r"[ \t\u00a0\u202f]{0,3}"
_MONTH = rf"(?P<month>{'|'.join(sorted(MONTHS, key=len, reverse=True))}){_END}\.?"
_DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])(?!\d)"
_YEAR = rf"(?P<year>(?:19|20)\d\d)(?!\d)(?:{_GAP}г\.(?!\w))?"  # Bulgarian and Russian mark the year
_SHORT_YEAR = r"(?P<short_year>\d\d)(?![\d:])"
_TIME = (
    rf"(?P<hour>[01]?\d|2[0-3])(?:(?:[:.]|{_GAP}h{_GAP})(?P<minute>[0-5]\d)"
    r"(?::(?P<second>[0-5]\d)(?:[.,]\d{1,9})?)?"
    rf"(?:{_GAP}(?P<half>[ap])\.?m\b\.?|{_GAP}(?P<clock>{CLOCK})\b)?"
    rf"|{_GAP}(?P<half_alone>[ap])\.?m\b\.?|{_GAP}(?P<clock_alone>{CLOCK})\b)(?![\d:])"
    rf"(?:{_GAP}(?P<zone>Z\b|(?:UTC|GMT)?[+−-](?:0\d|1[0-4]):?[0-5]\d(?!\d)|(?:UTC|GMT)\b"
    r"|(?-i:[ECMPA][SD]T|[ECMP]T|CES?T|MES?Z|BST|AE[SD]T|NZ[SD]T)\b))?"
)


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


# A date may be glued to the name before it ("Ann Lee10/8/12"), but no word ends in one ("dismay 5, 2012").
_START = r"(?<![\d/.-])(?:(?<![^\W_])|(?=(?-i:[A-Z\d])))"
_CAPITAL = r"(?=(?-i:[A-ZÉÖÄÜ]))"  # "may 1" without a year is no date
# In "Ann12 July 19, 2013" the month's day follows, and the number before it is the name's.
_NO_OWN_DAY = rf"(?!{_GAP}\d{{1,2}}(?:st|nd|rd|th)?{_GAP},?{_GAP}(?:19|20)\d\d(?!\d))"
# The forms of a day, most telling first; where two begin together the earlier in the list holds.
_FORMS = tuple(
    _compiled(_START + form)
    for form in (
        rf"{_YEAR}(?P<mark>[-/.])(?P<month_number>0?[1-9]|1[0-2])(?P=mark){_DAY}",
        rf"(?:{_YEAR}{_GAP}年{_GAP})?(?P<month_number>0?[1-9]|1[0-2]){_GAP}月{_GAP}{_DAY}{_GAP}日",
        rf"{_DAY}(?:st|nd|rd|th|º|er)?\.?{_GAP}(?:[-/,]|of\b|de\b)?{_GAP}{_MONTH}{_NO_OWN_DAY}"
        rf"{_GAP}(?:[-/,]|de\b)?{_GAP}(?:{_YEAR}|'?{_SHORT_YEAR})",
        rf"{_DAY}{_GAP}(?:[-/]|de\b)?{_GAP}(?P<month>{'|'.join(SHORT_MONTHS)})\b\.?{_GAP}(?:[-/]|de\b)?{_GAP}{_YEAR}",
        rf"{_MONTH}{_GAP}{_DAY}(?:st|nd|rd|th)?{_GAP},?{_GAP}{_YEAR}",
        rf"{_MONTH}{_GAP}{_DAY}(?:st|nd|rd|th)?{_GAP},?{_GAP}'{_SHORT_YEAR}",
        rf"(?P<first>\d{{1,2}})(?P<mark>[/.-])(?P<second_number>\d{{1,2}})(?P=mark)(?:{_YEAR}|{_SHORT_YEAR})(?![/.]?\d)",
        rf"(?P<first>\d{{1,2}})(?P<mark>\.)[ \u00a0](?P<second_number>\d{{1,2}})\.[ \u00a0]{_YEAR}",
        rf"(?P<first>\d{{1,2}})(?P<mark>\.)(?P<second_number>\d{{1,2}})\.?,[ \u00a0]{_YEAR}",
        rf"{_MONTH}{_GAP},?{_GAP}(?:de\b)?{_GAP}{_YEAR}",
        rf"{_CAPITAL}{_MONTH}{_GAP}{_DAY}(?:st|nd|rd|th)?",
        rf"{_DAY}(?:st|nd|rd|th|º|er)?\.?{_GAP}(?:of\b|de\b)?{_GAP}{_CAPITAL}{_MONTH}{_NO_OWN_DAY}",
    )
)
_TIME_ALONE = _compiled(rf"(?<![\w:./]){_TIME}")
_TIME_AFTER = _compiled(rf"{_GAP}(?:[,|@•·/T–—(-]|\|)?{_GAP}(?:(?P<at>{AT}){_GAP})?@?{_TIME}")
_TIME_BEFORE = _compiled(rf"(?<![\w:./]){_TIME}{_GAP}(?:[,|@•·–—-]|(?:on|am|le|il|el|op)\b)?{_GAP}$")
_WEEKDAY_BEFORE = _compiled(
    rf"(?<!\w)(?P<weekday>{'|'.join(sorted(WEEKDAYS, key=len, reverse=True))}|(?:{'|'.join(SHORT_WEEKDAYS)})(?=[.,]))"
    rf"{_END}\.?{_GAP},?{_GAP}(?:(?:the|den|le|el|il) )?$"
)
_BEFORE = 48  # characters before a day in which its weekday and time may stand


def printed_date(text: str, start: int = 0) -> Span | None:
    """The first date in ``text`` from ``start`` on, weekday, time and zone included, or None.

    Relative times ("2 hours ago") and days without a year are dates too. A time of day without
    a day counts only where there is nothing better. English, German, French, Spanish, Italian, Dutch, Portuguese.

    >>> printed_date("Posted by Ann on Monday, 5 November 2012 at 3:02 pm | Reply").of(
    ...     "Posted by Ann on Monday, 5 November 2012 at 3:02 pm | Reply")
    'Monday, 5 November 2012 at 3:02 pm'
    >>> printed_date("The bridge opened.") is None
    True
    """
    day = _day(text, start)
    relative = AGO.search(text, start)
    if relative and (day is None or relative.start() < day.start()):
        return Span(*relative.span())
    if day is None:
        time = _TIME_ALONE.search(text, start)
        return Span(*time.span()) if time and _is_time(time) and _is_alone(time) else None
    weekday = _weekday(text, start, day.start())
    before = weekday.start() if weekday else day.start()
    earlier = _time_before(text, start, before)
    after = _time_after(text, day.end())
    if earlier and not after:
        weekday = _weekday(text, start, earlier.start())
        before = weekday.start() if weekday else earlier.start()
    return Span(before, after.end() if after else day.end())


def posted_at(printed: str, day_first: bool | None = None, reference: str | None = None) -> str | None:
    """The date that ``printed`` shows, in ISO 8601 and no more precise than it is printed.

    None where no year is printed, and for days that no calendar has. A relative time is None too without
    a ``reference``, the moment at which it was shown; with one it is the day, month or year that is certain.
    A time gets an offset only where one is printed in numbers or as UTC or GMT: "EDT" and its like are left
    out, since several zones share such letters. Of "5/6/2012", which is a day in May or in June, only the
    year is certain, unless ``day_first`` tells, or the date itself does: "25/6/2012", "5.6.2012" (full
    stops and a whole year), "5/6/2012 à 20h15" (French has the day first), "Tuesday, 5/6/2012".

    >>> posted_at("Sunday, July 29, 2012 at 12:37 pm")
    '2012-07-29T12:37'
    >>> posted_at("18. Jul, 2012"), posted_at("March 2012"), posted_at("2 hours ago")
    ('2012-07-18', '2012-03', None)
    >>> posted_at("5/6/2012 8:15 PM"), posted_at("5/6/2012 8:15 PM", day_first=True)
    ('2012', '2012-06-05T20:15')
    >>> posted_at("vor 2 Stunden", reference="2024-05-02T10:15:00Z")
    '2024-05-02'
    """
    day = _day(printed, 0)
    relative = AGO.search(printed)
    if relative and (day is None or relative.start() < day.start()):
        return day_ago(relative[0], reference) if reference else None
    if day is None:
        year = re.fullmatch(r"\s{0,9}((?:19|20)\d\d)\s{0,9}", printed)
        return year[1] if year else None
    parts, clock, order = _read(printed, day)
    found = _iso_day(parts, day_first if order is None else order)
    if found is None or len(found) < len("2012-07-29"):
        return found
    return found + (_iso_time(clock) if clock else "")


def day_order(printed: Iterable[str]) -> bool | None:
    """Whether dates in numbers have the day before the month, if those that tell agree.

    >>> day_order(["5/6/2012", "5/13/2012"]), day_order(["5/6/2012", "5/7/2012 à 8h15"]), day_order(["5/6/2012"])
    (False, True, None)
    """
    days = ((one, day) for one in printed if (day := _day(one, 0)))
    orders = {_read(one, day)[2] for one, day in days} - {None}
    return orders.pop() if len(orders) == 1 else None


def dated(comments: Iterable[Comment], reference: str | None = None) -> tuple[Comment, ...]:
    """The comments of one page, with what their dates tell of one another, and of ``reference``.

    A date that could be two days ("5/6/2012") is read as the page's others are; one that is relative is
    told by the moment at which the page was fetched.
    """
    comments = tuple(comments)
    first = day_order(comment.posted_at_text or "" for comment in comments)
    return tuple(_dated(comment, first, reference) for comment in comments)


def _dated(comment: Comment, day_first: bool | None, reference: str | None) -> Comment:
    printed, known = comment.posted_at_text or "", comment.posted_at
    if (known is None and reference) or (known and len(known) == len("2012") and day_first is not None):
        return replace(comment, posted_at=posted_at(printed, day_first, reference))
    return comment


def _day(text: str, start: int) -> re.Match[str] | None:
    """The first day in ``text``; of those that begin together, the form listed first."""
    found = [match for form in _FORMS if (match := form.search(text, start))]
    return min(found, key=lambda match: match.start(), default=None)


Parts = Mapping[str, str | None]


def _read(printed: str, day: re.Match[str]) -> tuple[Parts, Parts, bool | None]:
    """The parts of the day and of its time of day, and the order of its numbers, where it tells that itself."""
    weekday = _weekday(printed, 0, day.start())
    before = weekday.start() if weekday else day.start()
    time = _time_after(printed, day.end()) or _time_before(printed, 0, before)
    parts, clock = day.groupdict(), time.groupdict() if time else {}
    if not parts.get("first"):
        return parts, clock, None
    return parts, clock, _order(parts, clock, spelling(weekday["weekday"]) if weekday else None)


def _order(parts: Parts, clock: Parts, weekday: str | None) -> bool | None:
    """Whether the first of two numbers is the day; None where both may be, or are the same.

    A word of a language that has the day first tells, and full stops alone: but "7.9.12 at 1:20" was seen for
    July the ninth, so that what is written in the English or the short way does not.
    """
    days = {first: date.fromisoformat(iso) for first in (True, False) if (iso := _iso_day(parts, first))}
    if weekday and len(set(days.values())) == 2:
        number = (WEEKDAYS | SHORT_WEEKDAYS)[weekday]
        days = {first: day for first, day in days.items() if day.weekday() == number} or days
    if len(days) == 1:
        return next(iter(days))
    at = (clock.get("at") or "").lower()
    behind = (clock.get("clock") or clock.get("clock_alone") or "").lower()
    if at not in ("", "at") or behind in ("uhr", "uur", "hs"):
        return True
    english = at or clock.get("half") or clock.get("half_alone")
    return True if parts.get("mark") == "." and parts.get("year") and not english else None


def _weekday(text: str, start: int, end: int) -> _Shifted | None:
    """The weekday that stands before ``end``."""
    window = max(start, end - _BEFORE)
    match = _WEEKDAY_BEFORE.search(text[window:end])
    return _Shifted(match, window) if match else None


class _Shifted:
    """A match in a window of the text, with offsets into the text."""

    def __init__(self, match: re.Match[str], shift: int) -> None:
        self.match = match
        self.shift = shift

    def start(self) -> int:
        return self.match.start() + self.shift

    def groupdict(self) -> dict[str, str | None]:
        return self.match.groupdict()

    def __getitem__(self, name: str) -> str:
        return self.match[name]


def _time_before(text: str, start: int, end: int) -> _Shifted | None:
    window = max(start, end - _BEFORE)
    match = _TIME_BEFORE.search(text[window:end])
    return _Shifted(match, window) if match and _is_time(match) else None


def _time_after(text: str, end: int) -> re.Match[str] | None:
    match = _TIME_AFTER.match(text, end)
    return match if match and _is_time(match) else None


def _is_time(match: re.Match[str]) -> bool:
    """Whether the hour can be: none above 12 beside "pm"; "3.05" needs a word that says that it is a time."""
    if match["half"] or match["half_alone"]:
        return 1 <= int(match["hour"]) <= 12
    at = match.groupdict().get("at") or "at"
    dotted = match["minute"] and match.string[match.start("minute") - 1] == "."
    return not dotted or bool(match["clock"]) or at.lower() != "at"


def _is_alone(match: re.Match[str]) -> bool:
    """Whether what has no day is a time of day all the same: "8 h" may be how long something took."""
    return (match["clock_alone"] or "").lower() in ("", "uhr", "uur")


def _iso_day(parts: Parts, day_first: bool | None) -> str | None:
    """``2012-07-29``, ``2012-07`` or ``2012``; None where there is no year or no such day."""
    short = parts.get("short_year")
    year = parts.get("year") or (short and ("19" if short >= "70" else "20") + short)
    if not year:
        return None
    if parts.get("first"):
        if day_first is None:
            found = {iso for order in (True, False) if (iso := _iso_day(parts, order))}
            return found.pop() if len(found) == 1 else year if found else None
        numbers = int(parts["first"] or 0), int(parts["second_number"] or 0)
        day, month = numbers if day_first else numbers[::-1]
    else:
        name = parts.get("month")
        month = (MONTHS | SHORT_MONTHS)[spelling(name)] if name else int(parts.get("month_number") or 0)
        if not parts.get("day"):
            return f"{year}-{month:02}"
        day = int(parts["day"] or 0)
    if not (1 <= month <= 12 and 1 <= day <= monthrange(int(year), month)[1]):
        return None
    return f"{year}-{month:02}-{day:02}"


def _iso_time(parts: Parts) -> str:
    """``T20:15``, ``T20:15:09+02:00``; an hour alone ("8 pm") is ``T20``."""
    half = (parts["half"] or parts["half_alone"] or "").lower()
    hour = int(parts["hour"] or 0) % 12 + 12 * (half == "p") if half else int(parts["hour"] or 0)
    clock = "".join(f":{part}" for part in (parts["minute"], parts["second"]) if part)
    return f"T{hour:02}{clock}{_offset(parts['zone'] or '')}"


def _offset(zone: str) -> str:
    digits = re.sub(r"\D", "", zone)
    if digits:
        return f"{'+' if '+' in zone else '-'}{digits[:2]}:{digits[2:]}"
    return "Z" if zone.upper() in {"Z", "UTC", "GMT"} else ""
