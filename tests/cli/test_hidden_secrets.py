"""Whatever the program got as a secret is in nothing that it prints."""

from __future__ import annotations

import subprocess
import sys
from urllib.parse import quote

import pytest

from provision.cli.console import Console, print_bug, print_error
from provision.errors import OrgRefused
from provision.org.instance_url import InstanceUrl
from provision.org.oauth import Token
from provision.org.session import Session
from provision.redaction import SECRETS, register
from provision.secret.secret import Secret

URL = InstanceUrl("https://example.my.salesforce.com")
HUSH = "hush/hush+hush=7"


@pytest.mark.parametrize(
    "make",
    [
        lambda: Session(URL, HUSH, "test"),
        lambda: Token(HUSH, URL),
        lambda: Secret(HUSH),
    ],
    ids=["session", "token", "secret"],
)
def test_a_secret_is_registered_when_it_is_made(make) -> None:
    make()
    assert SECRETS.exact(f"the org repeats {HUSH}") == "the org repeats (hidden)"


def test_an_org_that_repeats_a_secret_in_an_error_gives_nothing_away(capsys) -> None:
    register(HUSH)
    for said in (HUSH, HUSH.upper(), quote(HUSH, safe="")):
        print_error(OrgRefused(f"bad {said}", code="X", next_step=f"Look at {said}."))
        Console().talk(f"retrying after {said}")
        Console().result(f"result: {said}")
    captured = capsys.readouterr()
    assert "hush" not in (captured.out + captured.err).lower()
    assert captured.err.count("(hidden)") == 9


def test_a_bug_whose_message_has_a_secret_in_it_is_printed_without(capsys) -> None:
    register(HUSH)
    try:
        int(HUSH)
    except ValueError as error:
        print_bug(error)
    shown = capsys.readouterr().err
    assert "ValueError" in shown
    assert HUSH not in shown


def test_what_is_printed_past_the_console_has_no_secret_in_it() -> None:
    """A thread's traceback, a library's warning."""
    program = (
        "import sys, threading, warnings\n"
        "from provision.cli.telling import telling\n"
        "from provision.redaction import register\n"
        f"hush = {HUSH!r}\n"
        "register(hush)\n"
        "with telling(lambda: None):\n"
        "    thread = threading.Thread(target=lambda: int(hush))\n"
        "    thread.start()\n"
        "    thread.join()\n"
        "    warnings.warn('bad ' + hush)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert "ValueError" in done.stderr
    assert "UserWarning" in done.stderr
    assert HUSH not in done.stderr
