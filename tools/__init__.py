"""Programs that maintain the repository: parts of the README, the page of the configuration."""
