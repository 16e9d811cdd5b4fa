"""The Metadata API and the login call over SOAP."""
