"""What a text says of a person beside the name: title, party, the words set before and after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.loader.lexicon import lines, words
from api.loader.mentions import DEMONYMS, DESCRIBING, FUNCTION, Name, Token, folded_words
from api.loader.names import TITLES, folded
from api.loader.records import Span

_ROLES = words("nominals", "roles") | TITLES
_KIN = words("nominals", "kin")
_STARTS = words("appositions", "starts")
_ENDS = frozenset({",", ".", ";", ":", "—", "–", "(", ")", "?", "!", "”", '"', "“"})
_CLAUSES = words("appositions", "clauses")
_VERBS = words("appositions", "verbs")
_SAYING = words("appositions", "no_modifiers")
_BEFORE, _AFTER = 6, 25  # tokens looked at before and after a name
_IS = frozenset({"is", "was"})

_KINDRED: Mapping[str, frozenset[str]] = {
    word: frozenset().union(*(line for line in lines("kindred", "classes") if word in line))
    for word in words("kindred", "classes")
}
_PARTIES: Mapping[str, frozenset[str]] = {
    line[0]: frozenset(line[1:]) for line in lines("kindred", "parties")
}
_STATES: Mapping[str, str] = dict(
    pair for line in lines("kindred", "states") for pair in zip(line[::2], line[1::2], strict=True)
)


@dataclass(frozen=True, slots=True)
class Description:
    """Words about the bearer of a name, as printed."""

    span: Span
    text: str


def descriptions(text: str, found: Sequence[Token], name: Name) -> list[Description]:
    """What stands about the name's bearer right before and after it, in the order of the text.

    >>> from api.loader.mentions import names, tokens
    >>> source = "Harbour spokesman Tom Moss (R-Texas), a retired pilot, spoke."
    >>> found = tokens(source, [Span(0, len(source))])
    >>> [words.text for words in descriptions(source, found, names(source, found)[-1])]
    ['Harbour spokesman', 'R-Texas', 'a retired pilot']
    """
    spans = [_before(found, name), *_after(found, name)]
    return [Description(span, span.of(text)) for span in spans if span is not None]


def _before(found: Sequence[Token], name: Name) -> Span | None:
    """The description that ends where the name begins: "Harbour spokesman"."""
    if name.first > 2 and found[name.first - 1].text == "," and found[name.first - 2].text.casefold() in _KIN:
        return Span(found[name.first - 3].span.start, found[name.first - 2].span.end)
    last = first = name.first - 1
    while last >= 0 and found[last].text == "." and found[last].line == name.line:
        last -= 1
    if last < 0 or found[last].line != name.line:
        return None
    if not name.title and folded(found[last].text) not in _ROLES | DEMONYMS:
        return None
    words_left = len(name.title)
    while first >= 0 and words_left > 0:
        words_left -= found[first].text != "."
        first -= words_left > 0
    first = min(first, last)
    small = found[last].text[0].islower()
    while first > max(0, last - _BEFORE) and _modifies(found[first - 1], found[first], small):
        first -= 1
    return Span(found[first].span.start, found[name.first - 1].span.end)


def _modifies(token: Token, following: Token, small: bool) -> bool:
    word = token.text.casefold()
    return (
        token.line == following.line
        and token.sentence == following.sentence
        and token.text[0].isalnum()
        and (word not in FUNCTION or word == "former")
        and word not in _SAYING
        and (token.text[0].isupper() or word == "former" or (small and not word.endswith(("ed", "s"))))
    )


def _after(found: Sequence[Token], name: Name) -> list[Span]:
    """The party in brackets and the apposition that follow the name, or what it is said to be."""
    at = name.last + 1
    spans: list[Span] = []
    if _text(found, at) == ".":
        at += 1
    if _text(found, at) == "(":
        end = next((end for end in range(at + 1, at + 8) if _text(found, end) == ")"), 0)
        if end > at + 1:
            spans.append(Span(found[at + 1].span.start, found[end - 1].span.end))
            at = end + 1
    if _text(found, at) in {",", "—", "–"} and _text(found, at + 1).isdigit() and _text(found, at + 2) == ",":
        at += 2
    is_said = _text(found, at).casefold() in _IS and _text(found, at + 1).casefold() in _STARTS
    if _text(found, at) in {",", "—", "–"} or is_said:
        span = _apposition(found, at + 1)
        spans += [span] if span else []
    return spans


def _apposition(found: Sequence[Token], first: int) -> Span | None:
    if _text(found, first).casefold() in {"who", "formerly"} and _text(found, first + 1).casefold() in _IS:
        first += 2
    end = first
    while end < min(len(found), first + _AFTER) and found[end].line == found[first].line:
        if found[end].text in _ENDS and not _abbreviated(found, end):
            break
        if found[end].text.casefold() in _CLAUSES and end > first:
            break
        end += 1
    heads = {folded(token.text) for token in found[first : min(end, first + 8)]}
    opening = _text(found, first).casefold()
    begins = opening in _STARTS or (opening not in FUNCTION | _VERBS and not opening.endswith("ed"))
    clause = any(token.text.casefold() in _VERBS for token in found[first:end])
    if end == first or clause or not begins:
        return None
    if opening not in {"a", "an"} and not heads & (_ROLES | DESCRIBING):
        return None
    return Span(found[first].span.start, found[end - 1].span.end)


def _abbreviated(found: Sequence[Token], at: int) -> bool:
    """Whether the full stop at ``at`` ends no sentence."""
    return found[at].text == "." and at + 1 < len(found) and found[at + 1].sentence == found[at].sentence


def _text(found: Sequence[Token], at: int) -> str:
    return found[at].text if at < len(found) else ""


def attributes(text: str) -> frozenset[str]:
    """The folded words by which a later description may mean the one described.

    >>> sorted(attributes("R-Texas"))
    ['gop', 'r-texas', 'republican', 'texas']
    """
    found = set(folded_words(text))
    for token in text.casefold().split():
        party, _, state = token.strip("().,").partition("-")
        if state and party in _PARTIES:
            place = state.replace(".", "")
            found |= _PARTIES[party] | {_STATES.get(place, place), token.strip("().,")}
            found -= {party}
    named = {_STATES[word] for word in found if word in _STATES}
    return frozenset(found | named)


def kindred(word: str) -> frozenset[str]:
    """The words that may stand for the same role as ``word``, itself among them."""
    return _KINDRED.get(word, frozenset()) | {word}
