"""Refusals of REST and SOAP calls."""

from __future__ import annotations

from typing import Final

from provision.refusals.refusal import Cause, Refusal, Sure, Where, one

__all__ = ["FRESH_TOKEN", "ROWS"]

FRESH_TOKEN: Final = "fresh-token-refused"  # noqa: S105  # the name of a refusal

_API: Final = (Where.REST, Where.SOAP)
_REST: Final = (Where.REST,)
_ALL: Final = (Where.REST, Where.SOAP, Where.DEPLOY)
_CODES: Final = "org-protocol 7; Salesforce's SOAP API guide, core data types"
_GONE: Final = ("INVALID_SESSION_ID",)
_GRANTED: Final = "the token was granted, and get * refused"
_ACCESS_CONTROL: Final = Cause(
    "API Access Control is on, and does not admit the app or the user.",
    "Install or approve the app in Setup > API Access Control, and admit the user by one of the "
    "app's permission sets. Do not give Use Any API Client: its holder may use every app of the "
    "org, admin-approved ones too.",
)
_API_ENABLED: Final = Cause(
    "The user lacks the permission API Enabled.",
    "Give the user API Enabled, by a permission set or the profile.",
)

ROWS: Final = (
    Refusal(
        "session-gone",
        "The session has expired, was revoked, or belongs to another org.",
        (
            Cause("The session has ended.", "Log in again."),
            Cause(
                "If a fresh token is refused too, API Access Control does not admit the app or "
                "the user, or the user lacks API Enabled.",
                "Run `provision doctor`.",
            ),
        ),
        _API,
        _CODES,
        Sure.DOCUMENTED,
        texts=("session expired or invalid", "invalid session id found in sessionheader"),
        codes=_GONE,
    ),
    Refusal(
        FRESH_TOKEN,
        "The org granted a token, and its API refused it.",
        (
            _ACCESS_CONTROL,
            _API_ENABLED,
            Cause(
                "The IP address is not allowed: by the app's policies.ip_relaxation, or by the "
                "login IP ranges of the user's profile.",
                "Add the address of this machine to the org's or the profile's ranges, or relax "
                "policies.ip_relaxation.",
            ),
        ),
        (Where.FIRST_CALL,),
        "cli#3428; dataloader#1641; nango#4344; Salesforce-Inspector-Advanced#291; Salesforce "
        "help preauth_user_app_access_through_eca",
        Sure.OBSERVED,
        texts=(
            f"{_GRANTED}*invalid_session_id",
            "session expired or invalid",
            "this session is not valid for use with the api",
        ),
        codes=_GONE,
    ),
    Refusal(
        "first-call-refused",
        "The org granted a token, and refused the first call with it.",
        one(
            "The org's answer is not in the dictionary.",
            "Look it up in Salesforce's documentation. `provision doctor` shows who may use the "
            "API.",
        ),
        (Where.FIRST_CALL,),
        "provision's own words",
        Sure.OBSERVED,
        codes=(_GRANTED,),
        wraps=True,
    ),
    Refusal(
        "session-without-api",
        "The session may not use the REST API.",
        (
            Cause(
                "The token has neither the scope api nor full.",
                "Add api to oauth.scopes, and log in again; a refresh does not help.",
            ),
            _ACCESS_CONTROL,
            _API_ENABLED,
        ),
        (Where.REST,),
        "org-protocol 3.8 (sf CLI 2.146.3); Salesforce-inspector#149 (API Access Control)",
        Sure.OBSERVED,
        texts=("this session is not valid for use with the rest api",),
    ),
    Refusal(
        "api-disabled",
        "The API is not enabled.",
        (
            _API_ENABLED,
            Cause("The org's edition has no API.", "Use an org whose edition has one."),
        ),
        _API,
        _CODES,
        Sure.DOCUMENTED,
        codes=("API_DISABLED_FOR_ORG",),
    ),
    Refusal(
        "api-switched-off",
        "The API is switched off for now.",
        one("The org's API is switched off, as during maintenance.", "Try again later."),
        _API,
        _CODES,
        Sure.DOCUMENTED,
        codes=("API_CURRENTLY_DISABLED",),
    ),
    Refusal(
        "no-requests-left",
        "The API requests of the day are used up.",
        one("The org's API requests of 24 hours are used up.", "Try again later."),
        _API,
        _CODES,
        Sure.DOCUMENTED,
        texts=("totalrequests limit exceeded",),
        codes=("REQUEST_LIMIT_EXCEEDED",),
    ),
    Refusal(
        "busy",
        "The org is busy, or down.",
        one("The org is busy.", "Try again later, and see its status page."),
        _API,
        _CODES,
        Sure.DOCUMENTED,
        codes=(
            "SERVER_UNAVAILABLE",
            "ERROR_HTTP_503",
            "HTTP 503",
            "ERROR_HTTP_502",
            "ERROR_HTTP_504",
        ),
    ),
    Refusal(
        "too-many-requests",
        "The org wants a pause between requests.",
        one(
            "Too many requests came at once. Nothing was done.",
            "Wait as long as Retry-After says, as provision does. A lower `--concurrency` sends "
            "fewer requests at once.",
        ),
        _API,
        "RFC 6585; org-protocol 7",
        Sure.REPORTED,
        codes=("HTTP 429", "ERROR_HTTP_429"),
    ),
    Refusal(
        "row-locked",
        "Another write has locked the record.",
        one("Somebody else is writing to the org.", "Try again."),
        _ALL,
        _CODES,
        Sure.DOCUMENTED,
        texts=("unable to obtain exclusive access to",),
        codes=("UNABLE_TO_LOCK_ROW",),
    ),
    Refusal(
        "may-not-deploy",
        "The user may not use the Metadata API.",
        one(
            "The session's user lacks permissions.",
            "The user needs Modify Metadata (or Modify All Data), View Setup and Configuration, "
            "and External Client App Admin. `provision doctor` says which are missing.",
        ),
        _ALL,
        _CODES,
        Sure.DOCUMENTED,
        texts=("use of the metadata api requires a user with",),
        codes=("INSUFFICIENT_ACCESS",),
    ),
    Refusal(
        "may-not-write",
        "The user may not write this record.",
        one(
            "The session's user may not write this record, or nobody may write it over the API.",
            "Check the user's permissions with `provision doctor`.",
        ),
        _API,
        _CODES,
        Sure.DOCUMENTED,
        texts=(
            "entity type cannot be inserted",
            "entity type cannot be updated",
            "entity type cannot be deleted",
            "unable to create/update fields",
            "the local org is read-only",
            "the permission set belongs to a profile",
        ),
        codes=(
            "INSUFFICIENT_ACCESS_OR_READONLY",
            "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
            "INVALID_FIELD_FOR_INSERT_UPDATE",
        ),
    ),
    Refusal(
        "unknown-type",
        "The org does not know the object or the metadata type.",
        one(
            "The org may lack external client apps, or the session's user may not see Setup.",
            "Run `provision doctor`, and check --api-version.",
        ),
        _ALL,
        _CODES,
        Sure.DOCUMENTED,
        texts=("sobject type * is not supported",),
        codes=("INVALID_TYPE",),
    ),
    Refusal(
        "unknown-field",
        "The org does not know a field, or does not accept its value.",
        one(
            "The field does not exist in this API version, or does not accept the value.",
            "The text beside the code names it. For an unknown field choose another --api-version.",
        ),
        _ALL,
        _CODES,
        Sure.DOCUMENTED,
        texts=(
            "no such column",
            "didn't understand relationship",
        ),
        codes=("INVALID_FIELD",),
    ),
    Refusal(
        "there-already",
        "The org already has such a record.",
        one(
            "The record already exists; the message may name it.",
            "Run `provision diff` to see what the org has.",
        ),
        _ALL,
        _CODES,
        Sure.DOCUMENTED,
        texts=(
            "the developer name you entered is already in use",
            "duplicate username",
            "duplicate value found",
        ),
        codes=("DUPLICATE_VALUE", "DUPLICATE_DEVELOPER_NAME", "DUPLICATE_USERNAME"),
    ),
    Refusal(
        "not-there",
        "The org does not have it.",
        one(
            "The record, the resource or the API version does not exist.",
            "Run `provision diff` to see what the org has.",
        ),
        _REST,
        _CODES,
        Sure.DOCUMENTED,
        texts=("the requested resource does not exist",),
        codes=("NOT_FOUND",),
    ),
    Refusal(
        "bad-query",
        "The org cannot read a query.",
        one(
            "The query is not SOQL that this org understands, or its cursor has expired.",
            "If provision sent it, this is a bug in provision: report it.",
        ),
        _REST,
        _CODES,
        Sure.DOCUMENTED,
        texts=(
            "unexpected token",
            "unexpected end of query",
            "expecting * found",
            "the query is nested too deeply",
            "a semi join selects exactly one field",
            "invalid query locator",
            "a query string has to be specified",
        ),
        codes=("MALFORMED_QUERY", "INVALID_QUERY_LOCATOR"),
    ),
    Refusal(
        "bad-request",
        "The org cannot read a request.",
        one(
            "A part of the request is missing, or not in the form that the resource expects.",
            "If provision sent it, this is a bug in provision: report it.",
        ),
        _API,
        _CODES,
        Sure.DOCUMENTED,
        texts=(
            "http method * not allowed",
            "no operation available for request",
            "the request is not a soap envelope",
            "the body is not json",
            "the body is not a json object",
            "cannot deserialize",
            "invalid reference specified",
            "the list of requests is missing",
            "there can be no more than * subrequests",
            "the part * is missing",
            "the part * is not json",
            "part is one of",
            "the command is rotate",
            "the status can be changed to canceling only",
        ),
        codes=(
            "JSON_PARSER_ERROR",
            "MISSING_ARGUMENT",
            "METHOD_NOT_ALLOWED",
            "PROCESSING_HALTED",
            "INVALID_ID_FIELD",
            "MALFORMED_ID",
        ),
    ),
    Refusal(
        "too-much",
        "A request, or an app, has more of something than the org allows.",
        one("A limit of the platform is exceeded; the text names it.", "Use fewer, or split them."),
        _ALL,
        _CODES,
        Sure.DOCUMENTED,
        texts=(
            "record limit reached. cannot submit more than",
            "an external client app can have * custom attributes",
            "listmetadata takes at most * queries",
        ),
        codes=("LIMIT_EXCEEDED", "EXCEEDED_ID_LIMIT"),
    ),
    Refusal(
        "field-missing",
        "A required field has no value.",
        one("The text beside the code names the field.", "Set it in the spec, and apply again."),
        _ALL,
        _CODES,
        Sure.DOCUMENTED,
        texts=(
            "required field is missing",
            "required fields are missing",
        ),
        codes=("REQUIRED_FIELD_MISSING",),
    ),
    Refusal(
        "wrong-reference",
        "A record refers to another one that does not exist.",
        one(
            "The app, the user or the record that it names is not in this org.",
            "Check the name in the spec; a sandbox has other usernames.",
        ),
        _ALL,
        _CODES,
        Sure.DOCUMENTED,
        texts=("invalid cross reference id",),
        codes=("INVALID_CROSS_REFERENCE_KEY",),
    ),
    Refusal(
        "not-deleted",
        "The org does not delete a record that is in use.",
        one(
            "Users are still assigned to it.",
            "Remove their assignments first, then delete it.",
        ),
        _API,
        _CODES,
        Sure.DOCUMENTED,
        texts=("your attempt to delete the * failed",),
        codes=("DELETE_FAILED",),
    ),
    Refusal(
        "unknown-version",
        "The org does not know the API version.",
        one("The org is of an older release.", "Choose an older --api-version."),
        _API,
        _CODES,
        Sure.DOCUMENTED,
        texts=("invalid api version specified on url",),
        codes=("UNSUPPORTED_API_VERSION",),
    ),
    Refusal(
        "org-failed",
        "The org failed, and gives an id for its support.",
        one(
            "An error inside Salesforce.",
            "Try again. If it persists, give the ErrorId to Salesforce Customer Support.",
        ),
        _ALL,
        _CODES,
        Sure.DOCUMENTED,
        texts=("an unexpected error occurred",),
        codes=("UNKNOWN_EXCEPTION",),
    ),
)
