"""The registry of the corpus readers, each a module of `gagru.corpora`, and what a corpus is called in print."""

from typing import NamedTuple

from gagru.task.registry import Registry


class Reader(NamedTuple):
    """What is known of a reader without importing it.

    printed : the name of the corpus that it reads, as papers print it; None where it reads any
    licence : what stands in a model that was trained on it
    language : what is spoken in it, as ISO 639-1 has it; None where it may be any
    """

    printed: str | None
    licence: str
    language: str | None = None


LICENSED = "belongs to its owners, who license it; models made from it fall under its terms"
OWN = "The corpus's terms hold for models made from it; read them before you pass one on"
DEMO_LICENCE = "Synthetic speech, which says nothing about emotion in speech; free to pass on"
READERS = Registry(
    "corpus reader",
    {
        "iemocap": Reader("IEMOCAP", f"IEMOCAP {LICENSED}", "en"),
        "msp_improv": Reader("MSP-IMPROV", f"MSP-IMPROV {LICENSED}", "en"),
        "emodb": Reader(
            "EMO-DB", "EMO-DB belongs to its authors; ask them for their terms before you pass a model on", "de"
        ),
        "ravdess": Reader("RAVDESS", "RAVDESS is under CC BY-NC-SA 4.0, which allows no commercial use", "en"),
        "crema_d": Reader("CREMA-D", "CREMA-D is under the Open Database License 1.0", "en"),
        "nemo": Reader("nEMO", "nEMO is under CC BY-NC-SA 4.0, which allows no commercial use", "pl"),
        "savee": Reader("SAVEE", "SAVEE is for research; read its terms before you pass a model on", "en"),
        "tess": Reader("TESS", "TESS is under CC BY-NC-ND 4.0, which allows no commercial use and no changes", "en"),
        "emovo": Reader("EMOVO", "EMOVO is for research; read its terms before you pass a model on", "it"),
        "filenames": Reader(None, OWN),
        "audformat": Reader(None, OWN),
        "manifest": Reader(None, OWN),
    },
)


# The paper's corpora, each with the number of its table.
PAPER_TABLES = {"iemocap": 1, "msp_improv": 2}


def name_table(corpus: str) -> str:
    """What a corpus's table is called in files: `table1`, `table2`; `table_emodb` where the paper has none."""
    return f"table{PAPER_TABLES[corpus]}" if corpus in PAPER_TABLES else f"table_{corpus}"


def title_table(corpus: str) -> str:
    """What a corpus's table is called in print: `Table 1: IEMOCAP`, `Results on EMO-DB`."""
    title = f"Table {PAPER_TABLES[corpus]}: " if corpus in PAPER_TABLES else "Results on "
    return title + printed(corpus)


def printed(*corpora: str) -> str:
    """The corpora's names as in a sentence, `IEMOCAP and MSP-IMPROV`; one of the user's own is printed by its key."""
    names = {name: reader.printed for name, reader in READERS.items()}
    return " and ".join(names.get(name) or name for name in corpora)
