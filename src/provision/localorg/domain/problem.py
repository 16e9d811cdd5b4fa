"""Refusals of the platform: a status code, and its message."""

from __future__ import annotations

from typing import Literal, TypeAlias

__all__ = ["PlatformCode", "Refused", "not_found"]

PlatformCode: TypeAlias = Literal[
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
    "DELETE_FAILED",
    "DUPLICATE_DEVELOPER_NAME",
    "DUPLICATE_USERNAME",
    "DUPLICATE_VALUE",
    "EXCEEDED_ID_LIMIT",
    "FUNCTIONALITY_NOT_ENABLED",
    "INSUFFICIENT_ACCESS",
    "INSUFFICIENT_ACCESS_OR_READONLY",
    "INVALID_CROSS_REFERENCE_KEY",
    "INVALID_FIELD",
    "INVALID_FIELD_FOR_INSERT_UPDATE",
    "INVALID_ID_FIELD",
    "INVALID_QUERY_LOCATOR",
    "INVALID_SESSION_ID",
    "INVALID_SOURCE",
    "INVALID_STATUS",
    "INVALID_TYPE",
    "JSON_PARSER_ERROR",
    "LIMIT_EXCEEDED",
    "MALFORMED_QUERY",
    "METHOD_NOT_ALLOWED",
    "MISSING_ARGUMENT",
    "NOT_FOUND",
    "PROCESSING_HALTED",
    "REQUEST_LIMIT_EXCEEDED",
    "REQUIRED_FIELD_MISSING",
    "UNABLE_TO_LOCK_ROW",
    "UNKNOWN_EXCEPTION",
    "UNSUPPORTED_API_VERSION",
]
"""Every status code in the local org's responses. ``provision.refusals`` explains each of them."""


class Refused(Exception):
    """The org refuses. ``code`` is Salesforce's status code, ``text`` its message.

    ``fields`` are the fields at fault, ``status`` is the HTTP status over REST, and ``element`` is
    the XML element whose position a deploy reports.
    """

    def __init__(
        self,
        code: PlatformCode,
        text: str,
        *,
        fields: tuple[str, ...] = (),
        status: int = 400,
        element: str = "",
    ) -> None:
        super().__init__(f"{code}: {text}")
        self.code: PlatformCode = code
        self.text = text
        self.fields = fields
        self.status = status
        self.element = element


def not_found() -> Refused:
    """The refusal for a path or record that does not exist."""
    return Refused("NOT_FOUND", "The requested resource does not exist", status=404)
