"""Desired components and actual ones to a plan. Pure: no input, no output."""
