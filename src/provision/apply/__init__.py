"""A plan onto an org: write, read back, prove."""
