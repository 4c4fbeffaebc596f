"""One speaker behind all the names that a document gives them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from api.loader.antecedents import author, body, described, issuer, relative
from api.loader.entities import Entity, Scope, scope
from api.loader.lexicon import words
from api.loader.mentions import Name, folded_words
from api.loader.names import Gender, folded, is_given
from api.loader.ranking import Place, Pronoun, Trail, likeliest, places
from api.loader.readings import PRONOUNS, Reading, bare_pronoun, reading
from api.loader.records import Attribution, QuoteKind, Resolution, Segments, Span, Speaker, SpeakerKind, Text

_AHEAD = 3  # how many names after a pronoun are weighed: "When he spoke, Lee ..."
_NAMED = 0.97  # how often a name is its bearer's
_NEAR = 30  # characters between a quote and its mention
_SURE = 0.85  # confidence of a quote
# Of the mentions that the tagger links to quotes of 83 PolNeAR articles, the share that overlaps the right one.
_TRUST: Mapping[QuoteKind, float] = {"direct": 0.98, "mixed": 0.95, "indirect": 0.96}
_UNSURE_TRUST, _FAR_TRUST = 0.85, 0.83
_PROMINENT = words("nominals", "prominent")
_LIKELY = 0.7  # probability above which "the mayor" is whom "he" would be
_OWN = 40  # how many names in a quote's words are looked at


def resolved(
    document: Text, parts: Segments, quotes: tuple[Attribution, ...]
) -> tuple[tuple[Speaker, ...], tuple[Resolution, ...]]:
    """The document's speakers, and for each quote whom its mention stands for.

    Speakers come in the order in which quotes first need them. Where it is not clear who speaks, the
    resolution's speaker and confidence are None.
    """
    homes = _Homes(parts)
    placed: dict[Home, list[tuple[int, Attribution]]] = {}
    for index, quote in enumerate(quotes):
        placed.setdefault(homes.of(quote), []).append((index, quote))
    findings: dict[int, _Finding] = {}
    for home, stage in _stages(document, parts, placed).items():
        stage.read(placed.get(home, ()))
        findings.update(stage.findings)
    cast = _Cast()
    found = tuple(cast.resolution(findings[index], _trust(quote)) for index, quote in enumerate(quotes))
    return tuple(cast.speakers), found


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
    document: Text, parts: Segments, placed: Mapping[Home, Sequence[tuple[int, Attribution]]]
) -> dict[Home, _Stage]:
    """A stage for each article and comment that holds quotes, the story's first."""
    sources = {
        home: [quote.mention for _, quote in quotes if quote.mention] for home, quotes in placed.items()
    }
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
    byline = document.byline
    if article is not None:
        lines = parts.articles[article].spans
        byline = parts.articles[article].byline or (byline if comment is None else None)
    elif comment is not None:
        lines, byline = parts.comments[comment].body, parts.comments[comment].author
    return _Stage(
        scope(document.text, _lines(document.text, lines), mentions), byline, elder, article is not None
    )


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


def _trust(quote: Attribution) -> float:
    """How often a quote's mention is the right one, by where it stands and how sure the quote is."""
    if quote.mention is None:
        return 1.0
    start, end = quote.spans[0].start, quote.spans[-1].end
    if max(start - quote.mention.end, quote.mention.start - end) > _NEAR:
        return _FAR_TRUST
    return _TRUST[quote.kind] if quote.confidence > _SURE else _UNSURE_TRUST


class _Cast:
    """The document's speakers as they are found."""

    def __init__(self) -> None:
        self.speakers: list[Speaker] = []
        self.known: dict[object, int] = {}

    def named(self, entity: Entity, kind: SpeakerKind) -> int:
        """The speaker behind an entity."""
        if entity not in self.known:
            self.known[entity] = self._add(
                Speaker(_full_name(entity), kind, _aliases(entity), ", ".join(entity.said) or None)
            )
        return self.known[entity]

    def resolution(self, finding: _Finding, trust: float) -> Resolution:
        """The finding as a record, its speakers added to the cast; ``trust`` is that in its mention."""
        confidence = round(finding.confidence * trust, 3)
        if finding.entities:
            first, *others = dict.fromkeys(self.named(entity, finding.kind) for entity in finding.entities)
            return Resolution(first, confidence, tuple(others))
        if finding.text:
            if finding not in self.known:
                self.known[finding] = self.described(finding.text, finding.kind)
            return Resolution(self.known[finding], confidence)
        return Resolution(None)

    def described(self, text: str, kind: SpeakerKind) -> int:
        """A speaker that has only words: each mention its own, but a body or an author by the name."""
        key = (kind, folded(text))
        if kind not in {"organization", "person"}:
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


@dataclass(frozen=True, slots=True, eq=False)
class _Finding:
    """Whom a quote's mention stands for: entities, or the words of a description where there is none."""

    entities: tuple[Entity, ...] = ()
    text: str = ""
    kind: SpeakerKind = "person"
    confidence: float = 0.0


_NOBODY = _Finding()


