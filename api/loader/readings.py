"""What a quote's mention is: one or more names, a pronoun, or a description with its head noun."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from api.loader.entities import Scope
from api.loader.lexicon import words
from api.loader.mentions import Token
from api.loader.names import GENDERS, Gender
from api.loader.records import Span

Form = Literal[
    "names", "male", "female", "plural", "neuter", "first", "relative", "document", "body", "group", "role"
]

PRONOUNS: dict[str, Form] = {
    word: form
    for form in ("male", "female", "plural", "neuter", "first", "relative")
    for word in words("pronouns", form)
}
DETERMINERS = words("pronouns", "determiners")
INDEFINITE = words("pronouns", "indefinite")
STOPS = words("pronouns", "stops")
_HEADS: dict[str, Form] = {
    **dict.fromkeys(words("nominals", "roles"), "role"),
    **dict.fromkeys(words("nominals", "groups"), "group"),
    **dict.fromkeys(words("nominals", "bodies"), "body"),
    **dict.fromkeys(words("nominals", "documents"), "document"),
}
_SUBJECTS = frozenset({"i", "he", "she", "it", "they", "we", "who", "which"})  # never before a noun
_BREAKS = frozenset({",", "(", "—", "–", "-", ";", ":", "[", "--"})
_QUANTIFIERS = words("pronouns", "quantifiers")


@dataclass(frozen=True, slots=True)
class Reading:
    """How a mention is to be taken.

    ``names`` are indices into the scope's names: who is named, or in a description the names in it;
    ``head`` is the folded head noun; ``text`` the description without what follows a comma or a relative
    clause; ``at`` the index of the mention's first token.
    """

    form: Form
    at: int
    names: tuple[int, ...] = ()
    head: str = ""
    text: str = ""
    definite: bool = True
    gender: Gender | None = None


def reading(where: Scope, mention: Span) -> Reading | None:
    """How ``mention`` is to be taken; None if it holds no word."""
    first, stop = _inside(where.tokens, mention)
    while first < stop and not where.tokens[first].text[0].isalnum():
        first += 1
    if first == stop:
        return None
    word = _clipped(where.tokens[first], mention)
    held = _held(where, first, stop)
    end = _head_end(where, first, stop, held)
    named = _named(where, first, end, stop, held)
    if named:
        return Reading("names", first, named)
    if word in PRONOUNS and (end == first + 1 or word in _SUBJECTS):
        return Reading(PRONOUNS[word], first, text=word)
    return _description(where, mention, first, end, stop, held)


def _clipped(token: Token, mention: Span) -> str:
    """The token's word as far as it belongs to the mention: of "he’s" only "he"."""
    return bare_pronoun(token.text[: max(0, mention.end - token.span.start)])


def bare_pronoun(text: str) -> str:
    """The folded word without what is contracted with it.

    >>> bare_pronoun("He’d"), bare_pronoun("they're")
    ('he', 'they')
    """
    return text.casefold().replace("’", "'").partition("'")[0]


def _inside(found: Sequence[Token], mention: Span) -> tuple[int, int]:
    first = bisect_left(found, mention.start, key=lambda token: token.span.end - 1)
    return first, bisect_left(found, mention.end, key=lambda token: token.span.start)


def _held(where: Scope, first: int, stop: int) -> list[int]:
    """The indices of the names that begin or end inside the mention."""
    low = bisect_left(where.names, first, key=lambda name: name.last)
    high = bisect_left(where.names, stop, key=lambda name: name.first)
    return list(range(low, high))


def _head_end(where: Scope, first: int, stop: int, held: Sequence[int]) -> int:
    """Where the mention's head part ends: at a comma, a preposition or a relative pronoun."""
    covered = {at for index in held for at in range(_title_start(where, index), where.names[index].last + 1)}
    for at in range(first + 1, stop):
        text = where.tokens[at].text
        if at not in covered and (text in _BREAKS or text.casefold() in STOPS):
            return at
    return stop


def _title_start(where: Scope, index: int) -> int:
    """The token at which a name's title begins."""
    at, left = where.names[index].first, len(where.names[index].title)
    while left and at > 0:
        at -= 1
        left -= where.tokens[at].text != "."
    return at


