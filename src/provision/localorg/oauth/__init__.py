"""OAuth as rules: clients, grants, tokens, sessions. Knows no HTTP."""
