"""Folds, the history of an utterance in its dialog, and the parts of a fold as systems take them."""
