"""Templates: one Jinja file per metadata type, and what it sees of a spec."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from provision.catalogue.canonical import SEPARATORS
from provision.catalogue.catalogue import KEYED_FIELDS
from provision.catalogue.certificate import certificate_body
from provision.catalogue.component import Component
from provision.catalogue.field import Field, Kind, MetadataType
from provision.errors import CannotError
from provision.spec.fields import ABSENT, Absent, in_metadata, value_of
from provision.spec.spec import Spec

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["BUILT_IN", "Templates", "context_of"]

_PACKAGE: Final = Path(__file__).resolve().parent.parent
_SHIPPED: Final = _PACKAGE / "_templates"  # inside a wheel
_CHECKOUT: Final = _PACKAGE.parent.parent / "templates"

BUILT_IN: Final = _SHIPPED if _SHIPPED.is_dir() else _CHECKOUT
"""The directory of the templates that ship with the program."""


class Templates:
    """The templates in a user's directory; the built-in ones replace those that it lacks.

    Values are escaped, an undefined name is an error, and the environment is sandboxed. Jinja is
    imported by the first template: it takes a while, in which an org can be waited for.
    """

    def __init__(self, directory: Path | None = None) -> None:
        """Raises :class:`CannotError` if ``directory`` is not a directory."""
        if directory is not None and not directory.is_dir():
            raise CannotError(
                f"{directory} is not a directory",
                next_step=f"Copy the templates to change from {BUILT_IN} into a directory.",
            )
        self._paths = [BUILT_IN] if directory is None else [directory, BUILT_IN]
        self._known: dict[int, tuple[Spec, tuple[Component, ...]]] = {}

    @cached_property
    def _environment(self) -> Environment:
        from jinja2 import FileSystemLoader, StrictUndefined
        from jinja2.sandbox import SandboxedEnvironment

        environment = SandboxedEnvironment(
            loader=FileSystemLoader(self._paths),
            autoescape=True,  # select_autoescape() would not escape names that end in .xml.j2
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,  # a run uses the templates that it started with
        )
        environment.filters.update(
            {
                "names": _joined(Kind.NAMES),
                "scopes": _joined(Kind.SCOPES),
                "lines": _joined(Kind.URLS),
            }
        )
        return environment

    @staticmethod
    def name(metadata_type: MetadataType) -> str:
        """The path of a type's template inside a template directory."""
        return f"{metadata_type.directory}/{metadata_type.suffix}.xml.j2"

    def once(
        self, spec: Spec, render: Callable[[], tuple[Component, ...]]
    ) -> tuple[Component, ...]:
        """What ``render`` returns for ``spec``, called once: orgs of a fleet share their specs."""
        known = self._known.get(id(spec))
        if known is None:
            known = self._known[id(spec)] = (spec, render())  # the spec as well: it keeps its id
        return known[1]

    def render(self, metadata_type: MetadataType, context: Mapping[str, object]) -> str:
        """A type's template filled in: XML, not yet checked.

        Raises :class:`CannotError` naming the template and the line.
        """
        from jinja2 import TemplateError, TemplateNotFound

        name = self.name(metadata_type)
        block = context.get("metadata")
        written = block.get(metadata_type.name, {}) if isinstance(block, Mapping) else {}
        try:
            template = self._environment.get_template(name)
            return template.render(context, field=partial(_field, metadata_type, written))
        except TemplateNotFound as error:
            raise CannotError(f"the template {error.name} does not exist") from error
        except TemplateError as error:
            line = getattr(error, "lineno", None)
            raise _unfit(f"{name}:{line}" if line else name, error.message or "") from error
        except (
            ArithmeticError,
            LookupError,
            TypeError,
            UnicodeError,
            OSError,
            ValueError,
        ) as error:
            # The code in a user's template can fail in every way in which Python can.
            raise _unfit(name, f"{type(error).__name__}: {error}") from error


def context_of(spec: Spec) -> Mapping[str, object]:
    """The variables of a template: ``app``, ``spec``, ``oauth``, ``policies``, ``metadata``.

    They have every key that sets a field: ``spec`` those at the top, ``oauth`` and ``policies``
    those below them. A key that the spec leaves out is :data:`ABSENT`, and one that it sets to null
    is ``None``. Another name is not there, so that a misspelled one fails to render.
    """
    context: dict[str, Any] = {"app": spec.app, "metadata": spec.document.metadata}
    for keyed in KEYED_FIELDS:
        *sections, last = (*keyed.key.path, *filter(None, [keyed.key.part]))
        inner = context
        for name in sections or ["spec"]:
            inner = inner.setdefault(name, {})
        inner[last] = _value(spec, keyed.field)
    return context


def _value(spec: Spec, field: Field) -> object:
    value = value_of(spec.document, field)
    if field.kind is Kind.CERTIFICATE and isinstance(value, Path):
        if spec.certificate is None:  # the loader reads the certificate of every jwt_bearer
            raise AssertionError("a jwt_bearer without its certificate")
        return certificate_body(spec.certificate.der)
    return value


def _joined(kind: Kind) -> Callable[[object], object]:
    """A filter that joins a list as metadata does, for templates that write an element out."""

    def join(value: object) -> object:
        return SEPARATORS[kind].join(value) if isinstance(value, tuple) else value

    return join


def _unfit(where: str, why: str) -> CannotError:
    return CannotError(
        f"{where}: {why}",
        next_step="Fix the template, or leave --templates out to use the built-in one.",
    )


def _field(
    metadata_type: MetadataType, written: Mapping[str, object], name: str, value: object = ABSENT
) -> Markup:
    """The element of one field: the value of its key, else what the `metadata:` block has.

    A key's value gets metadata's form: words become values, and a list becomes one text. An absent
    value is no element; null and the empty list are an element with ``xsi:nil``, which asks for the
    field to be cleared.
    """
    field = metadata_type.field(name)
    if isinstance(value, Absent):
        value = written.get(name, ABSENT)
    elif field is not None:
        value = in_metadata(field, value)
    match value:
        case Absent():
            return Markup()
        case None | "" | ():
            return Markup('<{0} xsi:nil="true"/>').format(name)
        case tuple() | list():
            return Markup("\n").join(_element(name, record) for record in value)
        case _:
            return _element(name, value)


def _element(name: str, value: object) -> Markup:
    match value:
        case bool():
            content: object = "true" if value else "false"
        case Mapping():
            content = Markup().join(_element(child, inner) for child, inner in value.items())
        case _:
            content = value
    return Markup("<{0}>{1}</{0}>").format(name, content)
