"""Saved plan: a plan as a value that outlives its run, and is done to the letter or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from provision.errors import CannotError
from provision.plan.facts import ActualApp, OrgFacts
from provision.plan.fingerprint import fingerprint, moved_components
from provision.plan.plan import Action, Moved, Plan
from provision.plan.saved_component import SavedComponent
from provision.plan.saved_document import (
    SCHEMA,
    PlanDocument,
    SavedJwtBearer,
    SavedOrg,
    SavedSpec,
    document_of,
)
from provision.plan.saved_parts import (
    SavedAcceptance,
    SavedDefault,
    SavedGate,
    access_change,
    saved_access,
)
from provision.plan.secrecy import holds, secret_fields, texts_of_plan
from provision.spec.spec import Spec

__all__ = ["JwtFiles", "SavedPlan", "SpecFile", "saved", "saved_plan_of"]

_NO_ACTUAL: Final = ActualApp("")
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1"})


@dataclass(frozen=True, slots=True)
class SpecFile:
    """The spec that a plan was made from: the file's name, and its SHA-256 in hexadecimal."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class JwtFiles:
    """What the proof after applying needs. The private key itself is read again then."""

    certificate: Path
    private_key: Path | None
    prove_as: str | None


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """A plan without what the org had: that is there as a fingerprint.

    Two saved plans are equal when they do the same; when they were made does not count.
    ``content`` is the plan, with no actual app in it, and of its org what outlives a session.
    """

    content: Plan
    fingerprint: Mapping[str, str]
    spec: SpecFile | None
    jwt: JwtFiles | None
    created_at: datetime = field(compare=False)

    @property
    def app(self) -> str:
        """The app's developer name."""
        return self.content.app

    @property
    def org(self) -> OrgFacts:
        """The org that the plan is for."""
        return self.content.org

    @property
    def checksum(self) -> str:
        """The SHA-256 of all that the plan says, but for when it was made: equal for equal ones."""
        return self._document().checksum

    def to_json(self) -> str:
        """The plan as the text of its file."""
        return json.dumps(self._document().as_json(), indent=2, ensure_ascii=False) + "\n"

    def plan(self, actual: ActualApp, org: OrgFacts) -> Plan:
        """The plan, for an org in which nothing has moved (see :meth:`stale`)."""
        return replace(self.content, actual=actual, org=org)

    def stale(self, actual: ActualApp, org: OrgFacts) -> Iterator[str]:
        """Why the plan is not for ``actual`` in ``org``, one reason after the other."""
        if org.org_id != self.org.org_id:
            here = org.org_id or "one without a known id"
            yield f"it was made for the org {self.org.org_id}, and this is {here}"
            return
        if org.api_version != self.org.api_version:
            yield f"it was made with API {self.org.api_version}, and this is {org.api_version}"
        if actual.app != self.app:
            yield f"it was made for the app {self.app}, and this is {actual.app}"
        yield from moved_components(self.fingerprint, fingerprint(actual))

    def _document(self) -> PlanDocument:
        plan = self.content
        document = PlanDocument(
            schema=SCHEMA,
            created_at=self.created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            checksum="0" * 64,
            org=SavedOrg(
                name=plan.org.name,
                instance_url=plan.org.instance_url,
                id=plan.org.org_id,
                api_version=plan.org.api_version,
            ),
            app=plan.app,
            spec=None
            if self.spec is None
            else SavedSpec(file=self.spec.name, sha256=self.spec.sha256),
            jwt_bearer=_saved_jwt(self.jwt),
            fingerprint=dict(self.fingerprint),
            components=tuple(map(SavedComponent.of, plan.components)),
            access=tuple(map(saved_access, plan.access)),
            tightens=plan.tightens,
            defaults=tuple(map(SavedDefault.of, plan.defaults)),
            gates=tuple(map(SavedGate.of, plan.gates)),
            accepted=tuple(map(SavedAcceptance.of, plan.accepted)),
            expired=tuple(map(SavedAcceptance.of, plan.expired)),
            chooses_consumer_key=plan.chooses_consumer_key,
        )
        return document.model_copy(update={"checksum": document.computed_checksum()})


def saved(
    plan: Plan, spec: Spec, spec_file: SpecFile | None, folder: Path, now: datetime
) -> SavedPlan:
    """``plan`` as it can be saved. ``folder`` is the absolute one that paths are relative to.

    Raises :class:`CannotError` for a plan with a secret in it, or for an org without an id.
    """
    if not plan.org.org_id:
        raise CannotError(
            f"nobody knows the id of {plan.org.name}, and a plan is saved for one org alone",
            next_step="Apply the spec directly.",
        )
    _check_known(plan)
    jwt = _jwt_files(spec, folder)
    _check_secrecy(plan, jwt, spec.sensitive)
    return SavedPlan(
        content=_lasting(plan),
        fingerprint=fingerprint(plan.actual),
        spec=spec_file,
        jwt=jwt,
        created_at=now.replace(microsecond=0),
    )


