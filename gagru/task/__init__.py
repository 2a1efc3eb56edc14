"""The task, on the lowest floor: the four emotions, metrics, errors, the registries, and how settings are declared."""
