"""The tree of a spec: its file with short forms written out, variables replaced, presets below."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from provision.findings import Finding
from provision.spec.hint import did_you_mean
from provision.spec.node import Entry, MappingNode, Node, ScalarNode, SequenceNode, is_hole
from provision.spec.position import KeyPath, Position
from provision.spec.reader import Reading, read_file, read_yaml
from provision.spec.variable import Expander, Undefined, Variables

__all__ = ["Source", "extended", "preset_names", "read_preset", "read_source", "written_out"]


@dataclass(frozen=True, slots=True)
class Source:
    """The whole tree with its presets; ``None``, and a problem, if the file has no tree."""

    root: MappingNode | None
    problems: tuple[Finding, ...]
    presets: tuple[str, ...] = ()
    undefined: tuple[tuple[Position, Undefined], ...] = ()
    sensitive: frozenset[str] = frozenset()


def read_source(path: Path, variables: Variables) -> Source:
    """Read ``path``, replace its variables, and merge it with the presets that it extends."""
    reading = read_file(path)
    if reading.root is None:
        return Source(None, reading.problems)
    expander = Expander(variables, path.parent)
    expanded = expander.mapping(reading.root)
    problems = [*reading.problems, *expander.problems]
    root, presets = extended(expanded, problems)
    return Source(
        root,
        tuple(problems),
        presets=presets,
        undefined=tuple(expander.undefined),
        sensitive=frozenset(expander.sensitive),
    )


_DIRECTORY: Final = Path(__file__).with_name("presets")
# Mappings of which a spec chooses one key: merging two of them makes no sense.
_CHOICES: Final[frozenset[KeyPath]] = frozenset({("policies", "refresh_token")})


def preset_names() -> tuple[str, ...]:
    """The names of all presets, sorted."""
    return tuple(sorted(path.stem for path in _DIRECTORY.glob("*.yaml")))


def read_preset(name: str) -> Reading:
    """The preset ``name``, one of :func:`preset_names`. Its positions are of ``preset:NAME``."""
    return read_yaml((_DIRECTORY / f"{name}.yaml").read_bytes(), f"preset:{name}")


def extended(root: MappingNode, problems: list[Finding]) -> tuple[MappingNode, tuple[str, ...]]:
    """``root`` merged with the presets that it extends, and their names in order.

    Mappings are merged key by key. A list, a value or null of the spec replaces that of a preset,
    and a later preset replaces an earlier one.
    """
    entries = dict(root.entries)
    extends = entries.pop("extends", None)
    spec = written_out(MappingNode(root.position, entries), problems)
    if extends is None:
        return spec, ()
    names = tuple(_names(extends.node, problems))
    below = MappingNode(root.position, {})
    for name in names:
        reading = read_preset(name)
        problems.extend(reading.problems)
        if reading.root:
            below = _laid_over(below, written_out(reading.root, problems), ())
    return _laid_over(below, spec, ()), names


def _names(node: Node, problems: list[Finding]) -> Iterable[str]:
    known = preset_names()
    for item in node.items if isinstance(node, SequenceNode) else (node,):
        if is_hole(item):
            continue
        name = item.value if isinstance(item, ScalarNode) else None
        if isinstance(name, str) and name in known:
            yield name
            continue
        listed = f"there are {', '.join(known)}"
        if isinstance(name, str):
            reason = f"there is no preset {name!r}; {listed}{did_you_mean(name, known)}"
        else:
            reason = f"it takes the name of a preset, or a list of them; {listed}"
        problems.append(item.position.problem(f"extends: {reason}"))


def _laid_over(below: MappingNode, above: MappingNode, path: KeyPath) -> MappingNode:
    entries = dict(below.entries)
    for key, entry in above.entries.items():
        under = entries.get(key)
        here = (*path, key)
        if (
            under is not None
            and here not in _CHOICES
            and isinstance(under.node, MappingNode)
            and isinstance(entry.node, MappingNode)
        ):
            entries[key] = Entry(entry.key, _laid_over(under.node, entry.node, here))
        else:
            entries[key] = entry
    return MappingNode(above.position, entries)


def written_out(root: MappingNode, problems: list[Finding]) -> MappingNode:
    """``root`` with `oauth.callback_url: X` as `oauth.callback_urls: [X]`."""
    oauth = root.entries.get("oauth")
    if oauth is None or not isinstance(oauth.node, MappingNode):
        return root
    entries = dict(oauth.node.entries)
    short = entries.pop("callback_url", None)
    if short is None:
        return root
    if "callback_urls" in entries:
        problems.append(
            short.key.problem("oauth.callback_url: callback_urls is here too; write one of them")
        )
    elif not isinstance(short.node, ScalarNode):
        problems.append(
            short.key.problem("oauth.callback_url: it takes one URL; for more, use callback_urls")
        )
    elif short.node.value is None:
        entries["callback_urls"] = short
    else:
        urls = SequenceNode(short.node.position, (short.node,))
        entries["callback_urls"] = Entry(short.key, urls)
    written = Entry(oauth.key, MappingNode(oauth.node.position, entries))
    return MappingNode(root.position, {**root.entries, "oauth": written})
