"""What a description, a relative pronoun or "they" refers back to, by rule."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable

from api.loader.descriptions import kindred
from api.loader.entities import Entity, Scope
from api.loader.lexicon import words
from api.loader.mentions import DESCRIBING, FUNCTION, folded_words
from api.loader.names import folded
from api.loader.ranking import Trail
from api.loader.readings import Reading
from api.loader.records import Span

_NEWS, _NEWS_NOUNS, _NEWS_PIECES = (words("news", key) for key in ("words", "nouns", "pieces"))
_COURTS, _COURT_PIECES = words("courts"), words("courts", "pieces")
_AUTHORS, _BOOKS = words("books"), words("books", "pieces")
_PERSONAL = words("personal", "pieces")
_TEAMS = frozenset({"campaign", "administration", "team", "camp", "organization", "foundation", "transition"})
_FROM = frozenset({"by", "from", "of"})
_WRITES = frozenset({"is", "was", "writes", "covers", "reports"})
_NAMESAKES = 50  # bearers of one trait that are weighed
_BACK = 40  # names looked through for an antecedent
_FAR = 400  # tokens looked through for "the Lee campaign"


def described(where: Scope, trail: Trail, read: Reading) -> Entity | None:
    """The person whom a definite description fits best, None if none has its head noun said of them.

    Words said of the person count, then whether they spoke last and how near they were named.
    """
    heads = kindred(read.head)
    wanted = {word for word in folded_words(read.text) if word not in FUNCTION} - {read.head}
    fits: Counter[Entity] = Counter()
    for head in heads:
        fits.update(dict.fromkeys(where.described.get(head, ())[-_NAMESAKES:], 0))
    best: tuple[float, int] = (0.0, 0)
    chosen: Entity | None = None
    for entity in fits:
        lean = {"female": entity.lean, "male": -entity.lean}.get(read.gender or "", 0.0)
        if lean <= -1 or entity.kind == "organization":
            continue
        score = (
            2.0 + len(wanted & entity.traits) - 1.5 * (("former" in wanted) != ("former" in entity.traits))
        )
        score += (entity is trail.speaker) + (entity is trail.main) * 0.5
        last = trail.recent.get(entity)
        score += 1 / (1 + read.at - last.token) if last else -0.5
        near = last.token if last else -1
        if (score, near) > best:
            best, chosen = (score, near), entity
    return chosen


def team(where: Scope, read: Reading) -> str | None:
    """The body that a mention names by a person: "the Lee campaign's website", "Lee's administration"."""
    for index in read.names:
        name = where.names[index]
        following = where.tokens[name.last + 1] if name.last + 1 < len(where.tokens) else None
        if following is not None and _stem(following.text) in _TEAMS:
            return f"{name.text} {_stem(following.text)}"
    return None


def _stem(text: str) -> str:
    return text.casefold().removesuffix("'s").removesuffix("’s")


def body(where: Scope, read: Reading) -> Entity | str | None:
    """The body that "the court", "the newspaper" or "the campaign" refers to: named before, or by a person."""
    named = team(where, read)
    if named is not None:
        return named
    if read.head in _TEAMS:
        return _team_before(where, read)
    if read.head in _NEWS_NOUNS:
        return _last(where, read.at, lambda entity: bool(_NEWS & set(folded_words(entity.name))))
    return _last(where, read.at, lambda entity: read.head in folded_words(entity.name))


def _team_before(where: Scope, read: Reading) -> str | None:
    for at in range(read.at - 1, max(0, read.at - _FAR), -1):
        if _stem(where.tokens[at].text) == read.head:
            index = bisect_left(where.names, at - 1, key=lambda name: name.last)
            if index < len(where.names) and where.names[index].last == at - 1:
                return f"{where.names[index].text} {read.head}"
    return None


def _last(where: Scope, at: int, fits: Callable[[Entity], bool]) -> Entity | None:
    """The body named last before the token ``at`` that ``fits``."""
    here = bisect_left(where.names, at, key=lambda name: name.first)
    for index in range(here - 1, max(-1, here - _BACK), -1):
        owner = where.owners[index]
        if owner.kind == "organization" and fits(owner):
            return owner
    return None


def issuer(where: Scope, trail: Trail, read: Reading) -> Entity | str | None:
    """Who issued a document: whom the mention names, else a court, newspaper or author of the kind's own."""
    named = team(where, read)
    if named is not None:
        return named
    for index in read.names:
        name, owner = where.names[index], where.owners[index]
        before = where.tokens[name.first - 1].text.casefold() if name.first else ""
        whose = name.possessive or name.first == read.at or before in _FROM | {"the"}
        if whose and owner.kind in {"person", "organization", None}:
            return owner
    if read.head in _COURT_PIECES:
        return _court(where, read)
    if read.head in _BOOKS:
        return _author(where, read)
    if read.head in _NEWS_PIECES:
        found = _last(where, read.at, lambda entity: bool(_NEWS & set(folded_words(entity.name))))
        if found is not None:
            return found
    return trail.speaker if read.head in _PERSONAL else _near_body(where, read)


