"""The local org's YAML files: each is read into a model, or refused with every problem in it."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from provision.errors import CannotError

__all__ = ["YamlModel", "read_model", "validated"]


class YamlModel(BaseModel):
    """A part of a YAML file. Unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Model = TypeVar("Model", bound=YamlModel)


def read_model(path: Path, model: type[Model]) -> Model:
    """The content of a YAML file. Raises :class:`CannotError`, which lists every problem."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CannotError(f"{path}: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise CannotError(f"{path}: not YAML: {error}") from error
    return validated(content or {}, model, str(path))


def validated(content: object, model: type[Model], source: str) -> Model:
    """Content as a model. Raises :class:`CannotError`, which lists every problem in ``source``."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        problems = (f"{'.'.join(map(str, p['loc']))}: {p['msg']}" for p in error.errors())
        raise CannotError(f"{source}: " + "; ".join(problems)) from error
