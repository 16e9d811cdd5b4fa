"""Secrets, which nothing prints, and sinks, the places where they may go."""

from __future__ import annotations

from provision.secret.secret import Secret, SinkError
from provision.secret.sink import Sink, Values, sink_for

__all__ = ["Secret", "Sink", "SinkError", "Values", "sink_for"]
