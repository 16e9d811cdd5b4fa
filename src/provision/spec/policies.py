"""The `policies:` part of a spec: who may use the app, and for how long."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BeforeValidator, WithJsonSchema

from provision.catalogue.period import MINUTES
from provision.spec.base import SpecModel
from provision.spec.duration import MOST, duration_of
from provision.spec.grant import PermissionSetGrants, ProfileGrants
from provision.spec.refresh_token import RefreshTokenPolicy
from provision.spec.refusal import refusal
from provision.spec.text import Flag, NotNull

__all__ = ["Policies"]


def _minutes(value: object) -> int:
    """A session timeout in minutes, from ``15 minutes`` or ``2 hours``."""
    try:
        duration = duration_of(value, tuple(MINUTES))
    except ValueError as error:
        raise refusal(str(error)) from None
    minutes = duration.amount * MINUTES[duration.unit]
    if minutes > MOST:
        raise refusal(f"{duration.amount} {duration.unit} is too long: at most {MOST} minutes")
    return minutes


SessionTimeout: TypeAlias = Annotated[
    int,
    BeforeValidator(_minutes),
    WithJsonSchema({"type": "string", "pattern": r"^[1-9][0-9]* *(m|h|minutes?|hours?)$|\$\{"}),
]


class Policies(SpecModel):
    """The app's policies."""

    enabled: Annotated[Flag | None, NotNull] = None
    """Whether the app may be used at all."""

    permitted_users: Literal["admin_approved", "self_authorized"] | None = None
    """Whether an administrator decides who may use the app, or each user."""

    profiles: ProfileGrants | None = None
    """Profiles whose users may use the app, by label. Honoured with admin_approved alone."""

    permission_sets: PermissionSetGrants | None = None
    """Permission sets whose users may use the app. Honoured with admin_approved alone."""

    refresh_token: RefreshTokenPolicy | None = None
    """How long refresh tokens are valid."""

    session_timeout: SessionTimeout | None = None
    """How long a session lasts without use (opaque access tokens alone): 15 minutes, 2 hours."""

    ip_relaxation: (
        Literal["enforce", "bypass", "bypass_2factor", "enforce_relax_refresh"] | None
    ) = None
    """Whether the app's logins heed the org's IP restrictions."""
