"""Which speakers of different documents are one: by name, and by the company that they keep.

    Extraction ──sightings──> Sighting ... ──block_key──> blocks ──cluster_keys──> one key a person or body

The outcome depends on the set of sightings alone, never on their order, and a sighting bears on its own
block only: when a document comes or goes, the blocks of its sightings are all that must be keyed anew.
Precision goes before recall: a full name in unrelated company stays two speakers, and a lone surname joins
nobody as long as two could be meant.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b32encode
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from api.loader.entities import scope
from api.loader.lexicon import words
from api.loader.mentions import FUNCTION, folded_words
from api.loader.names import SUFFIXES, TITLES, folded, parsed, same_given
from api.loader.records import Extraction, Span, Speaker

_ROLES = words("nominals", "roles") | words("nominals", "bodies") | TITLES
_PLACES_KEPT, _TOPICS_KEPT = 14, 10  # weak signs of a document that are paired and tripled
_TOPIC_LETTERS = 7  # letters of a word that says what a document is about
_WORD = re.compile(r"[^\W\d_]+")
_PARTY = re.compile(r"\b([RD])-[A-Z]")
_CLEARLY = 3.0  # how many times the signs of the next cluster a lone surname's cluster must share

Place = tuple[str, int]  # a document's id, and the speaker's position among its speakers


@dataclass(frozen=True)
class Sighting:
    """A speaker as one document shows it.

    ``company`` are the folded names of others in the document, of two words or more; ``places`` its other
    names; ``topics`` the long words that it uses most.
    """

    place: Place
    speaker: Speaker
    company: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()

    @cached_property
    def family(self) -> str:
        """The folded family name without particles, a lone name's only word."""
        parts = parsed(self.speaker.name)
        return (folded(parts.family or parts.given) or folded(self.speaker.name)).rpartition(" ")[2]

    @cached_property
    def given(self) -> str:
        """The folded given name, "" where there is none or an initial only."""
        parts = parsed(self.speaker.name)
        given = folded(parts.given) if parts.family else ""
        return "" if given in TITLES or len(given) < 2 else given

    @cached_property
    def initial(self) -> str:
        """The initial that stands in place of a given name, "" where there is none."""
        parts = parsed(self.speaker.name)
        given = folded(parts.given) if parts.family else ""
        return given if len(given) == 1 else ""

    @cached_property
    def marks(self) -> Mapping[str, str]:
        """What tells two of the same name apart: middle initial, generation, party."""
        parts = parsed(self.speaker.name)
        generation = [word for word in folded_words(parts.suffix) if word in SUFFIXES]
        found = {
            "middle": folded(parts.middle)[:1] if self.given else "",
            "generation": generation[0] if generation else "",
            "party": "".join(_PARTY.findall(self.speaker.description or "")[:1]),
        }
        return {kind: mark for kind, mark in found.items() if mark}

    @cached_property
    def signs(self) -> frozenset[str]:
        """Signs of who it is, each enough for two of the same full name to be one.

        A name in common is enough, as is a word that describes both but tells no role; of places and
        roles two are needed, of topics three.
        """
        own = set(folded_words(" ".join((self.speaker.name, *self.speaker.aliases))))
        described = (
            {word for word in folded_words(self.speaker.description or "") if len(word) > 2} - FUNCTION - own
        )
        weak = sorted((self.places | (described & _ROLES)) - own)[:_PLACES_KEPT]
        company = {name for name in self.company if not own & set(name.split())}
        return frozenset(
            company
            | {f"described {word}" for word in described - _ROLES}
            | {" + ".join(pair) for pair in combinations(weak, 2)}
            | {" + ".join(triple) for triple in combinations(sorted(self.topics - own), 3)}
        )


