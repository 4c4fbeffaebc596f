"""What a link points to: one spelling for each page, and the rules that look through wrappers."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from api.errors import QueryError
from api.loader import unwrap
from api.loader.canonical import KINDS, address, canonical_url, filter_host, source_kind
from api.loader.urls import parsed, without_dot_segments

ID = "aBcDeFgHiJk"
VIDEO = f"https://www.youtube.com/watch?v={ID}"


def ids(cases):
    return [case[-1] for case in cases]


SPELLINGS = [
    ("example.com", "https://example.com/", "no scheme is https"),
    ("//example.com/a", "https://example.com/a", "a scheme left to the page is https"),
    ("http://example.com", "http://example.com/", "http stays http"),
    (
        "HTTPS://WWW.Example.COM/Path",
        "https://www.example.com/Path",
        "scheme and host have no case, a path has",
    ),
    ("  https://example.com/a\t", "https://example.com/a", "white space around is none of it"),
    ("https://example.com/a\nb", "https://example.com/ab", "a line break inside is none of it"),
    ("https://exa\u00admple.com/a\u200bb", "https://example.com/ab", "invisible characters are none of it"),
    ("http://example.com:80/", "http://example.com/", "http's own port"),
    ("https://example.com:443/", "https://example.com/", "https's own port"),
    ("ftp://example.com:21/", "ftp://example.com/", "ftp's own port"),
    ("https://example.com:80/", "https://example.com:80/", "another scheme's port stays"),
    ("https://example.com:/a", "https://example.com/a", "an empty port"),
    ("https://example.com:0443/a", "https://example.com/a", "a port is a number"),
    ("https://example.com:65535/", "https://example.com:65535/", "the last port there is"),
    ("https://example.com:65536/", "https://example.com/", "a port no machine has"),
    ("https://example.com:99999999999999999999/a", "https://example.com/a", "a port of twenty digits"),
    ("https://example.com:8o8o/a", "https://example.com/a", "a port that is no number"),
    ("https://ann:secret@example.com/a", "https://example.com/a", "user and password are dropped"),
    ("https://ann:se@cret@example.com/a", "https://example.com/a", "a password with an at sign"),
    ("https://example.com./a", "https://example.com/a", "the root's dot"),
    ("https://example.com", "https://example.com/", "an empty path"),
    ("https://example.com?a=1", "https://example.com/?a=1", "a query without a path"),
    ("https://example.com/a/./b/../c", "https://example.com/a/c", "dot segments"),
    ("https://example.com/../../a", "https://example.com/a", "dot segments above the root"),
    ("https://example.com/a/%2E%2e/b", "https://example.com/b", "dot segments in percent-encoding (WHATWG)"),
    ("https://example.com/a/..", "https://example.com/", "a dot segment at the end leaves the slash"),
    ("https://example.com//a//b/", "https://example.com//a//b/", "doubled and closing slashes stay"),
    ("https://example.com/a;x=1/b;y", "https://example.com/a;x=1/b;y", "path parameters stay"),
    (
        "https://example.com/%7eann/%41%2d%5F",
        "https://example.com/~ann/A-_",
        "unreserved characters are bare",
    ),
    (
        "https://example.com/a%2fb%3a",
        "https://example.com/a%2Fb%3A",
        "reserved ones stay encoded, in capitals",
    ),
    ("https://example.com/a b", "https://example.com/a%20b", "a space"),
    ("https://example.com/é/文", "https://example.com/%C3%A9/%E6%96%87", "other characters are UTF-8"),
    ("https://example.com/\ud800", "https://example.com/%EF%BF%BD", "half a surrogate pair (WHATWG)"),
    ("https://example.com/%", "https://example.com/%25", "a percent sign alone"),
    ("https://example.com/%zz%4", "https://example.com/%25zz%254", "percent signs that encode nothing"),
    ("https://example.com/%E2%82", "https://example.com/%E2%82", "half a character in percent-encoding"),
    ("https://example.com/a[1]?b[]=2", "https://example.com/a%5B1%5D?b%5B%5D=2", "brackets belong to hosts"),
    ("https://example.com/?q=it's+(a)~!*", "https://example.com/?q=it's+(a)~!*", "sub-delims stay"),
    ("https://example.com/?b=2&a=1&&c", "https://example.com/?b=2&a=1&&c", "the query's order stays"),
    ("https://example.com/?a=b?c/d", "https://example.com/?a=b?c/d", "a query may hold ? and /"),
    ("https://example.com/a?", "https://example.com/a", "an empty query"),
    ("https://example.com/a#b", "https://example.com/a", "a place on the page"),
    ("https://example.com/a#", "https://example.com/a", "an empty fragment"),
    ("https://example.com/#:~:text=a", "https://example.com/", "a text fragment"),
    ("https://example.com/#!/a b", "https://example.com/#!/a%20b", "a fragment that says which page"),
    ("https://example.com/#/a?x=1", "https://example.com/#/a?x=1", "a route of one page's own"),
    ("https://example.com/?a=1&amp;b=2", "https://example.com/?a=1&b=2", "an entity undone"),
    ("https://example.com/?a=1&amp;amp;b=2", "https://example.com/?a=1&b=2", "an entity encoded twice"),
    ("https://example.com/?a=1&copy=2", "https://example.com/?a=1&copy=2", "no entity without a semicolon"),
    ("https://example.com/?a=&#x2f;&#47;", "https://example.com/?a=//", "entities by number"),
    ("https://example.com\\a\\b", "https://example.com/a/b", "backslashes (WHATWG)"),
    ("https://example.com/?a=\\b", "https://example.com/?a=%5Cb", "a backslash in the query is a character"),
    ("https:\\/\\/example.com\\/a", "https://example.com/a", "slashes escaped in JSON"),
    ("https://example.org/Foo\\_bar", "https://example.org/Foo_bar", "an underscore escaped in Markdown"),
    ("https:example.com/a", "https://example.com/a", "no slashes after the scheme (WHATWG)"),
    ("https:www.example.com/a", "https://www.example.com/a", "no slashes before www"),
    ("https:/example.com/a", "https://example.com/a", "one slash (WHATWG)"),
    ("https:////example.com/a", "https://example.com/a", "many slashes (WHATWG)"),
    ("http//www.example.com/a", "http://www.example.com/a", "no colon"),
    ("https;//example.com", "https://example.com/", "a semicolon for the colon"),
    ("htp://example.com", "http://example.com/", "a letter missing"),
    ("ttps://example.com", "https://example.com/", "the first letter missing"),
    ("https://https://example.com/a", "https://example.com/a", "the scheme pasted twice"),
    ("https://http://example.com/a", "http://example.com/a", "the scheme pasted over another"),
    ("example.com:8080/a", "https://example.com:8080/a", "a port is no scheme's colon"),
]


@pytest.mark.parametrize("spelling, canonical, why", SPELLINGS, ids=ids(SPELLINGS))
def test_one_spelling(spelling, canonical, why):
    assert canonical_url(spelling) == canonical


WRAPPED = [
    ("https://www.google.com/url?q=https%3A%2F%2Fexample.org%2Fa%3Fb%3D1&sa=D", "https://example.org/a?b=1"),
    ("https://www.google.co.uk/url?sa=t&url=https://example.org/a", "https://example.org/a"),
    ("https://translate.google.com/translate?sl=ru&u=https://example.org/a", "https://example.org/a"),
    ("https://translate.google.com/?u=example.org/a&sl=ru", "https://example.org/a"),
    ("https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.org%2F%3Ffbclid%3Dx&h=y", "https://example.org/"),
    ("https://lm.facebook.com/l.php?u=https%3A%2F%2Fexample.org%2Fa", "https://example.org/a"),
    ("https://www.facebook.com/sharer/sharer.php?u=https%3A%2F%2Fexample.org%2Fa", "https://example.org/a"),
    ("https://www.facebook.com/sharer.php?u=https%3A%2F%2Fexample.org%2Fa", "https://example.org/a"),
    ("https://l.instagram.com/?u=https%3A%2F%2Fexample.org%2Fa&e=x", "https://example.org/a"),
    ("https://l.threads.net/?u=https%3A%2F%2Fexample.org%2Fa&e=x", "https://example.org/a"),
    ("https://l.threads.com/?u=https%3A%2F%2Fexample.org%2Fa&e=x", "https://example.org/a"),
    ("https://out.reddit.com/t3_x?url=https%3A%2F%2Fexample.org%2Fa&token=y", "https://example.org/a"),
    ("https://duckduckgo.com/l/?uddg=https%3A%2F%2Fexample.org%2Fa&rut=x", "https://example.org/a"),
    ("https://vk.com/away.php?to=https%3A%2F%2Fexample.org%2Fa&cc_key=", "https://example.org/a"),
    ("https://m.vk.com/away?to=https%3A%2F%2Fexample.org%2Fa", "https://example.org/a"),
    (
        "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.org%2Fa&data=05%7C01",
        "https://example.org/a",
    ),
    ("https://t.umblr.com/redirect?z=https%3A%2F%2Fexample.org%2Fa&t=x", "https://example.org/a"),
    ("https://www.youtube.com/redirect?event=x&q=https%3A%2F%2Fexample.org%2Fa", "https://example.org/a"),
    ("https://twitter.com/intent/tweet?text=x&url=https%3A%2F%2Fexample.org%2Fa", "https://example.org/a"),
    ("https://twitter.com/share?url=https%3A%2F%2Fexample.org%2Fa", "https://example.org/a"),
    ("https://x.com/intent/post?url=https%3A%2F%2Fexample.org%2Fa", "https://example.org/a"),
    ("https://disq.us/url?url=https%3A%2F%2Fexample.org%2Fa%3AaBcDeFgHiJkLm&cuid=1", "https://example.org/a"),
    ("https://steamcommunity.com/linkfilter/?u=https%3A%2F%2Fexample.org%2Fa", "https://example.org/a"),
    ("https://www.linkedin.com/redir/redirect?url=https%3A%2F%2Fexample.org%2Fa", "https://example.org/a"),
    ("https://web.archive.org/web/20200102030405/https://example.org/a?b=1", "https://example.org/a?b=1"),
    ("https://web.archive.org/web/20200102030405if_/http:/example.org/a", "http://example.org/a"),
    ("https://web.archive.org/web/2020/example.org/a", "http://example.org/a"),
    ("https://web.archive.org/web/*/https://example.org/a", "https://example.org/a"),
    ("https://web.archive.org/save/https://example.org/a", "https://example.org/a"),
    *(
        (f"https://archive.{suffix}/20200102030405/https://example.org/a", "https://example.org/a")
        for suffix in ("today", "is", "ph", "md", "li", "vn", "fo")
    ),
    ("https://archive.ph/2020.01.02-030405/https://example.org/a", "https://example.org/a"),
    ("https://archive.ph/newest/https://example.org/a", "https://example.org/a"),
    ("https://12ft.io/https://example.org/a", "https://example.org/a"),
    ("https://12ft.io/proxy?q=https%3A%2F%2Fexample.org%2Fa", "https://example.org/a"),
    ("https://example-org.cdn.ampproject.org/c/s/example.org/a?usqp=x&amp_js_v=0.1", "https://example.org/a"),
    ("https://example-org.cdn.ampproject.org/v/example.org/a", "http://example.org/a"),
    ("https://example-org.bing-amp.com/c/s/example.org/a", "https://example.org/a"),
    ("https://www.google.com/amp/s/example.org/a", "https://example.org/a"),
    ("https://www.google.com/amp/example.org/a", "http://example.org/a"),
    ("https://www.bing.com/amp/s/example.org/a", "https://example.org/a"),
    ("https://href.li/?https://example.org/a", "https://example.org/a"),
    ("https://www-example-co-uk.translate.goog/a?b=1&_x_tr_sl=ru", "https://www.example.co.uk/a?b=1"),
    (
        "https://my--site-example-org.translate.goog/?_x_tr_sch=http&_x_tr_sl=ru",
        "http://my-site.example.org/",
    ),
    ("https://xn----mnchen--3ya-example-org.translate.goog/", "https://xn--mnchen-3ya.example.org/"),
]


@pytest.mark.parametrize("wrapper, canonical", WRAPPED)
def test_wrapper_is_looked_through(wrapper, canonical):
    assert canonical_url(wrapper) == canonical


@pytest.mark.parametrize(
    "row", [*unwrap.IN_QUERY, *unwrap.IN_PATH], ids=lambda row: f"{row.host} {row.source}"
)
def test_every_rule_has_a_case(row):
    hits = [wrapper for wrapper, _ in WRAPPED if row.target(parsed(wrapper)) and _is_on(row.host, wrapper)]
    assert hits, "add a case to WRAPPED"


def _is_on(host, wrapper):
    wanted = host.removesuffix(".*")
    return wanted in parsed(wrapper).host


LONG_CHAIN = "https://" + "12ft.io/https://" * 17 + "example.org"
CHAINS = [
    (
        "https://www.google.com/url?q=https://l.facebook.com/l.php?u%3Dhttps%253A%252F%252Fexample.org%252Fa",
        "https://example.org/a",
        "a wrapper in a wrapper, encoded twice",
    ),
    (
        "https://web.archive.org/web/2020/https://www-example-org.translate.goog/a/amp?_x_tr_sl=ru&utm_source=x",
        "https://www.example.org/a",
        "an archived translation of an AMP page",
    ),
    ("https://l.facebook.com/l.php?u=https%3A%2F%2Fyoutu.be%2F" + ID, VIDEO, "a video that was shared"),
    (
        "https://www.google.com/url?q=http%3A%2F%2Fm%C3%BCnchen.example%2F%25E9",
        "http://xn--mnchen-3ya.example/%E9",
        "a host and a path in percent-encoding",
    ),
    (
        "https://www.google.com/url?q=/search",
        "https://www.google.com/url?q=/search",
        "a target that is no address",
    ),
    (
        "https://www.google.com/url?q=javascript:alert(1)",
        "https://www.google.com/url?q=javascript:alert(1)",
        "a target that is a script",
    ),
    (
        "https://www.google.com/url?q=https://1.2.3.4.5/",
        "https://www.google.com/url?q=https://1.2.3.4.5/",
        "a target whose host cannot be",
    ),
    ("https://www.google.com/url?q=", "https://www.google.com/url?q=", "no target"),
    (
        "https://www.google.com/search?q=example.org",
        "https://www.google.com/search?q=example.org",
        "a search",
    ),
    (
        "https://notgoogle.com/url?q=https://example.org",
        "https://notgoogle.com/url?q=https://example.org",
        "no Google",
    ),
    (
        "https://twitter.com/intent/tweet?text=x",
        "https://twitter.com/intent/tweet?text=x",
        "a share of no page",
    ),
    ("https://archive.is/AbCdE", "https://archive.is/AbCdE", "an archive's short form keeps its secret"),
    ("https://t.co/AbCdE", "https://t.co/AbCdE", "a shortener is never fetched"),
    ("https://web.archive.org/web/", "https://web.archive.org/web/", "an archive without a page"),
    (LONG_CHAIN, LONG_CHAIN, "a longer chain than anyone makes"),
]


@pytest.mark.parametrize("spelling, canonical, why", CHAINS, ids=ids(CHAINS))
def test_chain_of_wrappers(spelling, canonical, why):
    assert canonical_url(spelling) == canonical


ARCHIVED = [
    (
        "https://web.archive.org/web/20240501123000/https://example.org/",
        "2024-05-01T12:30:00Z",
        "to the second",
    ),
    ("https://web.archive.org/web/202405/https://example.org/", "2024-05", "to the month"),
    ("https://web.archive.org/web/2024/https://example.org/", "2024", "to the year"),
    ("https://web.archive.org/web/20249901000000/https://example.org/", "2024", "as far as it is a date"),
    ("https://web.archive.org/web/1/https://example.org/", None, "no date"),
    ("https://web.archive.org/web/00010101000000/https://example.org/", None, "no date that the web has"),
    ("https://web.archive.org/web/20240501000000*/https://example.org/", None, "a calendar is no copy"),
    (
        "https://archive.ph/2024.05.01-123000/https://example.org/",
        "2024-05-01T12:30:00Z",
        "archive.today's form",
    ),
    ("https://archive.ph/newest/https://example.org/", None, "whichever is newest"),
    (
        "https://12ft.io/https://web.archive.org/web/2024/https://example.org/",
        "2024",
        "inside another wrapper",
    ),
    ("https://example.org/web/2024/https://example.org/", None, "no archive"),
]


@pytest.mark.parametrize("spelling, archived_at, why", ARCHIVED, ids=ids(ARCHIVED))
def test_date_of_the_copy(spelling, archived_at, why):
    assert address(spelling).archived_at == archived_at


PLAIN = [
    *((f"https://example.org/a?{name}=1&b=2", "https://example.org/a?b=2", name) for name in unwrap.TRACKING),
    ("https://example.org/a?UTM_Source=1&Utm_x=2", "https://example.org/a", "utm_*, any case"),
    ("https://example.org/a?utm%5Fsource=1", "https://example.org/a", "an underscore in percent-encoding"),
    (
        "https://example.org/a?utm=1&ref=2&itid=3",
        "https://example.org/a?utm=1&ref=2&itid=3",
        "what may matter stays",
    ),
    (
        "https://example.org/a?si=1&s=2&t=3&igsh=4",
        "https://example.org/a?si=1&s=2&t=3&igsh=4",
        "on another's site",
    ),
    ("https://open.spotify.com/track/1?si=x", "https://open.spotify.com/track/1", "Spotify's si"),
    (
        "https://www.youtube.com/playlist?list=PL1&si=x",
        "https://www.youtube.com/playlist?list=PL1",
        "YouTube's si",
    ),
    ("https://x.com/ann/status/1?S=20", "https://x.com/ann/status/1", "X's s in capitals"),
    ("https://x.com/ann/status/1?s=20&t=x&lang=en", "https://x.com/ann/status/1?lang=en", "X's s and t"),
    ("https://twitter.com/ann/status/1?s=20", "https://twitter.com/ann/status/1", "Twitter's s"),
    ("https://www.instagram.com/p/1/?igsh=x", "https://www.instagram.com/p/1/", "Instagram's igsh"),
    (f"https://youtu.be/{ID}?si=x&t=42", VIDEO, "YouTube's short host"),
    (f"https://youtu.be/watch?v={ID}", VIDEO, "YouTube's short host with the long path"),
    (f"https://youtu.be/{ID}/", VIDEO, "YouTube's short host, closed"),
    (f"http://m.youtube.com/watch?feature=x&v={ID}&list=y", VIDEO, "YouTube's mobile host"),
    (f"https://youtube.com/shorts/{ID}", VIDEO, "a short"),
    (f"https://www.youtube.com/embed/{ID}?start=1", VIDEO, "an embedded player"),
    (f"https://www.youtube-nocookie.com/embed/{ID}", VIDEO, "a player without cookies"),
    (f"https://www.youtube.com/live/{ID}?feature=x", VIDEO, "a live stream"),
    (f"https://www.youtube.com/v/{ID}", VIDEO, "the player of old"),
    (
        "https://www.youtube.com/embed/videoseries?list=x",
        "https://www.youtube.com/embed/videoseries?list=x",
        "a list",
    ),
    ("https://www.youtube.com/watch?v=", "https://www.youtube.com/watch?v=", "no video"),
    ("https://youtu.be/", "https://www.youtube.com/", "YouTube's short host alone"),
    ("https://m.example.org/a", "https://www.example.org/a", "m."),
    ("https://mobile.example.co.uk/a", "https://www.example.co.uk/a", "mobile."),
    ("https://amp.example.org/a", "https://www.example.org/a", "amp."),
    ("https://amp.www.example.org/a", "https://www.example.org/a", "amp. before www."),
    ("https://m.example.org:8080/a", "https://www.example.org:8080/a", "the port stays"),
    ("https://mobile.twitter.com/ann", "https://twitter.com/ann", "a site without www"),
    ("https://en.m.wikipedia.org/wiki/A", "https://en.wikipedia.org/wiki/A", "Wikipedia's mobile host"),
    (
        "https://commons.m.wikimedia.org/wiki/A",
        "https://commons.wikimedia.org/wiki/A",
        "Commons' mobile host",
    ),
    ("https://mobile.example/a", "https://mobile.example/a", "a site called mobile, suffix not listed"),
    ("https://m.github.io/", "https://m.github.io/", "a site called m under a private suffix"),
    ("https://mobile.de/a", "https://mobile.de/a", "a site called mobile"),
    ("https://example.org/a/amp", "https://example.org/a", "a last segment amp"),
    ("https://example.org/a/amp/", "https://example.org/a/", "a last segment amp, closed"),
    ("https://example.org/a/amp/amp", "https://example.org/a", "a last segment amp, twice"),
    ("https://example.org/amp/a", "https://example.org/amp/a", "amp inside: its original cannot be known"),
    ("https://example.org/stamp", "https://example.org/stamp", "a word that ends in amp"),
    ("https://example.org/a?amp&b=1", "https://example.org/a?b=1", "a bare amp"),
    ("https://example.org/a?amp=1", "https://example.org/a", "WordPress's amp=1"),
    ("https://example.org/a?amp=loud", "https://example.org/a?amp=loud", "an amp that says something"),
]


@pytest.mark.parametrize("spelling, canonical, why", PLAIN, ids=ids(PLAIN))
def test_how_the_reader_came_is_dropped(spelling, canonical, why):
    assert canonical_url(spelling) == canonical


DOMAINS = [
    ("https://www-example-co-uk.translate.goog/", "www.example.co.uk", "example.co.uk"),
    ("https://youtu.be/x", "www.youtube.com", "youtube.com"),
    ("https://ann.github.io/a", "ann.github.io", "ann.github.io"),
    ("https://someblog.blogspot.com/", "someblog.blogspot.com", "someblog.blogspot.com"),
    ("https://ann.substack.com/p/a", "ann.substack.com", "substack.com"),
    ("https://www.gov.uk/a", "www.gov.uk", "www.gov.uk"),
    ("http://[2001:DB8::1]/", "2001:db8::1", "2001:db8::1"),
    ("http://192.0.2.1/", "192.0.2.1", "192.0.2.1"),
    ("http://localhost:80/", "localhost", "localhost"),
    ("https://www.printer.internal/", "www.printer.internal", "www.printer.internal"),
    ("https://аpple.com/", "xn--pple-43d.com", "xn--pple-43d.com"),  # a Cyrillic letter: seen in Punycode
]


@pytest.mark.parametrize("spelling, host, domain", DOMAINS)
def test_host_and_domain(spelling, host, domain):
    found = address(spelling)
    assert (found.host, found.domain) == (host, domain)


KIND_CASES = [
    ("https://example.org/", "page"),
    ("https://example.org/report.PDF", "pdf"),
    ("https://example.org/report.pdf?x=1", "pdf"),
    ("https://example.org/a?file=report.pdf", "page"),
    ("https://example.org/pdf/", "page"),
    ("https://arxiv.org/pdf/2401.00001", "pdf"),
    ("https://example.org/clip.mp4", "video"),
    (VIDEO, "video"),
    ("https://www.youtube-nocookie.com/", "video"),
    ("https://vimeo.com/1", "video"),
    ("https://www.facebook.com/ann/videos/1", "video"),
    ("https://www.facebook.com/watch/?v=1", "video"),
    ("https://www.facebook.com/watchdog", "social"),
    ("https://www.instagram.com/reel/1/", "video"),
    ("https://www.instagram.com/p/1/", "social"),
    ("https://www.ted.com/talks/ann_lee_a", "video"),
    ("https://www.ted.com/about", "page"),
    ("https://www.bilibili.com/video/BV1", "video"),
    ("https://www.nicovideo.jp/watch/sm1", "video"),
    ("https://www.c-span.org/video/?1", "video"),
    ("https://www.bbc.co.uk/iplayer/episode/x", "video"),
    ("https://www.bbc.co.uk/news", "page"),
    ("https://vk.com/video-1_2", "video"),
    ("https://vk.com/wall1_2", "social"),
    ("https://x.com/ann/status/1", "social"),
    ("https://netflix.com/", "page"),
    ("https://ann.tumblr.com/", "social"),
    ("https://mastodon.example/@ann/112233445566778899", "social"),
    ("https://archive.is/AbCdE", "archive"),
    ("https://archive.org/details/x.pdf", "archive"),
    ("https://perma.cc/AB12-CD34", "archive"),
    ("https://webarchive.nationalarchives.gov.uk/ukgwa/2020/x", "archive"),
    ("https://nationalarchives.gov.uk/", "page"),
]


@pytest.mark.parametrize("url, kind", KIND_CASES)
def test_source_kind(url, kind):
    assert source_kind(url) == kind
    assert address(url).kind == kind


def test_every_kind_rule_says_where_it_is_from():
    assert all(row.source for row in KINDS)
    assert all(row.source for row in (*unwrap.IN_QUERY, *unwrap.IN_PATH))


REFUSED = [
    ("javascript:alert(1)", "a script"),
    ("JavaScript:alert(1)", "a script, any case"),
    ("data:text/html,hello", "data"),
    ("mailto:ann@example.org", "an e-mail address"),
    ("tel:+123", "a telephone number"),
    ("file:///etc/hosts", "a file"),
    ("about:blank", "a browser's own page"),
    ("urn:isbn:0000000000", "a name"),
    ("", "nothing"),
    ("   ", "white space"),
    ("https://", "a scheme alone"),
    ("https:///", "slashes alone"),
    ("https://:80/", "a port alone"),
    ("https://ann@/", "a user alone"),
    ("https://exa mple.org/", "a space in the host"),
    ("https://exa<mple>.org/", "what no host may hold"),
    ("https://%00.example.org/", "an encoded control character in the host"),
    ("https://%ff.example.org/", "a host that is no UTF-8"),
    ("https://1.2.3.4.5/", "five numbers"),
    ("https://1.2.3.256/", "a number over 255"),
    ("https://0xzz.0x1/", "a number that is none"),
    ("http://[::1/", "an open bracket"),
    ("http://[::g]/", "an IPv6 address that is none"),
    ("http://[fe80::1%25eth0]/", "an IPv6 address with a zone"),
    ("https://" + "a" * 300 + ".org/", "a host over 253 characters"),
    ("https://" + "é" * 2000 + ".org/", "a host of 2000 characters"),
    ("https://../", "dots"),
]


@pytest.mark.parametrize("spelling, why", REFUSED, ids=ids(REFUSED))
def test_what_is_no_web_address_is_refused(spelling, why):
    with pytest.raises(QueryError) as refused:
        canonical_url(spelling)
    assert refused.value.parameter == "url"


def test_no_credentials_in_a_message():
    with pytest.raises(QueryError) as refused:
        canonical_url("https://ann:secret@/")
    assert "secret" not in str(refused.value)
    with pytest.raises(QueryError) as refused:
        canonical_url("https://ann:secret@exa mple.org/")
    assert "secret" not in str(refused.value)


def test_a_long_address_is_read_whole():
    long = "https://example.org/?q=" + "a" * 100_000
    assert canonical_url(long) == long


FILTERS = [
    ("FT.com", "ft.com", "any case"),
    ("www.ft.com", "ft.com", "www says nothing"),
    ("https://www.ft.com/content/x?y", "ft.com", "a whole URL"),
    ("news.example.co.uk", "news.example.co.uk", "a subdomain"),
    ("*.ft.com", "ft.com", "a star for the subdomains"),
    (".ft.com", "ft.com", "a dot for the subdomains"),
    ("ft.com.", "ft.com", "the root's dot"),
    (" ft.com ", "ft.com", "white space"),
    ("ft.com:443", "ft.com", "a port"),
    ("www.gov.uk", "www.gov.uk", "www is the registered domain"),
    ("gov.uk", "gov.uk", "a public suffix"),
    ("BÜCHER.example", "xn--bcher-kva.example", "an international host"),
    ("youtu.be", "youtube.com", "where its sources are kept"),
    ("m.youtube.com", "youtube.com", "a mobile host"),
    ("https://www-ft-com.translate.goog/a", "ft.com", "a wrapped URL"),
    ("localhost", "localhost", "a single label"),
    ("192.0.2.1", "192.0.2.1", "an IP address"),
    ("[2001:DB8::1]", "2001:db8::1", "an IPv6 address"),
    ("2001:DB8::1", "2001:db8::1", "an IPv6 address without brackets"),
]


@pytest.mark.parametrize("spelling, host, why", FILTERS, ids=ids(FILTERS))
def test_filter_host(spelling, host, why):
    assert filter_host(spelling) == host


@pytest.mark.parametrize(
    "spelling", ["", " ", "a b", "ann@example.org", "javascript:alert(1)", "http://", "*", ":::", "%"]
)
def test_filter_that_names_no_host(spelling):
    with pytest.raises(QueryError) as refused:
        filter_host(spelling)
    assert refused.value.parameter == "domain"


DOT_SEGMENTS = [
    ("/a/b/c/./../../g", "/a/g"),  # RFC 3986, section 5.2.4
    ("/b/c/g.", "/b/c/g."),
    ("/b/c/.g", "/b/c/.g"),
    ("/b/c/g..", "/b/c/g.."),
    ("/b/c/..g", "/b/c/..g"),
    ("/./g", "/g"),
    ("/../g", "/g"),
    ("/b/c/./g/.", "/b/c/g/"),
    ("/b/c/g/./h", "/b/c/g/h"),
    ("/b/c/g/../h", "/b/c/h"),
    ("/b/c/g;x=1/./y", "/b/c/g;x=1/y"),
    ("/b/c/g;x=1/../y", "/b/c/y"),
    ("/", "/"),
    ("/..", "/"),
    ("/a//../b", "/a/b"),
]


@pytest.mark.parametrize("path, without", DOT_SEGMENTS)
def test_dot_segments(path, without):
    assert without_dot_segments(path) == without


# Addresses made of what moves one: schemes, wrappers, encodings, entities, dots, odd characters.
PIECES = st.sampled_from(
    [
        "https://",
        "http:",
        "//",
        "/",
        "\\",
        ".",
        "..",
        "www.",
        "m.",
        "amp.",
        "/amp",
        "?amp",
        "?",
        "&",
        "=",
        "#",
        "#!",
        "#/",
        "%2e",
        "%41",
        "%2F",
        "%25",
        "%",
        "&amp;",
        "amp;",
        "&#37;",
        "&#x26;",
        "61",
        ";",
        ":",
        "@",
        "[",
        "]",
        ":443",
        "example.org",
        "youtu.be/",
        "www.youtube.com/watch?v=",
        "translate.goog",
        "-",
        "--",
        "_x_tr_sl=",
        "utm_source=",
        "a",
        "é",
        "文",
        "https://www.google.com/url?q=",
        "https://web.archive.org/web/2020/",
        "https://12ft.io/",
        "0x7f",
        "1",
        "si=",
        "xn--",
        "ß",
        "\xad",
    ]
)
ADDRESSES = st.one_of(
    st.lists(PIECES, max_size=14).map("".join),
    st.lists(PIECES, max_size=14).map(lambda pieces: "https://example.org/" + "".join(pieces)),
    st.text(max_size=60),
    st.text(max_size=40).map("https://example.org/".__add__),
    st.text(max_size=20).map("https://".__add__),
)


@settings(max_examples=600, deadline=None)
@given(ADDRESSES)
@example("https://example.org/&%61mp;")
@example("https://example.org/&&#37;61mp;")
@example("https://m.m.example.org/amp/amp")
@example("https://www.google.com/url?q=https://www.google.com/url?q=https://m.example.org")
@example("https://en.m.m.wikipedia.org/")
def test_a_canonical_url_is_its_own(spelling):
    try:
        url = canonical_url(spelling)
    except QueryError:
        return
    assert canonical_url(url) == url
    assert url.isascii() and not set(url) & set(' "<>\\^`{|}')
    assert filter_host(url)


@settings(deadline=None)
@given(st.text(max_size=60))
@example("\x1b..")
@example("**a")
@example(".*")
@example("\x1b..")
@example("**a")
@example(".*")
def test_a_filter_is_a_host_or_an_error(spelling):
    try:
        host = filter_host(spelling)
    except QueryError:
        return
    assert filter_host(host) == host
