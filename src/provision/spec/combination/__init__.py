"""Combinations: values that are legal one by one, but do not work together or have no effect."""
