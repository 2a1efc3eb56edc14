"""The synthetic demo corpora: who says what, the layouts on disk, and the speech."""
