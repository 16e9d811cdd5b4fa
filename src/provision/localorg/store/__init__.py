"""The local org's state in one SQLite file."""
