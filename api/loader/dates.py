"""Dates as pages print them, and the same in ISO 8601."""

from __future__ import annotations

import re
from calendar import monthrange

from api.loader.records import Span

# Names of months, January first: English, German, French, Spanish, Italian, Portuguese, Dutch.
MONTHS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar janvier enero gennaio janeiro januari",
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
_WEEKDAYS = (
    "(?:mon|tues|wednes|thurs|fri|satur|sun)day mon tues? wed thur?s? fri sat sun"
    " montag dienstag mittwoch donnerstag freitag samstag sonntag"
    " lundi mardi mercredi jeudi vendredi samedi dimanche"
)
_END = r"(?![^\W\d_])"  # no letter follows
_GAP = r"[ \t\u00a0\u202f]{0,3}"
_MONTH = rf"(?P<month>{'|'.join(sorted(MONTHS, key=len, reverse=True))}){_END}\.?"
_DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])(?!\d)"
_YEAR = r"(?P<year>(?:19|20)\d\d)(?!\d)"
_SHORT_YEAR = r"(?P<short_year>\d\d)(?![\d:])"
_TIME = (
    r"(?P<hour>[01]?\d|2[0-3])(?:[:.h](?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d)(?:[.,]\d{1,9})?)?"
    rf"(?:{_GAP}(?P<half>[ap])\.?m\b\.?)?|{_GAP}(?P<half_alone>[ap])\.?m\b\.?)(?![\d:])"
    rf"(?:{_GAP}(?P<zone>Z\b|(?:UTC|GMT)?[+−-](?:0\d|1[0-4]):?[0-5]\d(?!\d)|(?:UTC|GMT)\b"
    r"|(?-i:[ECMPA][SD]T|[ECMP]T|CES?T|BST|AE[SD]T|NZ[SD]T)\b))?"
)


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


# A date may be glued to the name before it ("Ann Lee10/8/12"), but no word ends in one ("dismay 5, 2012").
_START = r"(?<![\d/.-])(?:(?<![^\W_])|(?=(?-i:[A-Z\d])))"
_CAPITAL = r"(?=(?-i:[A-ZÉÖÄÜ]))"  # "may 1" without a year is no date
# The forms of a day, most telling first; where two begin together the earlier in the list holds.
_FORMS = tuple(
    _compiled(_START + form)
    for form in (
        rf"{_YEAR}(?P<mark>[-/.])(?P<month_number>0?[1-9]|1[0-2])(?P=mark){_DAY}",
        rf"{_DAY}(?:st|nd|rd|th|º|er)?\.?{_GAP}(?:[-/,]|of\b|de\b)?{_GAP}{_MONTH}"
        rf"{_GAP}(?:[-/,]|de\b)?{_GAP}(?:{_YEAR}|'?{_SHORT_YEAR})",
        rf"{_MONTH}{_GAP}{_DAY}(?:st|nd|rd|th)?{_GAP},?{_GAP}{_YEAR}",
        rf"{_MONTH}{_GAP}{_DAY}(?:st|nd|rd|th)?{_GAP},?{_GAP}'{_SHORT_YEAR}",
        rf"(?P<first>\d{{1,2}})(?P<mark>[/.-])(?P<second_number>\d{{1,2}})(?P=mark)(?:{_YEAR}|{_SHORT_YEAR})(?![/.]?\d)",
        rf"{_MONTH}{_GAP},?{_GAP}(?:de\b)?{_GAP}{_YEAR}",
        rf"{_CAPITAL}{_MONTH}{_GAP}{_DAY}(?:st|nd|rd|th)?",
        rf"{_DAY}(?:st|nd|rd|th|º|er)?\.?{_GAP}(?:of\b|de\b)?{_GAP}{_CAPITAL}{_MONTH}",
    )
)
_RELATIVE = _compiled(
    r"(?<!\w)(?:(?:(?:about|over|almost) )?(?:\d{1,4}|an?|one|two|three|a few)[ \u00a0+]{0,2}"
    r"(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|mos?|years?|yrs?|[smhdwy])"
    r"(?:(?:,| and)? \d{1,2} (?:seconds?|minutes?|hours?|days?|weeks?|months?))?[ \u00a0]ago\b|just now\b"
    r"|(?:yesterday|today)(?:,?(?: at)? [0-2]?\d:\d\d(?: ?[ap]\.?m\b\.?)?)?)"
)
_TIME_ALONE = _compiled(rf"(?<![\w:./]){_TIME}")
_TIME_AFTER = _compiled(rf"{_GAP}(?:[,|@•·/T–—(-]|\|)?{_GAP}(?:(?:at|um|à|om){_GAP})?@?{_TIME}")
_TIME_BEFORE = _compiled(rf"(?<![\w:./]){_TIME}{_GAP}(?:[,|@•·–—-]|on\b)?{_GAP}$")
_WEEKDAY_BEFORE = _compiled(rf"(?<!\w)(?:{'|'.join(_WEEKDAYS.split())}){_END}\.?{_GAP},?{_GAP}(?:the )?$")
_BEFORE = 48  # characters before a day in which its weekday and time may stand


