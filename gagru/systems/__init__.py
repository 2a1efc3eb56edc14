"""The compared systems, one module each: its network, its settings, and what is peculiar to it."""
