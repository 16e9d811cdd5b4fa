"""Secrets that nothing prints, and the places that they may go to. A leaf."""

from __future__ import annotations

from provision.secret.choice import sink_for
from provision.secret.error import SinkError
from provision.secret.secret import Secret
from provision.secret.sink import Sink, Values

__all__ = ["Secret", "Sink", "SinkError", "Values", "sink_for"]
