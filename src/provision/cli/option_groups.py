"""Option groups: a verb names the groups of options that it takes, and gets them built."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import wraps
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

import typer

from provision.cli.output import Output
from provision.jobs.command_line import Argument, Option, Panel, declared

__all__ = ["Without", "takes_options"]

Returned = TypeVar("Returned")


class Without:
    """The fields of a group that are no options of a verb: ``Annotated[OrgOptions, Without(...)]``.

    They keep their defaults.
    """

    def __init__(self, *names: str) -> None:
        self.names = frozenset(names)


def takes_options(verb: Callable[..., Returned]) -> Callable[..., Returned]:
    """Make ``verb`` a function that typer can read: one parameter for each option.

    A parameter whose type is a group of options stands for one parameter for each field of the
    group. The verb itself is called with the groups, built from the values.
    """
    hints = get_type_hints(verb, include_extras=True)
    parameters = inspect.signature(verb).parameters.values()
    taken = {each.name: _taken(each, hints[each.name]) for each in parameters}
    options = [option for each in taken.values() for option in each.options]

    @wraps(verb)
    def call(**given: object) -> Returned:
        built = {name: each.built(given) for name, each in taken.items()}
        for value in built.values():
            if isinstance(value, Output):
                value.begin()
        return verb(**built)

    call.__signature__ = inspect.Signature([each.parameter for each in options])  # type: ignore[attr-defined]
    call.__annotations__ = {each.parameter.name: each.parameter.annotation for each in options}
    del call.__wrapped__  # typer would read the verb's signature
    return call


@dataclass(frozen=True, slots=True)
class _Single:
    """One parameter of typer, and the type that its value must have in the end."""

    parameter: inspect.Parameter
    kind: Any

    @property
    def options(self) -> tuple[_Single, ...]:
        return (self,)

    def built(self, given: Mapping[str, object]) -> object:
        value = given[self.parameter.name]
        # typer reads several values as a list, or as None where there are none.
        return get_origin(self.kind)(value or ()) if _is_repeated(self.kind) else value


@dataclass(frozen=True, slots=True)
class _Group:
    """A group, what its fields are where they are no options, and the options by field."""

    kind: type
    preset: Mapping[str, object]
    fields: Mapping[str, _Single]

    @property
    def options(self) -> tuple[_Single, ...]:
        return tuple(self.fields.values())

    def built(self, given: Mapping[str, object]) -> object:
        return self.kind(
            **self.preset, **{name: option.built(given) for name, option in self.fields.items()}
        )


def _taken(parameter: inspect.Parameter, hint: Any) -> _Single | _Group:  # noqa: ANN401  # a type
    kind, *marks = get_args(hint) if get_origin(hint) is Annotated else (hint,)
    if not (isinstance(kind, type) and is_dataclass(kind)):
        return _single(parameter.name, hint, parameter.default, None)
    left_out = frozenset[str]().union(*(each.names for each in marks if isinstance(each, Without)))
    names = {field.name for field in fields(kind)}
    if left_out - names:
        raise TypeError(f"{kind.__name__} has no field {', '.join(left_out - names)}")
    own = parameter.default
    values = {} if own is parameter.empty else {name: getattr(own, name) for name in names}
    options = dict(_options(f"{parameter.name}_", kind, values, left_out))
    preset = {name: value for name, value in values.items() if name not in options}
    return _Group(kind, preset, options)


def _options(
    prefix: str, kind: type, values: Mapping[str, object], left_out: frozenset[str]
) -> Iterator[tuple[str, _Single]]:
    """The options of a group, by field. ``values`` are the defaults where a verb has its own."""
    hints = get_type_hints(kind, include_extras=True)
    for field in fields(kind):
        _, declaration = declared(hints[field.name])
        if declaration is None or field.name in left_out:
            continue
        own = inspect.Parameter.empty if field.default is MISSING else field.default
        default = values.get(field.name, own)
        panel = getattr(kind, "panel", None)
        yield field.name, _single(f"{prefix}{field.name}", hints[field.name], default, panel)


def _single(name: str, hint: object, default: object, panel: Panel | None) -> _Single:
    kind, declaration = declared(hint)
    read = kind
    if _is_repeated(kind):
        read = list[get_args(kind)[0]]  # type: ignore[misc]  # built at run time
        if default is not inspect.Parameter.empty:
            read, default = read | None, None if not default else list(default)  # type: ignore[call-overload]
    match declaration:
        case Option():
            info: object = _option(declaration, panel, shows_default=bool(default))
        case Argument(metavar, text):
            info = typer.Argument(metavar=metavar, help=text or None, show_default=False)
        case None:
            raise TypeError(f"{name} has no declaration of its option")
    parameter = inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[read, info]
    )
    return _Single(parameter, kind)


def _option(option: Option, panel: Panel | None, *, shows_default: bool) -> object:
    default = f"[default: {option.default}]" if option.default else ""
    return typer.Option(
        option.name,
        *((option.short,) if option.short else ()),
        help=" ".join(filter(None, (option.help, default))),
        metavar=option.metavar or None,
        min=option.least,
        max=option.most,
        show_default=shows_default and not default,
        rich_help_panel=option.panel or panel,
    )


def _is_repeated(kind: object) -> bool:
    return get_origin(kind) in {tuple, frozenset}
