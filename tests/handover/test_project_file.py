"""Which project file applies, and what the `sf` CLI reads in it (OBS: CLI 2.146.3)."""

from pathlib import Path

import pytest

from provision.errors import CannotError
from provision.handover.project_file import NAME, ProjectFile


def read(folder: Path, content: str | bytes) -> ProjectFile:
    file = folder / NAME
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    found = ProjectFile.nearest(folder)
    assert found is not None
    return found


def test_the_nearest_project_file_applies(tmp_path: Path) -> None:
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert read(tmp_path, '{"oauthLocalPort": 1800}').port == 1800
    found = ProjectFile.nearest(below)
    assert found is not None
    assert found.path == tmp_path / NAME
    (below.parent / NAME).write_text("{}")
    found = ProjectFile.nearest(below)
    assert found is not None
    assert found.port == 1717


@pytest.mark.parametrize(
    ("value", "port"),
    [("1800", 1800), ('"1800"', 1800), ("1800.0", 1800), ("0", 1717), ("null", 1717), ('""', 1717),
     ("true", None), ('"x"', None), ("1.5", None), ("[]", None), ("1e999", None),
     ("65536", None), ("-1", None)],
)  # fmt: skip
def test_values_that_the_cli_accepts_as_a_port(
    tmp_path: Path, value: str, port: int | None
) -> None:
    assert read(tmp_path, f'{{"oauthLocalPort": {value}}}').port == port


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ('{\n  // here\n  "oauthLocalPort": 1800\n}', ":2:3: this is not JSON"),
        ('{"oauthLocalPort": 1800,}', ":1:"),
        ("[]", "not a JSON object"),
        ("[" * 100_000, "is not a project file"),
    ],
)
def test_the_cli_ignores_a_file_that_is_not_json(tmp_path: Path, content: str, problem) -> None:
    file = read(tmp_path, content)
    assert file.port == 1717
    assert problem in file.problem
    with pytest.raises(CannotError, match="ignores the file"):
        file.with_port(1718)


def test_a_folder_of_that_name_cannot_be_edited(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    file = ProjectFile.nearest(tmp_path)
    assert file is not None
    assert file.port == 1717
    with pytest.raises(CannotError, match="cannot be read"):
        file.with_port(1718)


def test_bytes_that_are_not_utf_8_stay(tmp_path: Path) -> None:
    edit = read(tmp_path, b'\xef\xbb\xbf{"a": "\xff", "oauthLocalPort": 1}\r\n').with_port(1718)
    assert edit.after == b'\xef\xbb\xbf{"a": "\xff", "oauthLocalPort": 1718}\r\n'
    assert edit.was == "1"


def test_a_duplicate_member_must_be_fixed_by_hand(tmp_path: Path) -> None:
    file = read(tmp_path, '{"oauthLocalPort": 1, "oauthLocalPort": 2}')
    assert file.port == 2
    with pytest.raises(CannotError, match="twice"):
        file.with_port(1718)
