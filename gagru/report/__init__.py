"""Pages for readers: Markdown, LaTeX and HTML."""
