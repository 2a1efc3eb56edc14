"""Turn a Markdown page, or a picture, into an HTML page that stands for itself."""

import argparse
from pathlib import Path

from gagru.report.html import render_html, show_picture
from gagru.storage.files import write_text
from gagru.workflow.program import run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--source", required=True, type=Path, help="the Markdown, with its pictures beside it, or a PNG"
    )
    parser.add_argument("--title", required=True, help="of a picture's page; Markdown has its own")
    parser.add_argument("--out", required=True, help="the HTML file")
    options = parser.parse_args()

    source = options.source
    markdown = show_picture(options.title, source.name) if source.suffix == ".png" else source.read_text("utf-8")
    write_text(options.out, render_html(markdown, source.parent))


if __name__ == "__main__":
    run(main)
