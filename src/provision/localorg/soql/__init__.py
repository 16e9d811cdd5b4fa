"""The part of SOQL that clients of external client apps use."""