def saved_plan_of(text: str, name: str) -> SavedPlan:
    """The saved plan in ``text``, of the file ``name``. Raises :class:`CannotError`."""
    document = document_of(text, name)
    org = document.org
    return SavedPlan(
        content=Plan(
            app=document.app,
            org=OrgFacts(org.name, org.instance_url, "", org.api_version, "", org.id),
            actual=_NO_ACTUAL,
            components=tuple(item.component_plan() for item in document.components),
            access=tuple(map(access_change, document.access)),
            defaults=tuple(item.default() for item in document.defaults),
            gates=tuple(item.gate() for item in document.gates),
            accepted=tuple(item.accepted() for item in document.accepted),
            expired=tuple(item.accepted() for item in document.expired),
            tightens=document.tightens,
            chooses_consumer_key=document.chooses_consumer_key,
        ),
        fingerprint=document.fingerprint,
        spec=None if document.spec is None else SpecFile(document.spec.file, document.spec.sha256),
        jwt=_read_jwt(document.jwt_bearer),
        created_at=datetime.fromisoformat(document.created_at),
    )


def _lasting_url(url: str) -> str:
    """An org's URL; of the embedded local org without its port, which every run has anew."""
    parts = urlsplit(url)
    if parts.hostname not in _LOOPBACK:
        return url
    return urlunsplit((parts.scheme, parts.hostname, parts.path, "", ""))


def _check_secrecy(plan: Plan, jwt: JwtFiles | None, sensitive: frozenset[str]) -> None:
    secrets = secret_fields(plan)
    if secrets:
        raise CannotError(
            f"the plan for {plan.app} holds a secret ({', '.join(secrets)}), and no file may",
            next_step="Apply the spec directly: `provision apply SPEC`.",
        )
    if holds([*texts_of_plan(plan), *_texts_of_jwt(jwt)], sensitive):
        raise CannotError(
            f"the plan for {plan.app} holds a text from outside of the spec "
            "(${env:}, ${file:} or ${cmd:}), which no file may",
            next_step="Apply the spec directly; or, where the value is no secret, write ${name} "
            "and pass it with --var name=VALUE.",
        )


def _check_known(plan: Plan) -> None:
    unknown = [i.desired.type.name for i in plan.components if i.action is Action.UNKNOWN]
    if unknown:
        raise CannotError(
            f"{plan.org.name} does not show whether {plan.app} has {', '.join(unknown)}, and a "
            "saved plan is done to the letter",
            next_step="Plan with --validate, which has the org name what is there; or apply the "
            "spec directly.",
        )


def _texts_of_jwt(jwt: JwtFiles | None) -> tuple[str, ...]:
    if jwt is None:
        return ()
    return (str(jwt.certificate), str(jwt.private_key or ""), jwt.prove_as or "")


def _lasting(plan: Plan) -> Plan:
    """Of a plan what another session of another user, with or without a record, makes as well.

    Who moved, drift, how many users there are, and advice say something about the plan; they are
    nothing that is done.
    """
    url = _lasting_url(plan.org.instance_url)
    org = OrgFacts(plan.org.name, url, "", plan.org.api_version, "", plan.org.org_id)
    components = tuple(
        replace(
            item,
            changes=tuple(
                replace(change, moved=Moved.UNKNOWN, risk=replace(change.risk, numbers=""))
                for change in item.changes
            ),
        )
        for item in plan.components
    )
    return replace(
        plan,
        actual=_NO_ACTUAL,
        org=org,
        components=components,
        advice=(),
        applied_at=None,
        drift=None,
    )


def _jwt_files(spec: Spec, folder: Path) -> JwtFiles | None:
    oauth = spec.document.oauth
    bearer = oauth.jwt_bearer if oauth else None
    if bearer is None:
        return None
    key = bearer.private_key
    return JwtFiles(
        _relative(bearer.certificate, folder),
        None if key is None else _relative(key, folder),
        bearer.prove_as,
    )


def _relative(path: Path, folder: Path) -> Path:
    """Another checkout of the same files then gives, and can use, the same plan."""
    return path.relative_to(folder) if path.is_relative_to(folder) else path


def _saved_jwt(jwt: JwtFiles | None) -> SavedJwtBearer | None:
    if jwt is None:
        return None
    key = jwt.private_key
    return SavedJwtBearer(
        certificate=jwt.certificate.as_posix(),
        private_key=None if key is None else key.as_posix(),
        prove_as=jwt.prove_as,
    )


def _read_jwt(jwt: SavedJwtBearer | None) -> JwtFiles | None:
    if jwt is None:
        return None
    key = None if jwt.private_key is None else Path(jwt.private_key)
    return JwtFiles(Path(jwt.certificate), key, jwt.prove_as)
