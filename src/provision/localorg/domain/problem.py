"""Refusals of the platform: a status code, and the sentence that goes with it."""

from __future__ import annotations

__all__ = ["Refused", "not_found"]


class Refused(Exception):
    """The org will not do it. ``code`` is Salesforce's status code, ``text`` its sentence.

    ``fields`` are the fields at fault, ``status`` what REST answers (HTTP), ``element`` the XML
    element whose place a deploy reports.
    """

    def __init__(
        self,
        code: str,
        text: str,
        *,
        fields: tuple[str, ...] = (),
        status: int = 400,
        element: str = "",
    ) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text
        self.fields = fields
        self.status = status
        self.element = element


def not_found() -> Refused:
    """What REST answers where there is nothing."""
    return Refused("NOT_FOUND", "The requested resource does not exist", status=404)