def sightings(document: str, extraction: Extraction) -> tuple[Sighting, ...]:
    """The persons and bodies among a document's speakers, with what the document says around them.

    ``document`` is its id, the same wherever the document is loaded.
    """
    text = extraction.document.text
    spans = [span for article in extraction.segments.articles for span in article.spans]
    seen = scope(text, spans or [Span(0, len(text))])
    names = {folded(one.name) for one in seen.entities if one.kind != "place"}
    company = frozenset(name for name in names if " " in name)
    places = frozenset(folded(one.name) for one in seen.entities if one.kind == "place") | (names - company)
    topics = _topics(text, spans)
    return tuple(
        Sighting((document, position), speaker, company, places, topics)
        for position, speaker in enumerate(extraction.speakers)
        if speaker.kind in {"person", "organization"}
    )


def _topics(text: str, spans: Sequence[Span]) -> frozenset[str]:
    told = " ".join(span.of(text) for span in spans) if spans else text
    counts = Counter(
        word
        for word in _WORD.findall(told)
        if len(word) >= _TOPIC_LETTERS and word.islower() and word not in FUNCTION
    )
    kept = sorted(counts, key=lambda word: (-counts[word], word))[:_TOPICS_KEPT]
    return frozenset(kept)


def block_key(sighting: Sighting) -> str:
    """The block that the sighting is compared in: a person's family name, a body's initials.

    >>> block_key(Sighting(("d", 0), Speaker("Kirill A. Dmitriev", "person")))
    'person dmitriev'
    >>> block_key(Sighting(("d", 1), Speaker("the Fund for Northern Harbours", "organization")))
    'organization fnh'
    """
    if sighting.speaker.kind == "person":
        return f"person {sighting.family}"
    return f"organization {_initials(sighting.speaker.name)}"


def _initials(name: str) -> str:
    parts = [word for word in folded(name).split() if word not in {"of", "the", "for", "and", "on"}]
    return "".join(word[0] for word in parts) if len(parts) > 1 else "".join(parts)


def cluster_keys(seen: Iterable[Sighting]) -> dict[Place, str]:
    """The key of the person or body that each sighting is of, whatever the order of ``seen``.

    A key is the fullest name and a digest of one sighting: it goes to nobody else when others come.

    >>> shared = frozenset({"northern fund"})
    >>> full = Sighting(("a", 0), Speaker("Kirill A. Dmitriev", "person"), shared)
    >>> lone = Sighting(("b", 0), Speaker("DMITRIEV", "person"), shared)
    >>> other = Sighting(("c", 0), Speaker("Anna Dmitriev", "person"))
    >>> keys = cluster_keys([lone, other, full])
    >>> keys["a", 0] == keys["b", 0], keys["a", 0] == keys["c", 0]
    (True, False)
    """
    blocks: dict[str, list[Sighting]] = defaultdict(list)
    for sighting in sorted(seen, key=lambda sighting: sighting.place):
        blocks[block_key(sighting)].append(sighting)
    return {
        sighting.place: _key(group)
        for block in blocks.values()
        for group in (_persons(block) if block[0].speaker.kind == "person" else _bodies(block))
        for sighting in group
    }


def _key(group: Sequence[Sighting]) -> str:
    names = {folded(sighting.speaker.name) for sighting in group}
    fullest = max(names, key=lambda name: (len(name.split()), len(name), name))
    digests = (_digest(sighting.place) for sighting in group)
    return f"{group[0].speaker.kind}:{fullest}#{min(digests)}"


def _digest(place: Place) -> str:
    digest = hashlib.blake2b(f"{place[0]}\0{place[1]}".encode("utf-8", "replace"), digest_size=10).digest()
    return b32encode(digest).decode().lower()


class _Groups:
    """Sightings gathered into groups, never two whose marks differ."""

    def __init__(self, members: Sequence[Sighting]) -> None:
        self.above: dict[Place, Place] = {member.place: member.place for member in members}
        self.marks: dict[Place, dict[str, str]] = {member.place: dict(member.marks) for member in members}
        self.documents: dict[Place, set[str]] = {member.place: {member.place[0]} for member in members}

    def top(self, place: Place) -> Place:
        while self.above[place] != place:
            self.above[place] = place = self.above[self.above[place]]
        return place

    def join(self, one: Place, other: Place) -> None:
        """Make two groups one, unless their marks differ or one document tells them apart."""
        first, second = sorted((self.top(one), self.top(other)))
        if first == second or self.documents[first] & self.documents[second]:
            return
        if any(self.marks[first].get(kind, mark) != mark for kind, mark in self.marks[second].items()):
            return
        self.above[second] = first
        self.marks[first] |= self.marks.pop(second)
        self.documents[first] |= self.documents.pop(second)

    def gathered(self, members: Sequence[Sighting]) -> list[list[Sighting]]:
        groups: dict[Place, list[Sighting]] = defaultdict(list)
        for member in members:
            groups[self.top(member.place)].append(member)
        return list(groups.values())


