"""External client apps for Salesforce orgs, as code.

    from provision import Org, Spec

    spec = Spec.load("robot.yaml")
    with Org.connect("my-sandbox") as org:
        for change in org.plan(spec).changes:
            print(change.key, change.before, change.after)
        org.apply(spec)

docs/api.md describes it. A name is imported when it is first used, so importing the package is
cheap.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from provision.distribution import VERSION

if TYPE_CHECKING:
    from provision.errors import (
        ApplyFailed,
        CannotError,
        ExitCode,
        GateName,
        GateRefused,
        NotProven,
        OrgError,
        ProvisionError,
        SpecError,
    )
    from provision.findings import Finding, Position, Severity
    from provision.jobs.library import Org, lint, validate
    from provision.jobs.progress import Progress, Silence
    from provision.plan.plan import Plan
    from provision.report.results import AppResult
    from provision.spec.spec import Spec

__version__ = VERSION

__all__ = [
    "AppResult",
    "ApplyFailed",
    "CannotError",
    "ExitCode",
    "Finding",
    "GateName",
    "GateRefused",
    "NotProven",
    "Org",
    "OrgError",
    "Plan",
    "Position",
    "Progress",
    "ProvisionError",
    "Severity",
    "Silence",
    "Spec",
    "SpecError",
    "__version__",
    "lint",
    "validate",
]

_LIBRARY = ("Org", "lint", "validate")
_ERRORS = (
    "ApplyFailed", "CannotError", "ExitCode", "GateName", "GateRefused", "NotProven", "OrgError",
    "ProvisionError", "SpecError",
)  # fmt: skip
_MODULES = {
    **dict.fromkeys(_LIBRARY, "jobs.library"),
    **dict.fromkeys(_ERRORS, "errors"),
    **dict.fromkeys(("Finding", "Position", "Severity"), "findings"),
    "AppResult": "report.results",
    "Plan": "plan.plan",
    "Progress": "jobs.progress",
    "Silence": "jobs.progress",
    "Spec": "spec.spec",
}

if not TYPE_CHECKING:  # to a type checker, a module's __getattr__ would make every name valid

    def __getattr__(name: str) -> object:
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