class _Stage:
    """A scope and its quotes, read from left to right with what a reader would remember."""

    def __init__(self, where: Scope, byline: str | None, elder: Scope | None, is_story: bool) -> None:
        self.where, self.byline, self.elder = where, byline, elder
        self.is_story = is_story
        self.trail = Trail(where)
        self.last = _NOBODY
        self.findings: dict[int, _Finding] = {}
        self.heard: dict[int, _Finding] = {}  # by the mention's first token

    def read(self, quotes: Sequence[tuple[int, Attribution]]) -> None:
        """Find the speaker of each quote, given with its index in the document."""
        self.own = {index: self._entities_in(quote.spans) for index, quote in quotes}
        in_quote = self._quoted([quote for _, quote in quotes if quote.kind != "indirect"])
        self.places = list(places(self.where, [in_quote[name.first] for name in self.where.names]))
        events: list[tuple[int, int, int]] = [(place.token, 0, at) for at, place in enumerate(self.places)]
        events += [(at, 2, at) for at in self._pronouns(in_quote)]
        readings = {}
        for index, quote in quotes:
            readings[index] = reading(self.where, quote.mention) if quote.mention else None
            events.append((self._at(quote, readings[index]), 1, index))
        by_index = dict(quotes)
        for token, rank, payload in sorted(events):
            if rank == 0:
                self.trail.see(self.places[payload])
            elif rank == 1:
                self._hear(payload, by_index[payload], readings[payload])
            elif token not in self.heard:
                self._follow(token)

    def _at(self, quote: Attribution, read: Reading | None) -> int:
        if read is None:
            return self._token(quote.spans[0].start)
        return self.where.names[read.names[0]].first if read.form == "names" else read.at

    def _token(self, start: int) -> int:
        return bisect_left(self.where.tokens, start, key=lambda token: token.span.end - 1)

    def _quoted(self, quotes: Sequence[Attribution]) -> list[bool]:
        """For each token whether it stands between the marks of somebody's words."""
        inside = [False] * len(self.where.tokens)
        for quote in quotes:
            for span in quote.spans:
                for at in range(self._token(span.start), self._token(span.end)):
                    inside[at] = self.where.tokens[at].quoted or quote.kind == "direct"
        return inside

    def _entities_in(self, spans: Sequence[Span]) -> frozenset[Entity]:
        held: set[Entity] = set()
        for span in spans:
            low = bisect_left(self.where.names, span.start, key=lambda name: name.span.start)
            high = bisect_left(self.where.names, span.end, key=lambda name: name.span.start)
            held.update(self.where.owners[low : min(high, low + _OWN)])
        return frozenset(held)

    def _pronouns(self, in_quote: Sequence[bool]) -> list[int]:
        """The tokens that are "he", "her" and the like outside of quotes."""
        return [
            at
            for at, token in enumerate(self.where.tokens)
            if PRONOUNS.get(bare_pronoun(token.text)) in {"male", "female"} and not in_quote[at]
        ]

    def _follow(self, at: int) -> None:
        """Take note of whom a pronoun of the running text stands for."""
        entity, _ = self._ranked(at, None, _gender(bare_pronoun(self.where.tokens[at].text)))
        if entity is not None:
            self._see_pronoun(at, entity)

    def _ranked(self, at: int, index: int | None, gender: Gender | None) -> tuple[Entity | None, float]:
        pronoun = Pronoun(
            at,
            gender,
            index is not None,
            self.own[index] if index is not None else frozenset(),
            self._ahead(at),
        )
        return likeliest(self.trail, pronoun)

    def _ahead(self, at: int) -> tuple[Place, ...]:
        low = bisect_left(self.places, at, key=lambda place: place.token)
        here = self.where.tokens[at]
        return tuple(
            place
            for place in self.places[low : low + _AHEAD]
            if place.entity.kind == "person"
            and (place.sentence <= here.sentence + 1 or (here.line == 0 and place.line == 1))
        )

    def _see_pronoun(self, at: int, entity: Entity) -> None:
        token = self.where.tokens[at]
        possessive = token.text.casefold() in {"his", "her"}
        self.trail.see(Place(entity, at, token.sentence, token.line, token.opens, possessive, pronoun=True))

    def _hear(self, index: int, quote: Attribution, read: Reading | None) -> None:
        """Find one quote's speaker and remember it for the next."""
        if read is not None and read.form not in {"names"} and read.at in self.heard:
            self.findings[index] = self.heard[read.at]
            return
        finding = self._finding(index, quote, read)
        self.findings[index] = finding
        if read is not None:
            self.heard[read.at] = finding
        if finding is not _NOBODY:
            self.last = finding
        if finding.entities:
            line = self._line(quote)
            self.trail.hear(finding.entities[0], line)
            if read is not None and read.form in {"male", "female"}:
                self._see_pronoun(read.at, finding.entities[0])

    def _line(self, quote: Attribution) -> int:
        at = self._token(max(quote.spans[-1].end, quote.mention.end if quote.mention else 0) - 1)
        return self.where.tokens[min(at, len(self.where.tokens) - 1)].line if self.where.tokens else 0

    def _finding(self, index: int, quote: Attribution, read: Reading | None) -> _Finding:
        if read is None:
            return self._goes_on(quote)
        if read.form == "names":
            entities = [self._elder(self.where.owners[at]) for at in read.names]
            kind = _kind(entities[0], self.where.names[read.names[0]])
            return _Finding(tuple(entities), kind=kind, confidence=_NAMED)
        if read.form in {"male", "female"}:
            entity, confidence = self._ranked(read.at, index, _gender(read.text))
            return _Finding((entity,), confidence=confidence) if entity else _NOBODY
        if read.form == "first":
            return self._first()
        if read.form == "relative":
            return self._antecedent(read)
        if read.form in {"plural", "neuter"}:
            return self._body_or_group(read)
        return self._described(read, index)

    def _elder(self, entity: Entity) -> Entity:
        """The person of the article whom a comment's lone name stands for, else ``entity`` itself."""
        parts = folded_words(entity.name)
        if self.elder is None or len(parts) != 1:
            return entity
        bearers = [
            one
            for one in self.elder.bearers.get(parts[0], ())
            if None in {entity.kind, one.kind} or entity.kind == one.kind
        ]
        return bearers[0] if len(bearers) == 1 else entity

    def _goes_on(self, quote: Attribution) -> _Finding:
        """Who goes on: a quote that names nobody is the last speaker's, a person's, of this or the last paragraph."""
        speaker = self.trail.speaker
        near = 0 <= self._line(quote) - self.trail.speaker_line <= 1
        if speaker is None or not near or quote.kind != "direct" or quote.cue is not None:
            return _NOBODY
        return _Finding((speaker,), confidence=0.6) if _kind(speaker) == "person" else _NOBODY

    def _first(self) -> _Finding:
        """The author: as the byline names one, else as the article's last lines introduce one."""
        named = self.where.entities_named(self.byline) if self.byline else []
        introduced = author(self.where) if not self.byline and self.is_story else None
        entity = named[0] if named else introduced
        if entity is not None:
            return _Finding((entity,), confidence=0.9)
        return _Finding((), self.byline, "person", 0.9) if self.byline else _NOBODY

    def _antecedent(self, read: Reading) -> _Finding:
        found = relative(self.where, read)
        if isinstance(found, Span):
            text = found.of(self.where.text)
            plural = text.casefold().endswith("s") and not text.casefold().startswith(("a ", "one "))
            return _Finding(text=text, kind="group" if plural else "unnamed", confidence=0.6)
        return _Finding((found,), kind=_kind(found), confidence=0.8) if found else _NOBODY

    def _body_or_group(self, read: Reading) -> _Finding:
        if self.last.kind in {"organization", "group"}:
            return self.last
        here = bisect_left(self.where.names, read.at, key=lambda name: name.first)
        sentence = self.where.tokens[read.at].sentence
        for index in range(here - 1, max(-1, here - 10), -1):
            name, owner = self.where.names[index], self.where.owners[index]
            if name.sentence < sentence - 1:
                break
            if owner.kind == "organization" and self.places[index].leads:
                return _Finding((owner,), kind="organization", confidence=0.5)
        return _NOBODY

    def _described(self, read: Reading, index: int) -> _Finding:
        if read.form == "document":
            whose = folded_words(read.text)[:1]
            if whose and whose[0] in {"his", "her"}:
                entity, confidence = self._ranked(read.at, index, _gender(whose[0]))
                return _Finding((entity,), confidence=0.8 * confidence) if entity else _NOBODY
            return self._of_body(issuer(self.where, self.trail, read), 0.5)
        if read.form == "body":
            found = self._of_body(body(self.where, read), 0.6)
            return found if found is not _NOBODY else _Finding((), _bare(read.text), "organization", 0.6)
        if read.form == "group":
            return _Finding((), read.text, "group", 0.6)
        if read.definite:
            entity = described(self.where, self.trail, read)
            if entity is not None:
                return _Finding((entity,), confidence=0.6)
            if read.text[:4].casefold() == "the " and (read.head in _PROMINENT or "-year-old" in read.text):
                entity, confidence = self._ranked(read.at, index, read.gender)
                if entity is not None and confidence > _LIKELY:
                    return _Finding((entity,), confidence=0.7 * confidence)
        return _Finding((), read.text, "unnamed", 0.6)

    def _of_body(self, found: Entity | str | None, confidence: float) -> _Finding:
        if isinstance(found, str):
            return _Finding((), found, "organization", confidence)
        return _Finding((found,), kind=_kind(found), confidence=confidence) if found else _NOBODY


def _gender(word: str) -> Gender:
    return "female" if PRONOUNS.get(word) == "female" else "male"


def _bare(text: str) -> str:
    return text[4:] if text[:4].casefold() == "the " else text


def _kind(entity: Entity, name: Name | None = None) -> SpeakerKind:
    if entity.kind in {"organization", "place"}:
        return "organization"
    if entity.kind is None and name is not None and name.article and not is_given(name.text.split()[0]):
        return "group" if name.text.endswith("s") else "organization"
    return "person"
