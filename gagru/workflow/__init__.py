"""What the rules call: configuration, places, parameters of jobs, digests of sources, going on after a kill."""
