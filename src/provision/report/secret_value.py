"""The values of secret fields: a message may quote one, though no row shows it."""

from __future__ import annotations

from collections.abc import Iterator

from provision.plan.plan import Plan

__all__ = ["secret_values"]


def secret_values(plan: Plan) -> Iterator[str]:
    """Every value of a secret field that ``plan`` knows."""
    for item in plan.components:
        for component in (item.desired, item.component):
            for field in component.type.fields:
                if field.secret and component.text(field.name):
                    yield component.text(field.name)
