"""Corpora: from a corpus's own files to the utterance table. Nothing here needs more than the standard library
until audio is opened, so that the workflow can ask for the speakers of a corpus when it is parsed."""
