"""From predictions to metrics, intervals, comparisons and the specification curve."""
