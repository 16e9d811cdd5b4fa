"""`provision keys`: what it prints, writes and exits with."""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from provision.errors import ExitCode
from provision.keys.certificate import read_certificate
from provision.keys.pair import new_pair
from provision.keys.private_key import read_private_key

PASSPHRASE = "open sesame"


def test_new_takes_a_full_subject(run) -> None:
    assert run("keys", "new", "ci", "--subject", "CN=ci,O=Acme,C=CH").code == ExitCode.OK
    assert read_certificate(Path("keys/ci.crt")).subject == "CN=ci,O=Acme,C=CH"


def test_new_makes_a_request_for_an_own_ca(run) -> None:
    ran = run("keys", "new", "ci", "--csr", "--bits", "3072")
    assert ran.out.split() == ["keys/ci.key", "keys/ci.csr"]
    assert sorted(path.name for path in Path("keys").iterdir()) == ["ci.csr", "ci.key"]
    shown = run("keys", "show", "keys/ci.csr")
    assert "certificate request, RSA, 3072 bits" in shown.out
    assert "CN=ci" in shown.out


def test_new_encrypts_the_key(run, monkeypatch) -> None:
    monkeypatch.setenv("PASS", PASSPHRASE)
    ran = run("keys", "new", "ci", "--passphrase-env", "PASS")
    key = Path("keys/ci.key")
    assert key.read_text().startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert read_private_key(key, PASSPHRASE).matches(read_certificate(Path("keys/ci.crt")))
    assert PASSPHRASE not in ran.out + ran.err


@pytest.mark.parametrize("verb", [("keys", "new", "ci"), ("keys", "show", "keys/ci.key")])
def test_a_passphrase_that_is_not_set(run, monkeypatch, verb) -> None:
    monkeypatch.delenv("PASS", raising=False)
    ran = run(*verb, "--passphrase-env", "PASS")
    assert ran.code == ExitCode.CANNOT
    assert "variable that --passphrase-env names is empty or not set" in ran.err
    assert "PASS" not in ran.err  # it may be the passphrase itself
    assert not Path("keys").exists()


def test_show_a_pair_and_no_key_material(run) -> None:
    run("keys", "new", "ci", "--days", "30")
    ran = run("keys", "show", "keys/ci.key", "keys/ci.crt")
    assert ran.code == ExitCode.OK
    fingerprint = read_certificate(Path("keys/ci.crt")).fingerprint
    for shown in ("RSA, 2048 bits", "CN=ci (itself)", fingerprint, "29 days left", "serial"):
        assert shown in ran.out
    assert "key         keys/ci.key" in ran.out
    for line in Path("keys/ci.key").read_text().splitlines()[1:-1]:
        assert line not in ran.out + ran.err


def test_show_exits_4_where_files_do_not_match(run) -> None:
    run("keys", "new", "a")
    run("keys", "new", "b")
    ran = run("keys", "show", "keys/a.key", "keys/b.crt")
    assert ran.code == ExitCode.FOUND
    assert ran.out.count("WRONG       does not match any") == 2


def test_show_exits_4_where_a_certificate_expired(run, tmp_path) -> None:
    new_pair("old", tmp_path, subject="old", days=1, now=datetime(2020, 1, 1, tzinfo=UTC))
    ran = run("keys", "show", "old.crt")
    assert ran.code == ExitCode.FOUND
    assert "WRONG       expired on 2020-01-02" in ran.out


def test_show_says_what_it_cannot_read(run, monkeypatch) -> None:
    monkeypatch.setenv("PASS", PASSPHRASE)
    run("keys", "new", "ci", "--passphrase-env", "PASS")
    ran = run("keys", "show", "keys/ci.key")
    assert ran.code == ExitCode.CANNOT
    assert "--passphrase-env NAME" in ran.err
    assert run("keys", "show", "keys/ci.key", "--passphrase-env", "PASS").code == ExitCode.OK
    assert run("keys", "show", "nowhere.key").code == ExitCode.CANNOT
