"""The rules of OAuth: clients, grants, tokens and sessions, without HTTP."""
