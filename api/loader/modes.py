"""Speech, writing or thought: what kind of act a cue reports.

The three scales of Semino and Short, Corpus Stylistics (2004), chapters 2 and 3. The cue alone decides,
by the table below; a cue that the table does not know reports speech, as most do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from api.loader.records import Mode

# A verb stands in its base form, with what rules do not give in brackets; nouns and adjectives as they are.
THOUGHT_VERBS = """
    admire agonize aim anticipate appear appreciate aspire assume await believe consider contemplate
    crave decide(decision) deem despise desire detest determine distrust doubt dream(dreamt) dread
    enjoy envision envy expect favor favour fear feel(felt) figure focus forget(forgot forgotten)
    foresee(foresaw foreseen) guess hate hesitate hope imagine infer intend interpret judge
    know(knew known knows) lean(leant) learn(learnt) like loathe look love mean(meant) mistrust mull
    need notice oppose perceive picture plan plot ponder prefer presume prioritize realize realise
    reckon recognize recognise regard regret remember resent resolve respect see(saw seen)
    seek(sought) seem sense sound strive(strove striven) suppose support suspect think(thought)
    try(tried tries) trust understand(understood) value view vote want weigh wish wonder
    worry(worried worries)
"""
THOUGHT_WORDS = """
    afraid alarmed angry anger anxious attitude aware belief beliefs bent bullish certain
    comfortable committed concern concerned concerns confidence confident content convinced cool
    curious desires determined disappointed disappointment doubts eager eyeing eyed enthusiasm
    enthusiastic faith fears fond frustrated frustration furious gloomy happy hopeful hopes ideas
    impressed impression inclined intent intention intentions interest interested keen leery mind
    minded mindful mood motivation nervous nostalgic obsessed obsession opinion opinions opposition
    optimistic optimism open outlook perception pessimistic pleased poised preference proud puzzled
    ready reluctant resentment respectful satisfied sceptical scared skeptical skepticism stance
    supporter supporters sure surprised suspicious sympathetic sympathy tempted thinking thoughts
    torn unaware uncertain unconvinced uneasy unhappy unsure unwilling upset views wary weary
    willing willingness worries worth wrestling wrestled mulling
"""
WRITING_VERBS = """
    author blog document edit email e-mail chronicle file headline list pen post print publish
    quote(0) retweet script sign text title tweet type(0) write(wrote written writ)
"""
WRITING_WORDS = """
    ad ads account advertisement affidavit article articles bill blog blogpost book books column
    columns document documents e-mail e-mails editorial editorials email emails essay
    facebook filing filings headline headlines instagram journal lawsuit letter letters manifesto
    memo memoir memos op-ed op-eds opinion-piece page pages paper papers petition poll polls post
    posts publication reads read report reports review reviews statement statements study studies
    survey surveys text texts titled tweet tweets twitter website
"""
SPEECH_VERBS = """
    accuse acknowledge add address admit admonish advise affirm agree allege announce answer
    apologize apologise appeal applaud argue ask assail assert assure attack attest back beg berate
    blame blast boast brag brief bristle caution challenge chant charge chastise chide cite claim
    clarify comment complain concede conclude condemn confess confide confirm congratulate continue
    contend contradict counter credit criticize criticise cry(cried cries) decline declare
    decry(decried decries) defend demand demur denounce deny(denied denies) deride describe detail
    discuss dismiss dispute echo elaborate emphasize emphasise encourage endorse exclaim explain
    express fault flatter grumble hail hint implore imply(implied implies) indicate inform inquire
    insist insult invite invoke joke lament lash laud mention mock mutter name narrate nominate
    object observe offer opine order pledge point portray praise pray preach predict press proclaim
    promise pronounce propose protest quip quiz rail rant read-aloud rebuke rebuff rebut recall
    recite recommend recount refer refuse refute reiterate reject relate relay remark remind repeat
    reply(replied replies) report request respond retort reveal ridicule rip sang scold
    say(said says saying) scoff shout sing(sang sung) slam sneer snap speak(spoke spoken) speculate
    spell state stipulate stress suggest swear(swore sworn) talk taunt tease tell(told)
    testify(testified testifies) thank threaten tout urge utter vow voice volunteer warn whisper
    yell
"""
NEGLIGIBLE = frozenset(
    [
        "look",
        "like",
        "mean",
        "open",
        "read",
        "report",
        "reports",
        "back",
        "note",
        "focus",
        "content",
        "interest",
    ]
)
_LETTERS = re.compile(r"[a-z]+(?:-[a-z]+)*")


def mode_of(cue: str) -> Mode:
    """The kind of act that the words ``cue`` report; speech where they do not say.

    >>> [mode_of(cue) for cue in ("said", "wrote on Twitter", "is widely expected", "said in a letter")]
    ['speech', 'writing', 'thought', 'writing']
    """
    words = _LETTERS.findall(cue.lower().replace("’", "'"))
    spoken = [word for word in words if word in _SPEECH]
    thought = [word for word in words if word in _THOUGHT and not (spoken and word in NEGLIGIBLE)]
    written = [word for word in words if word in _WRITING]
    if written and not (thought and words.index(thought[0]) < words.index(written[0])):
        return "writing"
    if thought and (not spoken or words.index(thought[0]) < words.index(spoken[0])):
        return "thought"
    return "speech"


def _forms(table: str) -> Iterator[str]:
    """Every form of every verb of a table: the base, -s, -ed and -ing, and those in brackets."""
    for verb, irregular in re.findall(r"([\w-]+)(?:\(([\w ]*)\))?", table):
        yield from irregular.split()
        stem = verb[:-1] if verb.endswith("e") else verb
        yield from (verb, f"{verb}s", f"{verb}es", f"{stem}ed", f"{stem}ing", f"{verb}ing")
        if re.search(r"[^aeiou][aeiou][bdglmnprt]$", verb):
            yield from (f"{verb}{verb[-1]}ed", f"{verb}{verb[-1]}ing")


_SPEECH = frozenset(_forms(SPEECH_VERBS))
_THOUGHT = frozenset(_forms(THOUGHT_VERBS)) | frozenset(THOUGHT_WORDS.split())
_WRITING = frozenset(_forms(WRITING_VERBS)) | frozenset(WRITING_WORDS.split())
