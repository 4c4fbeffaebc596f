"""Persons and bodies of a text: every name that it prints, gathered under the one that bears it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from api.loader.descriptions import attributes, descriptions
from api.loader.mentions import FUNCTION, PLACES, Name, NameKind, Token, folded_words, names, tokens
from api.loader.names import GENDERS, SUFFIXES, Gender, gender_of_given, is_given, same_given
from api.loader.records import Span

_SHOUTED = 0.6  # share of words in capitals above which a line is a heading
_TITLED = 0.85  # share of its words, but for function words, that begin with a capital above which a line is a headline
_PRONOUN_GENDERS: dict[str, Gender] = {
    **dict.fromkeys(("he", "him", "his", "himself"), "male"),
    **dict.fromkeys(("she", "her", "hers", "herself"), "female"),
}
_ACTS = frozenset({"said", "says", "told", "is", "was", "has", "had", "wrote", "who", "added", "argued"})
_WITHIN = frozenset({"in", "at", "near", "across", "outside", "throughout"})
_SAID = 6  # descriptions of one person that are kept
_LONG = 6  # letters of a family name that may be misspelt
_NAMESAKES = 20  # bearers of one family or given name that are told apart
_LEAD = 5  # sentences by which the first name of a sentence is remembered longer than the others
_LEANS = {"female": 1.0, "male": -1.0}
_TITLE_LEAN, _GIVEN_LEAN = 6.0, 5.5
_VOTES = 2  # how far pronouns around a name may lean its bearer, however many they are


@dataclass(slots=True, eq=False)
class Entity:
    """One bearer of names.

    ``places`` are the indices of its names in the scope's ``names``, ascending; ``forms`` are its names as
    printed, without titles; ``lean`` is to the female side when positive, to the male when negative; ``said``
    is what the text says of it beside its name, ``traits`` the words of that.
    """

    kind: NameKind | None = None
    index: int = -1
    places: list[int] = field(default_factory=list)
    forms: Counter[str] = field(default_factory=Counter)
    titles: Counter[str] = field(default_factory=Counter)
    lean: float = 0.0
    said: list[str] = field(default_factory=list)
    traits: set[str] = field(default_factory=set)

    @property
    def name(self) -> str:
        """Its fullest form."""
        return max(self.forms, key=lambda form: (len(folded_words(form)), self.forms[form], form))

    @property
    def gender(self) -> Gender | None:
        """What titles, given name and pronouns say of it together."""
        if abs(self.lean) < 1:
            return None
        return "female" if self.lean > 0 else "male"


@dataclass(slots=True, eq=False)
class Scope:
    """A stretch of a document whose names are read together: an article, or a reader's comment.

    ``owners[i]`` is the entity that ``names[i]`` stands for; ``bearers`` has the entities by the last word of
    their name, ``described`` by their traits.
    """

    text: str
    tokens: list[Token]
    names: list[Name]
    owners: list[Entity]
    entities: list[Entity]
    bearers: dict[str, list[Entity]] = field(default_factory=lambda: defaultdict(list))
    described: dict[str, list[Entity]] = field(default_factory=lambda: defaultdict(list))

    def entities_named(self, name: str) -> list[Entity]:
        """Those whose fullest name is ``name``, but for case and accents."""
        words_of = folded_words(name)
        return (
            [one for one in self.bearers.get(words_of[-1], ()) if folded_words(one.name) == words_of]
            if words_of
            else []
        )


def scope(text: str, lines: Iterable[Span], sources: Iterable[Span] = ()) -> Scope:
    """The stretches ``lines`` of ``text`` with their names and those who bear them.

    A name in one of ``sources``, the mentions of quotes, is likelier a person's.
    """
    stretches = tuple(lines)
    found = tokens(text, stretches)
    headings = _headings(found, len(stretches))
    spoken = {source.start for source in sources}
    every = [(name, name.line in headings or _is_shouted(name)) for name in names(text, found)]
    register = _Register([name for name, in_heading in every if not in_heading], found, spoken)
    kept: list[Name] = []
    owners: list[Entity] = []
    for name, in_heading in every:
        known = register.in_heading(name, found) if in_heading else name
        if known is not None and not register.is_chance(known):
            kept.append(known)
            owners.append(register.owner(known))
    result = Scope(text, found, kept, owners, list(dict.fromkeys(owners)))
    families = {
        name.first: following.text.split()[-1]
        for name, following in pairwise(kept)
        if name.first in register.shared
    }
    _gather(result, families)
    return result


def _gather(result: Scope, whole: Mapping[int, str]) -> None:
    """Tell each entity of its names; ``whole`` has the family names that given names share with the next."""
    for index, (name, owner) in enumerate(zip(result.names, result.owners, strict=True)):
        owner.places.append(index)
        owner.forms[name.text] += 1
        if name.first in whole:
            owner.forms[f"{name.text} {whole[name.first]}"] += 1
        owner.titles.update(name.title)
        owner.traits.update(word for title in name.title for word in attributes(title))
        if owner.kind != "place" and len(owner.said) < _SAID:
            _describe(result, name, owner)
    for index, entity in enumerate(result.entities):
        entity.index = index
        entity.lean = _lean(entity)
        for last in folded_words(entity.name)[-1:]:
            result.bearers[last].append(entity)
        for trait in sorted(entity.traits):
            result.described[trait].append(entity)
    votes: Counter[Entity] = Counter()
    for entity, gender in _pronoun_votes(result):
        votes[entity] += 1 if gender == "female" else -1
    for entity, count in votes.items():
        entity.lean += max(-_VOTES, min(_VOTES, count))


def _describe(result: Scope, name: Name, owner: Entity) -> None:
    for description in descriptions(result.text, result.tokens, name):
        if description.text not in owner.said:
            owner.said.append(description.text)
        owner.traits.update(attributes(description.text))


def _headings(found: Sequence[Token], count: int) -> set[int]:
    """The lines that are headlines, most of whose words begin with a capital or are in capitals."""
    longer, capital, shouted = [0] * count, [0] * count, [0] * count
    lone = [True] * count
    for token in found:
        if token.text in {";", '"', "“"}:
            lone[token.line] = False  # a sentence with a quotation is no headline
        if len(token.text) > 2 and token.text[0].isalpha() and token.text.casefold() not in FUNCTION:
            longer[token.line] += 1
            capital[token.line] += token.text[0].isupper()
            shouted[token.line] += token.text.isupper()
    return {
        line
        for line in range(count)
        if longer[line] > 2
        and lone[line]
        and (capital[line] > _TITLED * longer[line] or shouted[line] > _SHOUTED * longer[line])
    }


def _is_shouted(name: Name) -> bool:
    return name.last > name.first + 1 and name.text.isupper()


class _Register:
    """Who bears which name: persons by their family names, bodies by their words."""

    def __init__(self, body: Sequence[Name], found: Sequence[Token], spoken: set[int]) -> None:
        self.found, self.spoken = found, spoken
        self.families: dict[str, list[tuple[Entity, list[str]]]] = defaultdict(list)
        self.givens: dict[str, list[Entity]] = defaultdict(list)
        self.slips: dict[str, set[str]] = defaultdict(set)
        self.phrases: dict[str, Entity] = {}
        self.salience: dict[Entity, float] = {}
        self.bare: dict[str, Entity] = {}  # who bears a shared family name when it stands alone
        self.placed = self._placed(body)
        self.sentence = -1
        self.printed = Counter(" ".join(name.words) for name in body)
        self.firm = {
            found[at].text for name in body for at in range(name.first, name.last + 1) if not found[at].opens
        }
        for name in sorted(body, key=lambda name: -len(name.words)):
            parts = _parts(name)
            if len(parts) > 1 and name.last > name.first and self._is_person(name, parts):
                self._enter_person(parts)
        self.shared = {name.first: parts for name, parts in self._sharing(body)}
        for name in sorted(body, key=lambda name: -len(name.words)):
            if name.kind == "organization" and len(name.words) > 1:
                self._enter_body(name)

    def _sharing(self, body: Sequence[Name]) -> Iterator[tuple[Name, list[str]]]:
        """Given names that share the family name of the next: "Tom and Ann Lee"."""
        for name, following in pairwise(body):
            parts = _parts(following)
            if (
                following.first == name.last + 2
                and self.found[name.last + 1].text in {"and", "&"}
                and (len(name.words), len(parts)) == (1, 2)
                and not following.title
                and name.kind != "organization"
                and is_given(name.text)
                and is_given(parts[0])
            ):
                whole = [*name.words, parts[-1]]
                self._enter_person(whole)
                yield name, whole

    def _placed(self, body: Sequence[Name]) -> set[str]:
        """The names that mostly stand after "in" or "at" without a title: places, whatever they look like."""
        within: Counter[str] = Counter()
        for name in body:
            before = self.found[name.first - 1].text if name.first and not name.title else ""
            within[" ".join(name.words)] += 1 if before in _WITHIN else -1
        return {phrase for phrase, count in within.items() if count >= 0}

    def _is_person(self, name: Name, parts: list[str]) -> bool:
        if " ".join(name.words) in self.placed:
            return False
        if name.kind is not None:
            return name.kind == "person"
        if name.article or parts[-1] in PLACES:
            return False
        shorter = (" ".join(parts[at:]) for at in range(1, len(parts)))
        return (
            any(self.printed[form] for form in shorter) or name.span.start in self.spoken or self._acts(name)
        )

    def _acts(self, name: Name) -> bool:
        """Whether what follows goes with persons: an age, an apposition, a verb: ", 25," or "said"."""
        after = self.found[name.last + 1 : name.last + 3]
        if len(after) < 2:
            return False
        if after[0].text == ",":
            return after[1].text.isdigit() or after[1].text in {"a", "an", "who"}
        return after[0].text in _ACTS and len(name.words) == 2

    def _enter_person(self, parts: list[str]) -> Entity:
        for entity, known in self.families[parts[-1]]:
            if _one_person(known, parts):
                return entity
        entity = Entity("person")
        given = gender_of_given(parts[0])
        entity.lean = _GIVEN_LEAN * _LEANS[given] if given else 0.0
        if len(self.families[parts[-1]]) < _NAMESAKES:
            self.families[parts[-1]].append((entity, parts))
        if len(self.givens[parts[0]]) < _NAMESAKES:
            self.givens[parts[0]].append(entity)
        if len(parts[-1]) >= _LONG:
            for form in _slips(parts[-1]):
                self.slips[form].add(parts[-1])
        return entity

    def _enter_body(self, name: Name) -> None:
        phrase = " ".join(name.words)
        if phrase in self.phrases:
            return
        entity = self.phrases[phrase] = Entity(name.kind)
        parts = name.words
        initials = "".join(word[0] for word in parts if word not in {"of", "the", "for", "and", "on"})
        for short in (initials, " ".join(parts[1:]), " ".join(parts[:-1]), parts[-1]):
            if len(short) > 1:
                self.phrases.setdefault(short, entity)

    def owner(self, name: Name) -> Entity:
        """The entity that ``name`` stands for where it stands; a new one if it is nobody's yet."""
        parts = self.shared.get(name.first) or _parts(name)
        entity = self._person(name, parts) or self._other(name)
        leads = name.sentence != self.sentence and not name.possessive
        self.sentence = name.sentence
        rank = name.sentence + (_LEAD if leads else 0)
        self.salience[entity] = max(self.salience.get(entity, -1), rank)
        return entity

    def is_chance(self, name: Name) -> bool:
        """Whether a lone word that is in capitals only because it opens a sentence is nobody's name."""
        token = self.found[name.first]
        return (
            name.first == name.last
            and name.kind is None
            and token.opens
            and token.text not in self.firm
            and name.span.start not in self.spoken
            and not is_given(name.text)
        )

    def _person(self, name: Name, parts: list[str]) -> Entity | None:
        lone = (
            len(parts) == 1 and parts[0] in self.families
        )  # "MOSS" is no abbreviation where a Moss is named
        if not parts or (name.kind == "organization" and not lone):
            return None
        known = self.families.get(parts[-1], [])
        bearers = [entity for entity, full in known if _one_person(full, parts)]
        if not bearers and len(parts) == 1:
            bearers = self.givens.get(parts[0], [])
        if not bearers and len(parts) > 1 and name.last > name.first and self._is_person(name, parts):
            return self._enter_person(parts)
        return self._likeliest(bearers, name, len(parts) == 1) if bearers else None

    def _likeliest(self, bearers: Sequence[Entity], name: Name, lone: bool) -> Entity:
        """The bearer of a name that several share: whom its title fits, who bore it alone before, who led last."""
        if len(bearers) == 1:
            return bearers[0]
        gender = next((GENDERS[word] for word in name.title if word in GENDERS), None)
        fitting = [one for one in bearers if gender is None or one.gender in (None, gender)] or bearers
        holder = self.bare.get(name.words[-1]) if lone else None
        if holder is not None and holder in fitting:
            return holder
        chosen = max(fitting, key=lambda one: self.salience.get(one, -1))
        if lone and chosen in self.salience and gender is None:
            self.bare[name.words[-1]] = chosen
        return chosen

    def _other(self, name: Name) -> Entity:
        phrase = " ".join(name.words)
        if phrase not in self.phrases:
            close = self._misspelt(name) if len(name.words) == 1 else None
            self.phrases[phrase] = close or Entity(self._kind(name))
        return self.phrases[phrase]

    def _kind(self, name: Name) -> NameKind | None:
        if name.kind is None and name.span.start in self.spoken and not name.article:
            return "person"
        if " ".join(name.words) in self.placed and name.kind != "organization":
            return "place"
        if name.kind is None and len(name.words) == 1 and is_given(name.text):
            return "person"
        return name.kind

    def _misspelt(self, name: Name) -> Entity | None:
        """The person whose family name differs from a long lone name by one letter, or two swapped."""
        word = name.words[0] if name.words else ""
        if len(word) < _LONG or name.kind is not None:
            return None
        near = {family for form in _slips(word) for family in self.slips.get(form, ())}
        bearers = {entity for family in near if family[0] == word[0] for entity, _ in self.families[family]}
        return bearers.pop() if len(bearers) == 1 else None

    def in_heading(self, name: Name, found: Sequence[Token]) -> Name | None:
        """The known name in a headline's run of capitals, None if there is none."""
        end = name.last + 1
        for first in range(name.first, end):
            for last in range(min(end, first + 4), first, -1):
                parts = folded_words(" ".join(token.text for token in found[first:last]))
                if parts and self._known(parts):
                    return _cut(name, found, first, last)
        return None

    def _known(self, parts: list[str]) -> bool:
        if " ".join(parts) in self.phrases:
            return True
        if len(parts) == 1:
            return bool(self.families.get(parts[0]))
        if any(_one_person(full, parts) for _, full in self.families.get(parts[-1], [])):
            return True
        return len(parts) == 2 and is_given(parts[0]) and bool(self.printed[parts[1]])


