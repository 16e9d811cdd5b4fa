"""The ways to get a session, one a module. Never username and password."""
