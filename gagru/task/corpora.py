"""The registry of the corpus readers, each a module of `gagru.corpora`, and what a corpus is called in print."""

from typing import NamedTuple

from gagru.task.registry import Registry


class Reader(NamedTuple):
    """What is known of a reader without importing it.

    printed : the name of the corpus that it reads, as papers print it; None where it reads any
    """

    printed: str | None


READERS = Registry(
    "corpus reader",
    {
        "iemocap": Reader("IEMOCAP"),
        "msp_improv": Reader("MSP-IMPROV"),
        "emodb": Reader("EMO-DB"),
        "ravdess": Reader("RAVDESS"),
        "crema_d": Reader("CREMA-D"),
        "nemo": Reader("nEMO"),
        "savee": Reader("SAVEE"),
        "tess": Reader("TESS"),
        "emovo": Reader("EMOVO"),
        "filenames": Reader(None),
        "manifest": Reader(None),
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
