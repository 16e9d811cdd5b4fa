"""Combinations: values that are legal one by one, and together do not work or have no effect."""
