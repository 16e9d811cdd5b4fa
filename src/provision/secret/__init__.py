"""Secrets that nothing prints, and the places that they may go to. A leaf."""

from __future__ import annotations

from provision.secret.secret import Secret, SinkError
from provision.secret.sink import Sink, Values, sink_for

__all__ = ["Secret", "Sink", "SinkError", "Values", "sink_for"]
