"""Gates of a plan, and combinations of fields that cannot work: by their names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from provision.doctor.meaning.meaning import Meaning
from provision.errors import GateName
from provision.spec.combination.judge import COMBINATIONS

__all__ = ["GATES", "guard_meaning"]

GATES: Final[Mapping[GateName, str]] = {
    GateName.IRREVERSIBLE: "The plan does what cannot be undone, such as deleting an app.",
    GateName.LOCKOUT: "Somebody, or every client, who uses the app now could not any more.",
    GateName.WEAKENING: "More is let in than before, or a rule is newly broken.",
    GateName.THRESHOLD: "More apps, fields or orgs change than the rules file allows at once.",
    GateName.PRODUCTION: "The org is a production org.",
    GateName.STALE: "The org or the spec changed after the plan was made. Plan again.",
}
"""What each gate refuses."""

_NOTHING_LIFTS: Final = frozenset({GateName.STALE})


def guard_meaning(word: str) -> Meaning | None:
    """What a gate or a combination is about, by its name; ``None`` for what is none."""
    folded = word.casefold()
    for gate, refuses in GATES.items():
        if folded in {gate.value, f"{gate.value} gate", f"--allow {gate.value}"}:
            lift = "nothing" if gate in _NOTHING_LIFTS else f"--allow {gate.value}"
            return Meaning(f"{gate.value} (gate)", (("refuses", refuses), ("lifted by", lift)))
    for each in COMBINATIONS:
        if folded == each.id.casefold():
            return Meaning(
                f"{each.id} (fields that do not go together)",
                (
                    ("what", each.title),
                    ("severity", each.severity.value),
                    ("next step", each.next_step),
                    ("source", each.source),
                ),
            )
    return None
