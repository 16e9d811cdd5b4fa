"""What is kept of runs: what was done to each app, rows of orgs, locks."""
