"""Faults that only a deploy can have."""

from __future__ import annotations

from dataclasses import replace

from provision.localorg.domain.deploy import DeployOptions
from provision.localorg.fault import Fault, FaultKind

__all__ = ["with_fault"]


def with_fault(options: DeployOptions, fault: Fault | None) -> DeployOptions:
    """Options of a deploy that meets a fault: the same ones, if the fault is of another sort."""
    if fault is None:
        return options
    if fault.kind is FaultKind.STUCK:
        return replace(options, stuck=True)
    if fault.kind is FaultKind.COMPONENT_FAILURE:
        return replace(options, injected_problem=fault.problem, injected_component=fault.component)
    return options