def _slips(word: str) -> set[str]:
    """``word`` and what one letter less leaves of it: words one slip apart share one of these."""
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def _cut(name: Name, found: Sequence[Token], first: int, last: int) -> Name:
    start, stop = found[first].span.start, found[last - 1].span.end
    stop = min(stop, name.span.end)
    text = name.text[start - name.span.start : stop - name.span.start]
    kind: NameKind | None = "person" if last - first > 1 and is_given(found[first].text) else name.kind
    return replace(name, span=Span(start, stop), text=text, first=first, last=last - 1, kind=kind)


def _parts(name: Name) -> list[str]:
    return [word for word in name.words if word not in SUFFIXES]


def _one_person(full: list[str], parts: list[str]) -> bool:
    """Whether ``parts`` may name the bearer of ``full``: its end, or a given and a family name that agree."""
    if full[-len(parts) :] == parts:
        return True
    return len(parts) > 1 and full[-1] == parts[-1] and same_given(full[0], parts[0])


def _lean(entity: Entity) -> float:
    lean = 0.0
    genders = {GENDERS[title] for title in entity.titles if title in GENDERS}
    if len(genders) == 1:
        lean += _TITLE_LEAN * _LEANS[genders.pop()]
    given = gender_of_given(entity.name.split()[0]) if entity.kind == "person" else None
    return lean + (_GIVEN_LEAN * _LEANS[given] if given else 0.0)


def _pronoun_votes(result: Scope) -> Iterator[tuple[Entity, Gender]]:
    """Each "he" or "she" that can only be the one person named in its sentence and the one before."""
    window: list[tuple[int, Entity]] = []
    at = 0
    for index, token in enumerate(result.tokens):
        while at < len(result.names) and result.names[at].first <= index:
            if result.owners[at].kind == "person" and not result.names[at].quoted:
                window.append((result.names[at].sentence, result.owners[at]))
            at += 1
        gender = _PRONOUN_GENDERS.get(token.text.casefold())
        if gender and not token.quoted:
            window = [(sentence, owner) for sentence, owner in window if sentence >= token.sentence - 1]
            near = {owner for _, owner in window}
            if len(near) == 1:
                yield near.pop(), gender
