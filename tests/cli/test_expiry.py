"""Certificates that run out, as `diff` tells them."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from provision.errors import ExitCode
from provision.keys.pair import new_pair


def with_certificate(spec: Path, keys: Path, *, ends_in: int) -> None:
    """Put a pair beside the spec whose certificate ends in so many days."""
    folder = keys.parent / "made"
    now = datetime.now(UTC) - timedelta(days=100 - ends_in)
    for made in new_pair("app", folder, bits=2048, subject="app", days=100, now=now):
        shutil.copy(made, keys / made.name)
    spec.write_text(spec.read_text())


def test_an_expired_certificate_is_drift(run, spec, keys) -> None:
    with_certificate(spec, keys, ends_in=-1)
    run("apply", str(spec), "--org", "local", "--yes", "--no-proof")
    ran = run("diff", str(spec), "--org", "local")
    assert ran.code == ExitCode.FOUND
    assert "a certificate has expired" in ran.out
    assert "certificate expired" in run("diff", str(spec), "--org", "local", "--format", "json").out


def test_one_that_expires_soon_is_said(run, spec, keys) -> None:
    with_certificate(spec, keys, ends_in=20)
    run("apply", str(spec), "--org", "local", "--yes", "--no-proof")
    ran = run("diff", str(spec), "--org", "local")
    assert ran.code == ExitCode.OK
    assert "expire" in ran.out
    assert run("diff", str(spec), "--org", "local", "--strict").code == ExitCode.FOUND
