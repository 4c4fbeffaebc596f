"""What a line is like: register, person, length, closing, links, and words shared with what came before.

Two views of a line for the models that find comments: ``numbers``, a row of ``NAMES`` each, and
``grams``, the buckets of its words and pairs of words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from api.loader.lines import Line

BUCKETS = 1 << 15
KINDS = ("prose", "byline", "date", "name", "reply", "votes", "count", "number", "rule", "link")
TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+|https?://\S+|[!?.…,:;()\"“”@&$%*-]+")

# Closed classes of words, counted by the word.
WORDS: dict[str, frozenset[str]] = {
    name: frozenset(words.split())
    for name, words in {
        "i": "i me my mine myself i'm i've i'd i'll im ive",
        "we": "we us our ours we're we've we'll",
        "you": "you your yours u ur you're you've you'll you'd yourself ya",
        "he": "he him his she her hers",
        "they": "they them their theirs it its",
        "said": "said says told added according announced reported stated explained asked spokesman spokeswoman",
        "praise": "thanks thank great love loved awesome nice amazing beautiful wonderful lovely cool congrats"
        " congratulations wow excellent fantastic delicious inspiring interesting brilliant",
        "page": "post article blog comment comments read reading author writer writing piece site story recipe",
        "hedge": "think guess maybe hope believe feel agree disagree wonder sure probably actually really just"
        " honestly personally imho imo",
        "chat": "lol haha hahaha hi hey hello yes no yeah yep oh ok okay well omg btw hmm ha huh please sorry",
        "careless": "dont doesnt didnt cant wont isnt wasnt thats theyre youre im ive id lets whats u ur r thx"
        " plz alot gonna wanna gotta teh",
        "past": "was were had did",
        "present": "is are has do does have am",
        "modal": "would could should can will may might must",
        "function": "the of and to in a that for on with as at by from or an be this which",
        "time": "monday tuesday wednesday thursday friday saturday sunday yesterday today week month year",
        "call": "share tweet follow subscribe facebook twitter email newsletter related click photo image credit"
        " source via posted tags tagged filed categories copyright rights reserved continue previous next",
    }.items()
}
NAMES = (
    *(f"kind_{kind}" for kind in KINDS),
    "length", "words", "word_length", "sentences", "sentence_words",
    "starts_lower", "starts_digit", "starts_bullet", "starts_quote", "starts_at", "starts_call", "starts_capitals",
    "ends_stop", "ends_shout", "ends_question", "ends_colon", "ends_dots", "ends_quote", "ends_open",
    "shouts", "questions", "dots", "smileys", "quotes", "brackets", "commas", "dashes",
    "capitals", "shouted", "lower_i", "digits", "links", "contractions", "ed", "ly", "ing", "doubled", "unspaced",
    "vocative", "this_page",
    *WORDS,
    "seen_words", "seen_names", "new_names", "title_words", "copied",
)  # fmt: skip

_LINK = re.compile(r"https?://\S+|www\.\S+", re.IGNORECASE)
_SMILEY = re.compile(r"(?<!\w)[:;=8xX][-o^']?[)(DPpd/\\|*3]+(?!\w)|<3|\bx{2,}\b|[\U0001F300-\U0001FAFF☺♥❤]")
_CALL = re.compile(
    r"(?:(?:hi|hey|hello|dear)\s)?@?[A-Z]\w+(?:\s[A-Z]\w+)?(?:,|:|\s?[–—-]|\s?\.\.+|…)\s", re.IGNORECASE
)
_PARENT = re.compile(r"@\w|>|(?:hi|hey|hello|dear)\b", re.IGNORECASE)
_QUOTES = re.compile(r"[\"“”«»„]")
_UNSPACED = re.compile(r"[a-z][,.!?][A-Za-z]|\s[,.!?]\s|[a-z]{2}[.!?]\s+[a-z]{2}")
_VOCATIVE = re.compile(
    r"(?:\b(?i:thanks|thank you|hi|hey|hello|dear|congrat\w*|agree with|well said|well done|right|yes|no"
    r"|post|article|story|job|work|read|one|stuff|luck|you),? |@)(?:[DM]r?s?\.? )?[A-Z][a-z]+(?:[!.,:;?)–-]|$| [–-])"
)
_THIS_PAGE = re.compile(
    r"\b(?:this|your|the|an?|great|nice|good|interesting|excellent|awesome|wonderful|amazing|lovely) (?:\w+ )?"
    r"(?:post|article|blog|story|recipe|piece|site|interview|review|giveaway|video|column|author|list|info|read)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<=[a-z,;’'] )[A-Z][\w’'-]+")


def tokens(line: Line) -> list[str]:
    """The words and marks of a line, in lower case, every link alike."""
    found = TOKEN.findall(line.text.replace("’", "'"))
    return ["<link>" if token.startswith("http") else token.lower() for token in found]


def grams(line: Line, words: Sequence[str]) -> list[int]:
    """The buckets of a line's words, pairs, opening and closing, without repetition."""
    marked = ["<" + line.kind, *words, ">"]
    keys = {*words, "^" + " ".join(words[:1]), "^" + " ".join(words[:2]), "$" + " ".join(words[-2:])}
    keys.update(f"{left} {right}" for left, right in pairwise(marked))
    return sorted({crc32(key.encode()) % BUCKETS for key in keys})


