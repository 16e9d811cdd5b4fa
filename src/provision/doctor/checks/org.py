"""Whether the org and its settings allow what the specs ask for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar, Final

from provision.catalogue.catalogue import GLOBAL_OAUTH_SETTINGS, path_of
from provision.catalogue.org_settings import CONNECTED_APP_SETTINGS, OAUTH_OIDC_SETTINGS
from provision.doctor.check import Context, Subject
from provision.doctor.setting import Setting, read_settings
from provision.errors import OrgRefused
from provision.findings import Finding, Severity
from provision.org.org import ReadableOrg
from provision.org.org_settings import PACKAGED_OAUTH, SECRETS_OVER_REST, switches

__all__ = [
    "CHECKS",
    "ApiAccessControl",
    "AppSettings",
    "DevHub",
    "OauthSettings",
    "settings_to_fix",
]

_ONLY_APPROVED: Final = "enableAdminApprovedAppsOnly"
_PERMITTED_USERS: Final = ("policies", "permitted_users")
_PKCE: Final = "isPkceRequired"
_CODE_CREDENTIAL: Final = "oAuthCdCrdtFlowEnable"
_HUB_OBJECTS: Final = ("ScratchOrgInfo", "ActiveScratchOrg")  # DOC: only Dev Hubs have them
_NO_SUCH_OBJECT: Final = "INVALID_TYPE"


class AppSettings:
    """A read of ExternalClientAppSettings. A deploy can fix what it finds."""

    id: ClassVar = "app-settings"
    title: ClassVar = (
        "The org's External Client App Settings can be read, keep secrets off the REST API, and "
        "allow OAuth settings in packages where a spec is packaged."
    )
    fix: ClassVar = "Run `provision doctor --fix`, or Setup, External Client App Settings."
    needs_session: ClassVar = True

    def run(self, context: Context) -> Iterator[Finding]:
        """A warning for each wrong switch, or if the org shows no switches."""
        switched_on = read_settings(context.org)
        if switched_on is None:
            yield Finding(
                Severity.WARNING,
                self.id,
                "the org shows no External Client App Settings",
                "Look for External Client Apps in Setup: an org from before Spring '24 must opt "
                "in.",
            )
            return
        for setting, reason in _wrong(context, switched_on):
            text = f"{setting.name} is {'off' if setting.on else 'on'}: {reason}"
            yield Finding(Severity.WARNING, self.id, text, self.fix)


def settings_to_fix(context: Context) -> tuple[Setting, ...]:
    """What the switches that :class:`AppSettings` finds wrong should be set to."""
    switched_on = read_settings(context.org)
    if switched_on is None:
        return ()
    return tuple(setting for setting, _ in _wrong(context, switched_on))


def _wrong(context: Context, switched_on: frozenset[str]) -> Iterator[tuple[Setting, str]]:
    """Each wrong switch as it should be, and why."""
    if SECRETS_OVER_REST in switched_on:
        reason = (
            "users with View Client Secret can read consumer secrets over REST; an interrupted run"
            " may have left it on"
        )
        yield Setting(SECRETS_OVER_REST, on=False), reason
    packaged = [
        subject.spec.app
        for subject in context.subjects
        if subject.spec.document.distribution_state == "packaged"
    ]
    if packaged and PACKAGED_OAUTH not in switched_on:
        reason = (
            f"{', '.join(packaged)} is packaged, and an org that is not a Dev Hub does not package "
            "OAuth settings"
        )
        yield Setting(PACKAGED_OAUTH, on=True), reason


class ApiAccessControl:
    """A read of ConnectedAppSettings.

    DOC: with ``enableAdminApprovedAppsOnly`` only an app that an administrator has approved may
    call the API. The login still succeeds, but the API refuses its token.
    """

    id: ClassVar = "api-access-control"
    title: ClassVar = (
        "Where API Access Control is on, the specs' apps are for admin-approved users."
    )
    fix: ClassVar = (
        "Set policies.permitted_users: admin_approved, and name profiles or permission sets. Do "
        "not assign Use Any API Client for this: its holders may use every app of the org."
    )
    needs_session: ClassVar = True

    def run(self, context: Context) -> Iterator[Finding]:
        """An error for each app that lets its users authorize themselves."""
        if not switches(context.org.metadata, CONNECTED_APP_SETTINGS).get(_ONLY_APPROVED):
            return
        for subject in context.subjects:
            spec = subject.spec
            permitted = spec.document.policies.permitted_users
            if permitted == "admin_approved":
                continue
            surely = permitted == "self_authorized"
            said = "is" if surely else "may be"
            yield Finding(
                Severity.ERROR if surely else Severity.WARNING,
                self.id,
                f"API Access Control is on ({_ONLY_APPROVED}), and {spec.app} {said} for users who "
                "authorize themselves: the API refuses its tokens",
                self.fix,
                app=spec.app,
                position=spec.positions.of(_PERMITTED_USERS),
                key=".".join(_PERMITTED_USERS),
            )


class OauthSettings:
    """A read of OauthOidcSettings, which apply to every app of the org (DOC)."""

    id: ClassVar = "oauth-settings"
    title: ClassVar = "The org's OAuth and OpenID Connect Settings allow what the specs ask for."
    fix: ClassVar = (
        "Change it in Setup, OAuth and OpenID Connect Settings, or remove the key from the spec."
    )
    needs_session: ClassVar = True

    def run(self, context: Context) -> Iterator[Finding]:
        """A warning for each flag of a spec that the org's own setting overrides."""
        standing = switches(context.org.metadata, OAUTH_OIDC_SETTINGS)
        for subject in context.subjects:
            yield from self._of(subject, standing)

    def _of(self, subject: Subject, standing: Mapping[str, bool]) -> Iterator[Finding]:
        if standing.get(_PKCE) is True and _asked(subject, _PKCE) is False:
            yield self._finding(
                subject,
                _PKCE,
                f"the org requires PKCE of every app ({_PKCE} is on in OauthOidcSettings): "
                f"{subject.spec.app} cannot switch it off",
            )
        flow = "isCodeCredFlowEnabled"
        if standing.get(_CODE_CREDENTIAL) is False and _asked(subject, flow) is True:
            yield self._finding(
                subject,
                flow,
                f"the org has the code and credential flow switched off ({_CODE_CREDENTIAL}): "
                f"logins of {subject.spec.app} with it fail",
            )

    def _finding(self, subject: Subject, field: str, said: str) -> Finding:
        path = path_of(GLOBAL_OAUTH_SETTINGS, field)
        return Finding(
            Severity.WARNING,
            self.id,
            said,
            self.fix,
            app=subject.spec.app,
            position=subject.spec.positions.of(path),
            key=".".join(path),
        )


