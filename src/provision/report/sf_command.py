"""The command that logs the `sf` CLI in with an app."""

from __future__ import annotations

import shlex

from provision.apply.run import Applied
from provision.report.sf_login import Handover, SfLogin
from provision.spec.spec import Spec

__all__ = ["sf_arguments", "sf_command", "sf_login"]


def sf_login(spec: Spec, handover: Handover) -> SfLogin:
    """How the CLI logs in: by JWT bearer where the spec has a key and nobody says "web"."""
    is_web = handover.login is SfLogin.WEB or not _private_key(spec)
    return SfLogin.WEB if is_web else SfLogin.JWT


def sf_arguments(
    spec: Spec, applied: Applied, instance_url: str, handover: Handover, alias: str = ""
) -> tuple[str, ...]:
    """The `sf` command, word by word. ``alias`` is the app's name if it is left out."""
    common = ("--client-id", applied.consumer_key, "--instance-url", instance_url)
    hub = ("--set-default-dev-hub",) if handover.is_dev_hub else ()
    named = (*common, *hub, "--alias", alias or spec.app)
    oauth = spec.document.oauth
    bearer = oauth.jwt_bearer if oauth else None
    if bearer is None or sf_login(spec, handover) is SfLogin.WEB:
        return ("sf", "org", "login", "web", *named)
    user = bearer.prove_as or applied.plan.org.username or "USERNAME"
    key = ("--username", user, "--jwt-key-file", str(bearer.private_key))
    return ("sf", "org", "login", "jwt", *key, *named)


def sf_command(spec: Spec, applied: Applied, instance_url: str, handover: Handover) -> str:
    """The command that logs the `sf` CLI in with the app, empty if the app has no key for it."""
    if not applied.consumer_key:
        return ""
    command = shlex.join(sf_arguments(spec, applied, instance_url, handover))
    asks = not _private_key(spec) and not _is_secret_optional(spec)
    return f"{command}  # asks for the consumer secret" if asks else command


def _private_key(spec: Spec) -> bool:
    oauth = spec.document.oauth
    return bool(oauth and oauth.jwt_bearer and oauth.jwt_bearer.private_key)


def _is_secret_optional(spec: Spec) -> bool:
    return bool(spec.document.oauth and spec.document.oauth.secret_optional)
