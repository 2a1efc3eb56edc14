"""How the HTML pages look, in light and dark. In Python, so that a change of it is seen as one of the sources."""

CSS = """\
:root {
  color-scheme: light dark;
  --text: #1f2933; --quiet: #52606d; --ground: #ffffff; --line: #d5dae0; --head: #f3f5f7; --code: #eef1f4;
  --warning-text: #6b3d00; --warning-ground: #fff4d6; --warning-line: #e0a100;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #e4e7eb; --quiet: #a9b4c0; --ground: #16191d; --line: #3b434c; --head: #22272d; --code: #262c33;
    --warning-text: #ffdf9e; --warning-ground: #3a2c0a; --warning-line: #c98f00;
  }
}
body { margin: 0; background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 80rem; margin: 0 auto; padding: 1.5rem 1.5rem 4rem; }
h1 { margin: 0 0 1rem; font-size: 1.6rem; line-height: 1.25; }
h2 { margin: 2.2rem 0 .6rem; font-size: 1.2rem; }
p, ul { max-width: 52rem; margin: .6rem 0; }
ul { padding-left: 1.3rem; }
li { margin: .3rem 0; }
code { padding: .1em .3em; border-radius: 3px; background: var(--code); font-size: .9em; overflow-wrap: anywhere; }
/* A blockquote is a note on what must not be overlooked, such as that the speech is synthetic. */
blockquote {
  max-width: 52rem; margin: 1rem 0; padding: .1rem 1rem; border-left: 5px solid var(--warning-line);
  background: var(--warning-ground); color: var(--warning-text);
}
p:has(> img) { max-width: none; }
img { display: block; max-width: 100%; max-height: calc(100vh - 10rem); }
img { box-sizing: border-box; padding: .5rem; border-radius: 4px; background: white; }
.table { margin: 1rem 0; overflow-x: auto; }
table { border-collapse: collapse; font-size: .85rem; font-variant-numeric: tabular-nums; }
th, td { padding: .35rem .5rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { background: var(--head); color: var(--quiet); font-weight: 600; vertical-align: bottom; }
td[style*="right"], td strong { white-space: nowrap; }
/* Words, in the first and the last column, are not squeezed for the sake of numbers. */
td:first-child:not([style*="right"]) { min-width: 7rem; }
td:last-child:not([style*="right"]) { min-width: 9rem; }
/* What belongs to the line above has an empty first cell. */
tr:has(+ tr > td:first-child:empty) > td { border-bottom: 0; }
"""
