"""Whom a pronoun stands for: the persons named around it, weighed by a small fitted model."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import exp, log1p
from pathlib import Path

from api.loader.entities import Entity, Scope
from api.loader.lexicon import words
from api.loader.names import Gender

_MODEL = Path(__file__).parent / "model" / "resolve.json"
_WEIGHED = 10  # how many persons mentioned before a pronoun are weighed
_AHEAD = 3  # how many names after it are: "When he spoke, Lee ..."
_SURE_LEAN, _SOME_LEAN = 3.0, 1.0
_PREPOSITIONS = words("pronouns", "stops")
_SAYING = frozenset({"said", "says", "told", "added", "wrote", "asked", "called", "tweeted"})

FEATURES = (
    "none",  # nobody of those weighed
    "none_without_fit",  # the same where no one's gender fits
    "same_sentence",
    "sentence_before",
    "two_before",
    "sentences_back",  # log of how many
    "same_line",
    "nearest",
    "nearest_fitting",  # the last mentioned of those whose gender may fit
    "second_fitting",
    "leads_line",
    "lines_back",  # log of how many
    "leads",  # first name of its sentence, no possessive, no preposition before it
    "leads_before",  # the same in the sentence before
    "possessive",
    "after_preposition",
    "said",  # a verb of saying follows
    "pronoun",  # last mentioned by a pronoun
    "speaker",  # speaker of the last quote
    "speaker_same_line",
    "speaker_next_line",
    "speaker_far",
    "quoted",  # mentioned in somebody's words
    "in_own_words",  # mentioned in the very quote
    "fits",
    "misfits",
    "misfits_somewhat",
    "share",  # of the text's names so far
    "main",  # named most so far
    "ahead_same_sentence",
    "ahead_next_sentence",
    "introduced",  # "A minister said ... he ... . Ann Lee, ...": named first in the line after the lead
    "unsure_kind",  # not known to be a person
    "opens_leads",  # the pronoun opens its sentence and the candidate led the sentence before
    "source_speaker",  # the pronoun is a quote's source, the candidate the last speaker
    "source_leads",
)
_AT = {name: at for at, name in enumerate(FEATURES)}


@dataclass(frozen=True, slots=True)
class Place:
    """A mention of an entity, as the sweep over the text met it."""

    entity: Entity
    token: int
    sentence: int
    line: int
    leads: bool = False
    leads_line: bool = False
    possessive: bool = False
    after_preposition: bool = False
    said: bool = False
    quoted: bool = False
    pronoun: bool = False


@dataclass(slots=True)
class Trail:
    """What a reader remembers at a point of the text: who was mentioned last and who spoke last."""

    where: Scope
    recent: dict[Entity, Place] = field(default_factory=dict)  # last mentioned last
    counts: dict[Entity, int] = field(default_factory=dict)
    total: int = 0
    main: Entity | None = None
    speaker: Entity | None = None
    speaker_line: int = -9

    def see(self, place: Place) -> None:
        """Take note of a mention."""
        if place.quoted and place.entity in self.recent and not self.recent[place.entity].quoted:
            last = self.recent[place.entity]
            if place.sentence - last.sentence < 3:
                return
        self.recent.pop(place.entity, None)
        self.recent[place.entity] = place
        count = self.counts[place.entity] = self.counts.get(place.entity, 0) + 1
        self.total += 1
        if self.main is None or count >= self.counts[self.main]:
            self.main = place.entity

    def hear(self, entity: Entity, line: int) -> None:
        """Take note of a speaker."""
        self.speaker, self.speaker_line = entity, line


@dataclass(frozen=True, slots=True)
class Pronoun:
    """A pronoun, or a description like one: token, gender, who is named in its quote and who after it."""

    token: int
    gender: Gender | None
    source: bool
    own: frozenset[Entity]
    ahead: tuple[Place, ...]


def options(trail: Trail, pronoun: Pronoun) -> list[tuple[Entity | None, list[float]]]:
    """Those whom the pronoun may stand for with their features; None, for nobody of them, first."""
    before = [place for place in reversed(trail.recent.values()) if _may_be(place, trail)][:_WEIGHED]
    known = {place.entity for place in before}
    places = [*before, *(place for place in pronoun.ahead if place.entity not in known)]
    rows: list[list[float]] = []
    fitting = 0
    for rank, place in enumerate(places):
        rows.append(_row(trail, pronoun, place, rank, fitting))
        fitting += not (rows[-1][_AT["misfits"]] or rows[-1][_AT["misfits_somewhat"]])
    nobody = [0.0] * len(FEATURES)
    nobody[_AT["none"]] = 1.0
    nobody[_AT["none_without_fit"]] = float(not any(row[_AT["fits"]] for row in rows))
    return [(None, nobody), *((place.entity, row) for place, row in zip(places, rows, strict=True))]


def _may_be(place: Place, trail: Trail) -> bool:
    entity = place.entity
    return entity.kind == "person" or (
        entity.kind is None and (entity is trail.speaker or entity.titles.total() > 0)
    )


def _row(trail: Trail, pronoun: Pronoun, place: Place, rank: int, fitting: int) -> list[float]:
    here = trail.where.tokens[pronoun.token]
    back = here.sentence - place.sentence
    ahead = place.token > pronoun.token
    is_speaker = place.entity is trail.speaker
    lines = here.line - trail.speaker_line
    lean = {"female": place.entity.lean, "male": -place.entity.lean}.get(pronoun.gender or "", 0.0)
    values = {
        "same_sentence": back == 0 and not ahead,
        "sentence_before": back == 1,
        "two_before": back == 2,
        "sentences_back": log1p(max(back, 0)),
        "same_line": here.line == place.line and not ahead,
        "nearest": rank == 0 and not ahead,
        "nearest_fitting": fitting == 0 and lean > -_SOME_LEAN and not ahead,
        "second_fitting": fitting == 1 and lean > -_SOME_LEAN and not ahead,
        "leads_line": place.leads_line and not ahead,
        "lines_back": log1p(max(here.line - place.line, 0)),
        "leads": place.leads and not ahead,
        "leads_before": place.leads and back == 1,
        "possessive": place.possessive,
        "after_preposition": place.after_preposition,
        "said": place.said,
        "pronoun": place.pronoun,
        "speaker": is_speaker,
        "speaker_same_line": is_speaker and lines == 0,
        "speaker_next_line": is_speaker and lines == 1,
        "speaker_far": is_speaker and lines > 3,
        "quoted": place.quoted,
        "in_own_words": place.entity in pronoun.own,
        "fits": lean >= _SOME_LEAN,
        "misfits": lean <= -_SURE_LEAN,
        "misfits_somewhat": -_SURE_LEAN < lean <= -_SOME_LEAN,
        "share": trail.counts.get(place.entity, 0) / max(trail.total, 1),
        "main": place.entity is trail.main,
        "ahead_same_sentence": ahead and back == 0,
        "ahead_next_sentence": ahead and back < 0,
        "introduced": ahead
        and here.line == 0
        and place.line == 1
        and place.leads
        and trail.where.tokens[0].text in {"A", "An"},
        "unsure_kind": place.entity.kind is None,
        "opens_leads": here.opens and place.leads and back == 1,
        "source_speaker": pronoun.source and is_speaker,
        "source_leads": pronoun.source and place.leads and back == 1,
    }
    return [float(values.get(name, 0.0)) for name in FEATURES]


@lru_cache(maxsize=1)
def _weights() -> tuple[float, ...]:
    weights: dict[str, float] = json.loads(_MODEL.read_text(encoding="utf-8"))["weights"]
    return tuple(weights.get(name, 0.0) for name in FEATURES)


def likeliest(trail: Trail, pronoun: Pronoun) -> tuple[Entity | None, float]:
    """Whom the pronoun stands for most likely, with the model's probability; None for nobody."""
    choices = options(trail, pronoun)
    scores = [
        sum(weight * value for weight, value in zip(_weights(), row, strict=True) if value)
        for _, row in choices
    ]
    best = max(range(len(scores)), key=scores.__getitem__)
    return choices[best][0], 1 / sum(exp(score - scores[best]) for score in scores)


def places(where: Scope, quoted: Sequence[bool]) -> Iterator[Place]:
    """The names of the scope as mentions, in order; ``quoted[i]`` says that name i stands in a quote."""
    for index, (name, owner) in enumerate(zip(where.names, where.owners, strict=True)):
        at = name.first - len([word for word in name.title])
        before = where.tokens[at - 1] if at > 0 and where.tokens[at - 1].line == name.line else None
        after = where.tokens[name.last + 1] if name.last + 1 < len(where.tokens) else None
        preposition = before is not None and before.text.casefold() in _PREPOSITIONS
        first = index == 0 or where.names[index - 1].sentence != name.sentence
        yield Place(
            owner,
            name.first,
            name.sentence,
            name.line,
            leads=first and not name.possessive and not preposition,
            leads_line=first
            and not name.possessive
            and not preposition
            and (index == 0 or where.names[index - 1].line != name.line),
            possessive=name.possessive,
            after_preposition=preposition,
            said=(after is not None and after.text in _SAYING)
            or (before is not None and before.text in _SAYING),
            quoted=quoted[index],
        )
