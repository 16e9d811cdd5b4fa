"""Spec and templates to desired components."""
