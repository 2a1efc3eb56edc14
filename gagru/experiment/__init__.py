"""One training from files to files, and where its results come from."""
