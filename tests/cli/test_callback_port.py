"""`apply --login web`: where the `sf` CLI awaits the browser."""

import socket
from pathlib import Path

import pytest

from provision.cli.console import Console
from provision.cli.handover import make_edit
from provision.errors import CannotError, ExitCode
from provision.handover.project_file import ProjectFile
from tests.cli.callback_ports import CALLBACKS, free_ports, project, with_callbacks

APPLY = ("--org", "local", "--yes", "--no-proof")
WEB = (*APPLY, "--login", "web")


@pytest.fixture
def sf(tmp_path, monkeypatch) -> Path:
    """An `sf` that succeeds; the file is there once it ran."""
    ran, script = tmp_path / "sf-ran", tmp_path / "bin" / "sf"
    script.parent.mkdir()
    script.write_text(f"#!/bin/sh\n: > {ran}\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(script.parent))
    return ran


@pytest.fixture
def taken():
    """A port on which somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def is_untouched(run, spec: Path) -> bool:
    """Whether the org does not have the app yet."""
    return "to be created" in run("plan", str(spec), "--org", "local").out


def test_the_project_gets_the_first_port_that_is_free(run, spec, sf, taken) -> None:
    first, second = free_ports(2)
    with_callbacks(spec, taken, first, second)
    file = project(spec.parent, f'{{\r\n\t"name": "é",\r\n\t"oauthLocalPort": {taken}\r\n}}\r\n')
    ran = run("apply", str(spec), *WEB)
    assert ran.code == ExitCode.OK
    assert sf.exists()
    written = f'{{\r\n\t"name": "é",\r\n\t"oauthLocalPort": {first}\r\n}}\r\n'
    assert file.read_bytes() == written.encode()
    assert f"{file}: oauthLocalPort is now {first} (was {taken})" in ran.err


def test_a_project_that_is_in_step_is_left_alone(run, spec, sf) -> None:
    first, second = free_ports(2)
    with_callbacks(spec, first, second)
    file = project(spec.parent, f'{{"oauthLocalPort": {second}}}')
    ran = run("apply", str(spec), *WEB)
    assert ran.code == ExitCode.OK
    assert file.read_text() == f'{{"oauthLocalPort": {second}}}'
    assert "oauthLocalPort" not in ran.err


def test_the_file_stays_a_link_and_keeps_its_mode(run, spec, sf, tmp_path) -> None:
    [port] = free_ports(1)
    with_callbacks(spec, port)
    (tmp_path / "shared").mkdir()
    real = project(tmp_path / "shared", "{}\n")
    real.chmod(0o666)  # more than a umask leaves
    link = tmp_path / real.name
    link.symlink_to(real)
    assert run("apply", str(spec), *WEB).code == ExitCode.OK
    assert link.is_symlink()
    assert real.read_text() == f'{{"oauthLocalPort": {port}}}\n'
    assert real.stat().st_mode & 0o777 == 0o666


def test_where_no_port_is_free_another_is_named(run, spec, sf, taken) -> None:
    with_callbacks(spec, taken)
    file = project(spec.parent, f'{{"oauthLocalPort": {taken}}}')
    ran = run("apply", str(spec), *WEB)
    assert ran.code == ExitCode.CANNOT
    assert f"({taken}); it is not known which programs use them" in ran.err
    [line] = [part for part in ran.err.split("`") if part.startswith("- http")]
    with_line = spec.read_text().replace("/OauthRedirect]", f"/OauthRedirect, {line[2:]}]")
    assert is_untouched(run, spec)
    assert file.read_text() == f'{{"oauthLocalPort": {taken}}}'
    spec.write_text(with_line)
    assert run("apply", str(spec), *WEB).code == ExitCode.OK


@pytest.mark.parametrize("oauth", [True, False])
def test_an_app_that_the_cli_cannot_come_back_to_is_refused(run, spec, sf, oauth) -> None:
    if not oauth:
        spec.write_text("app: Robot\ncontact_email: ops@example.com\n")
    ran = run("apply", str(spec), *WEB)
    assert ran.code == ExitCode.CANNOT
    assert "Robot has no callback URL of the `sf` CLI" in ran.err
    assert "Add the line `- http://localhost:" in ran.err
    assert is_untouched(run, spec)


def test_callback_urls_that_the_spec_leaves_to_the_org_count(run, spec, sf) -> None:
    [port] = free_ports(1)
    with_callbacks(spec, port)
    project(spec.parent, f'{{"oauthLocalPort": {port}}}')
    run("apply", str(spec), *APPLY)
    kept = [line for line in spec.read_text().splitlines() if "callback_urls" not in line]
    spec.write_text("\n".join(kept))
    assert run("apply", str(spec), *WEB).code == ExitCode.OK


def test_outside_of_a_project_no_file_is_made(run, spec, sf) -> None:
    [port] = free_ports(1)
    with_callbacks(spec, port)
    ran = run("apply", str(spec), *WEB)
    assert ran.code == ExitCode.CANNOT
    file = spec.parent / "sfdx-project.json"
    assert f'create {file} with `{{"oauthLocalPort": {port}}}`' in ran.err
    assert not file.exists()
    assert is_untouched(run, spec)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("// ours\n{}\n", "sfdx-project.json:1:1: this is not JSON, which has no comments"),
        ('{"oauthLocalPort": 1, "oauthLocalPort": 2}', '"oauthLocalPort" is in it twice'),
    ],
)
def test_a_file_that_would_not_help_is_not_written(run, spec, sf, text, said) -> None:
    [port] = free_ports(1)
    with_callbacks(spec, port)
    file = project(spec.parent, text)
    ran = run("apply", str(spec), *WEB)
    assert ran.code == ExitCode.CANNOT
    assert said in ran.err
    assert file.read_text() == text
    assert is_untouched(run, spec)


def test_before_somebody_confirms_nothing_is_written(run, spec, sf) -> None:
    [port] = free_ports(1)
    with_callbacks(spec, port)
    file = project(spec.parent, "{}")
    ran = run("apply", str(spec), "--org", "local", "--login", "web")
    assert ran.code == ExitCode.REFUSED
    assert f"will set oauthLocalPort in {file} to {port}" in ran.err
    assert file.read_text() == "{}"


def test_apps_that_log_in_together_need_a_port_in_common(run, spec, sf, tmp_path) -> None:
    mine, shared, others = free_ports(3)
    other = tmp_path / "other.yaml"
    other.write_text(spec.read_text().replace("app: Robot", "app: Other"))
    file = project(tmp_path, "{}")
    only = spec.read_text()
    with_callbacks(spec, mine, shared)
    with_callbacks(other, others, shared)
    assert run("apply", str(spec), str(other), *WEB).code == ExitCode.OK
    assert file.read_text() == f'{{"oauthLocalPort": {shared}}}'
    spec.write_text(only)
    with_callbacks(spec, mine)
    ran = run("apply", str(spec), str(other), *WEB)
    assert ran.code == ExitCode.CANNOT
    assert "Robot and Other have no port of the `sf` CLI in common" in ran.err


def test_a_file_that_somebody_else_changed_is_left_as_it_is(tmp_path) -> None:
    file = project(tmp_path, "{}")
    found = ProjectFile.nearest(tmp_path)
    assert found is not None
    edit = found.with_port(1718)
    file.write_text('{"name": "theirs"}')
    with pytest.raises(CannotError, match="was changed by somebody else"):
        make_edit(edit, Console())
    assert file.read_text() == '{"name": "theirs"}'


def _without_key(spec: Path) -> None:
    spec.write_text(spec.read_text().replace(", private_key: keys/app.key", ""))


def test_the_printed_command_says_which_port_the_project_must_have(run, spec) -> None:
    [port] = free_ports(1)
    with_callbacks(spec, port)
    _without_key(spec)
    file = project(spec.parent, '{"oauthLocalPort": 1800}')
    ran = run("apply", str(spec), *APPLY)
    hint = f"# the `sf` CLI listens on 1800 here ({file}), and no callback URL of Robot has that"
    assert hint in ran.out
    assert f'Set `"oauthLocalPort": {port}` in {file}' in ran.out
    project(spec.parent, f'{{"oauthLocalPort": {port}}}')
    ran = run("apply", str(spec), *APPLY)
    assert "sf org login web" in ran.out
    assert "oauthLocalPort" not in ran.out


def test_an_app_without_a_callback_url_of_the_cli_has_no_command_of_it(run, spec) -> None:
    ran = run("apply", str(spec), *APPLY)
    assert CALLBACKS in spec.read_text()
    assert ran.code == ExitCode.OK
    assert "sf org login" not in ran.out


def test_a_certificate_login_needs_no_port(run, spec) -> None:
    with_callbacks(spec, *free_ports(1))
    ran = run("apply", str(spec), *APPLY)
    assert "sf org login jwt" in ran.out
    assert "listens on" not in ran.out
