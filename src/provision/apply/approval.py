"""Approval: what a JWT login lacks where each user approves the app alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from provision.errors import LoginRefused
from provision.refusals.dictionary import find
from provision.refusals.refusal import Flow
from provision.refusals.user import APPROVE_ONCE, NOT_APPROVED

__all__ = ["approved_once"]

Result = TypeVar("Result")


def approved_once(log_in: Callable[[], Result]) -> Result:
    """What ``log_in`` gives with a self-authorized app.

    It succeeds for users who have approved the app once in a browser, with the scope refresh_token
    (eca-metadata 13.1 A7). A refusal for want of that names this one way to settle it, and no
    permission set, which does nothing for a self-authorized app. Raises what ``log_in`` raises.
    """
    try:
        return log_in()
    except LoginRefused as error:
        row = find(error.message, Flow.JWT_BEARER)
        if row is None or row.name != NOT_APPROVED:
            raise
        next_step = f"{APPROVE_ONCE.text} {APPROVE_ONCE.next_step}"
        raise LoginRefused(error.message, code=error.code, next_step=next_step) from error
