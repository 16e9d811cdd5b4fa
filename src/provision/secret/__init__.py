"""Secrets, which nothing prints, and sinks, the places where they may go."""