def _asked(subject: Subject, field: str) -> object:
    """What the spec says of a field of the global OAuth settings; ``None`` for nothing."""
    for component in subject.desired:
        if component.type is GLOBAL_OAUTH_SETTINGS:
            return component.fields.get(field)
    return None


class DevHub:
    """A query of objects that only a Dev Hub has.

    DOC: for a Dev Hub Salesforce says to create a connected app instead. OBS (cli#3515): with an
    external client app the creation of a scratch org ends in RemoteOrgSignupFailed, C-1016.
    """

    id: ClassVar = "dev-hub"
    title: ClassVar = "The org is not a Dev Hub that creates scratch orgs with this app."
    fix: ClassVar = (
        "Create scratch orgs with a connected app: run `sf org create scratch` from a login "
        "without --client-id, or set SF_SCRATCH_SIGNUP_CONNECTED_APP=PlatformCLI."
    )
    needs_session: ClassVar = True

    def run(self, context: Context) -> Iterator[Finding]:
        """A warning for a Dev Hub. An org that has neither object is not one."""
        if any(_answers(context.org, name) for name in _HUB_OBJECTS):
            yield Finding(
                Severity.WARNING,
                self.id,
                "the org is a Dev Hub: logged in with an external client app, the creation of a "
                "scratch org fails with RemoteOrgSignupFailed, C-1016",
                self.fix,
            )


def _answers(org: ReadableOrg, sobject: str) -> bool:
    try:
        org.rest.query(f"SELECT Id FROM {sobject} LIMIT 1")
    except OrgRefused as error:
        if error.code != _NO_SUCH_OBJECT:
            raise
        return False
    return True


CHECKS: Final = (
    AppSettings(),
    ApiAccessControl(),
    OauthSettings(),
    DevHub(),
)
