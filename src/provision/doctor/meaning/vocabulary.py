"""The words of this program, as its messages and pages use them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from provision.doctor.meaning.meaning import Meaning

__all__ = ["VOCABULARY", "vocabulary_meaning"]

VOCABULARY: Final[Mapping[str, str]] = {
    "spec": "One YAML file, which is one external client app.",
    "preset": "A part of a spec that comes with provision (salesforce-cli, ci-jwt); a spec extends "
    "it.",
    "fleet": "One YAML file that names orgs, how each is reached, its variables and its specs.",
    "org": "A Salesforce org, as --org or a fleet names it; `local` is the embedded local org.",
    "component": "One metadata record of an app: its type, its name and its fields.",
    "dependent record": "A record of an app beside its header, of whatever type.",
    "change": "One field of one component, before and after, with its risk.",
    "risk": "What a change can do to those who use the app, or who might come to.",
    "plan": "All changes for one app in one org, the gates that they trip, and a fingerprint of "
    "what was read.",
    "drift": "What the org has otherwise than the spec says, though nobody applied it.",
    "gate": "A reason to refuse a plan, which its flag alone lifts (--allow NAME).",
    "rules": "One YAML file of what apps and changes may be. lint and the gates read it.",
    "proof": "A real token request that shows that the app does what the spec asks: a login, or "
    "its refusal.",
    "probe": "The answer of the authorize URL. It is nobody's login, and proves nothing.",
    "finding": "A message about a place or an app: severity, rule, text, next step.",
    "snapshot": "An app as it was before a run, kept as files in the run's folder.",
    "run": "One verb over one org or many, kept in a folder of its own under .provision/runs.",
    "local org": "A Salesforce org emulated on this machine, which comes with provision.",
    "packaged-app": "Advice of a plan: an installed package has an app of the spec's name. It is "
    "another app, and provision does not manage it.",
    "disputed-version": "A warning of a plan: sources disagree on whether the org's API version "
    "has a field. The org decides.",
    "lag": "A change that has not reached every server of the org: logins see the app as it was.",
}
"""What each word means."""


def vocabulary_meaning(word: str) -> Meaning | None:
    """What a word of this program means; ``None`` for what is none."""
    meant = VOCABULARY.get(word.casefold())
    return Meaning(f"{word.casefold()} (word of provision)", (("means", meant),)) if meant else None
