"""The pages as served: complete, with nothing from elsewhere, and no script but the docs'."""

import html
import re
from html.parser import HTMLParser

import pytest

from api import create_app
from api.config import Config
from api.loader import extraction
from api.loader.read import text_of
from api.store import store

STORY = (
    "“The ferry is late,” said Ann Lee, the harbour master. She said that it was always late.\r\n\r\n"
    'A reader: <script>alert("x")</script> & see https://example.org/ferry 😀\r\n'
)


class Page(HTMLParser):
    """What a browser would load and show: addresses, ids, headings, landmarks, and the text's characters."""

    def __init__(self, markup):
        super().__init__(convert_charrefs=True)
        self.loads, self.ids, self.links, self.headings, self.tags = [], [], [], [], []
        self.open, self.shown, self.language = [], [], None
        self.feed(markup)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.tags.append(tag)
        self.language = given.get("lang") if tag == "html" else self.language
        self.loads += [
            given[name] for name in ("src", "href") if name in given and tag in ("link", "script", "img")
        ]
        self.ids += [given["id"]] if "id" in given else []
        self.links += [given["href"]] if tag == "a" and "href" in given else []
        self.headings += [tag] if re.fullmatch("h[1-6]", tag) else []
        assert not any(name.startswith("on") or name == "style" for name in given)
        if tag not in ("meta", "link", "input"):
            self.open.append((tag, given.get("class", "").split()))

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_data(self, text):
        if any("text" in classes for _, classes in self.open):
            self.shown.append(text)


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    path = tmp_path_factory.mktemp("pages") / "test.db"
    app = create_app(Config(database_url=f"sqlite:///{path}"))
    with app.app_context():
        app.test_client().get("/")
        app.document_id = store(extraction(text_of(STORY.encode(), "ferry.txt"))).id
    return app


@pytest.fixture
def get(app):
    return app.test_client().get


@pytest.fixture
def pages(app):
    return ["/", "/docs", f"/read/{app.document_id}"]


def test_every_page_is_well_formed_and_loads_nothing_from_elsewhere(get, pages):
    for path in pages:
        answer = get(path)
        page = Page(answer.text)
        assert answer.status_code == 200 and answer.mimetype == "text/html", path
        assert not page.open and len(page.ids) == len(set(page.ids)), path
        assert page.language == "en" and {"nav", "header"} <= set(page.tags), path
        assert page.tags.count("main") == (path != "/docs"), path  # Swagger UI brings its own
        assert page.loads and all(load.startswith("/docs/assets/") for load in page.loads), path
        for load in page.loads:
            asset = get(load)
            assert asset.status_code == 200 and "immutable" in asset.headers["Cache-Control"], load
            assert "http" not in re.sub(r"http://www\.w3\.org/\S*", "", asset.text) or "swagger" in load, load


def test_only_the_docs_may_run_a_script(get, pages):
    for path in pages:
        policy = get(path).headers["Content-Security-Policy"]
        assert ("script-src 'self'" in policy) is (path == "/docs")
        assert "default-src 'none'" in policy and "unsafe" not in policy
        assert get(path).text.count("<script") == (2 if path == "/docs" else 0)


def test_anchors_within_a_page_lead_somewhere(get, pages):
    for path in pages:
        page = Page(get(path).text)
        assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids), path


def test_our_own_links_lead_somewhere(get, pages):
    for path in pages:
        for link in Page(get(path).text).links:
            if link.startswith("/"):
                assert get(html.unescape(link)).status_code == 200, (path, link)


def test_the_reader_shows_the_text_exactly(get, app):
    page = Page(get(f"/read/{app.document_id}").text)
    assert "".join(page.shown).strip("\n") == STORY.strip("\n")
    assert page.headings[0] == "h1"


def test_the_reader_names_speakers_and_sources(get, app):
    markup = get(f"/read/{app.document_id}").text
    assert re.search(r'<mark id="q_\w+" class="quote direct s0" title="Quote 1, direct, Ann Lee', markup)
    assert re.search(r'<a id="l_\w+" class="link" href="https://example.org/ferry"', markup)


def test_the_start_page_counts_and_leads_to_the_documents(get, app):
    markup = get("/").text
    assert f'href="/read/{app.document_id}"' in markup
    assert "The ferry is late" in markup and "<script" not in markup
    assert re.search(r">Documents</a></dt><dd>1</dd>", markup)


@pytest.mark.parametrize(
    "path, why",
    [
        ("/read/d_none", "there is no such document"),
        ("/docs/assets/0000/pages.css", "an old version"),
        ("/docs/assets/0000/../../config.py", "not an asset"),
        ("/docs/assets/x/missing.js", "a name that we do not have"),
    ],
    ids=lambda value: value if " " in value else "",
)
def test_what_is_not_there_is_a_problem(get, path, why):
    answer = get(path)
    assert answer.status_code == 404 and answer.mimetype == "application/problem+json"


def test_a_database_with_nothing_in_it(tmp_path):
    client = create_app(Config(database_url=f"sqlite:///{tmp_path / 'empty.db'}")).test_client()
    answer = client.get("/")
    assert answer.status_code == 200 and "None yet." in answer.text
