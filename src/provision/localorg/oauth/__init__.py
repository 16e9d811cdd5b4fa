"""OAuth: the token endpoint, the login pages, and what tokens may do."""
