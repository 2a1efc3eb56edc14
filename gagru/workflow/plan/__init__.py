"""What a run will take before it starts: its jobs, the speech in them, and how fast this machine is."""
