"""The command that logs the `sf` CLI in with an app."""

from __future__ import annotations

import shlex

from provision.apply.run import Applied
from provision.spec.spec import Spec

__all__ = ["sf_command"]


def sf_command(spec: Spec, applied: Applied, instance_url: str) -> str:
    """The command that logs the `sf` CLI in with the app, empty if the app has no key for it."""
    key = applied.consumer_key
    if not key:
        return ""
    common = f"--client-id {key} --instance-url {instance_url} --alias {spec.app}"
    oauth = spec.document.oauth
    bearer = oauth.jwt_bearer if oauth else None
    if bearer is None or bearer.private_key is None:
        asks = "" if _is_secret_optional(spec) else "  # asks for the consumer secret"
        return f"sf org login web {common}{asks}"
    user = bearer.prove_as or applied.plan.org.username or "USERNAME"
    file = shlex.quote(str(bearer.private_key))
    return f"sf org login jwt --username {user} --jwt-key-file {file} {common}"


def _is_secret_optional(spec: Spec) -> bool:
    return bool(spec.document.oauth and spec.document.oauth.secret_optional)
