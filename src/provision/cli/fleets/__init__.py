"""Verbs over the orgs of a fleet."""
