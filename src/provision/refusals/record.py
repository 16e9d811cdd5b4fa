"""Refusals by code of logins over SOAP, and of writes of records such as assignments."""

from __future__ import annotations

from typing import Final

from provision.refusals.refusal import Refusal, Sure, Where, one

__all__ = ["ROWS"]

# None of these is in the facts: the names of the login codes were found in copies of the WSDL.
_LOGIN_CODES: Final = "ExceptionCode of the SOAP API (copies of the WSDL); the causes are inferred"
_WRITE_CODES: Final = "StatusCode of the SOAP API; the causes are inferred"
_LOGINS: Final = (Where.SOAP, Where.TOKEN)
_WRITES: Final = (Where.REST, Where.SOAP, Where.DEPLOY)

ROWS: Final = (
    Refusal(
        "login-restricted",
        "The user may not log in from this address, or not at this hour.",
        one(
            "The user's profile has login IP ranges, or login hours.",
            "See the user's profile in Setup, and add the address or the hours; or name another "
            "user.",
        ),
        _LOGINS,
        _LOGIN_CODES,
        Sure.INFERRED,
        codes=("LOGIN_DURING_RESTRICTED_DOMAIN", "LOGIN_DURING_RESTRICTED_TIME"),
    ),
    Refusal(
        "password-locked",
        "The user is locked out, or has to set a new password.",
        one(
            "Too many wrong passwords were given, or the password has expired.",
            "Unlock the user, or reset the password, in Setup > Users. JWT bearer needs no "
            "password.",
        ),
        _LOGINS,
        _LOGIN_CODES,
        Sure.INFERRED,
        codes=("PASSWORD_LOCKOUT", "INVALID_OPERATION_WITH_EXPIRED_PASSWORD"),
    ),
    Refusal(
        "org-closed",
        "The org accepts no logins.",
        one(
            "Salesforce has locked it, or its trial has ended.",
            "Ask Salesforce, or remove the org from the fleet.",
        ),
        _LOGINS,
        _LOGIN_CODES,
        Sure.INFERRED,
        codes=("ORG_LOCKED", "TRIAL_EXPIRED"),
    ),
    Refusal(
        "no-access-to-named",
        "The user may not use a record that the written record refers to.",
        one(
            "The session's user lacks access to the app, the permission set or the user that is "
            "named.",
            "Run `provision doctor`: it names the permissions that are missing.",
        ),
        _WRITES,
        _WRITE_CODES,
        Sure.INFERRED,
        codes=("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",),
    ),
    Refusal(
        "license-missing",
        "There is no license left, or the user's does not allow this.",
        one(
            "A permission set can need a license that the user does not have.",
            "Assign the license first, or name another permission set or user.",
        ),
        _WRITES,
        _WRITE_CODES,
        Sure.INFERRED,
        codes=("LICENSE_LIMIT_EXCEEDED",),
    ),
    Refusal(
        "own-rule-refused",
        "A rule of this org refuses the record.",
        one(
            "A validation rule, a trigger or a flow of the org refuses it; the text beside "
            "the code is the rule's.",
            "Ask the org's administrator.",
        ),
        _WRITES,
        _WRITE_CODES,
        Sure.INFERRED,
        codes=("FIELD_CUSTOM_VALIDATION_EXCEPTION", "CANNOT_EXECUTE_FLOW_TRIGGER"),
    ),
)
