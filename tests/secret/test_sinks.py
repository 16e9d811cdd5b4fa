"""What each sink makes of values, and how it refuses."""

from __future__ import annotations

import io
import json
import shlex
import stat
import sys
from pathlib import Path

import pytest

from provision.errors import ExitCode
from provision.secret.command_sink import CommandSink
from provision.secret.secret import Secret, SinkError
from provision.secret.sink import TerminalSink, sink_for
from tests.keyrings import fake_keyring

HUSH = "PLANTED-hush"
BOTH = {"consumer_key": "3MVG9.key", "consumer_secret": Secret(HUSH)}
ONE = {"consumer_secret": Secret(HUSH)}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def refused(call, *arguments) -> SinkError:
    with pytest.raises(SinkError) as raised:
        call(*arguments)
    error = raised.value
    assert error.next_step
    assert error.exit_code is ExitCode.CANNOT
    assert HUSH not in error.message + error.next_step
    return error


# --- file


def test_a_file_has_one_value_as_it_is_or_several_as_json(tmp_path) -> None:
    sink_for(f"file:{tmp_path}/one").put(ONE)
    sink_for(f"file:{tmp_path}/both").put(BOTH)
    assert (tmp_path / "one").read_text() == HUSH
    assert json.loads((tmp_path / "both").read_text()) == {
        "consumer_key": "3MVG9.key",
        "consumer_secret": HUSH,
    }
    assert mode(tmp_path / "one") == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["both", "one"]


def test_missing_directories_are_made_for_the_owner_alone(tmp_path) -> None:
    sink = sink_for(f"file:{tmp_path}/deep/secrets/one")
    sink.check()
    sink.put(ONE)
    assert mode(tmp_path / "deep" / "secrets") == 0o700


@pytest.mark.parametrize("make", [Path.touch, lambda path: path.symlink_to("nowhere")])
def test_an_existing_file_stays_unless_forced(tmp_path, make) -> None:
    path = tmp_path / "one"
    make(path)
    sink = sink_for(f"file:{path}")
    assert "not overwritten" in refused(sink.check).message
    assert "not overwritten" in refused(sink.put, ONE).message
    assert path.is_symlink() or path.read_text() == ""
    forced = sink_for(f"file:{path}", force=True)
    forced.check()
    forced.put(ONE)
    assert path.read_text() == HUSH
    assert mode(path) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["one"]


def test_places_where_no_file_can_be(tmp_path) -> None:
    (tmp_path / "file").touch()
    assert "is a directory" in refused(sink_for(f"file:{tmp_path}", force=True).check).message
    assert "cannot be written" in refused(sink_for(f"file:{tmp_path}/file/x").check).message


def test_a_full_disk_leaves_nothing(tmp_path, monkeypatch) -> None:
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    assert "No space left" in refused(sink_for(f"file:{tmp_path}/one").put, ONE).message
    assert list(tmp_path.iterdir()) == []


# --- env-file


def test_an_environment_file_is_merged(tmp_path) -> None:
    path = tmp_path / ".env"
    path.write_bytes(
        b"# ours\nexport ROBOT_CONSUMER_KEY=old\r\nA='b c'\xff\n ROBOT_CONSUMER_SECRET = old"
    )
    path.chmod(0o644)
    sink = sink_for(f"env-file:{path}", prefix="Robot_")
    sink.check()
    sink.put(BOTH)
    assert path.read_bytes() == (
        b"# ours\nexport ROBOT_CONSUMER_KEY=3MVG9.key\r\nA='b c'\xff\n"
        b" ROBOT_CONSUMER_SECRET=PLANTED-hush\n"
    )
    assert mode(path) == 0o600
    sink.put(BOTH)
    assert path.read_bytes().count(b"PLANTED") == 1


def test_new_lines_go_to_the_end(tmp_path) -> None:
    path = tmp_path / ".env"
    sink_for(f"env-file:{path}").put(ONE)
    assert path.read_text() == "CONSUMER_SECRET=PLANTED-hush\n"
    path.write_text("A=1")
    sink_for(f"env-file:{path}").put(ONE)
    assert path.read_text() == "A=1\nCONSUMER_SECRET=PLANTED-hush\n"


def test_a_link_to_an_environment_file_stays_one(tmp_path) -> None:
    (tmp_path / "real").write_text("A=1\n")
    (tmp_path / ".env").symlink_to("real")
    sink_for(f"env-file:{tmp_path}/.env").put(ONE)
    assert (tmp_path / ".env").is_symlink()
    assert (tmp_path / "real").read_text() == "A=1\nCONSUMER_SECRET=PLANTED-hush\n"


@pytest.mark.parametrize(
    ("value", "line"), [("a b$c", "K='a b$c'\n"), ("", "K=''\n"), ("a/b+c==", "K=a/b+c==\n")]
)
def test_values_are_quoted_where_readers_need_it(tmp_path, value, line) -> None:
    sink_for(f"env-file:{tmp_path}/.env").put({"k": value})
    assert (tmp_path / ".env").read_text() == line


