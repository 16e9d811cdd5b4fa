"""OAuth over HTTP: the token endpoint, the login page, and the endpoints about a token's user."""
