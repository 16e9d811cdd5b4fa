"""Whether the org's own OAuth settings fit what the specs ask for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar, Final

from provision.catalogue.catalogue import GLOBAL_OAUTH_SETTINGS, path_of
from provision.catalogue.org_settings import OAUTH_OIDC_SETTINGS
from provision.doctor.check import Context, Subject
from provision.findings import Finding, Severity
from provision.org.org_settings import switches

__all__ = ["OauthSettings"]

_PKCE: Final = "isPkceRequired"
_CODE_CREDENTIAL: Final = "oAuthCdCrdtFlowEnable"


class OauthSettings:
    """A read of OauthOidcSettings, which hold for every app of the org (DOC)."""

    id: ClassVar = "oauth-settings"
    title: ClassVar = "The org's OAuth and OpenID Connect Settings allow what the specs ask for."
    fix: ClassVar = (
        "Change it in Setup, OAuth and OpenID Connect Settings, or take the key out of the spec."
    )
    needs_session: ClassVar = True

    def run(self, context: Context) -> Iterator[Finding]:
        """A warning for each flag of a spec that the org's own setting overrules."""
        standing = switches(context.org.metadata, OAUTH_OIDC_SETTINGS)
        for subject in context.subjects:
            yield from self._of(subject, standing)

    def _of(self, subject: Subject, standing: Mapping[str, bool]) -> Iterator[Finding]:
        if standing.get(_PKCE) is True and _asked(subject, _PKCE) is False:
            yield self._finding(
                subject,
                _PKCE,
                f"the org requires PKCE of every app ({_PKCE} is on in OauthOidcSettings): "
                f"{subject.spec.app} cannot go without it",
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
