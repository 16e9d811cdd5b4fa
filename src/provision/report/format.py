"""Format: the output formats, and what renders each. It costs nothing to import."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from provision.report.findings import Findings
    from provision.report.report import Report

__all__ = ["Format", "Renderer", "renderer_of"]


class Format(StrEnum):
    """What ``--format`` takes."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    HTML = "html"
    JUNIT = "junit"
    SARIF = "sarif"
    GITHUB = "github"


class Renderer(Protocol):
    """One output format. Both methods return the whole output, without a final line feed.

    The same value gives the same output, and no secret is in it.
    """

    def render(self, report: Report) -> str:
        """What a verb found in orgs, or did to them."""
        ...

    def render_findings(self, findings: Findings) -> str:
        """What a verb found in specs."""
        ...


def renderer_of(output_format: Format) -> Renderer:
    """The renderer of a format. Only its own module is imported."""
    match output_format:
        case Format.TEXT:
            from provision.report.text import TextRenderer

            return TextRenderer()
        case Format.JSON:
            from provision.report.json_document import JsonRenderer

            return JsonRenderer()
        case Format.MARKDOWN:
            from provision.report.markdown import MarkdownRenderer

            return MarkdownRenderer()
        case Format.HTML:
            from provision.report.html_page import HtmlRenderer

            return HtmlRenderer()
        case Format.JUNIT:
            from provision.report.junit import JunitRenderer

            return JunitRenderer()
        case Format.SARIF:
            from provision.report.sarif import SarifRenderer

            return SarifRenderer()
        case Format.GITHUB:
            from provision.report.github import GithubRenderer

            return GithubRenderer()
