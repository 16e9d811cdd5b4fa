"""Verbs: what the program can do, and which function does it. None is imported before it runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

__all__ = ["VERBS", "Family", "Verb", "verb_of"]


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb: the function that does it, and its line in a list of verbs.

    ``help`` is the first line of the function's docstring.
    """

    name: str
    module: str
    function: str
    help: str


@dataclass(frozen=True, slots=True)
class Family:
    """Verbs that share their first word."""

    name: str
    help: str
    verbs: Sequence[Verb]


VERBS: Final[Sequence[Verb | Family]] = (
    Verb(
        "validate",
        "validate",
        "validate",
        "Check specs offline. Every problem is listed with its position.",
    ),
    Verb(
        "render",
        "render",
        "render",
        "Write the metadata files of a spec, for other tools. Offline.",
    ),
    Verb(
        "plan",
        "plan",
        "plan",
        "Show what apply would do, with its risks and gates. Writes nothing to the org.",
    ),
    Verb(
        "diff",
        "plan",
        "diff",
        "Show where the org differs from the spec: exit 4 if it does.",
    ),
    Verb(
        "apply",
        "apply",
        "apply",
        "Show the plan, ask, deploy, read back, and prove by a login.",
    ),
    Verb(
        "destroy",
        "destroy",
        "destroy",
        "Show what is deleted with an app, ask, and delete the app.",
    ),
    Verb(
        "rollback",
        "rollback",
        "rollback",
        "Restore an app as it was before a run.",
    ),
    Verb(
        "prove",
        "prove",
        "prove",
        "Log in with each app, as apply does. Exit 7 if a login fails.",
    ),
    Verb(
        "lint",
        "lint",
        "lint",
        "Check specs against rules: exit 4 if there is an error. Offline, except with --org.",
    ),
    Verb(
        "doctor",
        "doctor",
        "doctor",
        "Check what apply needs: exit 4 if there is an error.",
    ),
    Verb(
        "onboard",
        "onboard",
        "onboard",
        "Set up a new org: check, keys, apply, proof, fleet file.",
    ),
    Verb(
        "explain",
        "explain",
        "explain",
        "Explain a field, a key of a spec, an error or an exit code. Offline.",
    ),
    Verb(
        "schema",
        "schema",
        "schema",
        "Print the JSON Schema of a spec or a fleet, for editors.",
    ),
    Family(
        "fleet",
        "List the orgs of a fleet file, or add orgs to it.",
        (
            Verb(
                "list",
                "fleet_file",
                "list_orgs",
                "List the orgs of a fleet, or those selected. Offline.",
            ),
            Verb(
                "import",
                "fleet_file",
                "import_orgs",
                "Add the orgs of the sf CLI to a fleet file. The file is created if needed.",
            ),
        ),
    ),
    Family(
        "keys",
        "Make and inspect private keys and certificates.",
        (
            Verb(
                "new",
                "keys",
                "new",
                "Create DIR/NAME.key and a self-signed DIR/NAME.crt. Never overwrites.",
            ),
            Verb(
                "show",
                "keys",
                "show",
                "Inspect key and certificate files: exit 4 if there is a fault.",
            ),
        ),
    ),
    Family(
        "credentials",
        "Read and rotate the consumer key and secret of an app.",
        (
            Verb(
                "show",
                "credentials",
                "show",
                "Copy the consumer key and secret to a sink. Writes only with --open-setting.",
            ),
            Verb(
                "stage",
                "credentials",
                "stage",
                "Create a new key and secret, and copy them to a sink.",
            ),
            Verb(
                "rotate",
                "credentials",
                "rotate",
                "Activate the staged key and secret. The old pair works for up to 30 days.",
            ),
            Verb(
                "revoke",
                "credentials",
                "revoke",
                "Revoke the old key and secret now.",
            ),
        ),
    ),
    Family(
        "rotate",
        "Rotate an app's certificate.",
        (
            Verb(
                "certificate",
                "rotate",
                "certificate",
                "Deploy and prove a new certificate, or restore the old one.",
            ),
        ),
    ),
    Family(
        "runs",
        "List past runs, and show what they did.",
        (
            Verb(
                "list",
                "runs",
                "list_runs",
                "List past runs, the newest first. Offline.",
            ),
            Verb(
                "show",
                "runs",
                "show_run",
                "Show what a run did, and how to continue or undo it. Offline.",
            ),
        ),
    ),
    Family(
        "report",
        "Merge the reports of sharded runs.",
        (
            Verb(
                "merge",
                "report",
                "merge",
                "Merge the records of a run's shards into one report.",
            ),
        ),
    ),
    Family(
        "localorg",
        "Run the emulated org for other clients.",
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
                "Show whether the local org is served, where, and its content.",
            ),
            Verb(
                "reset",
                "localorg",
                "reset",
                "Reset the local org to its seed. Everything made in it is deleted.",
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