def _named(where: Scope, first: int, end: int, stop: int, held: Sequence[int]) -> tuple[int, ...]:
    """The names that the mention stands for, in order; none if it is a description."""
    in_head = [index for index in held if where.names[index].last < end]
    if in_head and _closes(where, in_head[-1], end):
        return _listed(where, in_head[-1], held, stop)
    if not in_head or where.names[in_head[-1]].possessive or in_head:
        return _apposed(where, end, stop, held)
    return ()


def _closes(where: Scope, index: int, end: int) -> bool:
    """Whether the name is the head part's last word."""
    return all(
        token.text in {".", "'", "’", "”", '"', "s"}
        for token in where.tokens[where.names[index].last + 1 : end]
    )


def _listed(where: Scope, index: int, held: Sequence[int], stop: int) -> tuple[int, ...]:
    """``index`` with the names joined to it by commas and "and"."""
    chain, joined = [index], False
    at = held.index(index)
    for before in reversed(held[:at]):
        between = _between(where, before, chain[0])
        if not between or not between <= {"and", "&", ","} or where.names[before].possessive:
            break
        joined = joined or "," not in between or "and" in between
        chain.insert(0, before)
    for after in held[at + 1 :]:
        between = _between(where, chain[-1], after)
        if not between or not between <= {"and", "&", ","}:
            break
        joined = joined or bool(between & {"and", "&"})
        chain.append(after)
    return tuple(chain) if joined else (chain[chain.index(index)],)


def _between(where: Scope, before: int, after: int) -> set[str]:
    gap = where.tokens[where.names[before].last + 1 : where.names[after].first]
    titles = set(where.names[after].title)
    return {token.text for token in gap if token.text != "." and token.text.casefold() not in titles}


def _apposed(where: Scope, end: int, stop: int, held: Sequence[int]) -> tuple[int, ...]:
    """The name set right after a description's comma: "a lawyer for the club, Ann Lee"."""
    for index in held:
        name = where.names[index]
        if name.first < end or name.kind in {"organization", "place"} or name.possessive:
            continue
        before = where.tokens[name.first - 1 - len(name.title)].text if name.first > len(name.title) else ""
        closed = name.last + 1 >= stop or where.tokens[name.last + 1].text in _BREAKS | {"."}
        if before in {",", "—", "–", ":"} and closed:
            return (index,)
    return ()


def _description(
    where: Scope, mention: Span, first: int, end: int, stop: int, held: Sequence[int]
) -> Reading:
    found = where.tokens
    body = [token for token in found[first:end] if token.text[0].isalnum()]
    kept = next((at + 1 for at, token in enumerate(body) if _closes_phrase(body, at)), len(body))
    head = body[kept - 1].text.casefold().removesuffix("'s").removesuffix("’s") if body else ""
    opening = body[0].text.casefold() if body else ""
    whose = any(where.names[index].possessive and where.names[index].last < end for index in held)
    form = _HEADS.get(head, "group" if head.endswith("s") and not head.endswith("ss") else "role")
    if head not in _HEADS and (whose or opening in {"his", "her"}) and form == "role":
        form = "document"
    if opening in _QUANTIFIERS or opening[:1].isdigit() or head in {"percent", "%", "number", "majority"}:
        form = "group" if head not in {"one"} and not opening.endswith("-year-old") else form
    last = found[end - 1].span.end
    if end < stop and found[end].text.casefold() in STOPS - {
        "who",
        "which",
        "that",
        "whose",
        "whom",
        "when",
        "while",
    }:
        last = _phrase_end(found, end, stop, mention)
    return Reading(
        form,
        first,
        tuple(index for index in held if where.names[index].first < stop),
        head,
        where.text[max(found[first].span.start, mention.start) : min(last, mention.end)],
        definite=opening not in INDEFINITE and (opening in DETERMINERS or form in {"role", "body"}),
        gender=GENDERS.get(head),
    )


def _closes_phrase(body: Sequence[Token], at: int) -> bool:
    """Whether a head noun is followed by a participle: "a poll released Monday"."""
    following = body[at + 1].text if at + 1 < len(body) else ""
    return body[at].text.casefold() in _HEADS and following.endswith("ed") and following.islower()


def _phrase_end(found: Sequence[Token], end: int, stop: int, mention: Span) -> int:
    for at in range(end, stop):
        if found[at].text in _BREAKS or found[at].text.casefold() in {"who", "which", "that", "whose"}:
            return found[at - 1].span.end
    return mention.end
