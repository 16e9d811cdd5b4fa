"""Errand: what a verb does in each org of a fleet, in plain values that can travel."""

from __future__ import annotations

import dataclasses
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from provision.errors import GateName

__all__ = ["Errand"]

_WRITING: Final = frozenset({"apply", "rotate", "stage"})


@dataclass(frozen=True, slots=True)
class Errand:
    """A verb, and what the command line said of it. Neither sessions nor secrets are in it.

    ``command`` tells one command line from the next: what a process read for one is not for
    another, since files change. ``unasked``: nobody is asked whether a plan is to be applied.
    ``app`` and all behind it are of the verbs about credentials. Times are in seconds.
    """

    verb: str
    fleet: Path
    var: tuple[str, ...] = ()
    allow_exec: bool = False
    templates: Path | None = None
    rules: Path | None = None
    profiles: tuple[str, ...] = ()
    allow: frozenset[GateName] = frozenset()
    unasked: bool = False
    strict: bool = False
    no_proof: bool = False
    run_dir: Path | None = None
    state: str = ""
    api_version: int | None = None
    http_timeout: float = 30
    deploy_wait: float = 600
    proof_wait: float = 0
    session_cache: Path | None = None
    command: str = field(default_factory=lambda: uuid.uuid4().hex)
    app: str = ""
    sink: str = ""
    prefix: str = ""
    part: str = ""
    force: bool = False
    open_setting: bool = False

    @property
    def name(self) -> str:
        """What its runs are called: only the same is gone on with."""
        return f"{self.verb}-{self.app}" if self.app else self.verb

    @property
    def needs_specs(self) -> bool:
        """Whether it is about what specs say; an app's credentials are not."""
        return not self.app

    @property
    def only_reads(self) -> bool:
        """Whether it can be ended at any point without leaving an org half-way."""
        return self.verb not in _WRITING

    @property
    def may_be_left(self) -> bool:
        """Whether an org may be left under way by who will not wait.

        Not where a secret is on its way, or the org's setting is open for it.
        """
        return not self.app

    def of(self, verb: str) -> Errand:
        """The same for another verb."""
        return dataclasses.replace(self, verb=verb)
