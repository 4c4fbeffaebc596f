"""Names of persons and bodies: their parts, their folded forms, and what a given name tells."""

from __future__ import annotations

import importlib
import pkgutil
import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

import faker.providers.person
from nameparser import ParsedName, parse
from nicknames import NickNamer

from api.loader.lexicon import words
from api.loader.records import Speaker

Gender = Literal["female", "male"]

ARTICLES = frozenset({"the", "a", "an"})

TITLES = words("titles")
SUFFIXES = words("suffixes")
GENDERS: Mapping[str, Gender] = {
    **dict.fromkeys(words("genders", "female"), "female"),
    **dict.fromkeys(words("genders", "male"), "male"),
}

_AMBIGUOUS_TITLES = words("titles", "given_too")
_APOSTROPHES = re.compile(r"['’`´ʼ]")
_POSSESSIVE = re.compile(r"(?:['’`´ʼ]s|(?<=s)['’`´ʼ])(?=\W|$)", re.IGNORECASE)
_INITIAL = re.compile(r"\s*[^\W\d_]\.")  # "A. Lee" begins with no article
_WORD = re.compile(r"\w+")
_GIVEN_LISTS: Mapping[Gender, tuple[str, str]] = {
    "female": ("first_names_female", "first_female_names"),
    "male": ("first_names_male", "first_male_names"),
}
_UNWEIGHTED = 1e-4  # for a name of a list without frequencies
_SURELY = 9.0  # a given name in both lists counts for the one that has it nine times as often


@lru_cache(maxsize=1 << 14)
def folded(name: str) -> str:
    """``name`` as it is looked up: no case, accents, punctuation, possessive, articles or titles.

    At least one word stays, so that a bare title folds to itself; a name without letters and digits
    folds to "".

    >>> folded("Sen. Élodie O’Brien-Lee's"), folded("DMITRIEV"), folded("The President")
    ('elodie obrien lee', 'dmitriev', 'president')
    """
    return " ".join(_words(name) if _INITIAL.match(name) else _untitled(_words(name)))


def _words(name: str) -> list[str]:
    decomposed = unicodedata.normalize("NFKD", _POSSESSIVE.sub("", name)).casefold()
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    bare = _APOSTROPHES.sub("", bare).replace(".", "").replace("&", " and ")
    return _WORD.findall(bare)


def _untitled(tokens: list[str]) -> list[str]:
    while len(tokens) > 1 and _is_title(tokens):
        of_state = len(tokens) > 3 and tokens[1].casefold() == "of"  # "Secretary of State Ann Lee"
        tokens = tokens[3 if of_state else 1 :]
    return tokens


def _is_title(tokens: list[str]) -> bool:
    """Whether the first token is a title or an article and no given name ("Dean Martin")."""
    first = "".join(_words(tokens[0]))
    if _INITIAL.match(tokens[0]):
        return False
    return first in ARTICLES or (first in TITLES and not (len(tokens) == 2 and first in _AMBIGUOUS_TITLES))


@lru_cache(maxsize=1 << 14)
def parsed(name: str) -> ParsedName:
    """The parts of a person's name as nameparser sees them, our titles taken off.

    >>> parsed("former President Ludwig van Dorn, Jr.").family, parsed("Ann B. Lee").given
    ('van Dorn', 'Ann')
    """
    return parse(" ".join(_untitled(name.split())))


def surname(name: str) -> str | None:
    """The folded family name of a person, a lone name being taken for one; None without letters.

    Particles stay ("van dorn"), generation suffixes do not.

    >>> surname("Kirill A. Dmitriev"), surname("Dmitriev"), surname("Ludwig van Dorn Jr."), surname("?")
    ('dmitriev', 'dmitriev', 'van dorn', None)
    """
    name_parts = parsed(name)
    return folded(name_parts.family or name_parts.given or name) or None


