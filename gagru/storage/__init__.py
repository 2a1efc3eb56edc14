"""Files that appear whole or not at all, and that tell when they were damaged: text, JSON, Parquet, Markdown tables."""
