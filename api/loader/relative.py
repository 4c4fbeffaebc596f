"""Times that pages print as so long ago: where they stand, and what is certain of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

# How long ago in English, German, French, Spanish, Italian, Dutch and Portuguese: units, how many of them, days.
# Units also in Polish, Russian, Turkish and the Scandinavian languages, where digits say how many.
UNITS: Final[dict[str, timedelta]] = {
    name: length
    for length, names in (
        (timedelta(seconds=1), "second seconds sec secs s sekunde sekunden sek seconde secondes seconden"),
        (timedelta(seconds=1), "segundo segundos seg secondo secondi"),
        (timedelta(minutes=1), "minute minutes min mins m minuten minuto minutos minuti minuut"),
        (
            timedelta(hours=1),
            "hour hours hr hrs h stunde stunden std heure heures hora horas ora ore uur uren",
        ),
        (
            timedelta(days=1),
            "day days d tag tage tagen jour jours j día días giorno giorni dag dagen dia dias",
        ),
        (timedelta(weeks=1), "week weeks w woche wochen semaine semaines semana semanas settimana settimane"),
        (timedelta(weeks=1), "weken"),
        (
            timedelta(days=31),
            "month months mo mos monat monate monaten mois mes meses mese mesi maand maanden",
        ),
        (timedelta(days=31), "mês"),
        (timedelta(days=366), "year years yr yrs y jahr jahre jahren an ans année années año años anno anni"),
        (timedelta(days=366), "jaar jaren ano anos"),
        (timedelta(seconds=1), "sekund sekundy sekundę секунд секунды секунду saniye sekunder"),
        (timedelta(minutes=1), "minut minuty minutę минут минуты минуту dakika minuter minutter"),
        (timedelta(hours=1), "godzin godziny godzinę час часа часов saat timme timmar time timer"),
        (timedelta(days=1), "dzień dni день дня дней gün dagar dager dage"),
        (
            timedelta(weeks=1),
            "tydzień tygodnie tygodni неделю недели недель hafta vecka veckor uke uker uge uger",
        ),
        (timedelta(days=31), "miesiąc miesiące miesięcy месяц месяца месяцев ay månad månader måned måneder"),
        (timedelta(days=366), "rok lata lat год года лет yıl år"),
    )
    for name in names.split()
}
COUNTS: Final[dict[str, tuple[int, int]]] = {  # at least, at most
    name: count
    for count, names in (
        ((1, 1), "a an one einer einem ein eine un une una uno un' un’ een um uma"),
        ((2, 2), "two zwei deux dos due twee dois duas"),
        ((3, 3), "three drei trois tres tre drie três"),
        ((2, 9), "few wenigen einigen paar quelques unos unas pocos pochi poche enkele alguns algumas"),
    )
    for name in names.split()
}
DAYS: Final[dict[str, int]] = {
    name: days
    for days, names in (
        (0, "today heute aujourd'hui aujourd’hui hoy oggi vandaag hoje"),
        (1, "yesterday gestern hier ayer ieri gisteren ontem"),
        (2, "vorgestern avant-hier anteayer eergisteren anteontem"),
    )
    for name in names.split()
}
JOINED_UNITS: Final[dict[str, timedelta]] = {  # Chinese, Japanese, Korean: "3小时前" has no gaps
    name: length
    for length, names in (
        (timedelta(seconds=1), "秒 秒钟 초"),
        (timedelta(minutes=1), "分 分钟 分鐘 분"),
        (timedelta(hours=1), "小时 小時 時間 시간"),
        (timedelta(days=1), "天 日 일"),
        (timedelta(weeks=1), "周 週間 주"),
        (timedelta(days=31), "个月 個月 か月 ヶ月 개월"),
        (timedelta(days=366), "年 년"),
    )
    for name in names.split()
}
JOINED_DAYS: Final[dict[str, int]] = {
    "今天": 0,
    "今日": 0,
    "오늘": 0,
    "昨天": 1,
    "昨日": 1,
    "어제": 1,
    "前天": 2,
}
_DOTS: Final = str.maketrans("İı", "ii")
_NOW = r"just now|gerade eben|à l['’]instant|ahora mismo|proprio ora|zojuist|agora mesmo"
# Words between a day and a time. All but "at" are of languages that write the day before the month.
AT: Final = r"at|um|gegen|à|a las?|alle(?: ore)?|ore|om|às?"
CLOCK: Final = r"Uhr|uur|hs?|hrs"  # what stands behind a time of day that counts to 24


def spelling(word: str) -> str:
    """``word`` as the tables of words have it, however ``re.IGNORECASE`` takes it for one of them.

    >>> spelling("Auguſt"), spelling("APRİL")
    ('august', 'april')
    """
    return word.translate(_DOTS).casefold()


def _either(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_SPACE = r"[ \u00a0\u202f]"
_ABOUT = (
    r"(?:(?:about|over|almost|etwa|rund|ca\.|fast|über|environ|près de|plus de|casi|más de|circa|quasi|oltre"
    r"|più di|ongeveer|bijna|ruim|cerca de|mais de) )?"
)
_COUNT = rf"\d{{1,4}}|(?:(?:a|ein) )?(?:{_either(COUNTS)})"
_UNIT = _either(UNITS)
_LONG_UNIT = _either(name for name in UNITS if len(name) > 1 or name in "hdj")
_MORE = rf"(?:(?:,|{_SPACE}(?:and|und|et|y|e|en)|){_SPACE}\d{{1,2}}{_SPACE}(?:{_LONG_UNIT})\b)?"
_ON_THE_CLOCK = (
    rf"[0-2]?\d(?:[:.h][0-5]\d(?:{_SPACE}?[ap]\.?m\b\.?)?|{_SPACE}?h(?:{_SPACE}?[0-5]\d)?|{_SPACE}?Uhr)"
    rf"(?:{_SPACE}?(?:{CLOCK})\b)?"
)
FORMS: Final = (
    rf"(?<!\w)(?:{_ABOUT}(?P<count>{_COUNT})[ \u00a0+]{{0,2}}(?P<unit>{_UNIT})\b\.?{_MORE}"
    rf"{_SPACE}(?:ago|fa|geleden|atrás|temu|назад|önce|sedan|siden)\b"
    rf"|(?:vor|il y a|hace|há){_SPACE}{_ABOUT}(?P<count_after>{_COUNT}){_SPACE}?(?P<unit_after>{_LONG_UNIT})\b{_MORE}"
    rf"|(?P<now>{_NOW})\b"
    rf"|(?P<day>{_either(DAYS)}),?{_SPACE}(?:(?:{AT}|[|·–-]){_SPACE})?{_ON_THE_CLOCK}"
    rf"|(?P<joined_count>\d{{1,4}}){_SPACE}?(?P<joined_unit>{_either(JOINED_UNITS)}){_SPACE}?(?:之?前|전)"
    rf"|(?P<joined_day>{_either(JOINED_DAYS)}){_SPACE}?[0-2]?\d:[0-5]\d)"
)
AGO: Final = re.compile(rf"{FORMS}|(?<!\w)(?P<day_alone>yesterday|today)\b", re.IGNORECASE)
HINT: Final = re.compile(  # what a line must hold to be looked through for a date
    rf"\d|\b(?:ago|fa|geleden|atrás|temu|назад|önce|sedan|siden|vor|il y a|hace|há|{_NOW})\b", re.IGNORECASE
)
_MOST = timedelta(days=40 * 366)  # no comment is older


def day_ago(printed: str, reference: str) -> str | None:
    """The day, else the month or year, that holds every moment that ``printed`` can mean at ``reference``.

    ``reference`` is ISO 8601, to the day or finer. Pages round up or down, and count days in a zone that
    is not known, so that "3 days ago" is any moment between two and four days before. None where not even
    a year is certain, or where ``printed`` says nothing of the kind.

    >>> day_ago("2 hours ago", "2024-05-02T10:15:00Z"), day_ago("2 hours ago", "2024-05-02T01:15:00Z")
    ('2024-05-02', '2024-05')
    >>> day_ago("vor 3 Tagen", "2024-05-20T10:15:00Z"), day_ago("vor 3 Tagen", "2024-01-03T10:15:00Z")
    ('2024-05', None)
    """
    match = AGO.search(printed)
    if match is None or len(reference) < len("2024-05-02"):
        return None
    least, most = _age(match)
    if most > _MOST:
        return None
    now = datetime.fromisoformat(reference)
    rest = timedelta(days=1) if len(reference) == len("2024-05-02") else timedelta(0)
    first, last = ((now - most).date().isoformat(), (now + rest - least).date().isoformat())
    return next((first[:size] for size in (10, 7, 4) if first[:size] == last[:size]), None)


def _age(match: re.Match[str]) -> tuple[timedelta, timedelta]:
    """The least and the most that may have passed since."""
    day = spelling(match["day"] or match["day_alone"] or "")
    if day:
        least, most, unit = DAYS[day], DAYS[day], timedelta(days=1)
    elif match["joined_day"]:
        least = most = JOINED_DAYS[match["joined_day"]]
        unit = timedelta(days=1)
    elif match["joined_count"]:
        least = most = int(match["joined_count"])
        unit = JOINED_UNITS[match["joined_unit"]]
    elif match["now"]:
        least, most, unit = 0, 0, timedelta(minutes=1)
    else:
        count = spelling(match["count"] or match["count_after"]).rpartition(" ")[2]
        least, most = (int(count), int(count)) if count.isdecimal() else COUNTS[count]
        unit = UNITS[spelling(match["unit"] or match["unit_after"])]
    return max(least - 1, 0) * unit, (most + 1) * unit
