"""What is on disk after a run: keys, secrets that were handed over, and records of runs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.faults.evidence import APP, DONE, Evidence
from tests.faults.files import public_key_of

__all__ = ["of_keys", "of_runs", "of_secrets"]

_OLD_CERTIFICATE = re.compile(r"The org has the old certificate \(read back\)")
_PAIR_DELETED = re.compile(r"new pair (?:is|was) deleted")


def of_keys(evidence: Evidence) -> Iterator[str]:
    """The private key of the certificate that an org has is on disk; so are both of a rotation."""
    ran, files, earlier = evidence.ran, evidence.files, evidence.files_before
    for after in evidence.after.values():
        certificate = after.certificate(APP)
        if not certificate:
            continue
        key = public_key_of(certificate)
        if key not in files.keys.values():
            yield "the private key of the certificate that the org has is deleted"
        if ran.code in DONE and files.named and files.named != key:
            yield f"exit {ran.code}, and the spec names another certificate than the org has"
        if _OLD_CERTIFICATE.search(ran.text) and key not in earlier.keys.values():
            yield "'the org has the old certificate', and it has another"
    if _PAIR_DELETED.search(ran.text) and set(files.keys) - set(earlier.keys):
        yield "'the new pair is deleted', and it is there"
    if set(earlier.keys) - set(files.keys):
        yield "a private key that was there before is deleted"


def of_secrets(evidence: Evidence) -> Iterator[str]:
    """A sink that was said to have got a pair has it."""
    if " handed to " in evidence.ran.text and not evidence.files.secrets:
        yield "'handed to' a sink, and it is empty"


def of_runs(evidence: Evidence) -> Iterator[str]:
    """A run that ended says how it ended, and what became of each write."""
    for run in evidence.files.runs - evidence.files_before.runs:
        if not run.has_ended:
            yield f"the record of a run of {run.verb} says that it goes on"
        if run.is_done and evidence.ran.code == 1:
            yield f"the record of a run of {run.verb} says 'done', and the program failed"
        for what in sorted(run.open_ends):
            yield f"the record of a run of {run.verb} does not say what became of: {what}"
