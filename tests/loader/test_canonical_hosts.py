"""Hosts by the WHATWG URL Standard, registered domains by the Public Suffix List."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.errors import QueryError
from api.loader.hosts import ascii_host, country_suffix, has_listed_suffix, registered_domain

# Facts of the WHATWG URL Standard, sections 3.4 to 3.7, and of UTS 46 (non-transitional).
HOSTS = [
    ("EXAMPLE.com", "example.com", "lower case"),
    ("example.com.", "example.com", "the root's dot"),
    ("ex%61mple.com", "example.com", "percent-encoding is undone"),
    ("ｅｘａｍｐｌｅ.com", "example.com", "full-width letters are mapped"),
    ("example。com", "example.com", "an ideographic full stop is a dot"),
    ("exa\u00admple.com", "example.com", "a soft hyphen is ignored"),
    ("faß.example", "xn--fa-hia.example", "sharp s stays (non-transitional)"),
    ("βόλος.example", "xn--nxasmm1c.example", "final sigma stays (non-transitional)"),
    ("BÜCHER.example", "xn--bcher-kva.example", "capitals before Punycode"),
    ("XN--BCHER-KVA.example", "xn--bcher-kva.example", "Punycode has no case"),
    ("☕.example", "xn--53h.example", "a symbol that browsers open"),
    ("a_b.example", "a_b.example", "an underscore"),
    ("-a-.example", "-a-.example", "hyphens at the ends of a label"),
    ("a--b.example", "a--b.example", "two hyphens in third place"),
    ("127.0.0.1", "127.0.0.1", "an IPv4 address"),
    ("127.1", "127.0.0.1", "two numbers"),
    ("0x7f000001", "127.0.0.1", "one number, hexadecimal"),
    ("0177.0.0.1", "127.0.0.1", "octal"),
    ("0x.0x.0", "0.0.0.0", "a prefix alone is zero"),
    ("192.168.257", "192.168.1.1", "three numbers, the last of two bytes"),
    ("4294967295", "255.255.255.255", "the last address"),
    ("[::1]", "::1", "an IPv6 address"),
    ("[::]", "::", "all zeros"),
    ("[1::]", "1::", "zeros at the end"),
    ("[2001:DB8:0:0:0:0:0:1]", "2001:db8::1", "zeros compressed, lower case"),
    ("[1:0:0:2:0:0:0:3]", "1:0:0:2::3", "the longest run of zeros"),
    ("[1:0:0:2:0:0:3:4]", "1::2:0:0:3:4", "the first of equal runs"),
    ("[1:0:2:3:4:5:6:7]", "1:0:2:3:4:5:6:7", "a single zero stays"),
    ("[10:0:0:0:0:0:0:100]", "10::100", "zeros inside a piece are not a run"),
    ("[::ffff:192.0.2.1]", "::ffff:c000:201", "no dotted decimal inside"),
]


@pytest.mark.parametrize("spelling, host, why", HOSTS, ids=[why for *_, why in HOSTS])
def test_ascii_host(spelling, host, why):
    assert ascii_host(spelling) == host


NO_HOSTS = [
    "",
    ".",
    "a b",
    "a<b",
    "a^b",
    "a|b",
    "a%00b",
    "a%2fb",
    "a:b",
    "%zz",
    "%ff",
    "1.2.3.4.5",
    "256.0.0.1",
    "4294967296",
    "0x1ffffffff",
    "1.2.3.09",
    "a.0xg1.0x1",
    "[::1",
    "[]",
    "[1:2:3]",
    "[::1]a",
    "[fe80::1%eth0]",
    "a" * 254,
    "é" * 1025,
    "\ud800.example",
]


@pytest.mark.parametrize("spelling", NO_HOSTS, ids=ascii)
def test_what_is_no_host(spelling):
    with pytest.raises(QueryError):
        ascii_host(spelling)


# The facts that the Public Suffix List publishes as its test vectors, in our own table. Where the list's
# algorithm has no registrable domain, or falls back on its default rule, ours is the host.
REGISTERED = [
    ("com", "com"),
    ("example.com", "example.com"),
    ("b.example.com", "example.com"),
    ("a.b.example.com", "example.com"),
    ("WwW.Example.COM", "example.com"),
    ("uk.com", "uk.com"),
    ("example.uk.com", "example.uk.com"),
    ("a.b.example.uk.com", "example.uk.com"),
    ("biz", "biz"),
    ("b.domain.biz", "domain.biz"),
    ("jp", "jp"),
    ("test.jp", "test.jp"),
    ("www.test.jp", "test.jp"),
    ("ac.jp", "ac.jp"),
    ("www.test.ac.jp", "test.ac.jp"),
    ("kyoto.jp", "kyoto.jp"),
    ("test.kyoto.jp", "test.kyoto.jp"),
    ("ide.kyoto.jp", "ide.kyoto.jp"),
    ("b.ide.kyoto.jp", "b.ide.kyoto.jp"),
    ("a.b.ide.kyoto.jp", "b.ide.kyoto.jp"),
    ("c.kobe.jp", "c.kobe.jp"),
    ("b.c.kobe.jp", "b.c.kobe.jp"),
    ("a.b.c.kobe.jp", "b.c.kobe.jp"),
    ("city.kobe.jp", "city.kobe.jp"),
    ("www.city.kobe.jp", "city.kobe.jp"),
    ("test.ck", "test.ck"),
    ("b.test.ck", "b.test.ck"),
    ("a.b.test.ck", "b.test.ck"),
    ("www.ck", "www.ck"),
    ("www.www.ck", "www.ck"),
    ("us", "us"),
    ("test.us", "test.us"),
    ("www.test.us", "test.us"),
    ("ak.us", "ak.us"),
    ("www.test.ak.us", "test.ak.us"),
    ("k12.ak.us", "k12.ak.us"),
    ("www.test.k12.ak.us", "test.k12.ak.us"),
    ("食狮.com.cn", "xn--85x722f.com.cn"),
    ("www.食狮.公司.cn", "xn--85x722f.xn--55qx5d.cn"),
    ("shishi.公司.cn", "shishi.xn--55qx5d.cn"),
    ("www.食狮.中国", "xn--85x722f.xn--fiqs8s"),
    ("www.xn--85x722f.xn--fiqs8s", "xn--85x722f.xn--fiqs8s"),
    ("shishi.xn--fiqs8s", "shishi.xn--fiqs8s"),
    ("example.example", "example.example"),
    ("b.example.example", "b.example.example"),
    # the private section
    ("ann.github.io", "ann.github.io"),
    ("www.ann.github.io", "ann.github.io"),
    ("github.io", "github.io"),
    ("someblog.blogspot.com", "someblog.blogspot.com"),
    ("bucket.s3.amazonaws.com", "bucket.s3.amazonaws.com"),
    # no names
    ("127.0.0.1", "127.0.0.1"),
    ("2001:db8::1", "2001:db8::1"),
    ("localhost", "localhost"),
]


@pytest.mark.parametrize("host, domain", REGISTERED)
def test_registered_domain(host, domain):
    assert registered_domain(host) == domain


@pytest.mark.parametrize(
    "host, listed",
    [("example.com", True), ("com", False), ("a.b.example", False), ("main.rs", True), ("index.html", False)],
)
def test_has_listed_suffix(host, listed):
    assert has_listed_suffix(host) is listed


@pytest.mark.parametrize(
    "host, country",
    [
        ("example.co.uk", True),
        ("co.uk", False),
        ("example.uk", False),
        ("example.com.au", True),
        ("example.com", False),
        ("ann.github.io", False),
        ("example.uk.com", False),
    ],
)
def test_country_suffix(host, country):
    assert country_suffix(host) is country


@settings(deadline=None)
@given(st.text(max_size=40))
def test_a_host_is_its_own_spelling(spelling):
    try:
        host = ascii_host(spelling)
    except QueryError:
        return
    assert ascii_host(f"[{host}]" if ":" in host else host) == host
    assert host.endswith(registered_domain(host))
