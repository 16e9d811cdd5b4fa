"""Propagation: a login is tried again while a change may not have reached every server of the org.

Only refusals that a lag of what changed can cause are waited for. Which these are is in the field's
row of the catalogue (``lag``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeVar

from provision.apply.proof import ProofKind
from provision.catalogue.catalogue import CORE_TYPES, GLOBAL_OAUTH_SETTINGS, OAUTH_POLICIES
from provision.catalogue.field import Field, MetadataType
from provision.errors import NotProven, OrgError
from provision.org.clock import Clock
from provision.org.retry import Retry, Waits
from provision.plan.plan import Action, Plan
from provision.refusals.app import NOT_IN_ORG, UNKNOWN_APP
from provision.refusals.dictionary import find, next_step
from provision.refusals.oauth_code import NO_POLICIES
from provision.refusals.refusal import Known

__all__ = [
    "ANYTHING_CHANGED",
    "NOTHING_CHANGED",
    "LagRefusals",
    "NotYet",
    "Propagation",
    "lag_refusals",
]

# The key was read from this org a moment ago: only a lag lets the org not know it.
_ALWAYS: Final = frozenset({UNKNOWN_APP, NOT_IN_ORG})
# They are about an app's run-as user, who matters to a client credentials login alone.
_OF_RUN_AS_USER: Final = frozenset({"inactive-user", "no-run-as-user", "other-user"})
_WAITS: Final = Waits(2.0, factor=1.6, longest=30.0)

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class LagRefusals:
    """The refusals that a lag can cause, by their names in the dictionary of refusals.

    Every other refusal is final, and is reported at once.
    """

    names: frozenset[str] = _ALWAYS

    def may_pass(self, error: OrgError, kind: ProofKind) -> bool:
        """Whether ``error`` may be a refusal that a lag causes."""
        row = find(error.message, kind.flow)
        if row is None or row.name not in self.names:
            return False
        return row.name not in _OF_RUN_AS_USER or kind is ProofKind.CLIENT_CREDENTIALS_LOGIN

    def without(self, name: str) -> LagRefusals:
        """The same refusals, except the one called ``name``."""
        return LagRefusals(self.names - {name})


NOTHING_CHANGED: Final = LagRefusals()
"""The refusals that a lag can cause though this run changed nothing: another run made the app."""


def lag_refusals(plan: Plan) -> LagRefusals:
    """The refusals that a lag can cause after ``plan`` was applied, by the fields that it changed.

    Of a new app every field has changed.
    """
    if plan.creates_app:
        return ANYTHING_CHANGED
    fields = [
        *(change.field for change in plan.changes),
        *(
            field
            for item in plan.components
            if item.action is Action.CREATE
            for field in item.component.type.fields
            if field.name in item.component.fields
        ),
        *(_lists() if plan.access else ()),
    ]
    return LagRefusals(_ALWAYS | {name for field in fields for name in field.lag})


def _lists() -> Iterator[Field]:
    """The fields that any grant of an app to users changes."""
    for name in ("commaSeparatedPermissionSet", "commaSeparatedProfile"):
        yield _field(OAUTH_POLICIES, name)


def _field(metadata_type: MetadataType, name: str) -> Field:
    field = metadata_type.field(name)
    if field is None:
        raise LookupError(f"{metadata_type.name} has no field {name}")
    return field


def _of_new_app() -> Iterator[str]:
    """The refusals of every field, except the secret: a server that knows the key has the secret.

    The policies of a new app may be missing altogether for a while.
    """
    secret = _field(GLOBAL_OAUTH_SETTINGS, "consumerSecret")
    yield NO_POLICIES
    for metadata_type in CORE_TYPES:
        for field in metadata_type.fields:
            if field is not secret:
                yield from field.lag


ANYTHING_CHANGED: Final = LagRefusals(_ALWAYS | frozenset(_of_new_app()))
"""The refusals that a lag can cause of a new app, or if nobody knows what was changed last."""


class NotYet(OrgError):
    """An attempt had another result than the spec asks for, and a later one may have that."""


@dataclass(frozen=True, slots=True)
class Propagation:
    """Repeats attempts. ``clock`` does the waiting, and ``say`` is called before each wait.

    ``known`` is what is known about the app, so that no message names a cause that it rules out.
    """

    clock: Clock
    say: Callable[[str], None]
    known: frozenset[Known] = frozenset()

    def awaited(
        self,
        attempt: Callable[[], Result],
        kind: ProofKind,
        wait: float,
        lags: LagRefusals = ANYTHING_CHANGED,
    ) -> Result:
        """The result of ``attempt``, which is repeated until it succeeds, for ``wait`` seconds.

        It is repeated after :class:`NotYet`, and after a refusal that is one of ``lags``. A change
        takes 2 to 10 minutes as a rule, and up to 30 (OBS). Raises :class:`NotProven`, with what
        to do about it, for any other refusal, and for one that did not pass in time.
        """
        retry = Retry(self.clock, _WAITS, within=wait)
        while True:
            try:
                return attempt()
            except OrgError as error:
                passes = isinstance(error, NotYet) or lags.may_pass(error, kind)
                if retry.is_last_attempt or not passes:
                    waited = f" (for {wait:.0f} seconds, --proof-wait)" if passes and wait else ""
                    raise NotProven(
                        f"not proven by {kind.value}{waited}: {error.message}",
                        next_step=error.next_step
                        or next_step(error.message, kind.flow, self.known),
                    ) from error
                self.say(f"not yet: {error.message}; trying again in {retry.pause:.0f} s")
            retry.wait()
