"""Sessions of an earlier run: used while they are valid, and never an obstacle."""

import dataclasses
import stat
import traceback
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from provision.errors import LoginRefused
from provision.org.http import http_session
from provision.org.http_retry import OrgBusy
from provision.org.session import Session
from provision.org.session_cache import CachedLogin, CacheError, SessionCache
from provision.secret.secret import Secret
from tests.orgs import OrgUnderTest

NAME = "ada@example.com at https://example.my.salesforce.com"
TOKEN = "00D000000000001!PLANTED.token.of.nobody"
SESSION = Session("https://example.my.salesforce.com", TOKEN, "a test", "ada@example.com", "3MVG9")


def new_key() -> Secret:
    return Secret(Fernet.generate_key().decode())


@pytest.fixture
def cache(tmp_path: Path) -> SessionCache:
    return SessionCache(tmp_path / "sessions", new_key())


def only_file(cache: SessionCache) -> Path:
    [file] = cache.directory.iterdir()
    return file


@pytest.mark.parametrize("ca_file", [None, Path(__file__)])
def test_what_is_kept_comes_back_as_it_was(cache, ca_file) -> None:
    session = dataclasses.replace(SESSION, ca_file=ca_file)
    cache.save(NAME, session)
    assert cache.load(NAME) == session
    assert cache.load("somebody else") is None
    cache.drop(NAME)
    assert cache.load(NAME) is None
    cache.drop(NAME)  # nothing is there, as it should be


def test_only_the_owner_can_read_a_file_and_its_name_reveals_nothing(cache) -> None:
    cache.save(NAME, SESSION)
    file = only_file(cache)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(cache.directory.stat().st_mode) == 0o700
    content = file.name.encode() + file.read_bytes()
    for told in (TOKEN, "ada", "example.my.salesforce.com", cache.key.reveal()):
        assert told.encode() not in content


def other_key(cache: SessionCache) -> SessionCache:
    return SessionCache(cache.directory, new_key())


def no_key(cache: SessionCache) -> SessionCache:
    return SessionCache(cache.directory, Secret("PLANTED, and no key"))


def tampered(cache: SessionCache) -> SessionCache:
    content = bytearray(only_file(cache).read_bytes())
    content[len(content) // 2] ^= 1
    only_file(cache).write_bytes(content)
    return cache


def empty(cache: SessionCache) -> SessionCache:
    only_file(cache).write_bytes(b"")
    return cache


def encrypted(cache: SessionCache, text: str) -> SessionCache:
    only_file(cache).write_bytes(Fernet(cache.key.reveal()).encrypt(text.encode()))
    return cache


def of_another_program(cache: SessionCache) -> SessionCache:
    return encrypted(cache, f'{{"token": "{TOKEN}"}}')


def of_an_http_url(cache: SessionCache) -> SessionCache:
    return encrypted(
        cache,
        f'{{"name": "{NAME}", "instance_url": "http://example.com", "access_token": "{TOKEN}",'
        ' "reached_by": "", "username": "", "client_id": "", "ca_file": null}',
    )


def of_another_login(cache: SessionCache) -> SessionCache:
    file = only_file(cache)
    content = file.read_bytes()
    cache.save("another login", SESSION)
    [other] = set(cache.directory.iterdir()) - {file}
    other.rename(file)
    assert file.read_bytes() != content
    return cache


def with_a_certificate_that_is_gone(cache: SessionCache) -> SessionCache:
    cache.save(NAME, dataclasses.replace(SESSION, ca_file=cache.directory / "gone.crt"))
    return cache


def a_directory(cache: SessionCache) -> SessionCache:
    file = only_file(cache)
    file.unlink()
    file.mkdir()
    return cache


SPOILT = [
    other_key, no_key, tampered, empty, of_another_program, of_an_http_url, of_another_login,
    with_a_certificate_that_is_gone, a_directory,
]  # fmt: skip


@pytest.mark.parametrize("spoil", SPOILT)
def test_a_wrong_file_is_refused_without_quoting_it(cache, spoil) -> None:
    cache.save(NAME, SESSION)
    spoilt = spoil(cache)
    with pytest.raises(CacheError) as raised:
        spoilt.load(NAME)
    told = "".join(traceback.format_exception(raised.value)) + raised.value.next_step
    assert raised.value.next_step
    assert TOKEN not in told
    assert spoilt.key.reveal() not in told


# --- logging in


@dataclass
class CountedLogin:
    """A login to the local org that says how often it was asked."""

    org: OrgUnderTest
    asked: int = 0
    said: list[str] = field(default_factory=list)

    def open(self, http) -> Session:
        self.asked += 1
        return self.org.readable().session

    def through(self, cache: SessionCache) -> Session:
        """Log in as a run does: with a session that knows no org's certificate yet."""
        with http_session(20, clock=self.org.clock) as http:
            return CachedLogin(self, cache, NAME, self.said.append).open(http)


@pytest.fixture
def login(org) -> CountedLogin:
    return CountedLogin(org)


def test_the_second_run_does_not_log_in(login, cache) -> None:
    first = login.through(cache)
    with login.org.noting() as noted:
        assert login.through(cache) == first
    assert noted == ["rest:resources"]
    assert (login.asked, login.said) == (1, [])


def test_a_session_that_the_org_refuses_is_replaced_once(login, cache) -> None:
    first = login.through(cache)
    login.org.local.advance(24 * 3600)
    second = login.through(cache)
    assert second.access_token != first.access_token
    assert (login.asked, login.said) == (2, [])
    assert login.through(cache) == second


def test_a_refused_session_is_deleted_even_if_the_new_login_fails(
    login, cache, monkeypatch
) -> None:
    login.through(cache)
    login.org.local.advance(24 * 3600)

    def refused(http) -> Session:
        raise LoginRefused("no", next_step="Log in.")

    monkeypatch.setattr(login, "open", refused)
    with pytest.raises(LoginRefused):
        login.through(cache)
    assert cache.load(NAME) is None


@pytest.mark.parametrize("spoil", SPOILT)
def test_an_unusable_cache_is_a_notice_and_a_login(login, cache, spoil) -> None:
    login.through(cache)
    assert login.through(spoil(cache)).username == "admin@localorg.example"
    assert login.asked == 2
    assert login.said[0].startswith("notice: logging in again: ")
    told = "".join(login.said)
    assert "00D" not in told
    assert "PLANTED" not in told


def test_an_impossible_directory_is_a_notice_and_a_login(login, tmp_path) -> None:
    (tmp_path / "file").write_text("")
    cache = SessionCache(tmp_path / "file" / "sessions", new_key())
    assert login.through(cache).username == "admin@localorg.example"
    assert "is not kept for the next run" in login.said[-1]


def test_if_nobody_answers_the_login_decides(login, cache) -> None:
    """The org may have moved to another instance URL since."""
    login.through(cache)
    login.org.set_faults({"operation": "rest:resources", "kind": "drop_before", "times": 0})
    assert login.through(cache).username == "admin@localorg.example"
    assert login.asked == 2
    assert "the connection ended before an answer came" in login.said[0]


def test_an_org_that_asks_for_a_pause_gets_no_new_login(login, cache) -> None:
    login.through(cache)
    login.org.set_faults({"operation": "rest:resources", "kind": "503", "retry_after": "3600"})
    with pytest.raises(OrgBusy):
        login.through(cache)
    assert login.asked == 1


def test_neither_the_login_nor_the_cache_shows_its_secrets(login, cache) -> None:
    shown = repr(CachedLogin(login, cache, NAME, login.said.append))
    assert cache.key.reveal() not in shown
