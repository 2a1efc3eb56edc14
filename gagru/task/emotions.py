"""The four emotion classes of the task, in the order used everywhere."""

EMOTIONS = ("happiness", "neutrality", "sadness", "anger")
