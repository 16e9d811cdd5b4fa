"""Many orgs: what came of each, kept and put together."""
