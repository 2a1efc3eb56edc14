"""A trained system on new audio: what is given, how it is described, what the folds' models say, and why."""
