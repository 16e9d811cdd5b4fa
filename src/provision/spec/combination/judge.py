"""All combinations, and those that an app has: in its spec, or in its org."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from provision.catalogue.canonical import fold_name
from provision.catalogue.component import Component
from provision.findings import Finding
from provision.spec.combination.access import ACCESS
from provision.spec.combination.combination import Combination
from provision.spec.combination.flows import FLOWS
from provision.spec.combination.judged_app import JudgedApp
from provision.spec.combination.records import RECORDS
from provision.spec.combination.refresh import REFRESH
from provision.spec.combination.tokens import TOKENS
from provision.spec.document import Draft
from provision.spec.fields import components_of
from provision.spec.model import SpecDocument
from provision.spec.position import Positions
from provision.spec.spec import Spec

__all__ = ["COMBINATIONS", "found_in_app", "found_in_draft", "found_in_spec"]

COMBINATIONS: Final[Sequence[Combination]] = (*ACCESS, *TOKENS, *REFRESH, *FLOWS, *RECORDS)
"""All combinations, in the order in which findings list them."""


def found_in_draft(draft: Draft, positions: Positions) -> tuple[Finding, ...]:
    """The combinations in a spec. Values that cannot be read are not judged."""
    if draft.document is None:
        return ()
    components = components_of(draft.document)
    unassigned = frozenset(_unassigned(draft.document))
    return _judged(JudgedApp(components, positions, holes=draft.holes, unassigned=unassigned))


def found_in_spec(spec: Spec, components: Sequence[Component]) -> tuple[Finding, ...]:
    """The combinations in the ``components`` that a spec renders. Other fields are the org's."""
    unassigned = frozenset(_unassigned(spec.document))
    return _judged(JudgedApp(_by_type(components), spec.positions, unassigned=unassigned))


def found_in_app(
    components: Mapping[str, Component],
    spec: Spec | None,
    api_version: int | None,
    there: Callable[[str, str], bool] = lambda _field, _name: False,
) -> tuple[Finding, ...]:
    """The combinations in an app as an org has it, or will have it: it has no other fields.

    ``there`` says whether the org already has a profile or permission set, by the field that lists
    it and its name. Then users may have it.
    """
    positions = spec.positions if spec else None
    made = _unassigned(spec.document) if spec else ()
    unassigned = frozenset(each for each in made if not there(*each))
    app = JudgedApp(
        components, positions, is_whole=True, api_version=api_version, unassigned=unassigned
    )
    return _judged(app)


def _unassigned(document: SpecDocument) -> Iterator[tuple[str, str]]:
    """The profiles and permission sets that the spec creates and assigns to nobody."""
    for profile in document.policies.profiles or ():
        if profile.create:
            yield "commaSeparatedProfile", fold_name(profile.name)
    for grant in document.policies.permission_sets or ():
        if grant.create and not grant.assign_to:
            yield "commaSeparatedPermissionSet", fold_name(grant.name)


def _judged(app: JudgedApp) -> tuple[Finding, ...]:
    return tuple(found for combination in COMBINATIONS for found in combination.find(app))


def _by_type(components: Sequence[Component]) -> Mapping[str, Component]:
    return {component.type.name: component for component in components}
