"""Specs: YAML files that each describe one external client app."""

from __future__ import annotations
