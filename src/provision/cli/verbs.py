"""Verbs: what the program can do, and where; nothing of it is imported before it is run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

__all__ = ["VERBS", "Family", "Verb", "verb_of"]


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb: the function that does it, and what a list of verbs says of it.

    ``help`` is the first line of the function's docstring.
    """

    name: str
    module: str
    function: str
    help: str


@dataclass(frozen=True, slots=True)
class Family:
    """Verbs behind one word."""

    name: str
    help: str
    verbs: Sequence[Verb]


VERBS: Final[Sequence[Verb | Family]] = (
    Verb(
        "validate",
        "validate",
        "validate",
        "Check specs offline: every problem, with its position.",
    ),
    Verb(
        "render",
        "render",
        "render",
        "Write the metadata files of a spec, deployable by other tools. Offline.",
    ),
    Verb(
        "plan",
        "plan",
        "plan",
        "Show what apply would do, its risks, and the gates in its way. Writes nothing to the org.",
    ),
    Verb(
        "diff",
        "plan",
        "diff",
        "Show where the org is not what the spec says: exit 4 when it is not. Writes nothing.",
    ),
    Verb(
        "apply",
        "apply",
        "apply",
        "Show the plan, ask, snapshot, deploy, read back, and prove with a real login.",
    ),
    Verb(
        "destroy",
        "destroy",
        "destroy",
        "Show what goes with the app, ask, keep a snapshot, delete it, and make sure that it is "
        "gone.",
    ),
    Verb(
        "rollback",
        "rollback",
        "rollback",
        "Make an app what it was before a run: show the plan, ask, snapshot, deploy, read back.",
    ),
    Verb(
        "prove",
        "prove",
        "prove",
        "Log in with each app, as apply does at its end. Exit 7 when that does not succeed.",
    ),
    Verb(
        "lint",
        "lint",
        "lint",
        "Check specs against rules: exit 4 when one breaks an error. Offline, but for --org.",
    ),
    Verb(
        "doctor",
        "doctor",
        "doctor",
        "Check what must hold before the first write: exit 4 when something does not.",
    ),
    Verb(
        "onboard",
        "onboard",
        "onboard",
        "Doctor, keys, permission sets, app, proof, fleet file: an org from nothing to proven.",
    ),
    Verb(
        "explain",
        "explain",
        "explain",
        "Say what a field, a key of a spec, an error or an exit code means. Offline.",
    ),
    Verb(
        "schema",
        "schema",
        "schema",
        "Print the JSON Schema of a spec or a fleet, for editors.",
    ),
    Family(
        "fleet",
        "A fleet file: the orgs that there are.",
        (
            Verb(
                "list",
                "fleet_file",
                "list_orgs",
                "The orgs of a fleet, or those that are selected, with their specs. Offline.",
            ),
            Verb(
                "import",
                "fleet_file",
                "import_orgs",
                "Add the orgs that the sf CLI knows and the fleet file does not have; make it if "
                "need be.",
            ),
        ),
    ),
    Family(
        "keys",
        "Private keys and certificates on this machine.",
        (
            Verb(
                "new",
                "keys",
                "new",
                "Create DIR/NAME.key (mode 0600) and a self-signed DIR/NAME.crt. Never overwrites.",
            ),
            Verb(
                "show",
                "keys",
                "show",
                "What key and certificate files hold, and whether they match: exit 4 if not, or "
                "expired.",
            ),
        ),
    ),
    Family(
        "credentials",
        "Consumer keys and secrets of an org's apps.",
        (
            Verb(
                "show",
                "credentials",
                "show",
                "Hand consumer key and secret to a sink. Writes nothing to the org without "
                "--open-setting.",
            ),
            Verb(
                "stage",
                "credentials",
                "stage",
                "Make a new pair beside the one in use, and hand it to a sink. Nothing uses it "
                "yet.",
            ),
            Verb(
                "rotate",
                "credentials",
                "rotate",
                "Put the staged pair in use. The old one goes on working for 30 days, or until "
                "revoked.",
            ),
            Verb(
                "revoke",
                "credentials",
                "revoke",
                "End the old pair now: clients that still use it are shut out.",
            ),
        ),
    ),
    Family(
        "rotate",
        "What an app logs in with, changed for new.",
        (
            Verb(
                "certificate",
                "rotate",
                "certificate",
                "Make a new pair, put its certificate in, prove it, or put the old one back (exit"
                " 5).",
            ),
        ),
    ),
    Family(
        "runs",
        "What is kept of runs.",
        (
            Verb(
                "list",
                "runs",
                "list_runs",
                "The runs that wrote to orgs or went over a fleet, the newest first. Offline.",
            ),
            Verb(
                "show",
                "runs",
                "show_run",
                "What a run did, in which orgs, and how to continue it or to roll it back. "
                "Offline.",
            ),
        ),
    ),
    Family(
        "report",
        "What runs over many orgs left, as reports.",
        (
            Verb(
                "merge",
                "report",
                "merge",
                "Put the records of a run's shards together: one report, and the worst exit code.",
            ),
        ),
    ),
    Family(
        "localorg",
        "The emulated org, for other clients.",
        (
            Verb(
                "serve",
                "localorg",
                "serve",
                "Serve the local org on loopback until interrupted.",
            ),
            Verb(
                "status",
                "localorg",
                "status",
                "Show whether the local org is served, where, and what is in it.",
            ),
            Verb(
                "reset",
                "localorg",
                "reset",
                "Bring the local org back to its seed: everything that was made in it is gone.",
            ),
        ),
    ),
)
"""All verbs, in the order of the help."""


def verb_of(arguments: Sequence[str]) -> str:
    """The verb that the arguments of a command line name; empty if they name no verb."""
    words = [argument for argument in arguments if not argument.startswith("-")]
    for entry in VERBS:
        if words[:1] != [entry.name]:
            continue
        if isinstance(entry, Verb):
            return entry.name
        if words[1:2] and words[1] in {verb.name for verb in entry.verbs}:
            return f"{entry.name} {words[1]}"
    return ""
