"""Where links begin and end in running text: ⟦ and ⟧ stand around what is a link."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.loader.extents import extents

MARKED = [
    # what ends a sentence is the sentence's
    ("See ⟦https://example.org/a⟧.", "full stop"),
    (
        "See ⟦https://example.org/a⟧, ⟦https://example.org/b⟧; ⟦https://example.org/c⟧: yes",
        "comma, semicolon, colon",
    ),
    ("Is it ⟦https://example.org/a⟧?!", "question and exclamation mark"),
    ("At ⟦https://example.org/a/⟧", "a closing slash stays"),
    ("At ⟦https://example.org/a-⟧ it", "a closing hyphen stays"),
    ("At ⟦https://example.org/?q=⟧ it", "an empty value stays"),
    ("Also ⟦https://example.org/a⟧…", "an ellipsis"),
    ("⟦https://example.org/a⟧。次", "an East Asian full stop"),
    ("⟦https://example.org/a⟧—she wrote", "an em dash"),
    ("⟦https://en.wikipedia.org/wiki/Bose–Einstein_statistics⟧ is", "an en dash inside stays"),
    ("⟦https://example.org/a⟧ – she wrote", "an en dash after it"),
    ("⟦https://example.org/a⟧👍🏽 ⟦https://example.org/b⟧❤️", "emoji after it"),
    ("⟦https://example.org/a⟧\u200b and", "an invisible space after it"),
    ("⟦https://example.org/a⟧\u00a0and", "a no-break space"),
    ("⟦https://example.org/a⟧&nbsp;and", "a no-break space as an entity"),
    ("⟦https://example.org/?a=1&amp;b=2⟧ and", "an entity inside stays"),
    # quotation marks, emphasis
    ('He said "⟦https://example.org/a⟧".', "straight quotation marks"),
    ("“⟦https://example.org/a⟧” he wrote", "curly quotation marks"),
    ("«⟦https://example.org/a⟧»", "guillemets"),
    ("'⟦https://example.org/a⟧' and '⟦www.example.org⟧'", "straight single marks"),
    ("‘⟦https://example.org/a⟧’ he wrote", "curly single marks"),
    ("⟦https://example.org/a⟧'", "a stray mark"),
    ("⟦https://example.org/wiki/O'Hara's⟧ life", "an apostrophe inside stays"),
    ("⟦https://example.org/wiki/L’Aube⟧ est", "a curly apostrophe inside stays"),
    ("⟦https://example.com⟧'s and ⟦example.com⟧’s", "a possessive after a host"),
    ("*⟦https://example.org/a⟧* **⟦https://example.org/b⟧** _⟦https://example.org/c⟧_", "emphasis"),
    ("⟦https://example.org/snake_case⟧_", "an underscore inside stays"),
    ("~~⟦https://example.org/a⟧~~", "struck out"),
    ("`⟦https://example.org/a⟧`", "code"),
    ('{"url":"⟦https://example.org/a⟧","n":1}', "JSON"),
    ('{"url":"⟦https:\\/\\/example.org\\/a⟧","n":1}', "JSON with escaped slashes"),
    ("| ⟦https://example.org/a⟧ | ⟦https://example.org/b⟧ |", "a table"),
    # brackets
    ("(⟦https://example.org/a⟧)", "around it"),
    ("(see ⟦https://example.org/a⟧).", "around it and its sentence"),
    ("⟦https://example.org/a_(b)⟧", "balanced inside"),
    ("(as ⟦https://example.org/a_(b)⟧)", "balanced inside, and around"),
    ("(⟦https://example.org/a_(b)⟧, 1968)", "balanced inside, the sentence goes on"),
    ("⟦https://example.org/a_(b)_(c)#d⟧.", "balanced twice"),
    ("⟦https://example.org/a⟧)", "a stray one"),
    ("(⟦https://example.org/a⟧)and", "closed in the middle"),
    ("⟦https://example.org/a(b⟧ and", "open inside"),
    ("⟦https://example.org/a⟧( and", "open at the end"),
    ("[⟦https://example.org/a⟧] {⟦https://example.org/b⟧}", "square and curly"),
    ("[1] ⟦https://example.org/a⟧]", "a stray square one"),
    ("⟦https://example.org/a[1]⟧", "square, balanced inside"),
    ("<⟦https://example.org/a⟧> <URL:⟦https://example.org/b⟧>", "angle"),
    ("&lt;⟦https://example.org/a⟧&gt;", "angle, as entities"),
    ("（⟦https://example.org/a⟧）", "full-width"),
    # markup
    ("[the report](⟦https://example.org/a⟧) says", "Markdown"),
    ('[the report](⟦https://example.org/a_(b)⟧ "title").', "Markdown with a title"),
    ("[one](⟦https://example.org/1⟧), [two](<⟦https://example.org/2⟧>)", "Markdown, twice"),
    ("![a chart](⟦https://example.org/a.png⟧)", "a picture in Markdown"),
    ("[1]: ⟦https://example.org/a⟧", "a reference in Markdown"),
    ('<a href="⟦https://example.org/?a=1&amp;b=2⟧" class="c">here</a>', "HTML"),
    (
        "<a href='⟦https://example.org/a⟧'>here</a> <a href=⟦https://example.org/b⟧>",
        "HTML, other quotation marks",
    ),
    ("[url]⟦https://example.org/a⟧[/url] [img]⟦https://example.org/a.png⟧[/img]", "BBCode"),
    ('[url=⟦https://example.org/a⟧]here[/url] [url="⟦www.example.org/b⟧"]there[/url]', "BBCode with words"),
    ("<⟦https://example.org/a⟧|the report>", "a chat program's link"),
    # no scheme
    ("Go to ⟦www.example.com⟧ now", "www"),
    ("⟦WWW.EXAMPLE.INT/a⟧", "www in capitals"),
    ("⟦www2.example.com/a⟧", "www with a number"),
    (
        "⟦example.com⟧, ⟦example.org⟧; ⟦example.net⟧! ⟦example.edu⟧? (⟦example.gov⟧)",
        "a host under a common suffix",
    ),
    ("⟦example.int⟧ ⟦example.mil⟧ ⟦example.eu⟧", "a host under a rarer suffix"),
    ("⟦example.co.uk⟧ ⟦example.com.au⟧ ⟦example.co.za⟧ ⟦example.gov.br⟧", "a country's suffix of two labels"),
    ("⟦example.ru/a⟧ ⟦bit.ly/3aBc⟧ ⟦t.me/ann⟧", "a host with a path"),
    ("⟦example.ru/?id=1⟧ ⟦example.com?id=1⟧", "a host with a query"),
    ("⟦example.com:8080⟧ and ⟦example.com:8080/a⟧", "a host with a port"),
    ("Source:⟦www.example.com⟧ via:⟦example.com/a⟧", "after a colon"),
    ("_⟦example.com⟧_ *⟦example.org⟧*", "in emphasis"),
    ("⟦EXAMPLE.COM/a⟧", "capitals with a path"),
    ("⟦münchen.de/rathaus⟧ ⟦президент.рф/a⟧", "an international host with a path"),
    ("⟦www.example.com⟧.Then it", "a sentence glued to it"),
    ("⟦https://example.com⟧.Then it", "a sentence glued to a host with a scheme"),
    ("请看⟦example.com/a⟧，好。看⟦www.example.com⟧吧", "Chinese around it"),
    ("⟦web.archive.org/web/2020/http://example.com/a⟧", "a wrapper without a scheme"),
    # hosts
    ("⟦http://localhost:8000/a⟧ ⟦http://intranet/a⟧", "a single label with a scheme"),
    ("⟦http://192.0.2.10:8080/⟧, ⟦http://[2001:db8::1]:80/a⟧ ⟦https://[::1]⟧.", "IP addresses"),
    ("⟦https://ann:secret@example.com/a⟧", "user and password"),
    ("⟦https://пример.example/путь⟧", "an international host"),
    ("⟦https://a_b.example.com/⟧", "an underscore"),
    ("⟦https://example.com⟧. ⟦https://example.com./a⟧", "a dot after the host"),
    ("⟦https://example.com⟧:see there", "a colon after the host"),
    ("⟦https://example.com:99999/a⟧", "a port that cannot be"),
    ("⟦ftp://ftp.example.org/a⟧", "ftp"),
    ("⟦HTTPS://EXAMPLE.COM/A⟧", "capitals"),
    # slips
    (
        "⟦https:www.example.com/a⟧ ⟦http//www.example.com⟧ ⟦https:/example.com/a⟧",
        "slashes and colons left out",
    ),
    ("⟦https:///example.com⟧ ⟦https;//example.com⟧ ⟦http:://example.com⟧", "slashes and colons put in"),
    ("⟦https://https://example.com/a⟧ ⟦https://http://example.com⟧", "the scheme twice"),
    ("⟦https:\\\\example.com\\a⟧ ⟦https://example.com\\a⟧", "backslashes"),
    ("⟦htp://example.com/a⟧ ⟦ttps://example.com/a⟧", "letters left out"),
    # glued
    ("⟦http://one.example/a⟧⟦http://two.example/b⟧⟦https://three.example⟧", "three in a row"),
    ("⟦http://one.example⟧⟦http://two.example⟧", "two hosts in a row"),
    ("⟦https://example.org/a⟧,⟦https://example.org/b⟧", "a comma between"),
    ("Source:⟦https://example.org/a⟧", "a word before"),
    ("see⟦https://example.org/a⟧", "a word before, no mark"),
    ("⟦https://example.org/login?next=https://example.org/a⟧", "the value of a parameter"),
    ("⟦https://example.org/?next=https://example.org/a⟧⟦https://example.org/b⟧", "a value, then another"),
    ("⟦https://web.archive.org/web/2020/https://example.org/a⟧", "an archive's target"),
    ("⟦https://12ft.io/https://example.org/a⟧⟦https://example.org/b⟧", "a target, then another"),
    ("⟦https://cache.example/search?q=cache:https://example.org/a⟧", "a target after a colon in the query"),
    ("⟦https://example.org/⟧⟦https://example.net/a⟧", "no wrapper that we know"),
    # over a line's end
    ("⟦https://example.org/a-long-\nway-off⟧ and", "after a hyphen"),
    ("⟦https://example.org/reports/\n2024/may.html⟧ and", "after a slash"),
    ("⟦https://example.org/reports/\r\nmay-2024.html⟧.", "after a slash, Windows"),
    ("⟦https://example.org/a-\nb-\nc/\nd.html⟧. Next", "more than once"),
    ("⟦https://example.org/status/\n1234567890⟧\nNext", "digits alone"),
    ("(⟦https://example.org/a-\nb_(c)⟧) and", "with brackets"),
    ("⟦https://example.org/reports/⟧\nThe report", "no: a capital"),
    ("⟦https://example.org/reports/⟧\n may-2024.html", "no: white space first"),
    ("⟦https://example.org/reports/⟧\nand this is what they say", "no: prose"),
    ("⟦https://example.org/reports/⟧\n2 of them", "no: prose that begins with a digit"),
    ("⟦https://example.org/reports⟧\nmay-2024.html", "no: neither hyphen nor slash"),
    ("⟦https://example.org/a/⟧\n\nb-c.html", "no: a line between"),
    (
        "⟦https://example.org/a/⟧\n⟦https://example.org/b/⟧\n⟦www.example.org/c/⟧\n⟦example.org/d⟧",
        "no: a list",
    ),
    ("<⟦https://example.org/a/ve\nry/long/p\n  ath⟧> and", "anywhere between angle brackets"),
    ("<⟦https://example.org/a⟧\n⟦https://example.org/b⟧>", "no: two between angle brackets"),
    # none
    ("user@example.com, jane.doe+news@mail.example.co.uk, <ann@example.org>", "e-mail addresses"),
    ("mailto:ann@example.com tel:+123 doi:10.1000/182 urn:isbn:0", "other schemes"),
    (
        "javascript:alert(1) data:text/html,hello file:///C:/a ssh://git.example.com/a",
        "schemes that are not the web",
    ),
    ("git@example.com:ann/a.git", "a repository"),
    ("@ann@social.example.org @example.com #example.com", "mentions and hashtags"),
    ("setup.py main.rs lib.so README.md notes.txt index.html a.tar.gz", "file names"),
    ("src/main.rs docs/index.html ./setup.py C:\\a\\file.com /usr/lib/a.com", "paths"),
    ("ASP.NET, VB.Net, Node.js, EXAMPLE.COM, the dot.com boom", "products and shouting"),
    ("e.g. i.e. U.S.A. Ph.D. a.m./p.m. St.Petersburg and/or v2.3.1 3.14 10.4.0.1 16:9", "no names of hosts"),
    ("The end.In the morning.It rained", "sentences glued together"),
    ("https:// http:// www. https://www. https://... ftp:// http://.", "a scheme alone"),
    ("hxxp://evil.example.com/a hxxps://www.evil.example.com", "defanged schemes"),
    (
        "evil[.]example.com/a example[.]com https://evil[.]example.com/a evil(dot)example.com/a",
        "defanged hosts",
    ),
    ("example dot com", "spelt out"),
    ("key=example.com/a&b", "a part of something else"),
]


@pytest.mark.parametrize("marked, why", MARKED, ids=[why for *_, why in MARKED])
def test_extents(marked, why):
    text = marked.replace("⟦", "").replace("⟧", "")
    wanted, removed = [], 0
    for match in re.finditer(r"⟦(.*?)⟧", marked, re.DOTALL):
        start = match.start() - removed
        wanted.append((start, start + len(match[1])))
        removed += 2
    assert [tuple(extent.span) for extent in extents(text)] == wanted


CUT = [
    ("https://example.org/a-very-lo… more", True, "an ellipsis for the rest"),
    ("https://example.org/2024/… more", True, "an ellipsis after a slash"),
    ("https://example.org/2024/... more", True, "dots after a slash"),
    ("https://example.org/2024/[…] more", True, "an ellipsis in brackets"),
    ("https://example.org/2024/[...] more", True, "dots in brackets"),
    ("https://example.org/2024/malaria... more", False, "dots after a whole word"),
    ("https://example.org… more", False, "an ellipsis after a host"),
    ("https://example.org/a more", False, "nothing"),
    ("It is here:\nhttps://example.org/the-minister-rejected-what-the-ministr", True, "the text ends in it"),
    (
        "The ministry:\nhttps://example.org/the-minister-rejected-what-the-ministry",
        False,
        "its last word is in the text",
    ),
    (
        "It is here:\nhttps://example.org/the-minister-rejected-what-the-ministr.",
        False,
        "a full stop after it",
    ),
    (
        "It is here:\nhttps://example.org/the-minister-rejected-what-the-ministr\nNext",
        False,
        "the text goes on",
    ),
    ("It is here:\nhttps://example.org/the-minister-rejected-what-the-ministr/", False, "it is closed"),
    ("It is here:\nhttps://example.org/the-minister-rejected-what-the-2055102", False, "it ends in a number"),
    ("It is here:\nhttps://example.org/the-minister-rejected-what.html", False, "it ends in a file's ending"),
    ("It is here:\nhttps://example.org/minister", False, "it is short"),
    ("It is here:\nhttps://example.org/the-minister-", True, "it ends in a hyphen"),
    ("https://example.org/the-minister-rejected-what-the-ministr", False, "it is all there is"),
]


@pytest.mark.parametrize("text, truncated, why", CUT, ids=[why for *_, why in CUT])
def test_truncated(text, truncated, why):
    assert [extent.truncated for extent in extents(text)] == [truncated]


PIECES = [
    "https://",
    "http//",
    "www.",
    "example.com",
    ".org",
    "a-b",
    ".",
    ",",
    "(",
    ")",
    "[",
    "]",
    "<",
    ">",
    "'",
    '"',
    "”",
    "…",
    "/",
    "\\",
    "-",
    "\n",
    "\r\n",
    "|",
    "*",
    "_",
    "@",
    ":",
    "?",
    "=",
    "&",
    "&amp;",
    "#",
    "%3D",
    "web.archive.org/web/2020/",
    "[url=",
    "[/url]",
    "](",
    "文",
    "é",
    "\u200b",
    "👍",
    "user@",
    "hxxp://",
    "12ft.io/",
    "[::1]",
    ":80",
    "~~",
    "\ud800",
]


@settings(deadline=None)
@given(st.lists(st.sampled_from([*PIECES, " "]), max_size=30).map("".join))
def test_extents_are_in_order_and_apart(text):
    at = 0
    for start, end in (extent.span for extent in extents(text)):
        assert at <= start < end <= len(text)
        assert not text[start].isspace() and not text[end - 1].isspace()
        at = end


HUGE = 100_000
ADVERSARIAL = [
    ".",
    "/",
    "(",
    "[",
    ")",
    "http://",
    "https://",
    "http://a",
    "www.",
    "a.b.",
    "a.com,",
    "@",
    "a@b.com",
    "/..",
    "%41",
    "&amp;",
    "&#37;61",
    "[url=",
    "](",
    "-",
    "_",
    "*",
    "…",
    "<http://a.com/",
    "http://a.com/(",
    "http://a.com/=https://",
    "https://12ft.io/",
    "“A",
    "\u200b",
    "http://[",
    "中a",
    "xn--",
    "é.",
    "~~http://a.com",
]


@pytest.mark.parametrize("piece", [*ADVERSARIAL, "http://a.com/-\na", "> ", "http:\\", "\n", "Z: "])
def test_huge_texts_of_one_piece_are_read(piece):
    text = piece * (HUGE // len(piece))
    assert all(extent.span.end <= len(text) for extent in extents(text))
