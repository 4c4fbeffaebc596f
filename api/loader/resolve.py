"""One speaker behind all the names that a document gives them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from math import exp, log

from api.loader.entities import Entity, Scope, scope
from api.loader.mentions import Name, folded_words
from api.loader.names import Gender, folded
from api.loader.readings import Reading, reading
from api.loader.records import Attribution, Resolution, Segments, Span, Speaker, SpeakerKind, Text

_BACK = 10  # how many persons named before a pronoun are weighed
_FAR = 80  # how many names before a pronoun are looked through for them
_AHEAD = 3  # how many names after a pronoun are weighed: "When he spoke, Lee ..."

_NAMESAKES = 50  # bearers of one title that are weighed

Candidate = tuple[Entity, int]  # with the index of the name that makes it one


def resolved(
    document: Text, parts: Segments, quotes: tuple[Attribution, ...]
) -> tuple[tuple[Speaker, ...], tuple[Resolution, ...]]:
    """The document's speakers, and for each quote whom its mention stands for.

    Speakers come in the order in which quotes first need them. Where it is not clear who speaks, the
    resolution's speaker and confidence are None.
    """
    cast = _Cast()
    homes = _Homes(parts)
    stages = _stages(document, parts, quotes, homes)
    found: list[Resolution] = []
    for quote in quotes:
        stage = stages[homes.of(quote)]
        found.append(stage.resolution(quote, cast))
    return tuple(cast.speakers), tuple(found)


Home = tuple[int | None, int | None]  # article and comment, as indices


class _Homes:
    """Which article or comment holds a place of the text."""

    def __init__(self, parts: Segments) -> None:
        held: list[tuple[Span, Home]] = [
            (span, (index, article.comment))
            for index, article in enumerate(parts.articles)
            for span in article.spans
        ]
        reposted = {article.comment for article in parts.articles}
        held += [
            (span, (None, index))
            for index, comment in enumerate(parts.comments)
            for span in (comment.body if index in reposted else (comment.span,))
        ]
        self.spans = sorted(held, key=lambda pair: pair[0])

    def of(self, quote: Attribution) -> Home:
        """The home of the quote's mention, or of its words where there is no mention."""
        start = (quote.mention or quote.spans[0]).start
        at = bisect_right(self.spans, start, key=lambda pair: pair[0].start) - 1
        for span, home in reversed(self.spans[max(0, at - 1) : at + 1]):
            if span.start <= start < span.end:
                return home
        return None, None


def _stages(
    document: Text, parts: Segments, quotes: Sequence[Attribution], homes: _Homes
) -> dict[Home, _Stage]:
    """A stage for each article and comment that holds quotes."""
    sources: dict[Home, list[Span]] = {}
    for quote in quotes:
        sources.setdefault(homes.of(quote), []).extend([quote.mention] if quote.mention else [])
    story: Home | None = next(
        ((index, None) for index, article in enumerate(parts.articles) if article.kind == "main"), None
    )
    stages: dict[Home, _Stage] = {}
    if story is not None and sources:
        stages[story] = _stage(document, parts, story, sources.get(story, ()), None)
    for home, mentions in sources.items():
        if home not in stages:
            elder = stages[story].where if story is not None and home[0] is None else None
            stages[home] = _stage(document, parts, home, mentions, elder)
    return stages


def _stage(
    document: Text, parts: Segments, home: Home, mentions: Iterable[Span], elder: Scope | None
) -> _Stage:
    article, comment = home
    lines: Iterable[Span] = (Span(0, len(document.text)),)
    author = document.byline
    if article is not None:
        lines = parts.articles[article].spans
        author = parts.articles[article].byline or (author if comment is None else None)
    elif comment is not None:
        lines, author = parts.comments[comment].body, parts.comments[comment].author
    return _Stage(scope(document.text, _lines(document.text, lines), mentions), author, elder)


def _lines(text: str, spans: Iterable[Span]) -> list[Span]:
    lines = []
    for start, end in spans:
        while start < end:
            stop = text.find("\n", start, end)
            stop = end if stop < 0 else stop
            if stop > start:
                lines.append(Span(start, stop))
            start = stop + 1
    return lines


class _Cast:
    """The document's speakers as they are found."""

    def __init__(self) -> None:
        self.speakers: list[Speaker] = []
        self.known: dict[object, int] = {}

    def named(self, entity: Entity, kind: SpeakerKind) -> int:
        """The speaker behind an entity."""
        if entity not in self.known:
            self.known[entity] = self._add(Speaker(_full_name(entity), kind, _aliases(entity), None))
        return self.known[entity]

    def described(self, text: str, kind: SpeakerKind) -> int:
        """A speaker that has only a description: each mention its own, but a body by its words."""
        key = ("body", folded(text))
        if kind != "organization":
            return self._add(Speaker(text, kind))
        if key not in self.known:
            self.known[key] = self._add(Speaker(text, kind))
        return self.known[key]

    def _add(self, speaker: Speaker) -> int:
        self.speakers.append(speaker)
        return len(self.speakers) - 1