@pytest.mark.parametrize("value", ["a\nb", "it's"])
def test_values_that_readers_disagree_on_are_refused(tmp_path, value) -> None:
    sink = sink_for(f"env-file:{tmp_path}/.env")
    assert "do not agree" in refused(sink.put, {"k": Secret(value)}).message
    assert not (tmp_path / ".env").exists()


def test_other_files_are_not_environment_files(tmp_path) -> None:
    (tmp_path / "big").write_bytes(b"x" * (1024 * 1024 + 1))
    assert "larger than" in refused(sink_for(f"env-file:{tmp_path}/big").check).message
    bad = sink_for(f"env-file:{tmp_path}/.env", prefix="my-app ")
    assert "no name of an environment variable begins" in refused(bad.check).message


# --- cmd


def program(tmp_path: Path, code: str) -> str:
    """A command that runs Python, and has one argument more."""
    script = tmp_path / "program.py"
    script.write_text(code)
    return f"cmd:{shlex.quote(sys.executable)} {shlex.quote(str(script))} 'two words'"


READS = (
    "import sys; open(sys.argv[0] + '.got', 'w').write(repr(sys.argv[1:]) + sys.stdin.read()); "
    "print('PRINTED'); sys.stderr.write('PRINTED')"
)


def test_a_command_gets_the_values_on_standard_input(tmp_path, capfd) -> None:
    sink = sink_for(program(tmp_path, READS))
    sink.check()
    sink.put(ONE)
    assert (tmp_path / "program.py.got").read_text() == "['two words']" + HUSH
    sink.put(BOTH)
    assert HUSH in (tmp_path / "program.py.got").read_text().partition("{")[2]
    captured = capfd.readouterr()
    assert captured.out + captured.err == ""  # what it prints may be the secret
    assert sink.name == f"the command {sys.executable}"


def test_a_command_that_fails_tells_its_exit_code(tmp_path) -> None:
    sink = sink_for(program(tmp_path, "import sys; sys.exit(sys.stdin.read())"))
    assert refused(sink.put, ONE).message.endswith("failed with exit code 1")


def test_a_command_that_does_not_read_its_input_is_no_error(tmp_path) -> None:
    sink_for(program(tmp_path, "")).put({"k": "x" * 1_000_000})


def test_a_command_that_does_not_end_is_stopped(tmp_path) -> None:
    sink = CommandSink("sleep 600", seconds=0.05)
    assert "did not end in 0.05 seconds" in refused(sink.put, ONE).message


@pytest.mark.parametrize("text", ["cmd:no-such-program-anywhere x", "cmd:'unclosed", "cmd:''"])
def test_invalid_commands_are_refused(text) -> None:
    refused(sink_for(text).check)


def test_a_program_that_cannot_be_run(tmp_path) -> None:
    (tmp_path / "x").write_text("")
    assert "cannot be run" in refused(sink_for(f"cmd:{tmp_path}/x").put, ONE).message


# --- keyring


def test_a_keyring_keeps_each_value(monkeypatch) -> None:
    kept = fake_keyring(monkeypatch)
    sink = sink_for("keyring:robot@sandbox")
    sink.check()
    sink.put(BOTH)
    assert kept == {
        ("robot@sandbox", "consumer_key"): "3MVG9.key",
        ("robot@sandbox", "consumer_secret"): HUSH,
    }


def test_a_keyring_that_is_locked(monkeypatch) -> None:
    def locked(*_):
        raise sys.modules["keyring.errors"].KeyringError(HUSH)

    fake_keyring(monkeypatch, keep=locked)
    assert "KeyringError" in refused(sink_for("keyring:robot").put, ONE).message


def test_a_keyring_that_keeps_nothing(monkeypatch) -> None:
    fake_keyring(monkeypatch, keep=lambda *_: None)
    assert "keeps nothing" in refused(sink_for("keyring:robot").put, ONE).message


def test_without_the_package_the_error_says_how_to_get_it(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    error = refused(sink_for("keyring:robot").check)
    assert "eca-provision[keyring] @ file:" in error.next_step


# --- the standard output


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_what_was_asked_for() -> None:
    terminal = Terminal()
    TerminalSink(terminal).put(ONE)
    assert terminal.getvalue() == HUSH + "\n"


def test_a_pipe_does_not_unless_forced() -> None:
    pipe = io.StringIO()
    assert "not a terminal" in refused(TerminalSink(pipe).put, ONE).message
    assert pipe.getvalue() == ""
    TerminalSink(pipe, force=True).put(BOTH)
    assert json.loads(pipe.getvalue())["consumer_secret"] == HUSH


# --- choice


@pytest.mark.parametrize("text", ["", "file:", "env-file: ", "stdout", "vault:x", "/tmp/x"])
def test_unknown_sinks_are_refused(text) -> None:
    assert "env-file:PATH" in refused(sink_for, text).next_step


def test_a_home_directory_is_found(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    sink_for("file:~/one").put(ONE)
    assert (tmp_path / "one").read_text() == HUSH
