"""What the workflow makes of the corpora that are run, and how the report shows it."""

from typing import NamedTuple

from gagru.report.speech import describe_speech
from gagru.task.corpora import name_table, printed, title_table
from gagru.workflow import paths
from gagru.workflow.candidates import write_use
from gagru.workflow.configuration import is_demo, write_note
from gagru.workflow.runs import list_drawn

FIGURES = {paths.FIGURE2: "Figure 2: edges of the graph", paths.FIGURE3: "Figure 3: attention over time"}


class Page(NamedTuple):
    """A page of the report.

    category, title : where and how the report lists it
    corpora : those whose speech is heard on it
    made : suffix of the file that is made for it; none where it is made for the report alone
    shown : suffix of the file that the page is made from
    pictures : files that this one names
    """

    category: str
    title: str
    corpora: list[str]
    made: str | None = ".csv"
    shown: str = ".md"
    pictures: tuple[str, ...] = ()


def list_pages(config: dict) -> dict[str, Page]:
    """Every page, by the name of its result, in the order of the report."""
    run = config["run"]["corpora"]
    found = {name_table(corpus): Page("Tables", title_table(corpus), [corpus]) for corpus in config["corpora"]}
    found = {name: page for name, page in found.items() if page.corpora[0] in run}
    found |= list_figures(config)
    if len(config["run"]["systems"]) + len(config["external"]) > 1:
        for corpus in run:
            title = f"Comparisons on {printed(corpus)}"
            found[paths.COMPARISONS.format(corpus=corpus)] = Page("Comparisons", title, [corpus])
    for corpus in config["choices"]["corpora"]:
        name = paths.CHOICES.format(corpus=corpus)
        picture = f"{paths.RESULT.format(name=name)}.png"
        found[name] = Page("Choices", f"Open choices on {printed(corpus)}", [corpus], pictures=(picture,))
    return found | {
        "claims": Page("The paper", "The paper's claims", run),
        "check": Page("The paper", "Check against the paper", run),
        "audit": Page("The paper", "Audit of the paper's tables", []),
        "provenance": Page("How it was made", "Provenance", run, made=None),
        "benchmarks/run_times": Page("How it was made", "Run times and memory", run, made=None),
    }


def list_figures(config: dict) -> dict[str, Page]:
    """The pages of the figures of what GA-GRU learned, if it is run."""
    if "ga_gru" not in config["run"]["systems"]:
        return {}
    run = config["run"]["corpora"]
    found = {paths.FIGURE1: Page("Figures", "Figure 1: architecture", [], ".pdf", ".png")}
    for figure_of, corpora in list_drawn(config).items():
        if set(corpora) & set(run):
            for figure, title in FIGURES.items():
                whose = f", {printed(*corpora)}" if figure_of else ""
                found[figure.format(figure_of=figure_of)] = Page("Figures", title + whose, corpora, ".pdf", ".png")
    return found


def list_results(config: dict) -> list[str]:
    """The files that are made of the corpora that are run, and of the paper."""
    pages = list_pages(config)
    return [f"{paths.RESULT.format(name=name)}{page.made}" for name, page in pages.items() if page.made]


def number_category(pages: dict[str, Page], name: str) -> str:
    """The category of a page with its number, for the report lists categories by name."""
    present = list(dict.fromkeys(page.category for page in pages.values()))
    return f"{1 + present.index(pages[name].category)} {pages[name].category}"


def label_page(config: dict, page: Page) -> dict[str, str]:
    """How the report lists a page: its title, and whether its speech is synthetic."""
    demos = [corpus for corpus in page.corpora if is_demo(config["corpora"][corpus])]
    mark = "synthetic" if demos == list(page.corpora) else f"{printed(*demos)} synthetic"
    return {"page": page.title + (f" ({mark})" if demos else "")}


def write_note_of_comparisons(config: dict, corpora: list[str]) -> str:
    """What must stand on the face of a comparison of systems, as described or as selected."""
    return " ".join(filter(None, [write_note(config, corpora), write_use(config, corpora)]))


def list_synthetic(config: dict) -> list[str]:
    """The corpora that are run and are demos."""
    return [corpus for corpus in config["run"]["corpora"] if is_demo(config["corpora"][corpus])]


def describe_corpora(config: dict, corpora: list[str]) -> str:
    """What speech corpora hold, in words; with its counts, once the corpora were read."""
    return "; ".join(
        describe_speech(corpus, is_demo(config["corpora"][corpus]), paths.FOLDS.format(place=corpus))
        for corpus in corpora
    )
