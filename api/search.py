"""Full-text queries: what a user types, as an expression that the engine takes whole.

    words             all of them
    "a phrase"        these words in this order
    -word -"a phrase" not these
    word*             words that begin so
    a OR b            either

The engine's own syntax never leaks: every term reaches it as a quoted string (SQLite FTS5, section 3.1).
"""

from __future__ import annotations

import re

from api.errors import QueryError

MAX_TERMS = 32

_TERM = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)(?:"|$)|(?P<word>[^\s"]+))(?P<star>\*?)')


def match_expression(query: str) -> str:
    """The FTS5 expression for what a user typed; raises QueryError when there is no word to look for.

    >>> match_expression('zoom.us "wealth fund" -sanction*')
    '("zoom.us" AND "wealth fund") NOT ("sanction" *)'
    >>> match_expression("tariffs OR duties trade")
    '(("tariffs" OR "duties") AND "trade")'
    """
    wanted: list[list[str]] = []
    unwanted: list[str] = []
    either = False
    for found in _TERM.finditer(query):
        word = found["word"]
        if word == "OR" and not found["minus"]:
            either = bool(wanted)
            continue
        words = (found["phrase"] or "") if word is None else word.rstrip("*")
        if not any(character.isalnum() for character in words):
            continue
        term = f'"{words.replace(chr(0), " ")}"' + (" *" if found["star"] or (word != words and word) else "")
        if found["minus"]:
            unwanted.append(term)
        elif either:
            wanted[-1].append(term)
        else:
            wanted.append([term])
        either = False
    if not wanted:
        raise QueryError("There is no word to look for.", "q")
    if sum(map(len, wanted)) + len(unwanted) > MAX_TERMS:
        raise QueryError(f"More than {MAX_TERMS} terms.", "q")
    groups = [group[0] if len(group) == 1 else f"({' OR '.join(group)})" for group in wanted]
    expression = f"({' AND '.join(groups)})"
    return f"{expression} NOT ({' OR '.join(unwanted)})" if unwanted else expression
