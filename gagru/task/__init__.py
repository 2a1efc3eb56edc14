"""The task, on the lowest floor: the four emotions, metrics, errors, and what corpora and systems are called."""