def name_keys(speaker: Speaker) -> tuple[str, ...]:
    """Every folded form by which one may ask for ``speaker``, sorted: names, aliases, surnames.

    A surname with particles is found by its last word too.

    >>> name_keys(Speaker("Ludwig A. van Dorn", "person", aliases=("Lou van Dorn",)))
    ('dorn', 'lou van dorn', 'ludwig a van dorn', 'ludwig van dorn', 'van dorn')
    """
    keys = set()
    for name in (speaker.name, *speaker.aliases):
        keys.add(folded(name))
        if speaker.kind == "person":
            keys |= _person_keys(name)
    return tuple(sorted(keys - {""}))


def _person_keys(name: str) -> set[str]:
    family = surname(name) or ""
    given = folded(parsed(name).given) if parsed(name).family else ""
    return {family, family.rpartition(" ")[2], f"{given} {family}".strip()}


def identity(speaker: Speaker) -> str | None:
    """The key that ``speaker`` shares with its like in other documents; None where the name is too thin.

    Full enough is a person's given and family name (initials left out, generation kept) and a body's
    name without its article; a lone surname, a group or an unnamed source is its document's own.

    >>> identity(Speaker("Sen. Kirill A. Dmitriev", "person")), identity(Speaker("Dmitriev", "person"))
    ('person:kirill dmitriev', None)
    >>> identity(Speaker("The Fund", "organization")), identity(Speaker("a senior official", "unnamed"))
    ('organization:fund', None)
    """
    if speaker.kind == "organization":
        return f"organization:{folded(speaker.name)}" if folded(speaker.name) else None
    if speaker.kind != "person":
        return None
    parts = parsed(speaker.name)
    given, family = folded(parts.given), folded(parts.family)
    if len(given) < 2 or not family or set(given.split()) & TITLES - _AMBIGUOUS_TITLES:
        return None
    generation = " ".join(word for word in _words(parts.suffix) if word in SUFFIXES)
    return f"person:{given} {family} {generation}".strip()


def gender_of_given(name: str) -> Gender | None:
    """The gender that a given name mostly goes with; None where it is unknown or goes with both.

    >>> gender_of_given("Ted"), gender_of_given("Élodie"), gender_of_given("Zzyzx")
    ('male', 'female', None)
    """
    return _given_genders().get(" ".join(_words(name)))


def is_given(name: str) -> bool:
    """Whether the lists know ``name`` as a given name of either gender."""
    return " ".join(_words(name)) in _given_genders()


@lru_cache(maxsize=1)
def _given_genders() -> Mapping[str, Gender | None]:
    """Given names of all of Faker's locales, folded, to their gender (None: both).

    Faker ships some 29,000 of them with frequencies for a few locales; they cover 88% of the
    two- and three-word person mentions of the PolNeAR news articles.
    """
    lists: dict[str, dict[Gender, float]] = {}
    for module in pkgutil.iter_modules(faker.providers.person.__path__):
        provider = importlib.import_module(f"{faker.providers.person.__name__}.{module.name}").Provider
        for gender, attributes in _GIVEN_LISTS.items():
            for attribute in attributes:
                for name, weight in _weighted(getattr(provider, attribute, ())):
                    entry = lists.setdefault(" ".join(_words(name)), {})
                    entry[gender] = entry.get(gender, 0.0) + weight
    return {name: _likelier(entry) for name, entry in lists.items()}


def _weighted(names: Mapping[str, float] | tuple[str, ...]) -> list[tuple[str, float]]:
    if isinstance(names, Mapping):
        return list(names.items())
    return [(name, _UNWEIGHTED) for name in names]


def _likelier(entry: Mapping[Gender, float]) -> Gender | None:
    female, male = entry.get("female", 0.0), entry.get("male", 0.0)
    if female > _SURELY * male:
        return "female"
    return "male" if male > _SURELY * female else None


def same_given(one: str, other: str) -> bool:
    """Whether two given names may be one person's: equal, an initial, or a name and its short form.

    >>> same_given("Mike", "Michael"), same_given("M.", "Michael"), same_given("Mike", "Maria")
    (True, True, False)
    """
    left, right = folded(one), folded(other)
    if not left or not right:
        return False
    if left == right or (1 in (len(left), len(right)) and left[0] == right[0]):
        return True
    return right in _short_forms().nicknames_of(left) or left in _short_forms().nicknames_of(right)


@lru_cache(maxsize=1)
def _short_forms() -> NickNamer:
    return NickNamer()
