"""Recoveries: what to deploy instead when an org refuses a deploy for a known reason.

Each recovery looks at one failed deploy. It returns other components to deploy, or ``None`` if the
deploy failed for another reason.
"""

from __future__ import annotations

import re
import secrets
import string
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from provision.catalogue.canonical import fold_name, split_names
from provision.catalogue.catalogue import (
    EXTERNAL_CLIENT_APPLICATION,
    GLOBAL_OAUTH_SETTINGS,
    OAUTH_POLICIES,
    POLICIES,
)
from provision.catalogue.component import Component
from provision.catalogue.field import MetadataType
from provision.catalogue.overlay import overlay
from provision.org.deploy import DeployMessage, DeployResult
from provision.plan.names import PERMISSION_SETS, PROFILES
from provision.plan.plan import Plan

__all__ = [
    "RECOVERIES",
    "Attempt",
    "Recovery",
    "Retry",
    "first_phase",
    "learned_records",
    "random_key",
    "with_random_key",
]

_DUPLICATE: Final = re.compile(r"duplicates value on (?P<name>\S+)", re.IGNORECASE)
_KEY_REFUSED: Final = re.compile(r"consumer ?key", re.IGNORECASE)
_KEY_TAKEN: Final = re.compile(r"already (taken|in use)", re.IGNORECASE)
_MOST_KEYS: Final = 3  # no two random keys are equal: a refusal of three has another reason
_KEY_LENGTH: Final = 64  # of 62 characters each: 380 bits
_NAMES_TAKEN: Final = re.compile(r"names are already taken", re.IGNORECASE)
_NO_PARENT: Final = re.compile(
    r"INVALID_CROSS_REFERENCE_KEY|parent external client app|no ExternalClientApplication named",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A deploy that failed: what was sent, the org's answer, and the plan behind it.

    ``tries`` is the number of deploys so far, including this one. ``created_app``: a deploy of this
    run created the app, so that every record of it comes from this run.
    """

    plan: Plan
    sent: tuple[Component, ...]
    result: DeployResult
    read: Callable[[MetadataType, Sequence[str]], list[Component]]
    tries: int = 1
    created_app: bool = False


@dataclass(frozen=True, slots=True)
class Retry:
    """What to send instead, and a notice about it."""

    components: tuple[Component, ...]
    notice: str


Recovery = Callable[[Attempt], Retry | None]


def random_key() -> str:
    """A random consumer key. No org had it before: keys are unique among all orgs (OBS).

    DOC (ConnectedApp): 8 to 256 letters and digits. A letter comes first. Keys that orgs mint
    begin with ``3MVG9`` (OBS), and this one does not look like them.
    """
    rest = (secrets.choice(string.ascii_letters + string.digits) for _ in range(_KEY_LENGTH - 1))
    return "".join([secrets.choice(string.ascii_letters), *rest])


def with_random_key(components: Sequence[Component]) -> tuple[Component, ...]:
    """``components``, with a new random consumer key in the global OAuth settings."""
    return tuple(
        _with(item, "consumerKey", random_key()) if item.type is GLOBAL_OAUTH_SETTINGS else item
        for item in components
    )


def without_refused_key(attempt: Attempt) -> Retry | None:
    """Some orgs refuse a chosen consumer key and mint their own (OBS): send none."""
    refused = _failure(attempt, GLOBAL_OAUTH_SETTINGS, _KEY_REFUSED)
    if refused is None or _KEY_TAKEN.search(refused.problem):
        return None
    return _with_the_orgs_key(attempt, refused)


def with_another_key(attempt: Attempt) -> Retry | None:
    """Keys are unique among all orgs (OBS): if one is taken, choose another."""
    taken = _failure(attempt, GLOBAL_OAUTH_SETTINGS, _KEY_REFUSED)
    chosen = attempt.plan.chooses_consumer_key
    if taken is None or not chosen or not _KEY_TAKEN.search(taken.problem):
        return None
    if attempt.tries >= _MOST_KEYS:
        return _with_the_orgs_key(attempt, taken)
    return Retry(
        with_random_key(attempt.sent),
        f"the org does not take the consumer key that was chosen ({taken.problem}); another one "
        "is tried",
    )


def _with_the_orgs_key(attempt: Attempt, refused: DeployMessage) -> Retry:
    return Retry(
        tuple(_without(item, "consumerKey", "consumerSecret") for item in attempt.sent),
        f"the org refuses a chosen consumer key ({refused.problem}); it mints its own",
    )


def learned_records(attempt: Attempt) -> tuple[Component, ...]:
    """The records of the app that the org names, and that existed before this run.

    The plan does not know them, so it must not overwrite them.
    """
    if attempt.created_app:
        return ()
    return tuple(record for _, record in _named_records(attempt))


def adopting_named_record(attempt: Attempt) -> Retry | None:
    """An app has one policy. The refusal of a second one names the first (OBS): write to that.

    This is done only for an app that this run created: the org made its policy, and no settings of
    anybody are lost.
    """
    if not attempt.created_app:
        return None
    adopted: dict[str, Component] = {}
    for planned, record in _named_records(attempt):
        wanted = _desired(attempt.plan, planned)
        if wanted:
            adopted[planned.type.name] = overlay(wanted, record)
    if not adopted:
        return None
    names = ", ".join(f"{name} is {item.full_name}" for name, item in sorted(adopted.items()))
    return Retry(
        tuple(adopted.get(item.type.name, item) for item in attempt.sent),
        f"the app's {names}; adopted",
    )


def without_known_names(attempt: Attempt) -> Retry | None:
    """An org that adds to lists may refuse a name that is granted already: send only the others."""
    if not any(_NAMES_TAKEN.search(message.problem) for message in attempt.result.failures):
        return None
    policy = next(item for item in attempt.sent if item.type is OAUTH_POLICIES)
    granted = attempt.read(OAUTH_POLICIES, [policy.full_name])
    reduced = policy
    for name in (PERMISSION_SETS, PROFILES):
        known = {fold_name(n) for record in granted for n in split_names(record.text(name))}
        new = [n for n in split_names(policy.text(name)) if fold_name(n) not in known]
        reduced = _with(reduced, name, ",".join(new)) if new else _without(reduced, name)
    return Retry(
        tuple(reduced if item is policy else item for item in attempt.sent),
        "the org adds to lists of names, and refuses those that it has; only new ones were sent",
    )


RECOVERIES: Final[tuple[Recovery, ...]] = (
    without_refused_key,
    with_another_key,
    adopting_named_record,
    without_known_names,
)


def first_phase(
    plan: Plan,
    sent: Sequence[Component],
    result: DeployResult,
    read: Callable[[MetadataType, Sequence[str]], list[Component]],
) -> tuple[Component, ...]:
    """What to deploy before the rest, if the org does not take a new app in one deploy.

    It is the app alone if its other components failed because the app did not exist. It is the app
    and its settings if the org creates the policies itself in the same deploy: the record that the
    refusal names was rolled back too, and cannot be read. Otherwise it is empty.
    """
    if not any(item.type is EXTERNAL_CLIENT_APPLICATION for item in sent) or len(sent) == 1:
        return ()
    problems = [message.problem for message in result.failures]
    if any(map(_NO_PARENT.search, problems)):
        return tuple(item for item in sent if item.type is EXTERNAL_CLIENT_APPLICATION)
    named = [_name(found) for problem in problems if (found := _DUPLICATE.search(problem))]
    first = tuple(item for item in sent if item.type not in {OAUTH_POLICIES, POLICIES})
    if plan.creates_app and named and len(first) < len(sent):
        kinds = (OAUTH_POLICIES, POLICIES)
        if not any(_own(plan.app, read(kind, [name])) for kind in kinds for name in named):
            return first
    return ()


def _named_records(attempt: Attempt) -> Iterator[tuple[Component, Component]]:
    """Each component that was refused, and the app's existing record that the refusal names."""
    for message in attempt.result.failures:
        named = _DUPLICATE.search(message.problem)
        planned = _sent_as(attempt, message)
        if named is None or planned is None:
            continue
        for record in _own(attempt.plan.app, attempt.read(planned.type, [_name(named)])):
            yield planned, record


def _name(duplicate: re.Match[str]) -> str:
    return duplicate.group("name").strip(".,'\"")


def _own(app: str, records: Sequence[Component]) -> list[Component]:
    """The ``records`` that belong to ``app``. Only a record's parent tells whose it is."""
    return [record for record in records if fold_name(record.parent) == fold_name(app)]


def _desired(plan: Plan, sent: Component) -> Component | None:
    return next((i.desired for i in plan.components if i.desired.type is sent.type), None)


def _failure(
    attempt: Attempt, metadata_type: MetadataType, pattern: re.Pattern[str]
) -> DeployMessage | None:
    return next(
        (
            message
            for message in attempt.result.failures
            if message.component_type == metadata_type.name and pattern.search(message.problem)
        ),
        None,
    )


def _sent_as(attempt: Attempt, message: DeployMessage) -> Component | None:
    return next(
        (
            item
            for item in attempt.sent
            if item.type.name == message.component_type and item.full_name == message.full_name
        ),
        None,
    )


def _without(component: Component, *names: str) -> Component:
    kept = {name: value for name, value in component.fields.items() if name not in names}
    return Component(component.type, component.full_name, kept)


def _with(component: Component, name: str, value: str) -> Component:
    return Component(component.type, component.full_name, {**component.fields, name: value})
