"""What trained networks attend to: edges of the graph, and attention over time."""
