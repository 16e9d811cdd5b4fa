"""Spec edit: changes two paths in a spec's file, and no other byte."""

from __future__ import annotations

import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import yaml

from provision.apply.key_pair import NextPair
from provision.spec.spec import Spec
from provision.whole_file import write_whole

__all__ = ["SpecEdit", "spec_edit"]

_JWT: Final = ("oauth", "jwt_bearer")
_QUOTES: Final = {None: "", "'": "'", '"': '"'}


@dataclass(frozen=True, slots=True)
class SpecEdit:
    """The change that makes a spec's file name a new pair.

    ``lines`` are the lines that the file needs, for a person to write. ``content`` is the whole
    file after the change, ``None`` if a program cannot make it: a path has a variable in it, or
    stands in a preset.
    """

    path: Path
    lines: tuple[str, str]
    content: bytes | None = field(repr=False)

    def write(self) -> bool:
        """Change the file. Returns whether that was possible."""
        if self.content is None:
            return False
        path = self.path.resolve()  # a link stays a link
        try:
            write_whole(path, self.content, stat.S_IMODE(path.stat().st_mode))
        except OSError:
            return False
        return True


def spec_edit(spec: Spec, pair: NextPair) -> SpecEdit:
    """The change that makes the file of ``spec`` name ``pair``. Reads the file only."""
    directory = spec.path.parent.absolute()
    named = {
        key: path.relative_to(directory).as_posix() if path.is_relative_to(directory) else str(path)
        for key, path in (("certificate", pair.certificate), ("private_key", pair.private_key))
    }
    lines = (f"certificate: {named['certificate']}", f"private_key: {named['private_key']}")
    return SpecEdit(spec.path, lines, _edited(spec.path, named))


def _edited(path: Path, named: dict[str, str]) -> bytes | None:
    try:
        text = path.read_bytes().decode("utf-8")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except (OSError, ValueError, yaml.YAMLError):  # it was changed since it was loaded
        return None
    places = [(_scalar(root, (*_JWT, key)), new) for key, new in named.items()]
    found = [(node, new) for node, new in places if node is not None]
    if len(found) < len(places):
        return None
    for node, new in sorted(found, key=lambda each: each[0].start_mark.index, reverse=True):
        start, end = node.start_mark.index, node.end_mark.index
        quote = _QUOTES.get(node.style)
        # A value with a tag, an anchor, an escape or a line break does not read like this.
        if quote is None or text[start:end] != f"{quote}{node.value}{quote}" or "${" in node.value:
            return None
        written = _same_folder(node.value, new, path.parent)
        text = f"{text[:start]}{quote}{written}{quote}{text[end:]}"
    return text.encode() if _names(text, named, path.parent) else None


def _same_folder(old: str, new: str, directory: Path) -> str:
    """``new``, written like the old path (``./keys/a.crt``) if both are in one folder."""
    folder, slash, _ = old.rpartition("/")
    if (directory / folder).absolute() == (directory / new).parent.absolute():
        return f"{folder}{slash}{Path(new).name}"
    return new


def _names(text: str, named: dict[str, str], directory: Path) -> bool:
    """Whether ``text`` is YAML that names the files: a check of the change itself."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return False
    nodes = {key: _scalar(root, (*_JWT, key)) for key in named}
    return all(
        node is not None and (directory / node.value).absolute() == (directory / new).absolute()
        for new, node in zip(named.values(), nodes.values(), strict=True)
    )


def _scalar(root: yaml.Node | None, path: tuple[str, ...]) -> yaml.ScalarNode | None:
    node = root
    for key in path:
        if not isinstance(node, yaml.MappingNode):
            return None
        node = next((value for name, value in node.value if name.value == key), None)
    return node if isinstance(node, yaml.ScalarNode) else None
