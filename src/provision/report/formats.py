"""Formats: which renderer makes which format."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from provision.report.format import Format
from provision.report.github import GithubRenderer
from provision.report.html_page import HtmlRenderer
from provision.report.json_document import JsonRenderer
from provision.report.junit import JunitRenderer
from provision.report.markdown import MarkdownRenderer
from provision.report.renderer import Renderer
from provision.report.sarif import SarifRenderer
from provision.report.text import TextRenderer

__all__ = ["FORMATS"]

FORMATS: Final[Mapping[str, Renderer]] = MappingProxyType(
    {
        Format.TEXT: TextRenderer(),
        Format.JSON: JsonRenderer(),
        Format.MARKDOWN: MarkdownRenderer(),
        Format.HTML: HtmlRenderer(),
        Format.JUNIT: JunitRenderer(),
        Format.SARIF: SarifRenderer(),
        Format.GITHUB: GithubRenderer(),
    }
)
"""Every format by the name that ``--format`` takes (:class:`Format` members are such names)."""
