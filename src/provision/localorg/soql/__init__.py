"""SOQL: the part of it that clients of external client apps use."""
