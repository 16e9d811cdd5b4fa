"""OAuth on the wire: the token endpoint, the login page, and who a token belongs to."""
