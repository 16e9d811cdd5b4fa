"""The metadata types of an external client app, a module each."""
