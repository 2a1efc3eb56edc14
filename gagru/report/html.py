"""Markdown pages as HTML that stands for itself: nothing is loaded from elsewhere, and nothing runs.

CommonMark with tables, by markdown-it-py. HTML within the Markdown is shown as text; pictures become part of the page.
"""

from base64 import b64encode
from html import escape
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote, unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token

from gagru.report.html_style import CSS
from gagru.task.errors import InputError

PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<main>
{body}</main>
</body>
</html>
"""


def render_html(markdown: str, folder=".") -> str:
    """The HTML page of a Markdown page, titled by its first heading; wide tables scroll by themselves.

    folder : where the pictures lie that the page shows, PNG files

    Raises `InputError` where a picture is missing.
    """
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.add_render_rule("table_open", lambda *_: '<div class="table" tabindex="0"><table>\n')
    parser.add_render_rule("table_close", lambda *_: "</table></div>\n")
    tokens = parser.parse(markdown)
    for token in tokens:
        for picture in token.children or []:
            if picture.type == "image":
                _embed(picture, Path(folder))
    headings = (text.content for tag, text in pairwise(tokens) if tag.type == "heading_open")
    return PAGE.format(
        title=escape(next(headings, "")), style=CSS, body=parser.renderer.render(tokens, parser.options, {})
    )


def show_picture(title: str, name: str) -> str:
    """The Markdown of a page that shows one picture; name : of its file."""
    return f"# {title}\n\n![{title}]({quote(name)})\n"


def _embed(picture: Token, folder: Path) -> None:
    path = folder / unquote(str(picture.attrs["src"]))
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: a page shows this picture, which cannot be read; run snakemake again") from error
    picture.attrs["src"] = f"data:image/png;base64,{b64encode(content).decode()}"
