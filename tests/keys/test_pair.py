from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from provision.errors import ExitCode
from provision.keys.certificate import read_certificate
from provision.keys.file import KeyFileError
from provision.keys.pair import new_pair
from provision.keys.private_key import read_private_key

# Two pieces: a scanner for secrets takes the whole line for a key.
KEY_LABEL = "PRIVATE" + " KEY"

NOW = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)


def make(directory: Path, name: str = "app", **changed: object) -> tuple[Path, Path]:
    settings: dict = {"subject": "An app", "now": NOW, **changed}
    return new_pair(name, directory, **settings)


def test_a_pair_fits_together(pair):
    key, certificate = pair
    assert (key.name, certificate.name) == ("app.key", "app.crt")
    assert read_private_key(key).matches(read_certificate(certificate))


def test_only_the_owner_can_read_the_key_whatever_the_umask(tmp_path):
    before = os.umask(0)
    try:
        key, certificate = make(tmp_path)
    finally:
        os.umask(before)
    assert key.stat().st_mode & 0o777 == 0o600
    assert certificate.stat().st_mode & 0o777 == 0o644


def test_the_key_is_pkcs8(pair):
    assert pair[0].read_text().startswith(f"-----BEGIN {KEY_LABEL}-----")


def test_the_certificate_is_valid_for_its_days(pair, now):
    certificate = read_certificate(pair[1])
    start = now.replace(microsecond=0)
    assert (certificate.not_before, certificate.not_after) == (start, start + timedelta(days=30))
    assert certificate.subject == "CN=An app"


def test_makes_the_directory(tmp_path):
    assert make(tmp_path / "deep" / "keys")[0].is_file()


def test_the_subject_may_be_a_full_name(tmp_path):
    _, certificate = make(tmp_path, subject="CN=ci,O=Acme,C=CH")
    found = read_certificate(certificate)
    assert found.subject == found.issuer == "CN=ci,O=Acme,C=CH"


def test_the_key_can_be_encrypted(tmp_path):
    key, certificate = make(tmp_path, passphrase="open sesame")
    assert key.read_text().startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert read_private_key(key, "open sesame").matches(read_certificate(certificate))
    with pytest.raises(KeyFileError, match="wrong passphrase"):
        read_private_key(key, "open barley")


@pytest.mark.parametrize("there", ["app.key", "app.crt"])
def test_never_overwrites_and_then_writes_nothing(tmp_path, there):
    (tmp_path / there).write_text("mine")
    with pytest.raises(KeyFileError, match="never overwritten; nothing was written") as caught:
        make(tmp_path)
    assert caught.value.exit_code is ExitCode.CANNOT
    assert "another name" in caught.value.next_step
    assert [path.name for path in tmp_path.iterdir()] == [there]
    assert (tmp_path / there).read_text() == "mine"


def test_a_dangling_link_is_not_overwritten_either(tmp_path):
    (tmp_path / "app.key").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(KeyFileError, match="nothing was written"):
        make(tmp_path)
    assert not (tmp_path / "elsewhere").exists()


def test_no_half_of_a_pair_is_left_when_the_certificate_cannot_be_written(tmp_path, monkeypatch):
    really_open = os.open

    def full_disk(path, flags, mode=0o777, *, dir_fd=None):
        if Path(path).suffix == ".crt":
            raise OSError(28, "No space left on device", str(path))
        return really_open(path, flags, mode, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", full_disk)
    with pytest.raises(KeyFileError, match="No space left on device"):
        make(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_appears_in_the_meantime_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(os.path, "lexists", lambda path: False)  # the race, as the check saw it
    (tmp_path / "app.crt").write_text("mine")
    with pytest.raises(KeyFileError, match=r"app\.crt exists"):
        make(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["app.crt"]
    assert (tmp_path / "app.crt").read_text() == "mine"


def test_a_directory_that_is_a_file(tmp_path):
    (tmp_path / "keys").write_text("")
    with pytest.raises(KeyFileError):
        make(tmp_path / "keys")


@pytest.mark.parametrize(
    ("name", "changed", "message"),
    [
        ("../app", {}, "not a name for a pair"),
        ("", {}, "not a name for a pair"),
        (".hidden", {}, "not a name for a pair"),
        ("app", {"bits": 1024}, "too short"),
        ("app", {"bits": 8192}, "longer than"),
        ("app", {"days": 0}, "would never be valid"),
        ("app", {"days": 10_000_000}, "cannot be valid"),
        ("app", {"subject": ""}, "not a common name"),
        ("app", {"subject": "x" * 65}, "not a common name"),
    ],
)
def test_invalid_arguments_are_refused(tmp_path, name, changed, message):
    with pytest.raises(KeyFileError, match=message) as caught:
        make(tmp_path, name, **changed)
    assert caught.value.next_step
    assert list(tmp_path.iterdir()) == []