def printed_date(text: str, start: int = 0) -> Span | None:
    """The first date in ``text`` from ``start`` on, weekday, time and zone included, or None.

    Relative times ("2 hours ago") and days without a year are dates too. A time of day without
    a day counts only where there is nothing better.

    >>> printed_date("Posted by Ann on Monday, 5 November 2012 at 3:02 pm | Reply").of(
    ...     "Posted by Ann on Monday, 5 November 2012 at 3:02 pm | Reply")
    'Monday, 5 November 2012 at 3:02 pm'
    >>> printed_date("The bridge opened.") is None
    True
    """
    day = _day(text, start)
    relative = _RELATIVE.search(text, start)
    if relative and (day is None or relative.start() < day.start()):
        return Span(*relative.span())
    if day is None:
        time = _TIME_ALONE.search(text, start)
        return Span(*time.span()) if time and _is_time(time) else None
    before = _weekday_start(text, start, day.start())
    earlier = _time_before(text, start, before)
    after = _time_after(text, day.end())
    if earlier and not after:
        before = _weekday_start(text, start, earlier.start())
    return Span(before, after.end() if after else day.end())


def posted_at(printed: str, day_first: bool | None = None) -> str | None:
    """The date that ``printed`` shows, in ISO 8601 and no more precise than it is printed.

    None where no year is printed, for relative times, and for days that no calendar has. A time
    gets an offset only where one is printed in numbers or as UTC or GMT: "EDT" and its like are left
    out, since several zones share such letters. Of "5/6/2012", which is a day in May or in June,
    only the year is certain, unless ``day_first`` tells; "25/6/2012" tells by itself.

    >>> posted_at("Sunday, July 29, 2012 at 12:37 pm")
    '2012-07-29T12:37'
    >>> posted_at("18. Jul, 2012"), posted_at("March 2012"), posted_at("2 hours ago")
    ('2012-07-18', '2012-03', None)
    >>> posted_at("5/6/2012 8:15 PM"), posted_at("5/6/2012 8:15 PM", day_first=True)
    ('2012', '2012-06-05T20:15')
    """
    day = _day(printed, 0)
    if day is None:
        year = re.fullmatch(r"\s{0,9}((?:19|20)\d\d)\s{0,9}", printed)
        return year[1] if year else None
    relative = _RELATIVE.search(printed)
    if relative and relative.start() < day.start():
        return None
    date = _iso_day(day.groupdict(), day_first)
    if date is None or len(date) < len("2012-07-29"):
        return date
    before = _weekday_start(printed, 0, day.start())
    time = _time_after(printed, day.end()) or _time_before(printed, 0, before)
    return date + (_iso_time(time.groupdict()) if time else "")


def _day(text: str, start: int) -> re.Match[str] | None:
    """The first day in ``text``; of those that begin together, the form listed first."""
    found = [match for form in _FORMS if (match := form.search(text, start))]
    return min(found, key=lambda match: match.start(), default=None)


def _weekday_start(text: str, start: int, end: int) -> int:
    """Where the weekday begins that stands before ``end``, or ``end`` if there is none."""
    window = max(start, end - _BEFORE)
    match = _WEEKDAY_BEFORE.search(text[window:end])
    return window + match.start() if match else end


class _Shifted:
    """A match in a window of the text, with offsets into the text."""

    def __init__(self, match: re.Match[str], shift: int) -> None:
        self.match = match
        self.shift = shift

    def start(self) -> int:
        return self.match.start() + self.shift

    def groupdict(self) -> dict[str, str | None]:
        return self.match.groupdict()


def _time_before(text: str, start: int, end: int) -> _Shifted | None:
    window = max(start, end - _BEFORE)
    match = _TIME_BEFORE.search(text[window:end])
    return _Shifted(match, window) if match and _is_time(match) else None


def _time_after(text: str, end: int) -> re.Match[str] | None:
    match = _TIME_AFTER.match(text, end)
    return match if match and _is_time(match) else None


def _is_time(match: re.Match[str]) -> bool:
    """Whether the hour can be: none above 12 beside "pm", and "3.5" without "pm" is a number."""
    half = match["half"] or match["half_alone"]
    if half:
        return 1 <= int(match["hour"]) <= 12
    return match[0][match.start("minute") - match.start() - 1] != "."


def _iso_day(parts: dict[str, str | None], day_first: bool | None) -> str | None:
    """``2012-07-29``, ``2012-07`` or ``2012``; None where there is no year or no such day."""
    short = parts.get("short_year")
    year = parts.get("year") or (short and ("19" if short >= "70" else "20") + short)
    if not year:
        return None
    if parts.get("first"):
        first, second = int(parts["first"] or 0), int(parts["second_number"] or 0)
        if first != second and max(first, second) <= 12 and day_first is None:
            return year
        swapped = second > 12 or (first <= 12 and not day_first)
        day, month = (second, first) if swapped else (first, second)
    else:
        name = parts.get("month")
        month = MONTHS[name.lower()] if name else int(parts.get("month_number") or 0)
        if not parts.get("day"):
            return f"{year}-{month:02}"
        day = int(parts["day"] or 0)
    if not (1 <= month <= 12 and 1 <= day <= monthrange(int(year), month)[1]):
        return None
    return f"{year}-{month:02}-{day:02}"


def _iso_time(parts: dict[str, str | None]) -> str:
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
