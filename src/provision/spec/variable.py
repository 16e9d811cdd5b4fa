"""Variables: what ``${...}`` in a file stands for, and a tree with its variables replaced."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from provision.findings import Finding
from provision.redaction import register
from provision.sensitive_text import without_secrets
from provision.spec.node import (
    HOLE,
    Entry,
    ExpandedText,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
)
from provision.spec.position import Position

__all__ = ["Expander", "Expansion", "Undefined", "Variables", "is_variable_name"]

_REFERENCE: Final = re.compile(r"\$\$\{|\$\{(?P<name>[^}]*)(?P<end>\}?)")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_COMMAND_SECONDS: Final = 30.0
_MOST_BYTES: Final = 1024 * 1024


def is_variable_name(text: str) -> bool:
    """Whether ``text`` can be the name of a variable, as in ``${text}``."""
    return bool(_NAME.fullmatch(text))


@dataclass(frozen=True, slots=True)
class Undefined:
    """A variable without a value: its name as it is written, and the reason in a sentence."""

    name: str
    message: str


@dataclass(frozen=True, slots=True)
class Expansion:
    """A text after its variables were replaced.

    ``sensitive`` are the texts that came from outside of the spec and the fleet: nothing may show
    them. ``all_outside`` is true if no part of the text was written in the file itself.
    ``refusals`` say why a reference is wrong.
    """

    text: str
    sensitive: frozenset[str] = frozenset()
    all_outside: bool = False
    undefined: tuple[Undefined, ...] = ()
    refusals: tuple[str, ...] = ()


class _Refused(Exception):
    """A reference is wrong, or reading its source fails."""


class _Missing(Exception):
    """A reference has no value."""


@dataclass(frozen=True, slots=True)
class Variables:
    """Where the values of ``${...}`` come from.

    ``${name}`` is from ``values``, ``${env:NAME}`` from ``environ``, ``${file:PATH}`` is a file's
    text, ``${cmd:COMMAND}`` a command's output, for which ``allow_exec`` must be true. The command
    runs without a shell, in the spec's directory, with ``environ``, for at most 30 seconds. Line
    ends at the end of a file or an output are cut off. ``$${`` is a literal ``${``. The values of
    the names ``outside`` came from outside themselves, as a fleet's may.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    allow_exec: bool = False
    outside: frozenset[str] = frozenset()

    def expand(self, text: str, directory: Path) -> Expansion:
        """``text`` with every variable replaced; paths are relative to ``directory``."""
        parts: list[str] = []
        sensitive: set[str] = set()
        undefined: list[Undefined] = []
        refusals: list[str] = []
        for literal, reference in _split(text):
            if reference is None:
                parts.append(literal)
                continue
            try:
                value = self._value(reference, directory)
            except _Missing as error:
                name = without_secrets(reference.strip("{}"))
                undefined.append(Undefined(name, without_secrets(str(error))))
            except _Refused as error:
                refusals.append(without_secrets(str(error)))
            else:
                parts.append(value)
                if value and (":" in reference or reference[1:-1] in self.outside):
                    sensitive.add(value)
                    register(value)
        expanded = "".join(parts)
        return Expansion(
            expanded,
            frozenset(sensitive),
            all_outside=bool(expanded) and sensitive == {expanded},
            undefined=tuple(undefined),
            refusals=tuple(refusals),
        )

    def _value(self, reference: str, directory: Path) -> str:
        if not reference.endswith("}"):
            raise _Refused("${ is not closed with }; write $${ for a literal ${")
        source, colon, argument = reference[1:-1].partition(":")
        if not colon:
            return self._variable(source)
        match source:
            case "env":
                return self._environment(argument)
            case "file":
                return _file(argument, directory)
            case "cmd":
                return self._command(argument, directory)
            case _:
                raise _Refused(
                    f"${{{source}:...}} is not a source of values; the sources are env, file and "
                    "cmd"
                )

    def _variable(self, name: str) -> str:
        if not is_variable_name(name):
            raise _Refused(f"${{{name}}} is not the name of a variable")
        if name not in self.values:
            raise _Missing(f"the variable ${{{name}}} is not defined")
        return self.values[name]

    def _environment(self, name: str) -> str:
        if name not in self.environ:
            raise _Missing(f"the environment has no {name}, which ${{env:{name}}} asks for")
        return self.environ[name]

    def _command(self, command: str, directory: Path) -> str:
        import shlex
        import subprocess

        reference = f"${{cmd:{command}}}"
        if not self.allow_exec:
            raise _Missing(f"{reference} runs a command, which needs --allow-exec")
        try:
            done = subprocess.run(  # noqa: S603  # allow_exec: the user asked for it
                shlex.split(command),
                cwd=directory,
                env=dict(self.environ),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_COMMAND_SECONDS,
                check=True,
            )
        except subprocess.TimeoutExpired:
            raise _Refused(f"{reference} did not end after {_COMMAND_SECONDS:g} seconds") from None
        except subprocess.CalledProcessError as error:
            raise _Refused(f"{reference} failed with exit code {error.returncode}") from None
        except (OSError, ValueError, IndexError) as error:
            raise _Refused(f"{reference} cannot be run: {error}") from None
        return _text(done.stdout, reference)


def _split(text: str) -> Iterator[tuple[str, str | None]]:
    """The pieces of a text: (literal, None), or ("", "{...}") for a reference."""
    start = 0
    for found in _REFERENCE.finditer(text):
        yield text[start : found.start()], None
        if found["name"] is None:
            yield "${", None
        else:
            yield "", "{" + found["name"] + found["end"]
        start = found.end()
    yield text[start:], None


def _file(argument: str, directory: Path) -> str:
    reference = f"${{file:{argument}}}"
    try:
        with (directory / argument).open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        raise _Missing(
            f"there is no file {directory / argument}, which {reference} asks for"
        ) from None
    except (OSError, ValueError) as error:
        raise _Refused(f"{reference} cannot be read: {error}") from None
    return _text(data, reference)


def _text(data: bytes, reference: str) -> str:
    if len(data) > _MOST_BYTES:
        raise _Refused(f"{reference} gives more than {_MOST_BYTES} bytes")
    try:
        return data.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise _Refused(f"{reference} gives something that is not UTF-8 text") from None


@dataclass(slots=True)
class Expander:
    """Replaces variables, and collects problems and sensitive texts.

    A scalar with a variable without a value becomes a hole.
    """

    variables: Variables
    directory: Path
    problems: list[Finding] = field(default_factory=list)
    undefined: list[tuple[Position, Undefined]] = field(default_factory=list)
    sensitive: set[str] = field(default_factory=set)

    def mapping(self, node: MappingNode) -> MappingNode:
        """``node`` with every variable in its values replaced; keys are left as they are."""
        return MappingNode(
            node.position,
            {key: Entry(entry.key, self._node(entry.node)) for key, entry in node.entries.items()},
        )

    def _node(self, node: Node) -> Node:
        match node:
            case MappingNode():
                return self.mapping(node)
            case SequenceNode():
                return SequenceNode(node.position, tuple(map(self._node, node.items)))
            case ScalarNode(value=str() as text) if "${" in text:
                return self._scalar(node, text)
            case _:
                return node

    def _scalar(self, node: ScalarNode, text: str) -> ScalarNode:
        result = self.variables.expand(text, self.directory)
        self.sensitive |= result.sensitive
        self.undefined.extend((node.position, undefined) for undefined in result.undefined)
        self.problems.extend(node.position.problem(refusal) for refusal in result.refusals)
        if result.undefined or result.refusals:
            return ScalarNode(node.position, node.raw, HOLE, quoted=node.quoted)
        return ScalarNode(
            node.position,
            node.raw,
            ExpandedText(result.text),
            quoted=node.quoted,
            outside=result.all_outside,
        )
