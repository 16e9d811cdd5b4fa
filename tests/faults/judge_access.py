"""Who is locked out, what is lost, and what is left open without a word."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.faults.evidence import APP, OfOrg

__all__ = ["of_access", "of_the_setting"]

_OPEN = re.compile(r"(?:may (?:still )?be|is still|is|was left|stays) open")


def of_access(org: OfOrg) -> Iterator[str]:
    """Somebody who may use the app before and after a run that goes well may always use it."""
    before, after, final = org.before, org.after, org.final
    if APP in before.app_ids and APP in final.app_ids:
        if APP not in after.app_ids:
            yield "the app is lost"
            return
        if before.app_ids[APP] != after.app_ids[APP]:
            yield "the app is another one"
    if (before.permission_sets & final.permission_sets) - after.permission_sets:
        yield "a permission set that was there before is deleted"
    out = (before.users_of(APP) & final.users_of(APP)) - after.users_of(APP)
    if out:
        yield f"locked out: {', '.join(sorted(out))}"


def of_the_setting(org: OfOrg) -> Iterator[str]:
    """An org's setting that this run opened is closed, or the message says that it is open."""
    opened = org.after.settings_on - org.before.settings_on - org.final.settings_on
    for name in sorted(opened):
        told = any(name in line and _OPEN.search(line) for line in org.said.splitlines())
        if org.code != 5 or not told:
            yield f"exit {org.code}, and the setting {name} is open without a word of it"
