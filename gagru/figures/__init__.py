"""Pictures, each drawn from the numbers of a table."""
