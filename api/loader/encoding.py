"""Bytes to characters: the charset that fits, and the characters that nothing downstream refuses.

bytes ──decoded──> characters ──cleaned──> text that databases and JSON take, one for one
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from itertools import islice
from typing import Final

from charset_normalizer import from_bytes

from api.errors import NotText

SAMPLE_BYTES: Final = 32 * 1024  # what the charset guess reads; it is slow beyond
SAMPLE_RUNS: Final = 50_000  # of bytes beyond ASCII, to tell whether they are mostly UTF-8

BYTE_ORDER_MARKS: Final = (  # UTF-32's begins like UTF-16's: longest first
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# What a declared name means on the web: WHATWG Encoding Standard, section 4.2.
WEB_CHARSETS: Final[Mapping[str, str]] = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}

# Files that a name or a hurried export passes off as text. Zip and gzip are opened before this.
BINARY_MAGIC: Final = (
    b"%PDF-",
    b"\x89PNG\r\n\x1a\n",
    b"GIF8",
    b"\xff\xd8\xff",
    b"\x7fELF",
    b"MZ\x90\x00",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ\x00",
    b"\x28\xb5\x2f\xfd",
    b"\xd0\xcf\x11\xe0",
    b"SQLite format 3\x00",
    b"{\\rtf",
    b"ID3",
    b"OggS",
    b"RIFF",
)

# C0 and C1 controls, DEL and lone surrogates; white space among them stays. NUL and surrogates are
# what PostgreSQL and UTF-8 refuse, the others are no character that a reader can see.
REFUSED: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
REFUSED_RUN: Final = re.compile(rf"({REFUSED.pattern}|\ufffd)\1*")
BLANK: Final = re.compile(r"[\s\ufeff\ufffd\u200b-\u200f\u2028-\u202e\u2060-\u2069\u00ad]*\Z")

NON_ASCII_RUN: Final = re.compile(rb"[\x80-\xff]+")
MOJIBAKE: Final = re.compile("[ÂÃâ][\u0080-\u00bf€‚-„†‡ˆ‰Š‹ŒŽ‘-•–—˜™š›œžŸƒ…ÂÃ]")

# Beyond ASCII, what a Western European text has; below FEW_CHARACTERS of them the guess is poor:
# it takes “naïve” for Czech.
WESTERN: Final = frozenset("àáâäãåæçèéêëìíîïñòóôöõøùúûüýßœÀÁÂÄÅÆÇÈÉÊËÍÎÑÓÔÖØÙÚÜŒ“”‘’„‚–—…«»‹›•·€£§°©®™¿¡\xa0")
WESTERN_SHARE: Final = 0.9
FEW_CHARACTERS: Final = 64

BINARY_SHARE: Final = 0.05  # of the characters; text of any kind we read has none or a stray few


def decoded(content: bytes, name: str, charset: str | None = None) -> str:
    """The characters that ``content`` stands for, a leading byte order mark dropped.

    In this order: a byte order mark; UTF-8, if it fits; ``charset`` as declared, if it fits; UTF-8
    with stray bytes of cp1252; the best guess. Text that was read as cp1252 and written as UTF-8
    once too often is mended. Raises NotText for content that is no text.

    >>> decoded("naïve – “so”".encode("cp1252"), "a.txt")
    'naïve – “so”'
    >>> decoded("naïve".encode() + " “so”".encode("cp1252"), "a.txt")
    'naïve “so”'
    >>> decoded(b"%PDF-1.7", "a.txt")
    Traceback (most recent call last):
    api.errors.NotText: a.txt: a binary file, not text
    """
    if content.startswith(BINARY_MAGIC):
        raise NotText(f"{name}: a binary file, not text", id=name)
    for mark, encoding in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return _text(content[len(mark) :].decode(encoding, "replace"), name)
    wide = _wide(content)
    if wide is not None:
        return _text(content.decode(wide, "replace"), name)
    return _text(_narrow(content, charset), name)


def cleaned(text: str) -> str:
    """``text`` with what databases and JSON refuse made U+FFFD, one for one, so that offsets hold.

    >>> cleaned("a\\x00b\\ud800\\r\\n")
    'a\ufffdb\ufffd\\r\\n'
    """
    return REFUSED.sub("\ufffd", text)


def is_blank(text: str) -> bool:
    """Whether there is nothing to read in ``text``: white space and invisible characters only."""
    return BLANK.match(text) is not None


def _text(characters: str, name: str) -> str:
    """``characters``; raises NotText where too many are none.

    A run of one of them counts once: there are pages that are padded with NUL.
    """
    runs = [len(match.group()) for match in REFUSED_RUN.finditer(characters)]
    if len(runs) > BINARY_SHARE * (len(characters) - sum(runs) + len(runs)):
        raise NotText(f"{name}: a binary file or an unknown encoding, not text", id=name)
    return characters


def _wide(content: bytes) -> str | None:
    """UTF-16 without its mark: text in which every other byte is mostly NUL."""
    head = content[: SAMPLE_BYTES & ~1]
    half = len(head) // 2
    if half < 2 or len(content) % 2:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > half * 0.6 and even < half * 0.05:
        return "utf-16-le"
    if even > half * 0.6 and odd < half * 0.05:
        return "utf-16-be"
    return None


def _narrow(content: bytes, charset: str | None) -> str:
    known = _codec(charset)
    if content.isascii() and known != "iso2022_jp":
        return content.decode("ascii")
    try:
        return _mended(content.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    if known is not None and known != "utf-8":
        try:
            return content.decode(known)
        except (UnicodeDecodeError, ValueError):
            pass
    if _mostly_utf8(content):
        return content.decode("utf-8", "sourcebook-stray")
    encoding = _guess(_sample(content))
    try:
        return content.decode(WEB_CHARSETS.get(encoding, encoding))
    except UnicodeDecodeError:
        return content.decode("cp1252", "sourcebook-stray")


def _codec(charset: str | None) -> str | None:
    """The Python codec of a declared name; None for none, an unknown one or one of no text."""
    if not charset:
        return None
    try:
        info = codecs.lookup(charset.strip().strip("\"'"))
    except (LookupError, ValueError):
        return None
    if not info._is_text_encoding:
        return None
    return WEB_CHARSETS.get(info.name, info.name)


def _mostly_utf8(content: bytes) -> bool:
    """Whether so many runs of bytes beyond ASCII are UTF-8 that chance does not explain it.

    Of the single characters of GBK, the worst of the others, one in twelve is.
    """
    good = bad = 0
    for match in islice(NON_ASCII_RUN.finditer(content), SAMPLE_RUNS):
        try:
            match.group().decode("utf-8")
        except UnicodeDecodeError:
            bad += 1
        else:
            good += 1
    return 3 * good > bad


def _guess(sample: bytes) -> str:
    """The charset of bytes that are not UTF-8; cp1252 where a guess would rest on too little."""
    western = sample.decode("cp1252", "replace")
    beyond = [character for character in western if character > "\x7f"]
    if len(beyond) < FEW_CHARACTERS and sum(map(WESTERN.__contains__, beyond)) > WESTERN_SHARE * len(beyond):
        return "cp1252"
    guess = from_bytes(sample).best()
    return guess.encoding if guess is not None and not guess.encoding.startswith("utf_") else "cp1252"


def _sample(content: bytes) -> bytes:
    """Lines that have something beyond ASCII, up to SAMPLE_BYTES."""
    lines: list[bytes] = []
    size = 0
    for match in NON_ASCII_RUN.finditer(content):
        if size >= SAMPLE_BYTES:
            break
        start = max(match.start() - 40, 0)
        piece = content[start : match.end() + 40][:4096]
        lines.append(piece)
        size += len(piece)
    return b"\n".join(lines)


def _mended(text: str) -> str:
    """``text``, or what it was before it was read as cp1252 and written as UTF-8.

    All of it must go back to UTF-8, or none is touched: a page that only quotes such a mishap stays.

    >>> _mended("It â€œwasâ€\x9d cafÃ©"), _mended("“Ã©” for é")
    ('It “was” café', '“Ã©” for é')
    """
    if MOJIBAKE.search(text) is None:
        return text
    try:
        return text.encode("cp1252", "sourcebook-c1").decode("utf-8")
    except UnicodeError:
        return text


def _stray(error: UnicodeError) -> tuple[str, int]:
    """Decode the bytes that UTF-8 refuses as cp1252; what cp1252 leaves open becomes U+FFFD."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    stray = error.object[error.start : error.end]
    return stray.decode("cp1252", "replace"), error.end


def _c1(error: UnicodeError) -> tuple[bytes, int]:
    """Encode as themselves the controls that stand where cp1252 has nothing."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    stray = error.object[error.start : error.end]
    if any(not "\x80" <= character <= "\x9f" for character in stray):
        raise error
    return stray.encode("latin-1"), error.end


codecs.register_error("sourcebook-stray", _stray)
codecs.register_error("sourcebook-c1", _c1)
