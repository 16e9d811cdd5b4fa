"""Records: lists that are too long, and settings that need another setting."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from provision.catalogue.catalogue import (
    EXTERNAL_CLIENT_APPLICATION,
    GLOBAL_OAUTH_SETTINGS,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
    POLICIES,
)
from provision.catalogue.component import Unset
from provision.catalogue.field import MetadataType
from provision.catalogue.judge_address import unread_ranges
from provision.findings import Severity
from provision.spec.combination.combination import Combination, Mismatch, Reads
from provision.spec.combination.judged_app import JudgedApp

__all__ = ["RECORDS"]

_MOST_RECORDS: Final = 128  # DOC, each of the lists
_LISTS: Final[Reads] = (
    (OAUTH_SETTINGS, "customAttributes"),
    (OAUTH_SETTINGS, "trustedIpRanges"),
    (OAUTH_POLICIES, "customAttributes"),
)
_RANGES: Final = (OAUTH_SETTINGS, "trustedIpRanges")
_HANDLER: Final = (OAUTH_POLICIES, "apexHandler")
_HANDLER_USER: Final = (OAUTH_POLICIES, "executeHandlerAs")
_DISTRIBUTION: Final = (EXTERNAL_CLIENT_APPLICATION, "distributionState")
_START_PAGE: Final = (POLICIES, "startPage")
_START_URL: Final = (POLICIES, "startUrl")
_SAML: Final = (POLICIES, "isSamlPluginEnabled")
_OAUTH_PLUGIN: Final = (POLICIES, "isOauthPluginEnabled")
_ID_TOKEN: Final = (GLOBAL_OAUTH_SETTINGS, "idTokenConfig")
_SCOPES: Final = (OAUTH_SETTINGS, "commaSeparatedOauthScopes")
_LEVEL: Final = (OAUTH_POLICIES, "requiredSessionLevel")
_ACTION: Final = (OAUTH_POLICIES, "policyAction")
_NOT_PACKAGED: Final = (GLOBAL_OAUTH_SETTINGS, OAUTH_POLICIES, POLICIES)
_CORE_PAGE: Final = "Metadata API Developer Guide"


def _too_long(app: JudgedApp) -> Iterator[Mismatch]:
    for metadata_type, name in _LISTS:
        records = app.raw(metadata_type, name)
        if isinstance(records, tuple) and len(records) > _MOST_RECORDS:
            yield Mismatch(
                metadata_type, name, f"{len(records)} entries; an org takes {_MOST_RECORDS} at most"
            )


def _no_range(app: JudgedApp) -> Iterator[Mismatch]:
    for said in sorted(unread_ranges(app.raw(*_RANGES))):
        yield Mismatch(*_RANGES, f"{said} is no range of IP addresses")


def _means_nothing(app: JudgedApp) -> Iterator[Mismatch]:
    """Fields that need another field. The JWT timeouts have their own message."""
    for metadata_type, name in _TIED:
        described = metadata_type.field(name)
        written = app.raw(metadata_type, name)
        if described is None or described.only_with is None or written is None:
            continue
        other, values = described.only_with
        component = app.components[metadata_type.name]
        if other in component.fields and not described.applies(component.fields):
            stored = component.fields[other]
            found = "unset" if isinstance(stored, Unset) else stored
            yield Mismatch(
                metadata_type,
                name,
                f"{name} means nothing while {other} is {found}; it goes with "
                f"{' or '.join(values)}",
            )


_TIED: Final[Reads] = tuple(
    (OAUTH_POLICIES, field.name)
    for field in OAUTH_POLICIES.fields
    if field.only_with is not None and not field.only_with[0].endswith("SessionTimeoutType")
)


def _apex_handler(app: JudgedApp) -> Iterator[Mismatch]:
    handler, user = app.text(*_HANDLER), app.text(*_HANDLER_USER)
    if handler and not user:
        yield Mismatch(
            *_HANDLER_USER, "an Apex handler runs as a user, and executeHandlerAs is not set"
        )
    if user and not handler:
        yield Mismatch(*_HANDLER_USER, "there is no apexHandler to run as this user")


def _start_page(app: JudgedApp) -> Iterator[Mismatch]:
    page, url = app.text(*_START_PAGE), app.text(*_START_URL)
    if page == "Custom" and not url:
        yield Mismatch(*_START_PAGE, "Custom needs startUrl, which is not set")
    if url and page != "Custom":
        yield Mismatch(*_START_URL, f"it is only used with startPage Custom, and that is {page}")


def _start_page_of_plugin(app: JudgedApp) -> Iterator[Mismatch]:
    page = app.text(*_START_PAGE)
    if page == "SAML" and not app.is_on(*_SAML):
        yield Mismatch(*_START_PAGE, "SAML starts users at the SAML plugin, which is off")
    if page == "OAuth" and app.value(*_OAUTH_PLUGIN) is False:
        yield Mismatch(*_START_PAGE, "OAuth starts users at the OAuth plugin, which is off")


def _id_token(app: JudgedApp) -> Iterator[Mismatch]:
    scopes = app.scopes
    if app.raw(*_ID_TOKEN) and scopes is not None and "OpenID" not in scopes:
        yield Mismatch(
            *_ID_TOKEN, "the app has no scope openid: no login gets an ID token to shape"
        )


def _saml_is_local(app: JudgedApp) -> Iterator[Mismatch]:
    state = app.text(*_DISTRIBUTION)
    if app.is_on(*_SAML) and state != "Local":
        yield Mismatch(
            *_SAML, f"an app with SAML must be local, and its distribution state is {state}"
        )


def _packaged(app: JudgedApp) -> Iterator[Mismatch]:
    if not app.is_written(*_DISTRIBUTION) or app.text(*_DISTRIBUTION) != "Packaged":
        return
    left = [_named(kind) for kind in _NOT_PACKAGED if _says_anything(app, kind)]
    if left:
        yield Mismatch(
            *_DISTRIBUTION,
            "a package takes the header and the OAuth settings only: what the spec says of "
            f"{' and '.join(dict.fromkeys(left))} stays in this org",
        )


def _says_anything(app: JudgedApp, metadata_type: MetadataType) -> bool:
    return any(app.is_written(metadata_type, field.name) for field in metadata_type.fields)


def _named(metadata_type: MetadataType) -> str:
    if metadata_type is GLOBAL_OAUTH_SETTINGS:
        return "callback URLs, certificate and flows"
    return "policies"


def _session_level(app: JudgedApp) -> Iterator[Mismatch]:
    level, action = app.text(*_LEVEL), app.text(*_ACTION)
    if level == "HIGH_ASSURANCE" and not action:
        yield Mismatch(*_LEVEL, "HIGH_ASSURANCE needs policyAction, which is not set")
    if action and level != "HIGH_ASSURANCE":
        yield Mismatch(
            *_ACTION, f"it goes with requiredSessionLevel HIGH_ASSURANCE, and that is {level}"
        )


RECORDS: Final = (
    Combination(
        "list-too-long",
        Severity.ERROR,
        "More entries than an org takes.",
        _LISTS,
        _too_long,
        f"Leave {_MOST_RECORDS} or fewer.",
        f"{_CORE_PAGE}, ExtlClntAppOauthSettings and ExtlClntAppOauthConfigurablePolicies",
    ),
    Combination(
        "no-ip-range",
        Severity.WARNING,
        "A first and a last address that make no range.",
        (_RANGES,),
        _no_range,
        "Write two IPv4 or two IPv6 addresses, the lower one as startIpAddress.",
        f"{_CORE_PAGE}, ExtlClntAppOauthSettings",
    ),
    Combination(
        "field-without-meaning",
        Severity.ERROR,
        "A field that means nothing beside another.",
        ((OAUTH_POLICIES, "refreshTokenPolicyType"), *_TIED),
        _means_nothing,
        "Leave it out, or change the other field.",
        f"{_CORE_PAGE}, ExtlClntAppOauthConfigurablePolicies",
    ),
    Combination(
        "apex-handler-without-user",
        Severity.WARNING,
        "An Apex handler without a user, or the other way round.",
        (_HANDLER, _HANDLER_USER),
        _apex_handler,
        "Set both apexHandler and executeHandlerAs, or neither.",
        f"{_CORE_PAGE}, ExtlClntAppOauthConfigurablePolicies",
    ),
    Combination(
        "start-page-without-url",
        Severity.WARNING,
        "A custom start page without its URL, or the other way round.",
        (_START_PAGE, _START_URL),
        _start_page,
        "Set startPage: Custom together with startUrl, or neither.",
        f"{_CORE_PAGE}, ExtlClntAppConfigurablePolicies",
    ),
    Combination(
        "start-page-of-plugin-off",
        Severity.WARNING,
        "A start page of a plugin that is off.",
        (_START_PAGE, _SAML, _OAUTH_PLUGIN),
        _start_page_of_plugin,
        "Switch the plugin on, or set startPage: None.",
        f"{_CORE_PAGE}, ExtlClntAppConfigurablePolicies",
    ),
    Combination(
        "id-token-without-openid",
        Severity.NOTE,
        "An ID token is shaped, and the scope openid is missing.",
        (_ID_TOKEN, _SCOPES),
        _id_token,
        "Add openid to the scopes, or leave idTokenConfig out.",
        "OpenID Connect Core 1.0, section 3.1.2.1",
    ),
    Combination(
        "saml-not-local",
        Severity.ERROR,
        "SAML in an app that is not local.",
        (_SAML, _DISTRIBUTION),
        _saml_is_local,
        "Write distribution_state: local, or leave SAML off.",
        f"{_CORE_PAGE}, ExtlClntAppSamlConfigurablePolicies",
    ),
    Combination(
        "packaged-settings-stay",
        Severity.NOTE,
        "A packaged app, and settings that no package takes.",
        (_DISTRIBUTION,),
        _packaged,
        "Apply the spec to each org that installs the package as well.",
        "Salesforce Help, packaging of external client apps",
    ),
    Combination(
        "session-level-without-action",
        Severity.WARNING,
        "A session level without what happens below it, or the other way round.",
        (_LEVEL, _ACTION),
        _session_level,
        "Set requiredSessionLevel: HIGH_ASSURANCE together with policyAction, or neither.",
        f"{_CORE_PAGE}, ExtlClntAppOauthConfigurablePolicies",
    ),
)
"""Combinations about records and pairs of fields."""
