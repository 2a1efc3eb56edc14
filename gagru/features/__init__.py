"""From audio to feature sets, and from these to normalised features; one module a feature set."""
