"""Usage errors: what is wrong with a value on the command line, in our words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import typer

from provision.spec.hint import did_you_mean

__all__ = ["usage_message"]

# typer reads values with pydantic, whose messages are about Python's types.
_REASONS: Final[Mapping[str, str]] = {
    "int_parsing": "it takes a whole number",
    "int_from_float": "it takes a whole number",
    "float_parsing": "it takes a number",
    "finite_number": "it takes a number",
    "greater_than_equal": "it takes {ge:g} or more",
    "less_than_equal": "it takes {le:g} or less",
}


def usage_message(error: typer.TyperException) -> str:
    """The message of a usage error. Where a value is wrong, it says what the option takes."""
    cause = error.__cause__
    message = error.format_message()
    if cause is None or not hasattr(cause, "errors"):
        return message
    [details] = cause.errors()[:1]
    context = details.get("ctx", {})
    reason = _REASONS.get(details["type"])
    if reason is not None:
        return message.replace(details["msg"], reason.format_map(context))
    plain = details["msg"].removeprefix("Value error, ")
    words = plain.partition(" is not one of ")[2].rstrip(".").replace("'", "")
    if words:
        value = str(details.get("input", ""))
        plain = f"it takes one of {words}{did_you_mean(value, words.split(', '))}"
    return message.replace(details["msg"], plain)
