"""A spec's two paths are changed in place, and no other byte."""

import pytest

from provision.apply.key_pair import NextPair
from provision.apply.spec_edit import spec_edit
from provision.spec.load import load
from provision.spec.variable import Variables

HEAD = "# ü\r\napp: A   # its name\noauth:\n  callback_urls: [https://a.example/c]\n"
END = "\n\nlabel: 'keys/app.crt'  # not this\n# keys/app.key\n"


def edit_of(tmp_path, keys, jwt: str, head: str = HEAD):
    path = tmp_path / "a.yaml"
    path.write_bytes((head + jwt + END).encode())
    spec = load(path, Variables({"v": "keys"}))
    return path, spec_edit(spec, NextPair(keys / "new.key", keys / "new.crt", spec))


@pytest.mark.parametrize(
    ("jwt", "after"),
    [
        (
            "  jwt_bearer: {certificate: keys/app.crt, private_key: keys/app.key}",
            "  jwt_bearer: {certificate: keys/new.crt, private_key: keys/new.key}",
        ),
        (
            "  jwt_bearer:\n    private_key:  'keys/app.key' #\n    certificate: ./keys/app.crt",
            "  jwt_bearer:\n    private_key:  'keys/new.key' #\n    certificate: ./keys/new.crt",
        ),
        (
            '  jwt_bearer:\r\n   certificate: "keys/./app.crt"\r\n   private_key: keys/app.key',
            '  jwt_bearer:\r\n   certificate: "keys/./new.crt"\r\n   private_key: keys/new.key',
        ),
    ],
)
def test_only_the_paths_change(tmp_path, keys, jwt, after) -> None:
    path, edit = edit_of(tmp_path, keys, jwt)
    path.chmod(0o640)
    assert edit.write()
    assert path.read_bytes() == (HEAD + after + END).encode()
    assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    "jwt",
    [
        '  jwt_bearer: {certificate: "${v}/app.crt", private_key: keys/app.key}',
        '  jwt_bearer: {certificate: "keys/\\x61pp.crt", private_key: keys/app.key}',
        "  jwt_bearer: {certificate: &c keys/app.crt, private_key: keys/app.key}",
        "  jwt_bearer:\n    certificate: >-\n      keys/app.crt\n    private_key: keys/app.key",
    ],
)
def test_a_value_that_is_not_a_plain_path_is_left_unchanged(tmp_path, keys, jwt) -> None:
    path, edit = edit_of(tmp_path, keys, jwt)
    before = path.read_bytes()
    assert not edit.write()
    assert path.read_bytes() == before
    assert edit.lines == ("certificate: keys/new.crt", "private_key: keys/new.key")


def test_a_link_stays_a_link(tmp_path, keys) -> None:
    path, _ = edit_of(tmp_path, keys, "  jwt_bearer: {certificate: keys/app.crt}")
    real = tmp_path / "real.yaml"
    text = path.read_text().replace("app.crt}", "app.crt, private_key: keys/app.key}")
    real.write_text(text)
    path.unlink()
    path.symlink_to(real)
    spec = load(path, Variables())
    assert spec_edit(spec, NextPair(keys / "new.key", keys / "new.crt", spec)).write()
    assert path.is_symlink()
    assert "certificate: keys/new.crt, private_key: keys/new.key" in real.read_text()


def test_a_file_that_cannot_be_written_is_left_unchanged(tmp_path, keys) -> None:
    path, edit = edit_of(
        tmp_path, keys, "  jwt_bearer: {certificate: keys/app.crt, private_key: keys/app.key}"
    )
    path.unlink()
    assert not edit.write()


def test_a_path_keeps_its_spelling(tmp_path, keys) -> None:
    inner = tmp_path / "specs"
    inner.mkdir()
    beside = inner / ".." / keys.name  # as the spec's own paths are read
    path, edit = edit_of(
        inner, beside, "  jwt_bearer: {certificate: ../keys/app.crt, private_key: ../keys/app.key}"
    )
    assert edit.write()
    assert "{certificate: ../keys/new.crt, private_key: ../keys/new.key}" in path.read_text()
