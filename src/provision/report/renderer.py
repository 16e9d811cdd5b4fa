"""Renderer: what each output format is to the rest."""

from __future__ import annotations

from typing import Protocol

from provision.report.findings import Findings
from provision.report.report import Report

__all__ = ["Renderer"]


class Renderer(Protocol):
    """One output format. Both methods: the whole output, without a final line feed.

    The same value gives the same output, and no secret is in it.
    """

    def render(self, report: Report) -> str:
        """What a verb found in orgs, or did to them."""
        ...

    def render_findings(self, findings: Findings) -> str:
        """What a verb found in specs."""
        ...