def _court(where: Scope, read: Reading) -> Entity | None:
    return _last(where, read.at, lambda entity: bool(_COURTS & set(folded_words(entity.name))))


def _author(where: Scope, read: Reading) -> Entity | None:
    authors = [one for word in sorted(_AUTHORS) for one in where.described.get(word, ())]
    return authors[0] if len(set(authors)) == 1 else None


def _near_body(where: Scope, read: Reading) -> Entity | None:
    """The only body named in the mention's sentence and the one before."""
    here = bisect_left(where.names, read.at, key=lambda name: name.first)
    sentence = where.tokens[read.at].sentence
    near = {
        where.owners[index]
        for index in range(max(0, here - _BACK), here)
        if where.names[index].sentence >= sentence - 1 and where.owners[index].kind == "organization"
    }
    return near.pop() if len(near) == 1 else None


def relative(where: Scope, read: Reading) -> Entity | Span | None:
    """The antecedent of "who" or "which": the name or the description right before it."""
    at = read.at - 1
    if at >= 0 and where.tokens[at].text in {",", "—", "–", ")"}:
        at -= 1
    here = bisect_left(where.names, read.at, key=lambda name: name.first)
    person = folded(read.text) == "who"
    for index in range(here - 1, max(-1, here - 6), -1):
        name, owner = where.names[index], where.owners[index]
        if name.sentence != where.tokens[read.at].sentence:
            break
        if owner.kind == "place" or (owner.kind == "organization") == person:
            continue
        between = where.tokens[name.last + 1 : at + 1]
        apposed = bool(between) and between[0].text in {",", "(", "—", "–"}
        if not between or apposed or not _describes(where, at):
            return owner
        break
    return _phrase(where, at) if person and _describes(where, at) else None


def _describes(where: Scope, at: int) -> bool:
    """Whether a description ends at the token: a noun known as one, or a small word after "a"."""
    if at < 0:
        return False
    word = where.tokens[at].text
    before = {token.text.casefold() for token in where.tokens[max(0, at - 3) : at]}
    return folded(word) in DESCRIBING or word == "others" or (word.islower() and bool(before & {"a", "an"}))


def _phrase(where: Scope, at: int) -> Span:
    """The noun phrase that ends with the token ``at``."""
    first = at
    while first > 0 and first > at - 8:
        before = where.tokens[first - 1]
        word = before.text.casefold()
        if before.sentence != where.tokens[at].sentence or not before.text[0].isalnum():
            break
        if word in FUNCTION and word not in {
            "a",
            "an",
            "the",
            "one",
            "two",
            "three",
            "many",
            "some",
            "other",
        }:
            break
        first -= 1
        if word in {"a", "an", "the", "one", "some"} or word.isdigit():
            break
    return Span(where.tokens[first].span.start, where.tokens[at].span.end)


def author(where: Scope) -> Entity | None:
    """Whom the last lines introduce as the one who wrote: "Ann Lee is a teacher." of somebody not yet named."""
    last = where.tokens[-1].line if where.tokens else 0
    for index in range(len(where.names) - 1, -1, -1):
        name, owner = where.names[index], where.owners[index]
        if name.line < last - 3:
            break
        opens = index == 0 or where.names[index - 1].line != name.line
        after = where.tokens[name.last + 1].text if name.last + 1 < len(where.tokens) else ""
        new = where.names[owner.places[0]].line >= last - 3
        begins = name.first == 0 or where.tokens[name.first - 1].line != name.line
        if opens and begins and new and len(name.words) > 1 and after in _WRITES | {","}:
            return owner
    return None