def numbers(rows: Sequence[Line], words: Sequence[Sequence[str]]) -> NDArray[np.float32]:
    """One row of ``NAMES`` for each line; what is shared with earlier lines looks back only."""
    seen_words: set[str] = set()
    seen_names: set[str] = set()
    pairs: set[tuple[str, ...]] = set()
    title = {word for word in (words[0] if words else ()) if len(word) > 3}
    table = np.zeros((len(rows), len(NAMES)), np.float32)
    for index, (row, found) in enumerate(zip(rows, words, strict=True)):
        content = [word for word in found if len(word) > 4]
        names = set(_NAME.findall(row.text))
        runs = set(zip(found, found[1:], found[2:], found[3:], strict=False))
        table[index] = [
            *_own(row, found),
            _share(sum(word in seen_words for word in content), len(content)),
            _share(sum(name in seen_names for name in names), len(names)),
            float(sum(name not in seen_names for name in names)) if names else 0.0,
            _share(sum(word in title for word in content), len(content)),
            _share(sum(run in pairs for run in runs), len(runs)),
        ]
        seen_words.update(content)
        seen_names.update(word for word in re.findall(r"[A-Z][\w’'-]+", row.text))
        pairs.update(runs)
    return table


def _share(part: float, whole: float) -> float:
    return part / whole if whole else -1.0


def _own(row: Line, found: Sequence[str]) -> list[float]:
    """The part of ``NAMES`` that the line alone tells."""
    text = row.text
    words = [word for word in found if word[0].isalpha()]
    spelled = re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*", text)
    count = len(words) or 1
    sentences = max(1, len(re.findall(r"[.!?…]+(?=\s|$)", text)))
    tail = text[-1]
    before = text[:-1].rstrip()[-1:] if tail in "\"”’')" else tail
    first = text[0]
    return [
        *(float(row.kind == kind) for kind in KINDS),
        float(np.log1p(row.end - row.start)),
        float(np.log1p(len(words))),
        sum(map(len, words)) / count,
        float(np.log1p(sentences)),
        len(words) / sentences,
        float(first.islower()),
        float(first.isdigit()),
        float(first in "-*•·–—>»"),
        float(first in "\"“‘'«„"),
        float(_PARENT.match(text) is not None),
        float(_CALL.match(text) is not None),
        float(text[:12].isupper()),
        float(before in ".。"),
        float(before == "!"),
        float(before == "?"),
        float(before == ":"),
        float(text.endswith(("...", "…", ".."))),
        float(tail in '"”’»'),
        float(before.isalnum()),
        text.count("!") / count,
        text.count("?") / count,
        (text.count("...") + text.count("…")) / count,
        float(len(_SMILEY.findall(text))),
        len(_QUOTES.findall(text)) / count,
        (text.count("(") + text.count("[")) / count,
        text.count(",") / count,
        (text.count(" - ") + text.count("–") + text.count("—") + text.count("--")) / count,
        sum(word[0].isupper() for word in spelled[1:]) / count,
        sum(word.isupper() and len(word) > 2 for word in spelled) / count,
        float("i" in spelled),
        sum(map(str.isdigit, text)) / len(text),
        float(len(_LINK.findall(text))),
        sum("'" in word for word in words) / count,
        sum(word.endswith("ed") and len(word) > 4 for word in words) / count,
        sum(word.endswith("ly") and len(word) > 4 for word in words) / count,
        sum(word.endswith("ing") and len(word) > 5 for word in words) / count,
        float(len(re.findall(r"([!?])\1", text))),
        float(len(_UNSPACED.findall(text))),
        float(len(_VOCATIVE.findall(text))),
        float(len(_THIS_PAGE.findall(text))),
        *(sum(word in listed for word in words) / count for listed in WORDS.values()),
    ]