def _persons(block: Sequence[Sighting]) -> Iterator[list[Sighting]]:
    """The block's sightings by person: full names that share a sign, then lone surnames where one is clear."""
    full = [sighting for sighting in block if sighting.given]
    groups = _Groups(full)
    for one, other in _sharing(full):
        if same_given(one.given, other.given):
            groups.join(one.place, other.place)
    clusters = [_Cluster(members) for members in groups.gathered(full)]
    joined = [list(cluster.members) for cluster in clusters]
    for sighting in block:
        if sighting.given:
            continue
        at = _clear(sighting, clusters)
        if at is None:
            yield [sighting]
        else:
            joined[at].append(sighting)
    yield from joined


class _Cluster:
    """Sightings under a full name that are one person, and what all of them come to."""

    def __init__(self, members: Sequence[Sighting]) -> None:
        self.members = members
        self.signs = frozenset[str]().union(*(member.signs for member in members))
        self.documents = {member.place[0] for member in members}
        self.initials = {member.given[0] for member in members}
        self.marks = {kind: mark for member in members for kind, mark in member.marks.items()}

    def may_hold(self, sighting: Sighting) -> bool:
        """Whether nothing tells a lone surname from these: an initial, a mark, a document that has both."""
        return (
            sighting.place[0] not in self.documents
            and (not sighting.initial or sighting.initial in self.initials)
            and all(self.marks.get(kind, mark) == mark for kind, mark in sighting.marks.items())
        )


def _sharing(members: Sequence[Sighting]) -> Iterator[tuple[Sighting, Sighting]]:
    """Pairs that share a sign, enough of them to link all that do: each with the first of each given name."""
    by_sign: dict[str, list[Sighting]] = defaultdict(list)
    for member in members:
        for sign in member.signs:
            by_sign[sign].append(member)
    for sign in sorted(by_sign):
        firsts: dict[str, Sighting] = {}
        for member in by_sign[sign]:
            if member.given in firsts:
                yield firsts[member.given], member
            else:
                for first in firsts.values():
                    yield first, member
                firsts[member.given] = member


def _clear(sighting: Sighting, clusters: Sequence[_Cluster]) -> int | None:
    """The one cluster whose signs a lone surname shares, None if none or more than one is likely."""
    shared = [
        (len(sighting.signs & cluster.signs), -at)
        for at, cluster in enumerate(clusters)
        if cluster.may_hold(sighting)
    ]
    ranked = sorted((pair for pair in shared if pair[0]), reverse=True)
    if not ranked or (len(ranked) > 1 and ranked[0][0] < _CLEARLY * ranked[1][0]):
        return None
    return -ranked[0][1]


def _bodies(block: Sequence[Sighting]) -> Iterator[list[Sighting]]:
    """The block's sightings by body: by name, and an abbreviation with the one name that goes by it."""
    named: dict[str, list[Sighting]] = defaultdict(list)
    short: list[Sighting] = []
    for sighting in block:
        name = folded(sighting.speaker.name)
        if " " in name:
            named[name].append(sighting)
        elif name in _ROLES:
            yield [sighting]  # "the court", "the campaign": whose, only its document knows
        else:
            short.append(sighting)
    by_alias = {name for name, group in named.items() for one in group if _goes_by(one, short)}
    if len(by_alias) == 1:
        named[by_alias.pop()] += short
    elif short:
        yield short
    yield from named.values()


def _goes_by(sighting: Sighting, short: Sequence[Sighting]) -> bool:
    aliases = {folded(alias) for alias in sighting.speaker.aliases}
    return bool(short) and folded(short[0].speaker.name) in aliases
