"""Live: what a job says while it goes on, on stdout and stderr, and who is asked."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from provision.cli.confirmation import confirm
from provision.cli.console import Console, print_error
from provision.cli.output import Output
from provision.cli.telling import note_written
from provision.errors import ProvisionError
from provision.findings import Finding
from provision.jobs.progress import AppProof, Approval, Shown, Unasked
from provision.jobs.view import OnRow
from provision.plan.facts import unmanaged
from provision.plan.plan import Plan
from provision.report.report import Report
from provision.report.text import (
    TextRenderer,
    applied_text,
    finding_line,
    plan_text,
    proof_text,
)
from provision.runs.rows import OrgRow
from provision.spec.packaged_app import package_apps_message

if TYPE_CHECKING:
    from provision.apply.destroy import Removal

__all__ = ["FleetView", "LiveProgress", "approval"]


@dataclass(frozen=True, slots=True)
class LiveProgress:
    """Shows each part of a result as text, if text on stdout is what the user asked for."""

    out: Output

    def talk(self, text: str) -> None:
        """On stderr."""
        self.out.console.talk(text)

    def show(self, part: Shown) -> None:
        """On stdout. What somebody is asked about is shown in any case."""
        from provision.apply.destroy import Removal  # late, as in _text()

        text = _text(part)
        if self.out.is_talk:
            if text:
                self.out.console.result(text)
        elif isinstance(part, Plan | Removal):
            self.talk(text)

    def replanned(self, notice: str, plan: Plan) -> None:
        """As a plan, after the notice."""
        self.talk(notice)
        self.show(plan)

    def failed(self, error: ProvisionError) -> None:
        """On stderr, with the next step."""
        print_error(error)

    def written(self) -> None:
        """Note it for the end of the program."""
        note_written()


@dataclass(frozen=True, slots=True)
class FleetView:
    """Shows a run over many orgs."""

    out: Output

    @contextmanager
    def rows(self, what: str, total: int) -> Iterator[OnRow]:
        """A bar on a terminal, lines in a log, and nothing where talk is unwanted."""
        console = self.out.console
        if console.quiet:
            yield lambda _row: None
        elif sys.stderr.isatty():
            from provision.cli.bar import bar

            with bar(what, total) as shown:
                yield shown.row
        else:
            yield _Lines(what, total, console).row

    def proposed(self, report: Report) -> None:
        """The matrix and the plans: on stdout if they are a part of the result."""
        text = f"{TextRenderer().render(report)}\n"
        self.out.console.result(text) if self.out.is_talk else self.out.console.talk(text)

    def previewed(self, rows: Sequence[OrgRow]) -> None:
        """A line an org, on stdout."""
        self.out.console.result("\n".join(f"{row.org}: {row.summary}" for row in rows))

    def refused(self, report: Report) -> None:
        """A document of it; as text, the error says all."""
        if not self.out.is_talk:
            self.out.report(report)


class _Lines:
    """One line an org: what a log can hold, and somebody search."""

    def __init__(self, what: str, total: int, console: Console) -> None:
        self._what = what
        self._total = total
        self._console = console
        self._done = 0

    def row(self, row: OrgRow) -> None:
        self._done += 1
        self._console.talk(f"{self._what} {self._done}/{self._total}: {row.org}: {row.summary}")


class _Terminal:
    """A person on a terminal."""

    is_asked = True

    def ask(self, question: str) -> None:
        """Raise :class:`GateRefused` unless the answer is yes."""
        confirm(question)


def approval(*, yes: bool) -> Approval:
    """Who is asked before a write: nobody with ``yes``."""
    return Unasked() if yes else _Terminal()


def _text(part: Shown) -> str:
    # Late: a job that only reads shows none of these.
    from provision.apply.destroy import Removal
    from provision.apply.proof import Proof
    from provision.apply.run import Applied

    match part:
        case Plan():
            return f"{plan_text(part)}\n"
        case Applied():
            return applied_text(part)
        case Proof():
            return proof_text(part)
        case AppProof(app, proof):
            return "\n".join(f"{app}: {line}" for line in proof_text(proof).splitlines())
        case Finding():
            return finding_line(part)
        case Removal():
            return f"{_removal_text(part)}\n"
        case str():
            return part


def _removal_text(removal: Removal) -> str:
    """What goes with an app, and what stays."""
    org = removal.org
    lines = [f"org: {org.name} ({org.instance_url}, API {org.api_version}, by {org.reached_by})"]
    if removal.is_empty:
        lines += [f"app: {removal.actual.app} (absent)", "", "Nothing to destroy."]
        if removal.actual.packages:
            others = package_apps_message(removal.actual.app, removal.actual.packages)
            lines.append(f"The org has {others}.")
        return "\n".join(lines)
    lines += [f"app: {removal.actual.app} (to be destroyed)", ""]
    return "\n".join([*lines, *_goes(removal), *_stays(removal)])


def _goes(removal: Removal) -> Iterator[str]:
    for name, component in removal.actual.components.items():
        yield f"- {name} {component.full_name}"
    for record in unmanaged(removal.actual):
        yield f"- {'also there, not managed' if record.full_name else 'perhaps there'}: {record}"
    for profile in removal.profiles:
        yield f"- grant to the profile {profile}"
    for permission_set in removal.permission_sets:
        yield f"- grant to the permission set {permission_set}"
    yield f"- {_tokens(removal)}"
    if removal.consumer_key:
        yield f"- the consumer key {removal.consumer_key} and its secret, for good"
    for gate in removal.gates:
        yield f"! {gate.reason}"


def _tokens(removal: Removal) -> str:
    if removal.tokens is not None:
        return f"{removal.tokens} token{'' if removal.tokens == 1 else 's'}"
    if removal.users is not None:
        return f"every token, of {removal.users} user{'' if removal.users == 1 else 's'}"
    return "every token; the org does not tell how many"


def _stays(removal: Removal) -> Sequence[str]:
    if not removal.stays:
        return ()
    return (f"\nThese stay, since others may use them: {', '.join(removal.stays)}.",)
