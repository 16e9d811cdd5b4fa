"""A wrong value on the command line is met with what the option takes, and no library's words."""

import pytest

from provision.errors import ExitCode


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--format", "jsn"], "sarif, github; did you mean json?"),
        (["--proof-wait", "soon"], "'--proof-wait': it takes a number"),
        (["--deploy-wait", "1e9"], "'--deploy-wait': it takes 86400 or less"),
        (["--api-version", "12"], "'--api-version': it takes 59 or more"),
        (["--api-version", "new"], "'--api-version': it takes a whole number"),
        (["--allow", "lock-out"], "threshold, production, stale; did you mean lockout?"),
        (["--nope"], "No such option: --nope"),
    ],
)
def test_a_wrong_value_is_met_with_what_the_option_takes(run, spec, arguments, reason) -> None:
    ran = run("apply", str(spec), *arguments)
    assert ran.code == ExitCode.CANNOT
    assert reason in ran.err
    assert "Value error" not in ran.err
    assert "Input should" not in ran.err
    assert "next: See `provision apply --help`." in ran.err
