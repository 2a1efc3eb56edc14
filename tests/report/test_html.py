"""Pages: what of the Markdown a reader finds in the HTML, and that nothing comes from elsewhere."""

import re
from base64 import b64decode
from html.parser import HTMLParser

import pandas as pd
import pytest

from gagru.report.html import render_html, show_picture
from gagru.storage.tables import to_markdown
from gagru.task.errors import InputError

PNG = b"\x89PNG\r\n\x1a\n and what follows"


class Reader(HTMLParser):
    """The tags of a page with their attributes, and its cells."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.cells, self.open = [], [], None
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag in ("td", "th", "title"):
            self.cells.append("")
            self.open = tag

    def handle_endtag(self, tag):
        if tag == self.open:
            self.open = None

    def handle_data(self, data):
        if self.open:
            self.cells[-1] += data


def test_the_title_is_the_first_heading():
    assert "<title>Speech &amp; graphs</title>" in render_html("# Speech & graphs\n\n## Another\n")


def test_a_table_keeps_its_cells_and_their_sides():
    read = Reader(
        render_html(
            "# T\n\n"
            + to_markdown(pd.DataFrame([["A | B", "1.5"], ["", "< 0.1"]], columns=["System", "UA"]), right=["UA"])
        )
    )
    assert read.cells == ["T", "System", "UA", "A | B", "1.5", "", "< 0.1"]
    sides = [attributes.get("style") for tag, attributes in read.tags if tag in ("td", "th")]
    assert sides == ["text-align:left", "text-align:right"] * 3


def test_a_wide_table_scrolls_by_itself():
    html = render_html(to_markdown(pd.DataFrame({"a": ["b"]})))
    box = re.search(r'<div class="(\w+)" tabindex="0"><table>', html)
    assert re.search(rf"\.{box[1]} {{[^}}]*overflow-x: auto", html)


def test_a_note_is_a_block_of_its_own():
    assert "<blockquote>\n<p><strong>Synthetic.</strong></p>" in render_html("# T\n\n> **Synthetic.**\n")


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "<img src=http://example.org/a.png>", "a <b>c</b>"])
def test_html_in_a_page_is_shown_as_text(text):
    tags = {tag for tag, _ in Reader(render_html(f"# T\n\n{text}\n\n`{text}`\n")).tags}
    assert not tags & {"script", "img", "b"}


def test_a_picture_is_part_of_the_page(tmp_path):
    (tmp_path / "a figure.png").write_bytes(PNG)
    read = Reader(render_html(show_picture("Figure 1", "a figure.png"), tmp_path))
    [shown] = [attributes for tag, attributes in read.tags if tag == "img"]
    assert shown["alt"] == "Figure 1"
    kind, content = shown["src"].split(",")
    assert kind == "data:image/png;base64"
    assert b64decode(content) == PNG


@pytest.mark.parametrize("name", ["missing.png", "http://example.org/a.png"])
def test_a_picture_that_is_not_there_is_named(tmp_path, name):
    with pytest.raises(InputError, match=r"\.png: a page shows this picture, which cannot be read"):
        render_html(f"# T\n\n![a figure]({name})\n", tmp_path)


def test_nothing_is_loaded_from_elsewhere_and_nothing_may_be():
    read = Reader(render_html("# T\n"))
    assert not {"script", "link", "iframe"} & {tag for tag, _ in read.tags}
    policies = [a["content"] for tag, a in read.tags if a.get("http-equiv") == "Content-Security-Policy"]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"]
    assert "@import" not in render_html("")
    assert "url(" not in render_html("")


def test_light_and_dark():
    assert "color-scheme: light dark" in render_html("")
    assert "prefers-color-scheme: dark" in render_html("")