def _full_name(entity: Entity) -> str:
    name = entity.name
    if entity.kind == "person" and len(folded_words(name)) == 1 and entity.titles:
        return " ".join([entity.titles.most_common(1)[0][0].capitalize(), name])
    return name


def _aliases(entity: Entity) -> tuple[str, ...]:
    return tuple(sorted(form for form in entity.forms if form != _full_name(entity)))


class _Stage:
    """A scope with what its quotes have told so far."""

    def __init__(self, where: Scope, author: str | None, elder: Scope | None) -> None:
        self.where, self.author, self.elder = where, author, elder
        self.last: Entity | None = None
        self.last_line = -1
        self.told: set[Entity] = set()

    def resolution(self, quote: Attribution, cast: _Cast) -> Resolution:
        """Whom the quote's mention stands for; its speaker is remembered for the next quote."""
        read = reading(self.where, quote.mention) if quote.mention else None
        if read is None:
            return self._goes_on(quote, cast)
        if read.form == "names":
            entities = [self._elder(self.where.owners[index]) for index in read.names]
            speakers = [
                cast.named(entity, _kind(entity, self.where.names[index]))
                for entity, index in zip(entities, read.names, strict=True)
            ]
            self._remember(entities[0], quote)
            return Resolution(speakers[0], 0.95, tuple(dict.fromkeys(speakers[1:])))
        if read.form in {"male", "female"}:
            gender: Gender = "male" if read.form == "male" else "female"
            return self._ranked(read, gender, quote, cast)
        if read.form == "first":
            return self._author(cast)
        if read.form == "relative":
            return self._antecedent(read, quote, cast)
        if read.form in {"plural", "neuter"}:
            return self._body_or_group(read, quote, cast)
        return self._described(read, quote, cast)

    def _elder(self, entity: Entity) -> Entity:
        """The person of the article whom a comment's lone name stands for, else ``entity`` itself."""
        parts = folded_words(entity.name)
        if self.elder is None or len(parts) != 1:
            return entity
        bearers = [one for one in self.elder.bearers.get(parts[0], ()) if entity.kind in {None, one.kind}]
        return bearers[0] if len(bearers) == 1 else entity

    def _remember(self, entity: Entity, quote: Attribution) -> None:
        self.last = entity
        self.last_line = self._line(quote)
        self.told.add(entity)

    def _line(self, quote: Attribution) -> int:
        at = bisect_left(self.where.tokens, quote.spans[-1].start, key=lambda token: token.span.start)
        return self.where.tokens[min(at, len(self.where.tokens) - 1)].line if self.where.tokens else -1

    def _goes_on(self, quote: Attribution, cast: _Cast) -> Resolution:
        """Who goes on: a quote that names nobody has the last one's speaker in this or the next paragraph."""
        line = self._line(quote)
        if (
            self.last is not None
            and 0 <= line - self.last_line <= 1
            and quote.kind == "direct"
            and quote.cue is None
        ):
            self.last_line = line
            return Resolution(cast.named(self.last, _kind(self.last)), 0.6)
        return Resolution(None)

    def _author(self, cast: _Cast) -> Resolution:
        if not self.author:
            return Resolution(None)
        key = ("author", folded(self.author))
        if key not in cast.known:
            entity = next((one for one in self.where.entities if folded(one.name) == key[1]), None)
            cast.known[key] = (
                cast.named(entity, "person") if entity else cast.described(self.author, "person")
            )
        return Resolution(cast.known[key], 0.9)

    def _candidates(self, at: int) -> tuple[list[Candidate], list[Candidate]]:
        """Persons named before the token ``at``, the last named first, and after it."""
        here = bisect_left(self.where.names, at, key=lambda name: name.first)
        before: dict[Entity, int] = {}
        for index in range(here - 1, max(-1, here - _FAR), -1):
            if self._may_speak(index):
                before.setdefault(self.where.owners[index], index)
            if len(before) == _BACK:
                break
        after: dict[Entity, int] = {}
        sentence = self.where.tokens[at].sentence
        for index in range(here, min(len(self.where.names), here + _AHEAD)):
            if self._may_speak(index) and self.where.names[index].sentence <= sentence + 1:
                after.setdefault(self.where.owners[index], index)
        return list(before.items()), [pair for pair in after.items() if pair[0] not in before]

    def _may_speak(self, index: int) -> bool:
        owner = self.where.owners[index]
        return owner.kind == "person" or (
            owner.kind is None and (owner in self.told or owner.titles.total() > 0)
        )

    def _ranked(self, read: Reading, gender: Gender, quote: Attribution, cast: _Cast) -> Resolution:
        before, after = self._candidates(read.at)
        scored = [
            (self._score(entity, index, rank, read, gender, quote), entity)
            for rank, (entity, index) in enumerate(before + after)
        ]
        if not scored:
            return Resolution(None)
        best, entity = max(scored, key=lambda pair: pair[0])
        total = sum(exp(score - best) for score, _ in scored) + exp(-2 - best)
        if best < -4:
            return Resolution(None)
        self._remember(entity, quote)
        return Resolution(cast.named(entity, "person"), round(1 / total, 3))

    def _score(
        self, entity: Entity, index: int, rank: int, read: Reading, gender: Gender, quote: Attribution
    ) -> float:
        name, here = self.where.names[index], self.where.tokens[read.at]
        distance = here.sentence - name.sentence
        lean = entity.lean if gender == "female" else -entity.lean
        score = -0.35 * min(max(distance, 0), 10) - 0.25 * rank
        score += 1.5 * (entity is self.last) + 0.7 * (entity is self.last and self.last_line == here.line)
        score += 0.8 * self._leads(index) - 0.4 * name.possessive
        score += 1.0 if lean >= 1 else (-6.0 if lean <= -3 else -2 if lean <= -1 else 0.0)
        score += 0.3 * log(len(entity.places))
        score -= 1.5 * (name.quoted and entity is not self.last)
        score -= 1.5 * (distance < 0 or name.first > read.at)
        score -= 1.0 * any(span.start <= name.span.start < span.end for span in quote.spans)
        return score

    def _leads(self, index: int) -> bool:
        """Whether the name is the first of its sentence."""
        return index == 0 or self.where.names[index - 1].sentence != self.where.names[index].sentence

    def _antecedent(self, read: Reading, quote: Attribution, cast: _Cast) -> Resolution:
        here = bisect_left(self.where.names, read.at, key=lambda name: name.first)
        sentence = self.where.tokens[read.at].sentence
        for index in range(here - 1, max(-1, here - 6), -1):
            name, owner = self.where.names[index], self.where.owners[index]
            if name.sentence != sentence:
                break
            if owner.kind == "place" or (owner.kind == "organization") != (read.text.casefold() != "who"):
                continue
            self._remember(owner, quote)
            return Resolution(cast.named(owner, _kind(owner, name)), 0.8)
        return Resolution(None)

    def _body_or_group(self, read: Reading, quote: Attribution, cast: _Cast) -> Resolution:
        if self.last is not None and self.last.kind == "organization":
            return Resolution(cast.named(self.last, "organization"), 0.6)
        here = bisect_left(self.where.names, read.at, key=lambda name: name.first)
        sentence = self.where.tokens[read.at].sentence
        for index in range(here - 1, max(-1, here - 10), -1):
            name, owner = self.where.names[index], self.where.owners[index]
            if name.sentence < sentence - 1:
                break
            if owner.kind == "organization":
                return Resolution(cast.named(owner, "organization"), 0.5)
        return Resolution(None)

    def _described(self, read: Reading, quote: Attribution, cast: _Cast) -> Resolution:
        if read.form == "document":
            return self._issuer(read, quote, cast)
        if read.form == "body":
            return Resolution(cast.described(_bare(read.text), "organization"), 0.6)
        if read.form == "group":
            return Resolution(cast.described(read.text, "group"), 0.6)
        if read.definite:
            entity = self._fitting(read)
            if entity is not None:
                self._remember(entity, quote)
                return Resolution(cast.named(entity, "person"), 0.6)
        return Resolution(cast.described(read.text, "unnamed"), 0.6)

    def _issuer(self, read: Reading, quote: Attribution, cast: _Cast) -> Resolution:
        for index in read.names:
            owner = self.where.owners[index]
            if owner.kind in {"person", "organization"}:
                return Resolution(cast.named(owner, _kind(owner)), 0.5)
        return Resolution(None)

    def _fitting(self, read: Reading) -> Entity | None:
        """The person whom the definite description fits best by titles."""
        here = bisect_left(self.where.names, read.at, key=lambda name: name.first)
        fits: Counter[Entity] = Counter()
        for word in set(folded_words(read.text)) - {"the", "former"}:
            fits.update(self.where.titled.get(word, ())[-_NAMESAKES:])
        fitting = [one for one in fits if one.kind != "organization"]
        return max(
            fitting, key=lambda one: (fits[one], bisect_left(one.places, here), -one.index), default=None
        )


def _bare(text: str) -> str:
    return text[4:] if text[:4].casefold() == "the " else text


def _kind(entity: Entity, name: Name | None = None) -> SpeakerKind:
    if entity.kind in {"organization", "place"} or (
        name is not None and name.article and entity.kind is None
    ):
        return "organization"
    return "person"
