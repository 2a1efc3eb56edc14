"""What a corpus is called in print."""

CORPUS_NAMES = {"iemocap": "IEMOCAP", "msp_improv": "MSP-IMPROV", "emodb": "EMO-DB"}


def printed(*corpora: str) -> str:
    """The corpora's names as in a sentence, `IEMOCAP and MSP-IMPROV`; one of the user's own is printed by its key."""
    return " and ".join(CORPUS_NAMES.get(name, name) for name in corpora)
