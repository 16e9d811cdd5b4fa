"""Whole files: there whole or not at all."""

from pathlib import Path

import pytest

from provision.whole_file import make_private_directory, write_new, write_whole


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.mark.parametrize("write", [write_whole, write_new])
def test_a_file_is_its_owners_alone_and_leaves_nothing_beside_it(tmp_path, write) -> None:
    write(tmp_path / "file", b"content")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_bytes() == b"content"
    assert mode(tmp_path / "file") == 0o600


def test_what_was_there_is_replaced_a_link_too(tmp_path) -> None:
    (tmp_path / "real").write_bytes(b"before")
    (tmp_path / "link").symlink_to("real")
    write_whole(tmp_path / "link", b"after", 0o640)
    assert (tmp_path / "real").read_bytes() == b"before"
    assert not (tmp_path / "link").is_symlink()
    assert mode(tmp_path / "link") == 0o640


@pytest.mark.parametrize("make", [Path.touch, lambda path: path.symlink_to("nowhere")])
def test_a_new_file_is_never_written_over_another(tmp_path, make) -> None:
    make(tmp_path / "file")
    with pytest.raises(FileExistsError):
        write_new(tmp_path / "file", b"content")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").is_symlink() or (tmp_path / "file").read_bytes() == b""


def test_a_write_that_fails_leaves_nothing(tmp_path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):
        write_whole(tmp_path / "folder", b"content")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_every_directory_that_was_missing_is_private(tmp_path) -> None:
    make_private_directory(tmp_path / "one" / "two")
    assert [mode(tmp_path / "one"), mode(tmp_path / "one" / "two")] == [0o700, 0o700]
